//! What `filsluse deliver` is given to push to inboxes, and what is told of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    admin::shapes::object::Object,
    catalogue::records::{
        outgoing::Trouble,
        pushes::{self, PushState},
    },
    types::ids::{ObjectId, RegistryId},
};

/// `PushNext`: what `filsluse deliver` is to push, if anything is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushNext {
    /// The object.
    pub push: Option<PushEntry>,
}

/// One object for an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushEntry {
    /// Which object.
    pub object: ObjectId,
    /// Which attempt this is; goes back with what came of it.
    pub attempt: u32,
}

/// What waits for an inbox, in `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushQueue {
    /// Whose inbox.
    pub registry: RegistryId,
    /// Its address.
    pub url: String,
    /// How many objects.
    pub waiting: u64,
    /// Since when the oldest of them.
    pub oldest: Option<Timestamp>,
    /// Why the newest failed attempt failed.
    pub last_error: Option<Trouble>,
}

/// One push of an object, in `object show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The inbox's address.
    pub url: String,
    /// How far it has come.
    pub state: PushState,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<Trouble>,
    /// When it was delivered, given up, or missed.
    pub done_at: Option<Timestamp>,
}

/// One object that waits for an inbox, in `push list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The object.
    pub object: ObjectId,
    /// The inbox's address.
    pub url: String,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; while an attempt is under way, when that counts as lost.
    pub next_at: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<Trouble>,
}

/// `push now`: what is tried at once, inbox by inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hurried {
    /// Whose inbox.
    pub registry: RegistryId,
    /// Its address.
    pub url: String,
    /// How many objects had been put off.
    pub objects: u64,
}

/// `push drop`: what is not delivered any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The object.
    pub object: ObjectId,
    /// The inboxes' addresses.
    pub urls: Vec<String>,
}

/// `object show`: an object, and how its pushes fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectWithPushes {
    /// The object.
    #[serde(flatten)]
    pub object: Object,
    /// Inbox by inbox; empty where its registry has none.
    #[serde(default)]
    pub pushes: Vec<Push>,
}

impl From<pushes::Push> for Push {
    fn from(row: pushes::Push) -> Self {
        let pushes::Push { url, state, queued_at, attempts, last_error, done_at, .. } = row;
        Self { url, state, queued_at, attempts, last_error, done_at }
    }
}

impl From<pushes::Push> for Queued {
    fn from(row: pushes::Push) -> Self {
        let pushes::Push { object, url, queued_at, next_at, attempts, last_error, .. } = row;
        Self { object, url, queued_at, next_at, attempts, last_error }
    }
}
