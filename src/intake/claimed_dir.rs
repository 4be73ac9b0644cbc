//! What lies in `.claimed/<sender>`: entries under names of ours, moved in and back, and removed
//! without being followed or opened.

use std::{io, os::fd::OwnedFd, sync::Arc};

use rustix::{
    fs::{AtFlags, RenameFlags, renameat_with, unlinkat},
    io::Errno,
};

use crate::{
    intake::{directory::EntryKind, name::SenderFileName},
    types::ids::SubmissionId,
};

/// A claimed thing that nobody reads any more.
#[derive(Debug)]
pub struct Remains {
    pub(super) place: Place,
    pub(super) kind: EntryKind,
}

impl Remains {
    /// Removes it, once its answer is on record: never followed, never opened, not synced (what a
    /// power cut brings back, the next start removes). Of directories only empty ones go. `false`
    /// when it stays, for the operator to look at. Removing twice is fine.
    ///
    /// # Errors
    /// When the entry cannot be removed for another reason.
    pub fn remove(&self) -> io::Result<bool> {
        match self.place.remove(self.kind) {
            Ok(()) => Ok(true),
            Err(err) if self.kind == EntryKind::Directory => match err.kind() {
                io::ErrorKind::DirectoryNotEmpty
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::NotADirectory => Ok(false),
                _ => Err(err),
            },
            Err(err) => Err(err),
        }
    }
}

/// An entry, by the directory's descriptor and a single name.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: Arc<OwnedFd>,
    pub(crate) name: SenderFileName,
}

impl Place {
    pub(super) fn move_in(&self, from: &OwnedFd, name: &SenderFileName) -> rustix::io::Result<()> {
        let (theirs, ours) = (name.expose_bytes(), self.name.expose_bytes());
        renameat_with(from, theirs, &self.dir, ours, RenameFlags::NOREPLACE)
    }

    pub(super) fn move_back(&self, to: &OwnedFd, name: &SenderFileName) -> io::Result<()> {
        let (theirs, ours) = (name.expose_bytes(), self.name.expose_bytes());
        Ok(renameat_with(&self.dir, ours, to, theirs, RenameFlags::NOREPLACE)?)
    }

    pub(crate) fn remove(&self, kind: EntryKind) -> io::Result<()> {
        let flags = match kind {
            EntryKind::Directory => AtFlags::REMOVEDIR,
            _ => AtFlags::empty(),
        };
        match unlinkat(&self.dir, self.name.expose_bytes(), flags) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(err) => Err(err.into()),
        }
    }
}

/// What a refused thing is called in `.claimed/<sender>`; behind it stands why, after a hyphen,
/// where that came out with its claim.
pub(crate) fn refused_name(id: &SubmissionId) -> SenderFileName {
    ours(format!("{REFUSED_PREFIX}{id}"))
}

/// A name that is not the sender's, in the type that places have.
pub(crate) fn ours(name: impl Into<Vec<u8>>) -> SenderFileName {
    SenderFileName::new(name.into())
}

pub(crate) const REFUSED_PREFIX: &str = "refused-";
