//! The catalogue in one SQLite file: write-ahead log, every commit synced, one writer.
//!
//! The daemon holds the state directory's lock; this room relies on it and only waits a few seconds
//! for a reader of the command line.

mod archive;
mod columns;
mod dispatches;
mod enrolments;
mod header_keys;
mod headers;
mod missions;
mod notifications;
mod objects;
mod open;
mod operations;
mod outgoing;
mod packed;
#[cfg(test)]
mod plans;
mod police;
mod pushes;
mod query;
mod reports;
mod session;
mod submissions;
mod tasks;

use std::{fmt, path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, TransactionBehavior};

use crate::catalogue::{
    Catalogue, Readers,
    error::CatalogueError,
    header_seal::HeaderSeal,
    ledger::LedgerWork,
    sqlite::session::{AuditSeq, Session},
    view::ViewWork,
};

/// A catalogue in a file of its own, mode 0600.
pub struct SqliteCatalogue {
    connection: Connection,
    seal: Option<Arc<dyn HeaderSeal>>,
}

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
        Ok(Self { connection: open::for_writing(path, patience)?, seal: None })
    }

    /// Opens an existing catalogue while no daemon runs. Changes nothing, and makes no file unless
    /// a daemon was cut off and left a write-ahead log behind.
    ///
    /// # Errors
    /// As [`Self::open`]; an older schema is [`CatalogueError::OlderSchema`].
    pub fn open_read_only(path: &Path) -> Result<Self, CatalogueError> {
        Ok(Self { connection: open::for_reading(path, PATIENCE)?, seal: None })
    }

    /// The same, with the keys that seal headers. Without them no header is sealed, and none that
    /// is opens.
    #[must_use]
    pub fn sealing(self, seal: Arc<dyn HeaderSeal>) -> Self {
        Self { seal: Some(seal), ..self }
    }

    fn checkpoint(&self) -> Result<(), CatalogueError> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy = query::one(&self.connection, sql, [], |row| row.get::<_, bool>(0))?;
        if busy == Some(true) {
            return Err(CatalogueError::Busy { doing: "scrub the write-ahead log" });
        }
        Ok(())
    }

    /// Rewrites the file by way of a copy in its own directory: in memory it would take as much of
    /// it as there is catalogue. SQLite makes that file without a name, mode 0600, and puts into it
    /// what the catalogue holds, and nothing that was erased from it.
    fn rewrite(&self) -> rusqlite::Result<()> {
        // Another catalogue of this process may have been opened since.
        open::put_temporary_files_beside(&self.connection)?;
        self.connection.execute_batch("VACUUM")
    }
}

impl Catalogue for SqliteCatalogue {
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        let begin = TransactionBehavior::Immediate;
        let before = self.connection.total_changes();
        let transaction =
            self.connection.transaction_with_behavior(begin).map_err(query::because("begin"))?;
        // An early return or a panic drops the transaction, which rolls it back.
        let seq = AuditSeq::default();
        let seal = self.seal.as_deref();
        work(&mut Session { connection: &transaction, seal, seq: &seq })?;
        // The work may have passed over the failure that ended it. Entries that were counted and
        // are gone would be a hole in the audit log, which then takes nothing any more.
        query::within_transaction(&transaction)?;
        seq.write(&transaction)?;
        transaction.commit().map_err(query::because("commit"))?;
        if self.connection.total_changes() - before > MANY {
            // The pages that a large submission wrote are of no use to the next. It is committed:
            // what is not let go stays, and nothing else.
            let _kept = self.connection.execute_batch("PRAGMA shrink_memory");
        }
        Ok(())
    }

    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError> {
        let snapshot = Snapshot::begin(&self.connection)?;
        let (seal, seq) = (self.seal.as_deref(), &AuditSeq::default());
        work(&Session { connection: snapshot.0, seal, seq })
    }

    fn scrub(&mut self) -> Result<(), CatalogueError> {
        // secure_delete and the header slots have cleaned the pages; what they were lies in the log
        // and in the pages of the file until the log is copied over and cut to nothing.
        self.checkpoint()
    }

    fn compact(&mut self) -> Result<(), CatalogueError> {
        self.rewrite().map_err(query::because("compact"))?;
        self.checkpoint()
    }

    fn readers(&self) -> Option<Readers> {
        let path = Path::new(self.connection.path()?).to_owned();
        // One that only reads was opened by whoever only looks.
        let writes = !self.connection.is_readonly(rusqlite::MAIN_DB).unwrap_or(true);
        let seal = self.seal.clone();
        writes.then(|| {
            Arc::new(move || {
                let connection = open::beside_a_writer(&path, PATIENCE)?;
                let seal = seal.clone();
                Ok(Box::new(Self { connection, seal }) as Box<dyn Catalogue>)
            }) as Readers
        })
    }
}

/// A read transaction. Its two statements are kept: a reader asks for one row at a time, and to
/// have them compiled took longer than the row.
struct Snapshot<'a>(&'a Connection);

impl<'a> Snapshot<'a> {
    fn begin(connection: &'a Connection) -> Result<Self, CatalogueError> {
        query::control(connection, "begin to read", "BEGIN DEFERRED")?;
        Ok(Self(connection))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Nothing was written. Where even this fails, the next one cannot begin, and says so.
        let _ = query::control(self.0, "end reading", "ROLLBACK");
    }
}

impl fmt::Debug for SqliteCatalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteCatalogue")
    }
}

/// How long to wait for somebody else's lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rows that many small submissions do not come to in one transaction; a large one writes its own
/// by the page.
const MANY: u64 = 4096;

#[cfg(test)]
mod tests {
    use std::{
        fs,
        sync::atomic::{AtomicBool, Ordering},
        thread,
    };

    use super::SqliteCatalogue;
    use crate::catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, read_with, savepoint_with, transact_with,
        view::View,
    };

    #[test]
    fn a_full_disk_is_said_and_undoes_the_transaction() {
        let dir = tempfile::tempdir().unwrap();
        let mut catalogue = SqliteCatalogue::open(&dir.path().join("catalogue.db")).unwrap();
        let pages: i64 =
            catalogue.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        catalogue.connection.pragma_update(None, "max_page_count", pages + 1).unwrap();
        let mut write = |bytes| {
            transact_with(&mut catalogue, |ledger| ledger.queue_audit(&mut |_| vec![7; bytes]))
        };
        assert_eq!(write(100).unwrap(), 0);
        let full = write(1_000_000);
        assert!(matches!(full, Err(CatalogueError::Full { .. })), "{full:?}");
        let waiting = read_with(&mut catalogue, |view| view.outbox(9)).unwrap();
        assert_eq!(waiting.len(), 1);
        catalogue.scrub().unwrap();
    }

    /// SQLite undoes everything when a statement that keeps no copy of its own fails for want of
    /// room, and goes on without a transaction.
    #[test]
    fn what_comes_after_a_transaction_that_was_lost_is_not_committed_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let mut catalogue = SqliteCatalogue::open(&dir.path().join("catalogue.db")).unwrap();
        let pages: i64 =
            catalogue.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        // So few that what comes first is out of the cache already.
        catalogue.connection.pragma_update(None, "cache_size", 20).unwrap();
        catalogue.connection.pragma_update(None, "max_page_count", pages + 200).unwrap();
        let entry = |ledger: &mut dyn Ledger, bytes| ledger.queue_audit(&mut |_| vec![7; bytes]);
        let before = transact_with(&mut catalogue, |ledger| entry(ledger, 10)).unwrap();
        let ran: Result<(), CatalogueError> = transact_with(&mut catalogue, |ledger| {
            for _ in 0..100 {
                entry(ledger, 4000)?;
            }
            // As whoever takes along what waits does: each fails alone, and the rest goes on.
            let failed = savepoint_with(ledger, |inner| entry(inner, 1_000_000));
            assert!(matches!(failed, Err(CatalogueError::Full { .. })), "{failed:?}");
            let later = savepoint_with(ledger, |inner| entry(inner, 10));
            assert!(matches!(later, Err(CatalogueError::TransactionLost)), "{later:?}");
            let bare = entry(ledger, 10);
            assert!(matches!(bare, Err(CatalogueError::TransactionLost)), "{bare:?}");
            Ok(())
        });
        assert!(matches!(ran, Err(CatalogueError::TransactionLost)), "{ran:?}");
        let state = |view: &dyn View| {
            let waiting: Vec<u64> = view.outbox(999)?.iter().map(|entry| entry.seq).collect();
            Ok::<_, CatalogueError>((waiting, view.next_audit_seq()?))
        };
        assert_eq!(read_with(&mut catalogue, state).unwrap(), (vec![before], before + 1));
        let next = transact_with(&mut catalogue, |ledger| entry(ledger, 10)).unwrap();
        assert_eq!(next, before + 1, "there is room again, and no hole");
    }

    #[test]
    fn a_catalogue_is_rewritten_beside_itself_and_not_in_memory() {
        let dir = tempfile::tempdir().unwrap();
        let mut catalogue = SqliteCatalogue::open(&dir.path().join("catalogue.db")).unwrap();
        for _ in 0..20 {
            let mut fill = |_| vec![7; 1_000_000];
            transact_with(&mut catalogue, |ledger| ledger.queue_audit(&mut fill)).unwrap();
        }
        let place = dir.path().canonicalize().unwrap();
        // What is open in that directory and has no name in it.
        let is_there = || {
            let open = fs::read_dir("/proc/self/fd").unwrap().filter_map(Result::ok);
            let mut files = open.filter_map(|entry| fs::read_link(entry.path()).ok());
            files.any(|file| {
                file.starts_with(&place) && file.to_string_lossy().ends_with("(deleted)")
            })
        };
        let over = AtomicBool::new(false);
        let seen = thread::scope(|scope| {
            let watch = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    if is_there() {
                        return true;
                    }
                }
                false
            });
            let compacted = catalogue.compact();
            over.store(true, Ordering::Relaxed);
            compacted.unwrap();
            watch.join().unwrap()
        });
        assert!(seen, "no file in the catalogue's directory");
        assert!(!is_there());
        let waiting = read_with(&mut catalogue, |view| view.outbox(99)).unwrap();
        assert_eq!(waiting.len(), 20);
    }

    #[test]
    fn the_settings_that_durability_and_erasure_rest_on() {
        let dir = tempfile::tempdir().unwrap();
        let catalogue = SqliteCatalogue::open(&dir.path().join("catalogue.db")).unwrap();
        let number = |pragma: &str| -> i64 {
            catalogue
                .connection
                .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
                .unwrap()
        };
        let (full, in_files) = (2, 1);
        let settings = ["synchronous", "secure_delete", "foreign_keys", "temp_store"];
        assert_eq!(settings.map(number), [full, 1, 1, in_files]);
        let mode: String =
            catalogue.connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
