//! Work for the readers, taken from senders in turn: one municipality's gigabyte does not delay an
//! embassy's list.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Bound,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{intake::claim::ClaimedFile, types::ids::SenderId};

/// One file to be read.
#[derive(Debug)]
pub struct Job {
    /// The claimed file.
    pub file: ClaimedFile,
    /// How often it was tried already.
    pub tries: u32,
    /// Not to be tried before.
    pub not_before: Option<Instant>,
}

/// A bounded-by-its-filler queue with a lane for each sender.
#[derive(Debug, Default)]
pub struct FairQueue {
    lanes: Mutex<Lanes>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lanes {
    of: BTreeMap<SenderId, VecDeque<Job>>,
    /// Who was served last: the next in order is served next.
    last: Option<SenderId>,
    waiting: usize,
    running: usize,
    closed: bool,
}

impl FairQueue {
    /// Adds a job at the end of its sender's lane.
    pub fn push(&self, job: Job) {
        // What every thread takes, and takes at once, is for one of them: others would only wake, and
        // keep that one waiting for a processor. Else it might be one that takes small files only.
        let for_any = job.file.size <= SMALL && job.not_before.is_none();
        let mut lanes = self.lanes();
        lanes.waiting += 1;
        lanes.of.entry(job.file.sender.clone()).or_default().push_back(job);
        drop(lanes);
        if for_any { self.changed.notify_one() } else { self.changed.notify_all() }
    }

    /// Takes the next job of at most so many bytes, waiting for one. `None` when the queue is closed:
    /// what is left in it is found again by the next start.
    pub fn take(&self, most: u64) -> Option<Job> {
        let mut lanes = self.lanes();
        loop {
            if lanes.closed {
                return None;
            }
            let now = Instant::now();
            if let Some(job) = lanes.next(now, most) {
                lanes.waiting -= 1;
                lanes.running += 1;
                return Some(job);
            }
            let pause = lanes.pause(now);
            let (guard, _) =
                self.changed.wait_timeout(lanes, pause).unwrap_or_else(PoisonError::into_inner);
            lanes = guard;
        }
    }

    /// Says that a taken job has gone on to the committer, or back into the queue.
    pub fn finished(&self) {
        let mut lanes = self.lanes();
        lanes.running = lanes.running.saturating_sub(1);
    }

    /// Whether a job waits that has failed before.
    pub fn has_postponed(&self) -> bool {
        self.lanes().of.values().flatten().any(|job| job.tries > 0)
    }

    /// How many jobs wait or run.
    pub fn len(&self) -> usize {
        let lanes = self.lanes();
        lanes.waiting + lanes.running
    }

    /// Whether nothing waits or runs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands out no more.
    pub fn close(&self) {
        self.lanes().closed = true;
        self.changed.notify_all();
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn next(&mut self, now: Instant, most: u64) -> Option<Job> {
        let due =
            |job: &Job| job.file.size <= most && job.not_before.is_none_or(|time| time <= now);
        let in_lane = |(sender, lane): (&SenderId, &VecDeque<Job>)| {
            Some((sender.clone(), lane.iter().position(due)?))
        };
        let served = self.last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut after = self.of.range((served, Bound::Unbounded));
        let (sender, at) = after.find_map(in_lane).or_else(|| self.of.iter().find_map(in_lane))?;
        let lane = self.of.get_mut(&sender)?;
        let job = lane.remove(at);
        if lane.is_empty() {
            self.of.remove(&sender);
        }
        self.last = Some(sender);
        job
    }

    /// How long until a postponed job is due.
    fn pause(&self, now: Instant) -> Duration {
        let times = self.of.values().flatten().filter_map(|job| job.not_before);
        times.min().map_or(Duration::from_mins(1), |time| time.saturating_duration_since(now))
    }
}

/// Bytes of a file that every reader takes: some milliseconds of reading.
pub(super) const SMALL: u64 = 256 << 10;
