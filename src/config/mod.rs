//! Configuration: what the operator wrote, and what the daemon may rely on.
//!
//! `filsluse.toml`, `senders.d/*.toml` and `registries.d/*.toml` become one checked [`Config`], or
//! every problem at once. Loading reads these files alone; what must exist around them is asked by
//! [`environment`]. A `Config` holds no secret, so it may be printed.

pub mod accounts;
mod check;
mod distance;
mod effective;
mod raw;
mod structure;

pub mod admin;
pub mod archive;
pub mod environment;
pub mod init;
pub mod layout;
pub mod legal_profile;
pub mod load;
pub mod names;
pub mod peer;
pub mod problem;
pub mod quantity;
pub mod registry;
pub mod schema;
pub mod sender;
pub mod sender_directories;
pub mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    config::{
        admin::Admin,
        archive::Archive,
        layout::Places,
        names::Installation,
        peer::System,
        quantity::Share,
        registry::Registry,
        sender::Sender,
        words::{LogFormat, LogLevel},
    },
    types::{
        ids::{KindId, RegistryId, SenderId},
        national_id::Profile,
        period::Period,
        years::Years,
    },
};

/// What this build knows, where a configuration names it.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// Kinds, by name.
    pub kinds: &'a [&'a str],
    /// Attributes of municipal messages, by name.
    pub fields: &'a [&'a str],
    /// Those among them that a format demands.
    pub indispensable: &'a [&'a str],
}

/// A checked configuration: absolute directories, unique ids, a registry for every kind.
#[derive(Debug, Clone)]
pub struct Config {
    /// The main file that it was read from.
    pub file: PathBuf,
    /// The senders' directories and the daemon's own.
    pub places: Places,
    /// The configured key directory; [`Config::credentials_dir`] says which one counts.
    pub configured_credentials_dir: Option<PathBuf>,
    /// The daemon's control socket.
    pub control_socket: PathBuf,
    /// Where deadlines are counted.
    pub time_zone: TimeZone,
    /// Which national ids are let in.
    pub profile: Profile,
    /// Short name, as in the audit log's origin.
    pub installation: Installation,
    /// The installation's name in receipts.
    pub name: String,
    /// Whom a sender writes to; stands in receipts.
    pub contact: Option<String>,
    /// Taking files in.
    pub intake: Intake,
    /// From this date on, check digits by the rule of 2032 are let in as well.
    pub new_check_digits_from: Date,
    /// The embassy lists' thresholds.
    pub embassy: Embassy,
    /// The municipal kinds' thresholds.
    pub kpr: Kpr,
    /// Which kinds go where in which service years; kinds that are not in it go by legal profile.
    pub routes: Vec<Routing>,
    /// Who reports what to a registry, year by year (KPR-01, KPR-07).
    pub reporting: Vec<Reporting>,
    /// The erasure timer.
    pub retention: Sweep,
    /// The case archive; `None` where none is connected.
    pub archive: Option<Archive>,
    /// The admin listener; `None` where there is none.
    pub admin: Option<Admin>,
    /// The daemon's own log.
    pub log: Log,
    /// Who may send.
    pub senders: BTreeMap<SenderId, Sender>,
    /// Where it goes.
    pub registries: BTreeMap<RegistryId, Registry>,
}

/// Taking files out of the senders' directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intake {
    /// How long a file must be unchanged before it is taken.
    pub settle: Duration,
    /// How often every directory is listed, whatever the watcher said.
    pub rescan: Duration,
    /// Nothing is taken while less of the state directory's disk is free.
    pub min_free_disk: Share,
    /// Larger files are refused (IN-01); in bytes.
    pub max_file_size: u64,
    /// Threads that parse and seal.
    pub workers: NonZeroUsize,
    /// Whether a file must belong to its sender's account (IN-01).
    pub owner_check: bool,
}

/// The embassy lists' thresholds.
#[derive(Debug, Clone)]
pub struct Embassy {
    /// EMB-13: a complete list that withdraws a larger share than this is held …
    pub hold_withdrawals_above: Share,
    /// … when it also withdraws more persons than this.
    pub hold_withdrawals_more_than: u32,
    /// An enrolment that no list has confirmed for so long is raised to the operator.
    pub stale_after: Period,
}

/// The municipal kinds' thresholds.
#[derive(Debug, Clone)]
pub struct Kpr {
    /// KPR-08: a document with a larger share of rejected records is rejected as a whole.
    pub max_rejected: Share,
    /// Service types (code list 9151) that are expected for now; others give a warning.
    pub expected_service_types: BTreeSet<u16>,
}

/// Where a kind goes in some service years.
#[derive(Debug, Clone)]
pub struct Routing {
    /// The kind.
    pub kind: KindId,
    /// The service years.
    pub years: Years,
    /// Where it goes; never empty.
    pub registries: Vec<RegistryId>,
}

/// What was decided to be reported to a registry in some service years.
#[derive(Debug, Clone)]
pub struct Reporting {
    /// The registry.
    pub registry: RegistryId,
    /// The service years.
    pub years: Years,
    /// Who reports (KPR-01).
    pub reporters: Reporters,
    /// Fields that are dropped where they come all the same (KPR-07).
    pub not_decided: BTreeSet<String>,
}

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reporters {
    /// Every sender of the kinds.
    All,
    /// These.
    Only(BTreeSet<SenderId>),
}

impl Reporters {
    /// Whether a sender is one of them.
    pub fn holds(&self, sender: &SenderId) -> bool {
        match self {
            Self::All => true,
            Self::Only(senders) => senders.contains(sender),
        }
    }
}

/// The erasure timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// How often due objects are erased.
    pub sweep_every: Duration,
    /// A sweep that would erase a larger share of all objects waits for the operator.
    pub max_share: Share,
}

/// The daemon's own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Lines or JSON.
    pub format: LogFormat,
    /// The least grave message that is written.
    pub level: LogLevel,
}

impl Config {
    /// Directory of the main file.
    pub fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("/"))
    }

    /// The other systems that are spoken to over the network: the case archive, and registries'
    /// inboxes.
    pub fn systems(&self) -> impl Iterator<Item = System<'_>> {
        let archive = self.archive.iter().map(|archive| System {
            table: "archive",
            registry: None,
            peer: &archive.peer,
        });
        let inboxes = self.registries.values().flat_map(|registry| {
            let inbox =
                |peer| System { table: "registry.deliver", registry: Some(&registry.id), peer };
            registry.deliver.iter().map(inbox)
        });
        archive.chain(inboxes)
    }

    /// Where the key files are: what systemd handed over, else what is configured, else
    /// `credentials` beside the configuration's directory, else inside it.
    pub fn credentials_dir(&self, from_systemd: Option<&OsStr>) -> PathBuf {
        if let Some(directory) = from_systemd.filter(|text| !text.is_empty()) {
            return directory.into();
        }
        self.configured_credentials_dir.clone().unwrap_or_else(|| {
            let beside = self.directory().parent().map(|parent| parent.join("credentials"));
            beside
                .filter(|directory| directory.is_dir())
                .unwrap_or_else(|| self.directory().join("credentials"))
        })
    }

    /// The audit log's origin line, `filsluse/<installation>`.
    pub fn audit_origin(&self) -> String {
        format!("filsluse/{}", self.installation)
    }

    /// The registries that take a kind; never none for a kind that a sender may send.
    pub fn registries_for<'a>(&'a self, kind: &'a KindId) -> impl Iterator<Item = &'a Registry> {
        self.registries.values().filter(|registry| registry.legal_profile.takes(kind))
    }

    fn listens_at(&self) -> Option<admin::Listen> {
        self.admin.as_ref().map(|admin| admin.listen)
    }

    /// Keys that a running daemon cannot take over from a newer configuration on SIGHUP: it says so
    /// and goes on with the old values until it is restarted.
    pub fn needs_restart_for(&self, newer: &Self) -> Vec<&'static str> {
        [
            ("drop-root", self.places.drop_root != newer.places.drop_root),
            ("state-dir", self.places.state_dir != newer.places.state_dir),
            ("control-socket", self.control_socket != newer.control_socket),
            ("installation", self.installation != newer.installation),
            ("intake.workers", self.intake.workers != newer.intake.workers),
            ("log.format", self.log.format != newer.log.format),
            ("log.level", self.log.level != newer.log.level),
            ("time-zone", self.time_zone != newer.time_zone),
            ("admin.listen", self.listens_at() != newer.listens_at()),
        ]
        .into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
        .collect()
    }
}
