//! Certificates and revocation lists in PEM files.

use std::path::{Path, PathBuf};

use rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
    pem::{self, PemObject},
};

/// The certificates of a file; at least one.
///
/// # Errors
/// When it cannot be read, or holds none.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, PemError> {
    all(file)
}

/// The revocation lists of a file; at least one.
///
/// # Errors
/// When it cannot be read, or holds none.
pub fn lists(file: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, PemError> {
    all(file)
}

/// The private key in a credential's text; `None` where there is none. The library's reason might
/// quote the text, and is not told.
pub fn private_key(text: &str) -> Option<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()
}

fn all<T: PemObject>(file: &Path) -> Result<Vec<T>, PemError> {
    let read = T::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let path = || file.to_owned();
    let found = read.map_err(|source| PemError::Read { path: path(), source })?;
    if found.is_empty() { Err(PemError::Empty { path: path() }) } else { Ok(found) }
}

/// Why a PEM file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PemError {
    /// It holds nothing of what it should.
    #[error("{} holds nothing of what it should, in PEM; see config/filsluse.toml", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read {}; let the service's account read it", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
}

impl PemError {
    /// Which file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Empty { path } | Self::Read { path, .. } => path,
        }
    }
}
