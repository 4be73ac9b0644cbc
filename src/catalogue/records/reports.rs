//! What the catalogue keeps of what municipalities report: sequences, notifications, annual
//! submissions. Never an identifier and never a value of a field.

use jiff::Timestamp;

use crate::{
    catalogue::error::CatalogueError,
    types::{
        guid::Guid,
        ids::{RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

/// Where the sequence of a municipality's notifications stands, whoever sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportChain {
    /// Whose notifications.
    pub municipality: MunicipalityNumber,
    /// Number of the last notification.
    pub last_number: u64,
    /// Its GUID.
    pub last_guid: Guid,
    /// The submission that brought it.
    pub submission: SubmissionId,
}

/// A notification that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notification {
    /// Its number among all of its sender's.
    pub guid: Guid,
    /// The letter that says what it does: `N`, `M` or `C`.
    pub status: char,
    /// Digest of its content.
    pub digest: [u8; 8],
}

/// One document of an annual submission, as one registry has it. An archive has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualSubmission {
    /// Who sent it.
    pub sender: SenderId,
    /// For which municipality.
    pub municipality: MunicipalityNumber,
    /// The service year.
    pub year: i16,
    /// The registry.
    pub registry: RegistryId,
    /// The submission.
    pub submission: SubmissionId,
    /// The document's number in it, which its objects have too; 0 where a version that did not keep
    /// it took several.
    pub document: u32,
    /// The municipality that the sender reported for then: its own number, where `municipality` may
    /// be one that it had before a merger.
    pub reporter: MunicipalityNumber,
    /// Whether it says that it is complete, if it says anything.
    pub complete: Option<bool>,
    /// What took its place (KPR-09), and when.
    pub superseded: Option<(SubmissionId, Timestamp)>,
}

/// Persons, each by the first 64 bits of the pseudonym: in order, and each once. They may be more
/// than memory should hold, so they are handed over in pieces.
pub trait PersonList {
    /// How many there are.
    fn count(&self) -> u64;

    /// Hands over all of them.
    ///
    /// # Errors
    /// When they cannot be had, or whoever takes them errs.
    fn in_pieces(&self, take: TakePersons<'_>) -> Result<(), CatalogueError>;
}

/// Notifications of one document, in order of their GUIDs, and each GUID once. They may be more
/// than memory should hold, so they are handed over in pieces.
pub trait NotificationList {
    /// How many there are.
    fn count(&self) -> u64;

    /// Hands over all of them.
    ///
    /// # Errors
    /// When they cannot be had, or whoever takes them errs.
    fn in_pieces(&self, take: TakeNotifications<'_>) -> Result<(), CatalogueError>;
}

/// What takes the next notifications.
pub type TakeNotifications<'a> = &'a mut dyn FnMut(&[Notification]) -> Result<(), CatalogueError>;

/// What takes a GUID.
pub type TakeGuid<'a> = &'a mut dyn FnMut(Guid);

impl NotificationList for Vec<Notification> {
    fn count(&self) -> u64 {
        self.len() as u64
    }

    fn in_pieces(&self, take: TakeNotifications<'_>) -> Result<(), CatalogueError> {
        take(self)
    }
}

/// What takes the next persons.
pub type TakePersons<'a> = &'a mut dyn FnMut(&[u64]) -> Result<(), CatalogueError>;

impl PersonList for Vec<u64> {
    fn count(&self) -> u64 {
        self.len() as u64
    }

    fn in_pieces(&self, take: TakePersons<'_>) -> Result<(), CatalogueError> {
        take(self)
    }
}
