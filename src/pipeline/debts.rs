//! What is on record and still to be done: receipts, second receipts, files for other senders, last
//! states. Kept in memory alone: a restart finds all of it in the catalogue.

use std::{
    collections::BTreeSet,
    sync::{MutexGuard, PoisonError},
};

use crate::{
    pipeline::{close::Unrecorded, house::House, subject::Subject},
    types::ids::SubmissionId,
};

/// What is on record and still to be done.
#[derive(Default)]
pub(super) struct Debts {
    /// To be answered.
    owed: Vec<Subject>,
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

impl House {
    /// Remembers what could not be answered now.
    pub fn owe(&self, subjects: Vec<Subject>) {
        self.debts().owed.extend(subjects);
    }

    /// What is still to be answered.
    pub fn take_owed(&self) -> Vec<Subject> {
        std::mem::take(&mut self.debts().owed)
    }

    /// Remembers those of a batch that could not be committed.
    pub fn expect_again(&self, ids: impl IntoIterator<Item = SubmissionId>) {
        self.debts().retried.extend(ids);
    }

    /// Which of these were expected again; they are not any more.
    pub fn take_expected(&self, ids: &[SubmissionId]) -> Vec<SubmissionId> {
        let mut debts = self.debts();
        ids.iter().copied().filter(|id| debts.retried.remove(id)).collect()
    }

    /// Remembers that a decision is still to be answered.
    pub fn owe_decisions(&self) {
        self.debts().decisions = true;
    }

    /// Whether a decision is still to be answered.
    pub fn take_owed_decisions(&self) -> bool {
        std::mem::take(&mut self.debts().decisions)
    }

    /// Remembers that something for another sender is to be laid out.
    pub fn owe_dispatches(&self) {
        self.debts().dispatches = true;
    }

    /// Whether something for another sender is to be laid out.
    pub fn take_owed_dispatches(&self) -> bool {
        std::mem::take(&mut self.debts().dispatches)
    }

    /// Remembers what is to be recorded of answered submissions: with the next transaction.
    pub fn close_later(&self, unrecorded: Unrecorded) {
        self.debts().unrecorded.append(unrecorded);
    }

    /// Remembers that the log has everything up to this place, durably.
    pub fn logged(&self, last: u64) {
        let mut debts = self.debts();
        debts.unrecorded.logged = Some(last);
        debts.last_logged = Some(last);
    }

    /// The last place that the log is known to have.
    pub fn last_logged(&self) -> Option<u64> {
        self.debts().last_logged
    }

    /// What is done and to be recorded.
    pub fn take_closing(&self) -> Unrecorded {
        std::mem::take(&mut self.debts().unrecorded)
    }

    fn debts(&self) -> MutexGuard<'_, Debts> {
        self.debts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
