//! Answers what is committed: audit log, receipts, final states. A thread of its own, so that its
//! syncs and the committer's next batch go on side by side.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use crate::{
    daemon::engine::{
        patience::{Creditor, Patience},
        shared::Shared,
    },
    pipeline::{
        answer::{self, close, second_receipts},
        claim::claimed::Claimed,
        commit::Committed,
        house::House,
        police::dispatch,
        withdrawals::superseded,
    },
    types::{causes, ids::SubmissionId},
};

/// Runs until the committer is gone.
pub fn run(shared: &Arc<Shared>, committed: &Receiver<Committed>) {
    let mut paying = Paying { patience: Patience::default(), next_try: Instant::now() };
    loop {
        let mut batch = match committed.recv_timeout(IDLE) {
            Ok(batch) => batch,
            Err(RecvTimeoutError::Timeout) => {
                let house = shared.house();
                shared.beat_answer();
                paying.pay(shared, &house);
                close(&house);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => {
                close(&shared.house());
                return;
            }
        };
        let house = shared.house();
        while batch.subjects.len() < BATCH
            && let Ok(more) = committed.try_recv()
        {
            batch.append(more);
        }
        let count = batch.subjects.len();
        // Whom it could not be given is owed it.
        let _ = answer::answer(&house, batch.subjects, batch.known);
        close::remove(&house, batch.left);
        dispatch(&house);
        shared.leave_flight(count);
        // Also in the midst of a burst: whoever is owed does not wait for its end.
        paying.pay(shared, &house);
        // Nothing else is under way: bring what was answered to its final state now. In a burst
        // that waits for the last batch, and shares one transaction.
        if shared.in_flight() == 0 {
            close(&house);
        }
        shared.beat_answer();
        shared.wakeup.wake();
    }
}

/// What could not be answered before, and when it is tried again.
struct Paying {
    patience: Patience,
    next_try: Instant,
}

impl Paying {
    /// Answers what could not be answered before.
    fn pay(&mut self, shared: &Shared, house: &House) {
        if Instant::now() < self.next_try {
            return;
        }
        self.receipts(shared, house);
        second_receipts(house);
        dispatch(house);
        self.next_try = Instant::now() + RETRY;
    }

    /// One receipt tells whether a directory takes any: the others of its sender are written when
    /// it does, and cost nothing while it does not.
    fn receipts(&mut self, shared: &Shared, house: &House) {
        let now = Instant::now();
        let mut due: BTreeMap<Creditor, Vec<Claimed>> = BTreeMap::new();
        let mut later = Vec::new();
        for subject in house.pending.take_unanswered() {
            let whom = Creditor::of(&subject);
            if self.patience.is_due(&whom, now) {
                due.entry(whom).or_default().push(subject);
            } else {
                later.push(subject);
            }
        }
        house.pending.add_unanswered(later);
        let probes: Vec<Claimed> = due.values_mut().filter_map(Vec::pop).collect();
        if probes.is_empty() {
            return;
        }
        let probed: Vec<SubmissionId> = probes.iter().map(Claimed::id).collect();
        let Some(refused) = answer::answer(house, probes, Vec::new()) else {
            // It was no sender's fault, and nothing is known of any directory.
            return house.pending.add_unanswered(due.into_values().flatten().collect());
        };
        let mut open = Vec::new();
        for ((whom, subjects), probe) in due.into_iter().zip(probed) {
            if refused.contains(&probe) {
                self.patience.refused(whom, now);
                house.pending.add_unanswered(subjects);
            } else {
                self.patience.took(&whom);
                open.extend(subjects);
            }
        }
        while !open.is_empty() {
            let rest = open.split_off(BATCH.min(open.len()));
            // What is refused now after all is owed, and probed anew.
            let _ = answer::answer(house, open, Vec::new());
            shared.beat_answer();
            open = rest;
        }
    }
}

/// The second receipts of decisions, and of what is decided without anybody.
fn second_receipts(house: &House) {
    if let Err(error) = superseded::conclude(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot conclude a list that a newer one replaced; it is tried again.");
    }
    if house.pending.take_decisions_pending()
        && let Err(error) = second_receipts::answer_decided(house)
    {
        tracing::error!(error = %causes::chain(&error), "Cannot answer a decision; it is tried again.");
        house.pending.mark_decisions_pending();
    }
}

/// Lays out what is for another sender.
fn dispatch(house: &House) {
    if house.pending.take_dispatches_pending()
        && let Err(error) = dispatch::round(house)
    {
        tracing::error!(error = %causes::chain(&error), "Cannot lay out files for other senders; trying again.");
        house.pending.mark_dispatches_pending();
    }
}

fn close(house: &House) {
    if let Err(error) = close::close(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot close submissions; trying again.");
    }
}

/// Committed batches are answered together up to this many.
const BATCH: usize = 256;
/// Between two tries to answer what could not be answered.
const RETRY: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_millis(500);
