//! What the `retention` and `task` verbs answer, as scripts rely on it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::objects,
    retention::{
        certificate::tally::{DestroyedKey, Line, Scope},
        swept,
    },
    types::ids::{ObjectId, RegistryId},
};

/// One erasure of `retention plan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// An object's id, or `enrolment:<registry>:<mission>:<pseudonym>`.
    pub object: String,
    /// The registry.
    pub registry: RegistryId,
    /// When it must be gone.
    pub due_at: Timestamp,
    /// The rule that says so.
    pub rule: String,
    /// When it must be gone whatever anybody holds.
    pub statutory_limit: Option<Timestamp>,
    /// Whether an operator holds it.
    pub held: bool,
}

/// One erasure of `retention run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// What was to be erased.
    #[serde(flatten)]
    pub planned: Planned,
    /// `erased` or `failed`.
    pub outcome: String,
    /// Why it failed.
    pub reason: Option<String>,
}

/// A hold that was set or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The object.
    pub object: ObjectId,
    /// Whether it is held now.
    pub held: bool,
    /// When it is erased at the latest: by statute while it is held, by its rule when not.
    pub until: Option<Timestamp>,
}

/// An operating year whose task is done.
pub type TaskRow = objects::TaskDone;

/// A task that was ended, and what became of what was kept for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEnded {
    /// Which, since when, and who said so.
    #[serde(flatten)]
    pub task: TaskRow,
    /// Objects of the year that were still there.
    pub objects: u64,
    /// What became of each.
    pub erased: Vec<Swept>,
    /// Those that are still there.
    pub waiting: u64,
    /// Why the sweep did not come to its end, if it did not.
    pub stopped: Option<String>,
}

impl From<swept::Swept> for Swept {
    fn from(swept: swept::Swept) -> Self {
        let swept::Swept { planned, outcome, reason } = swept;
        let planned = Planned {
            object: planned.object.to_text(),
            registry: planned.registry,
            due_at: planned.due_at,
            rule: planned.rule,
            statutory_limit: planned.statutory_limit,
            held: planned.held,
        };
        let outcome = match outcome {
            swept::Outcome::Erased => "erased",
            swept::Outcome::Failed => "failed",
        };
        Self { planned, outcome: outcome.to_owned(), reason }
    }
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
