//! Walks through one message in a document that may have a `MsgHead` around it.

use crate::{
    format::{
        msghead::{self, Shell, ShellError},
        xml::{
            Reader,
            error::{XmlError, XmlErrorKind},
            event::{Event, Name, Start},
            limits::Limits,
        },
    },
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
    let limits = Limits { skips_space: true, ..Limits::of_bytes(most) };
    let mut reader = Reader::new(text, limits).map_err(xml_refused)?;
    let mut shell = None;
    let mut within = None::<usize>;
    loop {
        let event = match reader.next_event() {
            Ok(event) => event,
            Err(error) => return Err(xml_refused(error)),
        };
        let (in_head, in_text) = match event {
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
                (within.is_none(), false)
            }
            Event::End(_) => {
                let level = within.unwrap_or(0);
                walker.end(level)?;
                within = level.checked_sub(1);
                if within.is_none() {
                    break;
                }
                (false, false)
            }
            Event::Text(text) => {
                (false, within.is_some() && !text.bytes().all(|b| b.is_ascii_whitespace()))
            }
            Event::Eof => return Ok(false),
        };
        if in_text {
            return Err(walker.refuse(reader.position(), &hints::TEXT_UNEXPECTED));
        }
        if in_head {
            shell = Some(Shell::enter(&mut reader).map_err(shell_refused)?);
        }
    }
    match shell {
        Some(shell) => shell.leave(&mut reader).map_err(shell_refused)?,
        // The document may still turn out not to be well-formed behind its root.
        None => while !matches!(reader.next_event().map_err(xml_refused)?, Event::Eof) {},
    }
    Ok(true)
}

fn is_head(name: Name<'_>) -> bool {
    msghead::is_head(name.namespace, name.local)
}

fn shell_refused(error: ShellError) -> Refused {
    match error {
        ShellError::Shell(finding) => Refused::because(*finding),
        ShellError::Xml(error) => xml_refused(error),
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
