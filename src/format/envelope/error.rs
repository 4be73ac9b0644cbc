//! Why an envelope cannot be opened, and what its sender does about it.

use std::io;

use crate::{
    format::zip_guard::ZipError,
    types::{
        finding::{Finding, Place},
        rule::hint,
        rules::intake::{IN_01, IN_04, IN_05},
    },
};

/// The submission cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// age in its ASCII armour.
    #[error("encrypt with age without --armor")]
    Armored,
    /// The encrypted content is not what was encrypted, or is cut off.
    #[error("encrypt and send the file again, it is cut off or damaged")]
    AgeDamaged,
    /// Another archive format than zip and gzip.
    #[error("use zip or gzip")]
    Archive,
    /// The gzip file is cut off, damaged, or something follows it.
    #[error("compress and send the file again, it is cut off or damaged")]
    GzipDamaged,
    /// An envelope within an envelope, beyond one layer of encryption and one of compression.
    #[error("send no archive inside an archive")]
    Nested,
    /// Encrypted, and this installation has no identity of its own.
    #[error("configure an identity for files that senders encrypt")]
    NoIdentity,
    /// Encrypted to somebody else.
    #[error("encrypt to this installation's own recipient")]
    NotForUs,
    /// The bytes could not be read: no fault of the sender's.
    #[error("cannot read the file, see the cause")]
    Read(#[source] io::Error),
    /// More than the limits, as sent or as unpacked.
    #[error("split the file, it holds too much")]
    TooLarge,
    /// The zip archive is refused.
    #[error(transparent)]
    Zip(ZipError),
}

impl From<ZipError> for EnvelopeError {
    /// An error of a layer below comes up unchanged.
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Read(cause) => Self::from_read(cause),
            other => Self::Zip(other),
        }
    }
}

impl From<EnvelopeError> for io::Error {
    /// How a document's `Read` passes it on; [`EnvelopeError::of`] finds it again.
    fn from(error: EnvelopeError) -> Self {
        Self::other(error)
    }
}

impl EnvelopeError {
    /// The envelope's error inside what a document's `Read` returned.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// Unwraps an envelope's error, or wraps one of the file system's.
    pub fn from_read(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Read)
    }

    /// What the receipt says; `None` where the fault is not the sender's: try again, or alarm.
    pub fn finding(&self) -> Option<Finding> {
        let (rule, hint) = match self {
            Self::Armored => (&IN_05, &ARMORED),
            Self::AgeDamaged => (&IN_05, &AGE_DAMAGED),
            Self::Archive => (&IN_04, &ARCHIVE),
            Self::GzipDamaged => (&IN_01, &GZIP_DAMAGED),
            Self::Nested => (&IN_04, &NESTED),
            Self::NoIdentity => (&IN_05, &NO_IDENTITY),
            Self::NotForUs => (&IN_05, &NOT_FOR_US),
            Self::Read(_) => return None,
            Self::TooLarge => (&IN_04, &TOO_LARGE),
            Self::Zip(error) => return error.finding(),
        };
        Some(Finding::new(rule, Place::File {}).hint(hint))
    }
}

hint!(
    ARMORED,
    "age-armored",
    "Filen er kryptert som tekst. Krypter på nytt med age uten valget --armor (-a).",
    "The file is encrypted as text. Encrypt it again with age without the option --armor (-a)."
);
hint!(
    AGE_DAMAGED,
    "age-damaged",
    "Den krypterte filen er avkortet eller endret underveis. Krypter og send den på nytt.",
    "The encrypted file was cut off or changed on its way. Encrypt and send it again."
);
hint!(
    ARCHIVE,
    "archive-format",
    "Arkivformatet tas ikke imot. Bruk zip eller gzip.",
    "The archive format is not taken. Use zip or gzip."
);
hint!(
    GZIP_DAMAGED,
    "gzip-damaged",
    "Gzip-filen er avkortet eller skadet, eller består av flere deler. Komprimer én fil om gangen og send på nytt.",
    "The gzip file is cut off or damaged, or consists of several parts. Compress one file at a time and send it again."
);
hint!(
    NESTED,
    "nested",
    "Det er et arkiv inne i arkivet. Pakk bare én gang; kryptering med age skal være ytterst.",
    "There is an archive inside the archive. Pack once only; encryption with age must be outermost."
);
hint!(
    NO_IDENTITY,
    "age-no-identity",
    "Mottakeren har ingen nøkkel for krypterte filer. Send filen uten age-kryptering, eller ta kontakt.",
    "The receiver has no key for encrypted files. Send the file without age encryption, or get in touch."
);
hint!(
    NOT_FOR_US,
    "age-not-for-us",
    "Filen er kryptert til en annen mottaker, eller med passord. Krypter den til mottakerens offentlige nøkkel (age -r).",
    "The file is encrypted to somebody else, or with a passphrase. Encrypt it to the receiver's public key (age -r)."
);
hint!(
    TOO_LARGE,
    "too-large",
    "Filen er for stor, slik den er sendt eller utpakket. Del den opp.",
    "The file is too large, as sent or as unpacked. Split it."
);
