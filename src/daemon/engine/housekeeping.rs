//! What is done by the clock: erasure, alarms about senders that are overdue, the day's checkpoint.

use std::{
    collections::BTreeSet,
    error::Error,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use crate::{
    audit::AuditError,
    catalogue::{self, error::CatalogueError},
    daemon::{alarms, certificates, engine::shared::Shared},
    pipeline::{
        audit_queue,
        house::House,
        police::{archive, dispatch, exchange_watch, unsent},
        push,
        upkeep::{
            erase::Eraser, erase_error::EraseError, expected::Expected, missing_payloads::Walk,
        },
    },
    retention::{arrears::Arrears, swept::Outcome},
    types::{alarm::AlarmCode, causes},
};

/// Runs until the engine stops. `before`: when a daemon was at work here for the last time.
pub fn run(shared: &Arc<Shared>, before: Option<Timestamp>) {
    let mut eraser = Eraser::after(before);
    let mut next_sweep = Instant::now();
    let mut next_round = Instant::now();
    let mut left = Arrears::default();
    let mut next_look = Instant::now();
    let (mut payloads, mut next_payloads) = (Walk::default(), Instant::now() + ROUND);
    let mut next_certificates = Instant::now();
    while !shared.is_stopping() {
        let now = Instant::now();
        if now >= next_round {
            next_round = now + ROUND;
            let house = shared.house();
            hanging(shared, &house);
            round(&house, &eraser);
        }
        if now >= next_look {
            next_look = now + LOOK;
            let house = shared.house();
            watch_clock(&house, &mut eraser);
            // What is due goes when it is due; the sweep by the clock also tries again what failed,
            // and looks after keys and alarms.
            if now >= next_sweep || has_come_due(&house, &mut left) {
                next_sweep = now + house.config.retention.sweep_every;
                let begun = house.now();
                if sweep(&house, &mut eraser) {
                    shared.swept(begun);
                }
                // What comes due meanwhile is none of this: the next look sees it.
                left = left_of(&house, begun).unwrap_or(left);
            }
        }
        if now >= next_certificates {
            next_certificates = now + CERTIFICATES;
            certificates::watch(&shared.house());
        }
        // Behind the first sweep: after a restore it erases again what had been erased.
        if now >= next_payloads {
            next_payloads = now + ROUND;
            if let Err(error) = payloads.look(&shared.house()) {
                tracing::error!(error = %causes::chain(&error), "Cannot see whether payloads are there.");
            }
        }
        shared.beat_keeper();
        std::thread::park_timeout(PAUSE);
    }
    // The entry that this process has stopped is still to come.
    watch_clock(&shared.house(), &mut eraser);
}

fn watch_clock(house: &House, eraser: &mut Eraser) {
    if let Err(error) = eraser.watch_clock(house, house.now(), passed(house)) {
        tracing::error!(error = %causes::chain(&error), "Cannot record that the clock has leapt; trying again.");
    }
}

fn round(house: &House, eraser: &Eraser) {
    if let Err(error) = eraser.keep_checkpoint(house, house.now(), passed(house)) {
        tracing::error!(error = %causes::chain(&error), "Cannot keep the day's checkpoint.");
    }
    overdue(house);
    if let Err(error) = archive::round(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot look after the case archive's queue.");
    }
    if let Err(error) = push::round(house) {
        tracing::error!(error = %causes::chain(&error), "Cannot look after what is pushed to registries.");
    }
    exchange(house);
    match audit_queue::flush(house) {
        Ok(()) => alarms::clear(house, AlarmCode::StoreDown, AUDIT),
        Err(error) => {
            tracing::error!(error = %causes::chain(&error), "Cannot write the audit log.");
            // A full disk must not send somebody looking for a forger.
            if is_broken(&error) {
                alarms::raise(house, AlarmCode::AuditBroken, AUDIT);
            } else {
                alarms::raise(house, AlarmCode::StoreDown, AUDIT);
            }
        }
    }
}

/// The exchange with the police: who is late, and what is to be laid out or taken away.
fn exchange(house: &House) {
    let looked_after = exchange_watch::watch(house)
        .and_then(|()| dispatch::round(house))
        .and_then(|()| unsent::tell(house));
    if let Err(error) = looked_after {
        tracing::error!(error = %causes::chain(&error), "Cannot look after the exchange with the police.");
    }
}

/// Tells of files that a reader does not come back from: their senders wait for an answer that does
/// not come. Ends it for those that it came back from after all, or that a restart took up anew.
fn hanging(shared: &Shared, house: &House) {
    let hang = shared.queue.hanging(Instant::now());
    let hang: BTreeSet<String> = hang.iter().map(ToString::to_string).collect();
    let standing = house.look(|view| view.alarms());
    let standing = standing.inspect_err(|error: &CatalogueError| {
        tracing::error!(error = %causes::chain(error), "Cannot see which alarms stand.");
    });
    let mut standing: BTreeSet<String> = standing
        .into_iter()
        .flatten()
        .filter(|alarm| alarm.is(AlarmCode::ReaderStuck))
        .map(|alarm| alarm.subject)
        .collect();
    for subject in &hang {
        if !standing.remove(subject) {
            alarms::raise(house, AlarmCode::ReaderStuck, subject);
        }
    }
    for subject in &standing {
        alarms::clear(house, AlarmCode::ReaderStuck, subject);
    }
}

/// Whether log or catalogue are not what they were. Anything else is a disk that is full, read-only
/// or failing, or a lock that somebody holds: it heals without anybody being woken.
fn is_broken(error: &(dyn Error + 'static)) -> bool {
    let of_itself = || {
        let audit = error.downcast_ref::<AuditError>().is_some_and(AuditError::is_broken);
        audit || error.downcast_ref::<CatalogueError>().is_some_and(CatalogueError::is_damage)
    };
    // What is wrapped into one of these is not among its sources, only what comes behind that.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let cause = match wrapped {
        Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
        None => error.source(),
    };
    of_itself() || cause.is_some_and(is_broken)
}

/// Whether anything is due that the last sweep has not left: what was refused or has failed is no
/// reason for another before its time.
fn has_come_due(house: &House, left: &mut Arrears) -> bool {
    let grown = house.look(|view| left.has_grown(view, house.now()));
    let grown = grown.inspect_err(|error: &CatalogueError| {
        tracing::error!(error = %causes::chain(error), "Cannot see what is due.");
    });
    grown.unwrap_or(false)
}

/// What a sweep at `begun` has left.
fn left_of(house: &House, begun: Timestamp) -> Option<Arrears> {
    let left = house.look(|view| Arrears::count(view, begun));
    let left = left.inspect_err(|error: &CatalogueError| {
        tracing::error!(error = %causes::chain(error), "Cannot see what a sweep has left.");
    });
    left.ok()
}

/// Erases what is due. Gives whether the sweep has come to its end.
fn sweep(house: &House, eraser: &mut Eraser) -> bool {
    match eraser.run(house, house.now(), passed(house), false) {
        Ok(swept) if swept.is_empty() => true,
        Ok(swept) => {
            let count = swept.iter().filter(|one| one.outcome == Outcome::Erased).count();
            let failed = swept.len() - count;
            if count > 0 {
                tracing::info!(count, "Erased what was due.");
            }
            if failed > 0 {
                tracing::error!(failed, "Could not erase all that is due; it is tried again.");
            }
            true
        }
        Err(EraseError::Refused(reason)) => {
            tracing::warn!(%reason, "Nothing was erased; `filsluse retention run` confirms.");
            false
        }
        Err(error) => {
            tracing::error!(error = %causes::chain(&error), "Cannot erase what is due; trying again.");
            false
        }
    }
}

/// The time that has passed since some fixed moment, by a clock that nobody sets and that counts
/// while the machine sleeps.
fn passed(house: &House) -> Duration {
    if house.is_in_simulated_time() {
        let since_1970 = house.now().as_duration();
        return Duration::try_from(since_1970).unwrap_or_default();
    }
    let time = clock_gettime(ClockId::Boottime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Raises an alarm for each sender whose next submission is late, and clears it when it has come.
fn overdue(house: &House) {
    let now = house.now();
    let standing = house.look(|view| view.alarms());
    match standing {
        Ok(alarms) => {
            // Nobody waits for a sender that is not configured any more.
            for alarm in alarms.into_iter().filter(|alarm| alarm.is(AlarmCode::SenderOverdue)) {
                if !house.config.senders.keys().any(|id| id.as_str() == alarm.subject) {
                    alarms::clear(house, AlarmCode::SenderOverdue, &alarm.subject);
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
            alarms::clear(house, AlarmCode::SenderOverdue, sender.id.as_str());
            continue;
        };
        let history = {
            let mut catalogue = house.catalogue();
            // A sender that has never sent counts from here: whom nothing comes from at all is the
            // one to be asked.
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
            alarms::clear(house, AlarmCode::SenderOverdue, sender.id.as_str());
        } else {
            let what = overdue.join(", ");
            alarms::raise_for(house, AlarmCode::SenderOverdue, sender.id.as_str(), Some(&what));
        }
    }
}

/// What the alarms about the audit log are about.
const AUDIT: &str = "audit";
const ROUND: Duration = Duration::from_secs(30);
const CERTIFICATES: Duration = Duration::from_mins(10);
const LOOK: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use std::io;

    use super::is_broken;
    use crate::{audit::AuditError, catalogue::error::CatalogueError};

    #[test]
    fn a_full_disk_is_no_forgery() {
        let full = || io::Error::from_raw_os_error(28);
        let backend = || CatalogueError::Backend { doing: "read", source: "disk I/O error".into() };
        let doing = "write a tile of the audit log";
        for harmless in [
            full(),
            io::Error::other(crate::intake::IntakeError::Root(full())),
            io::Error::other(AuditError::Io { doing, source: full() }),
            io::Error::other(AuditError::Busy),
            io::Error::other(backend()),
            io::Error::other(CatalogueError::Busy { doing: "write" }),
            io::Error::other(CatalogueError::Full { doing: "write" }),
            io::Error::other(CatalogueError::TransactionLost),
            io::Error::other(io::Error::other(CatalogueError::Full { doing: "write" })),
        ] {
            assert!(!is_broken(&harmless), "{harmless:?}");
        }
        for broken in [
            io::Error::other(AuditError::Damaged { what: "a tile" }),
            io::Error::other(AuditError::KeyChanged),
            io::Error::other(AuditError::OutOfOrder),
            io::Error::other(AuditError::RolledBack),
            io::Error::other(CatalogueError::Unreadable { what: "a row" }),
            io::Error::other(io::Error::other(AuditError::OutOfOrder)),
        ] {
            assert!(is_broken(&broken), "{broken:?}");
        }
    }
}
