//! Walks through one message in a document that may have an envelope around it. What the envelope
//! says was judged before; here only the message within it counts.

use crate::{
    format::xml::{Event, Name, Reader, Start, error::{XmlError, XmlErrorKind}, limits::Limits},
    kinds::{Body, Refused, kpr::hints},
    types::{finding::Place, rule::Hint},
};

/// Is told what the message consists of.
pub trait Walker {
    /// An element begins; the root is on level 0.
    fn start(&mut self, level: usize, start: &Start<'_>) -> Result<(), Refused>;

    /// The element that began on this level ends.
    fn end(&mut self, level: usize) -> Result<(), Refused>;

    /// The message is not as its schema says (KPR-05).
    fn refuse(&mut self, place: Place, hint: &'static Hint) -> Refused;
}

/// Reads a document to its end; true when the message was in it.
pub fn walk(
    body: Body<'_>,
    root: Name<'_>,
    most: u64,
    walker: &mut dyn Walker,
) -> Result<bool, Refused> {
    let Body::Text(text) = body else { return Ok(false) };
    let mut reader = Reader::new(text, Limits::of_bytes(most)).map_err(xml_refused)?;
    let (mut found, mut within) = (false, None::<usize>);
    loop {
        let at_text = match reader.next_event().map_err(xml_refused)? {
            Event::Start(start) => {
                let name = start.name();
                match &mut within {
                    Some(level) if name.namespace == root.namespace => {
                        *level += 1;
                        walker.start(*level, &start)?;
                    }
                    Some(_) => return Err(walker.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
                    None if name == root && found => {
                        return Err(walker.refuse(start.place(), &hints::MESSAGES_MANY));
                    }
                    None if name == root => {
                        (found, within) = (true, Some(0));
                        walker.start(0, &start)?;
                    }
                    None => {}
                }
                false
            }
            Event::End(_) => {
                if let Some(level) = within {
                    walker.end(level)?;
                    within = level.checked_sub(1);
                }
                false
            }
            Event::Text(text) => {
                within.is_some() && !text.bytes().all(|b| b.is_ascii_whitespace())
            }
            Event::Eof => return Ok(found),
        };
        if at_text {
            return Err(walker.refuse(reader.position(), &hints::TEXT_UNEXPECTED));
        }
    }
}

fn xml_refused(error: XmlError) -> Refused {
    match error {
        XmlError { kind: XmlErrorKind::Unreadable, source: Some(source), .. } => {
            Refused::Io(source)
        }
        error => Refused::because(error.finding()),
    }
}
