//! Makes a new key.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use rustix::fs::{Mode, OFlags, fstat, open, openat};
use zeroize::Zeroizing;

use crate::protect::keys::{
    Origin,
    access::check_access,
    error::{CredentialError, io_error},
    is_plain_name,
};

/// Makes a new 32-byte key file of mode 0600 that is on disk when this returns. `fill` is the
/// source of randomness. Never replaces a file: the key in it may be the only way to somebody's
/// pseudonym.
///
/// A crash in between leaves a short file, which [`secret32`](crate::protect::keys::Credentials::secret32) refuses.
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
