//! What can be asked of the catalogue. Every question sees one consistent snapshot.

use jiff::Timestamp;

use crate::{
    catalogue::{
        archive::ArchiveView,
        error::CatalogueError,
        header_seal::KeptKey,
        keys::{MissionCode, PersonKey},
        police::PoliceView,
        records::{
            enrolments::{Enrolment, EnrolmentFilter, HeldWithdrawal, Mission},
            objects::{Deadline, DeadlineCount, Object, ObjectCount, ObjectFilter, TaskDone},
            operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
            reports::{AnnualSubmission, Notification, ReportChain, TakeGuid},
            submissions::{Event, Queue, Submission, SubmissionFilter, SubmissionTotal},
        },
    },
    types::{
        digest::Sha256,
        guid::Guid,
        header_key::HeaderKey,
        ids::{ObjectId, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

/// What tells one enrolment from the others.
pub type EnrolmentKey<'a> = (&'a RegistryId, &'a MissionCode, &'a PersonKey);

/// Questions to the catalogue. A list is bounded by its filter or limit, or by one mission.
pub trait View: ArchiveView + PoliceView {
    /// One submission.
    fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, CatalogueError>;

    /// Submissions, newest first.
    fn submissions(&self, filter: &SubmissionFilter) -> Result<Vec<Submission>, CatalogueError>;

    /// Submissions whose state is not final, oldest first: what a restart takes up.
    fn unfinished(&self) -> Result<Vec<Submission>, CatalogueError>;

    /// How many submissions were received from `since` on and before `before`, by kind and verdict;
    /// in no order.
    fn submission_totals(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<SubmissionTotal>, CatalogueError>;

    /// How much is under way.
    fn queue(&self) -> Result<Queue, CatalogueError>;

    /// What happened to a submission, in order.
    fn events(&self, submission: SubmissionId) -> Result<Vec<Event>, CatalogueError>;

    /// The earliest submission of this sender with these bytes that was no rehearsal, no duplicate
    /// itself, was accepted, partly accepted or held (IN-03), that nothing has superseded (KPR-09)
    /// and that no task that is done has ended (NPR-05): what is no longer in force or no longer
    /// here may be sent again.
    fn first_accepted_with(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Result<Option<SubmissionId>, CatalogueError>;

    /// The newest submission of this sender with these bytes, however judged: what a manifest that
    /// comes late is about.
    fn find_recent_by_sha256(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Result<Option<Submission>, CatalogueError>;

    /// One object.
    fn object(&self, id: &ObjectId) -> Result<Option<Object>, CatalogueError>;

    /// Objects, newest first.
    fn objects(&self, filter: &ObjectFilter) -> Result<Vec<Object>, CatalogueError>;

    /// How many objects each registry has in each state.
    fn object_counts(&self) -> Result<Vec<ObjectCount>, CatalogueError>;

    /// The age header of an object, opened; `None` once it is erased.
    ///
    /// # Errors
    /// [`CatalogueError::HeaderKey`] when the key that seals it is not at hand, or destroyed.
    fn header(&self, id: &ObjectId) -> Result<Option<Vec<u8>>, CatalogueError>;

    /// The keys that seal headers, by registry, as far as they are at hand.
    fn header_keys(&self) -> Vec<KeptKey>;

    /// The keys under which the catalogue has headers, by registry.
    fn header_keys_used(&self) -> Result<Vec<(RegistryId, HeaderKey)>, CatalogueError>;

    /// Objects that must be gone at `at`, by deadline: those stored whose `due_at` has come, and
    /// all, held or not, whose `statutory_limit` has come.
    fn due_objects(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError>;

    /// Whether the task of an operating year is done (NPR-05).
    fn task_done(
        &self,
        registry: &RegistryId,
        operating_year: i16,
    ) -> Result<Option<TaskDone>, CatalogueError>;

    /// Every operating year whose task is done, by registry and year.
    fn tasks_done(&self) -> Result<Vec<TaskDone>, CatalogueError>;

    /// Those among [`Self::due_objects`] that nobody may keep at `at`, whatever is configured, held
    /// or asked first: a statute says so, or an operator has said that their task is done.
    fn due_by_limit(&self, at: Timestamp, limit: u32) -> Result<Vec<Object>, CatalogueError>;

    /// How many of [`Self::due_objects`] are not among [`Self::due_by_limit`]; counts no further
    /// than `most`.
    fn count_due_within_limit(&self, at: Timestamp, most: u32) -> Result<u64, CatalogueError>;

    /// When objects, stored or held, must be gone, up to and including `until`, in an order of time
    /// that does not change. `after`: the time, and the object of that time, behind which it goes
    /// on; without an object, with all of that time.
    fn deadlines(
        &self,
        after: Option<(Timestamp, Option<&ObjectId>)>,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Deadline>, CatalogueError>;

    /// How many objects, stored or held, must be gone when up to and including `until`, and under
    /// which rule; in no order.
    fn deadline_counts(&self, until: Timestamp) -> Result<Vec<DeadlineCount>, CatalogueError>;

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

    /// Where the sequence of a municipality's notifications stands; `None` before the first.
    fn report_chain(
        &self,
        sender: &SenderId,
        municipality: MunicipalityNumber,
    ) -> Result<Option<ReportChain>, CatalogueError>;

    /// A notification that this sender sent and that is not erased, as the newest submission has
    /// it.
    fn notification(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Result<Option<Notification>, CatalogueError>;

    /// The submission that the same is of.
    fn notification_brought_by(
        &self,
        sender: &SenderId,
        guid: &Guid,
    ) -> Result<Option<SubmissionId>, CatalogueError>;

    /// Whether any notification of this sender is kept: where none is, none needs to be asked for.
    fn has_notifications(&self, sender: &SenderId) -> Result<bool, CatalogueError>;

    /// Hands over the GUIDs of all of them, in no order and some more than once: for somebody who
    /// has to ask for more than a few.
    fn each_notification(
        &self,
        sender: &SenderId,
        take: TakeGuid<'_>,
    ) -> Result<(), CatalogueError>;

    /// Annual submissions for a municipality's year, whoever sent them and superseded ones
    /// included, newest first within each registry.
    fn annual_submissions(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError>;

    /// The documents of one annual submission, superseded ones included, by municipality, year and
    /// registry.
    fn annual_documents(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError>;

    /// Whether a later annual submission has taken the place of this one, or of a document of it
    /// (KPR-09).
    fn is_superseded(&self, submission: SubmissionId) -> Result<bool, CatalogueError>;

    /// How many of these persons a registry has had in a service year before `before`. Each is the
    /// first 64 bits of a pseudonym of this key epoch; they are in order, and each comes once.
    fn linked_persons(
        &self,
        registry: &RegistryId,
        epoch: u32,
        persons: &[u64],
        before: i16,
    ) -> Result<u64, CatalogueError>;

    /// Audit entries that are not in the log yet, in order, at most `limit`.
    fn outbox(&self, limit: u32) -> Result<Vec<OutboxEntry>, CatalogueError>;

    /// The place that the next queued audit entry will get.
    fn next_audit_seq(&self) -> Result<u64, CatalogueError>;

    /// All alarms, oldest first.
    fn alarms(&self) -> Result<Vec<Alarm>, CatalogueError>;

    /// All senders that have ever sent anything, by id.
    fn senders_seen(&self) -> Result<Vec<SenderSeen>, CatalogueError>;

    /// How many submissions of a sender were concluded so far.
    fn concluded_count(&self, sender: &SenderId) -> Result<u64, CatalogueError>;

    /// What a sender has sent so far, rehearsals apart. Of one that has sent nothing, both times
    /// are since when something is expected; `None` when nothing is.
    fn sender_history(&self, sender: &SenderId) -> Result<Option<History>, CatalogueError>;

    /// Which installation this is; `None` until it is recorded.
    fn installation(&self) -> Result<Option<Installation>, CatalogueError>;

    /// Version of the schema.
    fn schema_version(&self) -> Result<u32, CatalogueError>;
}
