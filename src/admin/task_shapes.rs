//! The shapes of the `task` verbs' answers, snake_case, as scripts rely on them.

use serde::{Deserialize, Serialize};

use crate::{
    admin::shapes::{Planned, Swept},
    catalogue::records::objects,
    retention::sweep,
};

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

impl From<sweep::Swept> for Swept {
    fn from(swept: sweep::Swept) -> Self {
        let sweep::Swept { planned, outcome, reason } = swept;
        let planned = Planned {
            object: planned.object.to_text(),
            registry: planned.registry,
            due_at: planned.due_at,
            rule: planned.rule,
            statutory_limit: planned.statutory_limit,
            held: planned.held,
        };
        let outcome = match outcome {
            sweep::Outcome::Erased => "erased",
            sweep::Outcome::Failed => "failed",
        };
        Self { planned, outcome: outcome.to_owned(), reason }
    }
}
