//! What a look at the inbound directories gives: what may be claimed, what is to be refused, and what
//! keeps files from being taken.

use std::{io, time::Duration};

use crate::{
    intake::{
        directory::{EntryKind, Seen},
        name::SenderFileName,
        refusal::RefusalReason,
    },
    signature::Detached,
    types::{alarm::AlarmCode, digest::Sha256, ids::SenderId, verdict::Evidence},
};

/// A file that may be claimed.
#[derive(Debug)]
pub struct Ready {
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lies in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// Bytes.
    pub size: u64,
    /// How sure we are that it is whole.
    pub evidence: Evidence,
    /// The digest that its manifest names.
    pub manifest: Option<Sha256>,
    /// The signature beside it, which says that it is by one of the sender's keys.
    pub signature: Option<Detached>,
    pub(super) seen: Seen,
}

/// A thing that is to be refused, with a receipt.
#[derive(Debug)]
pub struct Refusal {
    /// Whose it is.
    pub sender: SenderId,
    /// Whether it lies in `inbound/test`.
    pub rehearsal: bool,
    /// The sender's name for it.
    pub name: SenderFileName,
    /// What it is.
    pub kind: EntryKind,
    /// Why.
    pub why: RefusalReason,
    pub(super) seen: Seen,
}

impl Refusal {
    /// Its inode.
    pub fn inode(&self) -> u64 {
        self.seen.ino
    }

    /// When it was last changed in any way, by the system's clock; nanoseconds since 1970.
    pub fn changed_at(&self) -> i128 {
        self.seen.ctime
    }
}

/// What one look at all inbound directories found.
#[derive(Debug)]
pub struct Looked {
    /// What may be claimed, senders in turn, each sender's oldest first.
    pub ready: Vec<Ready>,
    /// What is to be refused.
    pub refused: Vec<Refusal>,
    /// What keeps senders' files from being taken, as of now.
    pub alarms: Vec<Alarm>,
    /// How many things were left for lack of budget. When it is not 0, look again as soon as there
    /// is budget.
    pub left: usize,
    /// When to look again if nothing is heard before; on the caller's monotonic clock.
    pub next_look: Duration,
}

/// Something that keeps a sender's files from being taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Whose.
    pub sender: SenderId,
    /// What.
    pub what: AlarmKind,
}

/// What keeps files from being taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmKind {
    /// A claim failed; tried again later.
    CannotClaim(io::ErrorKind),
    /// An inbound directory cannot be listed; tried again at each rescan.
    CannotList(io::ErrorKind),
    /// The claimed directory is on another file system: stopped until the next start.
    CrossDevice,
}

impl AlarmKind {
    /// The codes of all of them.
    pub const CODES: [AlarmCode; 3] =
        [AlarmCode::Exdev, AlarmCode::UnclaimableInbox, AlarmCode::UnlistableInbox];

    /// What the operator is told.
    pub const fn code(self) -> AlarmCode {
        match self {
            Self::CannotClaim(_) => AlarmCode::UnclaimableInbox,
            Self::CannotList(_) => AlarmCode::UnlistableInbox,
            Self::CrossDevice => AlarmCode::Exdev,
        }
    }
}
