//! Why the demonstration did not come to its end.

use std::io;

use crate::{
    audit::AuditError,
    catalogue::error::CatalogueError,
    config::{init::InitError, problem::ConfigError},
    daemon::{lock::LockError, open, service::RunError},
    pipeline::{upkeep::erase_error::EraseError, withdrawals::decide::DecideError},
    seal::SealError,
};

/// Why the demonstration did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The audit log cannot be read.
    #[error("the audit log cannot be verified")]
    Audit(#[from] AuditError),
    /// The catalogue failed.
    #[error("the catalogue cannot be asked")]
    Catalogue(#[from] CatalogueError),
    /// The configuration that was written does not load.
    #[error("the demonstration's own configuration does not load; this is a bug, report it")]
    Config(#[from] ConfigError),
    /// The operator's decision failed.
    #[error("the held withdrawals cannot be decided")]
    Decide(#[from] DecideError),
    /// The sweep failed.
    #[error("the retention sweep failed")]
    Erase(#[from] EraseError),
    /// The installation cannot be made.
    #[error("the demonstration's installation cannot be made")]
    Init(#[from] InitError),
    /// The disk or the terminal.
    #[error("the demonstration cannot go on")]
    Io(#[from] io::Error),
    /// Somebody else works on the directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The installation cannot be opened.
    #[error("the demonstration's installation cannot be opened")]
    Open(#[from] open::OpenError),
    /// The daemon that stays up failed.
    #[error("the daemon does not stay up")]
    Run(#[from] RunError),
    /// An object does not open.
    #[error("an object cannot be opened with the registry's identity")]
    Seal(#[from] SealError),
    /// A step did not end as it should.
    #[error("{count} of the steps did not end as they should: see the lines that begin with !")]
    Surprises {
        /// How many.
        count: usize,
    },
}
