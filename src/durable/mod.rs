//! Write beside, fsync, rename without replacing, fsync the directory; and the same for a group.
//!
//! With `intake::claim` the only place that renames. Never fsyncs the same descriptor twice: a
//! failed fsync voids the copy, and the caller throws it away and writes again. Errors name
//! directories of ours and never a file, since a receipt is called after what its sender sent.

pub mod fail_point;
pub mod file_system;
pub mod group;
pub mod steady;

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::durable::group::{Group, IfExists};

/// A step that a crash test may name; does nothing without the cargo feature `fail-points`.
pub fn fail_point(name: &'static str) {
    fail_point::pass(name);
}

/// Writes a new file so that it is there whole, or not at all, after a power cut.
///
/// `mode` holds the permission bits, whatever the umask says.
pub fn publish(
    dir: &Path,
    name: &str,
    bytes: &[u8],
    mode: u32,
    if_exists: IfExists,
) -> Result<(), DurableError> {
    let mut group = Group::new();
    group.stage(dir, name, bytes, mode, if_exists)?;
    group.commit()
}

/// Writes a file in place of an older one; a reader sees the one or the other, never a mixture.
pub fn replace(dir: &Path, name: &str, bytes: &[u8], mode: u32) -> Result<(), DurableError> {
    publish(dir, name, bytes, mode, IfExists::Replace)
}

/// Opens a new, private file for writing; an existing one is an error.
pub fn create(path: &Path) -> Result<File, DurableError> {
    open_new(path, false)
}

/// The same for writing and reading.
pub fn create_to_read(path: &Path) -> Result<File, DurableError> {
    open_new(path, true)
}

fn open_new(path: &Path, read: bool) -> Result<File, DurableError> {
    OpenOptions::new()
        .read(read)
        .write(true)
        .create_new(true)
        .mode(PRIVATE_FILE)
        .open(path)
        .map_err(|source| DurableError::io("create a file", parent(path), source))
}

/// Makes a directory and those above it, each durable when this returns.
pub fn create_dir_all(dir: &Path, mode: u32) -> Result<(), DurableError> {
    let mut changed = create_missing_dirs(dir, mode)?;
    // One that was there may have been made by a process that was killed before it could sync.
    if changed.is_empty() {
        changed.push(parent(dir).to_owned());
    }
    changed.iter().try_for_each(|parent| sync_dir(parent))
}

/// Removes a file durably; false when there was none.
pub fn unlink(path: &Path) -> Result<bool, DurableError> {
    Ok(unlink_all(&[path.to_owned()])?.first().copied().unwrap_or(false))
}

/// Removes files durably with few syncs; says for each whether it was there.
pub fn unlink_all(paths: &[PathBuf]) -> Result<Vec<bool>, DurableError> {
    let mut found = Vec::with_capacity(paths.len());
    let mut dirs = Vec::with_capacity(paths.len());
    for path in paths {
        let dir = parent(path);
        match fs::remove_file(path) {
            Ok(()) => found.push(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => found.push(false),
            Err(source) => return Err(DurableError::io("remove a file", dir, source)),
        }
        // A file that is gone may have been removed by a process that was killed before it could
        // sync the directory, so an absent one is synced too. A directory that is gone needs none.
        if found.last() == Some(&true) || dir.is_dir() {
            dirs.push(dir.to_owned());
        }
    }
    file_system::sync_dirs(dirs.iter().map(PathBuf::as_path))?;
    Ok(found)
}

/// Whether a disk has failed to keep what this process wrote. Nothing that it did since its last
/// acknowledgement is certain then: it must end, and the next one begins from what is durable.
pub fn is_void() -> bool {
    VOID.load(Ordering::Relaxed)
}

/// Fsyncs one directory.
pub fn sync_dir(dir: &Path) -> Result<(), DurableError> {
    let open =
        File::open(dir).map_err(|source| DurableError::io("open the directory", dir, source))?;
    open.sync_all().map_err(|source| DurableError::void(dir, source))
}

/// Removes what a killed process left half-written in a directory; says how many files.
pub fn remove_temporary_files(dir: &Path) -> Result<usize, DurableError> {
    let failed = |source| DurableError::io("list the directory", dir, source);
    let mut count = 0;
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_str().is_some_and(is_temporary_name) {
            fs::remove_file(entry.path())
                .map_err(|source| DurableError::io("remove a temporary file", dir, source))?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether a name is one that this room gives to a file it has not finished.
pub fn is_temporary_name(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX)
}

/// What went wrong on the disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DurableError {
    /// A file with other bytes has that name.
    #[error("another file already has that name in {}; look which of the two is right", dir.display())]
    Exists {
        /// Where.
        dir: PathBuf,
    },
    /// The system refused a step.
    #[error("cannot {doing} in {}", dir.display())]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// Where.
        dir: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The disk could not take what was written.
    #[error(
        "the disk below {} failed to keep what was written; check it, then start the daemon again",
        dir.display()
    )]
    Void {
        /// Where.
        dir: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Kept whole within it: [`io::Error::get_ref`] gives it back.
impl From<DurableError> for io::Error {
    fn from(error: DurableError) -> Self {
        Self::other(error)
    }
}

impl DurableError {
    /// Whether the disk or the quota is full, so that waiting may help.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Exists { .. } => false,
            Self::Io { source, .. } | Self::Void { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
        }
    }

    fn io(doing: &'static str, dir: &Path, source: io::Error) -> Self {
        Self::Io { doing, dir: dir.to_owned(), source }
    }

    fn void(dir: &Path, source: io::Error) -> Self {
        VOID.store(true, Ordering::Relaxed);
        Self::Void { dir: dir.to_owned(), source }
    }
}

/// Writes a file under a temporary name beside its place, not yet synced.
fn write_beside(dir: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf, DurableError> {
    beside(dir, mode, |file| file.write_all(bytes))
}

/// The same for bytes that are read from somewhere.
fn copy_beside(dir: &Path, bytes: &mut dyn Read, mode: u32) -> Result<PathBuf, DurableError> {
    beside(dir, mode, |file| io::copy(bytes, file).map(drop))
}

fn beside(
    dir: &Path,
    mode: u32,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<PathBuf, DurableError> {
    loop {
        let number = NEXT_TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let path = dir.join(format!("{TEMPORARY_PREFIX}{}-{number}", std::process::id()));
        let mut file = match create(&path) {
            Ok(file) => file,
            // A process of the same number was killed here once.
            Err(DurableError::Io { source, .. })
                if source.kind() == io::ErrorKind::AlreadyExists =>
            {
                continue;
            }
            Err(error) => return Err(error),
        };
        let written =
            write(&mut file).and_then(|()| file.set_permissions(Permissions::from_mode(mode)));
        return match written {
            Ok(()) => Ok(path),
            Err(source) => {
                // The first error is the one worth telling; a left-over goes at the next start.
                drop(fs::remove_file(&path));
                Err(DurableError::io("write a file", dir, source))
            }
        };
    }
}

/// Makes the missing directories of a path; returns those whose entries changed, not yet synced.
fn create_missing_dirs(dir: &Path, mode: u32) -> Result<Vec<PathBuf>, DurableError> {
    let mut missing = Vec::new();
    let mut at = dir;
    while !at.is_dir() {
        missing.push(at);
        at = parent(at);
    }
    let mut changed = Vec::with_capacity(missing.len());
    for dir in missing.into_iter().rev() {
        match DirBuilder::new().mode(mode).create(dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
            Err(source) => return Err(DurableError::io("make a directory", dir, source)),
        }
        changed.push(parent(dir).to_owned());
    }
    Ok(changed)
}

fn sync_file(path: &Path) -> Result<(), DurableError> {
    // A fresh descriptor sees every write error that nobody was told of yet.
    let file = File::open(path)
        .map_err(|source| DurableError::io("open a written file", parent(path), source))?;
    file.sync_all().map_err(|source| DurableError::void(parent(path), source))
}

fn rename(from: &Path, to: &Path, flags: RenameFlags) -> io::Result<()> {
    renameat_with(CWD, from, CWD, to, flags).map_err(io::Error::from)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}

/// Permission bits of a file that only the daemon reads.
pub const PRIVATE_FILE: u32 = 0o600;
/// Permission bits of a directory that only the daemon enters.
pub const PRIVATE_DIR: u32 = 0o700;

/// Begins with a dot, so that no watcher and no listing takes it for a finished file.
const TEMPORARY_PREFIX: &str = ".filsluse-tmp-";

static NEXT_TEMPORARY: AtomicU64 = AtomicU64::new(0);
static VOID: AtomicBool = AtomicBool::new(false);
