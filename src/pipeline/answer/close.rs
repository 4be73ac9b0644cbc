//! The last step of a submission: its final state goes on record, and then its claimed file goes.

use std::io;

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::submissions::{Event as Happened, Submission},
    },
    durable::{self, file_system::Unsynced},
    pipeline::{answer::facts::Facts, claim::claimed::Claimed, house::House},
    types::{
        ids::SubmissionId,
        verdict::{State, Verdict},
    },
};

/// Records what is left to be recorded of answered submissions, in a transaction of its own, and
/// removes what was claimed.
///
/// # Errors
/// When the catalogue fails; it is remembered, and done with the next.
pub fn close(house: &House) -> io::Result<()> {
    let Unrecorded { closing, left, logged, unsynced } = house.take_unrecorded();
    if !closing.is_empty() || logged.is_some() {
        let copy = closing.clone();
        let work = move |ledger: &mut dyn Ledger| record(ledger, &copy, logged);
        let recorded = unsynced.sync().map_err(io::Error::other);
        let recorded =
            recorded.and_then(|()| house.record(Box::new(work)).map_err(io::Error::other));
        if let Err(error) = recorded {
            house.add_unrecorded(Unrecorded { closing, left, logged, unsynced });
            return Err(error);
        }
        durable::fail_point("closed");
    }
    remove(house, left);
    Ok(())
}

/// Removes what was claimed, when its answer is on record. What cannot be removed is tried again.
pub fn remove(house: &House, left: Vec<Claimed>) {
    if left.is_empty() {
        return;
    }
    let mut kept = Vec::new();
    for subject in left {
        match subject.remove() {
            Ok(()) => durable::fail_point("removed-one"),
            Err(error) => {
                tracing::error!(submission = %subject.id(), %error, "Cannot remove a claimed file; it is tried again.");
                kept.push(subject);
            }
        }
    }
    house.add_unanswered(kept);
    durable::fail_point("removed");
}

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

fn record(
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
