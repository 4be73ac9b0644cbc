//! The committer: one transaction for whatever is ready, so that many small files share their
//! fsyncs, and one big file waits for nobody.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use crate::{
    daemon::{shared::Shared, working::postponed},
    pipeline::{
        answer,
        commit::{self, Ready, Undone},
        decide,
        house::House,
        recover,
        subject::Subject,
    },
};

/// Runs until every sender of the channel is gone.
pub fn run(shared: &Arc<Shared>, ready: &Receiver<Ready>) {
    let mut next_try = Instant::now();
    loop {
        let house = shared.house();
        let first = match ready.recv_timeout(IDLE) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                shared.beat_commit();
                pay(&house, &mut next_try);
                close(&house);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => {
                close(&house);
                return;
            }
        };
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = ready.try_recv()
        {
            batch.push(next);
        }
        let count = batch.len();
        match commit::commit(&house, batch) {
            Ok(()) => {
                tracing::debug!(count, "Committed a batch.");
                shared.store_works(&house);
            }
            Err(Undone { cause, subjects }) => undone(shared, &house, &cause, subjects),
        }
        shared.committed(count);
        // Also in the midst of a burst: whoever is owed does not wait for its end.
        pay(&house, &mut next_try);
        // Nothing else is ready: bring what was answered to its final state now. In a burst that
        // waits for the last batch, and shares one transaction.
        if shared.in_flight() == 0 {
            close(&house);
        }
        shared.beat_commit();
        shared.bell.ring();
    }
}

fn undone(shared: &Arc<Shared>, house: &House, cause: &std::io::Error, subjects: Vec<Subject>) {
    tracing::error!(error = %answer::chain(cause), "Cannot commit a batch; it is read again.");
    shared.store_fails(house);
    for subject in subjects {
        match subject {
            Subject::File(file) => shared.queue.push(postponed(file, 1)),
            Subject::Aside(aside) => {
                std::thread::park_timeout(Duration::from_secs(1));
                shared.commit(recover::refusal(aside));
            }
            // Answered before: never part of a batch.
            Subject::Gone(_) => {}
        }
    }
}

/// Answers what could not be answered before.
fn pay(house: &House, next_try: &mut Instant) {
    if Instant::now() < *next_try {
        return;
    }
    let owed = house.take_owed();
    if !owed.is_empty() {
        answer::answer(house, owed);
    }
    if house.take_owed_decisions()
        && let Err(error) = decide::answer_decided(house)
    {
        tracing::error!(error = %answer::chain(&error), "Cannot answer a decision; it is tried again.");
        house.owe_decisions();
    }
    *next_try = Instant::now() + RETRY;
}

fn close(house: &House) {
    let ids = house.take_closing();
    if let Err(error) = answer::close(house, &ids) {
        tracing::error!(error = %answer::chain(&error), "Cannot close submissions; trying again.");
        house.close_later(ids);
    }
}

const BATCH: usize = 256;
/// Between two tries to answer what could not be answered.
const RETRY: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_millis(500);
