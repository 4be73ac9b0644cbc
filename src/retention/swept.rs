//! What became of one thing that was due.

use serde::Serialize;

use crate::retention::plan::Planned;

/// What became of one thing that was due (`docs/interface.md` section 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// What was planned.
    #[serde(flatten)]
    pub planned: Planned,
    /// Whether it is gone.
    pub outcome: Outcome,
    /// Why it is not: words for an operator, never a value.
    pub reason: Option<String>,
}

/// Whether it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is gone for good.
    Erased,
    /// It is still due; an alarm tells so, and the next sweep tries again.
    Failed,
}
