//! Opens an installation: configuration, keys, catalogue and audit log become a [`House`].
//!
//! For `run`, and for the verbs that change something while no daemon runs. The system's clock and
//! randomness are made here, and handed in as arguments everywhere else.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

use crate::{
    audit::{AuditError, CHECKPOINT, log::Log},
    catalogue::{
        self, Catalogue, error::CatalogueError, header_seal::SealFault,
        records::operations::Installation, sqlite::SqliteCatalogue, view::View,
    },
    config::{
        Build, Config, environment,
        layout::AUDIT_SIGNING_KEY,
        problem::{ConfigError, Problem},
    },
    daemon::{in_use, lock::StateLock},
    durable::{self, DurableError, PRIVATE_DIR},
    expiry,
    kinds::{self, kpr::collected},
    listener,
    pipeline::{
        house::{House, HouseParts, open_error::OpenError as HouseError},
        recover::restored,
    },
    protect::keys::{Credentials, Origin, error::CredentialError},
    types::clock_and_random::{Now, Random},
    vault::Vault,
};

/// Reads and checks the configuration, with the kinds that this build knows.
///
/// # Errors
/// Every problem at once.
pub fn load(file: &Path) -> Result<Config, ConfigError> {
    let kinds: Vec<&str> = kinds::all().iter().map(|kind| kind.name()).collect();
    let fields: Vec<&str> = collected::report_fields().into_iter().collect();
    let indispensable: Vec<&str> = collected::indispensable_fields().into_iter().collect();
    Config::load(file, &Build { kinds: &kinds, fields: &fields, indispensable: &indispensable })
}

/// What should be put right around the configuration.
pub fn environment(config: &Config) -> Vec<Problem> {
    let given = from_systemd();
    let mut problems = environment::check_environment(config, given.as_deref());
    if environment::what_ails_the_listener(config, given.as_deref()).is_empty()
        && let Ok(credentials) = credentials(config)
    {
        problems.extend(listener::tls::problem(config, &credentials));
    }
    problems.extend(expiry::problems(config, system_clock()()));
    problems.extend(in_use::seen_from_outside(config));
    problems
}

/// Makes the daemon's own directories that are missing, and refuses what it cannot run with. What
/// ails single senders is only told.
///
/// # Errors
/// Everything at once that stops it.
pub fn prepare(config: &Config) -> Result<(), ConfigError> {
    for own in [config.places.state_dir.clone(), config.places.claimed_root()] {
        // What cannot be made is found missing right below, and told in words.
        let _ = durable::create_dir_all(&own, PRIVATE_DIR);
    }
    for problem in environment::what_ails_senders(config) {
        tracing::warn!(%problem, "Something about a sender is to be put right.");
    }
    let problems = environment::what_stops(config, from_systemd().as_deref());
    if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
}

/// Opens the directory that secrets come from: systemd's, else the key directory.
///
/// # Errors
/// When it is missing or open to others.
pub fn credentials(config: &Config) -> Result<Credentials, CredentialError> {
    let given = from_systemd();
    let origin = if given.is_some() { Origin::Systemd } else { Origin::KeyDirectory };
    Credentials::open(&config.credentials_dir(given.as_deref()), origin)
}

/// Where [`credentials`] looks.
pub fn credentials_dir(config: &Config) -> PathBuf {
    config.credentials_dir(from_systemd().as_deref())
}

/// Opens the whole installation for work, and makes the directories of the daemon's own.
///
/// The lock says that nobody else works on it; keep it as long as the house.
///
/// # Errors
/// When a key is missing, or catalogue or log cannot be opened or belong to another installation.
pub fn open_house(
    _lock: &StateLock,
    config: Config,
    clock: Now,
    random: Random,
) -> Result<House, OpenError> {
    let credentials = credentials(&config)?;
    let places = &config.places;
    let own = [places.work(), places.quarantine(), places.store_root(), places.audit()];
    // Held from before the first write on, so that no disk's failure goes by unseen.
    durable::file_system::watch(&places.state_dir)?;
    durable::file_system::watch(&places.drop_root)?;
    for directory in own {
        durable::create_dir_all(&directory, PRIVATE_DIR)?;
    }
    let seed = credentials.secret32(AUDIT_SIGNING_KEY)?;
    let vault = Vault::open(&places.header_keys(), config.time_zone.clone(), Arc::clone(&random))?;
    let mut catalogue = SqliteCatalogue::open(&places.catalogue())?.sealing(Arc::new(vault));
    recognise(&mut catalogue, &config, clock())?;
    hold_log_against_catalogue(&mut catalogue, &places.audit())?;
    let log = Log::open(&places.audit(), &config.audit_origin(), &seed, None)?;
    let furnishing = HouseParts { catalogue: Box::new(catalogue), log: Some(log), clock, random };
    let house = House::open(config, &credentials, furnishing)?;
    restored::adopt(&house).map_err(OpenError::Restored)?;
    Ok(house)
}

/// Opens the house to be looked at: no audit log, and nothing is made in the daemon's directories.
///
/// `scratch` is an empty directory of the caller's, for what the rooms would make. Without a
/// catalogue, since no daemon has run yet, an empty one is made there.
///
/// # Errors
/// As [`open_house`].
pub fn open_house_to_look(
    mut config: Config,
    scratch: &Path,
    clock: Now,
    random: Random,
) -> Result<House, OpenError> {
    let credentials = credentials(&config)?;
    let there = config.places.catalogue();
    let catalogue = if exists(&there)? {
        SqliteCatalogue::open_read_only(&there)?
    } else {
        SqliteCatalogue::open(&scratch.join("catalogue.db"))?
    };
    scratch.clone_into(&mut config.places.state_dir);
    let furnishing = HouseParts { catalogue: Box::new(catalogue), log: None, clock, random };
    Ok(House::open(config, &credentials, furnishing)?)
}

/// The system's clock.
#[expect(clippy::disallowed_methods, reason = "the edge: here the system is asked for the time")]
pub fn system_clock() -> Now {
    Arc::new(Timestamp::now)
}

/// The system's randomness.
///
/// # Errors
/// When the system has none to give.
pub fn system_random() -> Result<Random, OpenError> {
    let source = SystemRandom::new();
    // Asked once here, where its absence can be told.
    source.fill(&mut [0; 32]).map_err(|_| OpenError::Randomness)?;
    Ok(Arc::new(move |buffer: &mut [u8]| {
        if source.fill(buffer).is_err() {
            // Linux blocks until it has randomness and never takes it away again.
            unreachable!("the system gave randomness before and gives none now")
        }
    }))
}

/// Records which installation the catalogue belongs to, or finds it to be this one.
fn recognise(
    catalogue: &mut dyn Catalogue,
    config: &Config,
    now: Timestamp,
) -> Result<(), OpenError> {
    let id = config.audit_origin();
    catalogue::transact_with(catalogue, |ledger| match ledger.installation()? {
        Some(found) if found.id == id => Ok(()),
        Some(found) => Err(OpenError::OtherInstallation { found: found.id, configured: id }),
        None => Ok(ledger.set_installation(&Installation { id, created_at: now })?),
    })
}

/// The catalogue remembers how many entries it saw written. A log that holds fewer was rolled back
/// or cut, and opening it for work would remove what is left of the evidence.
fn hold_log_against_catalogue(
    catalogue: &mut dyn Catalogue,
    directory: &Path,
) -> Result<(), OpenError> {
    let written = catalogue::read_with(catalogue, |view| audit_entries_written(view))?;
    let file = directory.join(CHECKPOINT);
    let note = match fs::read_to_string(&file) {
        Ok(note) => note,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(OpenError::Look { path: file, source }),
    };
    // The second line of a checkpoint is the number of entries that it covers.
    let there = note.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
    if there < written { Err(OpenError::LogCut { there, written }) } else { Ok(()) }
}

/// How many audit entries the catalogue saw written into the log.
///
/// # Errors
/// When the catalogue fails.
pub fn audit_entries_written(view: &dyn View) -> Result<u64, CatalogueError> {
    let next = view.next_audit_seq()?;
    let first_queued = view.outbox(1)?.first().map(|entry| entry.seq);
    Ok(first_queued.unwrap_or(next))
}

fn exists(path: &Path) -> Result<bool, OpenError> {
    path.try_exists().map_err(|source| OpenError::Look { path: path.to_owned(), source })
}

fn from_systemd() -> Option<OsString> {
    env::var_os("CREDENTIALS_DIRECTORY").filter(|text| text != OsStr::new(""))
}

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The audit log.
    #[error("the audit log cannot be opened")]
    Audit(#[from] AuditError),
    /// The catalogue.
    #[error("the catalogue cannot be opened")]
    Catalogue(#[from] CatalogueError),
    /// A key.
    #[error("a key cannot be used")]
    Credential(#[from] CredentialError),
    /// A directory of the daemon's own cannot be made.
    #[error("a directory below the state directory cannot be made")]
    Durable(#[from] DurableError),
    /// The keys that seal headers.
    #[error("the header keys cannot be opened; look at header-keys in the state directory")]
    HeaderKeys(#[from] SealFault),
    /// A registry or its keys.
    #[error("the registries cannot be opened")]
    House(#[from] HouseError),
    /// The audit log holds fewer entries than were written.
    #[error(
        "the audit log's checkpoint covers {there} entries and {written} were written: the log was \
         cut or rolled back; keep the directory as it is, and see docs/operator/backup.md on restoring it"
    )]
    LogCut {
        /// As the checkpoint says.
        there: u64,
        /// As the catalogue remembers.
        written: u64,
    },
    /// The state directory cannot be looked into.
    #[error("cannot look at {}; run this as the daemon's account or as root", path.display())]
    Look {
        /// What was looked for.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Configuration and catalogue are of two installations.
    #[error(
        "the catalogue belongs to {found} and the configuration is {configured}: set `installation` \
         back, or name the right state-dir"
    )]
    OtherInstallation {
        /// As the catalogue has it.
        found: String,
        /// As the configuration has it.
        configured: String,
    },
    /// A restored catalogue cannot be brought up to the audit log.
    #[error(
        "the catalogue is older than the audit log and cannot be brought up to it; see \
         docs/operator/backup.md on restoring them"
    )]
    Restored(#[source] io::Error),
    /// The system's random source failed.
    #[error("the system gives no randomness; check that getrandom(2) is allowed")]
    Randomness,
}
