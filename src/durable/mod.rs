//! Write beside, fsync, rename without replacing, fsync the directory; and the same for a group.
//!
//! With `intake::claim` the only place that renames. Never fsyncs the same descriptor twice: a
//! failed fsync voids the copy, and the caller throws it away and writes again. Errors name
//! directories of ours and never a file, since a receipt is called after what its sender sent.

mod error;
pub mod fail_point;
pub mod file_system;
pub mod group;
pub mod steady;
mod step;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::durable::{
    group::{Group, IfExists},
    step::{create_missing_dirs, parent},
};

pub use error::{DurableError, is_void};
pub use step::{PRIVATE_DIR, PRIVATE_FILE, create, create_to_read, is_temporary_name, sync_dir};

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
