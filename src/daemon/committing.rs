//! The committer: one transaction for whatever is ready, so that many small files share their
//! fsyncs, and one big file waits for nobody.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use crate::{
    daemon::{shared::Shared, working::postponed},
    pipeline::{
        commit::{self, Committed, Ready, Undone},
        house::House,
        recover,
        subject::Subject,
    },
    types::causes,
};

/// Runs until every sender of the channel is gone. What is committed goes on to be answered, while
/// the next batch is committed.
pub fn run(shared: &Arc<Shared>, ready: &Receiver<Ready>, done: &Sender<Committed>) {
    loop {
        let first = match ready.recv_timeout(IDLE) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                shared.beat_commit();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let house = shared.house();
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = ready.try_recv()
        {
            batch.push(next);
        }
        let count = batch.len();
        match commit::commit(&house, batch) {
            Ok(committed) => {
                tracing::debug!(count, "Committed a batch.");
                shared.store_works(&house);
                if done.send(committed).is_err() {
                    // The answering thread has ended: the engine is broken, and a new start
                    // answers what is on record.
                    shared.leave_flight(count);
                }
            }
            Err(Undone { cause, subjects }) => {
                undone(shared, &house, &cause, subjects);
                shared.leave_flight(count);
                shared.bell.ring();
            }
        }
        shared.beat_commit();
    }
}

fn undone(shared: &Arc<Shared>, house: &House, cause: &std::io::Error, subjects: Vec<Subject>) {
    tracing::error!(error = %causes::chain(cause), "Cannot commit a batch; it is read again.");
    shared.store_fails(house);
    for subject in subjects {
        match subject {
            Subject::File(file) => shared.enqueue_again(postponed(file, 1)),
            Subject::Aside(aside) => {
                std::thread::park_timeout(Duration::from_secs(1));
                shared.hand_to_committer(recover::refusal(aside));
            }
            // Answered before: never part of a batch.
            Subject::Gone(_) | Subject::Left(..) => {}
        }
    }
}

const BATCH: usize = 256;
const IDLE: Duration = Duration::from_millis(500);
