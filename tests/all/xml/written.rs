//! What the XML writer writes is what the reader reads.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fmt::Write;

use filsluse::format::xml::{limits::Limits, write::XmlWriter};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use crate::xml::shown;

proptest! {
    #[test]
    fn what_is_written_is_read(node in node(), latin1 in any::<bool>()) {
        let mut bytes = Vec::new();
        let mut writer = XmlWriter::with_declaration(&mut bytes).unwrap();
        let mut want = Vec::new();
        write_node(&Node::Element("root".into(), vec![], vec![node]), &mut writer, &mut want);
        writer.finish().unwrap();
        if latin1 {
            bytes = in_latin1(&bytes);
        }
        let (events, error) = shown(&bytes[..], Limits::default());
        prop_assert_eq!(error.map(|error| error.kind), None);
        prop_assert_eq!(events, want);
    }
}

/// The same document in ISO-8859-1. Names are never escaped; the ones made here are all in it.
fn in_latin1(document: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(document).unwrap().replacen("UTF-8", "ISO-8859-1", 1);
    text.chars()
        .flat_map(|character| match u8::try_from(u32::from(character)) {
            Ok(byte) => vec![byte],
            Err(_) => format!("&#{};", u32::from(character)).into_bytes(),
        })
        .collect()
}

#[derive(Debug, Clone)]
enum Node {
    Element(String, Vec<(String, String)>, Vec<Node>),
    Text(String),
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
