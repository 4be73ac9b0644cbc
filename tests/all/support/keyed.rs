//! Opens a catalogue to look at its headers too, beside a daemon that may be running.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, sync::Arc};

use filsluse::{
    catalogue::{error::CatalogueError, sqlite::SqliteCatalogue},
    config::layout::Places,
    vault::Vault,
};
use jiff::tz::TimeZone;

/// The catalogue with a copy of the keys of its headers as they are now.
pub(crate) fn look(places: &Places) -> Result<SqliteCatalogue, CatalogueError> {
    Ok(with_keys(SqliteCatalogue::open_read_only(&places.catalogue())?, &places.header_keys()))
}

/// A catalogue with a copy of these keys: a look changes nothing.
pub(crate) fn with_keys(catalogue: SqliteCatalogue, keys: &Path) -> SqliteCatalogue {
    let copy = tempfile::tempdir().unwrap();
    if keys.is_dir() {
        copy_all(keys, copy.path());
    }
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    let vault = Vault::open(copy.path(), zone, Arc::new(|_| unreachable!("a look draws nothing")));
    catalogue.sealing(Arc::new(vault.unwrap()))
}

/// Copies a directory and all below it. What goes meanwhile is not copied.
pub(crate) fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (here, there) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if here.is_dir() {
            copy_all(&here, &there);
        } else {
            drop(fs::copy(here, there));
        }
    }
}
