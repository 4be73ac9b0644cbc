//! What can be asked and changed of pushes to registries' inboxes: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::{
            outgoing::Waiting,
            pushes::{Inbox, Pause, Push},
        },
    },
    types::ids::ObjectId,
};

/// Questions about pushes.
pub trait PushView {
    /// The inboxes that are in use, in order.
    fn inboxes(&self) -> Result<Vec<Inbox>, CatalogueError>;

    /// The pushes of an object, by inbox.
    fn pushes_of(&self, object: &ObjectId) -> Result<Vec<Push>, CatalogueError>;

    /// The push of an object to one inbox.
    fn push(&self, object: &ObjectId, url: &str) -> Result<Option<Push>, CatalogueError>;

    /// Pushes to an inbox that are to be tried at `at`, longest due first; then those that would
    /// wait `beyond` a time that none is put off to. None whose object must be gone at `at`.
    fn pushes_due(
        &self,
        inbox: &Inbox,
        at: Timestamp,
        beyond: Timestamp,
        limit: u32,
    ) -> Result<Vec<Push>, CatalogueError>;

    /// Whether an inbox is left alone for now.
    fn inbox_pause(&self, inbox: &Inbox) -> Result<Pause, CatalogueError>;

    /// What waits for an inbox.
    fn pushes_waiting(&self, inbox: &Inbox) -> Result<Waiting, CatalogueError>;

    /// What waits for an inbox one by one, what has waited longest first.
    fn pushes_queued(&self, inbox: &Inbox, limit: u32) -> Result<Vec<Push>, CatalogueError>;

    /// Pushes that were missed, and of which nobody has been told.
    fn pushes_missed(&self, limit: u32) -> Result<Vec<Push>, CatalogueError>;
}

/// Changes of pushes. The erasure of an object's header ends its waiting pushes as missed.
pub trait PushLedger {
    /// Takes an inbox into use, and queues for it what its registry has stored that it was not
    /// given before. Gives how many that are.
    fn open_inbox(&mut self, inbox: &Inbox, now: Timestamp) -> Result<u64, CatalogueError>;

    /// Takes an inbox out of use; nothing waits for it any more.
    fn close_inbox(&mut self, inbox: &Inbox) -> Result<(), CatalogueError>;

    /// Leaves an inbox alone for some time, or no longer.
    fn pause_inbox(&mut self, inbox: &Inbox, pause: Pause) -> Result<(), CatalogueError>;

    /// What waits for an inbox after a failure is due at once. Gives how many that were put off.
    fn hurry_pushes(&mut self, inbox: &Inbox, now: Timestamp) -> Result<u64, CatalogueError>;

    /// Queues an object that is there for its registry's inboxes that are in use.
    fn queue_pushes(&mut self, object: &ObjectId, now: Timestamp) -> Result<(), CatalogueError>;

    /// Replaces a push's state, attempts and times.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when it is not queued.
    fn save_push(&mut self, push: &Push) -> Result<(), CatalogueError>;
}
