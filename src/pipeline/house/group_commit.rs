//! Small changes to the catalogue that share a transaction: whoever commits takes along what waits.
//!
//! A commit is a sync of the disk, whatever it holds. While one thread is at it, others bring their
//! changes; the next to commit makes all of them durable at once. Each change is undone alone when
//! it fails, and each thread is told how its own ended, after the commit and never before.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard,
        mpsc::{self, SyncSender},
    },
};

use crate::{
    catalogue::{Catalogue, error::CatalogueError, ledger::Ledger},
    types::sync::lock,
};

/// A change that somebody else's thread may carry out.
pub type QueuedChange = Box<dyn FnOnce(&mut dyn Ledger) -> Result<(), CatalogueError> + Send>;

/// How a change ended.
type Ended = Result<(), CatalogueError>;

/// Changes that wait for a transaction.
#[derive(Default)]
pub struct ChangeQueue(Mutex<Vec<Waiting>>);

struct Waiting {
    work: QueuedChange,
    told: SyncSender<Ended>,
}

/// Changes that are part of a transaction which is not committed yet.
#[must_use = "somebody waits to be told"]
#[derive(Default)]
pub struct Applied(Vec<(SyncSender<Ended>, Ended)>);

impl ChangeQueue {
    /// Has a change made durable: in a transaction of this thread, or of another that was faster.
    ///
    /// # Errors
    /// The change's own, or the transaction's: nothing of the change has happened then.
    pub fn run(
        &self,
        catalogue: &Mutex<Box<dyn Catalogue>>,
        work: QueuedChange,
    ) -> Result<(), CatalogueError> {
        // One place: whoever tells must not wait for whoever is told.
        let (told, answer) = mpsc::sync_channel(1);
        self.waiting().push(Waiting { work, told });
        let mut catalogue = lock(catalogue);
        if let Ok(ended) = answer.try_recv() {
            return ended;
        }
        let mut applied = Applied::default();
        let ran = catalogue.transact(&mut |ledger| {
            applied = self.apply_all(ledger);
            Ok(())
        });
        applied.notify(ran.is_ok());
        drop(catalogue);
        let ended = answer.recv().unwrap_or(Err(CatalogueError::Aborted));
        // The transaction's own reason says more than that it did not come about.
        ran.and(ended)
    }

    /// Carries out what waits, inside a transaction that is about to be committed.
    pub fn apply_all(&self, ledger: &mut dyn Ledger) -> Applied {
        let waiting = std::mem::take(&mut *self.waiting());
        let carry_out = |Waiting { work, told }| {
            let mut once = Some(work);
            let ended = ledger.savepoint(&mut |ledger| match once.take() {
                Some(work) => work(ledger),
                None => Err(CatalogueError::Aborted),
            });
            (told, ended)
        };
        Applied(waiting.into_iter().map(carry_out).collect())
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        lock(&self.0)
    }
}

impl Applied {
    /// Tells each thread how its change ended, now that the transaction is over. To be called while
    /// the catalogue is still held, so that nobody begins a transaction for what is done.
    pub fn notify(self, committed: bool) {
        for (told, ended) in self.0 {
            let ended = if committed { ended } else { Err(CatalogueError::Aborted) };
            // Somebody who waits no longer needs no answer.
            let _ = told.send(ended);
        }
    }
}

impl fmt::Debug for ChangeQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeQueue").field("waiting", &self.waiting().len()).finish()
    }
}
