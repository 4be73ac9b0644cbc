//! What one transaction changes.

use jiff::Timestamp;

use crate::{
    catalogue::{
        LedgerWork,
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        ledger::Ledger,
        records::{
            enrolments::{Confirmation, Decision, Enrolment, HeldWithdrawal, Mission},
            objects::{Object, TaskDone},
            operations::Installation,
            reports::{AnnualSubmission, NotificationList, PersonList, ReportChain},
            submissions::{Event, Submission},
        },
        sqlite::{
            enrolments, missions, notifications, objects, operations, query, reports, sealing,
            submissions, tasks,
        },
        view::EnrolmentKey,
    },
    types::{
        digest::Sha256,
        header_key::HeaderKey,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        verdict::State,
    },
};

use super::{Answer, Session};

impl Ledger for Session<'_> {
    fn savepoint(&mut self, work: LedgerWork<'_>) -> Answer<()> {
        // A panic passes by here and rolls back the whole transaction with it.
        let run = |sql| query::control(self.connection, "set a savepoint", sql);
        // Without a transaction around it a savepoint would be one, and be committed alone.
        query::within_transaction(self.connection)?;
        run("SAVEPOINT part")?;
        let before = self.seq.clone();
        let worked = work(&mut Session { ..*self });
        if worked.is_err() {
            self.seq.go_back(&before);
        }
        if query::within_transaction(self.connection).is_err() {
            // There is nothing left to go back to. Whoever goes on all the same is refused by the
            // next write, and at the end.
            return worked.and(Err(CatalogueError::TransactionLost));
        }
        let ended = match &worked {
            Ok(()) => run("RELEASE part"),
            Err(_) => run("ROLLBACK TO part").and_then(|()| run("RELEASE part")),
        };
        if ended.is_err() {
            // It can be neither kept nor undone alone, so nothing of the transaction may stay.
            let _ = run("ROLLBACK");
        }
        worked.and(ended)
    }

    fn add_submission(&mut self, submission: &Submission) -> Answer<()> {
        submissions::add(self.connection, submission)
    }

    fn save_submission(&mut self, submission: &Submission) -> Answer<()> {
        submissions::save(self.connection, submission)
    }

    fn submission_concluded(&mut self, submission: &Submission) -> Answer<()> {
        submissions::concluded(self.connection, submission)
    }

    fn submission_ended(&mut self, id: SubmissionId, state: State, at: Timestamp) -> Answer<()> {
        submissions::ended(self.connection, id, state, at)
    }

    fn void_submission(&mut self, id: SubmissionId) -> Answer<bool> {
        submissions::void(self.connection, id)
    }

    fn add_event(&mut self, event: &Event) -> Answer<()> {
        submissions::add_event(self.connection, event)
    }

    fn add_object(&mut self, object: &Object, header: &[u8]) -> Answer<()> {
        objects::add(self.connection, self.seal, object, header)
    }

    fn set_due(&mut self, id: &ObjectId, due_at: Option<Timestamp>, due_rule: &str) -> Answer<()> {
        objects::set_due(self.connection, self.seal, id, due_at, due_rule)
    }

    fn end_task(&mut self, done: &TaskDone, due_at: Timestamp, due_rule: &str) -> Answer<u64> {
        tasks::end(self.connection, done, due_at, due_rule)
    }

    fn reopen_task(&mut self, registry: &RegistryId, operating_year: i16) -> Answer<bool> {
        tasks::reopen(self.connection, registry, operating_year)
    }

    fn hold_object(&mut self, id: &ObjectId, why: &str) -> Answer<bool> {
        objects::hold(self.connection, self.seal, id, why)
    }

    fn release_object(&mut self, id: &ObjectId) -> Answer<bool> {
        objects::release(self.connection, self.seal, id)
    }

    fn erase_header(&mut self, id: &ObjectId, at: Timestamp) -> Answer<bool> {
        objects::erase_header(self.connection, self.seal, id, at)
    }

    fn object_erased(&mut self, id: &ObjectId, at: Timestamp) -> Answer<bool> {
        objects::erased(self.connection, id, at)
    }

    fn move_headers(&mut self, registry: &RegistryId, key: HeaderKey, limit: u32) -> Answer<u64> {
        sealing::move_on(self.connection, self.seal, registry, key, limit)
    }

    fn destroy_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Answer<Option<Sha256>> {
        let seal = sealing::unused(self.connection, self.seal, registry, key)?;
        Ok(seal.destroy(registry, key)?)
    }

    fn forget_header_key(&mut self, registry: &RegistryId, key: HeaderKey) -> Answer<()> {
        let seal = sealing::unused(self.connection, self.seal, registry, key)?;
        Ok(seal.forget(registry, key)?)
    }

    fn confirm_enrolment(
        &mut self,
        key: EnrolmentKey<'_>,
        confirmation: &Confirmation,
    ) -> Answer<Option<bool>> {
        enrolments::confirm(self.connection, key, confirmation)
    }

    fn put_enrolment(&mut self, enrolment: &Enrolment) -> Answer<()> {
        enrolments::put(self.connection, enrolment)
    }

    fn erase_enrolment(
        &mut self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Answer<bool> {
        enrolments::erase(self.connection, registry, mission, person)
    }

    fn put_mission(&mut self, mission: &Mission) -> Answer<()> {
        missions::put(self.connection, mission)
    }

    fn hold_withdrawals(&mut self, held: &HeldWithdrawal) -> Answer<()> {
        missions::hold(self.connection, held)
    }

    fn decide_withdrawals(
        &mut self,
        submission: SubmissionId,
        registry: &RegistryId,
        mission: &MissionCode,
        decision: &Decision,
    ) -> Answer<bool> {
        missions::decide(self.connection, submission, registry, mission, decision)
    }

    fn put_report_chain(&mut self, chain: &ReportChain) -> Answer<()> {
        reports::put_chain(self.connection, chain)
    }

    fn add_notifications(
        &mut self,
        sender: &SenderId,
        submission: SubmissionId,
        list: &dyn NotificationList,
    ) -> Answer<()> {
        notifications::add(self.connection, sender, submission, list)
    }

    fn add_annual(&mut self, annual: &AnnualSubmission) -> Answer<()> {
        reports::add_annual(self.connection, annual)
    }

    fn supersede(
        &mut self,
        earlier: &AnnualSubmission,
        by: SubmissionId,
        at: Timestamp,
    ) -> Answer<bool> {
        reports::supersede(self.connection, earlier, by, at)
    }

    fn add_persons(
        &mut self,
        registry: &RegistryId,
        year: i16,
        submission: SubmissionId,
        epoch: u32,
        persons: &dyn PersonList,
    ) -> Answer<()> {
        reports::add_persons(self.connection, registry, year, submission, epoch, persons)
    }

    fn queue_audit(&mut self, entry: &mut dyn FnMut(u64) -> Vec<u8>) -> Answer<u64> {
        operations::queue_audit(self.connection, self.seq, entry)
    }

    fn outbox_written(&mut self, seq: u64) -> Answer<()> {
        operations::outbox_written(self.connection, seq)
    }

    fn resume_audit(&mut self, next: u64) -> Answer<()> {
        operations::resume_audit(self.connection, self.seq, next)
    }

    fn raise_alarm(
        &mut self,
        code: &str,
        subject: &str,
        at: Timestamp,
        detail: Option<&str>,
    ) -> Answer<bool> {
        operations::raise(self.connection, code, subject, at, detail)
    }

    fn clear_alarm(&mut self, code: &str, subject: &str) -> Answer<bool> {
        operations::clear(self.connection, code, subject)
    }

    fn sender_seen(&mut self, sender: &SenderId, at: Timestamp) -> Answer<()> {
        operations::seen(self.connection, sender, at)
    }

    fn sender_awaited(&mut self, sender: &SenderId, since: Timestamp) -> Answer<()> {
        operations::awaited(self.connection, sender, since)
    }

    fn set_installation(&mut self, installation: &Installation) -> Answer<()> {
        operations::set_installation(self.connection, installation)
    }
}
