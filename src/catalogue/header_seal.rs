//! What the catalogue asks of those who keep the keys that seal age headers. It writes no header
//! that is not sealed, and knows no key itself: so no copy of its files opens without them.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::types::{
    digest::Sha256,
    header_key::{HeaderKey, KeyMonth},
    ids::{ObjectId, RegistryId},
};

/// Seals headers before they are written and opens them when they are asked for.
///
/// Called inside transactions of one writer only. What must be durable is when a call returns, so
/// before the transaction that relies on it commits.
pub trait HeaderSeal: Send + Sync {
    /// The month of a deadline.
    fn month(&self, gone_by: Option<Timestamp>) -> KeyMonth;

    /// The key that seals a registry's headers for a month from now on; made when there is none
    /// that is fresh.
    fn current(&self, registry: &RegistryId, month: KeyMonth) -> Result<HeaderKey, SealFault>;

    /// A header as it is written.
    fn seal(&self, id: &ObjectId, key: HeaderKey, header: &[u8]) -> Result<Vec<u8>, SealFault>;

    /// A header as it was.
    fn open(
        &self,
        id: &ObjectId,
        key: HeaderKey,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealFault>;

    /// Notes that a header has left a key, so that the key must go: it opens copies of that header.
    /// Nothing is sealed with it any more.
    fn spend(&self, registry: &RegistryId, key: HeaderKey) -> Result<(), SealFault>;

    /// Every key there is, by registry.
    fn keys(&self) -> Vec<KeptKey>;

    /// Destroys a key for good and gives the digest of what it was, unless a power cut took that.
    /// Remains tell that it was there, until [`Self::forget`]. May be done again.
    fn destroy(&self, registry: &RegistryId, key: HeaderKey) -> Result<Option<Sha256>, SealFault>;

    /// Removes what is left of a destroyed key, or one that has sealed nothing.
    fn forget(&self, registry: &RegistryId, key: HeaderKey) -> Result<(), SealFault>;
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// Whose headers it seals.
    pub registry: RegistryId,
    /// Its name.
    pub key: HeaderKey,
    /// Whether it must go, or is gone.
    pub state: KeyState,
}

/// How a key fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Destroyed; its remains are not removed yet.
    Destroyed,
    /// In use.
    Fresh,
    /// A header has left it.
    Spent,
}

/// Why a key cannot be used. Names keys, never what they seal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealFault {
    /// The header does not open: sealed under a key of the same name that is gone, or damaged.
    #[error(
        "a header does not open with the key {key} of {registry}; the key was destroyed, or \
             catalogue and header keys are of different times"
    )]
    Foreign {
        /// Whose.
        registry: RegistryId,
        /// Which.
        key: HeaderKey,
    },
    /// There is no such key.
    #[error(
        "there is no key {key} of {registry}: it was destroyed, or header-keys was lost; \
             restore it from the same hour as the catalogue"
    )]
    Gone {
        /// Whose.
        registry: RegistryId,
        /// Which.
        key: HeaderKey,
    },
    /// The disk failed.
    #[error("cannot {doing} the header keys")]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// The reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A key's file is not one.
    #[error(
        "the file of the key {key} of {registry} is damaged; restore header-keys from the same \
             hour as the catalogue"
    )]
    Malformed {
        /// Whose.
        registry: RegistryId,
        /// Which.
        key: HeaderKey,
    },
    /// No keys are at hand.
    #[error("the header is sealed and no header keys are at hand; ask the running daemon")]
    NoKeys,
}
