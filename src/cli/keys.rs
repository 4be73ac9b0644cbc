//! `keys generate`, `keys rotate` and `keys list`. Values are never shown.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use serde::Serialize;

use crate::{
    admin::{Request, shapes::registry::KeyMade},
    cli::{
        args::installation::KeysVerb,
        error::CliError,
        output::{self, Output},
        station::Station,
        table::{Cell, Table},
    },
    config::{
        layout::{AUDIT_SIGNING_KEY, INBOUND_IDENTITY},
        registry::Registry,
    },
    daemon::open,
    protect::keys::new_key,
    types::ids::RegistryId,
};

pub(super) fn run(file: &Path, out: Output, verb: &KeysVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    match verb {
        KeysVerb::Generate => generate(&station, out)?,
        KeysVerb::Rotate { registry } => rotate(&station, out, registry)?,
        KeysVerb::List => list(&station, out)?,
    }
    Ok(0)
}

/// Makes what is configured and missing. A registry that has any epoch is left alone: its lower
/// epochs may be kept elsewhere, and a second first key would make strangers of everybody.
fn generate(station: &Station, out: Output) -> Result<(), CliError> {
    let credentials = open::credentials(&station.config).map_err(open::OpenError::from)?;
    let mut missing = Vec::new();
    if !credentials.has(AUDIT_SIGNING_KEY) {
        if station.config.places.audit().join(crate::audit::CHECKPOINT).exists() {
            let told = format!(
                "the audit log exists and its key {AUDIT_SIGNING_KEY} does not: restore the key from its \
                 backup, since a new one cannot go on with this log"
            );
            return Err(CliError::Usage(told));
        }
        missing.push(AUDIT_SIGNING_KEY.to_owned());
    }
    for registry in station.config.registries.values() {
        let epochs = credentials.epochs(registry.key.as_str()).map_err(open::OpenError::from)?;
        if epochs.is_empty() {
            missing.push(registry.key.file(1));
        }
    }
    for name in &missing {
        make(credentials.path(), name)?;
    }
    if missing.is_empty() && !out.is_json() {
        output::word("No key is missing.");
    }
    out.result(&missing, |made| {
        let path = |name| credentials.path().join(name).display().to_string();
        output::lines(made.iter().map(path))
    })
}

fn rotate(station: &Station, out: Output, registry: &RegistryId) -> Result<(), CliError> {
    let configured = station.config.registries.get(registry).ok_or_else(|| {
        CliError::Usage(format!("registry {registry} is not configured; see `filsluse keys list`"))
    })?;
    let credentials = open::credentials(&station.config).map_err(open::OpenError::from)?;
    let name = configured.key.as_str();
    let epochs = credentials.epochs(name).map_err(open::OpenError::from)?;
    let Some(newest) = epochs.last() else {
        let told = format!("{name} has no key yet: make the first with `filsluse keys generate`");
        return Err(CliError::Usage(told));
    };
    if station.connect()?.is_none() {
        // Before a key is made whose making could then not be recorded.
        drop(station.open_house()?);
    }
    let epoch = newest + 1;
    let file = configured.key.file(epoch);
    make(credentials.path(), &file)?;
    output::word(&format!(
        "Made {}. Put a copy into the safe. Under systemd, name it in the unit \
         (LoadCredential={file}:{}) and restart the daemon.",
        credentials.path().join(&file).display(),
        credentials.path().join(&file).display()
    ));
    let request = Request::KeyMade { registry: registry.clone(), epoch };
    let made: KeyMade = station.ask(&request)?;
    out.result(&made, |made| {
        let KeyMade { registry, epoch, in_use } = made;
        if *in_use {
            format!("New pseudonyms of {registry} are made with epoch {epoch} from now on.\n")
        } else {
            format!("Epoch {epoch} of {registry} is used once the daemon is restarted with it.\n")
        }
    })
}

fn make(directory: &Path, name: &str) -> Result<(), CliError> {
    let random = open::system_random()?;
    new_key::generate(directory, name, &mut |bytes| random(bytes))
        .map_err(|error| CliError::doing("make the key", error))
}

/// One key of `keys list`.
#[derive(Serialize)]
struct Key {
    name: String,
    purpose: &'static str,
    registry: Option<RegistryId>,
    epoch: Option<u32>,
    current: bool,
    present: bool,
    age_days: Option<u64>,
}

fn list(station: &Station, out: Output) -> Result<(), CliError> {
    let credentials = open::credentials(&station.config).map_err(open::OpenError::from)?;
    let now = open::system_clock()().as_second();
    let key = |name: String, purpose, registry: Option<&Registry>, epoch, current| {
        let meta = fs::metadata(credentials.path().join(&name)).ok();
        let age = meta.as_ref().and_then(|meta| u64::try_from(now - meta.mtime()).ok());
        let age_days = age.map(|seconds| seconds / SECONDS_OF_A_DAY);
        let registry = registry.map(|registry| registry.id.clone());
        Key { name, purpose, registry, epoch, current, present: meta.is_some(), age_days }
    };
    let mut found = vec![
        key(AUDIT_SIGNING_KEY.to_owned(), "signs the audit log", None, None, true),
        key(INBOUND_IDENTITY.to_owned(), "opens what senders encrypt", None, None, true),
    ];
    for registry in station.config.registries.values() {
        let epochs = credentials.epochs(registry.key.as_str()).map_err(open::OpenError::from)?;
        let newest = epochs.last().copied();
        let shown = if epochs.is_empty() { vec![1] } else { epochs };
        for epoch in shown {
            let current = newest == Some(epoch);
            let name = registry.key.file(epoch);
            found.push(key(name, "makes pseudonyms", Some(registry), Some(epoch), current));
        }
    }
    out.list(&found, "No key is configured.", table)
}

fn table(keys: &[Key]) -> Table {
    let mut table = Table::new(&["key", "registry", "epoch", "age", "does", ""]);
    for key in keys {
        let state = match (key.present, key.current) {
            (false, _) => Cell::styled("missing", output::RED),
            (true, true) => Cell::styled("in use", output::GREEN),
            (true, false) => Cell::styled("kept for what it made", output::DIM),
        };
        let age = key.age_days.map(|days| output::count(days, "day", "days"));
        table.row(vec![
            key.name.as_str().into(),
            key.registry.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string).into(),
            key.epoch.map_or_else(|| "-".to_owned(), |epoch| format!("k{epoch}")).into(),
            age.unwrap_or_else(|| "-".to_owned()).into(),
            key.purpose.into(),
            state,
        ]);
    }
    table
}

const SECONDS_OF_A_DAY: u64 = 24 * 60 * 60;
