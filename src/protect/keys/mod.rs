//! Reads secrets from the credentials directory, and makes new keys there.
//!
//! The only places that secrets come from are the directory that systemd hands to the service and,
//! outside systemd, a key directory that nobody else can open. Never the environment, a flag or the
//! configuration. What was read is wiped when dropped, and no error holds any of it.

mod access;
pub mod error;
pub mod new_key;

use std::{
    fs::{self, File},
    io::{self, Read},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::fs::{FileType, Mode, OFlags, fstat, open, openat};
use zeroize::Zeroizing;

pub use access::Origin;

use crate::{
    protect::{
        keys::{
            access::check_access,
            error::{CredentialError, io_error},
        },
        pseudonym::{KeyRing, PseudonymKey},
    },
    types::{ids::RegistryId, pseudonym::parse_epoch, secret::Secret32},
};

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

    /// All pseudonym keys of a registry: `<name>.k<epoch>`.
    ///
    /// # Errors
    /// When there is none, or one of them cannot be used: a key left out would make strangers of
    /// people who are known under it.
    pub fn key_ring(&self, registry: &RegistryId, name: &str) -> Result<KeyRing, CredentialError> {
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

/// One path component that shows as it is.
fn is_plain_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() < 256 && !name.starts_with('.') && name.bytes().all(plain)
}

/// Most bytes of a secret text.
const MOST_TEXT: usize = 64 * 1024;
