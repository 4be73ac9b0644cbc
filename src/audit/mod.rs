//! The tamper-evident log: entries, Merkle tree, signed checkpoints. Never holds personal data.
//!
//! C2SP `tlog-tiles` on plain files: leaves and nodes are hashed per RFC 6962, checkpoints are
//! signed notes, so that tools that are not ours can check it. The pure part is `entry`, `merkle`,
//! `edge`, `note` and `proof`; the part with files is `tiles`, `log` and `verify`.

pub mod edge;
pub mod entry;
pub mod log;
pub mod merkle;
pub mod note;
pub mod proof;
mod recovery;
pub mod report;
pub mod tiles;
pub mod verify;

use std::io;

use crate::{audit::note::NoteError, durable::DurableError};

/// What went wrong with the audit log. All of them stop the daemon but a full disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// Another process has it open for writing.
    #[error("the audit log is in use by another process; stop that one first")]
    Busy,
    /// Tiles and checkpoint do not fit each other.
    #[error("the audit log is damaged ({what}); run `filsluse audit verify` and restore a copy")]
    Damaged {
        /// What does not fit.
        what: &'static str,
    },
    /// Making it durable failed.
    #[error("cannot make the audit log durable")]
    Durable(#[from] DurableError),
    /// An entry is longer than the format can say.
    #[error("an audit entry is longer than 65535 bytes; this is a bug, report it")]
    EntryTooLong,
    /// Reading or writing failed.
    #[error("cannot {doing}; check the disk and the rights of the audit directory")]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The log was begun with another key or name.
    #[error("the audit log belongs to another key or installation; put the right key back")]
    KeyChanged,
    /// The log does not go so far.
    #[error("the audit log has no entry or size of that number; `audit checkpoint` shows its size")]
    NoSuchEntry,
    /// A checkpoint is not what it should be.
    #[error("a checkpoint of the audit log does not verify")]
    Note(#[from] NoteError),
    /// Entries do not follow the last one, or differ from those that have their numbers.
    #[error(
        "what is to be logged does not follow the audit log: catalogue and log have different \
         histories; stop here, keep both as they are, and put back the pair that belongs together"
    )]
    OutOfOrder,
    /// The log no longer extends a checkpoint that was shown.
    #[error("the audit log was rolled back or rewritten; restore the newest copy, delete nothing")]
    RolledBack,
}

/// Kept whole within it: [`io::Error::get_ref`] gives it back.
impl From<AuditError> for io::Error {
    fn from(error: AuditError) -> Self {
        Self::other(error)
    }
}

impl AuditError {
    fn io(doing: &'static str, source: io::Error) -> Self {
        Self::Io { doing, source }
    }

    /// Whether the log itself is not what it was: somebody has changed it, or a bad disk. Not what
    /// the system refuses, which waiting or room may heal.
    pub fn is_broken(&self) -> bool {
        match self {
            Self::Busy | Self::Durable(_) | Self::Io { .. } => false,
            // No entry that we make is too long, and none that is missing is asked for: those two
            // are faults of ours, after which nothing can be logged, and nothing else would tell of
            // them.
            Self::Damaged { .. }
            | Self::EntryTooLong
            | Self::KeyChanged
            | Self::NoSuchEntry
            | Self::Note(_)
            | Self::OutOfOrder
            | Self::RolledBack => true,
        }
    }

    /// Whether waiting for free space may help.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Durable(error) => error.is_full(),
            Self::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }
}

/// The newest signed checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The key that others check the log with.
pub const VERIFIER_KEY: &str = "audit.vkey";
/// One checkpoint a day.
pub const KEPT_DIR: &str = "checkpoints";
