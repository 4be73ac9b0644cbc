//! The JSON of `enrolment`. Fields may be added, never renamed.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{
        keys::{MissionCode, PersonKey},
        records::enrolments::{self, EnrolmentState},
    },
    kinds::embassy::state::WhyHeld,
    types::ids::{ObjectId, RegistryId, SubmissionId},
};

/// One enrolment of `enrolment list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The registry.
    pub registry: RegistryId,
    /// Who enrolled the person.
    pub mission: MissionCode,
    /// The person's pseudonym.
    pub person: PersonKey,
    /// The pseudonym of the person whose household this one belongs to.
    pub principal: Option<PersonKey>,
    /// Enrolled or withdrawn.
    pub state: EnrolmentState,
    /// Date of the list that enrolled the person.
    pub enrolled_since: Date,
    /// From when it counts.
    pub effective_from: Date,
    /// When a list last confirmed it.
    pub confirmed_at: Timestamp,
    /// When the person was withdrawn.
    pub withdrawn_on: Option<Date>,
    /// When this record must be gone.
    pub erase_at: Option<Timestamp>,
    /// Whether an operator should look (EMB-11).
    pub review: bool,
    /// The submission that changed it last.
    pub submission: SubmissionId,
}

impl From<enrolments::Enrolment> for Enrolment {
    fn from(row: enrolments::Enrolment) -> Self {
        Self {
            registry: row.registry,
            mission: row.mission,
            person: row.person,
            principal: row.principal,
            state: row.state,
            enrolled_since: row.enrolled_since,
            effective_from: row.effective_from,
            confirmed_at: row.confirmed_at,
            withdrawn_on: row.withdrawn_on,
            erase_at: row.erase_at,
            review: row.review,
            submission: row.submission,
        }
    }
}

/// One list of `enrolment pending`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The list; what `approve` and `refuse` take.
    pub submission: SubmissionId,
    /// The registry.
    pub registry: RegistryId,
    /// The mission.
    pub mission: MissionCode,
    /// Since when it waits.
    pub held_at: Timestamp,
    /// How many persons an approval would withdraw now: those who are enrolled still and whom no
    /// newer list has confirmed, and who hangs on them.
    pub withdrawals: u64,
    /// How many persons the mission has enrolled now.
    pub enrolled: u64,
    /// Why it waits; `null` for lists from before this was kept.
    #[serde(default)]
    pub reason: Option<WhyHeld>,
}

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The list.
    pub submission: SubmissionId,
    /// Whether its withdrawals were let through.
    pub approved: bool,
    /// How many persons were withdrawn.
    pub withdrawn: u64,
    /// The objects that tell the registry.
    pub objects: Vec<ObjectId>,
}
