//! Receipts: snapshots of what senders get, the published shape of `AppRec`, and what no receipt
//! may ever do. `FILSLUSE_WRITE_DOCS=1 cargo nextest run receipt` writes snapshots and docs anew.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod cases;
mod docs;
mod hints;
mod municipal;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use filsluse::{
    receipt::{Content, Earlier, Note, Receipt, apprec},
    types::{
        digest::Sha256,
        finding::{Finding, HintText, Place},
        ids::SubmissionId,
        rule::{Language, Severity},
        rules,
        verdict::Verdict,
    },
};
use jiff::Timestamp;
use proptest::prelude::*;
use quick_xml::{XmlVersion, events::Event};

/// Compares with a file of the repository, or writes it when asked to.
fn fresh(path: &str, want: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("FILSLUSE_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, want).unwrap();
    }
    let have = std::fs::read(&path).unwrap_or_default();
    assert!(
        have == want,
        "{} is stale: read what changed, then run\n  FILSLUSE_WRITE_DOCS=1 cargo nextest run receipt\n\
         and commit. It should be:\n{}",
        path.display(),
        String::from_utf8_lossy(want)
    );
}

#[test]
fn snapshots() {
    cases::each(|name, receipt| {
        let written = receipt.write();
        assert_eq!(written, receipt.write(), "{name}: the same data gives the same bytes");
        fresh(&format!("tests/data/receipts/{name}.xml"), &written.xml);
        fresh(&format!("tests/data/receipts/{name}.txt"), &written.txt);
    });
}

#[test]
fn every_snapshot_is_valid_apprec_for_libxml2() {
    cases::each(|name, receipt| {
        let (valid, words) = xmllint(&receipt.write().xml);
        assert!(valid, "{name}: {words}");
    });
}

/// The schema is no use if it lets anything through.
#[test]
fn the_schema_refuses_what_is_not_apprec() {
    cases::each(|name, receipt| {
        let xml = String::from_utf8(receipt.write().xml).unwrap();
        for (from, to) in [
            ("<Status V=\"", "<Status V=\"9"),
            ("<MIGversion>v1.1", "<MIGversion>v1.0"),
            ("apprec/2012-02-15", "apprec/2004-11-21"),
            ("<GenDate>", "<GenDate>x"),
            ("</AppRec>", ""),
        ] {
            let broken = xml.replacen(from, to, 1);
            assert_ne!(broken, xml);
            assert!(!xmllint(broken.as_bytes()).0, "{name}: {from} -> {to}");
        }
    });
}

#[test]
fn lines_are_short_enough_for_any_window() {
    cases::each(|name, receipt| {
        let text = String::from_utf8(receipt.write().txt).unwrap();
        // A signed note is its exact bytes, so its lines are as long as they are.
        let (words, proof) = text.split_once("-----BEGIN").unwrap_or((&text, ""));
        let rest = proof.split_once("-----END").map_or("", |(_, rest)| rest);
        for line in words.lines().chain(rest.lines()) {
            assert!(line.chars().count() <= 100, "{name}: {line}");
            assert_eq!(line, line.trim_end(), "{name}: space at the end");
        }
    });
}

#[test]
fn every_place_that_is_kept_is_shown_the_first_twenty_on_lines_of_their_own() {
    cases::with_many_findings(1000, 7, |receipt| {
        let text = String::from_utf8(receipt.write().txt).unwrap();
        assert_eq!(text.matches("    - cell ").count(), 20, "{text}");
        for row in 2..=1001 {
            let (line, among) = (format!("cell F{row},"), format!("cell\u{a0}F{row},"));
            assert_eq!(text.contains(&line), row <= 21, "{row}");
            assert_eq!(text.contains(&among), row > 21, "{row}");
        }
        assert!(text.lines().count() < 600, "several to a line: {}", text.lines().count());
        assert!(text.contains("There are 7 more findings"), "{text}");
    });
}

/// Nothing was struck for a remark, so nobody is told to send the record again.
#[test]
fn a_remark_has_another_cure_than_a_breach() {
    let place = Place::File {};
    for (severity, cure) in [
        (Severity::Warning, "For this alone you need not send anything again."),
        (Severity::RejectRecord, rules::embassy::EMB_02.cure.en),
    ] {
        let findings = [Finding::new(&rules::embassy::EMB_02, place).severity(severity)];
        cases::base(Language::En, |base| {
            let text = String::from_utf8(Receipt { findings: &findings, ..base }.write().txt);
            let words = text.unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            let want = cure.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&want), "{want} in {words}");
        });
    }
}

/// A machine reader finds a code first in every `Error`, in the one that counts the rest too.
#[test]
fn errors_are_bounded_and_the_last_one_counts_the_rest() {
    for (findings, beyond, want, last) in [
        (199, 0, 199, "EMB-02"),
        (200, 0, 200, "EMB-02"),
        (201, 0, 200, "IN-00: 2 more"),
        (200, 5, 200, "IN-00: 6 more"),
        (1000, 13, 200, "IN-00: 814 more"),
    ] {
        cases::with_many_findings(findings, beyond, |receipt| {
            let errors = parse(&receipt.write().xml).errors;
            assert_eq!(errors.len(), want, "{findings} and {beyond}");
            assert!(errors[want - 1].1.starts_with(last), "{:?}", errors[want - 1]);
            assert!(xmllint(&receipt.write().xml).0);
        });
    }
    assert!(rules::all().all(|rule| rule.code != "IN-00"), "it is no rule's");
}

/// A second answer has another id and another name, and refers to the same file.
#[test]
fn a_second_answer_is_another_message_about_the_same_file() {
    cases::each(|_, first| {
        let second = Receipt { number: first.number + 1, ..first };
        let (a, b) = (parse(&first.write().xml), parse(&second.write().xml));
        assert_ne!(a.ids[0], b.ids[0]);
        assert_eq!(a.ids[1..], b.ids[1..]);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_findings_give_well_formed_apprec(
        findings in prop::collection::vec(any_finding(), 0..230),
        beyond in prop_oneof![Just(0u64), any::<u64>()],
        verdict in any_verdict(),
        first in prop::option::of(any_verdict()),
        name in any::<String>(),
        content in prop::option::of(any::<([u8; 32], u64)>()),
        language in any_language(),
        rehearsal: bool,
        number in 0u32..4,
    ) {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [3; 10]);
        let notes = [Note::AssumedEncoding, Note::CompletenessNotProved];
        cases::base(language, |base| {
            let receipt = Receipt {
                sender: filsluse::receipt::Party { name: &name, ..base.sender },
                contact: &name,
                number,
                rehearsal,
                verdict,
                content: content.map(|(hash, bytes)| Content { sha256: Sha256(hash), bytes }),
                findings: &findings,
                findings_beyond: beyond,
                duplicate_of: first.filter(|_| verdict == Verdict::Duplicate).map(|verdict| {
                    Earlier { submission, received_at: Timestamp::UNIX_EPOCH, verdict }
                }),
                notes: &notes,
                ..base
            };
            let written = receipt.write();
            let document = parse(&written.xml);
            let ok = apprec::Status::of(&receipt) == apprec::Status::Ok;
            assert_eq!(document.status == "1", ok);
            assert_eq!(document.errors.is_empty(), ok, "no Error with status 1, else at least one");
            assert!(document.errors.len() <= apprec::MOST_ERRORS);
            let rejected = verdict == Verdict::Rejected
                || (verdict == Verdict::Duplicate && first == Some(Verdict::Rejected));
            assert_eq!(document.status == "2", rejected);
            for (code, _) in &document.errors {
                assert!(code.len() == 3, "{code}");
            }
            if !ok && findings.len() < 150 {
                for finding in &findings {
                    assert!(document.errors.iter().any(|(_, ot)| ot.starts_with(finding.rule.code)));
                }
            }
            let text = String::from_utf8(written.txt).unwrap();
            for finding in &findings {
                assert!(text.contains(&format!("\n{}, ", finding.rule.code)));
            }
        });
    }
}

/// What the tests read from a document.
struct Document {
    status: String,
    errors: Vec<(String, String)>,
    /// The texts of all `Id` elements: ours, sender's, receiver's, the original's.
    ids: Vec<String>,
}

/// Reads with another parser than libxml2 too, to the end of the document.
fn parse(xml: &[u8]) -> Document {
    let mut document = Document { status: String::new(), errors: Vec::new(), ids: Vec::new() };
    let text = std::str::from_utf8(xml).unwrap();
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut depth, mut in_id) = (0, false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                in_id = start.name().as_ref() == "Id";
            }
            Event::End(_) => {
                depth -= 1;
                in_id = false;
            }
            Event::Text(text) if in_id => document.ids.push(text.to_string()),
            Event::Empty(element) => {
                let attribute = |name: &str| {
                    let attribute = element.try_get_attribute(name).unwrap().unwrap();
                    attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned()
                };
                match element.name().as_ref() {
                    "Status" => document.status = attribute("V"),
                    "Error" => document.errors.push((attribute("V"), attribute("OT"))),
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element is closed");
    document
}

/// Asks libxml2: whether the document is valid, and what it says.
fn xmllint(xml: &[u8]) -> (bool, String) {
    let schema: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/apprec/apprec-1.1.xsd");
    let mut child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint: install the Debian package libxml2-utils");
    child.stdin.take().unwrap().write_all(xml).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn any_language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Language::En), Just(Language::Nb)]
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Accepted),
        Just(Verdict::Duplicate),
        Just(Verdict::Held),
        Just(Verdict::Partly),
        Just(Verdict::Rejected),
    ]
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let place = prop_oneof![
        Just(Place::File {}),
        any::<(u64, u64)>().prop_map(|(line, column)| Place::Line { line, column }),
        any::<(u32, u64, u32)>().prop_map(|(sheet, row, column)| Place::Cell {
            sheet,
            row,
            column
        }),
    ];
    let severity = prop_oneof![
        Just(Severity::Warning),
        Just(Severity::RejectRecord),
        Just(Severity::RejectFile)
    ];
    let hint = prop::option::of(any::<(String, String, Option<String>)>());
    let codes: Vec<_> = rules::all().collect();
    (prop::sample::select(codes), severity, place, any::<Option<u64>>(), hint).prop_map(
        |(rule, severity, place, record, hint)| Finding {
            entry: None,
            rule,
            severity,
            place,
            record,
            field: record.map(|_| "d_number".into()),
            hint: hint.map(|(nb, en, apprec)| HintText {
                key: "any".into(),
                nb: nb.into(),
                en: en.into(),
                apprec: apprec.map(Into::into),
                cure: None,
            }),
        },
    )
}
