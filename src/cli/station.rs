//! Where a verb gets its answers: from the running daemon, else from the state directory itself.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::{
    admin::{self, Fault, Request, look::Desk},
    catalogue::sqlite::SqliteCatalogue,
    cli::{error::CliError, output, scratch::Scratch},
    config::Config,
    daemon::{
        client::Client,
        lock::{LockError, StateLock},
        open, socket,
    },
    pipeline::house::House,
};

/// An installation as the command line sees it.
pub(super) struct Station {
    /// Its configuration.
    pub(super) config: Config,
}

impl Station {
    /// Reads the configuration.
    pub(super) fn open(file: &Path) -> Result<Self, CliError> {
        Ok(Self { config: open::load(file)? })
    }

    /// Asks the daemon; without one, answers from the state directory.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, CliError> {
        let answer = match self.connect()? {
            Some(client) => client
                .ask(request)
                .map_err(|error| CliError::doing("ask the daemon; it may have stopped", error))??,
            None if request.changes() => {
                let (_lock, house) = self.open_house()?;
                admin::answer(&house, request, &socket::own_account())?
            }
            None => self.look(request)?,
        };
        serde_json::from_value(answer).map_err(|error| {
            CliError::doing("read the answer; the daemon may be another version: restart it", error)
        })
    }

    /// Asks for what is recorded when it is handed out. Without a daemon it is recorded here; where
    /// that cannot be, as on a copy, the state directory is read and the person told.
    pub(super) fn ask_recorded<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, CliError> {
        if self.connect()?.is_some() {
            return self.ask(request);
        }
        let answer = match self.open_house() {
            Ok((_lock, house)) => admin::answer(&house, request, &socket::own_account())?,
            Err(CliError::Lock(_) | CliError::Open(_)) => {
                output::warning("this cannot be recorded in the audit log here; record it by hand");
                self.look(request)?
            }
            Err(error) => return Err(error),
        };
        serde_json::from_value(answer).map_err(|error| CliError::doing("read the answer", error))
    }

    /// A connection to the daemon; `None` when none runs.
    pub(super) fn connect(&self) -> Result<Option<Client>, CliError> {
        let path = &self.config.control_socket;
        Client::connect(path).map_err(|error| {
            let doing = format!(
                "use the control socket {}; run this as root, as the daemon's account or as a \
                 member of its group",
                path.display()
            );
            CliError::doing(doing, error)
        })
    }

    /// The house, opened for work, and the lock that says that no daemon has it.
    pub(super) fn open_house(&self) -> Result<(StateLock, House), CliError> {
        let lock = StateLock::take(&self.config.places.state_dir).map_err(|error| match error {
            LockError::Held { path } => CliError::Fault(Fault::cannot(
                "daemon-silent",
                format!(
                    "another process works on {} and nobody answers on {}: wait until the daemon \
                     has started, or look at `systemctl status filsluse`",
                    path.display(),
                    self.config.control_socket.display()
                ),
            )),
            other => CliError::Lock(other),
        })?;
        output::word("No daemon runs; doing this directly.");
        let house = open::open_house(
            &lock,
            self.config.clone(),
            open::system_clock(),
            open::system_random()?,
        )?;
        Ok((lock, house))
    }

    fn look(&self, request: &Request) -> Result<serde_json::Value, CliError> {
        let path = self.config.places.catalogue();
        let there = path.try_exists().map_err(|error| {
            let state = self.config.places.state_dir.display();
            CliError::doing(format!("look into {state}; run this as root or as its owner"), error)
        })?;
        let scratch;
        let mut catalogue = if there {
            let state = self.config.places.state_dir.display();
            output::word(&format!("No daemon runs; reading {state} as it lies."));
            SqliteCatalogue::open_read_only(&path)
        } else {
            output::word("No daemon has run here yet; there is nothing on record.");
            scratch = Scratch::new(&open::system_random()?)
                .map_err(|error| CliError::doing("make a temporary directory", error))?;
            SqliteCatalogue::open(&scratch.path().join("catalogue.db"))
        }
        .map_err(|error| CliError::doing("open the catalogue", error))?;
        let now = open::system_clock()();
        let mut desk =
            Desk { config: &self.config, catalogue: &mut catalogue, now, running: false };
        Ok(desk.answer(request)?)
    }
}
