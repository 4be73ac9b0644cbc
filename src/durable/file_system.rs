//! One `syncfs` for many files: one held descriptor per file system.
//!
//! The kernel tells a write error once to each descriptor that was open when it happened. So the
//! descriptor is held from the first use on, and an error voids everything that was written to
//! that file system and not yet published: from then on every group on it fails until the process
//! starts again from the claimed originals, as `PostgreSQL` does since 2018. Trying `syncfs` again
//! would succeed and lose the data.
//!
//! Threads that come while a sync runs wait for it and share the next one.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    ffi::OsStr,
    fs::{self, File},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::MetadataExt,
    },
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use rustix::fs::{fstat, syncfs};

use crate::durable::{error::DurableError, fail_point, step::sync_dir};

/// Holds a descriptor of the file system that a directory lies on, so that no error is missed.
///
/// The daemon calls this at its start, before anything is written; the first group does otherwise.
pub fn watch(dir: &Path) -> Result<(), DurableError> {
    let (device, file) = open(dir)?;
    held().entry(device).or_insert_with(|| Held::new(file));
    Ok(())
}

/// What has its final name and is not durable yet. Nothing that it holds may be relied on, named or
/// acknowledged before it was synced.
#[derive(Debug, Default)]
#[must_use = "a power cut would take it"]
pub struct Unsynced(BTreeMap<u64, (PathBuf, File)>);

impl Unsynced {
    /// Adds everything on the file system of a directory.
    ///
    /// # Errors
    /// When the directory cannot be opened.
    pub fn add(&mut self, dir: &Path) -> Result<(), DurableError> {
        if let Entry::Vacant(free) = self.0.entry(device(dir)?) {
            free.insert((dir.to_owned(), open(dir)?.1));
        }
        Ok(())
    }

    /// [`Self::add`] for a directory that is open, somewhere below `root`.
    ///
    /// # Errors
    /// When the directory cannot be looked at.
    pub fn add_open(&mut self, dir: &OwnedFd, root: &Path) -> io::Result<()> {
        if let Entry::Vacant(free) = self.0.entry(fstat(dir)?.st_dev) {
            free.insert((root.to_owned(), File::from(dir.as_fd().try_clone_to_owned()?)));
        }
        Ok(())
    }

    /// Adds what another one holds.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Adds what another one holds, which goes on to hold it.
    ///
    /// # Errors
    /// When a descriptor cannot be had.
    pub fn add_too(&mut self, other: &Self) -> io::Result<()> {
        for (device, (dir, file)) in &other.0 {
            if let Entry::Vacant(free) = self.0.entry(*device) {
                free.insert((dir.clone(), file.try_clone()?));
            }
        }
        Ok(())
    }

    /// Makes it durable: one sync for each file system.
    ///
    /// # Errors
    /// When a disk fails: nothing that was written to it may be relied on.
    pub fn sync(&self) -> Result<(), DurableError> {
        for (device, (dir, file)) in &self.0 {
            sync(*device, file).map_err(|source| DurableError::void(dir, source))?;
        }
        fail_point("group-synced");
        fail_point("group-durable");
        Ok(())
    }
}

/// Makes the entries of directories durable: an fsync each for a few, one syncfs for many.
pub(super) fn sync_dirs<'a>(dirs: impl IntoIterator<Item = &'a Path>) -> Result<(), DurableError> {
    let dirs: Vec<&Path> = distinct(dirs).collect();
    if dirs.len() <= FEW_DIRS {
        return dirs.into_iter().try_for_each(sync_dir);
    }
    sync_file_systems(dirs)
}

/// Each directory once. By the bytes of their names: to compare many paths by their components took
/// longer than to look at their directories.
pub(super) fn distinct<'a>(
    dirs: impl IntoIterator<Item = &'a Path>,
) -> impl Iterator<Item = &'a Path> {
    let distinct: BTreeSet<&OsStr> = dirs.into_iter().map(Path::as_os_str).collect();
    distinct.into_iter().map(Path::new)
}

/// Syncs each file system that holds one of the directories, once.
pub(super) fn sync_file_systems<'a>(
    dirs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), DurableError> {
    let mut devices = BTreeMap::new();
    for dir in distinct(dirs) {
        if let Entry::Vacant(free) = devices.entry(device(dir)?) {
            free.insert((dir, open(dir)?.1));
        }
    }
    for (device, (dir, file)) in devices {
        sync(device, &file).map_err(|source| DurableError::void(dir, source))?;
    }
    Ok(())
}

/// Returns when a sync of this file system has ended that began after the call.
fn sync(device: u64, dir: &File) -> io::Result<()> {
    let mut all = held();
    let wanted = 1 + match all.entry(device) {
        Entry::Vacant(free) => free.insert(Held::new(dir.try_clone()?)).begun,
        Entry::Occupied(held) => held.get().begun,
    };
    loop {
        let Some(held) = all.get_mut(&device) else { unreachable!("none is ever taken away") };
        if held.void {
            return Err(io::Error::other("an earlier sync of this file system failed"));
        }
        if held.done >= wanted {
            return Ok(());
        }
        if held.runs {
            all = ENDED.wait(all).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let (number, dir) = held.begin();
        drop(all);
        let ended = syncfs(&*dir).map_err(io::Error::from);
        all = self::held();
        let Some(held) = all.get_mut(&device) else { unreachable!("none is ever taken away") };
        let ended = held.end(number, ended);
        ENDED.notify_all();
        ended?;
    }
}

/// A file system, and its syncs by number.
struct Held {
    dir: Arc<File>,
    void: bool,
    runs: bool,
    begun: u64,
    done: u64,
}

impl Held {
    fn new(dir: File) -> Self {
        Self { dir: Arc::new(dir), void: false, runs: false, begun: 0, done: 0 }
    }

    fn begin(&mut self) -> (u64, Arc<File>) {
        self.runs = true;
        self.begun += 1;
        (self.begun, Arc::clone(&self.dir))
    }

    /// An error is told to one thread; the mark that it leaves lets none slip past it.
    fn end(&mut self, number: u64, ended: io::Result<()>) -> io::Result<()> {
        self.runs = false;
        match &ended {
            Ok(()) => self.done = number,
            Err(_) => self.void = true,
        }
        ended
    }
}

fn held() -> MutexGuard<'static, BTreeMap<u64, Held>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn open(dir: &Path) -> Result<(u64, File), DurableError> {
    let failed = |source| DurableError::io("open the directory", dir, source);
    let file = File::open(dir).map_err(failed)?;
    let device = file.metadata().map_err(failed)?.dev();
    Ok((device, file))
}

/// Which file system a directory lies on.
fn device(dir: &Path) -> Result<u64, DurableError> {
    let failed = |source| DurableError::io("look at the directory", dir, source);
    Ok(fs::metadata(dir).map_err(failed)?.dev())
}

/// Up to this many directories an fsync each is cheaper than syncing all that others wrote.
const FEW_DIRS: usize = 2;

static HELD: Mutex<BTreeMap<u64, Held>> = Mutex::new(BTreeMap::new());
static ENDED: Condvar = Condvar::new();

#[cfg(test)]
mod tests {
    use std::{fs::File, io};

    use super::{Held, Unsynced, held, open, sync};

    #[test]
    fn a_failed_sync_voids_all_that_follow() {
        // A number that no file system has.
        let device = u64::MAX;
        let dir = File::open("/").unwrap();
        assert!(sync(device, &dir).is_ok());
        {
            let mut all = held();
            let held: &mut Held = all.get_mut(&device).unwrap();
            let (number, _) = held.begin();
            assert!(held.end(number, Err(io::Error::other("lost"))).is_err());
        }
        // The kernel would say yes now, although the data is gone.
        assert!(sync(device, &dir).is_err());
    }

    #[test]
    fn one_sync_serves_all_who_came_before_it_began() {
        let dir = tempfile::tempdir().unwrap();
        let (device, file) = open(dir.path()).unwrap();
        sync(device, &file).unwrap();
        let before = held()[&device].begun;
        std::thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    let mut unsynced = Unsynced::default();
                    unsynced.add(dir.path()).unwrap();
                    unsynced.add(dir.path()).unwrap();
                    unsynced.sync().unwrap();
                });
            }
        });
        let all = held();
        assert!(all[&device].begun > before && all[&device].begun <= before + 50);
        assert_eq!(all[&device].begun, all[&device].done);
    }
}
