//! `[archive]` of `filsluse.toml`, key by key, as the operator writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::raw::at::At;

/// `[archive]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawArchive {
    /// Where SIF's RPC answers, up to and without the service; https.
    #[schemars(
        required,
        example = &"https://sak.example.no/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC"
    )]
    pub(in crate::config) url: Option<At<String>>,
    /// PEM file of the authorities that the archive's certificate must come from; absolute.
    #[schemars(required, example = &"/etc/filsluse/archive-ca.pem")]
    pub(in crate::config) ca: Option<At<String>>,
    /// PEM file of revocation lists; with it, an expired list or a missing one refuses.
    #[schemars(example = &"/etc/filsluse/archive-crl.pem")]
    pub(in crate::config) crl: Option<At<String>>,
    /// Name of the credential that holds the auth key.
    #[schemars(example = &"archive-authkey")]
    pub(in crate::config) credential: Option<At<String>>,
    /// PEM file of a client certificate, where the archive wants one; absolute.
    #[schemars(example = &"/etc/filsluse/archive-client.pem")]
    pub(in crate::config) client_cert: Option<At<String>>,
    /// Name of the credential that holds the client certificate's key, in PEM.
    #[schemars(example = &"archive-client-key")]
    pub(in crate::config) client_key_credential: Option<At<String>>,
    /// Whether the archive makes a case for a request that names none (POL-05).
    #[schemars(example = false)]
    pub(in crate::config) create_cases: Option<At<bool>>,
    /// How long one call may take.
    #[schemars(example = &"30s")]
    pub(in crate::config) timeout: Option<At<String>>,
    /// Pause after a first failure; it doubles with each further one, up to an hour.
    #[schemars(example = &"1m")]
    pub(in crate::config) retry_after: Option<At<String>>,
    /// An entry that waits longer than this raises the alarm `archive-unreachable`.
    #[schemars(example = &"1h")]
    pub(in crate::config) alarm_after: Option<At<String>>,
    /// Title of cases and documents; public, so it says nothing about a patient.
    #[schemars(example = &"Henvendelse til politiet")]
    pub(in crate::config) title: Option<At<String>>,
    /// Access code of cases and documents.
    #[schemars(example = &"UO")]
    pub(in crate::config) access_code: Option<At<String>>,
    /// The provision of the access code.
    #[schemars(example = &"offl. § 13")]
    pub(in crate::config) paragraph: Option<At<String>>,
    /// Access group of cases and documents.
    #[schemars(example = &"recno:200001")]
    pub(in crate::config) access_group: Option<At<String>>,
    /// Sub-archive of cases.
    #[schemars(example = &"recno:60001")]
    pub(in crate::config) sub_archive: Option<At<String>>,
    /// The responsible unit's number in the archive.
    #[schemars(example = 200_100, range(min = 1, max = 2_147_483_647))]
    pub(in crate::config) responsible_enterprise_recno: Option<At<u32>>,
    /// The responsible person's number in the archive.
    #[schemars(example = 200_200, range(min = 1, max = 2_147_483_647))]
    pub(in crate::config) responsible_person_recno: Option<At<u32>>,
    /// The archive's user that acts (`ADContextUser`).
    #[schemars(example = &"filsluse")]
    pub(in crate::config) context_user: Option<At<String>>,
    /// Category of documents: outgoing, by the archive's code table.
    #[schemars(example = &"111")]
    pub(in crate::config) document_category: Option<At<String>>,
    /// Status of documents, by the archive's code table.
    #[schemars(example = &"J")]
    pub(in crate::config) document_status: Option<At<String>>,
    /// Role of the police district on a document, by the archive's code table.
    #[schemars(example = &"Mottaker")]
    pub(in crate::config) recipient_role: Option<At<String>>,
}
