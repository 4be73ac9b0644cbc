//! Where a verb gets its answers: from the running daemon, else from the state directory itself.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
};

use serde::de::DeserializeOwned;

use crate::{
    admin::{self, Fault, Request, paging::Pages, queries::Queries},
    catalogue::{self, sqlite::SqliteCatalogue},
    cli::{error::CliError, output, scratch::Scratch},
    config::Config,
    daemon::{
        control::{client::Client, socket},
        lock::{LockError, StateLock},
        open::{self, OpenError},
    },
    pipeline::{house::House, upkeep::clock},
    types::ids::{QUARANTINE, RegistryId, SenderId},
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
            Err(CliError::Lock(_) | CliError::Open(_) | CliError::Stopped(_)) => {
                output::warning("this cannot be recorded in the audit log here; record it by hand");
                self.look(request)?
            }
            Err(error) => return Err(error),
        };
        serde_json::from_value(answer).map_err(|error| CliError::doing("read the answer", error))
    }

    /// Warns that a list is asked for by a name that nothing here has: an empty one, of a name that
    /// was mistyped, would read as an answer.
    pub(super) fn warn_of_unknown(&self, sender: Option<&SenderId>, registry: Option<&RegistryId>) {
        let senders = &self.config.senders;
        if let Some(id) = sender.filter(|id| !senders.contains_key(*id)) {
            output::warning(&format!(
                "no sender {id} is configured; shown is what one of that name sent before"
            ));
        }
        let registries = &self.config.registries;
        let is_known = |id: &&RegistryId| registries.contains_key(*id) || id.as_str() == QUARANTINE;
        if let Some(id) = registry.filter(|id| !is_known(id)) {
            output::warning(&format!(
                "no registry {id} is configured; shown is what one of that name held before"
            ));
        }
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
        )
        .map_err(|error| match error {
            // Under systemd the keys are root's, and shown to the service alone.
            OpenError::Credential(_) => CliError::Stopped(error),
            other => CliError::Open(other),
        })?;
        let (_, doubted) = clock::hold(&house)
            .map_err(|error| CliError::doing("hold the clock against the audit log", error))?;
        if doubted {
            output::warning(
                "the clock has moved by more than a day since anybody was at work here: look at \
                 `timedatectl`; nothing is erased until `filsluse retention run` confirms it",
            );
        }
        Ok((lock, house))
    }

    /// Asks for a long list, which comes a line of JSON for each row.
    pub(super) fn rows(
        &self,
        request: &Request,
        line: &mut dyn FnMut(&str) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let Some(mut pages) = Pages::of(request) else {
            unreachable!("only lists are asked for in rows")
        };
        if let Some(client) = self.connect()? {
            let asking = |error| CliError::doing("ask the daemon; it may have stopped", error);
            let rows = client.rows(request).map_err(asking)??;
            for row in BufReader::with_capacity(READ_AHEAD, rows).lines() {
                line(&row.map_err(asking)?)?;
            }
            return Ok(());
        }
        let (mut catalogue, _scratch) = self.catalogue()?;
        while let Some(page) = catalogue::read_with(&mut catalogue, |view| pages.next(view))? {
            String::from_utf8_lossy(&page).lines().try_for_each(&mut *line)?;
        }
        Ok(())
    }

    fn look(&self, request: &Request) -> Result<serde_json::Value, CliError> {
        let (mut catalogue, _scratch) = self.catalogue()?;
        let now = open::system_clock()();
        let waiting = BTreeMap::new();
        let desk = Queries { config: &self.config, now, running: false, waiting };
        Ok(catalogue::read_with(&mut catalogue, |view| desk.answer(view, request))?)
    }

    /// The catalogue as it lies; where there is none, an empty one in a directory that must be kept
    /// as long.
    fn catalogue(&self) -> Result<(SqliteCatalogue, Option<Scratch>), CliError> {
        let path = self.config.places.catalogue();
        let there = path.try_exists().map_err(|error| {
            let state = self.config.places.state_dir.display();
            CliError::doing(format!("look into {state}; run this as root or as its owner"), error)
        })?;
        let mut scratch = None;
        let catalogue = if there {
            let state = self.config.places.state_dir.display();
            output::word(&format!("No daemon runs; reading {state} as it lies."));
            SqliteCatalogue::open_read_only(&path)
        } else {
            output::word("No daemon has run here yet; there is nothing on record.");
            let made = Scratch::new(&open::system_random()?)
                .map_err(|error| CliError::doing("make a temporary directory", error))?;
            let path = made.path().join("catalogue.db");
            scratch = Some(made);
            SqliteCatalogue::open(&path)
        }
        .map_err(|error| CliError::doing("open the catalogue", error))?;
        Ok((catalogue, scratch))
    }
}

const READ_AHEAD: usize = 64 * 1024;
