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
pub(super) struct Session<'a>(
    pub(super) &'a Connection,
    pub(super) Option<&'a dyn HeaderSeal>,
    pub(super) &'a AuditSeq,
);

type Answer<T> = Result<T, CatalogueError>;
