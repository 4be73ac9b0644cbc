//! What may lie beside a file to speak for it, and goes with it.

use crate::signature;

/// A small file beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Companion {
    /// Names its digest.
    Manifest,
    /// Signs it; of senders who have keys.
    Signature,
}

impl Companion {
    pub(crate) const ALL: [Self; 2] = [Self::Manifest, Self::Signature];

    /// Follows the file's name in its own.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Manifest => ".sha256",
            Self::Signature => signature::SUFFIX,
        }
    }

    /// Longest one that is read. Of a manifest: a digest, marks, the longest path and a line's end.
    pub(crate) const fn most_bytes(self) -> u64 {
        match self {
            Self::Manifest => 8192,
            Self::Signature => signature::MOST_BYTES,
        }
    }

    /// Follows the id in the name that it has for the instant between rename and removal.
    pub(crate) const fn claimed_suffix(self) -> &'static [u8] {
        match self {
            Self::Manifest => b".manifest",
            Self::Signature => b".signature",
        }
    }
}
