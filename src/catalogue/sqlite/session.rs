//! One transaction or snapshot of the SQLite catalogue: each question and change goes to the file
//! of its subject.

use rusqlite::Connection;

use crate::catalogue::{
    LedgerWork,
    error::CatalogueError,
    header_seal::HeaderSeal,
    ledger::Ledger,
    sqlite::{operations::AuditSeq, query},
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
