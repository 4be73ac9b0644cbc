//! Why a secret cannot be had, and what the operator does about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{protect::pseudonym::KeyRingError, types::ids::RegistryId};

/// Why a secret cannot be had. Names our files, never what is in them.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A key file of that name is there.
    #[error("{} exists and is not replaced: the key in it may be in use", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// The step, as an infinitive.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The files of a registry do not make a ring.
    #[error("registry {registry} has no usable pseudonym keys as {} and on", path.display())]
    KeyRing {
        /// Whose keys.
        registry: RegistryId,
        /// Where the first epoch's key belongs.
        path: PathBuf,
        /// What is wrong.
        source: KeyRingError,
    },
    /// No file of that name.
    #[error(
        "{} is missing: restore it from its backup, or make a new one with `filsluse keys generate`",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A name that would lead out of the directory.
    #[error("{} is no credential's name: use a-z, A-Z, 0-9, `.`, `_` and `-`", path.display())]
    Name {
        /// Directory and name.
        path: PathBuf,
    },
    /// The source of randomness gave nothing.
    #[error("the source of randomness left the key empty: nothing was written")]
    NoRandomness,
    /// A link, a directory, a device or a pipe.
    #[error("{} is not a plain file: put the secret itself there", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// A key of another length, or one whose making was cut off.
    #[error("{} is not 32 bytes long: restore the key from its backup", path.display())]
    NotThirtyTwoBytes {
        /// The file.
        path: PathBuf,
    },
    /// Not UTF-8.
    #[error("{} is not UTF-8 text: save it as UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may open it.
    #[error(
        "{} can be opened by others (mode {mode:04o}): run `chmod {wanted} {}`",
        path.display(),
        path.display()
    )]
    Open {
        /// The file or directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The permission bits to give it.
        wanted: &'static str,
    },
    /// It belongs to neither us nor root.
    #[error("{} belongs to user {owner}: {}", path.display(), of_another(path, *owner, *user))]
    Owner {
        /// The file or directory.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who we are.
        user: u32,
    },
    /// More than a secret text may have.
    #[error("{} is over 64 KiB: this is no secret that belongs here", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
}

/// Root must not take over what is another account's: its daemon could not open it any more.
fn of_another(path: &Path, owner: u32, user: u32) -> String {
    if user == 0 {
        return format!("run this as that account, `sudo -u '#{owner}' …`");
    }
    let path = path.display();
    format!("run this as that account, or, when it is yours to use, `chown {user} {path}` as root")
}

pub(super) fn io_error<E: Into<io::Error>>(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> CredentialError + use<E> {
    let path = path.to_owned();
    move |source| CredentialError::Io { doing, path, source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::CredentialError;

    /// Its daemon could not open it any more.
    #[test]
    fn root_is_not_told_to_take_keys_over() {
        let told =
            |user| CredentialError::Owner { path: "keys".into(), owner: 993, user }.to_string();
        assert!(!told(0).contains("chown") && told(0).contains("as that account"), "{}", told(0));
        assert!(told(1000).contains("chown 1000 keys"), "{}", told(1000));
    }
}
