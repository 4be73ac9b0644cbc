//! What was claimed, whatever it turned out to be, until it has been answered and can go.

use std::{io, os::fd::OwnedFd};

use crate::{
    intake::claim::{ClaimedFile, SetAside},
    types::ids::SubmissionId,
};

/// A claimed thing, to be removed when it has been answered.
pub enum Subject {
    /// Refused without being read.
    Aside(SetAside),
    /// Read.
    File(ClaimedFile),
    /// Removed before a restart that found its answer still owed.
    Gone(SubmissionId),
}

impl Subject {
    /// Its submission.
    pub fn id(&self) -> SubmissionId {
        match self {
            Self::Aside(aside) => aside.id,
            Self::File(file) => file.id,
            Self::Gone(id) => *id,
        }
    }

    /// The directory that it was claimed into, to be synced before its verdict is recorded.
    pub fn dir(&self) -> Option<&OwnedFd> {
        match self {
            Self::Aside(aside) => Some(aside.dir()),
            Self::File(file) => Some(file.dir()),
            Self::Gone(_) => None,
        }
    }

    /// Removes it from the claimed directory. A directory that is not empty stays where it is.
    pub fn remove(&self) -> io::Result<()> {
        match self {
            Self::Aside(aside) => aside.remove().map(drop),
            Self::File(file) => file.remove(),
            Self::Gone(_) => Ok(()),
        }
    }
}
