//! Why not everything that is due was erased.

use std::io;

use crate::{
    audit::AuditError,
    catalogue::error::CatalogueError,
    retention::{guard::Refusal, sweep::SweepError},
};

/// Why not everything that is due was erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// A rewriting of the catalogue could not be put on record before it starts.
    #[error("cannot record in the state directory that the catalogue is being rewritten")]
    Attempt(#[source] io::Error),
    /// The audit log could not be read or written.
    #[error("cannot hold the clock against the audit log, or keep its checkpoint of the day")]
    Audit(#[from] AuditError),
    /// The catalogue could not be compacted.
    #[error("cannot compact the catalogue after an erasure; the next sweep tries again")]
    Compact(#[from] CatalogueError),
    /// What lies in other senders' outbound directories could not be gone through.
    #[error("cannot remove copies of what was erased from outbound directories; trying again")]
    Dispatch(#[source] io::Error),
    /// An operator must look first.
    #[error(transparent)]
    Refused(Refusal),
    /// The catalogue failed in the midst.
    #[error(transparent)]
    Sweep(SweepError),
    /// What was erased is on record, but not in the audit log yet.
    #[error("cannot bring what was erased into the audit log; trying again")]
    Trail(#[source] io::Error),
}

impl From<SweepError> for EraseError {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Sweep(other),
        }
    }
}
