//! `MsgHead` 1.2, the letter that a health message may come in: looked into to tell what is inside,
//! and walked through strictly while the message is read.
//!
//! The content stays where it is: the kind reads it with the same reader, between
//! [`Shell::enter`] and [`Shell::leave`], whether there is a letter around it or not. Whom the letter
//! is from is not believed: the sender is who owns the directory. Of the shell no value is kept or
//! shown but its number, by which the sender's system knows the answer.

use std::io::Read;

use crate::{
    format::xml::{
        Reader,
        error::XmlError,
        event::{Event, Name, Start},
        limits::Limits,
    },
    types::{
        finding::{Finding, Place},
        guid::Guid,
        rule::{Hint, Text},
        rules::intake::IN_02,
    },
};

/// Whether a root element is that of `MsgHead` 1.2.
pub fn is_head(namespace: &str, root: &str) -> bool {
    namespace == NAMESPACE && root == "MsgHead"
}

/// The root element of what a `MsgHead` carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Inner {
    /// Its namespace; empty for none.
    pub namespace: String,
    /// Its local name.
    pub root: String,
    /// Its attributes: local name and value.
    pub attributes: Vec<(String, String)>,
    /// `MsgInfo/MsgId` as the letter has it, where it is a UUID.
    pub number: Option<String>,
}

/// Looks for what a `MsgHead` carries, in the first bytes of the document. `None` when it is not
/// within them, or they cannot be read: the document is then refused as it is.
pub fn inner(head: &[u8]) -> Option<Inner> {
    let mut reader = Reader::new(whole_tags(head), Limits::default()).ok()?;
    let (mut number, mut in_number) = (None, false);
    // Open elements, and how many of them are the way to the message: other elements of a letter
    // may hold what is in no namespace of ours, as deep down.
    let (mut open, mut on_way) = (0, 0);
    loop {
        let in_content = open == WAY.len() && on_way == open;
        match reader.next_event().ok()? {
            Event::Eof => return None,
            Event::Text(text) if in_number => {
                let is_uuid = |text: &&str| {
                    text.len() == 36 && Guid::parse(text.as_bytes()).is_some_and(|g| g.is_uuid())
                };
                number = Some(text.trim()).filter(is_uuid).map(str::to_owned);
            }
            Event::Start(start) if in_content && is_base64(start.name()) => return None,
            Event::Start(start) if in_content && start.name().namespace != NAMESPACE => {
                return Some(Inner {
                    namespace: start.name().namespace.to_owned(),
                    root: start.name().local.to_owned(),
                    attributes: start
                        .attributes()
                        .map(|a| (a.name().local.to_owned(), a.value().to_owned()))
                        .collect(),
                    number,
                });
            }
            Event::Start(start) => {
                // Within MsgHead and MsgInfo.
                in_number = open == 2 && named(start.name()) == Child::Known("MsgId");
                let next = WAY.get(open).is_some_and(|name| is_ours(start.name(), name));
                on_way += usize::from(open == on_way && next);
                open += 1;
            }
            Event::End(_) => {
                in_number = false;
                open -= 1;
                on_way = on_way.min(open);
            }
            Event::Text(_) => {}
        }
    }
}

/// The letter around a message, if there is one, while the message is read.
pub struct Shell {
    is_letter: bool,
}

/// Why a letter is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShellError {
    /// The letter is not as `MsgHead` 1.2 must be.
    #[error("the MsgHead around the message is not as it must be; see the finding")]
    Shell(Box<Finding>),
    /// The document is not well-formed, or cannot be read.
    #[error("the document cannot be read")]
    Xml(#[from] XmlError),
}

impl Shell {
    /// Goes to the start of the message's root element, which is then the reader's current event
    /// ([`Reader::current_start`]).
    ///
    /// # Errors
    /// When what precedes the message is not as it must be, or there is no message.
    pub fn enter<R: Read>(reader: &mut Reader<R>) -> Result<Self, ShellError> {
        let is_letter = match reader.next_event()? {
            Event::Start(start) => is_head(start.name().namespace, start.name().local),
            _ => unreachable!("a document begins with its root"),
        };
        if is_letter {
            to_content(reader)?;
            if next_child(reader)?.is_none() {
                return Err(wrong(reader.position(), &NOTHING_INSIDE));
            }
        }
        Ok(Self { is_letter })
    }

    /// Goes on from the end of the message's root element, which was the reader's last event, to
    /// the end of the document.
    ///
    /// # Errors
    /// When there is a second message, or what follows is not as it must be.
    pub fn leave<R: Read>(self, reader: &mut Reader<R>) -> Result<(), ShellError> {
        // Content, RefDoc, Document and MsgHead end in turn.
        let mut open = if self.is_letter { WAY.len() } else { 0 };
        while open > 0 {
            let depth = open;
            match next_child(reader)? {
                None => open -= 1,
                Some(_) if depth == WAY.len() => {
                    return Err(wrong(reader.position(), &ONE_MESSAGE));
                }
                Some(Child::Known("Content" | "FileReference")) => {
                    return Err(wrong(reader.position(), &ONE_CONTENT));
                }
                Some(Child::Known("Document" | "RefDoc")) => {
                    return Err(wrong(reader.position(), &ONE_DOCUMENT));
                }
                // What may follow by the schema, such as a signature, says nothing to us.
                Some(_) => skip(reader)?,
            }
        }
        match reader.next_event()? {
            Event::Eof => Ok(()),
            _ => unreachable!("after the root's end there is only the end of the document"),
        }
    }
}

/// Goes on from the start of the `MsgHead` element to the start of `Content`.
fn to_content<R: Read>(reader: &mut Reader<R>) -> Result<(), ShellError> {
    let info = next_child(reader)?;
    if info != Some(Child::Known("MsgInfo")) {
        return Err(wrong(reader.position(), &MSG_INFO));
    }
    msg_info(reader)?;
    if next_child(reader)? != Some(Child::Known("Document")) {
        return Err(wrong(reader.position(), &ONE_DOCUMENT));
    }
    let mut child = next_child(reader)?;
    if child == Some(Child::Known("DocumentConnection")) {
        // Whether it is an attachment to another document: there is one alone.
        skip(reader)?;
        child = next_child(reader)?;
    }
    if child != Some(Child::Known("RefDoc")) {
        return Err(wrong(reader.position(), &ONE_REF_DOC));
    }
    let mut typed = false;
    loop {
        let place = reader.position();
        match next_child_with(reader, has_value)? {
            Some((Child::Known("MsgType"), valued)) => {
                typed = valued;
                skip(reader)?;
            }
            Some((Child::Known("Content"), _)) if typed => return Ok(()),
            Some((Child::Known("Content"), _)) => return Err(wrong(place, &MSG_TYPE)),
            Some((Child::Known("FileReference"), _)) | None => {
                return Err(wrong(reader.position(), &NOTHING_INSIDE));
            }
            Some((Child::Known(_) | Child::Other, _)) => skip(reader)?,
        }
    }
}

/// `MsgInfo`: what it is, and that it has a number.
fn msg_info<R: Read>(reader: &mut Reader<R>) -> Result<(), ShellError> {
    let (mut typed, mut numbered) = (0, 0);
    loop {
        match next_child_with(reader, has_value)? {
            None if typed == 1 && numbered == 1 => return Ok(()),
            None if typed != 1 => return Err(wrong(reader.position(), &TYPE)),
            None => return Err(wrong(reader.position(), &MSG_ID)),
            Some((Child::Known("Type"), valued)) => {
                typed += 1;
                if !valued {
                    return Err(wrong(reader.position(), &TYPE));
                }
                skip(reader)?;
            }
            Some((Child::Known("MIGversion"), _)) => {
                let place = reader.position();
                if !text(reader)?.starts_with("v1.2") {
                    return Err(wrong(place, &VERSION));
                }
            }
            Some((Child::Known("MsgId"), _)) => {
                numbered += 1;
                let place = reader.position();
                if Guid::parse(text(reader)?.as_bytes()).is_none() {
                    return Err(wrong(place, &MSG_ID));
                }
            }
            Some(_) => skip(reader)?,
        }
    }
}

/// An element, by our names for what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Known(&'static str),
    Other,
}

/// The next child element of the open one; `None` when that ends instead.
fn next_child<R: Read>(reader: &mut Reader<R>) -> Result<Option<Child>, ShellError> {
    Ok(next_child_with(reader, |_| ())?.map(|(child, ())| child))
}

fn next_child_with<R: Read, T>(
    reader: &mut Reader<R>,
    look: impl Fn(&Start<'_>) -> T,
) -> Result<Option<(Child, T)>, ShellError> {
    loop {
        match reader.next_event()? {
            Event::Start(start) => return Ok(Some((named(start.name()), look(&start)))),
            Event::End(_) => return Ok(None),
            Event::Text(text) if text.trim().is_empty() => {}
            Event::Text(_) => return Err(wrong(reader.text_position(), &TEXT)),
            Event::Eof => unreachable!("an element that is open ends before the document does"),
        }
    }
}

fn named(name: Name<'_>) -> Child {
    let known = KNOWN.iter().find(|known| is_ours(name, known));
    known.map_or(Child::Other, |known| Child::Known(known))
}

fn is_ours(name: Name<'_>, local: &str) -> bool {
    name.namespace == NAMESPACE && name.local == local
}

/// What attachments come in: no message that can be read where it lies.
fn is_base64(name: Name<'_>) -> bool {
    name.local == "Base64Container"
}

/// `V` says what a coded value is; where the code list stands (`S`), and whether it is written as
/// an OID or as its last number, is not looked at.
fn has_value(start: &Start<'_>) -> bool {
    start.attributes().any(|a| a.name().local == "V" && !a.value().trim().is_empty())
}

/// Reads to the end of the element that just began.
fn skip<R: Read>(reader: &mut Reader<R>) -> Result<(), ShellError> {
    let mut open = 1;
    while open > 0 {
        match reader.next_event()? {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Text(_) => {}
            Event::Eof => unreachable!("an element that is open ends before the document does"),
        }
    }
    Ok(())
}

/// The text of the element that just began, trimmed; the first of it, where it is long.
fn text<R: Read>(reader: &mut Reader<R>) -> Result<String, ShellError> {
    let mut text = String::new();
    loop {
        match reader.next_event()? {
            Event::Text(piece) if text.len() < 256 => text.extend(piece.chars().take(256)),
            Event::Start(_) | Event::Text(_) => {}
            Event::End(_) => return Ok(text.trim().to_owned()),
            Event::Eof => unreachable!("an element that is open ends before the document does"),
        }
    }
}

fn wrong(place: Place, hint: &'static Hint) -> ShellError {
    ShellError::Shell(Box::new(Finding::new(&IN_02, place).hint(hint)))
}

/// The head up to its last tag, so that it is not cut within a character.
fn whole_tags(head: &[u8]) -> &[u8] {
    let is_wide = head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE");
    if is_wide {
        return &head[..head.len() & !1];
    }
    let end = memchr::memrchr(b'>', head).map_or(head.len(), |at| at + 1);
    &head[..end]
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

macro_rules! hints {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $key:literal, $nb:literal, $en:literal;)+) => {
        $($(#[$doc])* $vis static $name: Hint =
            Hint { key: $key, text: Text { nb: $nb, en: $en }, apprec: Some("T02"), cure: None };)+
    };
}

hints! {
    MSG_ID = "msghead-msg-id",
        "MsgInfo skal ha én MsgId, og den skal være en GUID. Sett en ny GUID for hver melding.",
        "MsgInfo must have one MsgId, and it must be a GUID. Set a new GUID for each message.";
    MSG_INFO = "msghead-msg-info",
        "MsgHead skal begynne med MsgInfo. Bruk meldingshodet i versjon 1.2.",
        "MsgHead must begin with MsgInfo. Use the message head in version 1.2.";
    MSG_TYPE = "msghead-msg-type",
        "RefDoc skal ha MsgType med en verdi i V, foran Content. Sett den til XML.",
        "RefDoc must have MsgType with a value in V, before Content. Set it to XML.";
    /// The content is not an element that can be read.
    pub NOTHING_INSIDE = "msghead-nothing-inside",
        "Fant ingen melding i RefDoc/Content i meldingshodet. Legg meldingen der som XML, ikke som base64 eller filreferanse.",
        "Found no message in RefDoc/Content of the message head. Put the message there as XML, not as base64 or a file reference.";
    ONE_CONTENT = "msghead-one-content",
        "RefDoc skal ha nøyaktig ett Content, og ingen FileReference ved siden av. Send hver melding i sitt eget meldingshode; flere filer kan ligge i én .zip.",
        "RefDoc must have exactly one Content, and no FileReference beside it. Send each message in its own head; several files may lie in one .zip.";
    ONE_DOCUMENT = "msghead-one-document",
        "Meldingshodet skal ha nøyaktig ett Document. Send hver melding i sitt eget meldingshode; flere filer kan ligge i én .zip.",
        "The message head must have exactly one Document. Send each message in its own head; several files may lie in one .zip.";
    ONE_MESSAGE = "msghead-one-message",
        "Content skal inneholde nøyaktig én melding. Fjern det som står etter den.",
        "Content must hold exactly one message. Remove what stands after it.";
    ONE_REF_DOC = "msghead-one-ref-doc",
        "Document skal ha nøyaktig ett RefDoc. Legg meldingen i RefDoc/Content.",
        "Document must have exactly one RefDoc. Put the message in RefDoc/Content.";
    TEXT = "msghead-text",
        "Meldingshodet har tekst der det skal stå elementer. Er innholdet base64, legg det inn som XML i stedet.",
        "The message head has text where elements belong. If the content is base64, put it in as XML instead.";
    TYPE = "msghead-type",
        "MsgInfo skal ha én Type med en verdi i V. Sett den til meldingens type.",
        "MsgInfo must have one Type with a value in V. Set it to the type of the message.";
    VERSION = "msghead-version",
        "MIGversion er ikke v1.2. Bruk meldingshodet i versjon 1.2 (2006-05-24).",
        "MIGversion is not v1.2. Use the message head in version 1.2 (2006-05-24).";
}

#[cfg(test)]
mod tests {
    use super::{Shell, ShellError, inner};
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
