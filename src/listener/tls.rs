//! TLS for the listener: 1.3 and nothing else, ring, and no client without a certificate.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    server::{NoServerSessionStorage, WebPkiClientVerifier},
    version::TLS13,
};
use tokio::sync::watch;

use crate::{
    config::{Config, admin::Admin, problem::Problem},
    pem::{self, PemError},
    protect::keys::{Credentials, error::CredentialError},
    types::causes::chain,
};

/// What connections are taken with.
pub type Tls = Arc<ServerConfig>;

/// Reads certificates, key and lists.
///
/// # Errors
/// When one of them cannot be read or used; no error holds any of the key.
pub fn server_config(admin: &Admin, credentials: &Credentials) -> Result<Tls, ListenerTlsError> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates(&admin.client_ca)? {
        roots.add(certificate).map_err(|source| unusable(&admin.client_ca, source))?;
    }
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = match &admin.crl {
        // A list that has run out may lack the very certificate that was stolen.
        Some(file) => verifier.with_crls(pem::lists(file)?).enforce_revocation_expiration(),
        None => verifier,
    };
    let of_verifier = admin.crl.as_ref().unwrap_or(&admin.client_ca);
    let verifier = verifier.build().map_err(|source| unusable(of_verifier, source))?;
    let name = admin.tls_key.as_str();
    let key = pem::private_key(&credentials.text(name)?);
    let key = key.ok_or_else(|| ListenerTlsError::Key { path: credentials.path().join(name) })?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .map_err(ListenerTlsError::Provider)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(pem::certificates(&admin.tls_cert)?, key)
        .map_err(|source| match source {
            rustls::Error::InconsistentKeys(_) => {
                ListenerTlsError::Pair { path: admin.tls_cert.clone(), key: name.to_owned() }
            }
            source => unusable(&admin.tls_cert, source),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session is not held against the lists again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// What is wrong with the files of `[admin]` as a whole, when each of them is there.
pub fn problem(config: &Config, credentials: &Credentials) -> Option<Problem> {
    let error = server_config(config.admin.as_ref()?, credentials).err()?;
    let (key, file) = match &error {
        ListenerTlsError::Credential(_) | ListenerTlsError::Provider(_) => {
            ("admin.tls-key", credentials.path().to_owned())
        }
        ListenerTlsError::Key { path } => ("admin.tls-key", path.clone()),
        ListenerTlsError::Pair { path, .. } => ("admin.tls-cert", path.clone()),
        ListenerTlsError::Pem(error) => ("admin", error.path().to_owned()),
        ListenerTlsError::Use { path, .. } => ("admin", path.clone()),
    };
    Some(Problem { file, line: None, key: key.to_owned(), message: chain(&error) })
}

/// What new connections are taken with; nothing while there is nothing that can be used: none is
/// taken then.
#[derive(Debug)]
pub struct CurrentTls(watch::Sender<Option<Tls>>);

impl Default for CurrentTls {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl CurrentTls {
    /// Takes new files. Whoever is connected under the old ones must come again.
    pub fn renew(&self, config: Option<Tls>) {
        self.0.send_replace(config);
    }

    /// Tells of every renewal.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Tls>> {
        self.0.subscribe()
    }
}

fn unusable(
    file: &Path,
    source: impl std::error::Error + Send + Sync + 'static,
) -> ListenerTlsError {
    ListenerTlsError::Use { path: file.to_owned(), source: Box::new(source) }
}

/// Why the listener's TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerTlsError {
    /// The key's credential.
    #[error("the admin listener's key cannot be used")]
    Credential(#[from] CredentialError),
    /// The key is no key.
    #[error("{} is no private key in PEM; put the certificate's key there", path.display())]
    Key {
        /// The credential's file.
        path: PathBuf,
    },
    /// Certificate and key are not of one pair.
    #[error(
        "the certificate in {} is of another key than the credential {key}; put the two there that \
         belong together, the certificate itself first in its file",
        path.display()
    )]
    Pair {
        /// The certificate's file.
        path: PathBuf,
        /// The key's credential.
        key: String,
    },
    /// A PEM file.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The library refuses its own provider.
    #[error("TLS 1.3 is not to be had")]
    Provider(#[source] rustls::Error),
    /// A certificate or list cannot be used.
    #[error("what {} holds cannot be used; put the right PEM file there", path.display())]
    Use {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
