//! What can be asked and changed of submissions and what happened to them: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::submissions::{Event, Queue, Submission, SubmissionFilter, SubmissionTotal},
    },
    types::{
        digest::Sha256,
        ids::{SenderId, SubmissionId},
        verdict::State,
    },
};

/// Questions about submissions and what happened to them.
pub trait SubmissionView {
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
}

/// Changes of submissions and what happened to them.
pub trait SubmissionLedger {
    /// Adds a submission.
    ///
    /// # Errors
    /// [`CatalogueError::Exists`] when its id is taken.
    fn add_submission(&mut self, submission: &Submission) -> Result<(), CatalogueError>;

    /// Replaces a submission's row. Id, sender, rehearsal and `received_at` must be as they were
    /// added, else it is not found.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`], or [`CatalogueError::Transition`] when
    /// [`may_follow`](crate::catalogue::ledger::may_follow) says no.
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
}
