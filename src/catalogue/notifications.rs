//! What can be asked and changed of notifications: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use crate::{
    catalogue::{
        error::CatalogueError,
        records::reports::{Notification, NotificationList, TakeGuid},
    },
    types::{
        guid::Guid,
        ids::{SenderId, SubmissionId},
    },
};

/// Questions about notifications.
pub trait NotificationView {
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
}

/// Changes of notifications.
pub trait NotificationLedger {
    /// Adds notifications, or what they say now. They are forgotten when no registry holds any
    /// content of their submission any more.
    fn add_notifications(
        &mut self,
        sender: &SenderId,
        submission: SubmissionId,
        notifications: &dyn NotificationList,
    ) -> Result<(), CatalogueError>;
}
