//! The directory of a zip archive: all its entries, and that they fill the file without gaps.

use std::{
    collections::HashSet,
    io::{Read, Seek, SeekFrom},
};

use zeroize::Zeroizing;

use crate::format::zip_guard::{
    Limits, ZipError,
    end_record::EndRecord,
    entry::{Entry, LOCAL_HEADER},
    fields::read_bytes,
};

/// What the central directory says, in the order in which the entries lie in the file.
#[derive(Debug)]
pub struct Directory {
    entries: Vec<Entry>,
    raw: Zeroizing<Vec<u8>>,
}

impl Directory {
    /// Reads and checks the directory; entries are checked when they are read.
    ///
    /// # Errors
    /// The first thing that an honest archive would not have.
    pub fn read(source: &mut (impl Read + Seek), limits: &Limits) -> Result<Self, ZipError> {
        let end = EndRecord::find(source)?;
        if end.entries > limits.entries {
            return Err(ZipError::TooLarge);
        }
        if end.directory_length > end.entries.saturating_mul(LONGEST_CENTRAL_HEADER) {
            return Err(ZipError::Inconsistent);
        }
        source.seek(SeekFrom::Start(end.directory_start)).map_err(ZipError::Read)?;
        let bytes = read_bytes(source, end.directory_length)?;
        let mut rest = &bytes[..];
        let mut entries = Vec::new();
        let mut names = HashSet::new();
        for number in 1..=end.entries {
            let entry = Entry::parse(&mut rest, number)?;
            // Programs that ignore case would take two such entries for one.
            if !names.insert(entry.name.to_ascii_lowercase()) {
                return Err(ZipError::Name);
            }
            entries.push(entry);
        }
        if !rest.is_empty() {
            return Err(ZipError::Inconsistent);
        }
        entries.sort_by_key(|entry| entry.offset);
        if entries.first().is_some_and(|first| first.offset != 0) {
            return Err(ZipError::Inconsistent);
        }
        let bounds: Vec<u64> =
            entries.iter().skip(1).map(|entry| entry.offset).chain([end.directory_start]).collect();
        for (entry, bound) in entries.iter_mut().zip(bounds) {
            let least = (LOCAL_HEADER + entry.name.len() as u64).checked_add(entry.compressed);
            entry.room = bound.saturating_sub(entry.offset);
            if least.is_none_or(|least| entry.room < least) {
                return Err(ZipError::Inconsistent);
            }
        }
        if entries.is_empty() && end.directory_start != 0 {
            return Err(ZipError::Inconsistent);
        }
        Ok(Self { entries, raw: bytes })
    }

    /// The entries in the order in which they lie in the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The directory's own bytes, which follow the last entry.
    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Whether this is one document in a package (Office Open XML, `OpenDocument`) rather than an
    /// archive of some.
    pub fn is_package(&self) -> bool {
        let named = |entry: &Entry, name: &[u8]| *entry.name == name;
        self.entries.iter().any(|entry| named(entry, b"[Content_Types].xml"))
            || self.entries.first().is_some_and(|entry| named(entry, b"mimetype"))
    }
}

/// Fixed part, name, and extras and comment as far as honest archives have them.
const LONGEST_CENTRAL_HEADER: u64 = 4096;
