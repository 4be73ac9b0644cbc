//! `MsgHead` 1.2, the letter that a health message may come in: looked into to tell what is inside
//! ([`inside`]), and walked through strictly while the message is read ([`shell`]).
//!
//! The content stays where it is: the kind reads it with the same reader, between
//! [`shell::Shell::enter`] and [`shell::Shell::leave`], whether there is a letter around it or not. Whom the letter
//! is from is not believed: the sender is who owns the directory. Of the shell no value is kept or
//! shown but its number, by which the sender's system knows the answer.

pub mod hints;
pub mod inside;
pub mod shell;

use crate::format::xml::event::Name;

/// Whether a root element is that of `MsgHead` 1.2.
pub fn is_head(namespace: &str, root: &str) -> bool {
    namespace == NAMESPACE && root == "MsgHead"
}

/// An element, by our names for what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Known(&'static str),
    Other,
}

fn named(name: Name<'_>) -> Child {
    let known = KNOWN.iter().find(|known| is_ours(name, known));
    known.map_or(Child::Other, |known| Child::Known(known))
}

fn is_ours(name: Name<'_>, local: &str) -> bool {
    name.namespace == NAMESPACE && name.local == local
}

/// The namespace of `MsgHead` 1.2.
pub const NAMESPACE: &str = "http://www.kith.no/xmlstds/msghead/2006-05-24";

/// The elements that a message stands in.
const WAY: [&str; 4] = ["MsgHead", "Document", "RefDoc", "Content"];

/// Elements of the shell that are looked for.
const KNOWN: &[&str] = &[
    "Content",
    "Document",
    "DocumentConnection",
    "FileReference",
    "MIGversion",
    "MsgId",
    "MsgInfo",
    "MsgType",
    "RefDoc",
    "Type",
];

#[cfg(test)]
mod tests {
    use super::{
        inside::inner,
        shell::{Shell, ShellError},
    };
    use crate::format::xml::{Reader, event::Event, limits::Limits};

    /// A letter around `content`, with pieces of it replaced.
    fn letter(content: &str, from: &str, to: &str) -> String {
        let letter = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<mh:MsgHead xmlns:mh="http://www.kith.no/xmlstds/msghead/2006-05-24" xmlns:k="urn:x:1">
 <mh:MsgInfo>
  <mh:Type V="KPR" S="9051"/>
  <mh:MIGversion>v1.2 2006-05-24</mh:MIGversion>
  <mh:GenDate>2018-01-10T09:00:00</mh:GenDate>
  <mh:MsgId>0011a2b3-c4d5-e6f7-0809-0a0b0c0d0eff</mh:MsgId>
  <mh:Sender><mh:Organisation><mh:Ident><mh:Id>1</mh:Id></mh:Ident></mh:Organisation></mh:Sender>
 </mh:MsgInfo>
 <mh:Document>
  <mh:RefDoc><mh:MsgType V="XML" DN="XML"/><mh:Content>{content}</mh:Content></mh:RefDoc>
 </mh:Document>
</mh:MsgHead>"#
        );
        assert!(letter.contains(from), "{from}");
        letter.replacen(from, to, 1)
    }

    /// Walks as a kind does: what the message's root was called, or the key of the hint.
    fn walk(document: &str) -> Result<String, String> {
        let key = |error: ShellError| match error {
            ShellError::Shell(finding) => {
                assert_eq!(finding.rule.code, "IN-02");
                let hint = finding.hint.unwrap();
                assert_eq!(hint.apprec.as_deref(), Some("T02"));
                hint.key.into_owned()
            }
            ShellError::Xml(error) => error.kind.hint().key.to_owned(),
        };
        let mut reader = Reader::new(document.as_bytes(), Limits::default()).unwrap();
        let shell = Shell::enter(&mut reader).map_err(key)?;
        let root = reader.current_start().name().local.to_owned();
        let mut open = 1;
        while open > 0 {
            match reader.next_event().map_err(|error| key(error.into()))? {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Text(_) | Event::Eof => {}
            }
        }
        shell.leave(&mut reader).map_err(key)?;
        Ok(root)
    }

    #[test]
    fn what_is_inside_is_told_and_walked_through() {
        let content = r#"<k:Melding versjon="1 &lt; 2"><k:A/></k:Melding>"#;
        let whole = letter(content, "", "");
        let found = inner(whole.as_bytes()).unwrap();
        assert_eq!((found.namespace.as_str(), found.root.as_str()), ("urn:x:1", "Melding"));
        assert_eq!(found.attributes, [("versjon".to_owned(), "1 < 2".to_owned())]);
        assert_eq!(walk(&whole), Ok("Melding".to_owned()));
        // Wherever the head of the document ends behind the message's start tag.
        let start = whole.find("<k:A/>").unwrap();
        for end in start..whole.len() {
            assert!(inner(&whole.as_bytes()[..end]).is_some_and(|found| found.root == "Melding"));
        }
        for end in 0..start - 1 {
            assert!(inner(&whole.as_bytes()[..end]).is_none(), "{end}");
        }
        let latin: Vec<u8> = letter("<m xmlns='urn:y' n='æ'/>", "UTF-8", "ISO-8859-1")
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        let found = inner(&latin).unwrap();
        assert_eq!(found.attributes, [("n".to_owned(), "æ".to_owned())]);
        let wide: Vec<u8> = std::iter::once(0xFEFF)
            .chain(letter("<m/>", "UTF-8", "UTF-16").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(inner(&wide[..wide.len() - 9]).is_some_and(|found| found.root == "m"));
    }

    #[test]
    fn every_part_of_the_shell_is_held_to() {
        let good = "<k:Melding/>";
        for (content, from, to, want) in [
            (good, "<mh:Type V=\"KPR\" S=\"9051\"/>", "", "msghead-type"),
            (good, "V=\"KPR\"", "V=\" \"", "msghead-type"),
            (good, "V=\"KPR\"", "DN=\"KPR\"", "msghead-type"),
            (good, "v1.2 2006", "v1.1 2004", "msghead-version"),
            (good, "0011a2b3-", "0011a2b3", "msghead-msg-id"),
            (good, "<mh:MsgId>", "<mh:MsgId>x", "msghead-msg-id"),
            (good, "</mh:MsgId>", "</mh:MsgId><mh:MsgId/>", "msghead-msg-id"),
            (good, "<mh:MsgInfo>", "<mh:Document/><mh:MsgInfo>", "msghead-msg-info"),
            (good, "<mh:GenDate>", "words<mh:GenDate>", "msghead-text"),
            (good, "<mh:RefDoc>", "<mh:Other/><mh:RefDoc>", "msghead-one-ref-doc"),
            (good, "<mh:MsgType V=\"XML\" DN=\"XML\"/>", "", "msghead-msg-type"),
            (good, "</mh:Document>", "</mh:Document><mh:Document/>", "msghead-one-document"),
            (good, "</mh:RefDoc>", "</mh:RefDoc><mh:RefDoc/>", "msghead-one-document"),
            (good, "</mh:Content>", "<k:Melding/></mh:Content>", "msghead-one-message"),
            (good, "</mh:Content>", "PGE+</mh:Content>", "msghead-text"),
            // A second one would be lost without a word.
            (
                good,
                "</mh:Content>",
                "</mh:Content><mh:Content><k:Melding/></mh:Content>",
                "msghead-one-content",
            ),
            (
                good,
                "</mh:Content>",
                "</mh:Content><mh:FileReference>x</mh:FileReference>",
                "msghead-one-content",
            ),
            (good, "<mh:Content>", "<mh:FileReference/><mh:Content>", "msghead-nothing-inside"),
            ("", "", "", "msghead-nothing-inside"),
            ("PGEvPg==", "", "", "msghead-text"),
            (good, "<mh:Content>", "<mh:Content>words", "msghead-text"),
            (good, "</mh:MsgHead>", "", "xml-unexpected-end"),
        ] {
            let document = letter(content, from, to);
            assert_eq!(walk(&document), Err(want.to_owned()), "{from} -> {to}");
        }
        // What says nothing to us may stand there.
        for (from, to) in [
            (
                "<mh:GenDate>",
                "<mh:ConversationRef><mh:RefToParent/></mh:ConversationRef><mh:GenDate>",
            ),
            ("</mh:Document>", "</mh:Document><s:Signature xmlns:s='urn:s'>x</s:Signature>"),
            ("<mh:Content>", "<mh:Description>x</mh:Description><mh:Content>"),
            ("<mh:RefDoc>", "<mh:DocumentConnection V=\"H\" DN=\"Hoveddokument\"/><mh:RefDoc>"),
        ] {
            assert_eq!(walk(&letter(good, from, to)), Ok("Melding".to_owned()), "{to}");
        }
    }

    /// What the sender's system puts in for itself, at the very depth of a message.
    #[test]
    fn only_the_content_is_the_message() {
        let [from, to] = ["<mh:Ident>", "<k:Address><k:City>Oslo</k:City></k:Address><mh:Ident>"];
        let document = letter("<k:Melding/>", from, to);
        assert_eq!(inner(document.as_bytes()).map(|found| found.root).as_deref(), Some("Melding"));
        assert_eq!(walk(&document), Ok("Melding".to_owned()));
        let empty = letter("", from, to);
        assert!(inner(empty.as_bytes()).is_none());
        assert_eq!(walk(&empty), Err("msghead-nothing-inside".to_owned()));
        assert_eq!(walk("<k:Melding xmlns:k='urn:x:1'/>"), Ok("Melding".to_owned()));
    }

    #[test]
    fn base64_is_no_message() {
        assert!(inner(letter("PGEvPg==", "", "").as_bytes()).is_none());
        assert!(
            inner(letter("<mh:Base64Container>PGEvPg==</mh:Base64Container>", "", "").as_bytes())
                .is_none()
        );
        let container = "<b:Base64Container xmlns:b=\"http://www.kith.no/xmlstds/base64container\">\
            PGEvPg==</b:Base64Container>";
        assert!(inner(letter(container, "", "").as_bytes()).is_none());
    }
}
