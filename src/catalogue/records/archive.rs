//! What the catalogue keeps of entries for the case archive. Nothing of a request's content: a
//! case, an id of ours, times, and closed words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::outgoing::{Trouble, words},
    types::{
        case_number::CaseNumber,
        guid::Guid,
        ids::{SenderId, SubmissionId},
    },
};

/// An entry that the case archive is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveJob {
    /// The exchange that it is about.
    pub exchange: Guid,
    /// What the exchange is called, here and as `ExternalId` in the archive.
    pub reference: SubmissionId,
    /// The submission that brought it, where one did.
    pub submission: Option<SubmissionId>,
    /// The police district.
    pub district: SenderId,
    /// When it was shared.
    pub at: Timestamp,
    /// The case that must exist; `None` where the archive makes one.
    pub asked_case: Option<CaseNumber>,
    /// How far it has come.
    pub state: JobState,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next; while an attempt is under way, when that counts as lost.
    pub next_at: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub last_error: Option<Trouble>,
    /// When it was done or refused.
    pub done_at: Option<Timestamp>,
    /// The case, as the archive has it.
    pub case_number: Option<CaseNumber>,
    /// The document, as the archive has it.
    pub document_number: Option<String>,
    /// When the hospital was told that it is refused.
    pub told_at: Option<Timestamp>,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "came", deny_unknown_fields)]
pub enum Attempt {
    /// The archive has it.
    Entered {
        /// The case's number there.
        case: CaseNumber,
        /// The document's number there.
        document: String,
    },
    /// It could not be made, and is tried again.
    Failed {
        /// Why.
        trouble: Trouble,
    },
    /// The case that it names is not there (POL-05).
    NoSuchCase {},
}

words! {
    /// How far an entry has come.
    JobState {
        /// The archive has it.
        Done = "done",
        /// The case that it names is not in the archive (POL-05).
        Refused = "refused",
        /// It is to be made.
        Waiting = "waiting",
    }
}

#[cfg(test)]
mod tests {
    use super::JobState;

    #[test]
    fn words_read_back_and_are_what_json_says() {
        for state in JobState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        assert!("gone".parse::<JobState>().is_err());
    }
}
