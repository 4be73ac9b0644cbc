//! The XML reader as its callers see it: events, refusals with their places, limits, encodings, and
//! what the writer writes.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

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
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use crate::{
    mutate::Mutator,
    xml_libxml2::{SEEDS, WORDS},
};

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

fn refusal(bytes: &[u8], limits: Limits) -> Option<(E, u64, u64)> {
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

/// A text beyond the limit of a token passes in pieces, and is the same text wherever they end.
#[test]
fn long_texts_in_pieces_are_the_same_text() {
    let pieces = Limits { texts_in_pieces: true, ..Limits::default() };
    for unit in ["QUJD\r\n", "å]", "a &amp; b > c ]] ", "]] &#x62;"] {
        let text = unit.repeat(60_000);
        let whole = format!("<a>{text}<b/>{text}</a>");
        let (want, error) = shown(whole.as_bytes(), Limits::default());
        assert!(error.is_none(), "{unit}");
        let (found, error) = shown(whole.as_bytes(), pieces);
        assert!(error.is_none() && found == want, "{unit}");
    }
    let long = format!("<a>{}</a>", "QUJD\n".repeat(1 << 19));
    let refused = refusal(long.as_bytes(), Limits::default()).map(|found| found.0);
    assert_eq!(refused, Some(E::TokenTooLong));
    let (events, error) = shown(long.as_bytes(), pieces);
    assert!(error.is_none());
    assert_eq!(events[1].len(), 1 + (5 << 19));
    // What is wrong is found as it is without them.
    for bad in ["]]>", "&x;", "\u{1}"] {
        let text = format!("<a>{}{bad}{}</a>", "x".repeat(100_000), "y".repeat(100_000));
        let want = refusal(text.as_bytes(), Limits::default());
        assert!(want.is_some() && refusal(text.as_bytes(), pieces) == want, "{bad:?}");
    }
    let cut = format!("<a>{}", "x".repeat(100_000));
    let refused = refusal(cut.as_bytes(), pieces).map(|found| found.0);
    assert_eq!(refused, Some(E::UnexpectedEnd));
}

#[test]
fn limits_hold_and_their_edge_is_allowed() {
    let limits = Limits {
        bytes: 4000,
        depth: 3,
        attributes: 2,
        namespaces: 2,
        token: 1000,
        name: 7,
        texts_in_pieces: false,
        skips_space: false,
    };
    let long = "x".repeat(1000);
    let cases: &[(String, Option<E>)] = &[
        ("<a><b><c/></b></a>".into(), None),
        ("<a><b><c><d/></c></b></a>".into(), Some(E::TooDeep)),
        ("<a b='' c=''/>".into(), None),
        ("<a b='' c='' d=''/>".into(), Some(E::TooManyAttributes)),
        ("<a xmlns='u'><b xmlns:p='v'/><b xmlns:p='v'/></a>".into(), None),
        ("<a xmlns='u' xmlns:p='v'><b xmlns:q='w'/></a>".into(), Some(E::TooManyNamespaces)),
        ("<abcdefg/>".into(), None),
        ("<abcdefgh/>".into(), Some(E::NameTooLong)),
        (format!("<{}", "a".repeat(70_000)), Some(E::TooLarge)),
        (format!("<a>{long}</a>"), None),
        (format!("<a>{long}x</a>"), Some(E::TokenTooLong)),
        (format!("<a b='{long}'/>"), Some(E::TokenTooLong)),
        (format!("<a><!--{long}--></a>"), Some(E::TokenTooLong)),
        (format!("<a><![CDATA[{long}]]></a>"), Some(E::TokenTooLong)),
        (format!("<?p {long}?><a/>"), Some(E::TokenTooLong)),
        (format!("<a>{}</a>", " <b/>".repeat(798)), None),
        (format!("<a>{}</a>", " <b/>".repeat(799)), Some(E::TooLarge)),
    ];
    for (document, want) in cases {
        let found = refusal(document.as_bytes(), limits).map(|found| found.0);
        assert_eq!(found, *want, "case: {:.60} ({} bytes)", document, document.len());
    }
    let name = format!("<{}", "a".repeat(300));
    assert_eq!(refusal(name.as_bytes(), Limits::default()).map(|f| f.0), Some(E::NameTooLong));
}

#[test]
fn memory_is_bounded_by_the_token() {
    // An unending text, tag, comment and instruction, and unending nesting.
    let unending: &[(&str, &str, E)] = &[
        ("<a>", "x", E::TokenTooLong),
        ("<a b='", "x", E::TokenTooLong),
        ("<!--", "x", E::TokenTooLong),
        ("<?p ", "x", E::TokenTooLong),
        ("<a><![CDATA[", "x", E::TokenTooLong),
        ("<a b='1'", " ", E::TokenTooLong),
        ("<", "x", E::NameTooLong),
        ("", "<a>", E::TooDeep),
        ("<a>", "<b/> ", E::TooLarge),
        ("", " ", E::TooLarge),
    ];
    for (start, repeated, want) in unending {
        let mut at = 0;
        let input = start.as_bytes().chain(io_repeat(repeated.as_bytes(), &mut at));
        let limits = Limits::of_bytes(8 << 20);
        let (_, error) = events_counted(input, limits);
        assert_eq!(error.kind, *want, "case: {start:?} {repeated:?}");
    }
}

fn io_repeat<'a>(piece: &'a [u8], at: &'a mut usize) -> impl Read + 'a {
    struct Repeat<'a>(&'a [u8], &'a mut usize);
    impl Read for Repeat<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            for byte in buffer.iter_mut() {
                *byte = self.0[*self.1 % self.0.len()];
                *self.1 += 1;
            }
            Ok(buffer.len())
        }
    }
    Repeat(piece, at)
}

fn events_counted(input: impl Read, limits: Limits) -> (u64, XmlError) {
    let mut reader = Reader::new(input, limits).expect("a start");
    let mut count = 0;
    loop {
        match reader.next_event() {
            Ok(Event::Eof) => panic!("an unending document has no end"),
            Ok(_) => count += 1,
            Err(error) => return (count, error),
        }
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
fn tokens_across_windows_stay_whole() {
    let value = "blåbær &amp; ".repeat(9_000);
    let text = "x\r\n".repeat(60_000);
    for shift in 0..3 {
        let pad = " ".repeat(shift);
        let document = format!("{pad}<a b='{value}'>{text}<!--{text}--><c d='1'/></a>");
        let (events, error) = shown(document.as_bytes(), Limits::default());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(events[0], format!("<{{}}a {{}}b={:?}", value.replace("&amp;", "&")));
        assert_eq!(events[1], format!("\"{}", text.replace("\r\n", "\n")));
        assert_eq!(events[2..], ["<{}c {}d=\"1\"", "</{}c", "</{}a"]);
    }
}

/// Gives out as many bytes at a time as it is told, in turn.
struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1[self.2 % self.1.len()].min(buffer.len()).min(self.0.len());
        self.2 += 1;
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}

#[derive(Debug, Clone)]
enum Node {
    Element(String, Vec<(String, String)>, Vec<Node>),
    Text(String),
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            '<', '>', '&', '"', '\'', ']', '-', '\t', '\n', '\r', ' ', 'a', '9', 'ø', '€', '😀',
            '\u{85}', '\u{2028}', '\u{FFFD}',
        ]),
        0..12,
    )
    .prop_map(String::from_iter)
}

fn node() -> impl Strategy<Value = Node> {
    let name = "[a-zæøå_][a-z0-9.æ-]{0,5}";
    text().prop_map(Node::Text).prop_recursive(4, 24, 5, move |inner| {
        let attributes = prop::collection::btree_map(name, text(), 0..5);
        (name, attributes, prop::collection::vec(inner, 0..5)).prop_map(
            |(name, found, children)| Node::Element(name, found.into_iter().collect(), children),
        )
    })
}

fn write_node(node: &Node, writer: &mut XmlWriter<&mut Vec<u8>>, want: &mut Vec<String>) {
    match node {
        Node::Text(text) => {
            writer.text(text).unwrap();
            match want.last_mut() {
                _ if text.is_empty() => {}
                Some(last) if last.starts_with('"') => *last += text,
                _ => want.push(format!("\"{text}")),
            }
        }
        Node::Element(name, attributes, children) => {
            writer.start(name).unwrap();
            let mut line = format!("<{{}}{name}");
            for (name, value) in attributes {
                writer.attr(name, value).unwrap();
                write!(line, " {{}}{name}={value:?}").unwrap();
            }
            want.push(line);
            for child in children {
                write_node(child, writer, want);
            }
            writer.end(name).unwrap();
            want.push(format!("</{{}}{name}"));
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(node in node(), latin1 in any::<bool>()) {
        let mut bytes = Vec::new();
        let mut writer = if latin1 { XmlWriter::latin1(&mut bytes).unwrap() } else { XmlWriter::with_declaration(&mut bytes).unwrap() };
        let mut want = Vec::new();
        // Names are never escaped; the ones made here are all in ISO-8859-1.
        write_node(&Node::Element("root".into(), vec![], vec![node]), &mut writer, &mut want);
        writer.finish().unwrap();
        let (events, error) = shown(&bytes[..], Limits::default());
        prop_assert_eq!(error.map(|error| error.kind), None);
        prop_assert_eq!(events, want);
    }

    #[test]
    fn any_split_gives_the_same(
        document in r"(<a( b='[ø&]?(&#9;)?')?>|</a>|<c/>|<!-- -->|[xø\r\n]|<!\[CDATA\[\]?\]\]>){0,12}",
        sizes in prop::collection::vec(1_usize..9, 1..6),
        wide in any::<bool>(),
    ) {
        let document = format!("<a>{document}</a>");
        let bytes: Vec<u8> = if wide { format!("\u{FEFF}{document}").encode_utf16().flat_map(u16::to_le_bytes).collect() } else { document.into_bytes() };
        let plain = |(events, error): (Vec<String>, Option<XmlError>)| {
            (events, error.map(|error| (error.kind, error.line, error.column)))
        };
        let whole = plain(shown(&bytes[..], Limits::default()));
        let pieces = plain(shown(Pieces(&bytes, sizes, 0), Limits::default()));
        prop_assert_eq!(whole, pieces);
    }
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

#[test]
fn the_edge_of_a_window_changes_nothing() {
    let mut mutator = Mutator::new(5, SEEDS, WORDS);
    let mut compared = 0;
    for number in 0..4000 {
        let mutant = mutator.next();
        // Only the plainest start, so that white space before it changes nothing.
        if !matches!(mutant[..], [b'<', b'!' | b'a'..=b'z', ..]) {
            continue;
        }
        compared += 1;
        let plain = shown(&mutant[..], Limits::default());
        // The edge of the first window falls somewhere within the document.
        let mut padded = vec![b'\n'; 64 * 1024 - number % (mutant.len() + 1)];
        let lines = padded.len() as u64;
        padded.extend_from_slice(&mutant);
        let padded = shown(&padded[..], Limits::default());
        assert_eq!(plain.0, padded.0, "case: {:?}", String::from_utf8_lossy(&mutant));
        let place = |error: XmlError| (error.kind, error.line, error.column);
        let want = plain.1.map(place).map(|(kind, line, column)| (kind, line + lines, column));
        assert_eq!(want, padded.1.map(place), "case: {:?}", String::from_utf8_lossy(&mutant));
    }
    assert!(compared > 1000, "too few: {compared}");
}
