//! Erases objects that somebody has decided on, without waiting for the next sweep.

use crate::{
    catalogue::{Catalogue, error::CatalogueError, ledger::LedgerWork, view::ViewWork},
    pipeline::{audit_queue, house::House, upkeep::erase_error::EraseError},
    retention::sweep,
    store::Store,
    types::ids::{ObjectId, RegistryId},
};

/// Erases these objects now: somebody has decided on each of them. What cannot be erased has an
/// alarm, and is the next sweep's.
///
/// # Errors
/// When the catalogue or the log fails; what is due stays due.
pub fn erase_at_once(house: &House, objects: &[ObjectId]) -> Result<(), EraseError> {
    if !objects.is_empty() {
        let stores = |registry: &RegistryId| -> Option<&dyn Store> { house.store(registry).ok() };
        let now = house.now();
        let _alone = house.sweeping();
        sweep::erase_at_once(&mut LockPerTransaction(house), now, &stores, objects, &mut |_| {})?;
    }
    audit_queue::flush(house).map_err(EraseError::Trail)
}

/// The house's catalogue, locked for one transaction at a time: nobody waits while payloads go.
pub(super) struct LockPerTransaction<'a>(pub(super) &'a House);

impl Catalogue for LockPerTransaction<'_> {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        self.0.catalogue().transact(work)
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        self.0.catalogue().read(work)
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        self.0.catalogue().scrub()
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.0.catalogue().compact()
    }
}
