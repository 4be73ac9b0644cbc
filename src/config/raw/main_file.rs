//! `filsluse.toml`, key by key, as the operator writes it.
//!
//! These structs and those of the senders' and registries' files are the one description of the
//! configuration: they read the TOML, make the JSON Schema that editors and the structure check
//! use, and write the effective configuration. What a text means is checked elsewhere. The doc
//! comments are the schema's descriptions.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{
    config::{
        raw::{admin::RawAdmin, archive::RawArchive, at::At},
        words::{Backend, LogFormat, LogLevel},
    },
    types::national_id::Profile,
};

/// `filsluse.toml`: the installation.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawMain {
    /// Parent of every sender's chroot; absolute.
    #[schemars(required, example = &"/srv/filsluse")]
    pub(in crate::config) drop_root: Option<At<String>>,
    /// The daemon's own directory: catalogue, audit log, work files, stores; absolute.
    #[schemars(required, example = &"/var/lib/filsluse")]
    pub(in crate::config) state_dir: Option<At<String>>,
    /// Where the key files are when systemd hands none over; absolute.
    #[schemars(example = &"/etc/filsluse/credentials")]
    pub(in crate::config) credentials_dir: Option<At<String>>,
    /// The daemon's control socket; absolute.
    #[schemars(example = &"/run/filsluse/control.sock")]
    pub(in crate::config) control_socket: Option<At<String>>,
    /// IANA time zone in which deadlines are counted.
    #[schemars(example = &"Europe/Oslo")]
    pub(in crate::config) time_zone: Option<At<String>>,
    /// Which national ids are let in: real ones (production) or synthetic ones (test).
    #[schemars(example = &"production")]
    pub(in crate::config) profile: Option<At<Profile>>,
    /// Short name of this installation; the audit log's origin is `filsluse/<installation>`.
    #[schemars(example = &"helfo-oslo")]
    pub(in crate::config) installation: Option<At<String>>,
    /// The installation's name in receipts.
    #[schemars(example = &"Helfo filsluse")]
    pub(in crate::config) name: Option<At<String>>,
    /// Whom a sender writes to; stands in receipts.
    #[schemars(example = &"filsluse@example.no")]
    pub(in crate::config) contact: Option<At<String>>,
    /// Taking files out of the senders' directories.
    #[serde(default)]
    pub(in crate::config) intake: RawIntake,
    /// National identity numbers.
    #[serde(default)]
    pub(in crate::config) identifiers: RawIdentifiers,
    /// The embassy lists' thresholds.
    #[serde(default)]
    pub(in crate::config) embassy: RawEmbassy,
    /// The municipal kinds' thresholds.
    #[serde(default)]
    pub(in crate::config) kpr: RawKpr,
    /// The erasure timer.
    #[serde(default)]
    pub(in crate::config) retention: RawSweep,
    /// Where the state of submissions is kept.
    #[serde(default)]
    pub(in crate::config) catalogue: RawCatalogue,
    /// The case archive that police requests are entered in; without it none is (POL-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) archive: Option<RawArchive>,
    /// The admin API, page and metrics, over TLS with client certificates; without it there is no
    /// listener.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) admin: Option<RawAdmin>,
    /// The daemon's own log.
    #[serde(default)]
    pub(in crate::config) log: RawLog,
    /// Where a kind goes in which service years (KPR-03); what is given for a kind replaces the
    /// default for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) route: Vec<RawRoute>,
    /// Who reports what to a registry in which service years (KPR-01, KPR-07); what is given for a
    /// registry replaces the default for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) reporting: Vec<RawReporting>,
}

/// `[kpr]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawKpr {
    /// KPR-08: a document with a larger share of rejected records is rejected as a whole.
    #[schemars(example = &"5%")]
    pub(in crate::config) max_rejected: Option<At<String>>,
    /// Service types (code list 9151) that are expected for now; others give a warning.
    #[schemars(example = [18, 19, 20, 21, 29])]
    pub(in crate::config) expected_service_types: Option<At<Vec<At<u32>>>>,
}

/// `[[route]]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawRoute {
    /// The kind.
    #[schemars(required, example = &"iplos-annual")]
    pub(in crate::config) kind: Option<At<String>>,
    /// The service years.
    #[schemars(required, example = &"2018..")]
    pub(in crate::config) years: Option<At<String>>,
    /// The registries that it goes to.
    #[schemars(required, example = ["kpr"])]
    pub(in crate::config) registries: Option<At<Vec<At<String>>>>,
}

/// `[[reporting]]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawReporting {
    /// The registry.
    #[schemars(required, example = &"kpr")]
    pub(in crate::config) registry: Option<At<String>>,
    /// The service years.
    #[schemars(required, example = &"2018..")]
    pub(in crate::config) years: Option<At<String>>,
    /// `"all"` senders of its kinds, or the ids of those who report (KPR-01).
    #[schemars(required, example = &"all")]
    pub(in crate::config) reporters: Option<At<RawReporters>>,
    /// Attributes that were not decided to be collected: dropped where they come (KPR-07).
    #[schemars(example = ["bydel"])]
    pub(in crate::config) not_decided: Option<At<Vec<At<String>>>>,
}

/// `"all"`, or a list of ids.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(in crate::config) enum RawReporters {
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
pub(in crate::config) struct RawIntake {
    /// How long a file must be unchanged before it is taken.
    #[schemars(example = &"1s")]
    pub(in crate::config) settle: Option<At<String>>,
    /// How often every directory is listed, whatever the watcher said.
    #[schemars(example = &"30s")]
    pub(in crate::config) rescan: Option<At<String>>,
    /// Nothing is taken while less of the state directory's disk is free.
    #[schemars(example = &"5%")]
    pub(in crate::config) min_free_disk: Option<At<String>>,
    /// Larger files are refused (IN-01).
    #[schemars(example = &"2 GiB")]
    pub(in crate::config) max_file_size: Option<At<String>>,
    /// Threads that parse and seal; the number of processors where not given.
    #[schemars(example = 4, range(min = 1, max = 1024))]
    pub(in crate::config) workers: Option<At<u32>>,
    /// Whether a file must belong to its sender's account (IN-01).
    #[schemars(example = true)]
    pub(in crate::config) owner_check: Option<At<bool>>,
}

/// `[identifiers]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawIdentifiers {
    /// From this date on, check digits by the rule of 2032 are let in as well.
    #[schemars(example = &"2032-01-01")]
    pub(in crate::config) new_check_digits_from: Option<At<String>>,
}

/// `[embassy]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawEmbassy {
    /// EMB-13: a complete list that withdraws a larger share than this is held ...
    #[schemars(example = &"20%")]
    pub(in crate::config) hold_withdrawals_above: Option<At<String>>,
    /// ... when it also withdraws more persons than this.
    #[schemars(example = 3, range(min = 0, max = 1_000_000))]
    pub(in crate::config) hold_withdrawals_more_than: Option<At<u32>>,
    /// An enrolment that no list has confirmed for so long is raised to the operator.
    #[schemars(example = &"P5Y")]
    pub(in crate::config) stale_after: Option<At<String>>,
}

/// `[retention]` of `filsluse.toml`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawSweep {
    /// How often due objects are erased.
    #[schemars(example = &"1h")]
    pub(in crate::config) sweep_every: Option<At<String>>,
    /// A sweep that would erase a larger share of all objects waits for the operator.
    #[schemars(example = &"20%")]
    pub(in crate::config) max_share: Option<At<String>>,
}

/// `[catalogue]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawCatalogue {
    /// The database.
    #[schemars(example = &"sqlite")]
    pub(in crate::config) backend: Option<At<Backend>>,
}

/// `[log]`.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::config) struct RawLog {
    /// Lines for the journal, or JSON.
    #[schemars(example = &"text")]
    pub(in crate::config) format: Option<At<LogFormat>>,
    /// The least grave message that is written.
    #[schemars(example = &"info")]
    pub(in crate::config) level: Option<At<LogLevel>>,
}
