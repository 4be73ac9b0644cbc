//! The committer: one transaction for whatever is ready, so that many small files share their
//! fsyncs, and one big file waits for nobody.
//!
//! A batch that fails is undone as a whole, and each of its files is then committed by itself: one
//! that cannot be committed keeps nobody else's back.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use crate::{
    daemon::{
        engine::{shared::Shared, working::postponed},
        memory,
    },
    intake::claim::ClaimedFile,
    pipeline::{
        claim::claimed::Claimed,
        commit::{self, Committed, Ready, Undone},
        recover,
    },
    types::{causes, ids::SenderId},
};

/// Runs until every sender of the channel is gone. What is committed goes on to be answered, while
/// the next batch is committed.
pub fn run(shared: &Arc<Shared>, ready: &Receiver<Ready>, done: &Sender<Committed>) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match ready.recv_timeout(IDLE) {
                Ok(first) => waiting.push_back(first),
                Err(RecvTimeoutError::Timeout) => {
                    shared.beat_commit();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let mut batch = next_batch(&mut waiting, ready);
        let turns: Vec<_> = batch.iter_mut().filter_map(|one| one.turn.take()).collect();
        let count = batch.len();
        let tries: Vec<u32> = batch.iter().map(|one| one.tries).collect();
        let (house, ended) = {
            let _under_way = shared.committing();
            let house = shared.house();
            let ended = commit::commit(&house, batch);
            (house, ended)
        };
        if !turns.is_empty() {
            drop(turns);
            // What a thousand documents held is free now, in pieces that the next archive's do not fit into.
            memory::clear_up();
            shared.queue.look_again();
        }
        match ended {
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
                tracing::error!(error = %causes::chain(&cause), "Cannot commit a batch; each of it is read again and committed by itself.");
                shared.store_fails(&house);
                let members = subjects.into_iter().zip(tries).collect();
                let back = take_back(shared, members, &mut waiting, ready);
                shared.leave_flight(back);
                shared.wakeup.wake();
            }
        }
        shared.beat_commit();
    }
}

/// What goes into the next transaction: whatever is ready. What has failed before goes by itself.
fn next_batch(waiting: &mut VecDeque<Ready>, ready: &Receiver<Ready>) -> Vec<Ready> {
    let mut batch: Vec<Ready> = Vec::new();
    while batch.len() < BATCH {
        let Some(next) = waiting.pop_front().or_else(|| ready.try_recv().ok()) else { break };
        let alone = next.tries > 0;
        if alone && !batch.is_empty() {
            waiting.push_front(next);
            break;
        }
        batch.push(next);
        if alone {
            break;
        }
    }
    batch
}

/// Lets the files of an undone batch be read again, and with them what their senders have ready
/// behind it: that must not be committed before them. What others have ready stays. Says how many
/// went back.
fn take_back(
    shared: &Shared,
    mut members: Vec<(Claimed, u32)>,
    waiting: &mut VecDeque<Ready>,
    ready: &Receiver<Ready>,
) -> usize {
    let senders: BTreeSet<SenderId> =
        members.iter().filter_map(|(subject, _)| Some(file_of(subject)?.sender.clone())).collect();
    for (_, tries) in &mut members {
        *tries += 1;
    }
    shared.take_back(|| {
        for behind in waiting.drain(..).chain(ready.try_iter()).collect::<Vec<_>>() {
            if file_of(&behind.subject).is_some_and(|file| senders.contains(&file.sender)) {
                members.push((behind.subject, behind.tries));
            } else {
                waiting.push_back(behind);
            }
        }
        let files = members.iter().filter_map(|(subject, _)| file_of(subject));
        files.map(|file| (file.sender.clone(), file.id, file.size)).collect()
    });
    let count = members.len();
    let mut refused = Vec::new();
    for (subject, tries) in members {
        match subject {
            Claimed::File(file) => shared.enqueue_again(postponed(file, tries)),
            Claimed::Aside(aside) => refused.push(aside),
            // Answered before: never part of a batch.
            Claimed::Gone(_) | Claimed::Left(..) => {}
        }
    }
    if !refused.is_empty() {
        thread::park_timeout(Duration::from_secs(1));
    }
    for aside in refused {
        shared.hand_to_committer(recover::refusal(aside));
    }
    count
}

fn file_of(subject: &Claimed) -> Option<&ClaimedFile> {
    match subject {
        Claimed::File(file) => Some(file),
        Claimed::Aside(_) | Claimed::Gone(_) | Claimed::Left(..) => None,
    }
}

const BATCH: usize = 256;
const IDLE: Duration = Duration::from_millis(500);
