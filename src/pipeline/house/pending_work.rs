//! What is on record and still to be done: receipts, second receipts, files for other senders, last
//! states. Kept in memory alone: a restart finds all of it in the catalogue.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard},
};

use crate::{
    pipeline::{answer::unrecorded::Unrecorded, claim::claimed::Claimed},
    types::{ids::SubmissionId, sync::lock},
};

/// What is on record and still to be done.
#[derive(Default)]
pub struct PendingWork(Mutex<Pending>);

#[derive(Default)]
struct Pending {
    /// To be answered.
    unanswered: Vec<Claimed>,
    /// Answered and logged, to be recorded.
    unrecorded: Unrecorded,
    /// The last place that the log is known to have.
    last_logged: Option<u64>,
    /// Those of a batch that could not be committed: payloads of theirs may lie in a store.
    retried: BTreeSet<SubmissionId>,
    /// Whether a decision is on record whose second receipt is not out.
    decisions: bool,
    /// Whether something for another sender is not in its outbound directory.
    dispatches: bool,
}

impl PendingWork {
    /// Remembers what could not be answered now.
    pub fn add_unanswered(&self, subjects: Vec<Claimed>) {
        self.pending().unanswered.extend(subjects);
    }

    /// What is still to be answered.
    pub fn take_unanswered(&self) -> Vec<Claimed> {
        std::mem::take(&mut self.pending().unanswered)
    }

    /// Remembers those of a batch that could not be committed.
    pub fn expect_again(&self, ids: impl IntoIterator<Item = SubmissionId>) {
        self.pending().retried.extend(ids);
    }

    /// Which of these were expected again; they are not any more.
    pub fn take_expected(&self, ids: &[SubmissionId]) -> Vec<SubmissionId> {
        let mut pending = self.pending();
        ids.iter().copied().filter(|id| pending.retried.remove(id)).collect()
    }

    /// Remembers that a decision is still to be answered.
    pub fn mark_decisions_pending(&self) {
        self.pending().decisions = true;
    }

    /// Whether a decision is still to be answered.
    pub fn take_decisions_pending(&self) -> bool {
        std::mem::take(&mut self.pending().decisions)
    }

    /// Remembers that something for another sender is to be laid out.
    pub fn mark_dispatches_pending(&self) {
        self.pending().dispatches = true;
    }

    /// Whether something for another sender is to be laid out.
    pub fn take_dispatches_pending(&self) -> bool {
        std::mem::take(&mut self.pending().dispatches)
    }

    /// Remembers what is to be recorded of answered submissions: with the next transaction.
    pub fn add_unrecorded(&self, unrecorded: Unrecorded) {
        self.pending().unrecorded.append(unrecorded);
    }

    /// Remembers that the log has everything up to this place, durably.
    pub fn logged(&self, last: u64) {
        let mut pending = self.pending();
        pending.unrecorded.logged = Some(last);
        pending.last_logged = Some(last);
    }

    /// The last place that the log is known to have.
    pub fn last_logged(&self) -> Option<u64> {
        self.pending().last_logged
    }

    /// What is done and to be recorded.
    pub fn take_unrecorded(&self) -> Unrecorded {
        std::mem::take(&mut self.pending().unrecorded)
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        lock(&self.0)
    }
}
