//! What can be asked and changed of missions and what is held of their lists: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::MissionCode,
        records::enrolments::{Decision, HeldWithdrawal, Mission},
    },
    types::ids::{RegistryId, SubmissionId},
};

/// Questions about missions and what is held of their lists.
pub trait MissionView {
    /// What is known of one mission's lists.
    fn mission(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
    ) -> Result<Option<Mission>, CatalogueError>;

    /// What is known of all missions' lists, by registry and mission.
    fn missions(&self) -> Result<Vec<Mission>, CatalogueError>;

    /// Withdrawals held for one submission.
    fn held_withdrawals_of(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<HeldWithdrawal>, CatalogueError>;

    /// Withdrawals that wait for a decision, oldest first.
    fn pending_withdrawals(&self) -> Result<Vec<HeldWithdrawal>, CatalogueError>;
}

/// Changes of missions and what is held of their lists.
pub trait MissionLedger {
    /// Records a mission's last list.
    fn put_mission(&mut self, mission: &Mission) -> Result<(), CatalogueError>;

    /// Holds withdrawals for an operator.
    fn hold_withdrawals(&mut self, held: &HeldWithdrawal) -> Result<(), CatalogueError>;

    /// Records what became of held withdrawals, and forgets who they were about. `false` when that
    /// was decided before.
    fn decide_withdrawals(
        &mut self,
        submission: SubmissionId,
        registry: &RegistryId,
        mission: &MissionCode,
        decision: &Decision,
    ) -> Result<bool, CatalogueError>;
}
