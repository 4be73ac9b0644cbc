//! What can be asked and changed of the audit queue, alarms, senders and the installation: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
    },
    types::ids::SenderId,
};

/// Questions about the audit queue, alarms, senders and the installation.
pub trait OperationView {
    /// Audit entries that are not in the log yet, in order, at most `limit`.
    fn outbox(&self, limit: u32) -> Result<Vec<OutboxEntry>, CatalogueError>;

    /// The place that the next queued audit entry will get.
    fn next_audit_seq(&self) -> Result<u64, CatalogueError>;

    /// All alarms, oldest first.
    fn alarms(&self) -> Result<Vec<Alarm>, CatalogueError>;

    /// All senders that have ever sent anything, by id.
    fn senders_seen(&self) -> Result<Vec<SenderSeen>, CatalogueError>;

    /// How many submissions of a sender were concluded so far.
    fn concluded_count(&self, sender: &SenderId) -> Result<u64, CatalogueError>;

    /// What a sender has sent so far, rehearsals apart. Of one that has sent nothing, both times
    /// are since when something is expected; `None` when nothing is.
    fn sender_history(&self, sender: &SenderId) -> Result<Option<History>, CatalogueError>;

    /// Which installation this is; `None` until it is recorded.
    fn installation(&self) -> Result<Option<Installation>, CatalogueError>;

    /// Version of the schema.
    fn schema_version(&self) -> Result<u32, CatalogueError>;
}

/// Changes of the audit queue, alarms, senders and the installation.
pub trait OperationLedger {
    /// Queues an audit entry; `entry` gets the place that it will have in the log. Places have no
    /// gaps: one that is rolled back is given out again.
    fn queue_audit(&mut self, entry: &mut dyn FnMut(u64) -> Vec<u8>)
    -> Result<u64, CatalogueError>;

    /// Forgets queued entries up to and including `seq`: they are durable in the log.
    fn outbox_written(&mut self, seq: u64) -> Result<(), CatalogueError>;

    /// Lets the next entry have this place, where that is later than its own: the log beside a
    /// restored catalogue has all before it, and those that are queued.
    fn resume_audit(&mut self, next: u64) -> Result<(), CatalogueError>;

    /// Raises an alarm. `false` when it stands already; its `since` then stays, its detail is
    /// renewed.
    fn raise_alarm(
        &mut self,
        code: &str,
        subject: &str,
        at: Timestamp,
        detail: Option<&str>,
    ) -> Result<bool, CatalogueError>;

    /// Clears an alarm. `false` when it did not stand.
    fn clear_alarm(&mut self, code: &str, subject: &str) -> Result<bool, CatalogueError>;

    /// Counts one more submission of a sender.
    fn sender_seen(&mut self, sender: &SenderId, at: Timestamp) -> Result<(), CatalogueError>;

    /// Records since when something is expected of a sender; nothing changes for one that is known.
    fn sender_awaited(&mut self, sender: &SenderId, since: Timestamp)
    -> Result<(), CatalogueError>;

    /// Records which installation this is, once.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when another one is recorded.
    fn set_installation(&mut self, installation: &Installation) -> Result<(), CatalogueError>;
}
