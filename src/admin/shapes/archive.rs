//! What `filsluse deliver` is given to enter into the case archive.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::types::{case_number::CaseNumber, ids::SubmissionId};

/// `ArchiveNext`: what `filsluse deliver` is to enter, if anything is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveNext {
    /// The entry.
    pub entry: Option<ArchiveEntry>,
}

/// One entry for the case archive. All that leaves for it stands here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveEntry {
    /// What it is called: its `ExternalId` there.
    pub reference: SubmissionId,
    /// Which attempt this is; goes back with what came of it.
    pub attempt: u32,
    /// The case that must exist; without it, one is made.
    pub case: Option<CaseNumber>,
    /// The day on which it was shared.
    pub date: Date,
    /// The police district's name.
    pub district: String,
}
