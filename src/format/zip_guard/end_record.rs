//! The end of a zip archive, which says where its directory lies.

use std::io::{Read, Seek, SeekFrom};

use crate::format::zip_guard::{
    ZipError,
    fields::{Fields, read_bytes},
};

/// Whether the file ends as an archive does: a cheap look that reads no entry.
///
/// # Errors
/// [`ZipError::NoEnd`] and the like for what is cut off.
pub fn check_end(source: &mut (impl Read + Seek)) -> Result<(), ZipError> {
    EndRecord::find(source).map(|_| ())
}

/// The end of an archive: where its directory lies.
pub(super) struct EndRecord {
    pub(super) entries: u64,
    pub(super) directory_start: u64,
    pub(super) directory_length: u64,
}

impl EndRecord {
    /// Finds the one end record whose comment reaches exactly to the end of the file, and whose
    /// directory reaches exactly to the record.
    pub(super) fn find(source: &mut (impl Read + Seek)) -> Result<Self, ZipError> {
        let size = source.seek(SeekFrom::End(0)).map_err(ZipError::Read)?;
        let tail_start = size.saturating_sub(END_RECORD + u64::from(u16::MAX));
        source.seek(SeekFrom::Start(tail_start)).map_err(ZipError::Read)?;
        let tail = read_bytes(source, size - tail_start)?;
        let at =
            memchr::memmem::rfind(&tail, &END_SIGNATURE.to_le_bytes()).ok_or(ZipError::NoEnd)?;
        let mut fields = Fields::new(&tail[at + 4..]);
        let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
        let (here, entries) = (fields.u16()?, fields.u16()?);
        let (length, start) = (fields.u32()?, fields.u32()?);
        let comment = fields.u16()?;
        if fields.rest().len() != usize::from(comment) {
            return Err(ZipError::NoEnd);
        }
        let record_start = tail_start + at as u64;
        let is_large = entries == u16::MAX || length == u32::MAX || start == u32::MAX;
        if is_large {
            return Self::find_large(source, record_start);
        }
        if disk != 0 || directory_disk != 0 || here != entries {
            return Err(ZipError::Inconsistent);
        }
        let found = Self {
            entries: entries.into(),
            directory_start: start.into(),
            directory_length: length.into(),
        };
        found.must_end_at(record_start)
    }

    /// The zip64 record and its locator, which stand directly before the end record.
    fn find_large(source: &mut (impl Read + Seek), end: u64) -> Result<Self, ZipError> {
        let start = end.checked_sub(LARGE_LOCATOR + LARGE_END_RECORD).ok_or(ZipError::NoEnd)?;
        source.seek(SeekFrom::Start(start)).map_err(ZipError::Read)?;
        let bytes = read_bytes(source, LARGE_END_RECORD + LARGE_LOCATOR)?;
        let mut fields = Fields::new(&bytes);
        let record = fields.u32()? == LARGE_END_SIGNATURE && fields.u64()? == LARGE_END_RECORD - 12;
        let _versions = fields.u32()?;
        let disks = fields.u64()?;
        let (here, entries) = (fields.u64()?, fields.u64()?);
        let (length, directory_start) = (fields.u64()?, fields.u64()?);
        let locator = fields.u32()? == LARGE_LOCATOR_SIGNATURE
            && fields.u32()? == 0
            && fields.u64()? == start
            && fields.u32()? <= 1;
        if !record || !locator || disks != 0 || here != entries {
            return Err(ZipError::Inconsistent);
        }
        Self { entries, directory_start, directory_length: length }.must_end_at(start)
    }

    fn must_end_at(self, end: u64) -> Result<Self, ZipError> {
        if self.directory_start.checked_add(self.directory_length) == Some(end) {
            Ok(self)
        } else {
            Err(ZipError::NoEnd)
        }
    }
}

const END_SIGNATURE: u32 = 0x0605_4B50;
const LARGE_END_SIGNATURE: u32 = 0x0606_4B50;
const LARGE_LOCATOR_SIGNATURE: u32 = 0x0706_4B50;
const END_RECORD: u64 = 22;
const LARGE_END_RECORD: u64 = 56;
const LARGE_LOCATOR: u64 = 20;
