//! The XML reader as its callers see it: events, refusals with their places, encodings, and what is
//! never shown.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

pub(crate) mod libxml2;
mod limits;
mod oracle;
mod tags;
mod w3c;
mod windows;
mod written;

use std::{
    fmt::Write,
    io::{self, Read},
};

use filsluse::format::xml::{
    Reader,
    error::{XmlError, XmlErrorKind as E},
    event::Event,
    limits::Limits,
    write::XmlWriter,
};
use filsluse::types::finding::Place;

/// The events of a document in a short notation, adjacent texts joined; then the error, if any.
pub(crate) fn shown(input: impl Read, limits: Limits) -> (Vec<String>, Option<XmlError>) {
    let mut events: Vec<String> = Vec::new();
    let mut reader = match Reader::new(input, limits) {
        Ok(reader) => reader,
        Err(error) => return (events, Some(error)),
    };
    loop {
        match reader.next_event() {
            Ok(Event::Eof) => return (events, None),
            Ok(Event::Start(start)) => {
                let mut line = format!("<{{{}}}{}", start.name().namespace, start.name().local);
                for attribute in start.attributes() {
                    let name = attribute.name();
                    let value = attribute.value();
                    write!(line, " {{{}}}{}={value:?}", name.namespace, name.local).unwrap();
                }
                events.push(line);
            }
            Ok(Event::End(end)) => {
                let name = end.name();
                events.push(format!("</{{{}}}{}", name.namespace, name.local));
            }
            Ok(Event::Text(text)) => match events.last_mut() {
                Some(last) if last.starts_with('"') => *last += text,
                _ => events.push(format!("\"{text}")),
            },
            Err(error) => return (events, Some(error)),
        }
    }
}

pub(crate) fn refusal(bytes: &[u8], limits: Limits) -> Option<(E, u64, u64)> {
    shown(bytes, limits).1.map(|error| (error.kind, error.line, error.column))
}

#[test]
fn events() {
    let cases: &[(&str, &[&str])] = &[
        ("<a/>", &["<{}a", "</{}a"]),
        ("<?xml version='1.0'?>\n<!-- - --><a ></a >\n<?b c?>\n", &["<{}a", "</{}a"]),
        ("<a b='1'\tc = \"2\"\n/>", &["<{}a {}b=\"1\" {}c=\"2\"", "</{}a"]),
        (
            "<a xmlns='u' xmlns:p='v' b='1' p:b='2'><p:c/><d xmlns=''/></a>",
            &["<{u}a {}b=\"1\" {v}b=\"2\"", "<{v}c", "</{v}c", "<{}d", "</{}d", "</{u}a"],
        ),
        (
            "<p:a xmlns:p='u'><p:a xmlns:p='v'/><p:b xml:lang='nb'/></p:a>",
            &[
                "<{u}a",
                "<{v}a",
                "</{v}a",
                "<{u}b {http://www.w3.org/XML/1998/namespace}lang=\"nb\"",
                "</{u}b",
                "</{u}a",
            ],
        ),
        (
            "<a b=' x\r\ny\tz&#9;&#xA; '>1 &lt; 2\r\n\r3<!-- x -->4<![CDATA[<5>&amp;]]><?p q?>6</a>",
            &["<{}a {}b=\" x y z\\t\\n \"", "\"1 < 2\n\n34<5>&amp;6", "</{}a"],
        ),
        ("<å æ='ø'>Bjørnøya</å>", &["<{}å {}æ=\"ø\"", "\"Bjørnøya", "</{}å"]),
        ("<a><![CDATA[]]></a>", &["<{}a", "</{}a"]),
        ("<a><![CDATA[]]]]><![CDATA[>]]></a>", &["<{}a", "\"]]>", "</{}a"]),
    ];
    for (document, want) in cases {
        let (events, error) = shown(document.as_bytes(), Limits::default());
        assert!(error.is_none(), "case: {document}: {error:?}");
        assert_eq!(events, *want, "case: {document}");
    }
}

#[test]
fn refusals_with_their_places() {
    let cases: &[(&str, E, u64, u64)] = &[
        ("", E::NoRoot, 1, 1),
        (" \n ", E::NoRoot, 2, 2),
        ("\n<?xml version='1.0'?><a/>", E::Declaration, 2, 1),
        ("text", E::OutsideRoot, 1, 1),
        ("<a/>\n<b/>", E::OutsideRoot, 2, 1),
        ("<a/>\n x", E::OutsideRoot, 2, 2),
        ("<a/>&amp;", E::OutsideRoot, 1, 5),
        ("<a/><![CDATA[]]>", E::Markup, 1, 5),
        ("</a>", E::EndTag, 1, 1),
        ("<a>\n<b>\n</a></b>", E::EndTag, 3, 1),
        ("<a></a b>", E::EndTag, 1, 8),
        ("<a></ab>", E::EndTag, 1, 4),
        ("<a>\nøø", E::UnexpectedEnd, 2, 3),
        ("<a", E::UnexpectedEnd, 1, 3),
        ("<a/><!-- ", E::UnexpectedEnd, 1, 10),
        ("<!DOCTYPE a><a/>", E::Doctype, 1, 1),
        ("<a><!DOCTYPE a></a>", E::Doctype, 1, 4),
        ("<!ELEMENT a ANY><a/>", E::Markup, 1, 1),
        ("<a><!-- a -- b --></a>", E::Comment, 1, 11),
        ("<a><!-- a ---></a>", E::Comment, 1, 11),
        ("<a><?xml version='1.0'?></a>", E::Declaration, 1, 4),
        ("<a><?XML b?></a>", E::Declaration, 1, 4),
        ("<?xml-stylesheet href='x'?><a/>", E::ProcessingInstructionFetches, 1, 1),
        ("<?p:q r?><a/>", E::ProcessingInstruction, 1, 3),
        ("<? p?><a/>", E::ProcessingInstruction, 1, 3),
        ("<?p+?><a/>", E::ProcessingInstruction, 1, 4),
        ("<a b='1' b='2'/>", E::DuplicateAttribute, 1, 10),
        ("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", E::DuplicateAttribute, 1, 36),
        ("<a xmlns='u' xmlns='v'/>", E::DuplicateAttribute, 1, 14),
        ("<a b='1'c='2'/>", E::MissingSpace, 1, 9),
        ("<a b/>", E::Attribute, 1, 5),
        ("<a b=1/>", E::Attribute, 1, 6),
        ("<a b='<'/>", E::LessThan, 1, 7),
        ("<a b='&x;'/>", E::Entity, 1, 7),
        ("<a>AT&T</a>", E::Reference, 1, 6),
        ("<a>&#xD800;</a>", E::Reference, 1, 4),
        ("<a>&#0;</a>", E::Character, 1, 4),
        ("<a>\u{1}</a>", E::Character, 1, 4),
        ("<a>x]]></a>", E::CdataEnd, 1, 5),
        ("<p:a/>", E::Prefix, 1, 2),
        ("<a p:b='1'/>", E::Prefix, 1, 4),
        ("<a><b xmlns:p='u'/><p:c/></a>", E::Prefix, 1, 21),
        ("<xmlns:a/>", E::Prefix, 1, 2),
        ("<a xmlns:xmlns='u'/>", E::Namespace, 1, 4),
        ("<a xmlns:xml='u'/>", E::Namespace, 1, 4),
        ("<a xmlns:p=''/>", E::Namespace, 1, 4),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", E::Namespace, 1, 4),
        ("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", E::Namespace, 1, 4),
        ("<1/>", E::Name, 1, 2),
        ("<a:b:c/>", E::Name, 1, 5),
        ("<a$/>", E::Name, 1, 3),
        ("<a /b>", E::Markup, 1, 4),
        ("< a/>", E::Name, 1, 2),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", E::EncodingConflict, 1, 1),
        ("<?xml version='1.0' encoding='EBCDIC-CP-NL'?><a/>", E::EncodingUnsupported, 1, 31),
        ("<?xml version='1.1'?><a/>", E::Version, 1, 16),
    ];
    for (document, kind, line, column) in cases {
        let found = refusal(document.as_bytes(), Limits::default());
        assert_eq!(found, Some((*kind, *line, *column)), "case: {document:?}");
    }
}

#[test]
fn encodings() {
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    };
    let taken: &[(&str, Vec<u8>)] = &[
        ("UTF-8 with a mark", "\u{FEFF}<a>ø</a>".into()),
        ("mark and label", "\u{FEFF}<?xml version='1.0' encoding='utf-8'?><a>ø</a>".into()),
        ("Latin-1", b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xF8</a>".into()),
        ("Windows-1252", b"<?xml version='1.0' encoding='Windows-1252'?><a>\xF8</a>".into()),
        ("UTF-16LE", wide("\u{FEFF}<a>ø</a>", u16::to_le_bytes)),
        (
            "UTF-16BE with a label",
            wide("\u{FEFF}<?xml version='1.0' encoding='UTF-16'?><a>ø</a>", u16::to_be_bytes),
        ),
    ];
    for (name, bytes) in taken {
        let (events, error) = shown(&bytes[..], Limits::default());
        assert!(error.is_none(), "case: {name}: {error:?}");
        assert_eq!(events, ["<{}a", "\"ø", "</{}a"], "case: {name}");
    }
    let refused: &[(&str, Vec<u8>, E)] = &[
        ("Latin-1 without a label", b"<a>\xF8</a>".into(), E::Encoding),
        ("Latin-1 labelled UTF-8", b"<?xml version='1.0' encoding='UTF-8'?><a>\xF8</a>".into(), {
            E::Encoding
        }),
        ("undefined", b"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>".into(), {
            E::Encoding
        }),
        ("ASCII", b"<?xml version='1.0' encoding='US-ASCII'?><a>\xF8</a>".into(), E::Encoding),
        (
            "UTF-8 mark, other label",
            { "\u{FEFF}<?xml version='1.0' encoding='ISO-8859-1'?><a/>".into() },
            E::EncodingConflict,
        ),
        (
            "UTF-16 mark, other label",
            { wide("\u{FEFF}<?xml version='1.0' encoding='UTF-8'?><a/>", u16::to_le_bytes) },
            E::EncodingConflict,
        ),
        ("UTF-16 without a mark", wide("<a/>", u16::to_le_bytes), E::EncodingUnsupported),
        ("UTF-16BE without a mark", wide("<a/>", u16::to_be_bytes), E::EncodingUnsupported),
        ("UTF-32", b"\xFF\xFE\0\0<\0\0\0a\0\0\0/\0\0\0>\0\0\0".into(), E::EncodingUnsupported),
        ("half a unit", b"\xFF\xFE<\0a\0/\0>\0 ".into(), E::Encoding),
        ("second mark", "\u{FEFF}\u{FEFF}<a/>".into(), E::OutsideRoot),
    ];
    for (name, bytes, kind) in refused {
        let found = refusal(bytes, Limits::default()).map(|found| found.0);
        assert_eq!(found, Some(*kind), "case: {name}");
    }
}

#[test]
fn places_of_events_and_attributes() {
    let document = "<?xml version='1.0'?>\r\n<a>\r\n  <b æ='1'\r\n   c='2'/>ø<d/>\r\n</a>";
    let mut reader = Reader::new(document.as_bytes(), Limits::default()).unwrap();
    let mut found = Vec::new();
    loop {
        match reader.next_event().unwrap() {
            Event::Start(start) => {
                found.push((start.name().local.to_owned(), start.place()));
                for attribute in start.attributes() {
                    found.push((attribute.name().local.to_owned(), attribute.place()));
                }
            }
            Event::Eof => break,
            Event::End(_) | Event::Text(_) => {}
        }
    }
    let want = [("a", 2, 1), ("b", 3, 3), ("æ", 3, 6), ("c", 4, 4), ("d", 4, 12)];
    let want = want.map(|(name, line, column)| (name.to_owned(), Place::Line { line, column }));
    assert_eq!(found, want);
    assert_eq!(reader.position(), Place::Line { line: 5, column: 5 });
}

#[test]
fn an_error_is_final_and_so_is_the_end() {
    let mut reader = Reader::new(&b"<a><b></a></b></a>"[..], Limits::default()).unwrap();
    let mut kinds = Vec::new();
    for _ in 0..5 {
        kinds.push(reader.next_event().map(drop).map_err(|error| (error.kind, error.column)));
    }
    let refused = Err((E::EndTag, 7));
    assert_eq!(kinds, [Ok(()), Ok(()), refused, refused, refused]);
    let mut reader = Reader::new(&b"<a/>"[..], Limits::default()).unwrap();
    for _ in 0..2 {
        reader.next_event().unwrap();
    }
    for _ in 0..3 {
        assert!(matches!(reader.next_event(), Ok(Event::Eof)));
    }
}

#[test]
fn a_failed_read_is_told_apart() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let error = Reader::new((&b"<a>"[..]).chain(Broken), Limits::default()).map(drop).unwrap_err();
    assert_eq!(error.kind, E::Unreadable);
    assert!(error.source.is_some());
}

#[test]
fn nothing_of_a_document_is_shown() {
    let document = "<hemmelig><hemmelig hemmelig='hemmelig'/>hemmelig</hemmelig>";
    let mut reader = Reader::new(document.as_bytes(), Limits::default()).unwrap();
    let mut all = String::new();
    loop {
        let event = reader.next_event().unwrap();
        write!(all, "{event:?}").unwrap();
        match event {
            Event::Start(start) => {
                write!(all, "{start:?}{:?}", start.attributes().collect::<Vec<_>>()).unwrap();
            }
            Event::End(end) => write!(all, "{end:?}{:?}", end.name()).unwrap(),
            Event::Text(_) => {}
            Event::Eof => break,
        }
        write!(all, "{reader:?}").unwrap();
    }
    let mut writer = XmlWriter::new(Vec::new());
    writer.element("hemmelig", "hemmelig").unwrap();
    write!(all, "{writer:?}").unwrap();
    assert!(!all.contains("hemmelig") && all.contains("Attribute"), "{all}");
}
