//! The JSON of `status` (`docs/interface.md` section 10). Fields may be added, never renamed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    admin::shapes::{audit::AuditHead, police::Police, push::PushQueue},
    catalogue::records::outgoing::Trouble,
    types::ids::{RegistryId, SenderId},
};

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
    /// What waits for inboxes of registries; where any are configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pushes: Vec<PushQueue>,
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
    /// Whether anything is overdue.
    pub overdue: bool,
    /// Each thing that is expected, the most pressing first.
    #[serde(default)]
    pub awaited: Vec<Awaited>,
    /// How many it has sent.
    pub submissions: u64,
    /// Whom to write to when it is overdue.
    #[serde(default)]
    pub contact: Option<String>,
    /// What lies in its inbound directory and is not taken yet, for more than a minute; `null`
    /// where nothing does, or no daemon runs.
    #[serde(default)]
    pub waiting: Option<Waiting>,
}

/// Files that wait for their rename, for better evidence, or to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// Since when the first of them has not changed; a restart of the daemon counts anew.
    pub since: Timestamp,
}

/// One thing that is expected of a sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The service year whose annual submission it is; `None` for anything within the period.
    pub service_year: Option<i16>,
    /// By when.
    pub expected_at: Timestamp,
    /// Whether that and the grace after it have passed.
    pub overdue: bool,
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
