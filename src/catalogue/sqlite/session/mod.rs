//! One transaction or snapshot of the SQLite catalogue: each question and change goes to the file
//! of its subject.

mod change;
mod exchange;
mod look;

use rusqlite::Connection;

use crate::catalogue::{
    error::CatalogueError, header_seal::HeaderSeal, sqlite::operations::AuditSeq,
};

/// Works inside the transaction that its maker has begun.
pub(super) struct Session<'a> {
    pub(super) connection: &'a Connection,
    /// Opens and seals headers; without it none is sealed, and none that is opens.
    pub(super) seal: Option<&'a dyn HeaderSeal>,
    /// The numbers of the audit entries that are queued in it.
    pub(super) seq: &'a AuditSeq,
}

type Answer<T> = Result<T, CatalogueError>;
