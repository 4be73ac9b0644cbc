//! Everything that the rooms need for a submission, opened once: keys, recipients, stores,
//! catalogue, audit log, clock and randomness.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, civil::Date};

use crate::{
    audit::log::Log,
    catalogue::{self, Catalogue, Readers, error::CatalogueError, view::View},
    config::{
        Config,
        registry::Registry as Configured,
        sender::{Missions, Sender},
        words::{self, IdentityMode, RetentionStart},
    },
    kinds::{self, Reporting, embassy::state::Settings, kpr, npr, police},
    pipeline::{
        configured,
        debts::Debts,
        errands::{Errand, Errands},
        names::NameSeal,
    },
    protect::{keys::Credentials, pseudonym::KeyRing},
    retention::{
        profile::{self, ConfigurationError},
        schedule::Schedule,
    },
    route::Routes,
    seal::{Recipients, identity::Identity},
    store::{Store, directory::DirectoryStore},
    types::{
        ids::{KindId, Part, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        national_id::{IdPolicy, Profile},
    },
};

/// What a submission's way through the house needs.
pub struct House {
    /// The checked configuration.
    pub config: Config,
    /// The registries, with their keys and stores.
    pub registries: Arc<Registries>,
    /// Opens and seals sender's file names.
    pub names: Arc<NameSeal>,
    /// Opens files that a sender encrypted to this installation (IN-05).
    pub inbound: Option<Arc<Identity>>,
    /// Now.
    pub clock: Now,
    /// Randomness for ids and nonces.
    pub random: Random,
    routes: Routes,
    catalogue: Arc<Mutex<Box<dyn Catalogue>>>,
    readers: Arc<Pool>,
    errands: Arc<Errands>,
    log: Option<Arc<Mutex<Log>>>,
    pub(super) debts: Arc<Mutex<Debts>>,
    dispatching: Arc<Mutex<()>>,
}

/// Readers of the catalogue that nobody uses at the moment.
struct Pool {
    open: Option<Readers>,
    idle: Mutex<Vec<Box<dyn Catalogue>>>,
}

/// Tells the time. The daemon's asks the system; tests and the demonstration move it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills a buffer with randomness.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The registries by id.
pub struct Registries {
    by_id: BTreeMap<RegistryId, Registry>,
    /// Senders that something can be sealed to.
    addressees: BTreeMap<SenderId, Recipients>,
    /// What is set aside for the one who sent it, in no registry's store.
    quarantine: Quarantine,
}

/// Where things are set aside, and for how long.
struct Quarantine {
    id: RegistryId,
    store: DirectoryStore,
    schedule: Schedule,
}

/// One registry, ready for use.
pub struct Registry {
    /// As configured.
    pub configured: Configured,
    /// Who can open what is sealed for it.
    pub recipients: Recipients,
    /// Who can open its map from pseudonym to identity; none but in mode `split`.
    pub identity_recipients: Option<Recipients>,
    /// Its pseudonym keys.
    pub keys: KeyRing,
    /// Where its objects lie.
    pub store: Box<dyn Store>,
    /// When they must be gone.
    pub schedule: Schedule,
}

impl Registry {
    /// Who can open a part of a submission. The map from pseudonym to identity, and a document as it
    /// came, are for others than the pseudonymised content; without such others, for nobody.
    ///
    /// # Errors
    /// When a part that holds identities is for a registry that gets pseudonyms.
    pub fn recipients_of(&self, part: Part) -> io::Result<&Recipients> {
        let identifies = match part {
            Part::Identity => true,
            Part::Whole => self.configured.identity != IdentityMode::Identified,
            Part::Content | Part::Difference | Part::Report | Part::Request => false,
        };
        if !identifies {
            return Ok(&self.recipients);
        }
        let why = "what holds identities has no recipients; configure identity-recipients";
        self.identity_recipients.as_ref().ok_or_else(|| io::Error::other(why))
    }
}

impl Registries {
    /// One registry.
    ///
    /// # Errors
    /// When it is not configured any more.
    pub fn get(&self, id: &RegistryId) -> io::Result<&Registry> {
        self.by_id.get(id).ok_or_else(|| {
            io::Error::other(format!("registry {id} is not configured; add it to registries.d"))
        })
    }

    /// Who can open what is sealed for another sender.
    ///
    /// # Errors
    /// When that sender is not configured, or has no key.
    pub fn addressee(&self, id: &SenderId) -> io::Result<&Recipients> {
        self.addressees.get(id).ok_or_else(|| {
            io::Error::other(format!("sender {id} has no key to seal to; add its recipient"))
        })
    }

    /// The place of what is set aside, by the name that its objects carry in place of a registry's.
    pub fn quarantine(&self) -> &RegistryId {
        &self.quarantine.id
    }

    /// Where a registry's objects lie, or what is set aside; an error when it is not configured.
    pub fn store(&self, id: &RegistryId) -> io::Result<&dyn Store> {
        if *id == self.quarantine.id {
            return Ok(&self.quarantine.store);
        }
        Ok(self.get(id)?.store.as_ref())
    }

    /// When a registry's objects must be gone, or what is set aside.
    ///
    /// # Errors
    /// When it is not configured any more.
    pub fn schedule(&self, id: &RegistryId) -> io::Result<&Schedule> {
        if *id == self.quarantine.id {
            return Ok(&self.quarantine.schedule);
        }
        Ok(&self.get(id)?.schedule)
    }

    /// Every place where objects lie.
    pub fn places(&self) -> impl Iterator<Item = (&RegistryId, &dyn Store)> {
        let registries = self.iter().map(|one| (&one.configured.id, one.store.as_ref()));
        let aside: &dyn Store = &self.quarantine.store;
        registries.chain([(&self.quarantine.id, aside)])
    }

    /// Those among `ids` that keep a submission as it came: persons are identified in them.
    pub fn keeping_whole<'a>(
        &'a self,
        ids: &'a [RegistryId],
    ) -> impl Iterator<Item = &'a RegistryId> {
        ids.iter().filter(|id| {
            let registry = self.by_id.get(*id);
            registry.is_some_and(|r| r.configured.identity == IdentityMode::Identified)
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Registry> {
        self.by_id.values()
    }
}

/// Opens keys and stores of every configured registry.
pub fn open_registries(
    config: &Config,
    credentials: &Credentials,
) -> Result<Registries, OpenError> {
    let mut by_id = BTreeMap::new();
    let parse = |keys: &[age::x25519::Recipient]| {
        let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
        Recipients::parse(texts.iter().map(String::as_str))
    };
    for (id, configured) in &config.registries {
        let identity_recipients = match configured.identity {
            IdentityMode::Split => Some(parse(&configured.identity_recipients)?.prepared()),
            IdentityMode::Identified | IdentityMode::Pseudonym => None,
        };
        let registry = Registry {
            configured: configured.clone(),
            recipients: parse(&configured.recipients)?.prepared(),
            identity_recipients,
            keys: credentials.key_ring_named(id, configured.key.as_str())?,
            store: Box::new(DirectoryStore::new(config.places.store(id), id.clone())?),
            schedule: configured::schedule(configured)?,
        };
        by_id.insert(id.clone(), registry);
    }
    let mut addressees = BTreeMap::new();
    for (id, sender) in &config.senders {
        if let Some(key) = &sender.recipient {
            addressees.insert(id.clone(), parse(std::slice::from_ref(key))?);
        }
    }
    let quarantine = quarantine(config)?;
    Ok(Registries { by_id, addressees, quarantine })
}

fn quarantine(config: &Config) -> Result<Quarantine, OpenError> {
    let Ok(id) = RegistryId::parse(profile::QUARANTINE.name) else {
        unreachable!("the name is a short name, and no registry may be configured with it")
    };
    let store = DirectoryStore::new(config.places.quarantine(), id.clone())?;
    Ok(Quarantine { id, store, schedule: Schedule::new(&profile::QUARANTINE, &[])? })
}

/// What the house is opened with, beyond the configuration.
pub struct Furnishing {
    /// The catalogue.
    pub catalogue: Box<dyn Catalogue>,
    /// The audit log; `None` for a house that is only looked at.
    pub log: Option<Log>,
    /// See [`House::clock`].
    pub clock: Now,
    /// See [`House::random`].
    pub random: Random,
}

impl House {
    /// Opens the house.
    ///
    /// # Errors
    /// When a key is missing or a store cannot be made.
    pub fn open(
        config: Config,
        credentials: &Credentials,
        furnishing: Furnishing,
    ) -> Result<Self, OpenError> {
        let registries = open_registries(&config, credentials)?;
        let names = NameSeal::new(&credentials.secret32(AUDIT_KEY)?);
        let inbound = inbound_identity(credentials)?;
        let Furnishing { catalogue, log, clock, random } = furnishing;
        Ok(Self {
            routes: configured::routes(&config),
            config,
            registries: Arc::new(registries),
            names: Arc::new(names),
            inbound: inbound.map(Arc::new),
            clock,
            random,
            readers: Arc::new(Pool { open: catalogue.readers(), idle: Mutex::default() }),
            catalogue: Arc::new(Mutex::new(catalogue)),
            errands: Arc::default(),
            log: log.map(|log| Arc::new(Mutex::new(log))),
            debts: Arc::default(),
            dispatching: Arc::default(),
        })
    }

    /// The same house under a new configuration: senders, registries and keys are read anew, the
    /// catalogue and the log stay open.
    ///
    /// # Errors
    /// As [`House::open`]; the old house is untouched.
    pub fn refurnished(
        &self,
        config: Config,
        credentials: &Credentials,
    ) -> Result<Self, OpenError> {
        let registries = open_registries(&config, credentials)?;
        Ok(Self {
            routes: configured::routes(&config),
            config,
            registries: Arc::new(registries),
            names: Arc::clone(&self.names),
            inbound: inbound_identity(credentials)?.map(Arc::new),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            catalogue: Arc::clone(&self.catalogue),
            readers: Arc::clone(&self.readers),
            errands: Arc::clone(&self.errands),
            log: self.log.clone(),
            debts: Arc::clone(&self.debts),
            dispatching: Arc::clone(&self.dispatching),
        })
    }

    /// Looks at what is committed, without waiting for whoever writes. Not for long: see
    /// [`Catalogue::readers`].
    ///
    /// # Errors
    /// The work's own, or the catalogue's.
    pub fn look<T, E: From<CatalogueError>>(
        &self,
        work: impl FnOnce(&dyn View) -> Result<T, E>,
    ) -> Result<T, E> {
        let Pool { open, idle } = &*self.readers;
        let Some(open) = open else { return catalogue::read_with(&mut **self.catalogue(), work) };
        let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match taken {
            Some(reader) => reader,
            None => open()?,
        };
        let found = catalogue::read_with(&mut *reader, work);
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        found
    }

    /// Makes a change durable, in a transaction of its own or along with others in one.
    ///
    /// # Errors
    /// The work's own, or the transaction's: nothing of it has happened then.
    pub fn record(&self, work: Errand) -> Result<(), CatalogueError> {
        self.errands.run(&self.catalogue, work)
    }

    /// Changes that wait for a transaction.
    pub fn errands(&self) -> &Errands {
        &self.errands
    }

    /// The catalogue, for one transaction or snapshot.
    pub fn catalogue(&self) -> MutexGuard<'_, Box<dyn Catalogue>> {
        // A panic elsewhere rolled its transaction back: what is behind the lock is whole.
        self.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The audit log. Taken after the catalogue, never before it.
    ///
    /// # Errors
    /// When the house was opened without it, to be looked at only.
    pub fn log(&self) -> io::Result<MutexGuard<'_, Log>> {
        let log = self.log.as_ref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "the audit log was not opened")
        })?;
        Ok(log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Which registries take which kind.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// The store of a registry.
    ///
    /// # Errors
    /// When it is not configured any more.
    pub fn store(&self, registry: &RegistryId) -> io::Result<&dyn Store> {
        self.registries.store(registry)
    }

    /// Held while files for other senders are laid out and removed: one that was removed must not
    /// come back by a thread that read it before.
    pub fn dispatching(&self) -> MutexGuard<'_, ()> {
        self.dispatching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thresholds of the embassy kind.
    pub fn embassy_settings(&self) -> Settings {
        let configured = &self.config.embassy;
        Settings {
            hold_above_basis_points: u64::from(configured.hold_withdrawals_above.basis_points()),
            hold_above_count: u64::from(configured.hold_withdrawals_more_than),
        }
    }

    /// The thresholds of the municipal kinds.
    pub fn kpr_settings(&self) -> kpr::state::Settings {
        let configured = &self.config.kpr;
        kpr::state::Settings {
            max_rejected_basis_points: u64::from(configured.max_rejected.basis_points()),
            expected_service_types: configured.expected_service_types.clone(),
        }
    }

    /// Whether a case archive is configured, so that a request waits for its entry there.
    pub fn has_case_archive(&self) -> bool {
        self.config.archive.is_some()
    }

    /// The police districts that something can be sealed to.
    pub fn police_settings(&self) -> police::state::Settings {
        let senders = self.config.senders.values().filter(|sender| sender.recipient.is_some());
        let district = |sender: &Sender| Some((sender.police_district.clone()?, sender.id.clone()));
        let districts = senders.filter_map(district).collect();
        let archive_makes_cases =
            self.config.archive.as_ref().is_some_and(|archive| archive.create_cases);
        police::state::Settings { districts, archive_makes_cases }
    }

    /// The terms under which each registry gets releases.
    pub fn npr_settings(&self) -> npr::state::Settings {
        let release = KindId::parse("npr-release").ok();
        let registries = release.iter().flat_map(|kind| self.config.registries_for(kind));
        let agreed = registries.map(|registry| {
            let shipped = npr::state::Agreed::default();
            let kept_for = match registry.retention.from {
                RetentionStart::OperatingYearEnd => registry.retention.after,
                _ => shipped.kept_for,
            };
            let terms = registry.release.clone();
            (registry.id.clone(), npr::state::Agreed { terms, kept_for })
        });
        npr::state::Settings { registries: agreed.collect() }
    }

    /// What a sender reports to a registry, year by year (KPR-01, KPR-07).
    pub fn reporting(&self, sender: &SenderId, registry: &RegistryId) -> Vec<Reporting> {
        let decided = self.config.reporting.iter();
        let concerns =
            decided.filter(|one| one.registry == *registry && one.reporters.holds(sender));
        let reporting = concerns.map(|decided| Reporting {
            years: decided.years,
            not_decided: decided.not_decided.clone(),
        });
        reporting.collect()
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Now, as finely as the catalogue keeps it: what is written from memory and what is written from
    /// the record agree.
    pub fn now_on_record(&self) -> Timestamp {
        let now = self.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.config.time_zone.clone()).date()
    }

    /// Which national ids are let in on a day.
    pub fn id_policy(&self, day: Date) -> IdPolicy {
        let profile = match self.config.profile {
            words::Profile::Production => Profile::Production,
            words::Profile::Test => Profile::Test,
        };
        IdPolicy::on(profile, day, self.config.new_check_digits_from)
    }

    /// A configured sender.
    pub fn sender(&self, id: &SenderId) -> Option<&Sender> {
        self.config.senders.get(id)
    }

    /// A fresh id.
    pub fn next_submission(&self) -> SubmissionId {
        let mut random = [0; 10];
        (self.random)(&mut random);
        SubmissionId::new(self.now(), random)
    }
}

/// What kinds may know of a configured sender.
pub fn sender_for_kinds(sender: &Sender) -> kinds::Sender {
    let (mission_code, case_handler) = match &sender.missions {
        Missions::Any => (None, true),
        Missions::None => (None, false),
        Missions::Own(code) => (Some(code.as_str().to_owned()), false),
    };
    let municipality = sender.municipality.as_ref();
    let municipality = municipality.and_then(|n| MunicipalityNumber::parse(n.as_str()).ok());
    let (id, kinds) = (sender.id.clone(), sender.kinds.clone());
    let police_district = sender.police_district.clone();
    kinds::Sender { id, kinds, mission_code, case_handler, municipality, police_district }
}

fn inbound_identity(credentials: &Credentials) -> Result<Option<Identity>, OpenError> {
    if !credentials.has(INBOUND_IDENTITY) {
        return Ok(None);
    }
    Ok(Some(Identity::parse(&credentials.text(INBOUND_IDENTITY)?)?))
}

/// Why the house cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A key is missing or open to others.
    #[error("a key cannot be used")]
    Credential(#[from] crate::protect::keys::CredentialError),
    /// A retention period passes a statutory limit.
    #[error("a retention period cannot be used")]
    Limit(#[from] ConfigurationError),
    /// The law of a registry is not known.
    #[error("a registry stands under a legal profile that this version does not know")]
    Profile,
    /// A recipient or identity does not parse.
    #[error("an age key cannot be used")]
    Seal(#[from] crate::seal::SealError),
    /// A store cannot be opened.
    #[error("a registry's store cannot be opened")]
    Store(#[from] crate::store::StoreError),
}

/// Readers that are kept open: one for the answers, one for whoever asks, one for each of two files
/// being read.
const IDLE_READERS: usize = 4;

/// The Ed25519 seed that signs the audit log's checkpoints.
pub const AUDIT_KEY: &str = "audit-signing.key";
/// The age identity that senders encrypt to.
pub const INBOUND_IDENTITY: &str = "inbound.identity";
