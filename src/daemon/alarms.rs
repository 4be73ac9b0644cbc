//! Raises and clears alarms, in the catalogue, which tells the journal, and in the audit log.

use std::io;

use crate::{
    audited,
    catalogue::{self, error::CatalogueError},
    pipeline::house::House,
    types::{alarm::AlarmCode, causes},
};

/// Raises an alarm unless it stands. A failure is logged: an alarm is no reason to stop.
pub fn raise(house: &House, code: AlarmCode, subject: &str) {
    raise_for(house, code, subject, None);
}

/// The same with words of ours that say what it is this time; they may change while it stands.
pub fn raise_for(house: &House, code: AlarmCode, subject: &str, detail: Option<&str>) {
    let raised = change(house, |ledger, now| audited::raise(ledger, now, code, subject, detail));
    if let Err(error) = raised {
        tracing::error!(code = code.as_str(), subject, error = %causes::chain(&error), "Cannot raise an alarm.");
    }
}

/// Clears an alarm if it stands.
pub fn clear(house: &House, code: AlarmCode, subject: &str) {
    let cleared = change(house, |ledger, now| audited::clear(ledger, now, code, subject));
    if let Err(error) = cleared {
        tracing::error!(code = code.as_str(), subject, error = %causes::chain(&error), "Cannot clear an alarm.");
    }
}

/// What the admin listener lacks: a socket.
pub const NO_SOCKET: &str = "socket";
/// What the admin listener lacks: certificates, key or lists that it can use.
pub const NO_TLS: &str = "tls";

fn change(
    house: &House,
    act: impl FnOnce(&mut dyn catalogue::ledger::Ledger, jiff::Timestamp) -> Result<(), CatalogueError>,
) -> io::Result<()> {
    let now = house.now();
    house.transact(|ledger| act(ledger, now)).map_err(io::Error::other)
}
