//! What the catalogue keeps of entries for the case archive. Nothing of a request's content: a
//! case, an id of ours, times, and closed words.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{
    case_number::CaseNumber,
    guid::Guid,
    ids::{SenderId, SubmissionId},
    verdict::UnknownWord,
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

/// What waits for the case archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ArchiveWaiting {
    /// How many entries.
    pub count: u64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// When the newest of them was, by the clock of that time.
    pub newest: Option<Timestamp>,
    /// Why the newest failed attempt of a waiting entry failed.
    pub last_error: Option<Trouble>,
    /// Whether any of them waits for somebody to put something right.
    pub needs_somebody: Option<Trouble>,
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

macro_rules! words {
    ($(#[$doc:meta])+ $name:ident { $($(#[$of:meta])+ $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$of])+ $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that JSON and the catalogue use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(UnknownWord)
            }
        }
    };
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

words! {
    /// Why an entry could not be made. The archive's own words are never kept: they may quote.
    Trouble {
        /// It answered that it is too busy (429 or 503).
        Busy = "busy",
        /// It refuses us: the auth key, or a right of its user (401, 403).
        NotAuthorised = "not-authorised",
        /// It wants us to ask somewhere else, which we do not.
        Redirected = "redirected",
        /// It answered with an HTTP error.
        ServerError = "server-error",
        /// What it answered is not what SIF answers, or not what was asked.
        StrangeAnswer = "strange-answer",
        /// No answer, or only half of one, came in time.
        Timeout = "timeout",
        /// Its certificate, or the way it speaks TLS, is not to be trusted.
        Tls = "tls",
        /// Its answer is larger than any should be.
        TooLarge = "too-large",
        /// The connection could not be made, or broke.
        Unreachable = "unreachable",
        /// It answered `Successful: false`.
        Unsuccessful = "unsuccessful",
    }
}

impl Trouble {
    /// Whether waiting alone will not help: somebody must put configuration, key or certificate
    /// right.
    pub const fn needs_somebody(self) -> bool {
        matches!(
            self,
            Self::NotAuthorised
                | Self::Redirected
                | Self::StrangeAnswer
                | Self::Tls
                | Self::TooLarge
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{JobState, Trouble};

    #[test]
    fn words_read_back_and_are_what_json_says() {
        for trouble in Trouble::ALL {
            assert_eq!(trouble.as_str().parse(), Ok(*trouble));
            assert_eq!(serde_json::to_value(trouble).unwrap(), trouble.as_str());
        }
        for state in JobState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        assert!("gone".parse::<JobState>().is_err());
    }
}
