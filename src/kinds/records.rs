//! How many records of a submission were taken, and what that makes of it.

use crate::types::{finding::Findings, rule::Severity, verdict::Verdict};

/// How many records of a document were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Records {
    /// Taken.
    pub accepted: u64,
    /// Not taken.
    pub rejected: u64,
}

impl Records {
    /// The verdict that these counts and the findings add up to. `held`: whether a part of what is
    /// taken waits for somebody.
    pub fn verdict(self, findings: &Findings, held: bool) -> Verdict {
        let is_lost = self.rejected > 0 && self.accepted == 0;
        if is_lost || findings.worst() == Some(Severity::RejectFile) {
            Verdict::Rejected
        } else if held {
            Verdict::Held
        } else if self.rejected > 0 {
            Verdict::Partly
        } else {
            Verdict::Accepted
        }
    }
}
