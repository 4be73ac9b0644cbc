//! The case archive: where it answers, and what an entry looks like.
//!
//! No secret: the auth key is named by its credential file.

use crate::config::{names::KeyName, peer::Peer};

/// `[archive]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Where it answers, and whom to trust.
    pub peer: Peer,
    /// Credential that holds the auth key.
    pub credential: KeyName,
    /// Whether the archive makes a case for a request that names none (POL-05).
    pub create_cases: bool,
    /// What an entry looks like.
    pub form: ArchiveForm,
}

/// What cases and documents look like, in the archive's own codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveForm {
    /// Title; public.
    pub title: String,
    /// Access code.
    pub access_code: Option<String>,
    /// Its provision.
    pub paragraph: Option<String>,
    /// Access group.
    pub access_group: Option<String>,
    /// Sub-archive of cases.
    pub sub_archive: Option<String>,
    /// The responsible unit.
    pub responsible_enterprise_recno: Option<u32>,
    /// The responsible person.
    pub responsible_person_recno: Option<u32>,
    /// The archive's user that acts.
    pub context_user: Option<String>,
    /// Category of documents.
    pub document_category: String,
    /// Status of documents.
    pub document_status: String,
    /// Role of the police district on a document.
    pub recipient_role: String,
}
