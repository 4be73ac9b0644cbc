//! One transaction or snapshot of the SQLite catalogue: each question and change goes to the file
//! of its subject.

use jiff::{Timestamp, civil::Date};
use rusqlite::Connection;

use crate::{
    catalogue::{
        LedgerWork,
        archive::{ArchiveLedger, ArchiveView},
        error::CatalogueError,
        header_seal::{HeaderSeal, KeptKey},
        keys::{MissionCode, PersonKey},
        ledger::Ledger,
        police::{PoliceLedger, PoliceView},
        records::{
            archive::{ArchiveJob, ArchiveWaiting},
            enrolments::{
                Confirmation, Decision, Enrolment, EnrolmentFilter, HeldWithdrawal, Mission,
            },
            objects::{Deadline, DeadlineCount, Object, ObjectCount, ObjectFilter, TaskDone},
            operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
            police::{Dispatch, Exchange, ExchangeFilter, PoliceReply},
            reports::{
                AnnualSubmission, Notification, NotificationList, PersonList, ReportChain, TakeGuid,
            },
            submissions::{Event, Queue, Submission, SubmissionFilter},
        },
        sqlite::{
            archive, dispatches, enrolments, missions, notifications, objects,
            operations::{self, AuditSeq},
            police, query, reports, sealing, submissions, tasks,
        },
        view::{EnrolmentKey, View},
    },
    types::{
        case_number::CaseNumber,
        digest::Sha256,
        guid::Guid,
        header_key::HeaderKey,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        verdict::State,
    },
};

/// Works inside the transaction that its maker has begun.
pub(super) struct Session<'a>(
    pub(super) &'a Connection,
    pub(super) Option<&'a dyn HeaderSeal>,
    pub(super) &'a AuditSeq,
);

type Answer<T> = Result<T, CatalogueError>;

impl View for Session<'_> {
    fn submission(&self, id: SubmissionId) -> Answer<Option<Submission>> {
        submissions::one(self.0, id)
    }

    fn submissions(&self, filter: &SubmissionFilter) -> Answer<Vec<Submission>> {
        submissions::list(self.0, filter)
    }

    fn unfinished(&self) -> Answer<Vec<Submission>> {
        submissions::unfinished(self.0)
    }

    fn queue(&self) -> Answer<Queue> {
        submissions::queue(self.0)
    }

    fn events(&self, submission: SubmissionId) -> Answer<Vec<Event>> {
        submissions::events(self.0, submission)
    }

    fn first_accepted_with(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Answer<Option<SubmissionId>> {
        submissions::first_accepted_with(self.0, sender, sha256)
    }

    fn find_recent_by_sha256(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Answer<Option<Submission>> {
        submissions::recent_by_sha256(self.0, sender, sha256)
    }

    fn object(&self, id: &ObjectId) -> Answer<Option<Object>> {
        objects::one(self.0, id)
    }

    fn objects(&self, filter: &ObjectFilter) -> Answer<Vec<Object>> {
        objects::list(self.0, filter)
    }

    fn object_counts(&self) -> Answer<Vec<ObjectCount>> {
        objects::counts(self.0)
    }

    fn header(&self, id: &ObjectId) -> Answer<Option<Vec<u8>>> {
        objects::header(self.0, self.1, id)
    }

    fn header_keys(&self) -> Vec<KeptKey> {
        self.1.map(HeaderSeal::keys).unwrap_or_default()
    }

    fn header_keys_used(&self) -> Answer<Vec<(RegistryId, HeaderKey)>> {
        sealing::keys_used(self.0)
    }

    fn due_objects(&self, at: Timestamp, limit: u32) -> Answer<Vec<Object>> {
        objects::due(self.0, at, limit)
    }

    fn task_done(&self, registry: &RegistryId, operating_year: i16) -> Answer<Option<TaskDone>> {
        tasks::one(self.0, registry, operating_year)
    }

    fn tasks_done(&self) -> Answer<Vec<TaskDone>> {
        tasks::all(self.0)
    }

    fn due_by_task(&self, at: Timestamp, limit: u32) -> Answer<Vec<Object>> {
        tasks::due(self.0, at, limit)
    }

    fn deadlines(
        &self,
        after: Option<(Timestamp, Option<&ObjectId>)>,
        until: Timestamp,
        limit: u32,
    ) -> Answer<Vec<Deadline>> {
        objects::deadlines(self.0, after, until, limit)
    }

    fn deadline_counts(&self, until: Timestamp) -> Answer<Vec<DeadlineCount>> {
        objects::deadline_counts(self.0, until)
    }

    fn enrolment(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Answer<Option<Enrolment>> {
        enrolments::one(self.0, registry, mission, person)
    }

    fn enrolled(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<Vec<Enrolment>> {
        enrolments::enrolled(self.0, registry, mission)
    }

    fn enrolled_count(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<u64> {
        enrolments::enrolled_count(self.0, registry, mission)
    }

    fn enrolments_of(&self, registry: &RegistryId, person: &PersonKey) -> Answer<Vec<Enrolment>> {
        enrolments::of_person(self.0, registry, person)
    }

    fn household(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        principal: &PersonKey,
    ) -> Answer<Vec<Enrolment>> {
        enrolments::household(self.0, registry, mission, principal)
    }

    fn enrolments(&self, filter: &EnrolmentFilter) -> Answer<Vec<Enrolment>> {
        enrolments::list(self.0, filter)
    }

    fn stale_enrolments(&self, before: Timestamp, limit: u32) -> Answer<Vec<Enrolment>> {
        enrolments::stale(self.0, before, limit)
    }

    fn due_enrolments(&self, at: Timestamp, limit: u32) -> Answer<Vec<Enrolment>> {
        enrolments::due(self.0, at, limit)
    }

    fn enrolment_deadlines(
        &self,
        after: Option<(Timestamp, Option<EnrolmentKey<'_>>)>,
        until: Timestamp,
        limit: u32,
    ) -> Answer<Vec<Enrolment>> {
        enrolments::deadlines(self.0, after, until, limit)
    }

    fn enrolment_deadline_counts(&self, until: Timestamp) -> Answer<Vec<DeadlineCount>> {
        enrolments::deadline_counts(self.0, until)
    }

    fn mission(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<Option<Mission>> {
        missions::one(self.0, registry, mission)
    }

    fn missions(&self) -> Answer<Vec<Mission>> {
        missions::all(self.0)
    }

    fn held_withdrawals_of(&self, submission: SubmissionId) -> Answer<Vec<HeldWithdrawal>> {
        missions::held_of(self.0, submission)
    }

    fn pending_withdrawals(&self) -> Answer<Vec<HeldWithdrawal>> {
        missions::pending(self.0)
    }

    fn report_chain(
        &self,
        sender: &SenderId,
        municipality: MunicipalityNumber,
    ) -> Answer<Option<ReportChain>> {
        reports::chain(self.0, sender, municipality)
    }

    fn notification(&self, sender: &SenderId, guid: &Guid) -> Answer<Option<Notification>> {
        notifications::get(self.0, sender, guid)
    }

    fn has_notifications(&self, sender: &SenderId) -> Answer<bool> {
        notifications::any(self.0, sender)
    }

    fn each_notification(&self, sender: &SenderId, take: TakeGuid<'_>) -> Answer<()> {
        notifications::each(self.0, sender, take)
    }

    fn annual_submissions(
        &self,
        sender: &SenderId,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Answer<Vec<AnnualSubmission>> {
        reports::annual(self.0, sender, municipality, year)
    }

    fn is_superseded(&self, submission: SubmissionId) -> Answer<bool> {
        reports::is_superseded(self.0, submission)
    }

    fn linked_persons(
        &self,
        registry: &RegistryId,
        epoch: u32,
        persons: &[u64],
        before: i16,
    ) -> Answer<u64> {
        reports::linked(self.0, registry, epoch, persons, before)
    }

    fn outbox(&self, limit: u32) -> Answer<Vec<OutboxEntry>> {
        operations::outbox(self.0, limit)
    }

    fn next_audit_seq(&self) -> Answer<u64> {
        operations::next_audit_seq(self.0, self.2)
    }

    fn alarms(&self) -> Answer<Vec<Alarm>> {
        operations::alarms(self.0)
    }

    fn senders_seen(&self) -> Answer<Vec<SenderSeen>> {
        operations::senders(self.0)
    }

    fn sender_history(&self, sender: &SenderId) -> Answer<Option<History>> {
        operations::history(self.0, sender)
    }

    fn installation(&self) -> Answer<Option<Installation>> {
        operations::installation(self.0)
    }

    fn schema_version(&self) -> Answer<u32> {
        operations::schema_version(self.0)
    }
}

impl Ledger for Session<'_> {
    fn savepoint(&mut self, work: LedgerWork<'_>) -> Answer<()> {
        // A panic passes by here and rolls back the whole transaction with it.
        // Kept compiled, as every document has one.
        let run = |sql: &str| -> rusqlite::Result<()> {
            self.0.prepare_cached(sql)?.execute([]).map(drop)
        };
        let run = |sql| run(sql).map_err(query::because("set a savepoint"));
        run("SAVEPOINT part")?;
        let before = self.2.clone();
        match work(&mut Session(self.0, self.1, self.2)) {
            Ok(()) => run("RELEASE part"),
            Err(why) => {
                self.2.go_back(&before);
                run("ROLLBACK TO part")?;
                run("RELEASE part")?;
                Err(why)
            }
        }
    }

    fn add_submission(&mut self, submission: &Submission) -> Answer<()> {
        submissions::add(self.0, submission)
    }

    fn save_submission(&mut self, submission: &Submission) -> Answer<()> {
        submissions::save(self.0, submission)
    }

    fn submission_concluded(&mut self, submission: &Submission) -> Answer<()> {
        submissions::concluded(self.0, submission)
    }

    fn submission_ended(&mut self, id: SubmissionId, state: State, at: Timestamp) -> Answer<()> {
        submissions::ended(self.0, id, state, at)
    }

    fn void_submission(&mut self, id: SubmissionId) -> Answer<bool> {
        submissions::void(self.0, id)
    }

    fn add_event(&mut self, event: &Event) -> Answer<()> {
        submissions::add_event(self.0, event)
    }

    fn add_object(&mut self, object: &Object, header: &[u8]) -> Answer<()> {
        objects::add(self.0, self.1, object, header)
    }

    fn set_due(&mut self, id: &ObjectId, due_at: Option<Timestamp>, due_rule: &str) -> Answer<()> {
        objects::set_due(self.0, self.1, id, due_at, due_rule)
    }

    fn end_task(&mut self, done: &TaskDone, due_at: Timestamp, due_rule: &str) -> Answer<u64> {
        tasks::end(self.0, done, due_at, due_rule)
    }

    fn reopen_task(&mut self, registry: &RegistryId, operating_year: i16) -> Answer<bool> {
        tasks::reopen(self.0, registry, operating_year)
    }

    fn hold_object(&mut self, id: &ObjectId, why: &str) -> Answer<bool> {
        objects::hold(self.0, self.1, id, why)
    }

    fn release_object(&mut self, id: &ObjectId) -> Answer<bool> {
        objects::release(self.0, self.1, id)
    }

    fn erase_header(&mut self, id: &ObjectId, at: Timestamp) -> Answer<bool> {
        objects::erase_header(self.0, self.1, id, at)
    }

    fn object_erased(&mut self, id: &ObjectId, at: Timestamp) -> Answer<bool> {
        objects::erased(self.0, id, at)
    }

    fn move_headers(&mut self, registry: &RegistryId, key: HeaderKey, limit: u32) -> Answer<u64> {
        sealing::move_on(self.0, self.1, registry, key, limit)
    }

    fn destroy_header_key(
        &mut self,
        registry: &RegistryId,
        key: HeaderKey,
    ) -> Answer<Option<Sha256>> {
        let seal = sealing::unused(self.0, self.1, registry, key)?;
        Ok(seal.destroy(registry, key)?)
    }

    fn forget_header_key(&mut self, registry: &RegistryId, key: HeaderKey) -> Answer<()> {
        let seal = sealing::unused(self.0, self.1, registry, key)?;
        Ok(seal.forget(registry, key)?)
    }

    fn confirm_enrolment(
        &mut self,
        key: EnrolmentKey<'_>,
        confirmation: &Confirmation,
    ) -> Answer<Option<bool>> {
        enrolments::confirm(self.0, key, confirmation)
    }

    fn put_enrolment(&mut self, enrolment: &Enrolment) -> Answer<()> {
        enrolments::put(self.0, enrolment)
    }

    fn erase_enrolment(
        &mut self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Answer<bool> {
        enrolments::erase(self.0, registry, mission, person)
    }

    fn put_mission(&mut self, mission: &Mission) -> Answer<()> {
        missions::put(self.0, mission)
    }

    fn hold_withdrawals(&mut self, held: &HeldWithdrawal) -> Answer<()> {
        missions::hold(self.0, held)
    }

    fn decide_withdrawals(
        &mut self,
        submission: SubmissionId,
        registry: &RegistryId,
        mission: &MissionCode,
        decision: &Decision,
    ) -> Answer<bool> {
        missions::decide(self.0, submission, registry, mission, decision)
    }

    fn put_report_chain(&mut self, chain: &ReportChain) -> Answer<()> {
        reports::put_chain(self.0, chain)
    }

    fn add_notifications(
        &mut self,
        sender: &SenderId,
        submission: SubmissionId,
        list: &dyn NotificationList,
    ) -> Answer<()> {
        notifications::add(self.0, sender, submission, list)
    }

    fn add_annual(&mut self, annual: &AnnualSubmission) -> Answer<()> {
        reports::add_annual(self.0, annual)
    }

    fn supersede(&mut self, by: &AnnualSubmission, at: Timestamp) -> Answer<Vec<SubmissionId>> {
        reports::supersede(self.0, by, at)
    }

    fn add_persons(
        &mut self,
        registry: &RegistryId,
        year: i16,
        submission: SubmissionId,
        epoch: u32,
        persons: &dyn PersonList,
    ) -> Answer<()> {
        reports::add_persons(self.0, registry, year, submission, epoch, persons)
    }

    fn queue_audit(&mut self, entry: &mut dyn FnMut(u64) -> Vec<u8>) -> Answer<u64> {
        operations::queue_audit(self.0, self.2, entry)
    }

    fn outbox_written(&mut self, seq: u64) -> Answer<()> {
        operations::outbox_written(self.0, seq)
    }

    fn raise_alarm(
        &mut self,
        code: &str,
        subject: &str,
        at: Timestamp,
        detail: Option<&str>,
    ) -> Answer<bool> {
        operations::raise(self.0, code, subject, at, detail)
    }

    fn clear_alarm(&mut self, code: &str, subject: &str) -> Answer<bool> {
        operations::clear(self.0, code, subject)
    }

    fn sender_seen(&mut self, sender: &SenderId, at: Timestamp) -> Answer<()> {
        operations::seen(self.0, sender, at)
    }

    fn sender_awaited(&mut self, sender: &SenderId, since: Timestamp) -> Answer<()> {
        operations::awaited(self.0, sender, since)
    }

    fn set_installation(&mut self, installation: &Installation) -> Answer<()> {
        operations::set_installation(self.0, installation)
    }
}

impl ArchiveView for Session<'_> {
    fn archive_job(&self, exchange: &Guid) -> Answer<Option<ArchiveJob>> {
        archive::one(self.0, exchange)
    }

    fn archive_job_called(&self, reference: SubmissionId) -> Answer<Option<ArchiveJob>> {
        archive::called(self.0, reference)
    }

    fn archive_due(&self, at: Timestamp, limit: u32) -> Answer<Vec<ArchiveJob>> {
        archive::due(self.0, at, limit)
    }

    fn archive_to_tell(&self, limit: u32) -> Answer<Vec<ArchiveJob>> {
        archive::to_tell(self.0, limit)
    }

    fn archive_waiting(&self) -> Answer<ArchiveWaiting> {
        archive::waiting(self.0)
    }
}

impl ArchiveLedger for Session<'_> {
    fn queue_archive(
        &mut self,
        exchange: &Guid,
        case: Option<&CaseNumber>,
        now: Timestamp,
    ) -> Answer<()> {
        archive::queue(self.0, exchange, case, now)
    }

    fn save_archive_job(&mut self, job: &ArchiveJob) -> Answer<()> {
        archive::save(self.0, job)
    }
}

impl PoliceView for Session<'_> {
    fn exchange(&self, id: &Guid) -> Answer<Option<Exchange>> {
        police::exchange(self.0, id)
    }

    fn exchange_called(&self, reference: SubmissionId) -> Answer<Option<Exchange>> {
        police::exchange_called(self.0, reference)
    }

    fn exchanges(&self, filter: &ExchangeFilter) -> Answer<Vec<Exchange>> {
        police::exchanges(self.0, filter)
    }

    fn overdue_exchanges(&self, day: Date, limit: u32) -> Answer<Vec<Exchange>> {
        police::overdue(self.0, day, limit)
    }

    fn unanswered_exchanges(&self) -> Answer<u64> {
        police::unanswered(self.0)
    }

    fn reply(&self, id: &Guid) -> Answer<Option<PoliceReply>> {
        police::reply(self.0, id)
    }

    fn reply_of(&self, submission: SubmissionId) -> Answer<Option<PoliceReply>> {
        police::reply_of(self.0, submission)
    }

    fn replies_to(&self, exchange: &Guid) -> Answer<Vec<PoliceReply>> {
        police::replies_to(self.0, exchange)
    }

    fn undecided_replies(&self, limit: u32) -> Answer<Vec<PoliceReply>> {
        police::undecided(self.0, limit)
    }

    fn dispatch(&self, object: &ObjectId) -> Answer<Option<Dispatch>> {
        dispatches::one(self.0, object)
    }

    fn dispatches_to_do(&self, limit: u32) -> Answer<Vec<Dispatch>> {
        dispatches::to_do(self.0, limit)
    }

    fn dispatches_to_remove(&self, at: Timestamp, limit: u32) -> Answer<Vec<Dispatch>> {
        dispatches::to_remove(self.0, at, limit)
    }
}

impl PoliceLedger for Session<'_> {
    fn put_exchange(&mut self, exchange: &Exchange) -> Answer<()> {
        police::put_exchange(self.0, exchange)
    }

    fn put_reply(&mut self, reply: &PoliceReply) -> Answer<()> {
        police::put_reply(self.0, reply)
    }

    fn put_dispatch(&mut self, dispatch: &Dispatch) -> Answer<()> {
        dispatches::put(self.0, dispatch)
    }
}
