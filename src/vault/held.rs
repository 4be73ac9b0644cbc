//! The keys as they are held in memory.

use std::collections::BTreeMap;

use crate::types::{digest::Sha256, header_key::HeaderKey, ids::RegistryId, secret::Secret32};

/// Every key, by registry and name.
pub(super) type Keys = BTreeMap<(RegistryId, HeaderKey), Held>;

/// A key as it is held in memory.
pub(super) enum Held {
    /// Its file cannot be used.
    Damaged,
    /// Known by the digest of what it was.
    Destroyed(Option<Sha256>),
    /// In use.
    Fresh(Secret32),
    /// Opens what it sealed, until that has moved.
    Spent(Secret32),
}
