//! Whether the other systems can be reached, with the certificates that are configured. Sends nothing
//! of anybody, and needs no daemon.

use std::path::Path;

use serde::Serialize;
use tokio::time::timeout;

use crate::{
    catalogue::records::outgoing::Trouble,
    config::peer::System,
    daemon::{logging, open},
    deliver::{service::DeliverError, tls, way::Way},
    types::ids::RegistryId,
};

/// How one system was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// `archive`, or the registry whose inbox it is.
    pub system: String,
    /// Its address.
    pub url: String,
    /// Why it was not reached.
    pub trouble: Option<Trouble>,
    /// The HTTP status that it answered `OPTIONS` with, where it did.
    pub status: Option<u16>,
}

/// Connects to each system that is configured, one after the other.
///
/// # Errors
/// When configuration, keys or certificates cannot be used.
pub fn check(file: &Path) -> Result<Vec<Checked>, DeliverError> {
    let config = open::load(file)?;
    logging::start(config.log);
    let credentials = open::credentials(&config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(DeliverError::Start)?;
    let check = |System { registry, peer, .. }: System<'_>| {
        let way = Way::new(peer, tls::client_config(peer, &credentials)?);
        let way = way.map_err(DeliverError::Start)?;
        let answered = runtime.block_on(async {
            timeout(peer.timeout, way.probe()).await.unwrap_or(Err(Trouble::Timeout))
        });
        let (status, trouble) = match answered {
            Ok(status) => (Some(status.as_u16()), None),
            Err(trouble) => (None, Some(trouble)),
        };
        let system = registry.map_or_else(|| "archive".to_owned(), RegistryId::to_string);
        Ok(Checked { system, url: peer.url.to_string(), trouble, status })
    };
    let checked = config.systems().map(check).collect::<Result<Vec<_>, DeliverError>>()?;
    if checked.is_empty() { Err(DeliverError::Nothing) } else { Ok(checked) }
}
