//! What is looked for in a package before any program of others reads it.

use std::io::{Read, Seek, SeekFrom};

use memchr::memmem;

use crate::format::{
    xlsx::error::{Fault, XlsxError},
    zip_guard::{Limits, ZipError, archive, entry::Entry},
};

/// Inflates and checks every part.
///
/// # Errors
/// Parts that a list of values has no use for, and claims that would make a reader take memory
/// without bounds.
pub(super) fn check(source: &mut (impl Read + Seek), limits: &Limits) -> Result<(), XlsxError> {
    let mut magic = Vec::new();
    source.seek(SeekFrom::Start(0)).map_err(ZipError::Read)?;
    source.take(8).read_to_end(&mut magic).map_err(ZipError::Read)?;
    if magic == COMPOUND_FILE {
        return Err(Fault::PasswordOrOldFormat.into());
    }
    let mut part = Part::default();
    let mut has_types = false;
    archive::check(source, limits, |entry, piece| {
        if part.number != entry.number {
            part = Part::begin(entry)?;
            has_types |= part.name == "[content_types].xml";
        }
        part.look(entry, piece)
    })?;
    if has_types { Ok(()) } else { Err(Fault::NotASpreadsheet.into()) }
}

/// The part at hand, and the end of what was seen of it.
#[derive(Default)]
struct Part {
    number: u32,
    name: String,
    tail: Vec<u8>,
}

impl Part {
    fn begin(entry: &Entry) -> Result<Self, XlsxError> {
        let name = String::from_utf8_lossy(entry.expose_name()).to_ascii_lowercase();
        let file = name.rsplit('/').next().unwrap_or_default();
        let within = |folder: &str| name.split('/').any(|part| part == folder);
        if file.starts_with("vbaproject") || within("macrosheets") || within("activex") {
            return Err(Fault::Macros.into());
        }
        if within("externallinks") || within("embeddings") || file == "connections.xml" {
            return Err(Fault::ExternalContent.into());
        }
        Ok(Self { number: entry.number, name, tail: Vec::new() })
    }

    fn look(&mut self, entry: &Entry, piece: &[u8]) -> Result<(), XlsxError> {
        let is_xml = [".xml", ".rels"].iter().any(|end| self.name.ends_with(end));
        if !is_xml {
            return Ok(());
        }
        // UTF-16 would hide what is looked for below, and no spreadsheet program writes it here.
        if piece.contains(&0) {
            return Err(Fault::Malformed.into());
        }
        if self.name.ends_with("sharedstrings.xml") {
            self.tail.extend_from_slice(piece);
            for at in memmem::find_iter(&self.tail, UNIQUE_COUNT) {
                let after = &self.tail[at + UNIQUE_COUNT.len()..];
                if is_bounded(after, entry.claimed_size()) == Some(false) {
                    return Err(Fault::Malformed.into());
                }
            }
            let kept = self.tail.len().min(UNIQUE_COUNT.len() + 2 + LONGEST_COUNT);
            self.tail.drain(..self.tail.len() - kept);
        }
        Ok(())
    }
}

/// Whether `="<n>"` follows, with no more strings than the part has bytes: the reader reserves
/// room for as many as are claimed. `None` if the end of the piece cuts it.
fn is_bounded(after: &[u8], most: u64) -> Option<bool> {
    let (equals, rest) = after.split_first()?;
    if *equals != b'=' {
        return Some(false);
    }
    let (quote, rest) = rest.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return Some(false);
    }
    let near = &rest[..rest.len().min(LONGEST_COUNT)];
    let Some(end) = memchr::memchr(*quote, near) else {
        return (near.len() == LONGEST_COUNT).then_some(false);
    };
    let count = std::str::from_utf8(&near[..end]).ok().and_then(|digits| digits.parse().ok());
    Some(count.is_some_and(|count: u64| count <= most))
}

const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const UNIQUE_COUNT: &[u8] = b"uniqueCount";
/// Digits of a count and the quote behind them, with room to spare.
const LONGEST_COUNT: usize = 24;
