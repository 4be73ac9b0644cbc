//! What can be asked and changed of the keys that seal headers: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use crate::{
    catalogue::{error::CatalogueError, header_seal::KeptKey},
    types::{digest::Sha256, header_key::HeaderKey, ids::RegistryId},
};

/// Questions about the keys that seal headers.
pub trait HeaderKeyView {
    /// The keys that seal headers, by registry, as far as they are at hand.
    fn header_keys(&self) -> Vec<KeptKey>;

    /// The keys under which the catalogue has headers, by registry.
    fn header_keys_used(&self) -> Result<Vec<(RegistryId, HeaderKey)>, CatalogueError>;
}

/// Changes of the keys that seal headers.
pub trait HeaderKeyLedger {
    /// Moves headers that a spent key still seals to the fresh keys of their months: at most so
    /// many, and says how many. None when nothing is left under the key.
    fn move_headers(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
        limit: u32,
    ) -> Result<u64, CatalogueError>;

    /// Destroys a key that seals nothing any more, for good, whatever becomes of this transaction;
    /// gives its digest. `None` for one that a power cut took the digest of.
    ///
    /// # Errors
    /// [`CatalogueError::HeaderKeyInUse`] while anything is sealed with it.
    fn destroy_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<Option<Sha256>, CatalogueError>;

    /// Removes what is left of a destroyed key, or a key that has sealed nothing.
    ///
    /// # Errors
    /// As [`Self::destroy_header_key`].
    fn forget_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<(), CatalogueError>;
}
