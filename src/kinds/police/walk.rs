//! Walks through a request or reply: an attribute and a child element of the same name are the same
//! thing, and names are compared without hyphens, underscores and capitals.
//!
//! Judges the shape alone (IN-02, IN-04). What is unknown is told and passed over, so that a sender
//! hears of everything at once.

use std::io::Read;

use crate::{
    format::{
        msghead::shell::Shell,
        xml::{
            self,
            event::{Event, Name, Start},
            limits::Limits,
        },
    },
    kinds::{
        police::{hints, words::plain},
        refused::Refused,
    },
    types::{
        finding::{Finding, Place},
        rule::Hint,
        rules::intake,
    },
};

/// What stands at a place of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Fields, and no text of its own.
    Group,
    /// Text.
    Text,
    /// Nothing that we know.
    Unknown,
}

/// Is told what the document consists of. A path is the names from below the root on, without
/// hyphens, underscores and capitals, with slashes between them.
pub trait Taker {
    /// An element or attribute begins; the root has an empty path.
    fn begin(&mut self, path: &str, place: Place) -> Sort;

    /// A piece of the text that has begun.
    fn text(&mut self, piece: &str);

    /// The text or the group ends.
    fn end(&mut self, path: &str);

    /// The shape is not as it must be.
    fn breach(&mut self, finding: Finding);
}

/// Reads a document to its end.
///
/// # Errors
/// When it is not well-formed, its root is of another namespace, or it cannot be read.
pub fn walk(
    input: &mut dyn Read,
    namespace: &str,
    limits: Limits,
    taker: &mut dyn Taker,
) -> Result<(), Refused> {
    let mut reader = xml::Reader::new(input, limits).map_err(Refused::from_xml)?;
    let mut way = Way { namespace, path: String::new(), open: Vec::new() };
    let shell = Shell::enter(&mut reader).map_err(Refused::from_shell)?;
    let root = reader.current_start();
    if root.name().namespace != namespace {
        return Err(Refused::because(shape(root.place(), &hints::UNKNOWN_PART)));
    }
    way.element(&root, taker);
    while !way.open.is_empty() {
        match reader.next_event().map_err(Refused::from_xml)? {
            Event::Start(start) => way.element(&start, taker),
            Event::End(_) => way.leave(taker),
            Event::Text(text) if way.is_stray(text) => {
                taker.breach(shape(reader.text_position(), &hints::TEXT_UNEXPECTED));
            }
            Event::Text(text) => way.text(text, taker),
            Event::Eof => break,
        }
    }
    shell.leave(&mut reader).map_err(Refused::from_shell)
}

/// A breach of the document's shape.
pub fn shape(place: Place, hint: &'static Hint) -> Finding {
    Finding::new(&intake::IN_02, place).hint(hint)
}

/// Where the walk is.
struct Way<'a> {
    namespace: &'a str,
    path: String,
    /// What is open, and how long the path was before it.
    open: Vec<(Sort, usize)>,
}

impl Way<'_> {
    /// An element begins, and its attributes with it.
    fn element(&mut self, start: &Start<'_>, taker: &mut dyn Taker) {
        self.enter(start.name(), start.place(), taker);
        for attribute in start.attributes() {
            if is_about_xml(attribute.name()) {
                continue;
            }
            self.enter(attribute.name(), attribute.place(), taker);
            if self.is_stray(attribute.value()) {
                taker.breach(shape(attribute.place(), &hints::TEXT_UNEXPECTED));
            } else {
                self.text(attribute.value(), taker);
            }
            self.leave(taker);
        }
    }

    fn enter(&mut self, name: Name<'_>, place: Place, taker: &mut dyn Taker) {
        let before = self.path.len();
        let within = self.open.last().map(|(sort, _)| *sort);
        // A child without a namespace is how many tools write what belongs to the root.
        let ours = name.namespace.is_empty() || name.namespace == self.namespace;
        let sort = match within {
            None => taker.begin("", place),
            Some(Sort::Group) if ours => {
                if before > 0 {
                    self.path.push('/');
                }
                self.path.push_str(&plain(name.local));
                taker.begin(&self.path, place)
            }
            Some(_) => Sort::Unknown,
        };
        if sort == Sort::Unknown && within != Some(Sort::Unknown) {
            taker.breach(shape(place, &hints::UNKNOWN_PART));
        }
        self.open.push((sort, before));
    }

    /// Whether this is text where there is to be none.
    fn is_stray(&self, text: &str) -> bool {
        let in_group = matches!(self.open.last(), Some((Sort::Group, _)));
        in_group && !text.chars().all(char::is_whitespace)
    }

    fn text(&self, text: &str, taker: &mut dyn Taker) {
        if matches!(self.open.last(), Some((Sort::Text, _))) {
            taker.text(text);
        }
    }

    fn leave(&mut self, taker: &mut dyn Taker) {
        let Some((sort, before)) = self.open.pop() else { return };
        if sort != Sort::Unknown {
            taker.end(&self.path);
        }
        self.path.truncate(before);
    }
}

/// Attributes that tell an XML tool something and say nothing of the content.
fn is_about_xml(name: Name<'_>) -> bool {
    matches!(name.namespace, SCHEMA_INSTANCE | XML)
}

const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
