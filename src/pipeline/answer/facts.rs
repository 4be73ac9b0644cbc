//! What a receipt says that has no column of its own, kept as JSON with its submission.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::submissions::Submission,
    kinds::embassy::state::WhyHeld,
    receipt::{Erasure, Note},
    signature::Detached,
    types::key_fingerprint::KeyFingerprint,
};

/// What a receipt says beyond the columns of its submission. Kept with it, so that the same receipt
/// can be written again after a crash.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Whether the bytes were read.
    #[serde(default)]
    pub read: bool,
    /// Whether the text's encoding was assumed.
    #[serde(default)]
    pub assumed_encoding: bool,
    /// The number of the letter that the only document came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// Sentences for the sender.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What is erased when.
    #[serde(default)]
    pub erasures: Vec<Erasure>,
    /// How its receipts lie in the outbound directory.
    #[serde(default)]
    pub receipts: Form,
    /// Set aside for a fault of ours.
    #[serde(default)]
    pub quarantined: bool,
    /// Why intake refused it, for a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What lay beside it as its signature, until it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Detached>,
    /// The key that has signed it, which was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<KeyFingerprint>,
    /// The day that its list describes, to tell a newer list of a mission from an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_date: Option<Date>,
    /// Why what its list would withdraw waits for an operator, or waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_for: Option<WhyHeld>,
    /// Number of the answer.
    #[serde(default = "first")]
    pub answer: u32,
}

/// How a receipt lies in the outbound directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// To be read as it is.
    #[default]
    Plain,
    /// Encrypted to its sender.
    Sealed,
}

/// Number of a submission's first answer. A row may also say nothing, or 0.
pub const FIRST: u32 = 1;
/// Number of the answer after a verdict that has changed.
pub const SECOND: u32 = 2;

const fn first() -> u32 {
    FIRST
}

impl Facts {
    /// As the catalogue keeps it.
    pub fn into_map(self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        }
    }

    /// As the catalogue kept it.
    pub fn of(row: &Submission) -> Self {
        serde_json::from_value(serde_json::Value::Object(row.notes.clone())).unwrap_or_default()
    }

    /// [`Self::quarantined`] alone, for a batch that is answered.
    pub fn quarantined_of(row: &Submission) -> bool {
        row.notes.get("quarantined").and_then(serde_json::Value::as_bool).unwrap_or_default()
    }

    /// [`Self::list_date`] alone.
    pub fn list_date_of(row: &Submission) -> Option<Date> {
        row.notes.get("list_date").and_then(serde_json::Value::as_str)?.parse().ok()
    }

    /// [`Self::answer`] alone.
    pub fn answer_of(row: &Submission) -> u32 {
        let number = row.notes.get("answer").and_then(serde_json::Value::as_u64);
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or_else(first)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::Facts;
    use crate::{
        catalogue::records::submissions::{Inode, Submission},
        types::ids::{SenderId, SubmissionId},
    };

    #[test]
    fn one_fact_reads_as_it_reads_with_all_others() {
        let id = SubmissionId::parse("06h02qq3e3247xv1m1a3ws8m90").unwrap();
        let sender = SenderId::parse("oslo").unwrap();
        let claim = Inode { dev: 1, inode: 2 };
        let mut row = Submission::claimed(id, sender, Timestamp::UNIX_EPOCH, claim);
        let kept = |facts: Facts| facts.into_map();
        for (notes, answer, quarantined) in [
            (serde_json::Map::new(), 1, false),
            (kept(Facts::default()), 0, false),
            (kept(Facts { list_date: Some(date(2026, 11, 2)), ..Facts::default() }), 0, false),
            (kept(Facts { answer: 2, quarantined: true, ..Facts::default() }), 2, true),
        ] {
            row.notes = notes;
            let all = Facts::of(&row);
            assert_eq!((all.answer, all.quarantined), (answer, quarantined));
            assert_eq!(Facts::answer_of(&row), answer);
            assert_eq!(Facts::quarantined_of(&row), quarantined);
            assert_eq!(Facts::list_date_of(&row), all.list_date);
        }
    }
}
