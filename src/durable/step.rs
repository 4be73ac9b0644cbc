//! The single steps that everything here is made of: files under temporary names, directories, one
//! fsync, one rename.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::durable::error::DurableError;

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

/// Fsyncs one directory.
pub fn sync_dir(dir: &Path) -> Result<(), DurableError> {
    let open =
        File::open(dir).map_err(|source| DurableError::io("open the directory", dir, source))?;
    open.sync_all().map_err(|source| DurableError::void(dir, source))
}

/// Whether a name is one that this room gives to a file it has not finished.
pub fn is_temporary_name(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX)
}

/// Writes a file under a temporary name beside its place, not yet synced.
pub(super) fn write_beside(dir: &Path, bytes: &[u8], mode: u32) -> Result<PathBuf, DurableError> {
    beside(dir, mode, |file| file.write_all(bytes))
}

/// The same for bytes that are read from somewhere.
pub(super) fn copy_beside(
    dir: &Path,
    bytes: &mut dyn Read,
    mode: u32,
) -> Result<PathBuf, DurableError> {
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
pub(super) fn create_missing_dirs(dir: &Path, mode: u32) -> Result<Vec<PathBuf>, DurableError> {
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

pub(super) fn sync_file(path: &Path) -> Result<(), DurableError> {
    // A fresh descriptor sees every write error that nobody was told of yet.
    let file = File::open(path)
        .map_err(|source| DurableError::io("open a written file", parent(path), source))?;
    file.sync_all().map_err(|source| DurableError::void(parent(path), source))
}

pub(super) fn rename(from: &Path, to: &Path, flags: RenameFlags) -> io::Result<()> {
    renameat_with(CWD, from, CWD, to, flags).map_err(io::Error::from)
}

pub(super) fn parent(path: &Path) -> &Path {
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
