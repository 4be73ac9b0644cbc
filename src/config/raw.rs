//! The three kinds of configuration file, key by key, as the operator writes them.
//!
//! These structs are the one description of the files: they read the TOML, make the JSON Schema
//! that editors and the structure check use, and write the effective configuration. What a text
//! means is checked elsewhere. The doc comments are the schema's descriptions.

use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{
    config::words::{
        Backend, Completeness, IdentityMode, LegalProfile, LogFormat, LogLevel, OnSmallGroups,
        Profile, RetentionStart, StoreKind,
    },
    types::rule::Language,
};

/// A value and where in its file it stands, in bytes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct At<T>(toml::Spanned<T>);

impl<T> At<T> {
    /// A value of ours, which stands nowhere.
    pub(super) fn new(value: T) -> Self {
        Self(toml::Spanned::new(0..0, value))
    }

    pub(super) fn value(&self) -> &T {
        self.0.get_ref()
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// `filsluse.toml`: the installation.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawMain {
    /// Parent of every sender's chroot; absolute.
    #[schemars(required, example = &"/srv/filsluse")]
    pub(super) drop_root: Option<At<String>>,
    /// The daemon's own directory: catalogue, audit log, work files, stores; absolute.
    #[schemars(required, example = &"/var/lib/filsluse")]
    pub(super) state_dir: Option<At<String>>,
    /// Where the key files are when systemd hands none over; absolute.
    #[schemars(example = &"/etc/filsluse/credentials")]
    pub(super) credentials_dir: Option<At<String>>,
    /// The daemon's control socket; absolute.
    #[schemars(example = &"/run/filsluse/control.sock")]
    pub(super) control_socket: Option<At<String>>,
    /// IANA time zone in which deadlines are counted.
    #[schemars(example = &"Europe/Oslo")]
    pub(super) time_zone: Option<At<String>>,
    /// Which national ids are let in: real ones (production) or synthetic ones (test).
    #[schemars(example = &"production")]
    pub(super) profile: Option<At<Profile>>,
    /// Short name of this installation; the audit log's origin is `filsluse/<installation>`.
    #[schemars(example = &"helfo-oslo")]
    pub(super) installation: Option<At<String>>,
    /// The installation's name in receipts.
    #[schemars(example = &"Helfo filsluse")]
    pub(super) name: Option<At<String>>,
    /// Whom a sender writes to; stands in receipts.
    #[schemars(example = &"filsluse@example.no")]
    pub(super) contact: Option<At<String>>,
    /// Taking files out of the senders' directories.
    #[serde(default)]
    pub(super) intake: RawIntake,
    /// National identity numbers.
    #[serde(default)]
    pub(super) identifiers: RawIdentifiers,
    /// The embassy lists' thresholds.
    #[serde(default)]
    pub(super) embassy: RawEmbassy,
    /// The municipal kinds' thresholds.
    #[serde(default)]
    pub(super) kpr: RawKpr,
    /// The erasure timer.
    #[serde(default)]
    pub(super) retention: RawSweep,
    /// Where the state of submissions is kept.
    #[serde(default)]
    pub(super) catalogue: RawCatalogue,
    /// The case archive that police requests are entered in; without it none is (POL-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) archive: Option<RawArchive>,
    /// The daemon's own log.
    #[serde(default)]
    pub(super) log: RawLog,
    /// Where a kind goes in which service years (KPR-03); what is given for a kind replaces the
    /// default for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) route: Vec<RawRoute>,
    /// Who reports what to a registry in which service years (KPR-01, KPR-07); what is given for a
    /// registry replaces the default for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reporting: Vec<RawReporting>,
}

/// `[kpr]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawKpr {
    /// KPR-08: a document with a larger share of rejected records is rejected as a whole.
    #[schemars(example = &"5%")]
    pub(super) max_rejected: Option<At<String>>,
    /// Service types (code list 9151) that are expected for now; others give a warning.
    #[schemars(example = [18, 19, 20, 21, 29])]
    pub(super) expected_service_types: Option<At<Vec<At<u32>>>>,
}

/// `[[route]]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRoute {
    /// The kind.
    #[schemars(required, example = &"iplos-annual")]
    pub(super) kind: Option<At<String>>,
    /// The service years.
    #[schemars(required, example = &"2018..")]
    pub(super) years: Option<At<String>>,
    /// The registries that it goes to.
    #[schemars(required, example = ["kpr"])]
    pub(super) registries: Option<At<Vec<At<String>>>>,
}

/// `[[reporting]]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawReporting {
    /// The registry.
    #[schemars(required, example = &"kpr")]
    pub(super) registry: Option<At<String>>,
    /// The service years.
    #[schemars(required, example = &"2018..")]
    pub(super) years: Option<At<String>>,
    /// `"all"` senders of its kinds, or the ids of those who report (KPR-01).
    #[schemars(required, example = &"all")]
    pub(super) reporters: Option<At<RawReporters>>,
    /// Attributes that were not decided to be collected: dropped where they come (KPR-07).
    #[schemars(example = ["bydel"])]
    pub(super) not_decided: Option<At<Vec<At<String>>>>,
}

/// `"all"`, or a list of ids.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum RawReporters {
    /// A word.
    Word(String),
    /// Ids of senders.
    Ids(Vec<String>),
}

impl JsonSchema for RawReporters {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reporters".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "anyOf": [
                {"type": "string", "enum": ["all"]},
                {"type": "array", "items": {"type": "string"}, "examples": [["oslo"]]},
            ],
        })
    }
}

/// `[intake]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIntake {
    /// How long a file must be unchanged before it is taken.
    #[schemars(example = &"1s")]
    pub(super) settle: Option<At<String>>,
    /// How often every directory is listed, whatever the watcher said.
    #[schemars(example = &"30s")]
    pub(super) rescan: Option<At<String>>,
    /// Nothing is taken while less of the state directory's disk is free.
    #[schemars(example = &"5%")]
    pub(super) min_free_disk: Option<At<String>>,
    /// Larger files are refused (IN-01).
    #[schemars(example = &"2 GiB")]
    pub(super) max_file_size: Option<At<String>>,
    /// Threads that parse and seal; the number of processors where not given.
    #[schemars(example = 4, range(min = 1, max = 1024))]
    pub(super) workers: Option<At<u32>>,
    /// Whether a file must belong to its sender's account (IN-01).
    #[schemars(example = true)]
    pub(super) owner_check: Option<At<bool>>,
}

/// `[identifiers]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIdentifiers {
    /// From this date on, check digits by the rule of 2032 are let in as well.
    #[schemars(example = &"2032-01-01")]
    pub(super) new_check_digits_from: Option<At<String>>,
}

/// `[embassy]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawEmbassy {
    /// EMB-13: a complete list that withdraws a larger share than this is held ...
    #[schemars(example = &"20%")]
    pub(super) hold_withdrawals_above: Option<At<String>>,
    /// ... when it also withdraws more persons than this.
    #[schemars(example = 3, range(min = 0, max = 1_000_000))]
    pub(super) hold_withdrawals_more_than: Option<At<u32>>,
    /// An enrolment that no list has confirmed for so long is raised to the operator.
    #[schemars(example = &"P5Y")]
    pub(super) stale_after: Option<At<String>>,
}

/// `[retention]` of `filsluse.toml`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSweep {
    /// How often due objects are erased.
    #[schemars(example = &"1h")]
    pub(super) sweep_every: Option<At<String>>,
    /// A sweep that would erase a larger share of all objects waits for the operator.
    #[schemars(example = &"20%")]
    pub(super) max_share: Option<At<String>>,
}

/// `[catalogue]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawCatalogue {
    /// The database.
    #[schemars(example = &"sqlite")]
    pub(super) backend: Option<At<Backend>>,
}

/// `[archive]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawArchive {
    /// Where SIF's RPC answers, up to and without the service; https.
    #[schemars(
        required,
        example = &"https://sak.example.no/Biz/v2/api/call/SI.Data.RPC/SI.Data.RPC"
    )]
    pub(super) url: Option<At<String>>,
    /// PEM file of the authorities that the archive's certificate must come from; absolute.
    #[schemars(required, example = &"/etc/filsluse/archive-ca.pem")]
    pub(super) ca: Option<At<String>>,
    /// PEM file of revocation lists; with it, an expired list or a missing one refuses.
    #[schemars(example = &"/etc/filsluse/archive-crl.pem")]
    pub(super) crl: Option<At<String>>,
    /// Name of the credential that holds the auth key.
    #[schemars(example = &"archive-authkey")]
    pub(super) credential: Option<At<String>>,
    /// PEM file of a client certificate, where the archive wants one; absolute.
    #[schemars(example = &"/etc/filsluse/archive-client.pem")]
    pub(super) client_cert: Option<At<String>>,
    /// Name of the credential that holds the client certificate's key, in PEM.
    #[schemars(example = &"archive-client-key")]
    pub(super) client_key_credential: Option<At<String>>,
    /// Whether the archive makes a case for a request that names none (POL-05).
    #[schemars(example = false)]
    pub(super) create_cases: Option<At<bool>>,
    /// How long one call may take.
    #[schemars(example = &"30s")]
    pub(super) timeout: Option<At<String>>,
    /// Pause after a first failure; it doubles with each further one, up to an hour.
    #[schemars(example = &"1m")]
    pub(super) retry_after: Option<At<String>>,
    /// An entry that waits longer than this raises the alarm `archive-unreachable`.
    #[schemars(example = &"1h")]
    pub(super) alarm_after: Option<At<String>>,
    /// Title of cases and documents; public, so it says nothing about a patient.
    #[schemars(example = &"Henvendelse til politiet")]
    pub(super) title: Option<At<String>>,
    /// Access code of cases and documents.
    #[schemars(example = &"UO")]
    pub(super) access_code: Option<At<String>>,
    /// The provision of the access code.
    #[schemars(example = &"offl. § 13")]
    pub(super) paragraph: Option<At<String>>,
    /// Access group of cases and documents.
    #[schemars(example = &"recno:200001")]
    pub(super) access_group: Option<At<String>>,
    /// Sub-archive of cases.
    #[schemars(example = &"recno:60001")]
    pub(super) sub_archive: Option<At<String>>,
    /// The responsible unit's number in the archive.
    #[schemars(example = 200_100, range(min = 1, max = 2_147_483_647))]
    pub(super) responsible_enterprise_recno: Option<At<u32>>,
    /// The responsible person's number in the archive.
    #[schemars(example = 200_200, range(min = 1, max = 2_147_483_647))]
    pub(super) responsible_person_recno: Option<At<u32>>,
    /// The archive's user that acts (`ADContextUser`).
    #[schemars(example = &"filsluse")]
    pub(super) context_user: Option<At<String>>,
    /// Category of documents: outgoing, by the archive's code table.
    #[schemars(example = &"111")]
    pub(super) document_category: Option<At<String>>,
    /// Status of documents, by the archive's code table.
    #[schemars(example = &"J")]
    pub(super) document_status: Option<At<String>>,
    /// Role of the police district on a document, by the archive's code table.
    #[schemars(example = &"Mottaker")]
    pub(super) recipient_role: Option<At<String>>,
}

/// `[log]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLog {
    /// Lines for the journal, or JSON.
    #[schemars(example = &"text")]
    pub(super) format: Option<At<LogFormat>>,
    /// The least grave message that is written.
    #[schemars(example = &"info")]
    pub(super) level: Option<At<LogLevel>>,
}

/// `senders.d/<id>.toml`: one sender.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSenderFile {
    /// The sender.
    #[schemars(required)]
    pub(super) sender: Option<RawSender>,
}

/// `[sender]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSender {
    /// Its directory below the drop root, and its account.
    #[schemars(required, example = &"embassy-xex")]
    pub(super) id: Option<At<String>>,
    /// Its name in receipts and listings.
    #[schemars(required, example = &"Embassy of Exampleland")]
    pub(super) name: Option<At<String>>,
    /// What it may send (IN-02).
    #[schemars(required, example = ["embassy-list"])]
    pub(super) kinds: Option<At<Vec<At<String>>>>,
    /// A mission's code: its lists must carry it (EMB-01).
    #[schemars(example = &"XEX")]
    pub(super) mission_code: Option<At<String>>,
    /// A Helfo case handler: may send lists for any mission.
    #[schemars(example = true)]
    pub(super) case_handler: Option<At<bool>>,
    /// A municipality's number.
    #[schemars(example = &"0301")]
    pub(super) municipality: Option<At<String>>,
    /// Number in Enhetsregisteret.
    #[schemars(example = &"958935420")]
    pub(super) org_number: Option<At<String>>,
    /// A police district's code: requests and replies name it by this (POL-07).
    #[schemars(example = &"oslo")]
    pub(super) police_district: Option<At<String>>,
    /// Language of its receipts.
    #[schemars(example = &"nb")]
    pub(super) language: Option<At<Language>>,
    /// An age public key: receipts are encrypted to it.
    #[schemars(example = &"age1...")]
    pub(super) recipient: Option<At<String>>,
    /// The least evidence that a file has arrived whole.
    #[schemars(example = &"closed")]
    pub(super) completeness: Option<At<Completeness>>,
    /// How often something is expected; without it nothing is ever overdue.
    pub(super) expect: Option<RawExpect>,
    /// Whom the operator writes to.
    #[schemars(example = &"it@example.org")]
    pub(super) contact: Option<At<String>>,
    /// The local account that owns its files, where it is not called like the sender.
    #[schemars(example = &"embassy-xex")]
    pub(super) account: Option<At<String>>,
    /// The same as a number, for accounts that are not in `/etc/passwd`.
    #[schemars(example = 2001, range(min = 1, max = 4_294_967_293_u32))]
    pub(super) uid: Option<At<u32>>,
}

/// `expect = { every = "P1M", grace = "P10D" }`, `expect = { yearly = "01-15" }`, or both in one.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawExpect {
    /// The period in which at least one submission comes.
    #[schemars(example = &"P1M")]
    pub(super) every: Option<At<String>>,
    /// How much later it may be before the sender counts as overdue.
    #[schemars(example = &"P10D")]
    pub(super) grace: Option<At<String>>,
    /// Month and day of the year after the service year by which the annual submission comes.
    #[schemars(example = &"01-15")]
    pub(super) yearly: Option<At<String>>,
    /// Month and day until which an exception may be had: later it counts as overdue.
    #[schemars(example = &"02-15")]
    pub(super) exception: Option<At<String>>,
}

/// `registries.d/<id>.toml`: one registry.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRegistryFile {
    /// The registry.
    #[schemars(required)]
    pub(super) registry: Option<RawRegistry>,
}

/// `[registry]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRegistry {
    /// Its short name: its directory in the store.
    #[schemars(required, example = &"fastlege")]
    pub(super) id: Option<At<String>>,
    /// The law that it stands under: what it takes, and how long it may keep it.
    #[schemars(required, example = &"fastlege")]
    pub(super) legal_profile: Option<At<LegalProfile>>,
    /// The registry's age public keys; everything for it is encrypted to all of them.
    #[schemars(required, example = ["age1..."])]
    pub(super) recipients: Option<At<Vec<At<String>>>>,
    /// Where its objects are kept.
    #[schemars(example = &"directory")]
    pub(super) store: Option<At<StoreKind>>,
    /// How persons appear in it.
    #[schemars(required)]
    pub(super) identity: Option<RawIdentity>,
    /// When its objects are erased.
    #[serde(default)]
    pub(super) retention: RawRetention,
    /// What a release may hold; for registries that get releases from NPR.
    pub(super) release: Option<RawRelease>,
}

/// `[registry.release]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRelease {
    /// A group of municipality, birth year, sex and DRG with fewer persons than this is small; 0
    /// where nobody asks.
    #[schemars(example = 5, range(min = 0, max = 15))]
    pub(super) smallest_group: Option<At<u32>>,
    /// What becomes of a release that has small groups.
    #[schemars(example = &"warn")]
    pub(super) on_small_groups: Option<At<OnSmallGroups>>,
    /// Releases for activity-based funding.
    pub(super) isf: Option<RawAllowList>,
    /// Releases for municipal co-funding.
    pub(super) kmf: Option<RawAllowList>,
    /// Releases for studies under §§ 3-4, 3-5 or 3-6.
    pub(super) utredning: Option<RawAllowList>,
}

/// `[registry.release.isf]` and its like.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawAllowList {
    /// Of the columns that are kept for this purpose, these alone; the others are dropped.
    #[schemars(example = ["komNrHjem", "drg", "isf_poeng"])]
    pub(super) keep: Option<At<Vec<At<String>>>>,
    /// Columns that are dropped, though they are kept for this purpose.
    #[schemars(example = ["debitor"])]
    pub(super) drop: Option<At<Vec<At<String>>>>,
    /// Columns that the table does not know, each with its form: `name:form`.
    #[schemars(example = ["ventetid:count"])]
    pub(super) new: Option<At<Vec<At<String>>>>,
}

/// `[registry.identity]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIdentity {
    /// Whether the registry gets pseudonyms, identities, or both apart.
    #[schemars(required, example = &"identified")]
    pub(super) mode: Option<At<IdentityMode>>,
    /// Name of its pseudonym key; the key file is `<key>.k<epoch>`.
    #[schemars(required, example = &"pseudonym-fastlege")]
    pub(super) key: Option<At<String>>,
    /// In mode split, whom the map from pseudonym to identity is encrypted to; nobody of
    /// `recipients`.
    #[schemars(example = ["age1..."])]
    pub(super) identity_recipients: Option<At<Vec<At<String>>>>,
}

/// `[registry.retention]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRetention {
    /// The event from which `after` counts.
    #[schemars(example = &"withdrawn")]
    pub(super) from: Option<At<RetentionStart>>,
    /// A record is erased so long after that event.
    #[schemars(example = &"P30D")]
    pub(super) after: Option<At<String>>,
    /// A list as received is erased so long after it was processed.
    #[schemars(example = &"P90D")]
    pub(super) lists: Option<At<String>>,
    /// An operator is told of a reply from the police that nobody has decided on for so long.
    #[schemars(example = &"P30D")]
    pub(super) escalate: Option<At<String>>,
}
