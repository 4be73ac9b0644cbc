//! What can be changed in the catalogue, inside one transaction.

use jiff::Timestamp;

use crate::{
    catalogue::{
        LedgerWork,
        archive::ArchiveLedger,
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        police::PoliceLedger,
        records::{
            enrolments::{Confirmation, Decision, Enrolment, HeldWithdrawal, Mission},
            objects::{Object, TaskDone},
            operations::Installation,
            reports::{AnnualSubmission, NotificationList, PersonList, ReportChain},
            submissions::{Event, Submission},
        },
        view::{EnrolmentKey, View},
    },
    types::{
        digest::Sha256,
        header_key::HeaderKey,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        verdict::State,
    },
};

/// Changes to the catalogue. Reads through [`View`] see the changes made so far.
pub trait Ledger: View + ArchiveLedger + PoliceLedger {
    /// Runs `work` so that it can fail alone: when it errs, only its own changes are undone, its
    /// error is given back, and the transaction goes on.
    fn savepoint(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError>;

    /// Adds a submission.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when its id is taken.
    fn add_submission(&mut self, submission: &Submission) -> Result<(), CatalogueError>;

    /// Replaces a submission's row. Id, sender, rehearsal and `received_at` must be as they were
    /// added, else it is not found.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`], or [`CatalogueError::Transition`] when [`may_follow`] says no.
    fn save_submission(&mut self, submission: &Submission) -> Result<(), CatalogueError>;

    /// Brings a stored or answered submission to its final state, answered at that time if it was
    /// not before, and forgets its sender's file name unless it is held: the decision is answered
    /// under that name.
    ///
    /// # Errors
    /// As [`Self::save_submission`].
    fn submission_ended(
        &mut self,
        id: SubmissionId,
        state: State,
        at: Timestamp,
    ) -> Result<(), CatalogueError>;

    /// The same for what a conclusion finds out. Everything else of the row must be as it was
    /// added: it is not looked at.
    ///
    /// # Errors
    /// As [`Self::save_submission`].
    fn submission_concluded(&mut self, submission: &Submission) -> Result<(), CatalogueError>;

    /// Drops a submission whose file was never moved: only while it is claimed and has no object.
    /// `false` when it is not there, or has come further.
    fn void_submission(&mut self, id: SubmissionId) -> Result<bool, CatalogueError>;

    /// Adds an event to a submission.
    fn add_event(&mut self, event: &Event) -> Result<(), CatalogueError>;

    /// Adds an object and its age header.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when its id is taken, [`CatalogueError::NotFound`] when its
    /// submission is not there.
    fn add_object(&mut self, object: &Object, header: &[u8]) -> Result<(), CatalogueError>;

    /// Sets when and under which rule an object must be gone. Its header moves to the key of that
    /// month, here and wherever else its deadline changes.
    fn set_due(
        &mut self,
        id: &ObjectId,
        due_at: Option<Timestamp>,
        due_rule: &str,
    ) -> Result<(), CatalogueError>;

    /// Records that a task is done, and lets every object of its registry and year be due at
    /// `due_at` at the latest, held or not; says how many. A second time it changes nothing but
    /// what came since.
    fn end_task(
        &mut self,
        done: &TaskDone,
        due_at: Timestamp,
        due_rule: &str,
    ) -> Result<u64, CatalogueError>;

    /// Lets an operating year be worked on again. What is due stays due. `false` when its task was
    /// not done.
    fn reopen_task(
        &mut self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<bool, CatalogueError>;

    /// Holds a stored object past its deadline. `false` when it is erased or its header is.
    fn hold_object(&mut self, id: &ObjectId, why: &str) -> Result<bool, CatalogueError>;

    /// Ends a hold. `false` when it was not held.
    fn release_object(&mut self, id: &ObjectId) -> Result<bool, CatalogueError>;

    /// Deletes an object's header: from the next [`super::Catalogue::scrub`] on nobody can read
    /// the object. `false` when it was deleted before.
    ///
    /// # Errors
    /// [`CatalogueError::Held`] when the object is held and `at` is before its statutory limit.
    fn erase_header(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError>;

    /// Records that an object's payload is gone too. `false` when that was recorded before.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] also when the header is still there: header first.
    fn object_erased(&mut self, id: &ObjectId, at: Timestamp) -> Result<bool, CatalogueError>;

    /// Moves headers that a spent key still seals to the fresh keys of their months: at most so
    /// many, and says how many. None when nothing is left under the key.
    fn move_headers(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
        limit: u32,
    ) -> Result<u64, CatalogueError>;

    /// Destroys a key that seals nothing any more, for good, whatever becomes of this transaction;
    /// gives its digest. `None` for one that a power cut took the digest of.
    ///
    /// # Errors
    /// [`CatalogueError::HeaderKeyInUse`] while anything is sealed with it.
    fn destroy_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<Option<Sha256>, CatalogueError>;

    /// Removes what is left of a destroyed key, or a key that has sealed nothing.
    ///
    /// # Errors
    /// As [`Self::destroy_header_key`].
    fn forget_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Result<(), CatalogueError>;

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

    /// Records where a municipality's sequence stands.
    fn put_report_chain(&mut self, chain: &ReportChain) -> Result<(), CatalogueError>;

    /// Adds notifications, or what they say now. They are forgotten when no registry holds any
    /// content of their submission any more.
    fn add_notifications(
        &mut self,
        sender: &SenderId,
        submission: SubmissionId,
        notifications: &dyn NotificationList,
    ) -> Result<(), CatalogueError>;

    /// Adds a document of an annual submission, as one registry has it.
    fn add_annual(&mut self, annual: &AnnualSubmission) -> Result<(), CatalogueError>;

    /// Records that a later submission has taken the place of a document of an earlier one, or of
    /// its own. `false` when something had before.
    fn supersede(
        &mut self,
        earlier: &AnnualSubmission,
        by: SubmissionId,
        at: Timestamp,
    ) -> Result<bool, CatalogueError>;

    /// Records that a registry has these persons in a service year, by pseudonyms of this key
    /// epoch: all that a submission brought, at once. They are forgotten when it holds no content of the submission any more, or none of
    /// the documents about that year.
    fn add_persons(
        &mut self,
        registry: &RegistryId,
        year: i16,
        submission: SubmissionId,
        epoch: u32,
        persons: &dyn PersonList,
    ) -> Result<(), CatalogueError>;

    /// Queues an audit entry; `entry` gets the place that it will have in the log. Places have no
    /// gaps: one that is rolled back is given out again.
    fn queue_audit(&mut self, entry: &mut dyn FnMut(u64) -> Vec<u8>)
    -> Result<u64, CatalogueError>;

    /// Forgets queued entries up to and including `seq`: they are durable in the log.
    fn outbox_written(&mut self, seq: u64) -> Result<(), CatalogueError>;

    /// Lets the next entry have this place, where that is later than its own: the log beside a
    /// restored catalogue has all before it, and those that are queued.
    fn resume_audit(&mut self, next: u64) -> Result<(), CatalogueError>;

    /// Raises an alarm. `false` when it stands already; its `since` then stays, its detail is
    /// renewed.
    fn raise_alarm(
        &mut self,
        code: &str,
        subject: &str,
        at: Timestamp,
        detail: Option<&str>,
    ) -> Result<bool, CatalogueError>;

    /// Clears an alarm. `false` when it did not stand.
    fn clear_alarm(&mut self, code: &str, subject: &str) -> Result<bool, CatalogueError>;

    /// Counts one more submission of a sender.
    fn sender_seen(&mut self, sender: &SenderId, at: Timestamp) -> Result<(), CatalogueError>;

    /// Records since when something is expected of a sender; nothing changes for one that is known.
    fn sender_awaited(&mut self, sender: &SenderId, since: Timestamp)
    -> Result<(), CatalogueError>;

    /// Records which installation this is, once.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when another one is recorded.
    fn set_installation(&mut self, installation: &Installation) -> Result<(), CatalogueError>;
}

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
