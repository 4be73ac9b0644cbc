//! What the daemon's threads share: the house, the queue, the way to the committer, and their
//! heartbeats.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::Sender,
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    daemon::{
        alarms::{self, NO_SOCKET},
        engine::{
            commit_order::{CommitOrder, LARGE},
            fair_queue::{FairQueue, Job},
            wakeup::Wakeup,
        },
    },
    durable,
    intake::{AlarmKind, claim::ClaimedFile},
    listener::{
        self,
        tls::{CurrentTls, Tls},
    },
    pipeline::{claim::claimed::Claimed, commit::Ready, house::House},
    types::{
        alarm::AlarmCode,
        ids::{SenderId, SubmissionId},
        sync::lock,
    },
};

/// What the threads share.
pub struct Shared {
    house: RwLock<Arc<House>>,
    refurnishing: Mutex<()>,
    committing: Mutex<()>,
    /// Files to be read.
    pub queue: FairQueue,
    /// Wakes the intake thread.
    pub wakeup: Arc<Wakeup>,
    turns: CommitOrder<Ready>,
    ready: Mutex<Option<Sender<Ready>>>,
    to_commit: AtomicUsize,
    stopping: AtomicBool,
    store_down: AtomicBool,
    /// Files that have failed for so long that an alarm names them.
    failing: Mutex<BTreeSet<SubmissionId>>,
    intake_alarms: Mutex<BTreeSet<(SenderId, AlarmCode)>>,
    started: Instant,
    intake_beat: AtomicU64,
    commit_beat: AtomicU64,
    answer_beat: AtomicU64,
    keeper_beat: AtomicU64,
    last_sweep: Mutex<Option<Timestamp>>,
    tls: CurrentTls,
}

impl Shared {
    /// For threads around this house, whose committer listens at the other end of `ready`.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub fn new(house: Arc<House>, ready: Sender<Ready>) -> io::Result<Self> {
        let intake_alarms = Mutex::new(standing(&house)?);
        let failing = failing(&house)?;
        Ok(Self {
            house: RwLock::new(house),
            refurnishing: Mutex::default(),
            committing: Mutex::default(),
            queue: FairQueue::default(),
            wakeup: Arc::default(),
            turns: CommitOrder::default(),
            ready: Mutex::new(Some(ready)),
            to_commit: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            // One may stand since before the start.
            store_down: AtomicBool::new(true),
            failing: Mutex::new(failing),
            intake_alarms,
            started: Instant::now(),
            intake_beat: AtomicU64::new(0),
            commit_beat: AtomicU64::new(0),
            answer_beat: AtomicU64::new(0),
            keeper_beat: AtomicU64::new(0),
            last_sweep: Mutex::default(),
            tls: CurrentTls::default(),
        })
    }

    /// The house as it is configured now.
    pub fn house(&self) -> Arc<House> {
        Arc::clone(&self.house.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a house in place that `make` refurnishes from the one that stands; what is under way
    /// ends in the old one. One at a time: a second begins from what the first has brought, or it
    /// would take new keys or senders back.
    ///
    /// # Errors
    /// Those of `make`: the old house stays.
    pub fn reconfigure<E>(&self, make: impl FnOnce(&House) -> Result<House, E>) -> Result<(), E> {
        self.reconfigure_if(make, |_| Ok(()))
    }

    /// The same, when `fits` says of the new house that it fits what is committed: asked while no
    /// commit is under way, and none begins in the old house after it.
    ///
    /// # Errors
    /// Those of `make` and `fits`: the old house stays.
    pub fn reconfigure_if<E>(
        &self,
        make: impl FnOnce(&House) -> Result<House, E>,
        fits: impl FnOnce(&House) -> Result<(), E>,
    ) -> Result<(), E> {
        let _alone = lock(&self.refurnishing);
        let house = Arc::new(make(&self.house())?);
        let _between = self.committing();
        fits(&house)?;
        *self.house.write().unwrap_or_else(PoisonError::into_inner) = house;
        self.wakeup.wake();
        Ok(())
    }

    /// Held by the committer for as long as a batch is committed in the house that it began with.
    pub fn committing(&self) -> MutexGuard<'_, ()> {
        lock(&self.committing)
    }

    /// Lets a claimed file be read, and committed behind those that its sender sent before.
    pub fn enqueue(&self, file: ClaimedFile) {
        self.turns.enter(&file.sender, file.id, file.size);
        self.queue.push(Job::new(file));
    }

    /// Lets a file be read again later. Those behind it wait, since they may refer to it; but not
    /// for ever.
    pub fn enqueue_again(&self, job: Job) {
        if !job.is_waited_for() {
            self.turns.leave(&job.file.sender, job.file.id, &mut |ready| self.send(ready));
        }
        // Others may be read all the while, and a disk be no reason: somebody must know which it
        // is. The original stays, and so does whatever is tried.
        if job.tries >= TRIES_TOLD && self.failing().insert(job.file.id) {
            alarms::raise(&self.house(), AlarmCode::StoreDown, &job.file.id.to_string());
        }
        self.queue.push(job);
    }

    /// Lets an archive of many documents be read when no other one is. Nothing more of its sender
    /// is claimed meanwhile, as with a large file.
    pub fn enqueue_alone(&self, file: ClaimedFile, tries: u32) {
        self.turns.grow(&file.sender, file.id);
        self.queue.put_back(file, tries);
    }

    /// Gives files that were not committed their turns back, in their order and before whatever
    /// else their senders have in flight. `files` is called while nothing goes on to the committer.
    pub fn take_back(&self, files: impl FnOnce() -> Vec<(SenderId, SubmissionId, u64)>) {
        self.turns.take_back(files);
    }

    /// Whether nothing more of this sender is to be claimed now: a large file of it is under way.
    pub fn is_held_back(&self, sender: &SenderId) -> bool {
        self.turns.has_large(sender)
    }

    /// Hands something to the committer, in its turn. Dropped while stopping: the next start finds
    /// it again.
    pub fn hand_to_committer(&self, ready: Ready) {
        self.to_commit.fetch_add(1, Ordering::Relaxed);
        let turn = match &ready.subject {
            Claimed::File(file) => Some((file.sender.clone(), file.id, file.size)),
            Claimed::Aside(_) | Claimed::Gone(_) | Claimed::Left(..) => None,
        };
        match turn {
            Some((sender, id, size)) => {
                let is_large = size > LARGE || ready.turn.is_some();
                self.turns.arrive(&sender, id, ready, &mut |ready| self.send(ready));
                if is_large {
                    // What its sender sent behind it may be claimed now.
                    self.wakeup.wake();
                }
            }
            None => self.send(ready),
        }
    }

    fn send(&self, ready: Ready) {
        let sender = lock(&self.ready);
        let sent = sender.as_ref().is_some_and(|sender| sender.send(ready).is_ok());
        if !sent {
            self.to_commit.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Says that so many were committed, or went back to the queue.
    pub fn leave_flight(&self, count: usize) {
        self.to_commit.fetch_sub(count, Ordering::Relaxed);
    }

    /// Claimed and not yet committed.
    pub fn in_flight(&self) -> usize {
        self.queue.len() + self.to_commit.load(Ordering::Relaxed)
    }

    /// Tells the threads to end.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.wakeup.wake();
    }

    /// Ends the way to the committer: it commits what it has and ends.
    pub fn hang_up(&self) {
        lock(&self.ready).take();
    }

    /// Whether the threads are to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether only a restart can go on from here.
    pub fn is_broken(&self) -> bool {
        durable::is_void()
    }

    /// Raises the alarm for a disk or store that fails.
    pub fn store_fails(&self, house: &House) {
        self.store_down.store(true, Ordering::Relaxed);
        alarms::raise(house, AlarmCode::StoreDown, "state");
    }

    /// Clears it when a batch was committed and no file waits for another try. What names a file
    /// ends when that one waits no more.
    pub fn store_works(&self, house: &House) {
        let passed: Vec<_> = self.failing().extract_if(.., |id| !self.queue.holds(*id)).collect();
        for id in passed {
            alarms::clear(house, AlarmCode::StoreDown, &id.to_string());
        }
        if !self.queue.has_postponed() && self.store_down.swap(false, Ordering::Relaxed) {
            alarms::clear(house, AlarmCode::StoreDown, "state");
        }
    }

    fn failing(&self) -> MutexGuard<'_, BTreeSet<SubmissionId>> {
        lock(&self.failing)
    }

    /// What intake has complained about.
    pub fn intake_alarms(&self) -> MutexGuard<'_, BTreeSet<(SenderId, AlarmCode)>> {
        lock(&self.intake_alarms)
    }

    /// The intake thread has gone round once more.
    pub fn beat_intake(&self) {
        self.intake_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// The committer has gone round once more.
    pub fn beat_commit(&self) {
        self.commit_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// The answering thread has gone round once more.
    pub fn beat_answer(&self) {
        self.answer_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// The housekeeping thread has gone round once more.
    pub fn beat_keeper(&self) {
        self.keeper_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// What the admin listener takes connections with from now on; with `None` it takes none.
    pub fn take_tls(&self, tls: Option<Tls>) {
        self.tls.renew(tls);
    }

    /// A sweep that began at `at` has ended well.
    pub fn swept(&self, at: Timestamp) {
        *lock(&self.last_sweep) = Some(at);
    }

    /// Whether every thread has gone round lately: what the watchdog asks. Of the readers one is
    /// enough: a file that hangs them would do so again after a new start, and while another reads,
    /// an alarm serves better.
    pub fn is_alive(&self) -> bool {
        let now = self.seconds();
        let beats = [
            (&self.intake_beat, STUCK),
            (&self.commit_beat, STUCK),
            (&self.answer_beat, STUCK),
            (&self.keeper_beat, KEEPER_STUCK),
        ];
        let goes_round = |(beat, most): (&AtomicU64, Duration)| {
            now - beat.load(Ordering::Relaxed).min(now) < most.as_secs()
        };
        // The readers of files of any size, and the one of small ones.
        let readers = self.house().config.intake.workers.get() + 1;
        beats.into_iter().all(goes_round) && self.queue.hanging(Instant::now()).len() < readers
    }

    fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

impl listener::Daemon for Shared {
    fn house(&self) -> Arc<House> {
        self.house()
    }

    fn tls(&self) -> &CurrentTls {
        &self.tls
    }

    fn told_of_socket(&self, is_there: bool) {
        let (house, code) = (self.house(), AlarmCode::ListenerDown);
        if is_there {
            alarms::clear(&house, code, NO_SOCKET);
        } else {
            alarms::raise(&house, code, NO_SOCKET);
        }
    }

    fn last_sweep(&self) -> Option<Timestamp> {
        *lock(&self.last_sweep)
    }
}

/// What intake complained about before the start: it may be put right since, and somebody must end
/// it then.
fn standing(house: &House) -> io::Result<BTreeSet<(SenderId, AlarmCode)>> {
    let alarms = house.look(|view| view.alarms())?;
    let of_intake = alarms.into_iter().filter_map(|alarm| {
        let code = AlarmKind::CODES.into_iter().find(|code| alarm.is(*code))?;
        Some((SenderId::parse(&alarm.subject).ok()?, code))
    });
    Ok(of_intake.collect())
}

/// The files that an alarm named before the start.
fn failing(house: &House) -> io::Result<BTreeSet<SubmissionId>> {
    let alarms = house.look(|view| view.alarms())?.into_iter();
    let ours = alarms.filter(|alarm| alarm.is(AlarmCode::StoreDown));
    Ok(ours.filter_map(|alarm| SubmissionId::parse(&alarm.subject).ok()).collect())
}

/// After so many tries, some four minutes, an alarm names the file.
const TRIES_TOLD: u32 = 8;
/// A thread that has not gone round for so long is stuck.
const STUCK: Duration = Duration::from_mins(5);
/// The same for housekeeping, which erases a whole registry's year in one go.
const KEEPER_STUCK: Duration = Duration::from_hours(1);
