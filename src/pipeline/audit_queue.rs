//! Audit entries on their way: what `audited` queued in the catalogue, with the change that it is
//! about, is appended to the log.

use std::io;

use crate::{
    audit::log::{Log, append::Appending},
    durable,
    pipeline::house::House,
};

/// Appends everything that is queued to the log, durably. Safe to repeat: what the log has already
/// is compared and left alone.
pub fn flush(house: &House) -> io::Result<()> {
    while let Some(Queued { first, last, entries }) = queued(house, BATCH)? {
        house.log()?.append_at(first, &entries)?;
        durable::fail_point("audited");
        forget(house, last)?;
    }
    Ok(())
}

/// Begins to append everything that is queued: the caller syncs it together with what else it has
/// to sync, and finishes it. Gives the place of the last entry too, for `house.pending.logged`.
pub fn begin<'a>(house: &House, log: &'a mut Log) -> io::Result<(Appending<'a>, Option<u64>)> {
    let (first, last, entries) = match queued(house, u32::MAX)? {
        Some(Queued { first, last, entries }) => (first, Some(last), entries),
        None => (log.size(), None, Vec::new()),
    };
    Ok((log.begin(first, &entries)?, last))
}

/// What waits for the log.
struct Queued {
    first: u64,
    last: u64,
    entries: Vec<Vec<u8>>,
}

/// None that the log is known to have durably.
fn queued(house: &House, limit: u32) -> io::Result<Option<Queued>> {
    let mut queued = house.look(|view| view.outbox(limit))?;
    if let Some(logged) = house.pending.last_logged() {
        queued.retain(|entry| entry.seq > logged);
    }
    let (Some(first), Some(last)) = (queued.first(), queued.last()) else { return Ok(None) };
    let (first, last) = (first.seq, last.seq);
    let entries = queued.into_iter().map(|entry| entry.bytes).collect();
    Ok(Some(Queued { first, last, entries }))
}

fn forget(house: &House, last: u64) -> io::Result<()> {
    house.record(Box::new(move |ledger| ledger.outbox_written(last))).map_err(io::Error::from)
}

/// Entries appended at once by [`flush`].
const BATCH: u32 = 4096;
