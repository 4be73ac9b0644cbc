//! Walks through one message in a document that may have a `MsgHead` around it.

use crate::{
    format::{
        msghead::shell::Shell,
        xml::{
            Reader,
            event::{Event, Name, Start},
            limits::Limits,
        },
    },
    kinds::{kind::Body, kpr::hints, refused::Refused},
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
    let shell = Shell::enter(&mut reader).map_err(Refused::from_shell)?;
    let start = reader.current_start();
    if start.name() != root {
        return Ok(false);
    }
    walker.start(0, &start)?;
    let mut level = 0;
    let mut next = if start.is_empty() { Next::End } else { Next::Nothing };
    loop {
        match next {
            Next::Nothing => {}
            Next::Text => {
                return Err(walker.refuse(reader.text_position(), &hints::TEXT_UNEXPECTED));
            }
            Next::End => {
                reader.pass_end();
                walker.end(level)?;
                if level == 0 {
                    break;
                }
                level -= 1;
            }
        }
        let event = match reader.next_event() {
            Ok(event) => event,
            Err(error) => return Err(Refused::from_xml(error)),
        };
        next = match event {
            // All elements within the root are in the message's namespace.
            Event::Start(start)
                if start.shares_namespace() || start.name().namespace == root.namespace =>
            {
                level += 1;
                walker.start(level, &start)?;
                if start.is_empty() { Next::End } else { Next::Nothing }
            }
            Event::Start(start) => {
                return Err(walker.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
            }
            Event::End(_) => Next::End,
            Event::Text(text) if is_blank(text) => Next::Nothing,
            Event::Text(_) => Next::Text,
            Event::Eof => return Ok(false),
        };
    }
    // The document may still turn out not to be well-formed behind the message.
    shell.leave(&mut reader).map_err(Refused::from_shell)?;
    Ok(true)
}

/// What an event leaves to be done once it is let go.
enum Next {
    /// An element has ended; it may have been empty.
    End,
    Nothing,
    /// Text where there is to be none.
    Text,
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}
