//! The loop: ask, enter, report. Ready and stop under systemd; once for an operator.
//!
//! It may be killed at any point: what it had begun is asked for again, and looked for in the
//! archive before anything is made.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use sd_notify::NotifyState;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::interval,
};

use crate::{
    catalogue::records::archive::{Attempt, Trouble},
    config::{Config, archive::Archive, problem::ConfigError},
    daemon::{logging, open, service::tell},
    deliver::{
        https::HttpsRpc,
        link::{self, LinkError},
        sif::{self, Rpc},
        tls::{self, TlsError},
    },
    protect::keys::error::CredentialError,
};

/// What came of what was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Entered, or found to be entered.
    pub entered: u64,
    /// Refused, since the case is not there.
    pub refused: u64,
    /// Failed, by reason; they are tried again.
    pub failed: BTreeMap<Trouble, u64>,
}

/// Enters what is due until SIGTERM or SIGINT.
///
/// # Errors
/// When configuration, key or certificates cannot be used.
pub fn run(file: &Path) -> Result<(), DeliverError> {
    let mut courier = Courier::open(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(DeliverError::Start)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stopping);
    let work = thread::Builder::new().name("deliver".to_owned());
    let work = work.spawn(move || courier.work(&told)).map_err(DeliverError::Start)?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(DeliverError::Start)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(DeliverError::Start)?;
        let mut tick = interval(TICK);
        tell(&[NotifyState::Ready]);
        tracing::info!("Ready.");
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = tick.tick() => {
                    if work.is_finished() {
                        return Err(DeliverError::Thread);
                    }
                }
            }
        }
        Ok(())
    })?;
    tell(&[NotifyState::Stopping]);
    tracing::info!("Stopping.");
    stopping.store(true, Ordering::Relaxed);
    work.thread().unpark();
    // A call that is under way may take its whole time limit; it is asked for again, so nobody
    // waits for it.
    Ok(())
}

/// Enters what is due now, and ends; at the first failure, since the archive is then no better for
/// the next.
///
/// # Errors
/// As [`run`], and when the daemon does not answer.
pub fn once(file: &Path) -> Result<Tally, DeliverError> {
    let mut courier = Courier::open(file)?;
    let mut tally = Tally::default();
    while let Some(came) = courier.step()? {
        match came {
            Attempt::Entered { .. } => tally.entered += 1,
            Attempt::NoSuchCase {} => tally.refused += 1,
            Attempt::Failed { trouble } => {
                *tally.failed.entry(trouble).or_default() += 1;
                break;
            }
        }
    }
    Ok(tally)
}

struct Courier {
    config: Config,
    archive: Archive,
    rpc: Box<dyn Rpc + Send>,
}

impl Courier {
    fn open(file: &Path) -> Result<Self, DeliverError> {
        let config = open::load(file)?;
        logging::start(config.log);
        logging::silence_panics();
        let archive = config.archive.clone().ok_or(DeliverError::NoArchive)?;
        let credentials = open::credentials(&config)?;
        let auth_key = credentials.text(archive.credential.as_str())?;
        let tls = tls::client_config(&archive, &credentials)?;
        let rpc = HttpsRpc::new(&archive.url, tls, &auth_key, archive.timeout);
        let rpc = Box::new(rpc.map_err(DeliverError::Start)?);
        Ok(Self { config, archive, rpc })
    }

    fn work(&mut self, stopping: &AtomicBool) {
        let mut silent = false;
        while !stopping.load(Ordering::Relaxed) {
            match self.step() {
                Ok(Some(_)) => silent = false,
                Ok(None) => {
                    silent = false;
                    thread::park_timeout(PAUSE);
                }
                Err(error) => {
                    // Once, and not every few seconds while the daemon is being restarted.
                    if !silent {
                        tracing::warn!(error = %crate::types::causes::chain(&error), "Cannot ask the daemon; trying again.");
                    }
                    silent = true;
                    thread::park_timeout(PAUSE);
                }
            }
        }
    }

    /// One entry from asking to telling; `None` when none is due.
    fn step(&mut self) -> Result<Option<Attempt>, LinkError> {
        let socket = &self.config.control_socket;
        let Some(entry) = link::next(socket)? else { return Ok(None) };
        let (reference, attempt) = (entry.reference, entry.attempt);
        let came = sif::enter(&mut *self.rpc, &self.archive.form, &entry);
        match &came {
            Attempt::Entered { .. } => {
                tracing::info!(%reference, attempt, "Entered in the case archive.");
            }
            Attempt::NoSuchCase {} => {
                tracing::warn!(%reference, attempt, "The case is not in the case archive.");
            }
            Attempt::Failed { trouble } => {
                tracing::warn!(%reference, attempt, %trouble, "Not entered; it is tried again.");
            }
        }
        // Where the daemon has gone meanwhile, the next attempt finds what this one has made.
        link::report(socket, &entry, &came)?;
        Ok(Some(came))
    }
}

/// Why nothing can be entered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliverError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The auth key cannot be read.
    #[error("the case archive's auth key cannot be used")]
    Credential(#[from] CredentialError),
    /// The daemon cannot be asked.
    #[error("the daemon cannot be asked")]
    Link(#[from] LinkError),
    /// No archive is configured.
    #[error(
        "no case archive is configured; write [archive] in filsluse.toml, or stop this service"
    )]
    NoArchive,
    /// It cannot start.
    #[error("the service cannot start")]
    Start(#[source] io::Error),
    /// The working thread ended.
    #[error("a thread ended that must not; systemd starts the service again")]
    Thread,
    /// Certificates or lists cannot be used.
    #[error("TLS to the case archive cannot be set up")]
    Tls(#[from] TlsError),
}

/// Between two questions to the daemon when nothing is due.
const PAUSE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_secs(5);
