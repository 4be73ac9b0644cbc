//! Why something could not be sealed or opened.

use std::io;

use age::{DecryptError, EncryptError};

/// What went wrong while sealing or opening.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A text is no age identity.
    #[error("the identity is not one age X25519 secret key; make it with `age-keygen`")]
    BadIdentity,
    /// A configured key is not an age X25519 recipient.
    #[error("recipient {number} is not an age X25519 public key ({why}); it begins with age1")]
    BadRecipient {
        /// Place in the configured list, from 1.
        number: usize,
        /// The age library's reason, which never quotes the key.
        why: &'static str,
    },
    /// The header could not be made.
    #[error("cannot make the age header")]
    Header(#[source] EncryptError),
    /// Reading or writing failed.
    #[error("cannot {doing}")]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The age library wrote no header of the known form.
    #[error("the age library wrote a header of an unknown form; use the version that was tested")]
    NoHeader,
    /// The list of keys is empty.
    #[error("there are no recipients, so nobody could open the file; configure at least one")]
    NoRecipients,
    /// The file does not open: damaged, or sealed to other keys.
    #[error("cannot open the age file with this identity; check that it is one of its recipients")]
    Open(#[source] DecryptError),
}

/// Kept whole within it: [`io::Error::get_ref`] gives it back.
impl From<SealError> for io::Error {
    fn from(error: SealError) -> Self {
        Self::other(error)
    }
}

impl SealError {
    pub(super) fn io(doing: &'static str, source: io::Error) -> Self {
        Self::Io { doing, source }
    }
}
