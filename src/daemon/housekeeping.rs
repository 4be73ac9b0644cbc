//! What is done by the clock: erasure, alarms about senders that are overdue, the day's checkpoint.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use crate::{
    admin::expected::Expected,
    catalogue::{self, error::CatalogueError},
    daemon::{alarms, shared::Shared},
    pipeline::{
        answer,
        erase::{EraseError, Eraser},
        house::House,
        trail,
    },
};

/// Runs until the engine stops.
pub fn run(shared: &Arc<Shared>) {
    let mut eraser = Eraser::default();
    let mut next_sweep = Instant::now();
    let mut next_round = Instant::now();
    while !shared.is_stopping() {
        let now = Instant::now();
        if now >= next_round {
            next_round = now + ROUND;
            let house = shared.house();
            round(&house);
            if now >= next_sweep {
                next_sweep = now + house.config.retention.sweep_every;
                sweep(&house, &mut eraser);
            }
        }
        std::thread::park_timeout(PAUSE);
    }
}

fn round(house: &House) {
    let today = house.day(house.now());
    let kept = house.log().and_then(|log| log.keep_checkpoint(today).map_err(io::Error::other));
    if let Err(error) = kept {
        tracing::error!(error = %answer::chain(&error), "Cannot keep the day's checkpoint.");
    }
    overdue(house);
    if let Err(error) = trail::flush(house) {
        tracing::error!(error = %answer::chain(&error), "Cannot write the audit log.");
        alarms::raise(house, "audit-broken", "audit");
    }
}

/// Erases what is due.
fn sweep(house: &House, eraser: &mut Eraser) {
    match eraser.run(house, house.now(), since_boot(), false) {
        Ok(swept) if swept.is_empty() => {}
        Ok(swept) => tracing::info!(count = swept.len(), "Erased what was due."),
        Err(EraseError::Refused(reason)) => {
            tracing::warn!(%reason, "Nothing was erased; `filsluse retention run` confirms.");
        }
        Err(error) => {
            tracing::error!(error = %answer::chain(&error), "Cannot erase what is due; trying again.");
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
    let seen = {
        let mut catalogue = house.catalogue();
        catalogue::read_with(&mut **catalogue, |view| Ok((view.senders_seen()?, view.alarms()?)))
    };
    let (seen, alarms) = match seen {
        Ok(found) => found,
        Err(error) => {
            let error: CatalogueError = error;
            tracing::error!(error = %answer::chain(&error), "Cannot see who has sent when.");
            return;
        }
    };
    // Nobody waits for a sender that is not configured any more.
    for alarm in alarms.into_iter().filter(|alarm| alarm.code == SENDER_OVERDUE) {
        if !house.config.senders.keys().any(|id| id.as_str() == alarm.subject) {
            alarms::clear(house, SENDER_OVERDUE, &alarm.subject);
        }
    }
    let now = house.now();
    for sender in house.config.senders.values() {
        let last = seen.iter().find(|s| s.sender == sender.id).map(|s| s.last_received_at);
        let expected = last.zip(sender.expect).and_then(|(last, expectation)| {
            Expected::after(last, expectation, &house.config.time_zone)
        });
        match expected {
            Some(expected) if expected.is_overdue(now) => {
                alarms::raise(house, SENDER_OVERDUE, sender.id.as_str())
            }
            _ => alarms::clear(house, SENDER_OVERDUE, sender.id.as_str()),
        }
    }
}

const SENDER_OVERDUE: &str = "sender-overdue";
const ROUND: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);
