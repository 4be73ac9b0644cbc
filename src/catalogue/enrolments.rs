//! What can be asked and changed of enrolments: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{EnrolmentKey, MissionCode, PersonKey},
        records::{
            enrolments::{Confirmation, Enrolment, EnrolmentFilter},
            objects::DeadlineCount,
        },
    },
    types::ids::RegistryId,
};

/// Questions about enrolments.
pub trait EnrolmentView {
    /// One enrolment.
    fn enrolment(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Result<Option<Enrolment>, CatalogueError>;

    /// Everybody whom a mission has enrolled now, by person.
    fn enrolled(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<Vec<Enrolment>, CatalogueError>;

    /// How many a mission has enrolled now.
    fn enrolled_count(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<u64, CatalogueError>;

    /// A person's enrolments by every mission, withdrawn ones included, by mission.
    fn enrolments_of(
        &self,
        registry: &RegistryId,
        person: &PersonKey,
    ) -> Result<Vec<Enrolment>, CatalogueError>;

    /// Those whom a mission has enrolled now as household of `principal`, by person.
    fn household(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        principal: &PersonKey,
    ) -> Result<Vec<Enrolment>, CatalogueError>;

    /// Enrolments, by registry, mission and person.
    fn enrolments(&self, filter: &EnrolmentFilter) -> Result<Vec<Enrolment>, CatalogueError>;

    /// Enrolments in force that no list has confirmed since `before`, longest unconfirmed first.
    fn stale_enrolments(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<Enrolment>, CatalogueError>;

    /// Enrolments whose `erase_at` has come at `at`, by deadline.
    fn due_enrolments(&self, at: Timestamp, limit: u32) -> Result<Vec<Enrolment>, CatalogueError>;

    /// Enrolments with an `erase_at` up to and including `until`, by deadline, then by registry,
    /// mission and person. `after`: the one behind which it goes on, or the time.
    fn enrolment_deadlines(
        &self,
        after: Option<(Timestamp, Option<EnrolmentKey<'_>>)>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Enrolment>, CatalogueError>;

    /// How many enrolments must be gone when up to and including `until`; without a rule, in no
    /// order.
    fn enrolment_deadline_counts(
        &self,
        until: Timestamp,
    ) -> Result<Vec<DeadlineCount>, CatalogueError>;
}

/// Changes of enrolments.
pub trait EnrolmentLedger {
    /// Records that a list names somebody again whom its mission has enrolled, and the particulars
    /// where they are new; the rest of the enrolment stays. Says whether it is to be reviewed;
    /// `None` when there is none.
    fn confirm_enrolment(
        &mut self,
        key: EnrolmentKey<'_>,
        confirmation: &Confirmation,
    ) -> Result<Option<bool>, CatalogueError>;

    /// Adds or replaces an enrolment.
    fn put_enrolment(&mut self, enrolment: &Enrolment) -> Result<(), CatalogueError>;

    /// Deletes an enrolment. `false` when it was not there.
    fn erase_enrolment(
        &mut self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Result<bool, CatalogueError>;
}
