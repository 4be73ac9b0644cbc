//! What the house remembers of the GP scheme: per mission who is enrolled, by pseudonym only.

use std::{collections::BTreeMap, io};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::types::pseudonym::Pseudonym;

/// Looks up enrolments of the registry that a list goes to.
pub trait EnrolmentHistory {
    /// Everybody that this mission has enrolled now.
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>>;

    /// The date of the mission's newest complete list.
    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>>;

    /// One person's enrolment by this mission, if it is in force.
    fn enrolled(&self, mission: &str, person: &Pseudonym) -> io::Result<Option<Enrolled>> {
        Ok(self.of_mission(mission)?.remove(person))
    }

    /// Those whom this mission has enrolled now as household of `principal`.
    fn household(
        &self,
        mission: &str,
        principal: &Pseudonym,
    ) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let mut all = self.of_mission(mission)?;
        all.retain(|_, enrolled| enrolled.principal.as_ref() == Some(principal));
        Ok(all)
    }

    /// Every mission that ever sent a list that was taken.
    fn missions(&self) -> io::Result<Vec<String>>;

    /// Which missions have this person enrolled now.
    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>>;

    /// What each mission's record says of this person, as far as records are kept: that of somebody
    /// withdrawn is erased some time after.
    fn told_of(&self, person: &Pseudonym) -> io::Result<Vec<Told>>;
}

/// The last that one mission's record says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The mission's code.
    pub mission: String,
    /// What it says.
    pub last: Last,
    /// The day that the list describes which said so, or that of the departure; none where that was
    /// not kept.
    pub on: Option<Date>,
}

/// What a record says last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// The Ministry of Foreign Affairs said that the person, or the person's principal, has left.
    Departed,
    /// Enrolled.
    Enrolled,
    /// Withdrawn by a list.
    Withdrawn,
}

/// One enrolment that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Whose household the person belongs to.
    pub principal: Option<Pseudonym>,
    /// Keyed digest of the particulars, to notice a change without keeping them.
    pub content: [u8; 16],
    /// The day the enrolment took or takes effect.
    pub effective_from: Date,
}

/// One change to the enrolments of a mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The mission's code.
    pub mission: String,
    /// The person.
    pub person: Pseudonym,
    /// What happens.
    pub what: What,
}

/// What happens to an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The particulars are new.
    Change(Enrolled),
    /// A list names the person with the same particulars.
    Confirm,
    /// A new enrolment. `review`: another mission had the person (EMB-11).
    Enrol {
        /// The particulars.
        enrolled: Enrolled,
        /// Both missions' cases are to be looked at.
        review: bool,
    },
    /// Nothing changes, and somebody is to look: the person's principal went to another mission
    /// (EMB-11).
    Review,
    /// The enrolment ends.
    Withdraw {
        /// The day on which the right ends.
        on: Date,
        /// Why.
        reason: Reason,
    },
}

/// Why an enrolment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The Ministry of Foreign Affairs says that the person has left.
    Departed,
    /// The person whose household this was is withdrawn.
    Household,
    /// A complete list does not name the person.
    Missing,
    /// Another mission's newer list names the person (EMB-11).
    OtherMission,
    /// A row says so.
    Stated,
}

impl Reason {
    /// The word in the difference that goes to the registry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Departed => "departed",
            Self::Household => "household",
            Self::Missing => "missing",
            Self::OtherMission => "other-mission",
            Self::Stated => "stated",
        }
    }
}

/// Withdrawals that wait for an operator (EMB-13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The mission's code.
    pub mission: String,
    /// Who would be withdrawn.
    pub persons: Vec<Pseudonym>,
    /// Why they are not withdrawn at once.
    pub why: WhyHeld,
}

/// Why withdrawals wait for an operator (EMB-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyHeld {
    /// The list is dated before the mission's newest complete one.
    OlderList,
    /// They are unusually many.
    TooMany,
    /// Rows without a readable D-number may be the persons who are missing.
    UnreadableRows,
}

impl WhyHeld {
    /// The word that an operator reads beside the alarm and in `enrolment pending`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OlderList => "older-list",
            Self::TooMany => "too-many",
            Self::UnreadableRows => "unreadable-rows",
        }
    }
}

/// How many of each a list brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// New enrolments.
    pub enrolled: u64,
    /// New particulars.
    pub changed: u64,
    /// The same as before.
    pub confirmed: u64,
    /// Withdrawn.
    pub withdrawn: u64,
    /// Withdrawals that wait for an operator.
    pub held: u64,
}

/// Thresholds (`[embassy]` in the configuration).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Withdrawals above this share of the mission's enrolled persons are held, in hundredths of a
    /// per cent: 2000 is 20 %.
    pub hold_above_basis_points: u64,
    /// … and only when there are more of them than this.
    pub hold_above_count: u64,
}
