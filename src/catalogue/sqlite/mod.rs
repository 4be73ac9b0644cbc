//! The catalogue in one SQLite file: write-ahead log, every commit synced, one writer.
//!
//! The daemon holds the state directory's lock; this room relies on it and only waits a few seconds
//! for a reader of the command line.

mod columns;
mod enrolments;
mod headers;
mod missions;
mod objects;
mod open;
mod operations;
#[cfg(test)]
mod plans;
mod query;
mod session;
mod submissions;

use std::{fmt, path::Path, time::Duration};

use rusqlite::{Connection, TransactionBehavior};

use crate::catalogue::{
    Catalogue, LedgerWork, ViewWork, error::CatalogueError, sqlite::session::Session,
};

/// A catalogue in a file of its own, mode 0600.
pub struct SqliteCatalogue(Connection);

impl SqliteCatalogue {
    /// Opens the catalogue, makes it when it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// [`CatalogueError::NewerSchema`], [`CatalogueError::NotACatalogue`], or the disk's reasons.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        Self::open_with_patience(path, PATIENCE)
    }

    /// [`Self::open`], and how long to wait for somebody else's lock before saying
    /// [`CatalogueError::Busy`].
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_patience(path: &Path, patience: Duration) -> Result<Self, CatalogueError> {
        open::for_writing(path, patience).map(Self)
    }

    /// Opens an existing catalogue while no daemon runs. Changes nothing, and makes no file unless
    /// a daemon was cut off and left a write-ahead log behind.
    ///
    /// # Errors
    /// As [`Self::open`]; an older schema is [`CatalogueError::OlderSchema`].
    pub fn open_read_only(path: &Path) -> Result<Self, CatalogueError> {
        open::for_reading(path, PATIENCE).map(Self)
    }

    fn checkpoint(&self) -> Result<(), CatalogueError> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy = query::one(&self.0, sql, [], |row| row.get::<_, bool>(0))?;
        if busy == Some(true) {
            return Err(CatalogueError::Busy { doing: "scrub the write-ahead log" });
        }
        Ok(())
    }
}

impl Catalogue for SqliteCatalogue {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        let begin = TransactionBehavior::Immediate;
        let transaction =
            self.0.transaction_with_behavior(begin).map_err(query::because("begin"))?;
        // An early return or a panic drops the transaction, which rolls it back.
        work(&mut Session(&transaction))?;
        transaction.commit().map_err(query::because("commit"))
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        let begin = TransactionBehavior::Deferred;
        let snapshot = self.0.transaction_with_behavior(begin).map_err(query::because("read"))?;
        work(&Session(&snapshot))
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        // secure_delete and the header slots have cleaned the pages; what they were lies in the log
        // and in the pages of the file until the log is copied over and cut to nothing.
        self.checkpoint()
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.0.execute_batch("VACUUM").map_err(query::because("compact"))?;
        self.checkpoint()
    }
}

impl fmt::Debug for SqliteCatalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteCatalogue")
    }
}

/// How long to wait for somebody else's lock.
const PATIENCE: Duration = Duration::from_secs(10);
