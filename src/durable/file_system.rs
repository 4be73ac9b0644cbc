//! One `syncfs` for many files: one held descriptor per file system.
//!
//! The kernel tells a write error once to each descriptor that was open when it happened. So the
//! descriptor is held from the first use on, and an error voids everything that was written to
//! that file system and not yet published: from then on every group on it fails until the process
//! starts again from the claimed originals, as `PostgreSQL` does since 2018. Trying `syncfs` again
//! would succeed and lose the data.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fs::File,
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rustix::fs::{fstat, fsync, syncfs};

use crate::durable::{DurableError, sync_dir};

/// Holds a descriptor of the file system that a directory lies on, so that no error is missed.
///
/// The daemon calls this at its start, before anything is written; the first group does otherwise.
pub fn watch(dir: &Path) -> Result<(), DurableError> {
    let (device, file) = open(dir)?;
    HELD.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(device)
        .or_insert(Held { dir: file, void: false });
    Ok(())
}

/// Makes the entries of directories durable: an fsync each for a few, one syncfs for many.
pub(super) fn sync_dirs(dirs: impl IntoIterator<Item = PathBuf>) -> Result<(), DurableError> {
    let distinct: BTreeSet<PathBuf> = dirs.into_iter().collect();
    if distinct.len() <= FEW_DIRS {
        return distinct.iter().try_for_each(|dir| sync_dir(dir));
    }
    sync_file_systems(distinct.iter().map(PathBuf::as_path))
}

/// Makes the entries of open directories durable: an fsync each for a few, one syncfs for many.
///
/// # Errors
/// When the disk fails; nothing that was written to that file system may be relied on then.
pub fn sync_open_dirs(dirs: &[impl AsFd]) -> io::Result<()> {
    if dirs.len() <= FEW_DIRS {
        return dirs.iter().try_for_each(|dir| fsync(dir.as_fd()).map_err(io::Error::from));
    }
    let mut devices = BTreeMap::new();
    for dir in dirs {
        devices.entry(fstat(dir)?.st_dev).or_insert(dir);
    }
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    for (device, dir) in devices {
        let held = match held.entry(device) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => {
                let dir = File::from(dir.as_fd().try_clone_to_owned()?);
                free.insert(Held { dir, void: false })
            }
        };
        held.sync(|file| syncfs(file).map_err(io::Error::from))?;
    }
    Ok(())
}

/// Syncs each file system that holds one of the directories, once.
pub(super) fn sync_file_systems<'a>(
    dirs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), DurableError> {
    let distinct: BTreeSet<&Path> = dirs.into_iter().collect();
    let mut devices = BTreeMap::new();
    for dir in distinct {
        let (device, file) = open(dir)?;
        devices.entry(device).or_insert((dir, file));
    }
    // The lock makes one thread's sync serve the next one's files as well, and lets none slip
    // past an error that another was told of.
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    for (device, (dir, file)) in devices {
        let held = held.entry(device).or_insert(Held { dir: file, void: false });
        held.sync(|file| syncfs(file).map_err(io::Error::from))
            .map_err(|source| DurableError::void(dir, source))?;
    }
    Ok(())
}

struct Held {
    dir: File,
    void: bool,
}

impl Held {
    fn sync(&mut self, sync: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        if self.void {
            return Err(io::Error::other("an earlier sync of this file system failed"));
        }
        sync(&self.dir).inspect_err(|_| self.void = true)
    }
}

fn open(dir: &Path) -> Result<(u64, File), DurableError> {
    let failed = |source| DurableError::io("open the directory", dir, source);
    let file = File::open(dir).map_err(failed)?;
    let device = file.metadata().map_err(failed)?.dev();
    Ok((device, file))
}

/// Up to this many directories an fsync each is cheaper than syncing all that others wrote.
const FEW_DIRS: usize = 2;

static HELD: Mutex<BTreeMap<u64, Held>> = Mutex::new(BTreeMap::new());

#[cfg(test)]
mod tests {
    use std::{fs::File, io};

    use super::Held;

    #[test]
    fn a_failed_sync_voids_all_that_follow() {
        let mut held = Held { dir: File::open("/").unwrap(), void: false };
        assert!(held.sync(|_| Ok(())).is_ok());
        assert!(held.sync(|_| Err(io::Error::other("lost"))).is_err());
        // The kernel would say yes now, although the data is gone.
        assert!(held.sync(|_| Ok(())).is_err());
    }
}
