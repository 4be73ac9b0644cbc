//! The admin listener: where it listens, its certificate, and who may ask.
//!
//! No secret: the key is named by its credential file, and a pin is the digest of a public key.

use std::{fmt, net::SocketAddr, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    config::names::KeyName,
    types::{digest::Sha256, rule::Language},
};

/// `[admin]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Where it listens.
    pub listen: Listen,
    /// PEM file of the listener's certificate, with those between it and its authority.
    pub tls_cert: PathBuf,
    /// Credential that holds the certificate's key.
    pub tls_key: KeyName,
    /// PEM file of the authorities that client certificates must come from.
    pub client_ca: PathBuf,
    /// PEM file of revocation lists.
    pub crl: Option<PathBuf>,
    /// The public keys of operators.
    pub operators: Vec<Pin>,
    /// The public keys of what watches: metrics and health, and nothing else.
    pub monitors: Vec<Pin>,
    /// The page's language; `None` where the reader's browser says.
    pub language: Option<Language>,
}

/// Where the listener listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// At an address of its own, which takes a process that has a network.
    Address(SocketAddr),
    /// At the socket that systemd hands over.
    Systemd,
}

impl Listen {
    /// Reads `systemd`, or an address with its port.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let want = "write \"systemd\" for the socket of filsluse-admin.socket, or an IP address with \
                    its port, such as \"127.0.0.1:8443\" or \"[::1]:8443\"";
        if text == SYSTEMD {
            return Ok(Self::Systemd);
        }
        let address: SocketAddr = text.parse().map_err(|_| want)?;
        if address.port() == 0 { Err(want) } else { Ok(Self::Address(address)) }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Systemd => f.write_str(SYSTEMD),
        }
    }
}

/// A public key, by the SHA-256 of its `SubjectPublicKeyInfo`: a renewed certificate for the same
/// key is the same client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(pub Sha256);

impl Pin {
    /// The pin of a public key, in DER.
    pub fn of(public_key_info: &[u8]) -> Self {
        Self(Sha256::of(public_key_info))
    }

    /// Reads `sha256:` and the digest in base64.
    ///
    /// # Errors
    /// Says what to write instead, and never repeats the text: anything may have been pasted.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let digest = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let digest = digest.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        digest.map(|bytes| Self(Sha256(bytes))).ok_or(
            "write sha256: and the 44 characters of base64 that docs/operator/admin.md shows how to \
             compute from a certificate",
        )
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0.0))
    }
}

const PREFIX: &str = "sha256:";
const SYSTEMD: &str = "systemd";

#[cfg(test)]
mod tests {
    use super::{Listen, Pin};

    #[test]
    fn addresses() {
        for (text, good) in [
            ("systemd", true),
            ("127.0.0.1:8443", true),
            ("[::1]:8443", true),
            ("0.0.0.0:443", true),
            ("localhost:8443", false),
            ("127.0.0.1", false),
            ("127.0.0.1:0", false),
            ("::1:8443", false),
            ("Systemd", false),
            ("", false),
        ] {
            let read = Listen::parse(text).ok().map(|listen| listen.to_string());
            assert_eq!(read, good.then(|| text.to_owned()), "{text}");
        }
    }

    #[test]
    fn pins() {
        // printf '' | openssl dgst -sha256 -binary | base64
        let of_nothing = "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(Pin::of(b"").to_string(), of_nothing);
        assert_eq!(Pin::parse(of_nothing), Ok(Pin::of(b"")));
        for bad in [
            "",
            "sha256:",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS",
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            " sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(Pin::parse(bad).is_err(), "{bad}");
        }
    }
}
