//! Work for the readers, taken from senders in turn: one municipality's gigabyte does not delay an
//! embassy's list.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Bound,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use crate::{
    intake::claim::ClaimedFile,
    types::{
        ids::{SenderId, SubmissionId},
        permit::{Permit, Permits},
        sync::lock,
    },
};

/// One file to be read.
#[derive(Debug)]
pub struct Job {
    /// The claimed file.
    pub file: ClaimedFile,
    /// How often it was tried already.
    pub tries: u32,
    /// Not to be tried before.
    pub not_before: Option<Instant>,
    /// Whether it is an archive of many documents: they hold memory until they are committed, so
    /// one of them is under way at a time.
    pub alone: bool,
    /// Of such an archive that was taken: others wait until this is dropped.
    pub turn: Option<Permit>,
}

impl Job {
    /// A file that nobody has tried to read.
    pub fn new(file: ClaimedFile) -> Self {
        Self { file, tries: 0, not_before: None, alone: false, turn: None }
    }

    /// Whether those that its sender sent behind it wait for it still.
    pub fn is_waited_for(&self) -> bool {
        self.tries <= TRIES_WAITED_FOR
    }
}

/// A bounded-by-its-filler queue with a lane for each sender.
#[derive(Debug)]
pub struct FairQueue {
    lanes: Mutex<Lanes>,
    changed: Condvar,
    /// Of an archive of many documents.
    alone: Permits,
}

impl Default for FairQueue {
    fn default() -> Self {
        Self { lanes: Mutex::default(), changed: Condvar::default(), alone: Permits::new(1) }
    }
}

#[derive(Debug, Default)]
struct Lanes {
    of: BTreeMap<SenderId, VecDeque<Job>>,
    /// Who was served last: the next in order is served next.
    last: Option<SenderId>,
    waiting: usize,
    /// What each reader has taken.
    running: HashMap<ThreadId, Running>,
    closed: bool,
}

#[derive(Debug)]
struct Running {
    id: SubmissionId,
    size: u64,
    since: Instant,
    /// By whose other files.
    waited_for: Option<SenderId>,
}

impl FairQueue {
    /// Adds a job at the end of its sender's lane.
    pub fn push(&self, job: Job) {
        // What every thread takes, and takes at once, is for one of them: others would only wake,
        // and keep that one waiting for a processor. Else it might be one that takes small files
        // only.
        let for_any = job.file.size <= SMALL && job.not_before.is_none();
        let mut lanes = self.lanes();
        lanes.waiting += 1;
        lanes.of.entry(job.file.sender.clone()).or_default().push_back(job);
        drop(lanes);
        if for_any { self.changed.notify_one() } else { self.changed.notify_all() }
    }

    /// Puts a job that was taken back in front of its sender's others: it is an archive of many
    /// documents.
    pub fn put_back(&self, file: ClaimedFile, tries: u32) {
        let job = Job { tries, alone: true, ..Job::new(file) };
        let mut lanes = self.lanes();
        lanes.waiting += 1;
        lanes.of.entry(job.file.sender.clone()).or_default().push_front(job);
        drop(lanes);
        self.changed.notify_all();
    }

    /// Wakes the readers: an archive has given up its turn.
    pub fn look_again(&self) {
        // Not between a reader's look and its wait.
        drop(self.lanes());
        self.changed.notify_all();
    }

    /// Takes the next job of at most so many bytes, waiting for one. `None` when the queue is
    /// closed: what is left in it is found again by the next start.
    pub fn take(&self, most: u64) -> Option<Job> {
        let mut lanes = self.lanes();
        loop {
            if lanes.closed {
                return None;
            }
            let now = Instant::now();
            if let Some(mut job) = lanes.next(now, most, self.alone.left() > 0) {
                lanes.waiting -= 1;
                job.turn = if job.alone { self.alone.take() } else { None };
                let waited_for = job.is_waited_for().then(|| job.file.sender.clone());
                let running =
                    Running { id: job.file.id, size: job.file.size, since: now, waited_for };
                lanes.running.insert(thread::current().id(), running);
                return Some(job);
            }
            let pause = lanes.pause(now, most);
            let (guard, _) =
                self.changed.wait_timeout(lanes, pause).unwrap_or_else(PoisonError::into_inner);
            lanes = guard;
        }
    }

    /// Says that the job that this thread took has gone on to the committer, or back into the
    /// queue.
    pub fn finished(&self) {
        self.lanes().running.remove(&thread::current().id());
    }

    /// What has been read for so long that its reader must hang.
    pub fn hanging(&self, now: Instant) -> Vec<SubmissionId> {
        let lanes = self.lanes();
        let hangs = |it: &&Running| now.saturating_duration_since(it.since) >= longest(it.size);
        lanes.running.values().filter(hangs).map(|running| running.id).collect()
    }

    /// Whether a job waits that has failed before.
    pub fn has_postponed(&self) -> bool {
        self.lanes().of.values().flatten().any(|job| job.tries > 0)
    }

    /// Whether this one waits or is being read.
    pub fn holds(&self, id: SubmissionId) -> bool {
        let lanes = self.lanes();
        lanes.running.values().any(|running| running.id == id)
            || lanes.of.values().flatten().any(|job| job.file.id == id)
    }

    /// How many jobs wait or run.
    pub fn len(&self) -> usize {
        let lanes = self.lanes();
        lanes.waiting + lanes.running.len()
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
        lock(&self.lanes)
    }
}

impl Lanes {
    /// `may_be_alone`: whether an archive of many documents may be taken.
    fn next(&mut self, now: Instant, most: u64, may_be_alone: bool) -> Option<Job> {
        let due =
            |job: &Job| job.file.size <= most && job.not_before.is_none_or(|time| time <= now);
        let in_lane = |(sender, lane): (&SenderId, &VecDeque<Job>)| {
            // An archive waits for its turn to be committed behind those that its sender sent
            // before: one of them that turns out to be an archive too would wait for this one's
            // end.
            let is_first = |job: &Job| {
                let mut before = lane.iter().filter(|it| it.is_waited_for());
                let mut read =
                    self.running.values().filter(|it| it.waited_for.as_ref() == Some(sender));
                !before.any(|it| it.file.id < job.file.id) && !read.any(|it| it.id < job.file.id)
            };
            let may_go = |job: &Job| !job.alone || may_be_alone && is_first(job);
            Some((sender.clone(), lane.iter().position(|job| due(job) && may_go(job))?))
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

    /// How long until a postponed job of at most so many bytes is due. A larger one may be due
    /// already: it waits for another thread.
    fn pause(&self, now: Instant, most: u64) -> Duration {
        let fitting = self.of.values().flatten().filter(|job| job.file.size <= most);
        let times = fitting.filter_map(|job| job.not_before);
        times.min().map_or(Duration::from_mins(1), |time| time.saturating_duration_since(now))
    }
}

/// Bytes of a file that every reader takes: some milliseconds of reading.
pub(super) const SMALL: u64 = 256 << 10;
/// How long reading a file of so many bytes may take: a large one legitimately takes long, on the
/// slowest disk and with everything that is sorted and sealed of it.
fn longest(size: u64) -> Duration {
    Duration::from_mins(10) + Duration::from_secs(size / SLOWEST)
}

/// After so many tries, half a minute, a file is not waited for any more.
const TRIES_WAITED_FOR: u32 = 4;

/// Bytes in a second, far below what was ever measured.
const SLOWEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        os::fd::{AsFd, OwnedFd},
        path::Path,
        sync::Arc,
        time::{Duration, Instant},
    };

    use jiff::Timestamp;

    use super::{FairQueue, Job, SMALL};
    use crate::{
        intake::{
            claim::{Fate, Intent, Outcome, Place, ours, reopen},
            directory::Seen,
        },
        types::{
            ids::{SenderId, SubmissionId},
            verdict::Evidence,
        },
    };

    #[test]
    fn a_reader_does_not_wake_for_what_it_may_not_take() {
        let dir = tempfile::tempdir().unwrap();
        let queue = FairQueue::default();
        let now = Instant::now();
        queue.push(job(dir.path(), 1, SMALL + 1, Some(now)));
        let mut lanes = queue.lanes();
        assert!(lanes.next(now, SMALL, true).is_none());
        assert_eq!(lanes.pause(now, SMALL), Duration::from_mins(1), "it would go round and round");
        drop(lanes);
        let later = now + Duration::from_secs(5);
        queue.push(job(dir.path(), 2, SMALL, Some(later)));
        assert_eq!(queue.lanes().pause(now, SMALL), Duration::from_secs(5));
        assert_eq!(queue.take(u64::MAX).unwrap().file.size, SMALL + 1);
    }

    #[test]
    fn a_reader_hangs_when_its_file_takes_longer_than_any_disk() {
        let dir = tempfile::tempdir().unwrap();
        let queue = FairQueue::default();
        queue.push(job(dir.path(), 1, 600 << 20, None));
        let file = queue.take(u64::MAX).unwrap().file;
        let after = |minutes| Instant::now() + Duration::from_mins(minutes);
        assert_eq!(queue.hanging(after(15)), [], "a large one takes long");
        assert_eq!(queue.hanging(after(21)), [file.id]);
        assert_eq!(queue.len(), 1);
        queue.finished();
        assert_eq!(queue.hanging(after(21)), []);
        assert!(queue.is_empty());
    }

    #[test]
    fn one_archive_of_many_documents_goes_at_a_time_and_behind_what_its_sender_sent_before() {
        let dir = tempfile::tempdir().unwrap();
        let queue = FairQueue::default();
        let [first, second, third] = [1, 2, 3].map(|n| job(dir.path(), n, 9, None));
        let ids = [first.file.id, second.file.id, third.file.id];
        let next = |at| queue.lanes().next(at, SMALL, queue.alone.left() > 0);
        let now = Instant::now();
        queue.push(first);
        let first = queue.take(SMALL).unwrap();
        queue.put_back(second.file, 0);
        queue.put_back(third.file, 0);
        assert!(next(now).is_none(), "the first is being read, and may be one too");
        // It failed, and waits behind the others.
        let later = now + Duration::from_hours(1);
        queue.push(Job { tries: 1, not_before: Some(later), ..first });
        queue.finished();
        assert!(next(now).is_none(), "the others wait for it");
        let first = next(later).unwrap();
        assert_eq!(first.file.id, ids[0]);
        // They do not wait for ever.
        queue.push(Job { tries: 5, not_before: Some(later), ..first });
        let second = queue.take(SMALL).unwrap();
        assert_eq!(second.file.id, ids[1]);
        queue.finished();
        assert!(next(now).is_none(), "the second has not been committed");
        drop(second.turn);
        assert_eq!(next(now).unwrap().file.id, ids[2]);
    }

    /// A claimed file of zeros.
    fn job(dir: &Path, number: u8, size: u64, not_before: Option<Instant>) -> Job {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [number; 10]);
        File::create(dir.join(id.to_string())).unwrap().set_len(size).unwrap();
        let open = Arc::new(OwnedFd::from(File::open(dir).unwrap()));
        let seen = Seen::of_entry(open.as_fd(), id.to_string().as_bytes()).unwrap();
        let intent = Intent {
            id,
            sender: SenderId::parse("oslo").unwrap(),
            rehearsal: false,
            name: ours("x.xml"),
            dev: seen.dev,
            ino: seen.ino,
            size,
            fate: Fate::Take { evidence: Evidence::Closed, manifest: None, signature: None },
        };
        let place = Place { dir: open, name: ours(id.to_string()) };
        match reopen(intent, place, &seen) {
            Outcome::Claimed(file) => Job { not_before, ..Job::new(file) },
            other => panic!("{other:?}"),
        }
    }
}
