//! Walks through a letter, strictly, up to the message in it and from its end.

use std::io::Read;

use crate::{
    format::{
        msghead::{
            Child, WAY,
            hints::{
                MSG_ID, MSG_INFO, MSG_TYPE, NOTHING_INSIDE, ONE_CONTENT, ONE_DOCUMENT, ONE_MESSAGE,
                ONE_REF_DOC, TEXT, TYPE, VERSION,
            },
            is_head, named,
        },
        xml::{
            Reader,
            error::XmlError,
            event::{Event, Start},
        },
    },
    types::{
        finding::{Finding, Place},
        guid::Guid,
        rule::Hint,
        rules::intake::IN_02,
    },
};

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
