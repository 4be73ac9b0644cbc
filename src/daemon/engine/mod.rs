//! The working daemon without its edges: intake, readers, committer and housekeeping, as threads
//! around one house. Starts by taking up what the last run left.

pub mod answering;
pub mod commit_order;
pub mod committing;
pub mod fair_queue;
pub mod housekeeping;
pub mod low_disk;
pub mod patience;
pub mod receiving;
pub mod shared;
pub mod wakeup;
pub mod working;

use std::{
    io,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use crate::{
    audit::entry::Event,
    audited,
    daemon::engine::{fair_queue::SMALL, shared::Shared},
    pipeline::{audit_queue, house::House, recover, upkeep::clock},
};

/// The running threads.
pub struct Engine {
    shared: Arc<Shared>,
    receiver: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
    committer: Option<JoinHandle<()>>,
    answerer: Option<JoinHandle<()>>,
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
        let (before, _) = clock::hold(&house)?;
        let recovered = recover::recover(&house, &intake)?;
        // Answered by the committer: one sender's directory does not keep the house from opening.
        house.pending.mark_decisions_pending();
        house.pending.mark_dispatches_pending();
        note(&house, Event::Started)?;
        let (sender, ready) = mpsc::channel();
        let (committed, to_answer) = mpsc::channel();
        let shared = Arc::new(Shared::new(Arc::clone(&house), sender)?);
        for refused in recovered.refused {
            shared.hand_to_committer(refused);
        }
        for file in recovered.files {
            shared.enqueue(file);
        }
        let workers = house.config.intake.workers.get();
        let named = |name: &str| thread::Builder::new().name(name.to_owned());
        // However many large files are being read, small ones have a reader of their own.
        let readers = (0..workers)
            .map(|_| ("reader", u64::MAX))
            .chain([("small-reader", SMALL)])
            .map(|(name, most)| {
                let shared = Arc::clone(&shared);
                named(name).spawn(move || working::run(&shared, most))
            })
            .collect::<io::Result<_>>()?;
        let of = Arc::clone(&shared);
        let committer =
            named("committer").spawn(move || committing::run(&of, &ready, &committed))?;
        let of = Arc::clone(&shared);
        let answerer = named("answering").spawn(move || answering::run(&of, &to_answer))?;
        let of = Arc::clone(&shared);
        let receiver = named("intake").spawn(move || receiving::run(&of, intake, house))?;
        let of = Arc::clone(&shared);
        let keeper = named("housekeeping").spawn(move || housekeeping::run(&of, before))?;
        Ok(Self {
            shared,
            receiver: Some(receiver),
            readers,
            committer: Some(committer),
            answerer: Some(answerer),
            keeper: Some(keeper),
        })
    }

    /// What the threads share.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Whether only a new start can help: a thread has ended that should not have, or the disk
    /// failed.
    pub fn is_broken(&self) -> bool {
        let single = [&self.receiver, &self.committer, &self.answerer, &self.keeper];
        let mut all = self.readers.iter().chain(single.into_iter().flatten());
        self.shared.is_broken() || all.any(JoinHandle::is_finished)
    }

    /// Claims no more, ends what is being read, commits and answers it, and stops. What waits in
    /// the queue is durable and taken up by the next start.
    pub fn drain(mut self) {
        self.shared.stop();
        join(self.receiver.take());
        self.shared.queue.close();
        self.readers.drain(..).for_each(|reader| join(Some(reader)));
        self.shared.hang_up();
        join(self.committer.take());
        join(self.answerer.take());
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
    house.transact(|ledger| audited::record(ledger, now, event, |entry| entry))?;
    audit_queue::flush(house)
}
