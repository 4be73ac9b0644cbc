//! Looks for what a letter carries, in the first bytes of a document.

use crate::{
    format::{
        msghead::{Child, NAMESPACE, WAY, is_ours, named},
        xml::{
            Reader,
            event::{Event, Name},
            limits::Limits,
        },
    },
    types::guid::Guid,
};

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

/// What attachments come in: no message that can be read where it lies.
fn is_base64(name: Name<'_>) -> bool {
    name.local == "Base64Container"
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
