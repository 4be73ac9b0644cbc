//! Audit entries on their way: queued in the catalogue with the change that they are about, then
//! appended to the log. The catalogue commits first, so the log never speaks of what did not happen.

use std::io;

use jiff::Timestamp;

use crate::{
    audit::{
        entry::{Entry, Event},
        log::{Log, append::Appending},
    },
    catalogue::{error::CatalogueError, ledger::Ledger},
    durable,
    pipeline::house::House,
};

/// Queues an entry in the running transaction; gives the place that it will have in the log.
pub fn record(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    event: Event,
    fill: impl Fn(Entry) -> Entry,
) -> Result<u64, CatalogueError> {
    ledger.queue_audit(&mut |seq| fill(Entry::new(seq, now, event)).to_bytes())
}

/// Raises an alarm in the running transaction; audited when it did not stand before. `about` adds
/// what the entry is about to it. `false` when it stood.
pub fn raise(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subject: &str,
    detail: Option<&str>,
    about: impl Fn(Entry) -> Entry,
) -> Result<bool, CatalogueError> {
    let new = ledger.raise_alarm(code, subject, now, detail)?;
    if new {
        record(ledger, now, Event::AlarmRaised, |entry| about(entry.rule(code)))?;
    }
    Ok(new)
}

/// Raises an alarm of something that happened once more, in the running transaction: audited also when
/// one stands, because it is about another occasion.
pub fn raise_again(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subject: &str,
    detail: &str,
    about: impl Fn(Entry) -> Entry,
) -> Result<(), CatalogueError> {
    ledger.raise_alarm(code, subject, now, Some(detail))?;
    record(ledger, now, Event::AlarmRaised, |entry| about(entry.rule(code))).map(drop)
}

/// Clears an alarm in the running transaction; audited when it stood. `false` when it did not.
pub fn clear(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subject: &str,
    about: impl Fn(Entry) -> Entry,
) -> Result<bool, CatalogueError> {
    let stood = ledger.clear_alarm(code, subject)?;
    if stood {
        record(ledger, now, Event::AlarmCleared, |entry| about(entry.rule(code)))?;
    }
    Ok(stood)
}

/// Appends everything that is queued to the log, durably. Safe to repeat: what the log has already
/// is compared and left alone.
pub fn flush(house: &House) -> io::Result<()> {
    while let Some(Queued { first, last, entries }) = queued(house, BATCH)? {
        house.log()?.append_at(first, &entries).map_err(io::Error::other)?;
        durable::fail_point("audited");
        forget(house, last)?;
    }
    Ok(())
}

/// Begins to append everything that is queued: the caller syncs it together with what else it has to
/// sync, and finishes it. Gives the place of the last entry too, for [`House::logged`].
pub fn begin<'a>(house: &House, log: &'a mut Log) -> io::Result<(Appending<'a>, Option<u64>)> {
    let (first, last, entries) = match queued(house, u32::MAX)? {
        Some(Queued { first, last, entries }) => (first, Some(last), entries),
        None => (log.size(), None, Vec::new()),
    };
    Ok((log.begin(first, &entries).map_err(io::Error::other)?, last))
}

/// What waits for the log.
struct Queued {
    first: u64,
    last: u64,
    entries: Vec<Vec<u8>>,
}

/// None that the log is known to have durably.
fn queued(house: &House, limit: u32) -> io::Result<Option<Queued>> {
    let mut queued = house.look(|view| view.outbox(limit)).map_err(failed)?;
    if let Some(logged) = house.last_logged() {
        queued.retain(|entry| entry.seq > logged);
    }
    let (Some(first), Some(last)) = (queued.first(), queued.last()) else { return Ok(None) };
    let (first, last) = (first.seq, last.seq);
    let entries = queued.into_iter().map(|entry| entry.bytes).collect();
    Ok(Some(Queued { first, last, entries }))
}

fn forget(house: &House, last: u64) -> io::Result<()> {
    house.record(Box::new(move |ledger| ledger.outbox_written(last))).map_err(failed)
}

fn failed(error: CatalogueError) -> io::Error {
    io::Error::other(error)
}

/// Entries appended at once by [`flush`].
const BATCH: u32 = 4096;
