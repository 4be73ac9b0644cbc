//! `filsluse run`: the engine under systemd. Ready, watchdog, reload and drain; control socket.

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sd_notify::NotifyState;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::{self, JoinHandle},
    time::{MissedTickBehavior, interval},
};

use crate::{
    audit::entry::Event,
    config::{Config, problem::ConfigError},
    daemon::{
        alarms::{self, NO_SOCKET, NO_TLS},
        certificates, control,
        engine::{self, Engine, shared::Shared},
        in_use,
        lock::{LockError, StateLock},
        logging, memory, open,
    },
    listener::{self, tls::ListenerTlsError},
    pipeline::house::House,
    types::{alarm::AlarmCode, causes::chain},
};

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// When the configuration or the environment is wrong, or the installation cannot be opened.
pub fn run(file: &Path) -> Result<(), RunError> {
    memory::give_back();
    // Before anything else is opened.
    let handed_over = listener::socket::handed_over();
    let config = open::load(file)?;
    logging::start(config.log);
    logging::silence_panics();
    open::prepare(&config).map_err(RunError::Environment)?;
    let lock = StateLock::take(&config.places.state_dir)?;
    let house = open::open_house(&lock, config, open::system_clock(), open::system_random()?)?;
    knows_what_is_stored(&house, &house.config)?;
    let engine = Engine::start(house).map_err(RunError::Start)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(RunError::Start)?;
    memory::clear_up();
    let ended = runtime.block_on(serve(&engine, file, handed_over));
    tell(&[NotifyState::Stopping]);
    engine.drain();
    ended
}

/// Serves the control socket and heeds signals until told to stop.
async fn serve(
    engine: &Engine,
    file: &Path,
    handed_over: io::Result<Option<TcpListener>>,
) -> Result<(), RunError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Start)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Start)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(RunError::Start)?;
    let socket = engine.shared().house().config.control_socket.clone();
    let server = control::Server::bind(&socket, Arc::clone(engine.shared()))
        .map_err(|source| RunError::Control { path: socket, source })?;
    let server = tokio::spawn(server.serve());
    let listener = listen(engine.shared(), handed_over);
    let mut reloading: Option<JoinHandle<()>> = None;
    let mut tick = interval(between_pings(sd_notify::watchdog_enabled()));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tell(&[NotifyState::Ready]);
    tracing::info!("Ready.");
    let ended = loop {
        tokio::select! {
            _ = terminate.recv() => break Ok(()),
            _ = interrupt.recv() => break Ok(()),
            // Apart: it waits for the catalogue, and the watchdog does not wait for it.
            _ = hang_up.recv(), if reloading.is_none() => {
                let (shared, file) = (Arc::clone(engine.shared()), file.to_owned());
                reloading = Some(task::spawn_blocking(move || reload(&shared, &file)));
            }
            () = end_of(&mut reloading) => reloading = None,
            _ = tick.tick() => {
                if engine.is_broken() {
                    break Err(RunError::Thread);
                }
                if engine.shared().is_alive() {
                    tell(&[NotifyState::Watchdog]);
                }
            }
        }
    };
    tracing::info!("Stopping.");
    server.abort();
    if let Some(listener) = listener {
        listener.abort();
    }
    if reloading.is_some() {
        end_of(&mut reloading).await;
    }
    ended
}

/// Opens the admin listener, where one is configured. Whatever is wrong with it stops nothing else:
/// a reload takes what was put right.
fn listen(
    shared: &Arc<Shared>,
    handed_over: io::Result<Option<TcpListener>>,
) -> Option<JoinHandle<()>> {
    let handed_over = handed_over.unwrap_or_else(|error| {
        tracing::error!(%error, "Cannot take over the admin listener's socket.");
        None
    });
    let house = shared.house();
    let Some(admin) = &house.config.admin else {
        for lacks in [NO_SOCKET, NO_TLS] {
            alarms::clear(&house, AlarmCode::ListenerDown, lacks);
        }
        if handed_over.is_some() {
            tracing::warn!(
                "systemd handed over a socket and [admin] is not configured: nobody answers there."
            );
        }
        return None;
    };
    renew_tls(shared);
    let daemon: Arc<dyn listener::Daemon> = Arc::<Shared>::clone(shared);
    Some(tokio::spawn(listener::run(daemon, admin.listen, handed_over)))
}

/// Looks at the certificates and lists anew, and lets the admin listener take its own. Where one of them cannot be used,
/// it takes nobody: who was let in under the old ones may be the reason for new ones.
fn renew_tls(shared: &Shared) {
    let house = shared.house();
    certificates::watch(&house);
    let Some(admin) = &house.config.admin else { return };
    let made = open::credentials(&house.config)
        .map_err(ListenerTlsError::from)
        .and_then(|credentials| listener::tls::server_config(admin, &credentials));
    if let Err(error) = &made {
        tracing::error!(error = %chain(error), "The admin listener takes nobody; put this right and reload.");
        alarms::raise(&house, AlarmCode::ListenerDown, NO_TLS);
    } else {
        alarms::clear(&house, AlarmCode::ListenerDown, NO_TLS);
    }
    shared.take_tls(made.ok());
}

/// Returns when what runs apart has ended; never when nothing does.
async fn end_of(apart: &mut Option<JoinHandle<()>>) {
    match apart {
        Some(handle) => {
            if handle.await.is_err() {
                tracing::error!(code = "thread-panicked", "A reload ended in a panic.");
            }
        }
        None => std::future::pending().await,
    }
}

/// Takes a new configuration in the running daemon, or says why not and goes on with the old one.
pub fn reload(shared: &Shared, file: &Path) {
    let now = sd_notify::NotifyState::monotonic_usec_now().ok();
    tell(&[&[NotifyState::Reloading][..], now.as_slice()].concat());
    match reloaded(shared, file) {
        Ok(()) => {
            renew_tls(shared);
            tracing::info!("Took the new configuration.");
        }
        Err(error) => {
            tracing::error!(error = %chain(&error), "Cannot take the new configuration; the old one stays.");
        }
    }
    tell(&[NotifyState::Ready]);
}

fn reloaded(shared: &Shared, file: &Path) -> Result<(), RunError> {
    let make = |old: &House| {
        let config: Config = open::load(file)?;
        let fixed = old.config.needs_restart_for(&config);
        if !fixed.is_empty() {
            return Err(RunError::Restart(fixed.join(", ")));
        }
        open::prepare(&config).map_err(RunError::Environment)?;
        knows_what_is_stored(old, &config)?;
        let credentials = open::credentials(&config).map_err(open::OpenError::from)?;
        let house = old.reconfigured(config, &credentials).map_err(open::OpenError::from)?;
        engine::note(&house, Event::ConfigChanged).map_err(RunError::Start)?;
        Ok(house)
    };
    // Once more, when what was under way has been committed.
    shared.reconfigure_if(make, |house| knows_what_is_stored(house, &house.config))
}

/// Refuses a configuration without a registry that something is stored of: nothing could erase it.
fn knows_what_is_stored(house: &House, config: &Config) -> Result<(), RunError> {
    let problems = house.look(|view| in_use::missing(config, view));
    let problems = problems.map_err(|error| RunError::Open(error.into()))?;
    if problems.is_empty() {
        return Ok(());
    }
    Err(RunError::Environment(ConfigError { problems }))
}

/// Tells systemd, when it listens.
pub fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "Cannot tell systemd how it goes.");
    }
}

/// Why the daemon does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The control socket cannot be made.
    #[error("cannot open the control socket {}", path.display())]
    Control {
        /// Where.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Directories, accounts or keys are not as the configuration wants them.
    #[error("the machine is not ready for this configuration")]
    Environment(#[source] ConfigError),
    /// Another process holds the state directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The installation cannot be opened.
    #[error("the installation cannot be opened")]
    Open(#[from] open::OpenError),
    /// A change that a running daemon cannot take.
    #[error("{0} can only change with a restart: `systemctl restart filsluse`")]
    Restart(String),
    /// The engine cannot start.
    #[error("the daemon cannot start")]
    Start(#[source] io::Error),
    /// A thread ended.
    #[error("a thread ended that must not; systemd starts the daemon again")]
    Thread,
}

/// How often we say that we are alive: in half of what the watchdog waits, as `sd_notify(3)` has
/// it.
fn between_pings(watchdog: Option<Duration>) -> Duration {
    let half = watchdog.map_or(TICK, |watchdog| watchdog / 2);
    half.clamp(Duration::from_millis(1), TICK)
}

const TICK: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::between_pings;

    #[test]
    fn the_watchdog_is_told_twice_in_its_time() {
        let millis = Duration::from_millis;
        for (watchdog, want) in [
            (None, 5000),
            (Some(60_000), 5000),
            (Some(10_000), 5000),
            (Some(4000), 2000),
            (Some(300), 150),
            (Some(0), 1),
        ] {
            assert_eq!(between_pings(watchdog.map(millis)), millis(want), "{watchdog:?}");
        }
    }
}
