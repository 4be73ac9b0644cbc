//! Why a request was not answered.

use serde::{Deserialize, Serialize};

use crate::{catalogue::error::CatalogueError, types::causes::chain};

/// Why a request was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Fault {
    /// Stable word for programs.
    pub code: String,
    /// What went wrong, and what to do about it.
    pub message: String,
    /// The exit code that the command line ends with.
    pub exit: u8,
}

impl Fault {
    /// A request that cannot be met, such as an id that nothing has.
    pub fn cannot(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), exit: 2 }
    }

    /// A failure of catalogue, log or disk, with its causes.
    pub fn because(error: &dyn std::error::Error) -> Self {
        Self::cannot("failed", chain(error))
    }
}

impl From<CatalogueError> for Fault {
    fn from(error: CatalogueError) -> Self {
        Self::because(&error)
    }
}
