//! What the operator's side of the house keeps: alarms, senders last seen, audit entries on their
//! way to the log, and which installation this is.

use jiff::Timestamp;
use serde::Serialize;

use crate::types::{alarm::AlarmCode, ids::SenderId};

/// Something an operator must know until it is cleared. Code and subject together are its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Stable code, such as `low-disk`: an [`AlarmCode`], or one of a newer version.
    pub code: String,
    /// What it is about: a sender, a registry, a submission or an object, by its printable id.
    pub subject: String,
    /// When it was first raised.
    pub since: Timestamp,
    /// Key of the words that explain it. Never a value.
    pub detail: Option<String>,
}

impl Alarm {
    /// Whether it is one of these.
    pub fn is(&self, code: AlarmCode) -> bool {
        self.code == code.as_str()
    }
}

/// When a sender was heard of last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SenderSeen {
    /// The sender.
    pub sender: SenderId,
    /// When its last submission was received.
    pub last_received_at: Timestamp,
    /// How many submissions it has sent.
    pub count: u64,
}

/// What a sender has sent so far, as far as it decides what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// When its first submission was received, or since when it was waited for, whichever was
    /// earlier.
    pub first: Timestamp,
    /// When the last one was that was taken, or that repeated one; of a sender that has sent none,
    /// the same as `first`.
    pub last: Timestamp,
    /// The service years that it has sent annual submissions of, in order, and of each whether one
    /// of them does not say of itself that it is incomplete.
    pub years: Vec<(i16, bool)>,
}

/// An audit entry that waits to be appended to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place in the log, from 0, without gaps.
    pub seq: u64,
    /// The entry as the log will hold it.
    pub bytes: Vec<u8>,
}

/// Which installation this catalogue belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Installation {
    /// Its id, drawn once.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
}
