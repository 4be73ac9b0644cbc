//! The house's catalogue for whoever changes it in many small transactions.

use crate::{
    catalogue::{Catalogue, LedgerWork, ViewWork, error::CatalogueError},
    pipeline::house::House,
};

/// The house's catalogue, locked for one transaction at a time: nobody waits while payloads go.
pub struct LockPerTransaction<'a>(pub &'a House);

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
