//! The gate: the XML reader against the conformance suite of the W3C.
//!
//! The suite is not part of this repository; `scripts/fetch-w3c-suite DIR` installs it, and the
//! variable `FILSLUSE_W3C_SUITE` says where it is.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use filsluse::format::xml::{Reader, error::XmlErrorKind, event::Event, limits::Limits};
use quick_xml::events::{BytesStart, Event as Token};

/// One document of the suite, and what its authors say of it.
#[derive(Debug)]
struct Case {
    path: PathBuf,
    /// `not-wf`, `invalid` or `valid`: only the first is not well-formed.
    kind: String,
    /// The recommendation that it tests; empty for XML 1.0.
    recommendation: String,
    /// It is well-formed only for a reader that knows no namespaces.
    without_namespaces: bool,
    /// It tests what the fifth edition of XML 1.0, which the reader follows, says no longer.
    of_older_editions: bool,
    bytes: Vec<u8>,
}

impl Case {
    /// Without the zero bytes that UTF-16 puts between ASCII characters.
    fn has_doctype(&self) -> bool {
        let ascii: Vec<u8> = self.bytes.iter().copied().filter(|byte| *byte != 0).collect();
        memchr::memmem::find(&ascii, b"<!DOCTYPE").is_some()
    }

    fn is_of_xml_1_0(&self) -> bool {
        self.recommendation.is_empty() || self.recommendation.starts_with("XML1.0")
    }
}

#[test]
fn w3c_suite_nothing_not_well_formed_is_accepted() {
    let cases = cases();
    let wrong: Vec<&Case> = cases
        .iter()
        .filter(|case| case.kind == "not-wf" && !case.has_doctype() && !case.of_older_editions)
        .collect();
    // XML 1.0 itself; the others test XML 1.1 and namespaces, and must be refused as well.
    assert_eq!(wrong.iter().filter(|case| case.is_of_xml_1_0()).count(), 228);
    assert_eq!(wrong.len(), 314);
    let accepted: Vec<&Path> =
        wrong.iter().filter(|case| read(case).is_ok()).map(|case| case.path.as_path()).collect();
    assert!(accepted.is_empty(), "accepted although not well-formed: {accepted:#?}");
    // Refused for what is wrong with it, and not because it is more than we take.
    let limits = |kind| kind == XmlErrorKind::TooDeep || kind == XmlErrorKind::Unreadable;
    assert!(!wrong.iter().any(|case| read(case).is_err_and(limits)));
}

#[test]
fn w3c_suite_everything_well_formed_is_accepted() {
    let cases = cases();
    let right: Vec<&Case> = cases
        .iter()
        .filter(|case| matches!(case.kind.as_str(), "valid" | "invalid") && !case.has_doctype())
        .filter(|case| !case.without_namespaces && case.recommendation != "XML1.1")
        .collect();
    assert_eq!(right.len(), 70);
    let refused: Vec<(&Path, XmlErrorKind)> = right
        .iter()
        .filter_map(|case| read(case).err().map(|kind| (case.path.as_path(), kind)))
        .collect();
    assert!(refused.is_empty(), "refused although well-formed: {refused:#?}");
}

#[test]
fn w3c_suite_document_types_are_refused() {
    let cases = cases();
    let typed: Vec<&Case> = cases.iter().filter(|case| case.has_doctype()).collect();
    assert!(typed.len() > 2000, "{}", typed.len());
    let accepted: Vec<&str> = typed
        .iter()
        .filter(|case| read(case).is_ok())
        .filter_map(|case| case.path.file_name()?.to_str())
        .collect();
    // In these three the word stands in a comment, an instruction and a CDATA section.
    assert_eq!(accepted, ["p15pass1.xml", "p16pass1.xml", "p18pass1.xml"]);
}

fn read(case: &Case) -> Result<(), XmlErrorKind> {
    let kind = |error: filsluse::format::xml::error::XmlError| error.kind;
    let mut reader = Reader::new(&case.bytes[..], Limits::default()).map_err(kind)?;
    while !matches!(reader.next_event().map_err(kind)?, Event::Eof) {}
    Ok(())
}

/// Every document of the suite's catalogue, which has a document type itself: the reader under test
/// cannot read it, the oracle can.
fn cases() -> Vec<Case> {
    let Some(suite) = env::var_os("FILSLUSE_W3C_SUITE").map(PathBuf::from) else {
        panic!(
            "the W3C suite is not here: run `scripts/fetch-w3c-suite DIR` (needs npm) and set \
             FILSLUSE_W3C_SUITE=DIR, or leave these tests out with `-E 'not test(w3c_suite)'`"
        );
    };
    let catalogue = fs::read_to_string(suite.join("cleaned/xmlconf-flattened.xml"))
        .expect("the suite's catalogue");
    let mut reader = quick_xml::Reader::from_str(&catalogue);
    let mut bases = vec![suite.join("xmlconf")];
    let mut cases = Vec::new();
    loop {
        match reader.read_event().expect("a catalogue that can be read") {
            Token::Start(start) => {
                let within = bases.last().cloned().unwrap_or_default();
                let base = attribute(&start, "xml:base").map(|base| within.join(base));
                if start.name().as_ref() == "TEST" {
                    cases.push(case(&start, &within));
                }
                bases.push(base.unwrap_or(within));
            }
            Token::End(_) => drop(bases.pop()),
            Token::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases.len(), 2585, "the suite of 23 September 2013");
    cases
}

fn case(start: &BytesStart, base: &Path) -> Case {
    let text = |name| attribute(start, name).unwrap_or_default();
    let path = base.join(text("URI"));
    let bytes = fs::read(&path).expect("a document of the suite");
    Case {
        path,
        kind: text("TYPE"),
        recommendation: text("RECOMMENDATION"),
        without_namespaces: text("NAMESPACE") == "no",
        of_older_editions: !text("EDITION").is_empty() && !text("EDITION").contains('5'),
        bytes,
    }
}

fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).expect("attributes")?;
    Some(found.value.into_owned())
}
