//! What can go wrong with the catalogue. Never shows a value that is kept in it.

use std::{error::Error, io};

use crate::{catalogue::header_seal::SealFault, types::verdict::State};

/// Why the catalogue could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The work inside the transaction gave up; everything was rolled back.
    #[error("the work inside the transaction gave up and was rolled back")]
    Aborted,
    /// The backend failed.
    #[error("cannot {doing} in the catalogue; check the disk and the state directory")]
    Backend {
        /// The step, as an infinitive: `commit`.
        doing: &'static str,
        /// The backend's reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Somebody else holds on to the catalogue for too long.
    #[error("cannot {doing}: another process holds the catalogue; try again when it has finished")]
    Busy {
        /// The step, as an infinitive.
        doing: &'static str,
    },
    /// The row exists already.
    #[error("the {what} is in the catalogue already")]
    Exists {
        /// What kind of row.
        what: &'static str,
    },
    /// No room on the disk.
    #[error("cannot {doing}: no room is left for the catalogue; free some disk")]
    Full {
        /// The step, as an infinitive.
        doing: &'static str,
    },
    /// A header cannot be sealed or opened.
    #[error("the object's header cannot be used")]
    HeaderKey(#[from] SealFault),
    /// A header key that still seals something was to be destroyed.
    #[error("the header key seals headers still; move them first")]
    HeaderKeyInUse,
    /// The object is held, and no statutory limit has come.
    #[error("the object is held; release it first with `filsluse retention release`")]
    Held,
    /// A newer program wrote it.
    #[error(
        "the catalogue has schema version {found} and this program knows up to {known}; start the \
         newer program, or restore the backup that was taken before the upgrade"
    )]
    NewerSchema {
        /// Version of the file.
        found: u32,
        /// Newest version that this program knows.
        known: u32,
    },
    /// It is another program's database.
    #[error("the file is not a catalogue of filsluse; check `state-dir`")]
    NotACatalogue,
    /// The row is not there.
    #[error("the {what} is not in the catalogue")]
    NotFound {
        /// What kind of row.
        what: &'static str,
    },
    /// An older schema that a read-only look may not migrate.
    #[error(
        "the catalogue has schema version {found} and this program wants {known}; start the daemon \
         once, which upgrades it"
    )]
    OlderSchema {
        /// Version of the file.
        found: u32,
        /// Version that this program wants.
        known: u32,
    },
    /// The catalogue was opened for reading only.
    #[error("the catalogue was opened for reading only; changes need the running daemon")]
    ReadOnly,
    /// The database gave up the transaction in its midst: everything was rolled back, and nothing
    /// may be written as if it were part of it still.
    #[error("the database gave up the whole transaction; see that its disk is not full or failing")]
    TransactionLost,
    /// A submission cannot go from one state to the other.
    #[error("a submission cannot go from {from} to {to}; see the state machine in the docs")]
    Transition {
        /// State in the catalogue.
        from: State,
        /// State that was asked for.
        to: State,
    },
    /// A stored value does not read back.
    #[error("a stored {what} does not read back; restore the catalogue from its backup")]
    Unreadable {
        /// What kind of value.
        what: &'static str,
    },
}

/// Kept whole within it: [`io::Error::get_ref`] gives it back.
impl From<CatalogueError> for io::Error {
    fn from(error: CatalogueError) -> Self {
        Self::other(error)
    }
}

impl CatalogueError {
    /// Whether what is kept is not what was put there: somebody has changed it, or a bad disk. Not
    /// what the system refuses, which waiting or room may heal.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::NotACatalogue | Self::Unreadable { .. })
    }
}
