//! What must hold for any bytes that are read as XML; shared by the fuzz target and the smoke test.

use std::io::{self, Read};

use filsluse::{
    format::xml::{
        Reader,
        error::XmlErrorKind,
        event::{Event, Name, Start},
        limits::Limits,
        write::XmlWriter,
    },
    types::finding::Place,
};

/// Reads `data` at once and in small pieces, and what was accepted once more after it was written.
pub(crate) fn run(data: &[u8]) {
    let whole = read(data, LIMITS);
    let pieces = read(Pieces(data), LIMITS);
    assert!(whole == pieces, "how the input is cut changes what is read");
    if whole.error.is_some() {
        return;
    }
    let again = read(&whole.written[..], Limits::default());
    assert_eq!(again.error, None, "what was written cannot be read");
    assert!(again.events == whole.events, "what was written reads as something else");
}

/// What came of one document.
#[derive(Default, PartialEq, Eq)]
struct Outcome {
    error: Option<(XmlErrorKind, u64, u64)>,
    events: Vec<String>,
    places: Vec<Place>,
    written: Vec<u8>,
}

fn read(input: impl Read, limits: Limits) -> Outcome {
    let mut outcome = Outcome::default();
    let mut writer = XmlWriter::new(Vec::new());
    let mut reader = match Reader::new(input, limits) {
        Ok(reader) => reader,
        Err(error) => {
            outcome.error = Some((error.kind, error.line, error.column));
            return outcome;
        }
    };
    let mut depth = 0;
    loop {
        match reader.next_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                assert!(depth <= limits.depth);
                take_start(&start, &mut outcome, &mut writer).expect("it can be written");
            }
            Ok(Event::End(end)) => {
                let name = end.name();
                depth -= 1;
                outcome.events.push(format!("/{}", shown(name)));
                writer.end(&written(name)).expect("it can be written");
            }
            Ok(Event::Text(text)) => {
                assert!(!text.is_empty() && text.len() <= limits.token);
                writer.text(text).expect("it can be written");
                match outcome.events.last_mut() {
                    Some(last) if last.starts_with('"') => *last += text,
                    _ => outcome.events.push(format!("\"{text}")),
                }
            }
            Ok(Event::Eof) => break,
            Err(error) => {
                assert_ne!(error.kind, XmlErrorKind::Unreadable);
                outcome.error = Some((error.kind, error.line, error.column));
                return outcome;
            }
        }
        outcome.places.push(reader.position());
    }
    assert_eq!(depth, 0);
    outcome.written = writer.finish().expect("a complete document");
    outcome
}

/// Writes each name with a declaration of its own, so that it reads back in the same namespace.
fn take_start(
    start: &Start<'_>,
    outcome: &mut Outcome,
    writer: &mut XmlWriter<Vec<u8>>,
) -> io::Result<()> {
    let mut line = shown(start.name());
    writer.start(&written(start.name()))?;
    if start.name().namespace != XML {
        writer.attr("xmlns", start.name().namespace)?;
    }
    for (number, attribute) in start.attributes().enumerate() {
        assert!(start.place() < attribute.place());
        outcome.places.push(attribute.place());
        line += &format!(" {}={:?}", shown(attribute.name()), attribute.value());
        let local = attribute.name().local;
        match attribute.name().namespace {
            "" => writer.attr(local, attribute.value())?,
            XML => writer.attr(&format!("xml:{local}"), attribute.value())?,
            namespace => {
                writer.attr(&format!("xmlns:p{number}"), namespace)?;
                writer.attr(&format!("p{number}:{local}"), attribute.value())?;
            }
        }
    }
    outcome.events.push(line);
    Ok(())
}

/// The one prefix that cannot be made the default is kept.
fn written(name: Name<'_>) -> String {
    let prefix = if name.namespace == XML { "xml:" } else { "" };
    format!("{prefix}{}", name.local)
}

fn shown(name: Name<'_>) -> String {
    format!("{{{}}}{}", name.namespace, name.local)
}

/// Gives out a few bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = (1 + self.0.len() % 7).min(self.0.len()).min(buffer.len());
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}

const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    depth: 16,
    attributes: 32,
    namespaces: 2,
    token: 4096,
    name: 64,
    texts_in_pieces: false,
    skips_space: false,
};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
