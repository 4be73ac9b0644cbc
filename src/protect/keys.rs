//! Reads secrets from the credentials directory, and makes new keys there.
//!
//! The only places that secrets come from are the directory that systemd hands to the service and,
//! outside systemd, a key directory that nobody else can open. Never the environment, a flag or the
//! configuration. What was read is wiped when dropped, and no error holds any of it.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FileType, Mode, OFlags, Stat, fstat, open, openat},
    process::geteuid,
};
use zeroize::Zeroizing;

use crate::{
    protect::pseudonym::{KeyRing, KeyRingError, PseudonymKey},
    types::{ids::RegistryId, pseudonym::parse_epoch, secret::Secret32},
};

/// Who made the directory, which decides what is demanded of its modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An administrator, by hand or with `filsluse init`: 0700, ours or root's, files 0600 or 0400.
    KeyDirectory,
    /// systemd (`LoadCredential=`): it grants the service user access in its own ways, group bits
    /// and access lists among them, so only access by everybody is refused.
    Systemd,
}

/// An open credentials directory.
#[derive(Debug)]
pub struct Credentials {
    path: PathBuf,
    directory: OwnedFd,
    origin: Origin,
}

impl Credentials {
    /// Opens a directory and checks that nobody else can read it.
    ///
    /// # Errors
    /// When it cannot be opened, or is open to others; says which command mends it.
    pub fn open(path: &Path, origin: Origin) -> Result<Self, CredentialError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let io = |doing| io_error(doing, path);
        let directory = open(path, flags, Mode::empty()).map_err(io("open the directory"))?;
        let stat = fstat(&directory).map_err(io("look at the directory"))?;
        check_access(path, &stat, origin, "700")?;
        Ok(Self { path: path.to_owned(), directory, origin })
    }

    /// The directory's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a secret of this name.
    pub fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    /// A secret of exactly 32 raw bytes.
    ///
    /// # Errors
    /// When it is missing, open to others, or of another length.
    pub fn secret32(&self, name: &str) -> Result<Secret32, CredentialError> {
        let bytes = self.read(name, 32)?;
        let path = || self.path.join(name);
        let exact: &[u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| CredentialError::NotThirtyTwoBytes { path: path() })?;
        Ok(Secret32::new(Zeroizing::new(*exact)))
    }

    /// A secret text, such as a token or a PEM file; line ends at its end are not part of it.
    ///
    /// # Errors
    /// When it is missing, open to others, over 64 KiB, or not UTF-8.
    pub fn text(&self, name: &str) -> Result<Zeroizing<String>, CredentialError> {
        let bytes = self.read(name, MOST_TEXT)?;
        let path = || self.path.join(name);
        if bytes.len() > MOST_TEXT {
            return Err(CredentialError::TooLong { path: path() });
        }
        let text = str::from_utf8(&bytes).map_err(|_| CredentialError::NotText { path: path() })?;
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// All pseudonym keys of a registry: `pseudonym-<registry>.k<epoch>`.
    ///
    /// # Errors
    /// When there is none, or one of them cannot be used: a key left out would make strangers of
    /// people who are known under it.
    pub fn key_ring(&self, registry: &RegistryId) -> Result<KeyRing, CredentialError> {
        self.key_ring_named(registry, &format!("pseudonym-{registry}"))
    }

    /// The same where the configuration gives the keys another name: `<name>.k<epoch>`.
    ///
    /// # Errors
    /// As for [`Self::key_ring`].
    pub fn key_ring_named(
        &self,
        registry: &RegistryId,
        name: &str,
    ) -> Result<KeyRing, CredentialError> {
        let keys: Result<Vec<_>, _> = self
            .epochs(name)?
            .into_iter()
            .map(|epoch| {
                let secret = self.secret32(&format!("{name}.k{epoch}"))?;
                Ok(PseudonymKey::new(registry.clone(), epoch, secret))
            })
            .collect();
        KeyRing::new(keys?).map_err(|source| CredentialError::KeyRing {
            registry: registry.clone(),
            path: self.path.join(format!("{name}.k1")),
            source,
        })
    }

    /// The epochs for which there is a file `<name>.k<epoch>`, lowest first.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn epochs(&self, name: &str) -> Result<Vec<u32>, CredentialError> {
        let io = || io_error("list the directory", &self.path);
        let mut epochs = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(io())? {
            let file = entry.map_err(io())?.file_name();
            let epoch = file
                .to_str()
                .and_then(|file| file.strip_prefix(name)?.strip_prefix(".k"))
                .and_then(parse_epoch);
            epochs.extend(epoch);
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    /// Reads a file whole, at most one byte more than `most`, so that its length shows.
    fn read(&self, name: &str, most: usize) -> Result<Zeroizing<Vec<u8>>, CredentialError> {
        let path = self.path.join(name);
        if !is_plain_name(name) {
            return Err(CredentialError::Name { path });
        }
        let io = |doing| io_error(doing, &path);
        // Neither a link out of the directory nor a pipe that would hang the start is followed.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.directory, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::NOENT) => return Err(CredentialError::Missing { path }),
            Err(errno) => return Err(io("open the credential")(errno)),
        };
        let stat = fstat(&file).map_err(io("look at the credential"))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(CredentialError::NotAFile { path });
        }
        check_access(&path, &stat, self.origin, "600")?;
        // Room for all that may come, since a vector that grows leaves copies behind unwiped.
        let mut bytes = Zeroizing::new(vec![0; most + 1]);
        let mut length = 0;
        loop {
            match (&file).read(&mut bytes[length..]) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => return Err(io_error("read the credential", &path)(err)),
            }
        }
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// Makes a new 32-byte key file of mode 0600 that is on disk when this returns. `fill` is the
/// source of randomness. Never replaces a file: the key in it may be the only way to somebody's
/// pseudonym.
///
/// A crash in between leaves a short file, which [`Credentials::secret32`] refuses.
///
/// # Errors
/// When the name is taken or the file cannot be written; a file begun is taken away again.
pub fn generate(
    directory: &Path,
    name: &str,
    fill: &mut dyn FnMut(&mut [u8]),
) -> Result<(), CredentialError> {
    let path = directory.join(name);
    if !is_plain_name(name) {
        return Err(CredentialError::Name { path });
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let parent =
        open(directory, flags, Mode::empty()).map_err(io_error("open the directory", directory))?;
    let stat = fstat(&parent).map_err(io_error("look at the directory", directory))?;
    check_access(directory, &stat, Origin::KeyDirectory, "700")?;

    let mut secret = Zeroizing::new([0; 32]);
    fill(secret.as_mut_slice());
    // A source that fails without saying so must not become a key that everybody knows.
    if secret.iter().all(|byte| *byte == 0) {
        return Err(CredentialError::NoRandomness);
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let mut created = match openat(&parent, name, flags, Mode::RUSR | Mode::WUSR) {
        Ok(descriptor) => File::from(descriptor),
        Err(rustix::io::Errno::EXIST) => return Err(CredentialError::Exists { path }),
        Err(errno) => return Err(io_error("make the key file", &path)(errno)),
    };
    let written = created.write_all(secret.as_slice()).and_then(|()| created.sync_all());
    if let Err(err) = written {
        // Should this fail too, the short file that is left is refused when it is read.
        let _ = fs::remove_file(&path);
        return Err(io_error("write the key file", &path)(err));
    }
    rustix::fs::fsync(&parent).map_err(io_error("sync the directory", directory))
}

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

fn io_error<E: Into<io::Error>>(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> CredentialError + use<E> {
    let path = path.to_owned();
    move |source| CredentialError::Io { doing, path, source: source.into() }
}

fn check_access(
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

/// One path component that shows as it is.
fn is_plain_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() < 256 && !name.starts_with('.') && name.bytes().all(plain)
}

/// Most bytes of a secret text.
const MOST_TEXT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rustix::process::geteuid;

    use super::{CredentialError, Origin, check_access};

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

    /// Its daemon could not open it any more.
    #[test]
    fn root_is_not_told_to_take_keys_over() {
        let told =
            |user| CredentialError::Owner { path: "keys".into(), owner: 993, user }.to_string();
        assert!(!told(0).contains("chown") && told(0).contains("as that account"), "{}", told(0));
        assert!(told(1000).contains("chown 1000 keys"), "{}", told(1000));
    }
}
