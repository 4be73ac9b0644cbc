//! TLS to other systems: 1.3 and nothing else, ring, the configured authorities and no others.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore, client::WebPkiServerVerifier, crypto::ring, version::TLS13,
};

use crate::{
    config::peer::Peer,
    pem::{self, PemError},
    protect::keys::{Credentials, error::CredentialError},
};

/// Reads certificates and lists, and the client key where one is configured.
///
/// # Errors
/// When a file cannot be read or used; no error holds any of a key.
pub fn client_config(
    peer: &Peer,
    credentials: &Credentials,
) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in pem::certificates(&peer.ca)? {
        roots.add(certificate).map_err(|source| unusable(&peer.ca, source))?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])
        .map_err(TlsError::Provider)?;
    let builder = match &peer.crl {
        None => builder.with_root_certificates(roots),
        Some(file) => {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                .with_crls(pem::lists(file)?)
                // A list that has run out may lack the very certificate that was stolen.
                .enforce_revocation_expiration()
                .build()
                .map_err(|source| unusable(file, source))?;
            builder.dangerous().with_custom_certificate_verifier(verifier)
        }
    };
    let config = match &peer.client {
        None => builder.with_no_client_auth(),
        Some((file, name)) => {
            let key = pem::private_key(&credentials.text(name.as_str())?);
            let key = key.ok_or_else(|| TlsError::Key { name: name.to_string() })?;
            builder
                .with_client_auth_cert(pem::certificates(file)?, key)
                .map_err(|source| unusable(file, source))?
        }
    };
    Ok(Arc::new(config))
}

fn unusable(file: &Path, source: impl std::error::Error + Send + Sync + 'static) -> TlsError {
    TlsError::Use { path: file.to_owned(), source: Box::new(source) }
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The client key's credential.
    #[error("a client certificate's key cannot be used")]
    Credential(#[from] CredentialError),
    /// The client key is no key.
    #[error(
        "the credential {name} is no private key in PEM; put the client certificate's key there"
    )]
    Key {
        /// The credential.
        name: String,
    },
    /// A PEM file.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The library refuses its own provider.
    #[error("TLS 1.3 is not to be had")]
    Provider(#[source] rustls::Error),
    /// A certificate or list cannot be used.
    #[error("what {} holds cannot be used", path.display())]
    Use {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
