//! The strict reading of a zip archive that comes before any use of it.
//!
//! The entries must tile the file: the first local header at byte 0, each entry directly after the
//! one before, the central directory directly after the last, the end record directly after that
//! and only its comment behind it. So no two entries overlap, nothing hides between them, and no
//! other program can find another directory in the same bytes. Sizes that headers claim are only
//! ever compared with what was counted while inflating.

pub mod archive;
pub mod directory;
pub mod end_record;
pub mod entry;
mod fields;

use std::io;

use crate::types::{
    finding::{Finding, Place},
    rule::hint,
    rules::intake::{IN_01, IN_04},
};

/// Bounds on what an archive may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most entries.
    pub entries: u64,
    /// Most bytes of all entries together, inflated.
    pub total: u64,
    /// Most inflated bytes per compressed byte, once [`RATIO_FROM`] bytes have come out.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 1000, total: 256 << 20, ratio: 200 }
    }
}

/// Inflated bytes below which the ratio does not count: small files of spaces compress well.
pub const RATIO_FROM: u64 = 1 << 20;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZipError {
    /// It holds another archive.
    #[error("take the archive out of the archive")]
    Archive,
    /// Its parts contradict each other or its content does not have the declared checksum.
    #[error("write the archive again, its parts do not agree")]
    Inconsistent,
    /// An entry, or the directory, is encrypted.
    #[error("write the archive without a password")]
    Encrypted,
    /// An entry's name is absolute, climbs, occurs twice or is no name.
    #[error("write the archive again with plain file names")]
    Name,
    /// There is no end record at the end: cut off, or something stands behind it.
    #[error("send the whole archive")]
    NoEnd,
    /// An entry is compressed by another method than deflate.
    #[error("compress with deflate")]
    Method,
    /// The bytes could not be read.
    #[error("cannot read the archive, see the cause")]
    Read(#[source] io::Error),
    /// An entry is a link or a device.
    #[error("put plain files into the archive")]
    SpecialFile,
    /// Too many entries, or too many bytes when inflated.
    #[error("split the archive, it holds too much")]
    TooLarge,
}

impl ZipError {
    /// What the receipt says; `None` where the fault is not the sender's: try again, or alarm.
    pub fn finding(&self) -> Option<Finding> {
        let (rule, hint) = match self {
            Self::Archive => (&IN_04, &ARCHIVE),
            Self::Encrypted => (&IN_04, &ENCRYPTED),
            Self::Inconsistent => (&IN_04, &INCONSISTENT),
            Self::Method => (&IN_04, &METHOD),
            Self::Name => (&IN_04, &NAME),
            Self::NoEnd => (&IN_01, &NO_END),
            Self::Read(_) => return None,
            Self::SpecialFile => (&IN_01, &SPECIAL_FILE),
            Self::TooLarge => (&IN_04, &TOO_LARGE),
        };
        Some(Finding::new(rule, Place::File {}).hint(hint))
    }
}

/// Counts what an archive yields and refuses more than the limits.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    total: u64,
}

impl Meter {
    /// Nothing has come out yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, total: 0 }
    }

    /// Counts `plain` more bytes, of an entry that has yielded `entry_plain` bytes from
    /// `entry_compressed` so far.
    pub fn count(
        &mut self,
        plain: u64,
        entry_plain: u64,
        entry_compressed: u64,
    ) -> Result<(), ZipError> {
        self.total = self.total.saturating_add(plain);
        let most = entry_compressed.max(1).saturating_mul(self.limits.ratio);
        if self.total > self.limits.total || (entry_plain > RATIO_FROM && entry_plain > most) {
            return Err(ZipError::TooLarge);
        }
        Ok(())
    }
}

/// Whether an entry's first bytes are those of an archive, or of something encrypted.
pub(super) fn is_archive(head: &[u8]) -> bool {
    ARCHIVES.iter().any(|magic| head.starts_with(magic))
}

/// First bytes of zip, gzip, age, 7z, rar, bzip2, xz, zstd and lz4.
static ARCHIVES: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1F\x8B",
    b"age-encryption.org/",
    b"-----BEGIN AGE ",
    b"7z\xBC\xAF\x27\x1C",
    b"Rar!\x1A\x07",
    b"BZh",
    b"\xFD7zXZ\0",
    b"\x28\xB5\x2F\xFD",
    b"\x04\x22\x4D\x18",
];

hint!(
    ARCHIVE,
    "zip-nested",
    "Arkivet inneholder et annet arkiv. Legg filene rett i zip-filen.",
    "The archive holds another archive. Put the files into the zip file directly."
);
hint!(
    ENCRYPTED,
    "zip-password",
    "Zip-filen er passordbeskyttet. Send den uten passord, eller kryptert med age til vår nøkkel.",
    "The zip file has a password. Send it without one, or encrypted with age to our key."
);
hint!(
    INCONSISTENT,
    "zip-inconsistent",
    "Delene av zip-filen stemmer ikke overens, eller innholdet er skadet. Lag filen på nytt og send den igjen.",
    "The parts of the zip file do not agree, or its content is damaged. Make the file again and send it anew."
);
hint!(
    METHOD,
    "zip-method",
    "Zip-filen bruker en komprimering som ikke tas imot. Bruk vanlig zip (deflate).",
    "The zip file uses a compression that is not taken. Use ordinary zip (deflate)."
);
hint!(
    NAME,
    "zip-name",
    "Et filnavn i arkivet står to ganger, eller er en sti ut av arkivet. Lag zip-filen på nytt med enkle filnavn.",
    "A file name in the archive occurs twice, or is a path out of the archive. Make the zip file again with plain file names."
);
hint!(
    NO_END,
    "zip-cut-off",
    "Filen er avkortet, eller det står noe før eller etter arkivet. Send hele filen på nytt.",
    "The file is cut off, or something stands before or after the archive. Send the whole file again."
);
hint!(
    SPECIAL_FILE,
    "zip-special-file",
    "Arkivet inneholder en lenke eller noe annet som ikke er en vanlig fil. Ta den ut.",
    "The archive holds a link or something else that is not a plain file. Take it out."
);
hint!(
    TOO_LARGE,
    "zip-too-large",
    "Arkivet inneholder flere filer eller mer data enn det som tas imot. Del det opp.",
    "The archive holds more files or more data than is taken. Split it."
);
