//! The clock, held against the last time that anybody was at work here. While it is doubted an alarm
//! stands, and nothing is erased by it.

use std::{fs, io, time::Duration};

use jiff::{Timestamp, civil::Date};

use crate::{
    audit::KEPT_DIR,
    audited,
    catalogue::error::CatalogueError,
    pipeline::{audit_queue, house::House},
    retention::{
        alarms::SWEEP,
        guard::{self, ClockWatch},
    },
    types::alarm::AlarmCode,
};

/// When this installation was at work for the last time: its newest audit entry, or the end of the
/// last day, up to today, of which a checkpoint was kept. To be asked before a start leaves its own
/// entry.
///
/// # Errors
/// When the audit log cannot be read.
pub fn last_at_work(house: &House) -> io::Result<Option<Timestamp>> {
    let newest = guard::newest_time(&*house.log()?)?;
    let kept = match fs::read_dir(house.config.places.audit().join(KEPT_DIR)) {
        Ok(kept) => kept,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(newest),
        Err(error) => return Err(error),
    };
    let today = house.day(house.now());
    let mut last_day: Option<Date> = None;
    for entry in kept {
        let name = entry?.file_name();
        let day = name.to_str().and_then(|name| name.parse().ok());
        // One of a day that has not come was kept under a wrong clock. It must not pass for the
        // last day of work until that day, since no leap of the clock would be seen before it; that
        // this clock is behind is told by the log's own entries.
        last_day = last_day.max(day.filter(|day| *day <= today));
    }
    let end =
        last_day.and_then(|day| day.tomorrow().ok()?.to_zoned(house.config.time_zone.clone()).ok());
    // Without any entry nothing can have been erased or stored.
    Ok(newest.map(|newest| end.map_or(newest, |end| newest.max(end.timestamp()))))
}

/// Holds the clock against the last that anybody was at work here, before this process leaves an
/// entry of its own, which would move that mark: where the two are too far apart, the alarm stands
/// from here on. Gives the mark, and whether the clock is doubted.
///
/// # Errors
/// When the audit log or the catalogue fails.
pub fn hold(house: &House) -> io::Result<(Option<Timestamp>, bool)> {
    let before = last_at_work(house)?;
    let newest = guard::newest_time(&*house.log()?)?;
    let now = house.now();
    if !ClockWatch::after(before).has_jumped(now, Duration::ZERO, newest) {
        return Ok((before, false));
    }
    doubt(house, now)?;
    Ok((before, true))
}

/// Lets the alarm stand that keeps everything from being erased.
pub(super) fn doubt(house: &House, now: Timestamp) -> io::Result<()> {
    house.transact(|ledger| audited::raise(ledger, now, AlarmCode::ClockJump, SWEEP, None))?;
    audit_queue::flush(house)
}

/// Whether the clock has jumped and nobody has confirmed it.
///
/// # Errors
/// When the catalogue fails.
pub fn is_doubted(house: &House) -> Result<bool, CatalogueError> {
    house.look(|view| Ok(view.alarms()?.iter().any(|alarm| alarm.is(AlarmCode::ClockJump))))
}
