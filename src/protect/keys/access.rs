//! Who else can open a file of keys, or their directory.

use std::path::Path;

use rustix::{fs::Stat, process::geteuid};

use crate::protect::keys::error::CredentialError;

/// Who made the directory, which decides what is demanded of its modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An administrator, by hand or with `filsluse init`: 0700, ours or root's, files 0600 or 0400.
    KeyDirectory,
    /// systemd (`LoadCredential=`): it grants the service user access in its own ways, group bits
    /// and access lists among them, so only access by everybody is refused.
    Systemd,
}

pub(super) fn check_access(
    path: &Path,
    stat: &Stat,
    origin: Origin,
    wanted: &'static str,
) -> Result<(), CredentialError> {
    let mode = stat.st_mode & 0o7777;
    let forbidden = match origin {
        Origin::KeyDirectory => 0o077,
        Origin::Systemd => 0o007,
    };
    if mode & forbidden != 0 {
        return Err(CredentialError::Open { path: path.to_owned(), mode, wanted });
    }
    let (owner, user) = (stat.st_uid, geteuid().as_raw());
    if origin == Origin::KeyDirectory && owner != user && owner != 0 {
        return Err(CredentialError::Owner { path: path.to_owned(), owner, user });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rustix::process::geteuid;

    use super::Origin;
    use super::check_access;
    use crate::protect::keys::error::CredentialError;

    #[test]
    fn a_strangers_file_is_refused_and_roots_is_not() {
        let file = tempfile::tempfile().unwrap();
        let mut stat = rustix::fs::fstat(&file).unwrap();
        stat.st_mode = 0o100_600;
        let us = geteuid().as_raw();
        for (owner, good) in [(us, true), (0, true), (us + 1, false)] {
            stat.st_uid = owner;
            let got = check_access(Path::new("key"), &stat, Origin::KeyDirectory, "600");
            assert_eq!(got.is_ok(), good, "{got:?}");
            assert!(check_access(Path::new("key"), &stat, Origin::Systemd, "600").is_ok());
        }
        let got = check_access(Path::new("key"), &stat, Origin::KeyDirectory, "600");
        assert!(matches!(got, Err(CredentialError::Owner { .. })), "{got:?}");
    }
}
