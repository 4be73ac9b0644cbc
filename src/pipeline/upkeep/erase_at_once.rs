//! Erases objects that somebody has decided on, without waiting for the next sweep.

use crate::{
    pipeline::{
        audit_queue,
        house::{House, lock_per_transaction::LockPerTransaction},
        upkeep::erase_error::EraseError,
    },
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
