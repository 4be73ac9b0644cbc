//! `[admin]` of `filsluse.toml`, key by key, as the operator writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{config::raw::at::At, types::rule::Language};

/// `[admin]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawAdmin {
    /// `systemd` for the socket that filsluse-admin.socket hands over, or an IP address with its
    /// port, for a process that has a network.
    #[schemars(required, example = &"systemd")]
    pub(in crate::config) listen: Option<At<String>>,
    /// PEM file of the listener's certificate, with those between it and its authority; absolute.
    #[schemars(required, example = &"/etc/filsluse/admin-cert.pem")]
    pub(in crate::config) tls_cert: Option<At<String>>,
    /// Name of the credential that holds the certificate's key, in PEM.
    #[schemars(example = &"admin-tls-key")]
    pub(in crate::config) tls_key: Option<At<String>>,
    /// PEM file of the authorities that client certificates must come from; absolute.
    #[schemars(required, example = &"/etc/filsluse/admin-client-ca.pem")]
    pub(in crate::config) client_ca: Option<At<String>>,
    /// PEM file of revocation lists; with it, an expired list or a missing one refuses everybody.
    #[schemars(example = &"/etc/filsluse/admin-crl.pem")]
    pub(in crate::config) crl: Option<At<String>>,
    /// Pins of the operators' certificates: SHA-256 of the public key, in base64.
    #[schemars(required, example = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="])]
    pub(in crate::config) operators: Option<At<Vec<At<String>>>>,
    /// Pins of what may read metrics and health, and nothing else, such as Prometheus.
    #[schemars(example = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="])]
    pub(in crate::config) monitors: Option<At<Vec<At<String>>>>,
    /// The page's language; without it the browser's.
    #[schemars(example = &"nb")]
    pub(in crate::config) language: Option<At<Language>>,
}
