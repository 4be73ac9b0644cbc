//! The JSON of `audit`. Fields may be added, never renamed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{digest::Sha256, ids::SubmissionId};

/// The head of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree; `None` when there is no checkpoint that can be read.
    pub root: Option<Sha256>,
    /// Time of the newest entry under the checkpoint.
    pub checkpoint_at: Option<Timestamp>,
}

/// `audit checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The signed note, verbatim.
    pub note: String,
    /// The log's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Sha256,
}

/// `audit prove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The submission.
    pub submission: SubmissionId,
    /// Number of the entry that holds its verdict.
    pub seq: u64,
    /// The entry's bytes, which the proof is about.
    pub entry: String,
    /// The C2SP proof file.
    pub proof: String,
}
