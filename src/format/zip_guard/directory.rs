//! The directory of a zip archive and the headers that must agree with it.

use std::{
    collections::HashSet,
    fmt,
    io::{Read, Seek, SeekFrom},
};

use zeroize::Zeroizing;

use crate::format::zip_guard::{Limits, ZipError};

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

/// One entry. Its name is the sender's and never shown.
pub struct Entry {
    /// Its number in the directory, from 1.
    pub number: u32,
    name: Zeroizing<Vec<u8>>,
    flags: u16,
    deflated: bool,
    crc: u32,
    compressed: u64,
    plain: u64,
    offset: u64,
    room: u64,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("number", &self.number)
            .field("compressed", &self.compressed)
            .field("plain", &self.plain)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// The name's bytes.
    pub fn expose_name(&self) -> &[u8] {
        &self.name
    }

    /// Whether it is a folder, which holds nothing.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Whether it is what a desktop leaves beside the files that somebody packed: the Finder's
    /// resource forks and views, the Explorer's thumbnails and views.
    pub fn is_clutter(&self) -> bool {
        let mut parts = self.name.rsplit(|byte| *byte == b'/');
        let file = parts.next().unwrap_or_default();
        let is = |name: &[u8]| file.eq_ignore_ascii_case(name);
        is(b".DS_Store")
            || is(b"Thumbs.db")
            || is(b"desktop.ini")
            || parts.next_back().is_some_and(|folder| folder == b"__MACOSX")
    }

    /// Bytes before compression, as the directory claims.
    pub fn claimed_size(&self) -> u64 {
        self.plain
    }

    /// Bytes after compression, as the directory claims; the layout of the file bounds it.
    pub(super) fn compressed(&self) -> u64 {
        self.compressed
    }

    /// Whether the bytes are deflated rather than stored.
    pub(super) fn is_deflated(&self) -> bool {
        self.deflated
    }

    /// Whether what was counted is what the directory claims.
    pub(super) fn matches(&self, plain: u64, crc: u32) -> bool {
        self.plain == plain && self.crc == crc
    }

    /// Reads the local header, which must say the same as the directory, and tells its length.
    /// `source` stands at the entry's first byte, and afterwards at its content.
    pub(super) fn read_local_header(&self, source: &mut impl Read) -> Result<u64, ZipError> {
        let header = read_bytes(source, LOCAL_HEADER)?;
        let mut fields = Fields(&header);
        if fields.u32()? != LOCAL_SIGNATURE {
            return Err(ZipError::Inconsistent);
        }
        let _version = fields.u16()?;
        let flags = fields.u16()?;
        let method = fields.u16()?;
        let _time = fields.u32()?;
        let (crc, compressed, plain) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let (name, extra) = (u64::from(fields.u16()?), u64::from(fields.u16()?));
        let least = LOCAL_HEADER + name + extra + self.compressed;
        if self.room < least || read_bytes(source, name)? != self.name {
            return Err(ZipError::Inconsistent);
        }
        let extra = read_bytes(source, extra)?;
        let large = LargeSizes::parse(&extra)?;
        let (plain, compressed) = large.local(plain, compressed)?;
        let same = (crc, compressed, plain) == (self.crc, self.compressed, self.plain);
        // With a descriptor behind the content these three may be left open here.
        let open = self.has_descriptor() && crc == 0 && plain == 0 && compressed == 0;
        let agrees = (flags ^ self.flags) & FLAGS_THAT_MATTER == 0
            && method == if self.deflated { METHOD_DEFLATED } else { METHOD_STORED }
            && (same || open);
        let descriptor = self.room - least;
        let fits = if self.has_descriptor() {
            matches!(descriptor, 12 | 16 | 20 | 24)
        } else {
            descriptor == 0
        };
        if agrees && fits { Ok(least - self.compressed) } else { Err(ZipError::Inconsistent) }
    }

    /// Reads what stands between the content and the next entry. `local` is how many bytes the
    /// local header and the content took.
    pub(super) fn read_descriptor(
        &self,
        source: &mut impl Read,
        local: u64,
    ) -> Result<(), ZipError> {
        let length = self.room.checked_sub(local).ok_or(ZipError::Inconsistent)?;
        if length == 0 {
            return Ok(());
        }
        let bytes = read_bytes(source, length)?;
        let mut fields = Fields(&bytes);
        if matches!(length, 16 | 24) && fields.u32()? != DESCRIPTOR_SIGNATURE {
            return Err(ZipError::Inconsistent);
        }
        let crc = fields.u32()?;
        let (compressed, plain) = if length >= 20 {
            (fields.u64()?, fields.u64()?)
        } else {
            (u64::from(fields.u32()?), u64::from(fields.u32()?))
        };
        if (crc, compressed, plain) == (self.crc, self.compressed, self.plain) {
            Ok(())
        } else {
            Err(ZipError::Inconsistent)
        }
    }

    fn has_descriptor(&self) -> bool {
        self.flags & FLAG_DESCRIPTOR != 0
    }

    fn parse(rest: &mut &[u8], number: u64) -> Result<Self, ZipError> {
        let mut fields = Fields(rest);
        if fields.u32()? != CENTRAL_SIGNATURE {
            return Err(ZipError::Inconsistent);
        }
        let made_by = fields.u16()? >> 8;
        let _version = fields.u16()?;
        let flags = fields.u16()?;
        let method = fields.u16()?;
        let _time = fields.u32()?;
        let (crc, compressed, plain) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
        let disk = fields.u16()?;
        let _internal = fields.u16()?;
        let external = fields.u32()?;
        let offset = fields.u32()?;
        let name = Zeroizing::new(fields.bytes(name.into())?.to_vec());
        let large = LargeSizes::parse(fields.bytes(extra.into())?)?;
        fields.bytes(comment.into())?;
        *rest = fields.0;
        let (plain, compressed, offset) = large.central(plain, compressed, offset)?;
        if flags & FLAGS_ENCRYPTED != 0 {
            return Err(ZipError::Encrypted);
        }
        let deflated = match method {
            METHOD_STORED if compressed == plain => false,
            METHOD_DEFLATED => true,
            METHOD_STORED => return Err(ZipError::Inconsistent),
            _ => return Err(ZipError::Method),
        };
        check_name(&name)?;
        let file_type = (external >> 16) & 0o170_000;
        let ordinary = [0, 0o100_000, 0o040_000].contains(&file_type);
        if [MADE_BY_UNIX, MADE_BY_MACOS].contains(&made_by) && !ordinary {
            return Err(ZipError::SpecialFile);
        }
        let folder = name.ends_with(b"/");
        if disk != 0 || (folder && plain != 0) {
            return Err(ZipError::Inconsistent);
        }
        let number = u32::try_from(number).map_err(|_| ZipError::TooLarge)?;
        Ok(Self { number, name, flags, deflated, crc, compressed, plain, offset, room: 0 })
    }
}

/// Whether the file ends as an archive does: a cheap look that reads no entry.
///
/// # Errors
/// [`ZipError::NoEnd`] and the like for what is cut off.
pub fn check_end(source: &mut (impl Read + Seek)) -> Result<(), ZipError> {
    EndRecord::find(source).map(|_| ())
}

/// The end of an archive: where its directory lies.
struct EndRecord {
    entries: u64,
    directory_start: u64,
    directory_length: u64,
}

impl EndRecord {
    /// Finds the one end record whose comment reaches exactly to the end of the file, and whose
    /// directory reaches exactly to the record.
    fn find(source: &mut (impl Read + Seek)) -> Result<Self, ZipError> {
        let size = source.seek(SeekFrom::End(0)).map_err(ZipError::Read)?;
        let tail_start = size.saturating_sub(END_RECORD + u64::from(u16::MAX));
        source.seek(SeekFrom::Start(tail_start)).map_err(ZipError::Read)?;
        let tail = read_bytes(source, size - tail_start)?;
        let at =
            memchr::memmem::rfind(&tail, &END_SIGNATURE.to_le_bytes()).ok_or(ZipError::NoEnd)?;
        let mut fields = Fields(&tail[at + 4..]);
        let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
        let (here, entries) = (fields.u16()?, fields.u16()?);
        let (length, start) = (fields.u32()?, fields.u32()?);
        let comment = fields.u16()?;
        if fields.0.len() != usize::from(comment) {
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
        let mut fields = Fields(&bytes);
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

/// Sizes and offset as the zip64 extra field has them.
struct LargeSizes<'a>(Option<Fields<'a>>);

impl<'a> LargeSizes<'a> {
    fn parse(extra: &'a [u8]) -> Result<Self, ZipError> {
        let mut fields = Fields(extra);
        let mut found = None;
        // Some writers leave up to three bytes of padding.
        while fields.0.len() >= 4 {
            let (id, length) = (fields.u16()?, fields.u16()?);
            let body = fields.bytes(length.into())?;
            // The Unicode path field would give the entry a second name.
            if id == EXTRA_UNICODE_PATH || id == EXTRA_AES {
                return Err(if id == EXTRA_AES { ZipError::Encrypted } else { ZipError::Name });
            }
            if id == EXTRA_LARGE && found.replace(Fields(body)).is_some() {
                return Err(ZipError::Inconsistent);
            }
        }
        Ok(Self(found))
    }

    fn wide(&mut self, narrow: u32) -> Result<u64, ZipError> {
        match &mut self.0 {
            Some(fields) if narrow == u32::MAX => fields.u64(),
            _ if narrow == u32::MAX => Err(ZipError::Inconsistent),
            _ => Ok(narrow.into()),
        }
    }

    fn central(
        mut self,
        plain: u32,
        compressed: u32,
        offset: u32,
    ) -> Result<(u64, u64, u64), ZipError> {
        Ok((self.wide(plain)?, self.wide(compressed)?, self.wide(offset)?))
    }

    fn local(mut self, plain: u32, compressed: u32) -> Result<(u64, u64), ZipError> {
        Ok((self.wide(plain)?, self.wide(compressed)?))
    }
}

/// Little-endian fields, first to last.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], ZipError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ZipError::Inconsistent)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ZipError> {
        self.bytes(N)?.try_into().map_err(|_| ZipError::Inconsistent)
    }

    fn u16(&mut self) -> Result<u16, ZipError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, ZipError> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ZipError> {
        self.array().map(u64::from_le_bytes)
    }
}

/// A name that no program could take for a place outside its own directory.
fn check_name(name: &[u8]) -> Result<(), ZipError> {
    let parts = || name.strip_suffix(b"/").unwrap_or(name).split(|&b| b == b'/');
    let plain = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.iter().any(|&b| b < b' ' || b == b'\\' || b == 0x7F)
        && name.get(1) != Some(&b':')
        && parts().all(|part| !part.is_empty() && part != b"." && part != b"..");
    if plain { Ok(()) } else { Err(ZipError::Name) }
}

fn read_bytes(source: &mut impl Read, count: u64) -> Result<Zeroizing<Vec<u8>>, ZipError> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(count).read_to_end(&mut bytes).map_err(ZipError::Read)?;
    if bytes.len() as u64 == count { Ok(bytes) } else { Err(ZipError::NoEnd) }
}

const LOCAL_SIGNATURE: u32 = 0x0403_4B50;
const CENTRAL_SIGNATURE: u32 = 0x0201_4B50;
const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4B50;
const END_SIGNATURE: u32 = 0x0605_4B50;
const LARGE_END_SIGNATURE: u32 = 0x0606_4B50;
const LARGE_LOCATOR_SIGNATURE: u32 = 0x0706_4B50;
const LOCAL_HEADER: u64 = 30;
const END_RECORD: u64 = 22;
const LARGE_END_RECORD: u64 = 56;
const LARGE_LOCATOR: u64 = 20;
const METHOD_STORED: u16 = 0;
const METHOD_DEFLATED: u16 = 8;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
/// Encrypted, strongly encrypted, masked headers.
const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Encryption, descriptor, patch data, UTF-8 names.
const FLAGS_THAT_MATTER: u16 = FLAGS_ENCRYPTED | FLAG_DESCRIPTOR | 1 << 5 | 1 << 11;
const MADE_BY_UNIX: u16 = 3;
const MADE_BY_MACOS: u16 = 19;
const EXTRA_LARGE: u16 = 0x0001;
const EXTRA_UNICODE_PATH: u16 = 0x7075;
const EXTRA_AES: u16 = 0x9901;
const LONGEST_NAME: usize = 512;
/// Fixed part, name, and extras and comment as far as honest archives have them.
const LONGEST_CENTRAL_HEADER: u64 = 4096;
