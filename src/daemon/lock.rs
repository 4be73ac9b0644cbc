//! One writer for a state directory: the daemon for its life, or one verb while no daemon runs.
//!
//! The lock goes with the process that holds it, so nothing has to be cleaned up after a crash.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, flock},
    process::geteuid,
};

/// The right to change what lies in a state directory, held until it is dropped.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Takes the lock `<state>/lock` without waiting.
    ///
    /// # Errors
    /// When somebody else holds it, when the directory is another account's, or the disk's reasons.
    pub fn take(state_dir: &Path) -> Result<Self, LockError> {
        let io = |source| LockError::Io { path: state_dir.to_owned(), source };
        let owner = fs::metadata(state_dir).map_err(io)?.uid();
        // What root made in the daemon's directory, the daemon could not open afterwards.
        if owner != geteuid().as_raw() {
            return Err(LockError::Owner { path: state_dir.to_owned(), owner });
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(crate::durable::PRIVATE_FILE)
            .open(state_dir.join(NAME))
            .map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                Err(LockError::Held { path: state_dir.to_owned() })
            }
            Err(error) => Err(io(error.into())),
        }
    }
}

/// Why the state directory cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process works on it.
    #[error(
        "another process works on {}, most likely the daemon; ask that one, or stop it first with \
         `systemctl stop filsluse`",
        path.display()
    )]
    Held {
        /// The state directory.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot lock {}; check that it exists and is yours", path.display())]
    Io {
        /// The state directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// We are another account than the daemon's.
    #[error(
        "{} belongs to user {owner}, and only that account may change what lies there: start the daemon \
         first, `systemctl start filsluse`, and ask again; where none is to run, do this as that \
         account: `sudo -u '#{owner}' …`",
        path.display()
    )]
    Owner {
        /// The state directory.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
}

/// The lock's file in the state directory.
const NAME: &str = "lock";

#[cfg(test)]
mod tests {
    use super::{LockError, StateLock};

    #[test]
    fn one_at_a_time_and_free_again_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let first = StateLock::take(dir.path()).unwrap();
        let second = StateLock::take(dir.path());
        assert!(matches!(second, Err(LockError::Held { .. })), "{second:?}");
        drop(first);
        StateLock::take(dir.path()).unwrap();
    }

    #[test]
    fn a_missing_directory_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let error = StateLock::take(&dir.path().join("none")).unwrap_err();
        assert!(error.to_string().contains("check that it exists"), "{error}");
    }
}
