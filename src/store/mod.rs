//! Where sealed objects lie. Sees cipher text only: the header that wraps the file key is
//! elsewhere.
//!
//! An object's name is derived from its submission, so doing a step again finds the same name.

pub mod directory;

use std::{
    collections::BTreeSet,
    io::{self, Read},
    path::PathBuf,
};

use crate::{
    durable::{DurableError, file_system::Unsynced},
    types::{
        digest::Sha256,
        ids::{ObjectId, SubmissionId},
    },
};

/// A place for the payloads of one registry. Every implementation passes the same test suite.
pub trait Store: Send + Sync {
    /// Makes all payloads durable; their work files are gone when this returns.
    ///
    /// Publishing the same bytes again is a success, with the work file there or not. Other bytes
    /// under the same name replace what is there: sealing draws a new key each time, so a pass that
    /// was cut off before its header was committed leaves a payload that nobody can open. The
    /// caller therefore publishes before it commits the header, and never after.
    ///
    /// # Errors
    /// Some objects may then be there and others not; publishing all of them again is safe.
    fn publish(&self, uploads: &[Upload]) -> Result<(), StoreError> {
        Ok(self.place(uploads)?.sync()?)
    }

    /// [`Self::publish`] without its sync, so that one sync serves several stores and whatever else
    /// was written: the payloads are durable once what comes back was synced.
    ///
    /// # Errors
    /// As [`Self::publish`].
    fn place(&self, uploads: &[Upload]) -> Result<Unsynced, StoreError>;

    /// The payload of an object.
    fn open(&self, object: &ObjectId) -> Result<Box<dyn Read + Send>, StoreError>;

    /// Removes objects durably; says for each, in order, whether it was there.
    fn erase_many(&self, objects: &[ObjectId]) -> Result<Vec<Erasure>, StoreError>;

    /// Removes one object durably.
    fn erase(&self, object: &ObjectId) -> Result<Erasure, StoreError> {
        let erasures = self.erase_many(std::slice::from_ref(object))?;
        Ok(erasures.first().copied().unwrap_or(Erasure::WasAbsent))
    }

    /// The objects of these submissions, in no promised order.
    ///
    /// # Errors
    /// As [`Self::list`].
    fn of_submissions(
        &self,
        submissions: &BTreeSet<SubmissionId>,
    ) -> Result<Vec<ObjectId>, StoreError> {
        let mut found = Vec::new();
        for stored in self.list()? {
            let object = stored?.object;
            if submissions.contains(&object.submission) {
                found.push(object);
            }
        }
        Ok(found)
    }

    /// Every object, in no promised order.
    fn list(&self)
    -> Result<Box<dyn Iterator<Item = Result<Stored, StoreError>> + '_>, StoreError>;
}

/// One payload on its way into a store.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name that it gets.
    pub object: ObjectId,
    /// The file that holds it, on the store's own file system.
    pub work: PathBuf,
    /// Its length.
    pub payload_bytes: u64,
    /// What tells it from the same text sealed again.
    pub mark: Mark,
}

/// What tells a payload from every other of the same length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The digest of all of it.
    Sha256(Sha256),
    /// Its first bytes, which are drawn for each sealing. For long ones: whether the rest is whole
    /// is for the tags in it to say.
    Nonce([u8; 16]),
}

/// One payload in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub object: ObjectId,
    /// Its length.
    pub payload_bytes: u64,
}

/// What an erasure met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// It was there and is gone.
    Erased,
    /// It was gone already.
    WasAbsent,
}

/// What went wrong with a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The object is not there.
    #[error("object {object} is not in its store; `filsluse object show` tells what became of it")]
    Absent {
        /// Which.
        object: ObjectId,
    },
    /// Making it durable failed.
    #[error("cannot make the store's change durable")]
    Durable(#[from] DurableError),
    /// The object belongs to another registry's store.
    #[error("object {object} does not belong to this registry's store; this is a bug, report it")]
    Foreign {
        /// Which.
        object: ObjectId,
    },
    /// Reading failed.
    #[error("cannot {doing}; check the disk and the rights of the state directory")]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// Neither the work file nor the object is there.
    #[error("the sealed work file of object {object} is gone; pass its submission again")]
    WorkLost {
        /// Which.
        object: ObjectId,
    },
}

/// Kept whole within it: [`io::Error::get_ref`] gives it back.
impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        Self::other(error)
    }
}

impl StoreError {
    /// What the caller does about it.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Durable(error) if error.is_full() => ErrorClass::Retry,
            Self::Io { source, .. } if is_passing(source) => ErrorClass::Retry,
            Self::WorkLost { .. } => ErrorClass::Retry,
            Self::Absent { .. } | Self::Durable(_) | Self::Foreign { .. } | Self::Io { .. } => {
                ErrorClass::Stop
            }
        }
    }
}

/// How a failure is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The store is down or full: wait, then do the step again from the claimed original.
    Retry,
    /// Nothing will be better by waiting: an operator must look.
    Stop,
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::Interrupted
            | io::ErrorKind::TimedOut
            | io::ErrorKind::StaleNetworkFileHandle
            | io::ErrorKind::ResourceBusy
    )
}
