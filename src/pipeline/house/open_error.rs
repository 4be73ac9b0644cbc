//! Why the house cannot be opened.

use crate::{
    protect::keys::error::CredentialError, retention::profile::ConfigurationError, seal::SealError,
    store::StoreError,
};

/// Why the house cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A key is missing or open to others.
    #[error("a key cannot be used")]
    Credential(#[from] CredentialError),
    /// A retention period passes a statutory limit.
    #[error("a retention period cannot be used")]
    Limit(#[from] ConfigurationError),
    /// A recipient or identity does not parse.
    #[error("an age key cannot be used")]
    Seal(#[from] SealError),
    /// A store cannot be opened.
    #[error("a registry's store cannot be opened")]
    Store(#[from] StoreError),
}
