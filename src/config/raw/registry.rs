//! `registries.d/<id>.toml`, key by key, as the operator writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    config::{legal_profile::LegalProfile, raw::at::At, words::StoreKind},
    retention::profile::Start,
    types::{identity_mode::IdentityMode, npr_release::terms::SmallGroups},
};

/// `registries.d/<id>.toml`: one registry.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawRegistryFile {
    /// The registry.
    #[schemars(required)]
    pub(in crate::config) registry: Option<RawRegistry>,
}

/// `[registry]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawRegistry {
    /// Its short name: its directory in the store.
    #[schemars(required, example = &"fastlege")]
    pub(in crate::config) id: Option<At<String>>,
    /// The law that it stands under: what it takes, and how long it may keep it.
    #[schemars(required, example = &"fastlege")]
    pub(in crate::config) legal_profile: Option<At<LegalProfile>>,
    /// The registry's age public keys; everything for it is encrypted to all of them.
    #[schemars(required, example = ["age1..."])]
    pub(in crate::config) recipients: Option<At<Vec<At<String>>>>,
    /// Where its objects are kept.
    #[schemars(example = &"directory")]
    pub(in crate::config) store: Option<At<StoreKind>>,
    /// How persons appear in it.
    #[schemars(required)]
    pub(in crate::config) identity: Option<RawIdentity>,
    /// Pins of the certificates with which the registry fetches its objects from the admin
    /// listener: SHA-256 of the public key, in base64.
    #[schemars(example = ["sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="])]
    pub(in crate::config) client_pins: Option<At<Vec<At<String>>>>,
    /// Inboxes of the registry that its objects are pushed to, over mutual TLS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) deliver: Vec<RawInbox>,
    /// When its objects are erased.
    #[serde(default)]
    pub(in crate::config) retention: RawRetention,
    /// What a release may hold; for registries that get releases from NPR.
    pub(in crate::config) release: Option<RawRelease>,
}

/// `[registry.identity]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawIdentity {
    /// Whether the registry gets pseudonyms, identities, or both apart.
    #[schemars(required, example = &"identified")]
    pub(in crate::config) mode: Option<At<IdentityMode>>,
    /// Name of its pseudonym key; the key file is `<key>.k<epoch>`.
    #[schemars(required, example = &"pseudonym-fastlege")]
    pub(in crate::config) key: Option<At<String>>,
    /// In mode split, whom the map from pseudonym to identity is encrypted to; nobody of
    /// `recipients`.
    #[schemars(example = ["age1..."])]
    pub(in crate::config) identity_recipients: Option<At<Vec<At<String>>>>,
}

/// `[[registry.deliver]]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawInbox {
    /// The inbox's address; https. Each object is put below it, under its id.
    #[schemars(required, example = &"https://kpr.example.no/inbox")]
    pub(in crate::config) url: Option<At<String>>,
    /// PEM file of the client certificate that is shown; absolute.
    #[schemars(required, example = &"/etc/filsluse/deliver-client.pem")]
    pub(in crate::config) client_cert: Option<At<String>>,
    /// Name of the credential that holds the client certificate's key, in PEM.
    #[schemars(example = &"deliver-client-key")]
    pub(in crate::config) client_key_credential: Option<At<String>>,
    /// PEM file of the authorities that the inbox's certificate must come from; absolute. Without
    /// it, those that the machine trusts.
    #[schemars(example = &"/etc/filsluse/kpr-ca.pem")]
    pub(in crate::config) ca: Option<At<String>>,
    /// PEM file of revocation lists; with it, an expired list or a missing one refuses.
    #[schemars(example = &"/etc/filsluse/kpr-crl.pem")]
    pub(in crate::config) crl: Option<At<String>>,
    /// How long the inbox may be silent in one attempt.
    #[schemars(example = &"30s")]
    pub(in crate::config) timeout: Option<At<String>>,
    /// Pause after a first failure; it doubles with each further one, up to an hour.
    #[schemars(example = &"1m")]
    pub(in crate::config) retry_after: Option<At<String>>,
    /// An object that waits longer than this raises the alarm `push-failed`.
    #[schemars(example = &"1h")]
    pub(in crate::config) alarm_after: Option<At<String>>,
}

/// `[registry.retention]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawRetention {
    /// The event from which `after` counts.
    #[schemars(example = &"withdrawn")]
    pub(in crate::config) from: Option<At<Start>>,
    /// A record is erased so long after that event.
    #[schemars(example = &"P30D")]
    pub(in crate::config) after: Option<At<String>>,
    /// A list as received is erased so long after it was processed.
    #[schemars(example = &"P90D")]
    pub(in crate::config) lists: Option<At<String>>,
    /// An operator is told of a reply from the police that nobody has decided on for so long.
    #[schemars(example = &"P30D")]
    pub(in crate::config) escalate: Option<At<String>>,
}

/// `[registry.release]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawRelease {
    /// A group of municipality, birth year, sex and DRG with fewer persons than this is small; 0
    /// where nobody asks.
    #[schemars(example = 5, range(min = 0, max = 15))]
    pub(in crate::config) smallest_group: Option<At<u32>>,
    /// What becomes of a release that has small groups.
    #[schemars(example = &"warn")]
    pub(in crate::config) on_small_groups: Option<At<SmallGroups>>,
    /// Releases for activity-based funding.
    pub(in crate::config) isf: Option<RawAllowList>,
    /// Releases for municipal co-funding.
    pub(in crate::config) kmf: Option<RawAllowList>,
    /// Releases for studies under §§ 3-4, 3-5 or 3-6.
    pub(in crate::config) utredning: Option<RawAllowList>,
}

/// `[registry.release.isf]` and its like.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawAllowList {
    /// Of the columns that are kept for this purpose, these alone; the others are dropped.
    #[schemars(example = ["komNrHjem", "drg", "isf_poeng"])]
    pub(in crate::config) keep: Option<At<Vec<At<String>>>>,
    /// Columns that are dropped, though they are kept for this purpose.
    #[schemars(example = ["debitor"])]
    pub(in crate::config) drop: Option<At<Vec<At<String>>>>,
    /// Columns that the table does not know, each with its form: `name:form`.
    #[schemars(example = ["ventetid:count"])]
    pub(in crate::config) new: Option<At<Vec<At<String>>>>,
}
