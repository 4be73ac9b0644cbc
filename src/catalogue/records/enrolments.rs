//! Who is enrolled in the regular-GP scheme by which mission: by pseudonym only.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::keys::{MissionCode, PersonKey},
    types::{
        ids::{RegistryId, SubmissionId},
        verdict::UnknownWord,
    },
};

/// One person's enrolment by one mission. Registry, mission and person together are its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The registry.
    pub registry: RegistryId,
    /// Who enrolled the person.
    pub mission: MissionCode,
    /// The person.
    pub person: PersonKey,
    /// The person whose household this one belongs to.
    pub principal: Option<PersonKey>,
    /// A keyed digest of the record's content: tells a change from a confirmation.
    pub content: [u8; 16],
    /// Enrolled or withdrawn.
    pub state: EnrolmentState,
    /// Date of the list that enrolled the person.
    pub enrolled_since: Date,
    /// From when the enrolment counts: the 1st of a month.
    pub effective_from: Date,
    /// When the last list that confirmed it was received.
    pub confirmed_at: Timestamp,
    /// Date of the list or notice that withdrew the person.
    pub withdrawn_on: Option<Date>,
    /// When the registry had the withdrawal.
    pub withdrawal_delivered_at: Option<Timestamp>,
    /// When this record must be gone.
    pub erase_at: Option<Timestamp>,
    /// Whether an operator should look: another mission has enrolled the person too (EMB-11).
    pub review: bool,
    /// The submission that changed it last.
    pub submission: SubmissionId,
}

/// What a list says of somebody who is enrolled already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// When the list was received.
    pub at: Timestamp,
    /// The list.
    pub submission: SubmissionId,
    /// What is new of the person; none where the list says the same as the one before.
    pub particulars: Option<Particulars>,
}

/// What an enrolment keeps of a person's particulars, as in [`Enrolment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// The person whose household this one belongs to.
    pub principal: Option<PersonKey>,
    /// A keyed digest of the record's content.
    pub content: [u8; 16],
    /// From when the enrolment counts.
    pub effective_from: Date,
}

/// How an enrolment fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentState {
    /// In the scheme.
    Enrolled,
    /// No longer; the record waits for its erasure.
    Withdrawn,
}

impl EnrolmentState {
    /// The word that JSON and the catalogue use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for EnrolmentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EnrolmentState {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Enrolled, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(UnknownWord)
    }
}

/// Which enrolments to list, by mission and person.
#[derive(Debug, Clone, Default)]
pub struct EnrolmentFilter {
    /// Only those of this registry.
    pub registry: Option<RegistryId>,
    /// Only those of this mission.
    pub mission: Option<MissionCode>,
    /// Only those in this state.
    pub state: Option<EnrolmentState>,
    /// Only those marked for review, or only those not.
    pub review: Option<bool>,
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
}

/// What is known of a mission's lists in one registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mission {
    /// The registry.
    pub registry: RegistryId,
    /// The mission.
    pub mission: MissionCode,
    /// When the last list was received.
    pub last_list_at: Timestamp,
    /// The day that the newest complete list describes; lists of changes leave it.
    pub last_list_date: Option<Date>,
    /// The last list.
    pub last_list: SubmissionId,
}

/// Withdrawals that wait for an operator (EMB-13). Submission, registry and mission are its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldWithdrawal {
    /// The list that would withdraw them.
    pub submission: SubmissionId,
    /// The registry.
    pub registry: RegistryId,
    /// The mission.
    pub mission: MissionCode,
    /// When they were held.
    pub created_at: Timestamp,
    /// How many would be withdrawn.
    pub count: u64,
    /// Who would be withdrawn; forgotten when decided, because their own records have deadlines.
    pub persons: Vec<PersonKey>,
    /// What became of it; `None` while it waits.
    pub decision: Option<Decision>,
}

/// What became of held withdrawals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Which way.
    pub outcome: DecisionOutcome,
    /// Who decided: an operator's account, or the submission that superseded it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Which way held withdrawals went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionOutcome {
    /// The persons were withdrawn.
    Approved,
    /// The persons stay enrolled.
    Refused,
    /// A newer list made it moot.
    Superseded,
}

impl DecisionOutcome {
    /// The word that JSON and the catalogue use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Superseded => "superseded",
        }
    }
}

impl fmt::Display for DecisionOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DecisionOutcome {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Approved, Self::Refused, Self::Superseded]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(UnknownWord)
    }
}
