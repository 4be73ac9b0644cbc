//! What the catalogue keeps of the exchange with the police: what was shared, what was answered,
//! and what lies in another sender's outbound directory. A patient is referred to by case number
//! alone.
//!
//! Codes of the kinds (form, legal basis, purpose, how much was shared) are kept as they are
//! spelled there: closed words, never free text.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::types::{
    case_number::CaseNumber,
    guid::Guid,
    ids::{ObjectId, SenderId, SubmissionId},
    verdict::UnknownWord,
};

/// A request, a notice, or an oral disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The sender's own id of it; of one that was recorded at the terminal, an id of ours.
    pub id: Guid,
    /// `inquiry`, `notice` or `oral`.
    pub form: String,
    /// Who shared it; `None` where nobody said when it was recorded at the terminal.
    pub hospital: Option<SenderId>,
    /// The police district.
    pub district: SenderId,
    /// The submission that brought it; `None` where it was recorded at the terminal.
    pub submission: Option<SubmissionId>,
    /// The case in the case archive; `None` until the archive has made one.
    pub case: Option<CaseNumber>,
    /// Code of the legal basis.
    pub basis: String,
    /// Code of the purpose.
    pub purpose_code: String,
    /// `yes`, `later` or `no`: whether the patient was informed (POL-10).
    pub informed: String,
    /// When it was shared: told orally, or received here to be sent on.
    pub at: Timestamp,
    /// The last day for an answer; `None` where none is expected.
    pub needed_by: Option<Date>,
    /// Who recorded it at the terminal.
    pub recorded_by: Option<String>,
    /// How far it has come.
    pub state: ExchangeState,
    /// When it lay in the district's outbound directory.
    pub sent_at: Option<Timestamp>,
    /// When nothing more could come of it.
    pub closed_at: Option<Timestamp>,
    /// The audit entry that says the same.
    pub audit_seq: u64,
}

impl Exchange {
    /// What it is called by: its submission, or the id of ours that it was given at the terminal. A
    /// GUID that a sender drew is never shown.
    pub fn reference(&self) -> SubmissionId {
        self.submission.unwrap_or(SubmissionId::from_bytes(self.id.0))
    }
}

/// How an exchange fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExchangeState {
    /// A reply came, and waits for the clinician's decision.
    Answered,
    /// Nothing more is expected.
    Closed,
    /// A reply may come (POL-07).
    Open,
    /// It waits for the case archive before it is sent.
    Waiting,
}

impl ExchangeState {
    /// The word that JSON and the catalogue use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Waiting => "waiting",
        }
    }
}

impl fmt::Display for ExchangeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ExchangeState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Answered, Self::Closed, Self::Open, Self::Waiting]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// Which exchanges to list, oldest first.
#[derive(Debug, Clone, Default)]
pub struct ExchangeFilter {
    /// Only those of this case.
    pub case: Option<CaseNumber>,
    /// Only those shared at this time or later.
    pub from: Option<Timestamp>,
    /// Only those shared before this time.
    pub before: Option<Timestamp>,
}

/// What the police answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoliceReply {
    /// The district's own id of it.
    pub id: Guid,
    /// What it answers.
    pub exchange: Guid,
    /// Who sent it.
    pub district: SenderId,
    /// The submission that brought it.
    pub submission: SubmissionId,
    /// `full`, `partial` or `refused`.
    pub shared: String,
    /// How many documents it holds.
    pub documents: u32,
    /// When it came.
    pub received_at: Timestamp,
    /// The audit entry that says so.
    pub audit_seq: u64,
    /// When an operator was told that nobody has decided on it.
    pub escalated_at: Option<Timestamp>,
    /// What became of it; `None` while it waits.
    pub decision: Option<ReplyDecision>,
    /// When it lay in the hospital's outbound directory.
    pub delivered_at: Option<Timestamp>,
}

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyDecision {
    /// Which way.
    pub outcome: ReplyOutcome,
    /// Who decided; `None` where its deadline did.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The audit entry that says so.
    pub audit_seq: u64,
}

/// Which way a reply went (POL-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyOutcome {
    /// Nobody decided in time, and it was erased.
    Expired,
    /// Not relevant or not necessary: erased.
    NotRelevant,
    /// Relevant and necessary: into the patient journal.
    Relevant,
}

impl ReplyOutcome {
    /// The word that JSON and the catalogue use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotRelevant => "not-relevant",
            Self::Relevant => "relevant",
        }
    }
}

impl fmt::Display for ReplyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ReplyOutcome {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Expired, Self::NotRelevant, Self::Relevant]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// An object on its way into another sender's outbound directory, where it lies as an age file
/// until it is fetched or erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// The object.
    pub object: ObjectId,
    /// Whose outbound directory.
    pub addressee: SenderId,
    /// The file's name there, made of our ids.
    pub file: String,
    /// Whether it waits for the case archive.
    pub waits: bool,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it lay there.
    pub published_at: Option<Timestamp>,
    /// When it goes; `None`: together with its object.
    pub remove_at: Option<Timestamp>,
    /// When it was gone.
    pub removed_at: Option<Timestamp>,
}
