//! Registries that something is still stored of, held against the configuration. Without a
//! registry's file its objects cannot be erased when their time comes, so a configuration that
//! leaves it out is refused for as long as there are any.

use crate::{
    catalogue::{
        error::CatalogueError, read_with, records::objects::ObjectState, sqlite::SqliteCatalogue,
        view::View,
    },
    config::{Config, problem::Problem},
    types::ids::QUARANTINE,
};

/// What must be put back, by what the catalogue knows.
///
/// # Errors
/// When the catalogue fails.
pub fn missing(config: &Config, view: &dyn View) -> Result<Vec<Problem>, CatalogueError> {
    let mut problems: Vec<(String, u64)> = Vec::new();
    for count in view.object_counts()? {
        let is_there = config.registries.contains_key(&count.registry)
            || count.registry.as_str() == QUARANTINE;
        if is_there || count.state == ObjectState::Erased || count.objects == 0 {
            continue;
        }
        let id = count.registry.to_string();
        match problems.iter_mut().find(|(known, _)| *known == id) {
            Some((_, objects)) => *objects += count.objects,
            None => problems.push((id, count.objects)),
        }
    }
    let directory = config.directory().join("registries.d");
    let told = problems.into_iter().map(|(id, objects)| Problem {
        file: directory.join(format!("{id}.toml")),
        line: None,
        key: "registry.id".to_owned(),
        message: format!(
            "no file configures the registry {id}, of which objects are still stored ({objects}): \
             without it they cannot be erased when they must be; put its file back, and take it \
             out when `filsluse object list --registry {id}` shows nothing but erased ones"
        ),
    });
    Ok(told.collect())
}

/// The same for whoever looks from outside, beside a running daemon or without one. A catalogue
/// that cannot be read is told of by those who need it.
pub fn seen_from_outside(config: &Config) -> Vec<Problem> {
    let file = config.places.catalogue();
    if !file.is_file() {
        return Vec::new();
    }
    let Ok(mut catalogue) = SqliteCatalogue::open_read_only(&file) else { return Vec::new() };
    let found = read_with(&mut catalogue, |view| missing(config, view));
    found.unwrap_or_else(|_: CatalogueError| Vec::new())
}
