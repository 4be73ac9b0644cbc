//! Answers what is committed: audit log, receipts, final states. A thread of its own, so that its
//! syncs and the committer's next batch go on side by side.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use crate::{
    daemon::shared::Shared,
    pipeline::{
        answer, close, commit::Committed, decide_withdrawals, house::House, police::dispatch,
        superseded_withdrawals,
    },
    types::causes,
};

/// Runs until the committer is gone.
pub fn run(shared: &Arc<Shared>, committed: &Receiver<Committed>) {
    let mut next_try = Instant::now();
    loop {
        let mut batch = match committed.recv_timeout(IDLE) {
            Ok(batch) => batch,
            Err(RecvTimeoutError::Timeout) => {
                let house = shared.house();
                shared.beat_answer();
                pay(&house, &mut next_try);
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
        answer::answer(&house, batch.subjects, batch.known);
        close::remove(&house, batch.left);
        dispatch(&house);
        shared.leave_flight(count);
        // Also in the midst of a burst: whoever is owed does not wait for its end.
        pay(&house, &mut next_try);
        // Nothing else is under way: bring what was answered to its final state now. In a burst that
        // waits for the last batch, and shares one transaction.
        if shared.in_flight() == 0 {
            close(&house);
        }
        shared.beat_answer();
        shared.bell.ring();
    }
}

/// Answers what could not be answered before.
fn pay(house: &House, next_try: &mut Instant) {
    if Instant::now() < *next_try {
        return;
    }
    let owed = house.take_owed();
    if !owed.is_empty() {
        answer::answer(house, owed, Vec::new());
    }
    if let Err(error) = superseded_withdrawals::conclude(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot conclude a list that a newer one replaced; it is tried again.");
    }
    if house.take_owed_decisions()
        && let Err(error) = decide_withdrawals::answer_decided(house)
    {
        tracing::error!(error = %causes::chain(&error), "Cannot answer a decision; it is tried again.");
        house.owe_decisions();
    }
    dispatch(house);
    *next_try = Instant::now() + RETRY;
}

/// Lays out what is for another sender.
fn dispatch(house: &House) {
    if house.take_owed_dispatches()
        && let Err(error) = dispatch::round(house)
    {
        tracing::error!(error = %causes::chain(&error), "Cannot lay out files for other senders; trying again.");
        house.owe_dispatches();
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
