//! The working daemon without its edges: intake, readers, committer and housekeeping, as threads
//! around one house. Starts by taking up what the last run left.

use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    audit::entry::Event,
    catalogue::{self, error::CatalogueError},
    daemon::{
        committing, housekeeping,
        queue::{Job, Queue},
        receiving::{self, Bell},
        working,
    },
    pipeline::{commit::Ready, decide, house::House, recover, trail},
    types::ids::SenderId,
};

/// What the threads share.
pub struct Shared {
    house: RwLock<Arc<House>>,
    /// Files to be read.
    pub queue: Queue,
    /// Wakes the intake thread.
    pub bell: Arc<Bell>,
    ready: Mutex<Option<Sender<Ready>>>,
    to_commit: AtomicUsize,
    stopping: AtomicBool,
    intake_alarms: Mutex<BTreeSet<(SenderId, &'static str)>>,
    started: Instant,
    intake_beat: AtomicU64,
    commit_beat: AtomicU64,
}

impl Shared {
    /// The house as it is configured now.
    pub fn house(&self) -> Arc<House> {
        Arc::clone(&self.house.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a refurnished house in place; what is under way ends in the old one.
    pub fn refurnish(&self, house: House) {
        *self.house.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(house);
        self.bell.ring();
    }

    /// Hands something to the committer. Dropped while stopping: the next start finds it again.
    pub fn commit(&self, ready: Ready) {
        let sender = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            self.to_commit.fetch_add(1, Ordering::Relaxed);
            if sender.send(ready).is_err() {
                self.to_commit.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Says that so many were committed, or went back to the queue.
    pub fn committed(&self, count: usize) {
        self.to_commit.fetch_sub(count, Ordering::Relaxed);
    }

    /// Claimed and not yet committed.
    pub fn in_flight(&self) -> usize {
        self.queue.len() + self.to_commit.load(Ordering::Relaxed)
    }

    /// Whether the threads are to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// What intake has complained about.
    pub fn intake_alarms(&self) -> MutexGuard<'_, BTreeSet<(SenderId, &'static str)>> {
        self.intake_alarms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The intake thread has gone round once more.
    pub fn beat_intake(&self) {
        self.intake_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// The committer has gone round once more.
    pub fn beat_commit(&self) {
        self.commit_beat.store(self.seconds(), Ordering::Relaxed);
    }

    /// Whether every thread has gone round lately: what the watchdog asks.
    pub fn is_alive(&self) -> bool {
        let now = self.seconds();
        let beats = [&self.intake_beat, &self.commit_beat];
        beats.iter().all(|beat| now - beat.load(Ordering::Relaxed).min(now) < STUCK.as_secs())
    }

    fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

/// The running threads.
pub struct Engine {
    shared: Arc<Shared>,
    receiver: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
    committer: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Engine {
    /// Recovers, then starts the threads.
    ///
    /// # Errors
    /// When recovery fails, or a thread cannot be started.
    pub fn start(house: House) -> io::Result<Self> {
        let house = Arc::new(house);
        let intake = receiving::open_intake(&house.config)?;
        for problem in intake.check_directories() {
            tracing::warn!(%problem, "A sender's directory is not as it should be.");
        }
        let recovered = recover::recover(&house, &intake)?;
        decide::answer_decided(&house)?;
        note(&house, Event::Started)?;
        let (sender, ready) = mpsc::channel();
        let shared = Arc::new(Shared {
            house: RwLock::new(Arc::clone(&house)),
            queue: Queue::default(),
            bell: Arc::default(),
            ready: Mutex::new(Some(sender)),
            to_commit: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            intake_alarms: Mutex::default(),
            started: Instant::now(),
            intake_beat: AtomicU64::new(0),
            commit_beat: AtomicU64::new(0),
        });
        for refused in recovered.refused {
            shared.commit(refused);
        }
        for file in recovered.files {
            shared.queue.push(Job { file, tries: 0, not_before: None });
        }
        let workers = house.config.intake.workers.get();
        let named = |name: &str| thread::Builder::new().name(name.to_owned());
        let readers = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                named("reader").spawn(move || working::run(&shared))
            })
            .collect::<io::Result<_>>()?;
        let of = Arc::clone(&shared);
        let committer = named("committer").spawn(move || committing::run(&of, &ready))?;
        let of = Arc::clone(&shared);
        let receiver = named("intake").spawn(move || receiving::run(&of, intake))?;
        let of = Arc::clone(&shared);
        let keeper = named("housekeeping").spawn(move || housekeeping::run(&of))?;
        Ok(Self {
            shared,
            receiver: Some(receiver),
            readers,
            committer: Some(committer),
            keeper: Some(keeper),
        })
    }

    /// What the threads share.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Whether a thread has ended that should not have.
    pub fn is_broken(&self) -> bool {
        let mut all =
            self.readers.iter().chain(&self.receiver).chain(&self.committer).chain(&self.keeper);
        all.any(JoinHandle::is_finished)
    }

    /// Claims no more, ends what is being read, commits and answers it, and stops. What waits in
    /// the queue is durable and taken up by the next start.
    pub fn drain(mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.bell.ring();
        join(self.receiver.take());
        self.shared.queue.close();
        self.readers.drain(..).for_each(|reader| join(Some(reader)));
        self.shared.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        join(self.committer.take());
        join(self.keeper.take());
        if let Err(error) = note(&self.shared.house(), Event::Stopped) {
            tracing::error!(%error, "Cannot note the stop in the audit log.");
        }
    }
}

fn join(thread: Option<JoinHandle<()>>) {
    if thread.is_some_and(|thread| thread.join().is_err()) {
        tracing::error!(code = "thread-panicked", "A thread ended in a panic.");
    }
}

/// Notes an event of the daemon itself.
///
/// # Errors
/// When the catalogue or the log fails.
pub fn note(house: &House, event: Event) -> io::Result<()> {
    let now = house.now();
    {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            trail::record(ledger, now, event, |entry| entry)
        })
        .map_err(|error: CatalogueError| io::Error::other(error))?;
    }
    trail::flush(house)
}

/// A thread that has not gone round for so long is stuck.
const STUCK: Duration = Duration::from_secs(300);
