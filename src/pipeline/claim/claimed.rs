//! What was claimed, whatever it turned out to be, until it has been answered and can go.

use std::{io, os::fd::OwnedFd};

use crate::{
    intake::claim::{ClaimedFile, Remains, SetAside},
    types::ids::SubmissionId,
};

/// A claimed thing, to be removed when it has been answered.
pub enum Claimed {
    /// Refused without being read.
    Aside(SetAside),
    /// Read.
    File(ClaimedFile),
    /// Removed before a restart that found its answer still owed.
    Gone(SubmissionId),
    /// Answered, and not removed yet.
    Left(SubmissionId, Remains),
}

impl Claimed {
    /// Its submission.
    pub fn id(&self) -> SubmissionId {
        match self {
            Self::Aside(aside) => aside.id,
            Self::File(file) => file.id,
            Self::Gone(id) | Self::Left(id, _) => *id,
        }
    }

    /// The directory that it was claimed into, to be synced before its verdict is recorded.
    pub fn dir(&self) -> Option<&OwnedFd> {
        match self {
            Self::Aside(aside) => Some(aside.dir()),
            Self::File(file) => Some(file.dir()),
            Self::Gone(_) | Self::Left(..) => None,
        }
    }

    /// Lets go of its bytes.
    #[must_use]
    pub fn let_go(self) -> Self {
        match self {
            Self::Aside(aside) => Self::Left(aside.id, aside.remains()),
            Self::File(file) => Self::Left(file.id, file.remains()),
            gone => gone,
        }
    }

    /// Removes it from the claimed directory, once it was let go. A directory that is not empty
    /// stays where it is.
    pub fn remove(&self) -> io::Result<()> {
        match self {
            Self::Left(_, remains) => remains.remove().map(drop),
            Self::Aside(_) | Self::File(_) | Self::Gone(_) => Ok(()),
        }
    }
}
