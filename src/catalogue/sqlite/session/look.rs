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
            submissions::{Event, Queue, Submission, SubmissionFilter},
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
        submissions::one(self.connection, id)
    }

    fn submissions(&self, filter: &SubmissionFilter) -> Answer<Vec<Submission>> {
        submissions::list(self.connection, filter)
    }

    fn unfinished(&self) -> Answer<Vec<Submission>> {
        submissions::unfinished(self.connection)
    }

    fn queue(&self) -> Answer<Queue> {
        submissions::queue(self.connection)
    }

    fn events(&self, submission: SubmissionId) -> Answer<Vec<Event>> {
        submissions::events(self.connection, submission)
    }

    fn first_accepted_with(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Answer<Option<SubmissionId>> {
        submissions::first_accepted_with(self.connection, sender, sha256)
    }

    fn find_recent_by_sha256(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Answer<Option<Submission>> {
        submissions::recent_by_sha256(self.connection, sender, sha256)
    }

    fn object(&self, id: &ObjectId) -> Answer<Option<Object>> {
        objects::one(self.connection, id)
    }

    fn objects(&self, filter: &ObjectFilter) -> Answer<Vec<Object>> {
        objects::list(self.connection, filter)
    }

    fn object_counts(&self) -> Answer<Vec<ObjectCount>> {
        objects::counts(self.connection)
    }

    fn header(&self, id: &ObjectId) -> Answer<Option<Vec<u8>>> {
        objects::header(self.connection, self.seal, id)
    }

    fn header_keys(&self) -> Vec<KeptKey> {
        self.seal.map(HeaderSeal::keys).unwrap_or_default()
    }

    fn header_keys_used(&self) -> Answer<Vec<(RegistryId, HeaderKey)>> {
        sealing::keys_used(self.connection)
    }

    fn due_objects(&self, at: Timestamp, limit: u32) -> Answer<Vec<Object>> {
        objects::due(self.connection, at, limit)
    }

    fn task_done(&self, registry: &RegistryId, operating_year: i16) -> Answer<Option<TaskDone>> {
        tasks::one(self.connection, registry, operating_year)
    }

    fn tasks_done(&self) -> Answer<Vec<TaskDone>> {
        tasks::all(self.connection)
    }

    fn due_by_limit(&self, at: Timestamp, limit: u32) -> Answer<Vec<Object>> {
        objects::due_by_limit(self.connection, at, limit)
    }

    fn count_due_within_limit(&self, at: Timestamp, most: u32) -> Answer<u64> {
        objects::count_due_within_limit(self.connection, at, most)
    }

    fn deadlines(
        &self,
        after: Option<(Timestamp, Option<&ObjectId>)>,
        until: Timestamp,
        limit: u32,
    ) -> Answer<Vec<Deadline>> {
        objects::deadlines(self.connection, after, until, limit)
    }

    fn deadline_counts(&self, until: Timestamp) -> Answer<Vec<DeadlineCount>> {
        objects::deadline_counts(self.connection, until)
    }

    fn enrolment(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        person: &PersonKey,
    ) -> Answer<Option<Enrolment>> {
        enrolments::one(self.connection, registry, mission, person)
    }

    fn enrolled(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<Vec<Enrolment>> {
        enrolments::enrolled(self.connection, registry, mission)
    }

    fn enrolled_count(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<u64> {
        enrolments::enrolled_count(self.connection, registry, mission)
    }

    fn enrolments_of(&self, registry: &RegistryId, person: &PersonKey) -> Answer<Vec<Enrolment>> {
        enrolments::of_person(self.connection, registry, person)
    }

    fn household(
        &self,
        registry: &RegistryId,
        mission: &MissionCode,
        principal: &PersonKey,
    ) -> Answer<Vec<Enrolment>> {
        enrolments::household(self.connection, registry, mission, principal)
    }

    fn enrolments(&self, filter: &EnrolmentFilter) -> Answer<Vec<Enrolment>> {
        enrolments::list(self.connection, filter)
    }

    fn stale_enrolments(&self, before: Timestamp, limit: u32) -> Answer<Vec<Enrolment>> {
        enrolments::stale(self.connection, before, limit)
    }

    fn due_enrolments(&self, at: Timestamp, limit: u32) -> Answer<Vec<Enrolment>> {
        enrolments::due(self.connection, at, limit)
    }

    fn enrolment_deadlines(
        &self,
        after: Option<(Timestamp, Option<EnrolmentKey<'_>>)>,
        until: Timestamp,
        limit: u32,
    ) -> Answer<Vec<Enrolment>> {
        enrolments::deadlines(self.connection, after, until, limit)
    }

    fn enrolment_deadline_counts(&self, until: Timestamp) -> Answer<Vec<DeadlineCount>> {
        enrolments::deadline_counts(self.connection, until)
    }

    fn mission(&self, registry: &RegistryId, mission: &MissionCode) -> Answer<Option<Mission>> {
        missions::one(self.connection, registry, mission)
    }

    fn missions(&self) -> Answer<Vec<Mission>> {
        missions::all(self.connection)
    }

    fn held_withdrawals_of(&self, submission: SubmissionId) -> Answer<Vec<HeldWithdrawal>> {
        missions::held_of(self.connection, submission)
    }

    fn pending_withdrawals(&self) -> Answer<Vec<HeldWithdrawal>> {
        missions::pending(self.connection)
    }

    fn report_chain(
        &self,
        sender: &SenderId,
        municipality: MunicipalityNumber,
    ) -> Answer<Option<ReportChain>> {
        reports::chain(self.connection, sender, municipality)
    }

    fn notification(&self, sender: &SenderId, guid: &Guid) -> Answer<Option<Notification>> {
        Ok(notifications::get(self.connection, sender, guid)?.map(|(notification, _)| notification))
    }

    fn notification_brought_by(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Answer<Option<SubmissionId>> {
        Ok(notifications::get(self.connection, sender, guid)?.map(|(_, submission)| submission))
    }

    fn has_notifications(&self, sender: &SenderId) -> Answer<bool> {
        notifications::any(self.connection, sender)
    }

    fn each_notification(&self, sender: &SenderId, take: TakeGuid<'_>) -> Answer<()> {
        notifications::each(self.connection, sender, take)
    }

    fn annual_submissions(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Answer<Vec<AnnualSubmission>> {
        reports::annual(self.connection, municipality, year)
    }

    fn annual_documents(&self, submission: SubmissionId) -> Answer<Vec<AnnualSubmission>> {
        reports::annual_of(self.connection, submission)
    }

    fn is_superseded(&self, submission: SubmissionId) -> Answer<bool> {
        reports::is_superseded(self.connection, submission)
    }

    fn linked_persons(
        &self,
        registry: &RegistryId,
        epoch: u32,
        persons: &[u64],
        before: i16,
    ) -> Answer<u64> {
        reports::linked(self.connection, registry, epoch, persons, before)
    }

    fn outbox(&self, limit: u32) -> Answer<Vec<OutboxEntry>> {
        operations::outbox(self.connection, limit)
    }

    fn next_audit_seq(&self) -> Answer<u64> {
        operations::next_audit_seq(self.connection, self.seq)
    }

    fn alarms(&self) -> Answer<Vec<Alarm>> {
        operations::alarms(self.connection)
    }

    fn senders_seen(&self) -> Answer<Vec<SenderSeen>> {
        operations::senders(self.connection)
    }

    fn concluded_count(&self, sender: &SenderId) -> Answer<u64> {
        operations::concluded_count(self.connection, sender)
    }

    fn sender_history(&self, sender: &SenderId) -> Answer<Option<History>> {
        operations::history(self.connection, sender)
    }

    fn installation(&self) -> Answer<Option<Installation>> {
        operations::installation(self.connection)
    }

    fn schema_version(&self) -> Answer<u32> {
        operations::schema_version(self.connection)
    }
}
