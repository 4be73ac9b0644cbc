//! What the catalogue knows of an object in a registry's store, from its birth to its erasure.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{
    digest::Sha256,
    ids::{ObjectId, RegistryId, SubmissionId},
    verdict::UnknownWord,
};

/// One age file, whose header lies in the catalogue and whose payload lies in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name: submission, registry, part and number.
    pub id: ObjectId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Bytes in the store.
    pub payload_bytes: u64,
    /// Digest of what lies in the store; not taken of what is long.
    pub payload_sha256: Option<Sha256>,
    /// Bytes of the plain text.
    pub plain_bytes: u64,
    /// Digest of the plain text; taken of what is kept whole only.
    pub plain_sha256: Option<Sha256>,
    /// Public keys that it was sealed to.
    pub recipients: Vec<String>,
    /// When it must be gone; `None` while nothing has started its clock.
    pub due_at: Option<Timestamp>,
    /// The rule that says so.
    pub due_rule: String,
    /// When it must be gone whatever anybody holds or configures.
    pub statutory_limit: Option<Timestamp>,
    /// Stored, held or erased.
    pub state: ObjectState,
    /// Why it is held.
    pub hold_why: Option<String>,
    /// When it was first handed out, or delivered to an inbox; `None` while nobody has it.
    pub handed_at: Option<Timestamp>,
    /// When its header was deleted: from then on nobody can read it.
    pub header_erased_at: Option<Timestamp>,
    /// When its payload was gone too.
    pub erased_at: Option<Timestamp>,
    /// The operating year that it is about, of a release (NPR-05).
    pub operating_year: Option<i16>,
}

impl Object {
    /// From when on nobody may have it any more: its deadline or its statutory limit, whichever is
    /// earlier; while it is held, its limit alone. `None` while no clock runs.
    pub fn gone_by(&self) -> Option<Timestamp> {
        let due = self.due_at.filter(|_| self.state != ObjectState::Held);
        match (due, self.statutory_limit) {
            (Some(due), Some(limit)) => Some(due.min(limit)),
            (due, limit) => due.or(limit),
        }
    }

    /// Whether nobody may have it any more at `now`, erased or not.
    pub fn is_past(&self, now: Timestamp) -> bool {
        self.gone_by().is_some_and(|gone_by| gone_by <= now)
    }
}

/// How an object fares (`docs/interface.md` section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectState {
    /// Header and payload are gone.
    Erased,
    /// Kept past its deadline by an operator, but not past a statutory limit.
    Held,
    /// In its store.
    Stored,
}

impl ObjectState {
    /// The word that JSON and the catalogue use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Held => "held",
            Self::Stored => "stored",
        }
    }
}

impl fmt::Display for ObjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ObjectState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Erased, Self::Held, Self::Stored]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// Which objects to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct ObjectFilter {
    /// Only those of this registry.
    pub registry: Option<RegistryId>,
    /// Only those of this submission.
    pub submission: Option<SubmissionId>,
    /// Only those in this state.
    pub state: Option<ObjectState>,
    /// Only those of releases about this operating year that are not erased.
    pub operating_year: Option<i16>,
    /// Only those that come after this one in the list.
    pub after: Option<ObjectId>,
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
}

/// When an object must be gone: the earlier of its deadline and its statutory limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The object.
    pub id: ObjectId,
    /// When.
    pub at: Timestamp,
    /// The rule of its deadline; empty where it has none.
    pub rule: String,
    /// When it must be gone whatever anybody holds.
    pub statutory_limit: Option<Timestamp>,
    /// Whether an operator holds it.
    pub held: bool,
}

/// How many things of a registry must be gone at the same time under the same rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineCount {
    /// The registry.
    pub registry: RegistryId,
    /// When.
    pub at: Timestamp,
    /// The rule; empty where there is none.
    pub rule: String,
    /// How many.
    pub count: u64,
}

/// The task that a registry had the releases of an operating year for is done (NPR-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDone {
    /// The registry.
    pub registry: RegistryId,
    /// The operating year.
    pub operating_year: i16,
    /// Since when.
    pub done_at: Timestamp,
    /// Who said so.
    pub done_by: String,
}

/// How many objects a registry has in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectCount {
    /// The registry.
    pub registry: RegistryId,
    /// The state.
    pub state: ObjectState,
    /// How many.
    pub objects: u64,
}
