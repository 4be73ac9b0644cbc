//! What the catalogue keeps of objects on their way to a registry's inbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::outgoing::{Trouble, words},
    types::ids::{ObjectId, RegistryId},
};

/// One object for one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Which object.
    pub object: ObjectId,
    /// The inbox's address, as it is configured.
    pub url: String,
    /// Bytes of its payload.
    pub bytes: u64,
    /// How far it has come.
    pub state: PushState,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; while an attempt is under way, when that counts as lost.
    pub next_at: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<Trouble>,
    /// When it was delivered, given up, or missed.
    pub done_at: Option<Timestamp>,
    /// When the operator was told that it was missed.
    pub told_at: Option<Timestamp>,
}

/// A registry's inbox: its registry, and its address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inbox {
    /// Whose.
    pub registry: RegistryId,
    /// Its address, as it is configured.
    pub url: String,
}

/// What an inbox has earned by failing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pause {
    /// How often in a row.
    pub failures: u32,
    /// Nothing is tried before.
    pub until: Option<Timestamp>,
}

words! {
    /// How far a push has come.
    PushState {
        /// The inbox has it.
        Done = "done",
        /// An operator gave it up: it is not delivered any more.
        Dropped = "dropped",
        /// Its object was erased before any inbox had it.
        Missed = "missed",
        /// It is to be delivered.
        Waiting = "waiting",
    }
}

#[cfg(test)]
mod tests {
    use super::PushState;

    #[test]
    fn words_read_back() {
        for state in PushState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
    }
}
