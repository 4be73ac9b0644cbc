//! The JSON of `submission` and `validate`. Fields may be added, never renamed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::submissions::{self, Timings as CatalogueTimings},
    kinds::judgement::Report,
    receipt::names,
    types::{
        digest::Sha256,
        finding::Finding,
        ids::{KindId, ObjectId, SenderId, SubmissionId},
        key_fingerprint::KeyFingerprint,
        verdict::{Evidence, State, Verdict},
    },
};

/// One submission of `submission list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Who sent it.
    pub sender: SenderId,
    /// What it turned out to be.
    pub kind: Option<KindId>,
    /// How far it has come.
    pub state: State,
    /// How it was judged.
    pub verdict: Option<Verdict>,
    /// Whether it came by `test/`.
    pub rehearsal: bool,
    /// When it was claimed.
    pub received_at: Timestamp,
    /// When nothing was left to do.
    pub finished_at: Option<Timestamp>,
    /// Bytes as it came.
    pub bytes: u64,
    /// Digest as it came.
    pub sha256: Option<Sha256>,
    /// How sure it was that it is whole.
    pub evidence: Option<Evidence>,
    /// The key that has signed it, where its sender must sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<KeyFingerprint>,
    /// Records taken and not taken.
    pub records: Records,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How many findings more than those.
    pub findings_beyond: u64,
    /// The submission that brought the same bytes first.
    pub duplicate_of: Option<SubmissionId>,
    /// What was stored.
    pub objects: Vec<ObjectId>,
    /// How the receipt's name in `outbound/` ends, once it lies there. What stands before is the
    /// sender's own file name, which nobody else is told.
    pub receipt: Option<String>,
    /// When it reached each state.
    pub timings: Timings,
    /// What it was worth, in numbers; of kinds that report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

impl Submission {
    /// The shape of a catalogue row. `number`: which answer was given last; `sealed`: whether it is
    /// encrypted to the sender.
    pub fn new(
        row: submissions::Submission,
        objects: Vec<ObjectId>,
        number: u32,
        sealed: bool,
    ) -> Self {
        let published = row.receipt.published_at;
        Self {
            id: row.id,
            sender: row.sender,
            kind: row.kind,
            state: row.state,
            verdict: row.verdict,
            rehearsal: row.rehearsal,
            received_at: row.received_at,
            finished_at: row.finished_at,
            bytes: row.bytes,
            sha256: row.sha256,
            evidence: row.evidence,
            signed_by: None,
            records: Records { accepted: row.records.accepted, rejected: row.records.rejected },
            findings: row.findings,
            findings_beyond: row.findings_beyond,
            duplicate_of: row.duplicate_of,
            objects,
            receipt: published.map(|_| names::ending(row.id, number, sealed)),
            timings: row.timings.into(),
            // A report of another version is left out rather than refusing the whole answer.
            report: row.report.and_then(|report| serde_json::from_value(report).ok()),
        }
    }
}

/// Records taken and not taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Taken.
    pub accepted: u64,
    /// Not taken.
    pub rejected: u64,
}

/// When a submission reached each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Recorded as ours.
    pub claimed_at: Option<Timestamp>,
    /// Its objects were cipher text.
    pub sealed_at: Option<Timestamp>,
    /// Its objects were durable.
    pub stored_at: Option<Timestamp>,
    /// Its receipt was published.
    pub answered_at: Option<Timestamp>,
    /// Nothing was left to do.
    pub done_at: Option<Timestamp>,
}

impl From<CatalogueTimings> for Timings {
    fn from(times: CatalogueTimings) -> Self {
        let CatalogueTimings { claimed_at, sealed_at, stored_at, answered_at, done_at } = times;
        Self { claimed_at, sealed_at, stored_at, answered_at, done_at }
    }
}

/// `submission show`: a submission with what happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmissionWithEvents {
    /// The submission.
    #[serde(flatten)]
    pub submission: Submission,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Something that happened to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: String,
    /// The audit entry that says the same.
    pub audit_seq: Option<u64>,
}

impl From<submissions::Event> for Event {
    fn from(event: submissions::Event) -> Self {
        Self { at: event.at, event: event.event, audit_seq: event.audit_seq }
    }
}

/// `validate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// How it would be judged.
    pub verdict: Option<Verdict>,
    /// What it turned out to be.
    pub kind: Option<KindId>,
    /// How sure it would be that it is whole.
    pub evidence: Option<Evidence>,
    /// The key that has signed it, where its sender must sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<KeyFingerprint>,
    /// Records that would be taken and not.
    pub records: Records,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How many findings more than those.
    pub findings_beyond: u64,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Submission, SubmissionWithEvents};
    use crate::{
        catalogue::records::submissions::{Inode, Submission as Row},
        types::ids::{SenderId, SubmissionId},
    };

    fn row() -> Row {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let claim = Inode { dev: 1, inode: 2 };
        Row::claimed(id, SenderId::parse("oslo").unwrap(), Timestamp::UNIX_EPOCH, claim)
    }

    #[test]
    fn a_submission_has_the_fields_that_scripts_rely_on() {
        let shape = Submission::new(row(), Vec::new(), 1, false);
        let json = serde_json::to_value(&shape).unwrap();
        for field in [
            "id",
            "sender",
            "kind",
            "state",
            "verdict",
            "rehearsal",
            "received_at",
            "finished_at",
            "bytes",
            "sha256",
            "evidence",
            "records",
            "findings",
            "objects",
            "receipt",
        ] {
            assert!(json.get(field).is_some(), "{field}");
        }
        assert_eq!(json["received_at"], "1970-01-01T00:00:00Z");
        assert_eq!(json["records"], serde_json::json!({"accepted": 0, "rejected": 0}));
        assert_eq!(json["verdict"], serde_json::Value::Null);
        assert!(json.get("sealed_name").is_none() && json.get("claim").is_none());
        let with_events = SubmissionWithEvents { submission: shape, events: Vec::new() };
        let json = serde_json::to_value(&with_events).unwrap();
        assert_eq!(json["sender"], "oslo");
        assert_eq!(serde_json::from_value::<SubmissionWithEvents>(json).unwrap(), with_events);
    }

    #[test]
    fn a_receipt_is_named_once_it_lies_there_and_by_its_number() {
        let mut row = row();
        assert_eq!(Submission::new(row.clone(), Vec::new(), 1, true).receipt, None);
        row.receipt.published_at = Some(Timestamp::UNIX_EPOCH);
        let zeroes = "0".repeat(26);
        for (number, sealed, want) in [
            (1, false, ".receipt.xml"),
            (2, false, ".2.receipt.xml"),
            (1, true, ".receipt.xml.age"),
            (2, true, ".2.receipt.xml.age"),
        ] {
            let receipt = Submission::new(row.clone(), Vec::new(), number, sealed).receipt;
            assert_eq!(receipt, Some(format!("{zeroes}{want}")));
        }
    }
}
