//! What is done by the clock: erasure, alarms about senders that are overdue, the day's checkpoint.

use std::{
    collections::BTreeSet,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use crate::{
    catalogue::{self, error::CatalogueError},
    daemon::{alarms, shared::Shared},
    pipeline::{
        erase::{EraseError, Eraser},
        expected::Expected,
        house::House,
        missing_payloads::Walk,
        police::{archive, dispatch, exchange_watch},
        trail,
    },
    retention::{plan, sweep::Outcome},
    types::causes,
};

/// Runs until the engine stops. `before`: when a daemon was at work here for the last time.
pub fn run(shared: &Arc<Shared>, before: Option<Timestamp>) {
    let mut eraser = Eraser::after(before);
    let mut next_sweep = Instant::now();
    let mut next_round = Instant::now();
    let mut left = BTreeSet::new();
    let mut next_look = Instant::now();
    let (mut payloads, mut next_payloads) = (Walk::default(), Instant::now() + ROUND);
    while !shared.is_stopping() {
        let now = Instant::now();
        if now >= next_round {
            next_round = now + ROUND;
            round(&shared.house());
        }
        if now >= next_look {
            next_look = now + LOOK;
            let house = shared.house();
            // What is due goes when it is due; the sweep by the clock also tries again what failed,
            // and looks after keys and alarms.
            if now >= next_sweep || due(&house).is_some_and(|due| !due.is_subset(&left)) {
                next_sweep = now + house.config.retention.sweep_every;
                sweep(&house, &mut eraser);
                left = due(&house).unwrap_or_default();
            }
        }
        // Behind the first sweep: after a restore it erases again what had been erased.
        if now >= next_payloads {
            next_payloads = now + ROUND;
            if let Err(error) = payloads.look(&shared.house()) {
                tracing::error!(error = %causes::chain(&error), "Cannot see whether payloads are there.");
            }
        }
        std::thread::park_timeout(PAUSE);
    }
}

fn round(house: &House) {
    let today = house.day(house.now());
    let kept = house.log().and_then(|log| log.keep_checkpoint(today).map_err(io::Error::other));
    if let Err(error) = kept {
        tracing::error!(error = %causes::chain(&error), "Cannot keep the day's checkpoint.");
    }
    overdue(house);
    if let Err(error) = archive::round(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot look after the case archive's queue.");
    }
    exchange(house);
    match trail::flush(house) {
        Ok(()) => alarms::clear(house, "store-down", AUDIT),
        Err(error) => {
            tracing::error!(error = %causes::chain(&error), "Cannot write the audit log.");
            // A full disk must not send somebody looking for a forger.
            if is_of_the_system(&error) {
                alarms::raise(house, "store-down", AUDIT);
            } else {
                alarms::raise(house, "audit-broken", AUDIT);
            }
        }
    }
}

/// The exchange with the police: who is late, and what is to be laid out or taken away.
fn exchange(house: &House) {
    let looked_after = exchange_watch::watch(house).and_then(|()| dispatch::round(house));
    if let Err(error) = looked_after {
        tracing::error!(error = %causes::chain(&error), "Cannot look after the exchange with the police.");
    }
}

/// Whether the operating system refused: the disk is full, read-only or failing.
fn is_of_the_system(error: &io::Error) -> bool {
    let of_system = |error: &(dyn std::error::Error + 'static)| {
        error.downcast_ref::<io::Error>().is_some_and(|error| error.raw_os_error().is_some())
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if of_system(error) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What is due now, as far as it is looked at. A sweep that was refused or failed leaves some of it,
/// which is no reason for another before its time.
fn due(house: &House) -> Option<BTreeSet<String>> {
    let now = house.now();
    let planned = house.look(|view| plan::at(view, now, DUE_LOOKED_AT));
    let planned = planned.inspect_err(|error: &CatalogueError| {
        tracing::error!(error = %causes::chain(error), "Cannot see what is due.");
    });
    Some(planned.ok()?.iter().map(ToString::to_string).collect())
}

/// Erases what is due.
fn sweep(house: &House, eraser: &mut Eraser) {
    match eraser.run(house, house.now(), since_boot(), false) {
        Ok(swept) if swept.is_empty() => {}
        Ok(swept) => {
            let count = swept.iter().filter(|one| one.outcome == Outcome::Erased).count();
            let failed = swept.len() - count;
            if count > 0 {
                tracing::info!(count, "Erased what was due.");
            }
            if failed > 0 {
                tracing::error!(failed, "Could not erase all that is due; it is tried again.");
            }
        }
        Err(EraseError::Refused(reason)) => {
            tracing::warn!(%reason, "Nothing was erased; `filsluse retention run` confirms.");
        }
        Err(error) => {
            tracing::error!(error = %causes::chain(&error), "Cannot erase what is due; trying again.");
        }
    }
}

/// A clock that nobody sets and that counts while the machine sleeps.
fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Raises an alarm for each sender whose next submission is late, and clears it when it has come.
fn overdue(house: &House) {
    let now = house.now();
    let standing = {
        let mut catalogue = house.catalogue();
        catalogue::read_with(&mut **catalogue, |view| view.alarms())
    };
    match standing {
        Ok(alarms) => {
            // Nobody waits for a sender that is not configured any more.
            for alarm in alarms.into_iter().filter(|alarm| alarm.code == SENDER_OVERDUE) {
                if !house.config.senders.keys().any(|id| id.as_str() == alarm.subject) {
                    alarms::clear(house, SENDER_OVERDUE, &alarm.subject);
                }
            }
        }
        Err(error) => {
            let error: CatalogueError = error;
            tracing::error!(error = %causes::chain(&error), "Cannot see which alarms stand.");
            return;
        }
    }
    for sender in house.config.senders.values() {
        let Some(expectation) = &sender.expect else {
            alarms::clear(house, SENDER_OVERDUE, sender.id.as_str());
            continue;
        };
        let history = {
            let mut catalogue = house.catalogue();
            // A sender that has never sent counts from here: whom nothing comes from at all is the one
            // to be asked.
            catalogue::transact_with(&mut **catalogue, |ledger| {
                let known = ledger.sender_history(&sender.id)?;
                if known.is_none() {
                    ledger.sender_awaited(&sender.id, now)?;
                }
                Ok(known)
            })
        };
        let history = match history {
            Ok(history) => history,
            Err(error) => {
                let error: CatalogueError = error;
                tracing::error!(error = %causes::chain(&error), "Cannot see who has sent when.");
                return;
            }
        };
        let zone = &house.config.time_zone;
        let expected = history.map(|history| Expected::all(&history, expectation, zone));
        let overdue = expected.into_iter().flatten().filter(|expected| expected.is_overdue(now));
        let overdue: Vec<_> = overdue.map(|expected| expected.what.to_string()).collect();
        if overdue.is_empty() {
            alarms::clear(house, SENDER_OVERDUE, sender.id.as_str());
        } else {
            let what = overdue.join(", ");
            alarms::raise_for(house, SENDER_OVERDUE, sender.id.as_str(), Some(&what));
        }
    }
}

/// What the alarms about the audit log are about.
const AUDIT: &str = "audit";
const SENDER_OVERDUE: &str = "sender-overdue";
const DUE_LOOKED_AT: u32 = 1000;
const ROUND: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use std::io;

    use super::is_of_the_system;
    use crate::catalogue::error::CatalogueError;

    #[test]
    fn a_full_disk_is_no_forgery() {
        let full = || io::Error::from_raw_os_error(28);
        assert!(is_of_the_system(&full()));
        let deep = crate::intake::IntakeError::Root(full());
        assert!(is_of_the_system(&io::Error::other(deep)));
        let other = CatalogueError::Unreadable { what: "a row" };
        assert!(!is_of_the_system(&io::Error::other(other)));
    }
}
