//! What went wrong on the disk, and whether anything may be believed of it any more.

use std::{
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether a disk has failed to keep what this process wrote. Nothing that it did since its last
/// acknowledgement is certain then: it must end, and the next one begins from what is durable.
pub fn is_void() -> bool {
    VOID.load(Ordering::Relaxed)
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

    pub(super) fn io(doing: &'static str, dir: &Path, source: io::Error) -> Self {
        Self::Io { doing, dir: dir.to_owned(), source }
    }

    pub(super) fn void(dir: &Path, source: io::Error) -> Self {
        VOID.store(true, Ordering::Relaxed);
        Self::Void { dir: dir.to_owned(), source }
    }
}

static VOID: AtomicBool = AtomicBool::new(false);
