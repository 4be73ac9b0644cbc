//! What can be asked and changed of the case archive's queue: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::{archive::ArchiveJob, outgoing::Waiting, page::Page},
    },
    types::{case_number::CaseNumber, guid::Guid, ids::SubmissionId},
};

/// Questions about the case archive's queue.
pub trait ArchiveView {
    /// The entry of one exchange.
    fn archive_job(&self, exchange: &Guid) -> Result<Option<ArchiveJob>, CatalogueError>;

    /// The same by what its exchange is called.
    fn archive_job_called(
        &self,
        reference: SubmissionId,
    ) -> Result<Option<ArchiveJob>, CatalogueError>;

    /// Entries that are to be made at `at`, longest due first; then those that would wait `beyond`
    /// a time that none is put off to.
    fn archive_due(
        &self,
        at: Timestamp,
        beyond: Timestamp,
        limit: u32,
    ) -> Result<Vec<ArchiveJob>, CatalogueError>;

    /// Entries that were refused and whose hospital has not been told, oldest first.
    fn archive_to_tell(&self, page: Page) -> Result<Vec<ArchiveJob>, CatalogueError>;

    /// What waits for the archive.
    fn archive_waiting(&self) -> Result<Waiting, CatalogueError>;
}

/// Changes of the case archive's queue.
pub trait ArchiveLedger {
    /// Queues the entry of an exchange, due at once. `case` must exist in the archive; without one
    /// the archive makes it.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when the exchange is not there, [`CatalogueError::Exists`] when
    /// its entry is queued.
    fn queue_archive(
        &mut self,
        exchange: &Guid,
        case: Option<&CaseNumber>,
        now: Timestamp,
    ) -> Result<(), CatalogueError>;

    /// Replaces an entry's state, attempts, times and what the archive said.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when it is not queued.
    fn save_archive_job(&mut self, job: &ArchiveJob) -> Result<(), CatalogueError>;
}
