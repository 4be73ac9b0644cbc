//! What can be changed in the catalogue, subject by subject, inside one transaction.

use crate::{
    catalogue::{
        archive::ArchiveLedger, dispatches::DispatchLedger, enrolments::EnrolmentLedger,
        error::CatalogueError, header_keys::HeaderKeyLedger, missions::MissionLedger,
        notifications::NotificationLedger, objects::ObjectLedger, operations::OperationLedger,
        police::PoliceLedger, pushes::PushLedger, reports::ReportLedger,
        submissions::SubmissionLedger, tasks::TaskLedger, view::View,
    },
    types::verdict::State,
};

/// Changes to the catalogue. Reads through [`View`] see the changes made so far.
pub trait Ledger:
    View
    + SubmissionLedger
    + ObjectLedger
    + HeaderKeyLedger
    + TaskLedger
    + EnrolmentLedger
    + MissionLedger
    + ReportLedger
    + NotificationLedger
    + OperationLedger
    + PoliceLedger
    + DispatchLedger
    + ArchiveLedger
    + PushLedger
{
    /// Runs `work` so that it can fail alone: when it errs, only its own changes are undone, its
    /// error is given back, and the transaction goes on.
    fn savepoint(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError>;
}

/// What runs inside one transaction or savepoint.
pub type LedgerWork<'a> = &'a mut dyn FnMut(&mut dyn Ledger) -> Result<(), CatalogueError>;

/// Whether a submission may go from one state to the other. Staying is always allowed, so that a
/// step can be done again; `sealed` may fall back to `claimed`, because work files are not durable.
pub fn may_follow(from: State, to: State) -> bool {
    use State::{Answered, Claimed, Done, Held, Quarantined, Rejected, Sealed, Stored};
    from == to
        || match from {
            Claimed => to != Claimed,
            Sealed => true,
            Stored => matches!(to, Answered | Done | Held | Quarantined | Rejected),
            Answered => matches!(to, Done | Held | Quarantined | Rejected),
            Held => to == Done,
            Done | Quarantined | Rejected => false,
        }
}

#[cfg(test)]
mod tests {
    use super::may_follow;
    use crate::types::verdict::State;

    const ALL: [State; 8] = [
        State::Claimed,
        State::Sealed,
        State::Stored,
        State::Answered,
        State::Done,
        State::Held,
        State::Rejected,
        State::Quarantined,
    ];

    #[test]
    fn final_states_stay_but_a_hold_is_lifted() {
        for from in ALL.into_iter().filter(|state| state.is_final()) {
            for to in ALL {
                let lifted = from == State::Held && to == State::Done;
                assert_eq!(may_follow(from, to), from == to || lifted, "{from} to {to}");
            }
        }
    }

    #[test]
    fn what_is_durable_never_falls_back() {
        for (from, to, allowed) in [
            (State::Claimed, State::Sealed, true),
            (State::Claimed, State::Stored, true),
            (State::Claimed, State::Quarantined, true),
            (State::Sealed, State::Claimed, true),
            (State::Stored, State::Sealed, false),
            (State::Stored, State::Answered, true),
            (State::Answered, State::Stored, false),
            (State::Answered, State::Rejected, true),
        ] {
            assert_eq!(may_follow(from, to), allowed, "{from} to {to}");
        }
    }
}
