//! One transaction or snapshot of the SQLite catalogue: each question and change goes to the file
//! of its subject.

use std::cell::Cell;

use rusqlite::{Connection, params};

use crate::catalogue::{
    error::CatalogueError,
    header_seal::HeaderSeal,
    ledger::{Ledger, LedgerWork},
    sqlite::{columns::Count, query},
};

/// Works inside the transaction that its maker has begun.
pub(super) struct Session<'a> {
    pub(super) connection: &'a Connection,
    /// Opens and seals headers; without it none is sealed, and none that is opens.
    pub(super) seal: Option<&'a dyn HeaderSeal>,
    /// The numbers of the audit entries that are queued in it.
    pub(super) seq: &'a AuditSeq,
}

impl Ledger for Session<'_> {
    fn savepoint(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError> {
        // A panic passes by here and rolls back the whole transaction with it.
        let run = |sql| query::control(self.connection, "set a savepoint", sql);
        // Without a transaction around it a savepoint would be one, and be committed alone.
        query::within_transaction(self.connection)?;
        run("SAVEPOINT part")?;
        let before = self.seq.clone();
        let worked = work(&mut Session { ..*self });
        if worked.is_err() {
            self.seq.go_back(&before);
        }
        if query::within_transaction(self.connection).is_err() {
            // There is nothing left to go back to. Whoever goes on all the same is refused by the
            // next write, and at the end.
            return worked.and(Err(CatalogueError::TransactionLost));
        }
        let ended = match &worked {
            Ok(()) => run("RELEASE part"),
            Err(_) => run("ROLLBACK TO part").and_then(|()| run("RELEASE part")),
        };
        if ended.is_err() {
            // It can be neither kept nor undone alone, so nothing of the transaction may stay.
            let _ = run("ROLLBACK");
        }
        worked.and(ended)
    }
}

/// The number of the next audit entry, while a transaction counts on: it is written once, at its
/// end.
#[derive(Clone, Default)]
pub(super) struct AuditSeq(Cell<Option<u64>>);

impl AuditSeq {
    /// It, where this transaction has counted already.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.get()
    }

    /// Counts on from here.
    pub(super) fn set_next(&self, next: u64) {
        self.0.set(Some(next));
    }

    /// Undoes what was counted since, together with what it was counted for.
    pub(super) fn go_back(&self, before: &Self) {
        self.0.set(before.0.get());
    }

    /// Writes it, as the last thing of a transaction.
    pub(super) fn write(&self, conn: &Connection) -> Result<(), CatalogueError> {
        match self.0.get() {
            Some(next) => query::change(conn, COUNT_ON, params![Count(next)]).map(drop),
            None => Ok(()),
        }
    }
}

const COUNT_ON: &str = "UPDATE meta SET next_audit_seq = ?1";
