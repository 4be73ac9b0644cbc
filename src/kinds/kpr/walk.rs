//! Walks through one message in a document that may have a `MsgHead` around it.

use crate::{
    format::{
        msghead::{self, Shell},
        xml::{
            Reader,
            event::{Event, Name, Start},
            limits::Limits,
        },
    },
    kinds::{Body, kpr::hints, refused::Refused},
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
    let limits = Limits { skips_space: true, ..Limits::of_bytes(most) };
    let mut reader = Reader::new(text, limits).map_err(Refused::from_xml)?;
    let mut shell = None;
    let mut within = None::<usize>;
    loop {
        let event = match reader.next_event() {
            Ok(event) => event,
            Err(error) => return Err(Refused::from_xml(error)),
        };
        let next = match event {
            Event::Start(start) => {
                let name = || start.name();
                match within {
                    // All elements around it are in the message's namespace.
                    Some(level)
                        if start.shares_namespace() || name().namespace == root.namespace =>
                    {
                        within = Some(level + 1);
                        walker.start(level + 1, &start)?;
                    }
                    Some(_) => return Err(walker.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
                    None if name() == root => {
                        within = Some(0);
                        walker.start(0, &start)?;
                    }
                    None if shell.is_none() && is_head(name()) => {}
                    None => return Ok(false),
                }
                match within {
                    None => Next::Head,
                    Some(_) if start.is_empty() => Next::End,
                    Some(_) => Next::Nothing,
                }
            }
            Event::End(_) => Next::End,
            Event::Text(text) if within.is_some() && !is_blank(text) => Next::Text,
            Event::Text(_) => Next::Nothing,
            Event::Eof => return Ok(false),
        };
        match next {
            Next::Nothing => {}
            Next::Head => shell = Some(Shell::enter(&mut reader).map_err(Refused::from_shell)?),
            Next::Text => return Err(walker.refuse(reader.position(), &hints::TEXT_UNEXPECTED)),
            Next::End => {
                reader.pass_end();
                let level = within.unwrap_or(0);
                walker.end(level)?;
                within = level.checked_sub(1);
                if within.is_none() {
                    break;
                }
            }
        }
    }
    match shell {
        Some(shell) => shell.leave(&mut reader).map_err(Refused::from_shell)?,
        // The document may still turn out not to be well-formed behind its root.
        None => while !matches!(reader.next_event().map_err(Refused::from_xml)?, Event::Eof) {},
    }
    Ok(true)
}

/// What an event leaves to be done once it is let go.
enum Next {
    /// An element has ended; it may have been empty.
    End,
    /// What stands around the message has begun.
    Head,
    Nothing,
    /// Text where there is to be none.
    Text,
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

fn is_head(name: Name<'_>) -> bool {
    msghead::is_head(name.namespace, name.local)
}
