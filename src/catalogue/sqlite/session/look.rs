//! What is asked of one transaction or snapshot.

use jiff::Timestamp;

use crate::{
    catalogue::{
        header_seal::{HeaderSeal, KeptKey},
        keys::{MissionCode, PersonKey},
        records::{
            enrolments::{Enrolment, EnrolmentFilter, HeldWithdrawal, Mission},
            objects::{Deadline, DeadlineCount, Object, ObjectCount, ObjectFilter, TaskDone},
            operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
            reports::{AnnualSubmission, Notification, ReportChain, TakeGuid},
            submissions::{Event, Queue, Submission, SubmissionFilter, SubmissionTotal},
        },
        sqlite::{
            enrolments, missions, notifications, objects,
            operations::{self},
            reports, sealing, submissions, tasks,
        },
        view::{EnrolmentKey, View},
    },
    types::{
        digest::Sha256,
        guid::Guid,
        header_key::HeaderKey,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

use super::{Answer, Session};

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

    fn submission_totals(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Answer<Vec<SubmissionTotal>> {
        submissions::totals(self.0, since, before)
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

    fn due_by_limit(&self, at: Timestamp, limit: u32) -> Answer<Vec<Object>> {
        objects::due_by_limit(self.0, at, limit)
    }

    fn count_due_within_limit(&self, at: Timestamp, most: u32) -> Answer<u64> {
        objects::count_due_within_limit(self.0, at, most)
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
        Ok(notifications::get(self.0, sender, guid)?.map(|(notification, _)| notification))
    }

    fn notification_brought_by(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Answer<Option<SubmissionId>> {
        Ok(notifications::get(self.0, sender, guid)?.map(|(_, submission)| submission))
    }

    fn has_notifications(&self, sender: &SenderId) -> Answer<bool> {
        notifications::any(self.0, sender)
    }

    fn each_notification(&self, sender: &SenderId, take: TakeGuid<'_>) -> Answer<()> {
        notifications::each(self.0, sender, take)
    }

    fn annual_submissions(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Answer<Vec<AnnualSubmission>> {
        reports::annual(self.0, municipality, year)
    }

    fn annual_documents(&self, submission: SubmissionId) -> Answer<Vec<AnnualSubmission>> {
        reports::annual_of(self.0, submission)
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

    fn concluded_count(&self, sender: &SenderId) -> Answer<u64> {
        operations::concluded_count(self.0, sender)
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
