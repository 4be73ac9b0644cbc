//! The JSON that scripts rely on (`interface.md` section 10). Fields may be added, never renamed.
//!
//! Separate from the catalogue's own records, so that a column can change without breaking anybody.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    admin::police_shapes::Police,
    catalogue::{
        keys::{MissionCode, PersonKey},
        records::{
            archive::Trouble,
            enrolments::{self, EnrolmentState},
            objects::{self, ObjectState},
            submissions::{self, Timings as CatalogueTimings},
        },
    },
    kinds::Report,
    retention::certificate::{
        Scope,
        tally::{DestroyedKey, Line},
    },
    types::{
        case_number::CaseNumber,
        digest::Sha256,
        finding::Finding,
        ids::{KindId, ObjectId, Part, RegistryId, SenderId, SubmissionId},
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
    /// The shape of a catalogue row. `number`: which answer was given last.
    pub fn new(row: submissions::Submission, objects: Vec<ObjectId>, number: u32) -> Self {
        let published = row.receipt.published_at;
        let answer = if number > 1 { format!(".{number}") } else { String::new() };
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
            records: Records { accepted: row.records.accepted, rejected: row.records.rejected },
            findings: row.findings,
            findings_beyond: row.findings_beyond,
            duplicate_of: row.duplicate_of,
            objects,
            receipt: published.map(|_| format!("{}{answer}.receipt.xml", row.id)),
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

/// One object of `object list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its id.
    pub id: ObjectId,
    /// Its registry.
    pub registry: RegistryId,
    /// The submission that it came from.
    pub submission: SubmissionId,
    /// What part of it.
    pub part: Part,
    /// When it was made.
    pub created_at: Timestamp,
    /// Bytes in the store.
    pub payload_bytes: u64,
    /// Digest of what lies in the store; not taken of what is long.
    pub payload_sha256: Option<Sha256>,
    /// Public keys that open it.
    pub recipients: Vec<String>,
    /// When it must be gone.
    pub due_at: Option<Timestamp>,
    /// The rule that says so.
    pub rule: String,
    /// When it must be gone whatever anybody holds.
    pub statutory_limit: Option<Timestamp>,
    /// Stored, held or erased.
    pub state: ObjectState,
    /// Why it is held.
    pub hold_why: Option<String>,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
}

impl From<objects::Object> for Object {
    fn from(row: objects::Object) -> Self {
        Self {
            registry: row.id.registry.clone(),
            submission: row.id.submission,
            part: row.id.part,
            id: row.id,
            created_at: row.created_at,
            payload_bytes: row.payload_bytes,
            payload_sha256: row.payload_sha256,
            recipients: row.recipients,
            due_at: row.due_at,
            rule: row.due_rule,
            statutory_limit: row.statutory_limit,
            state: row.state,
            hold_why: row.hold_why,
            erased_at: row.erased_at,
        }
    }
}

/// `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Whether no grave alarm stands.
    pub healthy: bool,
    /// Version of the program that answers.
    pub version: String,
    /// Whether the daemon answered; else its directory was read.
    pub running: bool,
    /// When this was so.
    pub at: Timestamp,
    /// What is under way.
    pub queue: Queue,
    /// Everybody who may send, and everybody who ever did.
    pub senders: Vec<Sender>,
    /// What is erased in the next thirty days, and what is past its day.
    pub deadlines: Vec<Deadline>,
    /// What waits for the case archive; where one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<ArchiveQueue>,
    /// The exchange with the police.
    #[serde(default)]
    pub police: Police,
    /// What an operator must know.
    pub alarms: Vec<Alarm>,
    /// The audit log.
    pub audit: AuditHead,
}

/// What waits for the case archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveQueue {
    /// How many entries.
    pub waiting: u64,
    /// Since when the oldest of them.
    pub oldest: Option<Timestamp>,
    /// Why the newest failed attempt failed.
    pub last_error: Option<Trouble>,
}

/// `ArchiveNext`: what `filsluse deliver` is to enter, if anything is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveNext {
    /// The entry.
    pub errand: Option<Errand>,
}

/// One entry for the case archive. All that leaves for it stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// What it is called: its `ExternalId` there.
    pub reference: SubmissionId,
    /// Which attempt this is; goes back with what came of it.
    pub attempt: u32,
    /// The case that must exist; without it, one is made.
    pub case: Option<CaseNumber>,
    /// The day on which it was shared.
    pub date: Date,
    /// The police district's name.
    pub district: String,
}

/// What is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// One sender in `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Its id.
    pub id: SenderId,
    /// Its name; `None` for one that is not configured any more.
    pub name: Option<String>,
    /// When its last submission came.
    pub last_received_at: Option<Timestamp>,
    /// By when the next one is expected.
    pub expected_at: Option<Timestamp>,
    /// Whether that and the grace after it have passed.
    pub overdue: bool,
    /// How many it has sent.
    pub submissions: u64,
    /// Whom to write to when it is overdue.
    #[serde(default)]
    pub contact: Option<String>,
}

/// Things that must be gone at the same time under the same rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deadline {
    /// When.
    pub due_at: Timestamp,
    /// In which registry.
    pub registry: RegistryId,
    /// `object` or `enrolment`.
    pub what: String,
    /// The rule; empty for enrolments, whose rule stands in `retention plan`.
    pub rule: String,
    /// How many.
    pub count: u64,
}

/// One standing alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Stable code.
    pub code: String,
    /// When it was raised.
    pub since: Timestamp,
    /// What it is about.
    pub subject: String,
    /// Whether it makes the installation unhealthy.
    pub grave: bool,
    /// Key of further words; never a value.
    pub detail: Option<String>,
    /// Whom to write to, where it is the sender who must see to it.
    pub contact: Option<String>,
}

/// An alarm that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Its code.
    pub code: String,
    /// What it was about.
    pub subject: String,
}

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

/// One enrolment of `enrolment list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The registry.
    pub registry: RegistryId,
    /// Who enrolled the person.
    pub mission: MissionCode,
    /// The person's pseudonym.
    pub person: PersonKey,
    /// The pseudonym of the person whose household this one belongs to.
    pub principal: Option<PersonKey>,
    /// Enrolled or withdrawn.
    pub state: EnrolmentState,
    /// Date of the list that enrolled the person.
    pub enrolled_since: Date,
    /// From when it counts.
    pub effective_from: Date,
    /// When a list last confirmed it.
    pub confirmed_at: Timestamp,
    /// When the person was withdrawn.
    pub withdrawn_on: Option<Date>,
    /// When this record must be gone.
    pub erase_at: Option<Timestamp>,
    /// Whether an operator should look (EMB-11).
    pub review: bool,
    /// The submission that changed it last.
    pub submission: SubmissionId,
}

impl From<enrolments::Enrolment> for Enrolment {
    fn from(row: enrolments::Enrolment) -> Self {
        Self {
            registry: row.registry,
            mission: row.mission,
            person: row.person,
            principal: row.principal,
            state: row.state,
            enrolled_since: row.enrolled_since,
            effective_from: row.effective_from,
            confirmed_at: row.confirmed_at,
            withdrawn_on: row.withdrawn_on,
            erase_at: row.erase_at,
            review: row.review,
            submission: row.submission,
        }
    }
}

/// One list of `enrolment pending`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The list; what `approve` and `refuse` take.
    pub submission: SubmissionId,
    /// The registry.
    pub registry: RegistryId,
    /// The mission.
    pub mission: MissionCode,
    /// Since when it waits.
    pub held_at: Timestamp,
    /// How many persons it would withdraw.
    pub withdrawals: u64,
    /// How many persons the mission has enrolled now.
    pub enrolled: u64,
}

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The list.
    pub submission: SubmissionId,
    /// Whether its withdrawals were let through.
    pub approved: bool,
    /// How many persons were withdrawn.
    pub withdrawn: u64,
    /// The objects that tell the registry.
    pub objects: Vec<ObjectId>,
}

/// `retention certificate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The signed note, verbatim: the certificate itself.
    pub note: String,
    /// What it is about.
    pub scope: Scope,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// What was erased.
    pub erased: Vec<Line>,
    /// Keys of headers that were destroyed.
    pub keys: Vec<DestroyedKey>,
    /// How many entries the log had.
    pub entries: u64,
    /// The first and the last entry that count.
    pub counted: Option<(u64, u64)>,
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

/// A key that was made, in `keys generate` and `keys rotate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyMade {
    /// Whose.
    pub registry: RegistryId,
    /// Which of its keys.
    pub epoch: u32,
    /// Whether pseudonyms are made with it already.
    pub in_use: bool,
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
        catalogue::records::submissions::{ClaimedFile, Submission as Row},
        types::ids::{SenderId, SubmissionId},
    };

    fn row() -> Row {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let claim = ClaimedFile { dev: 1, inode: 2 };
        Row::claimed(id, SenderId::parse("oslo").unwrap(), Timestamp::UNIX_EPOCH, claim)
    }

    #[test]
    fn a_submission_has_the_fields_that_scripts_rely_on() {
        let shape = Submission::new(row(), Vec::new(), 1);
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
        assert_eq!(Submission::new(row.clone(), Vec::new(), 1).receipt, None);
        row.receipt.published_at = Some(Timestamp::UNIX_EPOCH);
        let zeroes = "0".repeat(26);
        for (number, want) in [(1, ""), (2, ".2")] {
            let receipt = Submission::new(row.clone(), Vec::new(), number).receipt;
            assert_eq!(receipt, Some(format!("{zeroes}{want}.receipt.xml")));
        }
    }
}
