//! What can be asked and changed of files for other senders: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::{page::Page, police::Dispatch},
    },
    types::ids::ObjectId,
};

/// Questions about files for other senders.
pub trait DispatchView {
    /// The dispatch of an object.
    fn dispatch(&self, object: &ObjectId) -> Result<Option<Dispatch>, CatalogueError>;

    /// Dispatches that are to be published, oldest first: those that wait for nothing.
    fn dispatches_to_do(&self, page: Page) -> Result<Vec<Dispatch>, CatalogueError>;

    /// Dispatches that must be gone at `at`, published or not: their time has come, or their
    /// object's header is erased.
    fn dispatches_to_remove(
        &self,
        at: Timestamp,
        page: Page,
    ) -> Result<Vec<Dispatch>, CatalogueError>;
}

/// Changes of files for other senders.
pub trait DispatchLedger {
    /// Adds or replaces the dispatch of an object.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when the object is not there.
    fn put_dispatch(&mut self, dispatch: &Dispatch) -> Result<(), CatalogueError>;
}
