//! What a submission's way through the house needs, opened once: registries, catalogue, audit log,
//! clock and randomness.

mod configured;
pub mod group_commit;
pub mod kind_settings;
pub mod names;
pub mod open_error;
pub mod pending_work;
pub mod registries;
pub mod waiting_files;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::{Timestamp, civil::Date};

use crate::{
    audit::log::Log,
    catalogue::{self, Catalogue, Readers, error::CatalogueError, ledger::Ledger, view::View},
    config::{
        Config,
        layout::{AUDIT_SIGNING_KEY, INBOUND_IDENTITY},
        sender::Sender,
    },
    pipeline::house::{
        group_commit::{ChangeQueue, QueuedChange},
        names::NameSeal,
        open_error::OpenError,
        pending_work::PendingWork,
        registries::{Registries, open_registries},
        waiting_files::WaitingFiles,
    },
    protect::keys::Credentials,
    retention::{
        profile::Erasable,
        schedule::{Deadline, EventTimes},
    },
    route::Routes,
    seal::identity::Identity,
    store::Store,
    types::{
        clock_and_random::{Now, Random},
        ids::{RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        sync::lock,
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
    /// Whether the clock is moved by hand: what it shows is then all the time that passes.
    is_simulated: bool,
    /// Randomness for ids and nonces.
    pub random: Random,
    routes: Routes,
    catalogue: Arc<Mutex<Box<dyn Catalogue>>>,
    readers: Arc<Pool>,
    changes: Arc<ChangeQueue>,
    log: Option<Arc<Mutex<Log>>>,
    dispatching: Arc<Mutex<()>>,
    sweeping: Arc<Mutex<()>>,
    /// The id that was given last.
    last_id: Arc<Mutex<Option<SubmissionId>>>,
    /// What is on record and still to be done.
    pub pending: Arc<PendingWork>,
    /// What waits in inbound directories.
    pub waiting: Arc<WaitingFiles>,
}

/// Readers of the catalogue that nobody uses at the moment.
struct Pool {
    open: Option<Readers>,
    idle: Mutex<Vec<Box<dyn Catalogue>>>,
}

/// What the house is opened with, beyond the configuration.
pub struct HouseParts {
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
        furnishing: HouseParts,
    ) -> Result<Self, OpenError> {
        let registries = open_registries(&config, credentials)?;
        let names = NameSeal::new(&credentials.secret32(AUDIT_SIGNING_KEY)?);
        let inbound = inbound_identity(credentials)?;
        let HouseParts { catalogue, log, clock, random } = furnishing;
        Ok(Self {
            routes: configured::routes(&config),
            config,
            registries: Arc::new(registries),
            names: Arc::new(names),
            inbound: inbound.map(Arc::new),
            clock,
            is_simulated: false,
            random,
            readers: Arc::new(Pool { open: catalogue.readers(), idle: Mutex::default() }),
            catalogue: Arc::new(Mutex::new(catalogue)),
            changes: Arc::default(),
            log: log.map(|log| Arc::new(Mutex::new(log))),
            pending: Arc::default(),
            dispatching: Arc::default(),
            sweeping: Arc::default(),
            last_id: Arc::default(),
            waiting: Arc::default(),
        })
    }

    /// The same house in simulated time: its clock is moved by hand, and that is no leap.
    #[must_use]
    pub fn in_simulated_time(mut self) -> Self {
        self.is_simulated = true;
        self
    }

    /// See [`Self::in_simulated_time`].
    pub const fn is_in_simulated_time(&self) -> bool {
        self.is_simulated
    }

    /// The same house under a new configuration: senders, registries and keys are read anew, the
    /// catalogue and the log stay open.
    ///
    /// # Errors
    /// As [`House::open`]; the old house is untouched.
    pub fn reconfigured(
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
            is_simulated: self.is_simulated,
            random: Arc::clone(&self.random),
            catalogue: Arc::clone(&self.catalogue),
            readers: Arc::clone(&self.readers),
            changes: Arc::clone(&self.changes),
            log: self.log.clone(),
            pending: Arc::clone(&self.pending),
            dispatching: Arc::clone(&self.dispatching),
            sweeping: Arc::clone(&self.sweeping),
            last_id: Arc::clone(&self.last_id),
            waiting: Arc::clone(&self.waiting),
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
        let taken = lock(idle).pop();
        let mut reader = match taken {
            Some(reader) => reader,
            None => open()?,
        };
        let found = catalogue::read_with(&mut *reader, work);
        let mut idle = lock(idle);
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        found
    }

    /// Changes the catalogue, in one transaction that others wait for.
    ///
    /// # Errors
    /// The work's own, or the catalogue's: nothing of it has happened then.
    pub fn transact<T, E: From<CatalogueError>>(
        &self,
        work: impl FnOnce(&mut dyn Ledger) -> Result<T, E>,
    ) -> Result<T, E> {
        catalogue::transact_with(&mut **self.catalogue(), work)
    }

    /// Makes a change durable, in a transaction of its own or along with others in one.
    ///
    /// # Errors
    /// The work's own, or the transaction's: nothing of it has happened then.
    pub fn record(&self, work: QueuedChange) -> Result<(), CatalogueError> {
        self.changes.run(&self.catalogue, work)
    }

    /// Changes that wait for a transaction.
    pub fn changes(&self) -> &ChangeQueue {
        &self.changes
    }

    /// The catalogue, for whoever holds it over more than one transaction or snapshot.
    pub fn catalogue(&self) -> MutexGuard<'_, Box<dyn Catalogue>> {
        lock(&self.catalogue)
    }

    /// The audit log. Taken after the catalogue, never before it.
    ///
    /// # Errors
    /// When the house was opened without it, to be looked at only.
    pub fn log(&self) -> io::Result<MutexGuard<'_, Log>> {
        let log = self.log.as_ref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "the audit log was not opened")
        })?;
        Ok(lock(log))
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

    /// When something of a registry must be erased, or what is set aside.
    ///
    /// # Errors
    /// When the registry is not configured any more, or the calendar ends before.
    pub fn deadline(
        &self,
        registry: &RegistryId,
        what: Erasable,
        events: &EventTimes,
    ) -> io::Result<Option<Deadline>> {
        let schedule = self.registries.schedule(registry)?;
        schedule.erasure(what, events, &self.config.time_zone).map_err(io::Error::other)
    }

    /// Held while files for other senders are laid out and removed: one that was removed must not
    /// come back by a thread that read it before.
    pub fn dispatching(&self) -> MutexGuard<'_, ()> {
        lock(&self.dispatching)
    }

    /// Held while what is due is erased: of two at the same spent key, one would find it gone and
    /// raise an alarm about nothing.
    pub fn sweeping(&self) -> MutexGuard<'_, ()> {
        lock(&self.sweeping)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Now, as finely as the catalogue keeps it: what is written from memory and what is written
    /// from the record agree.
    pub fn now_on_record(&self) -> Timestamp {
        let now = self.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// The local day of an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.config.time_zone.clone()).date()
    }

    /// A configured sender.
    pub fn sender(&self, id: &SenderId) -> Option<&Sender> {
        self.config.senders.get(id)
    }

    /// The other senders that report for the same municipality: another system or supplier of its
    /// own, under a number that it had before or has by now too. One that parted from it is none.
    pub fn others_of_its_municipality<'h>(
        &'h self,
        id: &'h SenderId,
    ) -> impl Iterator<Item = &'h SenderId> {
        let lasting = |sender: &Sender| sender.municipality.map(MunicipalityNumber::lasting);
        let own = self.sender(id).and_then(lasting);
        let others = self.config.senders.values().filter(move |other| other.id != *id);
        others.filter(move |other| own.is_some() && lasting(other) == own).map(|other| &other.id)
    }

    /// A fresh id. Those of one batch of claims sort as they were claimed: of two messages about
    /// the same thing, the history ask the ids which is the newer.
    pub fn next_submission(&self) -> SubmissionId {
        let mut random = [0; 10];
        (self.random)(&mut random);
        let drawn = SubmissionId::new(self.now(), random);
        let mut last = lock(&self.last_id);
        let id = last.map_or(drawn, |last| drawn.behind(last));
        *last = Some(id);
        id
    }
}

fn inbound_identity(credentials: &Credentials) -> Result<Option<Identity>, OpenError> {
    if !credentials.has(INBOUND_IDENTITY) {
        return Ok(None);
    }
    Ok(Some(Identity::parse(&credentials.text(INBOUND_IDENTITY)?)?))
}

/// Readers that are kept open: one for the answers, one for whoever asks, one for each of two files
/// being read.
const IDLE_READERS: usize = 4;
