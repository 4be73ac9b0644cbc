//! Houses and engines in this process, on an installation.

use filsluse::{
    config::Config,
    daemon::{engine::Engine, lock::StateLock, open},
    pipeline::house::House,
    types::clock_and_random::Now,
};

use super::installation::Installation;

/// Opens the house as the daemon does; nobody else does while the lock is held.
pub(crate) fn house(config: Config) -> (StateLock, House) {
    house_at(config, open::system_clock())
}

/// The same by another clock.
pub(crate) fn house_at(config: Config, clock: Now) -> (StateLock, House) {
    let lock = StateLock::take(&config.places.state_dir).unwrap();
    let house = open::open_house(&lock, config, clock, open::system_random().unwrap()).unwrap();
    (lock, house)
}

/// A running engine, drained when dropped.
pub(crate) struct Running {
    engine: Option<Engine>,
    _lock: StateLock,
}

impl Running {
    pub(crate) fn start(installation: &Installation) -> Self {
        let (lock, house) = house(installation.config());
        Self { engine: Some(Engine::start(house).unwrap()), _lock: lock }
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub(crate) fn has_alarm(&self, code: &str, subject: &str) -> bool {
        let house = self.engine().shared().house();
        let mut catalogue = house.catalogue();
        let alarms =
            filsluse::catalogue::read_with(&mut **catalogue, |view| view.alarms()).unwrap();
        alarms.iter().any(|alarm| alarm.code == code && alarm.subject == subject)
    }

    /// As `service::reload` does.
    pub(crate) fn reload(&self, installation: &Installation) {
        let shared = self.engine().shared();
        let config = installation.config();
        let credentials = open::credentials(&config).unwrap();
        shared.reconfigure(|old| old.reconfigured(config, &credentials)).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.drain();
        }
    }
}
