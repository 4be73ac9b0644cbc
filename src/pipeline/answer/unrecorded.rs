//! What is on disk and not yet on record: answers, and how far the log has come.

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::submissions::{Event as Happened, Submission},
    },
    durable::file_system::Unsynced,
    pipeline::{answer::facts::Facts, claim::claimed::Claimed},
    types::{
        ids::SubmissionId,
        verdict::{State, Verdict},
    },
};

/// What is on disk and not yet on record.
#[derive(Default)]
pub struct Unrecorded {
    /// Answered submissions.
    pub closing: Vec<Closing>,
    /// Their claimed files, to be removed when they are on record.
    pub left: Vec<Claimed>,
    /// The last audit entry that the log has durably.
    pub logged: Option<u64>,
    /// The names of their receipts, to be durable before they are on record.
    pub unsynced: Unsynced,
}

impl Unrecorded {
    /// Adds more.
    pub fn append(&mut self, other: Self) {
        self.closing.extend(other.closing);
        self.left.extend(other.left);
        self.logged = self.logged.max(other.logged);
        self.unsynced.append(other.unsynced);
    }

    /// Records it.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn record(&self, ledger: &mut dyn Ledger) -> Result<(), CatalogueError> {
        record(ledger, &self.closing, self.logged)
    }
}

/// Records answers, and the last audit entry that the log has durably.
///
/// # Errors
/// When the catalogue fails.
pub(super) fn record(
    ledger: &mut dyn Ledger,
    closing: &[Closing],
    logged: Option<u64>,
) -> Result<(), CatalogueError> {
    if let Some(last) = logged {
        ledger.outbox_written(last)?;
    }
    closing.iter().try_for_each(|closing| closing.record(ledger))
}

/// What is to be recorded of a submission whose receipt lies in its place. Nobody waits for it: a
/// start that does not find it recorded finds the claimed file and the receipt, and comes to the
/// same.
#[derive(Debug, Clone)]
pub struct Closing {
    id: SubmissionId,
    /// Its final state.
    state: State,
    at: Timestamp,
    audit_seq: Option<u64>,
}

impl Closing {
    /// Of a submission that was answered at `at`.
    pub fn of(row: &Submission, at: Timestamp) -> Self {
        let state = match row.verdict {
            _ if Facts::quarantined_of(row) => State::Quarantined,
            Some(Verdict::Rejected) => State::Rejected,
            Some(Verdict::Held) if !row.rehearsal => State::Held,
            _ => State::Done,
        };
        Self { id: row.id, state, at, audit_seq: row.receipt.audit_seq }
    }

    fn record(&self, ledger: &mut dyn Ledger) -> Result<(), CatalogueError> {
        let Self { id: submission, state, at, audit_seq } = *self;
        ledger.submission_ended(submission, state, at)?;
        let event = state.as_str().to_owned();
        ledger.add_event(&Happened { submission, at, event, audit_seq })
    }
}
