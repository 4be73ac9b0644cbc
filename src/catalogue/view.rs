//! What can be asked of the catalogue, subject by subject. Every question sees one consistent
//! snapshot.

use crate::catalogue::{
    archive::ArchiveView, dispatches::DispatchView, enrolments::EnrolmentView,
    error::CatalogueError, header_keys::HeaderKeyView, missions::MissionView,
    notifications::NotificationView, objects::ObjectView, operations::OperationView,
    police::PoliceView, pushes::PushView, reports::ReportView, submissions::SubmissionView,
    tasks::TaskView,
};

/// Questions to the catalogue. A list is bounded by its filter or limit, or by one mission.
pub trait View:
    SubmissionView
    + ObjectView
    + HeaderKeyView
    + TaskView
    + EnrolmentView
    + MissionView
    + ReportView
    + NotificationView
    + OperationView
    + PoliceView
    + DispatchView
    + ArchiveView
    + PushView
{
}

impl<T> View for T where
    T: SubmissionView
        + ObjectView
        + HeaderKeyView
        + TaskView
        + EnrolmentView
        + MissionView
        + ReportView
        + NotificationView
        + OperationView
        + PoliceView
        + DispatchView
        + ArchiveView
        + PushView
{
}

/// What runs on one snapshot.
pub type ViewWork<'a> = &'a mut dyn FnMut(&dyn View) -> Result<(), CatalogueError>;
