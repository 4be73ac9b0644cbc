//! The loop: ask, deliver, report. Ready and stop under systemd; once for an operator.
//!
//! It may be killed at any point: what it had begun is asked for again. An entry is looked for in
//! the archive before anything is made; an object comes under the same name as before.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use sd_notify::NotifyState;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::interval,
};

use crate::{
    catalogue::records::{archive::Attempt, outgoing::Trouble, pushes::Inbox},
    config::{archive::ArchiveForm, problem::ConfigError},
    daemon::{logging, open, service::tell},
    deliver::{
        https::HttpsRpc,
        inbox::HttpsInbox,
        link::{self, LinkError},
        sif,
        tls::{self, TlsError},
    },
    pipeline::push::Pushed,
    protect::keys::error::CredentialError,
};

/// What came of what was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Entered in the case archive, or found to be entered.
    pub entered: u64,
    /// Refused, since the case is not there.
    pub refused: u64,
    /// Delivered to inboxes.
    pub delivered: u64,
    /// Failed, by reason; they are tried again.
    pub failed: BTreeMap<Trouble, u64>,
}

/// Delivers what is due until SIGTERM or SIGINT: each system by a thread of its own, so that one
/// that is slow keeps no other waiting.
///
/// # Errors
/// When configuration, keys or certificates cannot be used.
pub fn run(file: &Path) -> Result<(), DeliverError> {
    let couriers = open_couriers(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(DeliverError::Start)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let mut threads = Vec::new();
    for mut courier in couriers {
        let told = Arc::clone(&stopping);
        let thread = thread::Builder::new().name("deliver".to_owned());
        let thread = thread.spawn(move || work(&mut *courier, &told));
        threads.push(thread.map_err(DeliverError::Start)?);
    }
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
                    if threads.iter().any(JoinHandle::is_finished) {
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
    for thread in &threads {
        thread.thread().unpark();
    }
    // A call that is under way may take its whole time limit; it is asked for again, so nobody
    // waits for it.
    Ok(())
}

/// Delivers what is due now, and ends; of each system until its first failure that would be no better
/// for the next thing.
///
/// # Errors
/// As [`run`], and when the daemon does not answer.
pub fn once(file: &Path) -> Result<Tally, DeliverError> {
    let mut tally = Tally::default();
    for mut courier in open_couriers(file)? {
        while let Some(came) = courier.step()? {
            match came {
                Came::Entered => tally.entered += 1,
                Came::Refused => tally.refused += 1,
                Came::Delivered => tally.delivered += 1,
                Came::Failed(trouble) => {
                    *tally.failed.entry(trouble).or_default() += 1;
                    if !trouble.is_about_the_thing() {
                        break;
                    }
                }
            }
        }
    }
    Ok(tally)
}

/// What came of one thing that was due.
enum Came {
    Entered,
    Refused,
    Delivered,
    Failed(Trouble),
}

/// Brings one system what is due for it.
trait Courier: Send {
    /// One thing from asking to telling; `None` when none is due.
    fn step(&mut self) -> Result<Option<Came>, LinkError>;
}

/// One for each system that is configured.
fn open_couriers(file: &Path) -> Result<Vec<Box<dyn Courier>>, DeliverError> {
    let config = open::load(file)?;
    logging::start(config.log);
    logging::silence_panics();
    let credentials = open::credentials(&config)?;
    let mut couriers: Vec<Box<dyn Courier>> = Vec::new();
    if let Some(archive) = &config.archive {
        let auth_key = credentials.text(archive.credential.as_str());
        let auth_key = auth_key.map_err(DeliverError::Credential)?;
        let tls = tls::client_config(&archive.peer, &credentials)?;
        let rpc = HttpsRpc::new(&archive.peer, tls, &auth_key).map_err(DeliverError::Start)?;
        let (socket, form) = (config.control_socket.clone(), archive.form.clone());
        couriers.push(Box::new(ToArchive { socket, form, rpc }));
    }
    for registry in config.registries.values() {
        for peer in &registry.deliver {
            let tls = tls::client_config(peer, &credentials)?;
            let https = HttpsInbox::new(peer, tls).map_err(DeliverError::Start)?;
            let inbox = Inbox { registry: registry.id.clone(), url: peer.url.to_string() };
            let socket = config.control_socket.clone();
            couriers.push(Box::new(ToInbox { socket, inbox, https }));
        }
    }
    if couriers.is_empty() { Err(DeliverError::Nothing) } else { Ok(couriers) }
}

fn work(courier: &mut dyn Courier, stopping: &AtomicBool) {
    let mut silent = false;
    while !stopping.load(Ordering::Relaxed) {
        match courier.step() {
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

/// To the case archive (POL-05).
struct ToArchive {
    socket: PathBuf,
    form: ArchiveForm,
    rpc: HttpsRpc,
}

impl Courier for ToArchive {
    fn step(&mut self) -> Result<Option<Came>, LinkError> {
        let Some(entry) = link::next(&self.socket)? else { return Ok(None) };
        let (reference, attempt) = (entry.reference, entry.attempt);
        let came = sif::enter(&mut self.rpc, &self.form, &entry);
        let told = match &came {
            Attempt::Entered { .. } => {
                tracing::info!(%reference, attempt, "Entered in the case archive.");
                Came::Entered
            }
            Attempt::NoSuchCase {} => {
                tracing::warn!(%reference, attempt, "The case is not in the case archive.");
                Came::Refused
            }
            Attempt::Failed { trouble } => {
                tracing::warn!(%reference, attempt, %trouble, "Not entered; it is tried again.");
                Came::Failed(*trouble)
            }
        };
        // Where the daemon has gone meanwhile, the next attempt finds what this one has made.
        link::report(&self.socket, &entry, &came)?;
        Ok(Some(told))
    }
}

/// To an inbox of a registry.
struct ToInbox {
    socket: PathBuf,
    inbox: Inbox,
    https: HttpsInbox,
}

impl Courier for ToInbox {
    fn step(&mut self) -> Result<Option<Came>, LinkError> {
        let Some(entry) = link::next_push(&self.socket, &self.inbox)? else { return Ok(None) };
        let (object, attempt) = (&entry.object, entry.attempt);
        let put = self.https.put(object, || link::object(&self.socket, object, &self.inbox));
        let came = match put {
            // The daemon's own reason is in its journal, and in what `object get` says.
            Err(LinkError::Refused { message }) => {
                tracing::warn!(%object, attempt, message, "The daemon does not hand it out.");
                Pushed::Failed { trouble: Trouble::Unreadable, wait: None }
            }
            put => put?,
        };
        let told = match &came {
            Pushed::Delivered {} => {
                tracing::info!(%object, attempt, "Delivered.");
                Came::Delivered
            }
            Pushed::Failed { trouble, .. } => {
                tracing::warn!(%object, attempt, %trouble, "Not delivered; it is tried again.");
                Came::Failed(*trouble)
            }
        };
        // Where the daemon has gone meanwhile, the object goes out once more, under the same name.
        link::report_push(&self.socket, &entry, &self.inbox, &came)?;
        Ok(Some(told))
    }
}

/// Why nothing can be delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliverError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key cannot be read.
    #[error("a key cannot be used")]
    Credential(#[from] CredentialError),
    /// The daemon cannot be asked.
    #[error("the daemon cannot be asked")]
    Link(#[from] LinkError),
    /// Nothing is configured that could get anything.
    #[error(
        "neither a case archive nor a registry's inbox is configured; write [archive] in \
         filsluse.toml or [[registry.deliver]] in a registry's file, or stop this service"
    )]
    Nothing,
    /// It cannot start.
    #[error("the service cannot start")]
    Start(#[source] io::Error),
    /// The working thread ended.
    #[error("a thread ended that must not; systemd starts the service again")]
    Thread,
    /// Certificates or lists cannot be used.
    #[error("TLS to another system cannot be set up")]
    Tls(#[from] TlsError),
}

/// Between two questions to the daemon when nothing is due.
const PAUSE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_secs(5);
