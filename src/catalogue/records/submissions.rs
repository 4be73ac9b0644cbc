//! What the catalogue knows of a submission: where it is, how it was judged, what it was answered.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::types::{
    digest::Sha256,
    finding::Finding,
    ids::{KindId, SenderId, SubmissionId},
    rule::Language,
    verdict::{Evidence, State, Verdict},
};

/// One file that came.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Its id, drawn at the claim.
    pub id: SubmissionId,
    /// Who sent it.
    pub sender: SenderId,
    /// What it says that it is; `None` until recognised.
    pub kind: Option<KindId>,
    /// How far it has come.
    pub state: State,
    /// How it was judged; `None` until then.
    pub verdict: Option<Verdict>,
    /// Whether it came by the `test/` directory: answered, never stored.
    pub rehearsal: bool,
    /// When we saw it complete; retention counts from here.
    pub received_at: Timestamp,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
    /// Bytes of the file as it came.
    pub bytes: u64,
    /// Digest of the file as it came; `None` until the pass has ended.
    pub sha256: Option<Sha256>,
    /// How sure we were that it had arrived whole.
    pub evidence: Option<Evidence>,
    /// Records taken and not taken.
    pub records: RecordCounts,
    /// Findings kept one by one, at most [`crate::types::finding::Findings::MOST`].
    pub findings: Vec<Finding>,
    /// How many more findings there were.
    pub findings_beyond: u64,
    /// The submission that brought the same bytes first (IN-03).
    pub duplicate_of: Option<SubmissionId>,
    /// The sender's file name as cipher text; `None` once nobody needs it.
    pub sealed_name: Option<SealedName>,
    /// The claimed file.
    pub claim: Inode,
    /// Digest that a manifest beside the file named.
    pub manifest_sha256: Option<Sha256>,
    /// Language of the receipt.
    pub language: Option<Language>,
    /// What is known of its receipt.
    pub receipt: Receipt,
    /// Facts for the receipt, such as `effective-from`. Never a value of a field.
    pub notes: serde_json::Map<String, serde_json::Value>,
    /// What it was worth, for the register's quality work: counts, for kinds that report it.
    pub report: Option<serde_json::Value>,
    /// When it reached each state.
    pub timings: Timings,
}

impl Submission {
    /// A submission at its claim: everything that is not known yet is empty.
    pub fn claimed(
        id: SubmissionId,
        sender: SenderId,
        received_at: Timestamp,
        claim: Inode,
    ) -> Self {
        Self {
            id,
            sender,
            kind: None,
            state: State::Claimed,
            verdict: None,
            rehearsal: false,
            received_at,
            finished_at: None,
            bytes: 0,
            sha256: None,
            evidence: None,
            records: RecordCounts::default(),
            findings: Vec::new(),
            findings_beyond: 0,
            duplicate_of: None,
            sealed_name: None,
            claim,
            manifest_sha256: None,
            language: None,
            receipt: Receipt::default(),
            notes: serde_json::Map::new(),
            report: None,
            timings: Timings { claimed_at: Some(received_at), ..Timings::default() },
        }
    }
}

/// Records of a submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RecordCounts {
    /// Taken.
    pub accepted: u64,
    /// Not taken.
    pub rejected: u64,
}

/// The sender's file name, encrypted by the pipeline; opaque here.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedName(pub Vec<u8>);

impl fmt::Debug for SealedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedName(…)")
    }
}

/// Which file was claimed, so that a restart knows it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inode {
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub inode: u64,
}

/// What is known of a submission's receipt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The audit entry that it names.
    pub audit_seq: Option<u64>,
    /// When it lay complete in the sender's outbound directory.
    pub published_at: Option<Timestamp>,
}

/// When a submission reached each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Timings {
    /// Recorded as ours.
    pub claimed_at: Option<Timestamp>,
    /// Its objects were cipher text.
    pub sealed_at: Option<Timestamp>,
    /// Its objects were durable in their stores.
    pub stored_at: Option<Timestamp>,
    /// Its receipt was published.
    pub answered_at: Option<Timestamp>,
    /// Nothing was left to do.
    pub done_at: Option<Timestamp>,
}

/// Something that happened to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The submission.
    pub submission: SubmissionId,
    /// When.
    pub at: Timestamp,
    /// What, in words of ours.
    pub event: String,
    /// The audit entry that says the same.
    pub audit_seq: Option<u64>,
}

/// Which submissions to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct SubmissionFilter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this sender.
    pub sender: Option<SenderId>,
    /// Only those received at this time or later.
    pub since: Option<Timestamp>,
    /// Only those of which something was refused: the whole, or records.
    pub refused: bool,
    /// Only those whose claim names one of these inodes.
    pub inodes: Option<Vec<u64>>,
    /// Only those that come after this one in the list.
    pub after: Option<(Timestamp, SubmissionId)>,
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
}

/// How many submissions of one kind were judged alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionTotal {
    /// The kind; `None` for what was not recognised.
    pub kind: Option<KindId>,
    /// The verdict; `None` while there is none.
    pub verdict: Option<Verdict>,
    /// Whether they came by `test/`.
    pub rehearsal: bool,
    /// How many.
    pub count: u64,
    /// Their bytes as they came.
    pub bytes: u64,
    /// Their records.
    pub records: RecordCounts,
    /// How many have a published receipt.
    pub receipts: u64,
}

/// What is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Claimed, not sealed.
    pub claimed: u64,
    /// Sealed, not stored.
    pub sealed: u64,
    /// Stored, not answered.
    pub stored: u64,
    /// Answered, not tidied up.
    pub answered: u64,
    /// Waiting for an operator.
    pub held: u64,
}
