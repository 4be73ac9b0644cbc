//! The XML reader against libxml2, on several thousand mutants of ordinary documents: nothing is
//! accepted that libxml2 refuses, and what is refused beyond that has one of the listed reasons.
//!
//! Needs `xmllint` (Debian: libxml2-utils).
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use filsluse::format::xml::{Reader, error::XmlErrorKind as E, event::Event, limits::Limits};

use crate::{
    generator::messages::{Kind, Order, document::Encoding, generate},
    kpr::document::scripted,
    support::mutate::Mutator,
};

/// Ordinary documents, small so that most mutations hit something.
pub(crate) const SEEDS: &[&[u8]] = &[
    b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EmbassyList xmlns=\"urn:filsluse:embassy-list:1\" \
      list_id=\"1\" list_type='complete'>\n  <Entry action=\"enrol\" note=\"a &amp; b\"/>\n</EmbassyList>\n",
    b"<?xml version='1.0' encoding='ISO-8859-1' standalone='yes'?><a b='\xF8'>bl\xE5b\xE6r</a>",
    b"<?xml version='1.0' encoding='windows-1252'?><a>\x80\x96</a>",
    "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><ø æ='å'>€<å/></ø>".as_bytes(),
    b"\xFF\xFE<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0=\0'\x001\0.\x000\0'\0?\0>\0<\0a\0/\0>\0",
    b"\xFE\xFF\0<\0a\0>\x20\xAC\xD8\x3D\xDE\x00\0<\0/\0a\0>",
    b"<m:MsgHead xmlns:m=\"http://www.kith.no/xmlstds/msghead/2006-05-24\" xmlns:x='urn:x'>\
      <m:MsgInfo x:a=\"1\" a='2' xml:lang='nb'><m:Type V=\"X\"></m:Type></m:MsgInfo></m:MsgHead>",
    b"<!-- head --><?app data?><a><!-- a - b --><![CDATA[<x>&amp;]]]><b/>text ]] &gt;</a><!-- end -->\n",
    b"<a b=\"&lt;&#10;&#x41;&quot;\" c='&apos;'>&#169; &lt; &#xE6;</a>",
    b"<a xmlns='u'><b xmlns=''><c xmlns:p='v' p:d='1'/></b><b xmlns:p=\"w\"><p:b></p:b ></b></a>",
    b"<x:a xmlns:x='http://e.no/?a=b#c'\n\tx:b='1'\n\tb='2'\r\n/>\r\n",
    b"<a><b><c><d>1</d><d>2</d></c></b><!----><?p?></a>",
];

/// The words of XML.
pub(crate) const WORDS: &[&[u8]] = &[
    b"<",
    b">",
    b"/>",
    b"</",
    b"<!--",
    b"-->",
    b"--",
    b"<![CDATA[",
    b"]]>",
    b"<?",
    b"?>",
    b"&amp;",
    b"&#x",
    b"&#0;",
    b"&#xD800;",
    b"&#x10FFFF;",
    b"&#xFFFE;",
    b"&x;",
    b"&",
    b";",
    b"xmlns",
    b"xmlns:p='u'",
    b" xmlns=''",
    b" xmlns:q='v'",
    b"xml:space='preserve'",
    b" xmlns:xml='u'",
    b"q:",
    b":",
    b"xml",
    b"XML",
    b"<?xml version='1.0'?>",
    b" encoding='UTF-8'",
    b" encoding='UTF-16'",
    b"version='1.1'",
    b"standalone='no'",
    b"<!DOCTYPE a>",
    b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    b"<?xml-stylesheet href='x'?>",
    b"<a/>",
    b"<a>",
    b"</a>",
    b" b='1'",
    b"\"",
    b"'",
    b"=",
    b" ",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\x0B",
    b"\x7F",
    b"\xC2\x80",
    b"\xC2\x85",
    b"\xC3\xB8",
    b"\xEF\xBB\xBF",
    b"\xEF\xBF\xBE",
    b"\xED\xA0\x80",
    b"\xF4\x90\x80\x80",
    b"\xC0\x80",
    b"\xFF\xFE",
    b"\xCD\xBE",
    b"\xC3\x97",
    b"\xC2\xB7",
    b"\xE2\x80\xBF",
    b"\xF0\x90\x80\x80",
    b"\xE2\x80\xA8",
    b"%zz",
    b"[",
    b"-",
    b"1",
];

#[test]
fn libxml2_refuses_nothing_that_is_accepted() {
    agree(SEEDS, WORDS);
}

/// Messages as municipalities send them: bare, in a letter, in each encoding.
#[test]
fn libxml2_refuses_no_municipal_message_that_is_accepted() {
    let order = |kind, encoding, msghead| Order {
        kind,
        bytes: 4 << 10,
        seed: 4,
        year: 2024,
        municipality: "0301".to_owned(),
        defects: 0,
        sorts: Vec::new(),
        encoding,
        msghead,
    };
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for kind in [Kind::KprEvent, Kind::IplosAnnual] {
        for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf8Bom] {
            for msghead in [false, true] {
                let mut bytes = Vec::new();
                generate(&order(kind, encoding, msghead), &mut bytes).expect("a message");
                seeds.push(bytes);
            }
        }
    }
    seeds.push(scripted(&["--count", "3"]));
    seeds.push(scripted(&["--count", "3", "--bom"]));
    seeds.push(scripted(&["--count", "3", "--encoding", "ISO-8859-1"]));
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let words: Vec<&[u8]> = WORDS.iter().chain(MUNICIPAL).copied().collect();
    agree(&seeds, &words);
}

/// Mutants of the seeds: what is accepted, libxml2 accepts, and what is refused beyond that has a
/// listed reason.
fn agree(seeds: &[&[u8]], words: &[&[u8]]) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut mutator = Mutator::new(20_260_101, seeds, words);
    let mut ours = BTreeMap::new();
    for number in 0..MUTANTS {
        let bytes = match seeds.get(number) {
            Some(seed) => seed.to_vec(),
            None => mutator.next(),
        };
        let name = format!("{number:05}.xml");
        ours.insert(name.clone(), read(&bytes));
        fs::write(dir.path().join(name), bytes).expect("a file");
    }
    let (accepted, refused): (Vec<_>, Vec<_>) = ours.iter().partition(|(_, kind)| kind.is_none());
    assert!(accepted.len() > MUTANTS / 20, "too few are accepted: {}", accepted.len());

    let accepted: Vec<&str> = accepted.iter().map(|(name, _)| name.as_str()).collect();
    for batch in accepted.chunks(BATCH) {
        let complaints = complaints(dir.path(), batch);
        let shown = complaints.lines().find(|line| is_error(line));
        assert!(shown.is_none(), "accepted, but refused by libxml2: {shown:?}{}", keep(dir));
    }

    let mut beyond: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    for batch in names.chunks(BATCH) {
        let complaints = complaints(dir.path(), batch);
        // Errors of an encoding do not say in which file, so each batch is only an upper bound.
        let loud: Vec<&str> =
            complaints.lines().filter(|line| is_error(line)).filter_map(|l| l.get(..9)).collect();
        for name in batch.iter().filter(|name| !loud.contains(name)) {
            let kind = ours[*name].expect("a refused one");
            let bytes = fs::read(dir.path().join(name)).expect("the file");
            if !STRICTER.contains(&kind) && !is_known_difference(kind, &bytes) {
                beyond.entry(format!("{kind:?}")).or_default().push(name);
            }
        }
    }
    assert!(beyond.is_empty(), "refused without a listed reason: {beyond:#?}{}", keep(dir));
}

fn keep(dir: tempfile::TempDir) -> String {
    format!("; the files are in {}", dir.keep().display())
}

fn read(bytes: &[u8]) -> Option<E> {
    let mut reader = match Reader::new(bytes, Limits::default()) {
        Ok(reader) => reader,
        Err(error) => return Some(error.kind),
    };
    loop {
        match reader.next_event() {
            Ok(Event::Eof) => return None,
            Ok(_) => {}
            Err(error) => return Some(error.kind),
        }
    }
}

/// What `xmllint` says of these files.
fn complaints(dir: &Path, files: &[&str]) -> String {
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet"])
        .args(files)
        .current_dir(dir)
        .output()
        .expect("xmllint, the command of libxml2 (Debian: apt-get install libxml2-utils)");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Errors of well-formedness and of namespaces; not what is only invalid by a schema that nobody
/// asked for (`xml:id`).
fn is_error(line: &str) -> bool {
    line.contains(" error : ") && !line.contains(" validity error : ")
        || line.starts_with("encoding error : ")
        || line.starts_with("I/O error : ")
}

/// Where libxml2 2.9 is laxer than the standard, or the reader narrower on purpose.
fn is_known_difference(kind: E, bytes: &[u8]) -> bool {
    let ascii: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let holds = |word: &[u8]| memchr::memmem::find(&ascii, word).is_some();
    match kind {
        // Stops to read at a zero byte behind the root.
        E::Character => bytes.contains(&0),
        // Takes a version without its minor number, and `standalone` without a space before it.
        E::Declaration => {
            holds(b"version='1.'") || holds(b"version=\"1.\"") || holds(b"standalone")
        }
        // Namespace names are a little narrower than URI references.
        E::Namespace => holds(b"&") || holds(b"[") || holds(b"]"),
        _ => false,
    }
}

/// Why a document that libxml2 takes may be refused: it holds what is not taken, or an encoding
/// that is not taken or not what was declared.
const STRICTER: &[E] = &[
    E::Doctype,
    E::Encoding,
    E::EncodingConflict,
    E::EncodingUnsupported,
    E::NameTooLong,
    E::ProcessingInstructionFetches,
    E::TokenTooLong,
    E::TooDeep,
    E::TooManyAttributes,
    E::TooManyNamespaces,
    E::Version,
];

/// The words of municipal messages.
const MUNICIPAL: &[&[u8]] = &[
    b"<Notifikasjon statusNotifikasjon=\"N\">",
    b"</Notifikasjon>",
    b"<TjenesteStart ",
    b"</TjenesteStart>",
    b"<Bruker fid=\"03851598730\" typeID=\"1\"/>",
    b"<Bruker>",
    b"</Bruker>",
    b"<Tjeneste tjenesteID='&#198;'/>",
    b"</IplosAar>",
    b"</Melding>",
    b"</Content></RefDoc></Document></MsgHead>",
    b"<Kommune kommuneNr=\"0301\"/>",
    b" xmlns=\"http://www.npr.no/xmlstds/56_0_0_ipl\"",
    b" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
    b" xsi:schemaLocation=\"a b\"",
    b" xsi:nil='1'",
    b" fid=\"1\"",
    b" notifikasjonGUID='{00000000-0000-0000-0000-000000000000}'",
    b" tjenesteID=\"&lt;&quot;&#9;\"",
    b"\xE6\xF8\xE5",
    b"\xC3\xA6",
    b" encoding=\"ISO-8859-1\"",
];

const MUTANTS: usize = 12_000;

const BATCH: usize = 400;
