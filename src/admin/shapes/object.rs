//! The JSON of `object`. Fields may be added, never renamed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::records::objects::{self, ObjectState},
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SubmissionId},
    },
};

/// One object of `object list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its id.
    pub id: ObjectId,
    /// Its registry.
    pub registry: RegistryId,
    /// The submission that it came from.
    pub submission: SubmissionId,
    /// What part of it.
    pub part: Part,
    /// When it was made.
    pub created_at: Timestamp,
    /// Bytes in the store.
    pub payload_bytes: u64,
    /// Digest of what lies in the store; not taken of what is long.
    pub payload_sha256: Option<Sha256>,
    /// Public keys that open it.
    pub recipients: Vec<String>,
    /// When somebody first got it whole.
    #[serde(default)]
    pub handed_at: Option<Timestamp>,
    /// When it must be gone.
    pub due_at: Option<Timestamp>,
    /// The rule that says so.
    pub rule: String,
    /// When it must be gone whatever anybody holds.
    pub statutory_limit: Option<Timestamp>,
    /// Stored, held or erased.
    pub state: ObjectState,
    /// Why it is held.
    pub hold_why: Option<String>,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
}

impl From<objects::Object> for Object {
    fn from(row: objects::Object) -> Self {
        Self {
            registry: row.id.registry.clone(),
            submission: row.id.submission,
            part: row.id.part,
            id: row.id,
            created_at: row.created_at,
            payload_bytes: row.payload_bytes,
            payload_sha256: row.payload_sha256,
            recipients: row.recipients,
            handed_at: row.handed_at,
            due_at: row.due_at,
            rule: row.due_rule,
            statutory_limit: row.statutory_limit,
            state: row.state,
            hold_why: row.hold_why,
            erased_at: row.erased_at,
        }
    }
}
