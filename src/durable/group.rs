//! Many files made durable together: sync all, rename all, sync the directories.
//!
//! The number of syncs does not grow with the number of files. A crash between the steps leaves
//! temporary files or some of the final ones, all of them whole; doing the group again ends well.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use rustix::fs::RenameFlags;

use crate::durable::{
    error::DurableError,
    fail_point,
    file_system::{self, Unsynced},
    step::{
        PRIVATE_DIR, copy_beside, create_missing_dirs, parent, rename, sync_file, write_beside,
    },
};

/// What to do when the name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// Fail, whatever is there.
    Refuse,
    /// Put the new file in its place.
    Replace,
    /// Succeed when the bytes there are the same, fail when they are not.
    Same,
}

/// Files that become visible and durable together.
#[derive(Debug, Default)]
pub struct Group {
    members: Vec<Member>,
    changed_dirs: Vec<PathBuf>,
    synced_too: Vec<PathBuf>,
    synced: bool,
}

impl Group {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes bytes under a temporary name beside their place; the directory must exist.
    pub fn stage(
        &mut self,
        dir: &Path,
        name: &str,
        bytes: &[u8],
        mode: u32,
        if_exists: IfExists,
    ) -> Result<(), DurableError> {
        let written = write_beside(dir, bytes, mode)?;
        self.members.push(Member { written, target: dir.join(name), if_exists, staged: true });
        Ok(())
    }

    /// The same for bytes that are read from somewhere and may be many.
    pub fn stage_from(
        &mut self,
        dir: &Path,
        name: &str,
        bytes: &mut dyn Read,
        mode: u32,
        if_exists: IfExists,
    ) -> Result<(), DurableError> {
        let written = copy_beside(dir, bytes, mode)?;
        self.members.push(Member { written, target: dir.join(name), if_exists, staged: true });
        Ok(())
    }

    /// Takes a file that was written elsewhere on the same file system. Its owner keeps it when
    /// the group fails.
    pub fn add(&mut self, written: PathBuf, target: PathBuf, if_exists: IfExists) {
        self.members.push(Member { written, target, if_exists, staged: false });
    }

    /// Makes a directory of this group if it is missing; durable with the group.
    pub fn ensure_dir(&mut self, dir: &Path) -> Result<(), DurableError> {
        self.changed_dirs.extend(create_missing_dirs(dir, PRIVATE_DIR)?);
        Ok(())
    }

    /// Has a directory synced with the group, for an entry that may not be durable yet.
    pub fn sync_dir_too(&mut self, dir: &Path) {
        self.changed_dirs.push(dir.to_owned());
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Makes all of them durable under their names.
    ///
    /// # Errors
    /// Some files may then have their names and others not; doing the whole group again is safe
    /// with [`IfExists::Same`] and [`IfExists::Replace`].
    pub fn commit(mut self) -> Result<(), DurableError> {
        if !self.synced {
            self.sync_members()?;
            fail_point("group-synced");
        }
        for member in &mut self.members {
            member.take_name()?;
            fail_point("group-renamed");
        }
        let dirs = self.members.iter().map(|member| parent(&member.target));
        file_system::sync_dirs(dirs.chain(self.changed_dirs.iter().map(PathBuf::as_path)))?;
        fail_point("group-durable");
        Ok(())
    }

    /// Syncs what several groups hold at once, so that each of them can be committed, one after the
    /// other, without a sync of its own for the bytes. Nothing may be staged or added after this.
    ///
    /// # Errors
    /// When a disk fails: none of them may be committed.
    pub fn sync_together(groups: &mut [&mut Self]) -> Result<(), DurableError> {
        let written = groups.iter().flat_map(|group| {
            group.members.iter().map(|member| &member.written).chain(&group.synced_too)
        });
        file_system::sync_file_systems(written.map(|path| parent(path)))?;
        for group in groups {
            group.synced = true;
        }
        fail_point("group-synced");
        Ok(())
    }

    /// Gives all of them their names, before they are durable: a name may stand for bytes that a
    /// power cut would take, until what comes back was synced. For files that nobody looks for
    /// before something else names them, which is recorded after that.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn take_names(mut self) -> Result<Unsynced, DurableError> {
        for member in &mut self.members {
            member.take_name()?;
            fail_point("group-renamed");
        }
        let mut unsynced = Unsynced::default();
        // Where they were written: no rename leaves the file system, and a batch is written to few
        // directories and named in many.
        let places = self.members.iter().map(|member| parent(&member.written));
        let all = places.chain(self.changed_dirs.iter().map(PathBuf::as_path));
        file_system::distinct(all).try_for_each(|dir| unsynced.add(dir))?;
        Ok(unsynced)
    }

    /// Has a file synced with the group that was written under its final name elsewhere.
    pub fn sync_file_too(&mut self, written: PathBuf) {
        self.synced_too.push(written);
    }

    fn sync_members(&self) -> Result<(), DurableError> {
        match (self.members.as_slice(), self.synced_too.as_slice()) {
            ([], []) => Ok(()),
            ([only], []) => sync_file(&only.written),
            (several, others) => {
                let written = several.iter().map(|member| &member.written).chain(others);
                file_system::sync_file_systems(written.map(|path| parent(path)))
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // What was staged and did not get its name is void; a failure here is put right when the
        // directory is swept of temporary files at the next start.
        for member in self.members.iter().filter(|member| member.staged) {
            drop(fs::remove_file(&member.written));
        }
    }
}

#[derive(Debug)]
struct Member {
    written: PathBuf,
    target: PathBuf,
    if_exists: IfExists,
    /// Whether the written file is ours to remove; false once it has its final name.
    staged: bool,
}

impl Member {
    fn take_name(&mut self) -> Result<(), DurableError> {
        let flags = match self.if_exists {
            IfExists::Refuse | IfExists::Same => RenameFlags::NOREPLACE,
            IfExists::Replace => RenameFlags::empty(),
        };
        let dir = parent(&self.target);
        match rename(&self.written, &self.target, flags) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.if_exists != IfExists::Same || !self.is_same().unwrap_or(false) {
                    return Err(DurableError::Exists { dir: dir.to_owned() });
                }
                fs::remove_file(&self.written)
                    .map_err(|source| DurableError::io("remove a second copy", dir, source))?;
            }
            Err(source) => return Err(DurableError::io("name a file", dir, source)),
        }
        self.staged = false;
        Ok(())
    }

    fn is_same(&self) -> io::Result<bool> {
        let (mut one, mut other) = (File::open(&self.written)?, File::open(&self.target)?);
        if !other.metadata()?.is_file() || one.metadata()?.len() != other.metadata()?.len() {
            return Ok(false);
        }
        let (mut left, mut right) = (vec![0; COMPARED_AT_ONCE], vec![0; COMPARED_AT_ONCE]);
        loop {
            let count = one.read(&mut left)?;
            if count == 0 {
                return Ok(true);
            }
            other.read_exact(&mut right[..count])?;
            if left[..count] != right[..count] {
                return Ok(false);
            }
        }
    }
}

const COMPARED_AT_ONCE: usize = 64 * 1024;
