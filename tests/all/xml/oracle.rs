//! The XML reader against quick-xml, a second opinion on what well-formed documents say: the same
//! elements, namespaces, attribute values and texts.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write;

use filsluse::format::xml::limits::Limits;
use quick_xml::{
    NsReader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
    name::{QName, ResolveResult},
};

use crate::{
    support::mutate::Mutator,
    xml::{
        libxml2::{SEEDS, WORDS},
        shown,
    },
};

#[test]
fn quick_xml_sees_the_same() {
    let mut mutator = Mutator::new(3, SEEDS, WORDS);
    let mut compared = 0;
    for _ in 0..30_000 {
        let bytes = mutator.next();
        let (events, error) = shown(&bytes[..], Limits::default());
        // It reads UTF-8 only, so the comparison is one of what is UTF-8 by any account.
        let Ok(text) = str::from_utf8(&bytes) else { continue };
        if error.is_none() {
            assert_eq!(theirs(text), events, "for the document {text:?}");
            compared += 1;
        }
    }
    assert!(compared > 1000, "too few were compared: {compared}");
}

/// In the notation of [`shown`].
fn theirs(document: &str) -> Vec<String> {
    let document = document.trim_start_matches('\u{FEFF}');
    let mut reader = NsReader::from_str(document);
    let mut depth = 0;
    let mut found: Vec<String> = Vec::new();
    loop {
        match reader.read_event().expect("a well-formed document") {
            Event::Start(start) => {
                depth += 1;
                found.push(opened(&reader, &start));
            }
            Event::Empty(start) => {
                found.push(opened(&reader, &start));
                found.push(format!("</{}", named(&reader, start.name(), true)));
            }
            Event::End(end) => {
                depth -= 1;
                found.push(format!("</{}", named(&reader, end.name(), true)));
            }
            Event::Text(text) if depth > 0 => append(&mut found, &text.xml10_content()),
            Event::CData(text) => append(&mut found, &text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => append(&mut found, character.encode_utf8(&mut [0; 4])),
                None => append(&mut found, resolve_predefined_entity(&reference).unwrap()),
            },
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn append(events: &mut Vec<String>, text: &str) {
    match events.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.starts_with('"') => *last += text,
        _ => events.push(format!("\"{text}")),
    }
}

fn opened(reader: &NsReader<&[u8]>, start: &BytesStart) -> String {
    let mut line = format!("<{}", named(reader, start.name(), true));
    for attribute in start.attributes() {
        let attribute = attribute.expect("a well-formed attribute");
        if attribute.key.as_namespace_binding().is_none() {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).expect("a value");
            write!(line, " {}={value:?}", named(reader, attribute.key, false)).unwrap();
        }
    }
    line
}

fn named(reader: &NsReader<&[u8]>, name: QName, element: bool) -> String {
    let (namespace, local) = reader.resolver().resolve(name, element);
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => namespace.0.to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(_) => panic!("a prefix that quick-xml does not know"),
    };
    format!("{{{namespace}}}{}", local.into_inner())
}
