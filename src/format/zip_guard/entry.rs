//! One entry of a zip archive: what the directory says of it, and the headers beside its content that
//! must agree.

use std::{fmt, io::Read};

use zeroize::Zeroizing;

use crate::format::zip_guard::{
    ZipError,
    fields::{Fields, LargeSizes, read_bytes},
};

/// One entry. Its name is the sender's and never shown.
pub struct Entry {
    /// Its number in the directory, from 1.
    pub number: u32,
    pub(super) name: Zeroizing<Vec<u8>>,
    flags: u16,
    deflated: bool,
    crc: u32,
    pub(super) compressed: u64,
    plain: u64,
    pub(super) offset: u64,
    pub(super) room: u64,
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
        let mut fields = Fields::new(&header);
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
        let mut fields = Fields::new(&bytes);
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

    pub(super) fn parse(rest: &mut &[u8], number: u64) -> Result<Self, ZipError> {
        let mut fields = Fields::new(rest);
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
        *rest = fields.rest();
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

pub(super) const LOCAL_HEADER: u64 = 30;
const LOCAL_SIGNATURE: u32 = 0x0403_4B50;
const CENTRAL_SIGNATURE: u32 = 0x0201_4B50;
const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4B50;
const METHOD_STORED: u16 = 0;
const METHOD_DEFLATED: u16 = 8;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
/// Encrypted, strongly encrypted, masked headers.
const FLAGS_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Encryption, descriptor, patch data, UTF-8 names.
const FLAGS_THAT_MATTER: u16 = FLAGS_ENCRYPTED | FLAG_DESCRIPTOR | 1 << 5 | 1 << 11;
const MADE_BY_UNIX: u16 = 3;
const MADE_BY_MACOS: u16 = 19;
const LONGEST_NAME: usize = 512;
