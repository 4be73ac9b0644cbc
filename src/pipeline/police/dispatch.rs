//! Lays what is for another sender into its outbound directory, as a standard age file, and takes
//! it away again when its time has come. Every step can be done again, from the catalogue alone.
//!
//! The addressee may take the file away itself: what is gone already is as good as removed.

use std::{collections::BTreeSet, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::Object,
            page::Page,
            police::{Dispatch, Exchange, PoliceReply},
        },
    },
    config::sender_directories::{self, OUTBOUND_FILE},
    durable::{
        self,
        group::{Group, IfExists},
    },
    pipeline::{
        audit_queue,
        house::House,
        upkeep::{clock, erase_at_once},
    },
    retention::{
        profile::{DELIVERED, Erasable},
        schedule::{self, EventTimes},
    },
    seal,
    types::{
        alarm::AlarmCode,
        causes::chain,
        ids::{ObjectId, Part, SenderId},
    },
};

/// Publishes what is to be published and removes what must be gone. What one sender's directory
/// refuses keeps nobody else waiting: an alarm stands, and the next round tries again.
///
/// # Errors
/// When the catalogue or the log fails; doing it again is safe.
pub fn round(house: &House) -> io::Result<()> {
    let delivered = {
        let _alone = house.dispatching();
        let mut refused = BTreeSet::new();
        let delivered = publish(house, &mut refused)?;
        remove(house, &mut refused)?;
        settle(house, &refused)?;
        delivered
    };
    // A reply that its hospital has is not kept here (POL-08).
    erase_at_once::erase_at_once(house, &delivered).map_err(io::Error::other)?;
    audit_queue::flush(house)
}

/// Lays out what waits for nothing; gives the objects that have come to their end with it.
fn publish(house: &House, refused: &mut BTreeSet<SenderId>) -> io::Result<Vec<ObjectId>> {
    let mut delivered = Vec::new();
    let mut page = Page::first(AT_ONCE);
    loop {
        let waiting = house.look(|view| view.dispatches_to_do(page))?;
        let is_last = waiting.len() < AT_ONCE as usize;
        for dispatch in waiting {
            match publish_one(house, &dispatch, refused)? {
                Published::Delivered => delivered.push(dispatch.object),
                Published::LaidOut => {}
                Published::Not => page.skip += 1,
            }
        }
        if is_last {
            return Ok(delivered);
        }
    }
}

/// What came of one dispatch.
enum Published {
    /// It lies there, and its object is due with that.
    Delivered,
    /// It lies there.
    LaidOut,
    /// It waits where it was.
    Not,
}

fn publish_one(
    house: &House,
    dispatch: &Dispatch,
    refused: &mut BTreeSet<SenderId>,
) -> io::Result<Published> {
    match lay_out(house, dispatch) {
        Ok(true) => {}
        // Erased in this instant.
        Ok(false) => return Ok(Published::Not),
        Err(error) => {
            if durable::is_void() {
                return Err(error);
            }
            tell(dispatch, "Cannot lay out a file for another sender; it is tried again.", &error);
            refused.insert(dispatch.addressee.clone());
            return Ok(Published::Not);
        }
    }
    durable::fail_point("dispatch-published");
    let now = house.now();
    let due = house.transact(|ledger| record(house, ledger, dispatch, now))?;
    durable::fail_point("dispatch-recorded");
    Ok(if due { Published::Delivered } else { Published::LaidOut })
}

/// The object as one age file in the outbound directory, durably; `false` when it is erased, or had
/// to be by now.
fn lay_out(house: &House, dispatch: &Dispatch) -> io::Result<bool> {
    let now = house.now();
    let header = house.look(|view| {
        let object = view.object(&dispatch.object)?;
        if object.is_some_and(|object| object.is_past(now)) {
            return Ok(None);
        }
        view.header(&dispatch.object)
    })?;
    let Some(header) = header else { return Ok(false) };
    let payload = house.store(&dispatch.object.registry)?;
    let payload = payload.open(&dispatch.object)?;
    let outbound = house.config.places.outbound(&dispatch.addressee);
    if let Some(addressee) = house.sender(&dispatch.addressee) {
        sender_directories::hold_outbound(&house.config, addressee)?;
    }
    let mut group = Group::new();
    let mut file = seal::join(header, payload);
    group.stage_from(&outbound, &dispatch.file, &mut file, OUTBOUND_FILE, IfExists::Same)?;
    // A crash may have left it there unsynced.
    group.sync_dir_too(&outbound);
    group.commit()?;
    Ok(true)
}

/// Records that it lies there. `true` for a reply, whose object is due with that.
fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    dispatch: &Dispatch,
    now: Timestamp,
) -> io::Result<bool> {
    let object = &dispatch.object;
    audited::record(ledger, now, Event::DispatchPublished, |entry| {
        entry.object(object.clone()).addressee(dispatch.addressee.clone())
    })?;
    let row = Dispatch { published_at: Some(now), ..dispatch.clone() };
    ledger.put_dispatch(&row)?;
    if object.part == Part::Request {
        if let Some(exchange) = ledger.exchange_called(object.submission)? {
            let row = Exchange { sent_at: exchange.sent_at.or(Some(now)), ..exchange };
            ledger.put_exchange(&row)?;
        }
        return Ok(false);
    }
    let Some(reply) = ledger.reply_of(object.submission)? else { return Ok(false) };
    // The hospital has as long to fetch it, however late it was laid out.
    let events = EventTimes { decided: Some(now), ..EventTimes::default() };
    let remove_at = schedule::due(&DELIVERED, &events, &house.config.time_zone);
    let remove_at = remove_at.map_err(io::Error::other)?;
    ledger.put_dispatch(&Dispatch { remove_at, ..row })?;
    let decided = reply.decision.as_ref().map(|decision| decision.at);
    let row = PoliceReply { delivered_at: reply.delivered_at.or(Some(now)), ..reply };
    ledger.put_reply(&row)?;
    let Some(found) = ledger.object(object)? else { return Ok(false) };
    due_since(house, ledger, &found, decided.unwrap_or(now), now)
}

/// Sets when an object must be gone that was decided on; `true` when that is now.
///
/// # Errors
/// When the catalogue fails.
pub fn due_since(
    house: &House,
    ledger: &mut dyn Ledger,
    object: &Object,
    decided: Timestamp,
    now: Timestamp,
) -> io::Result<bool> {
    let row = ledger.submission(object.id.submission)?;
    let received = row.as_ref().map(|row| row.received_at);
    let events = EventTimes { received, decided: Some(decided), ..EventTimes::default() };
    let deadline = house.deadline(&object.id.registry, Erasable::Object, &events)?;
    let Some(deadline) = deadline else { return Ok(false) };
    let rule = deadline.rule.to_string();
    ledger.set_due(&object.id, Some(deadline.at), &rule)?;
    Ok(deadline.at <= now)
}

/// Takes away what must be gone, first from the directory, then from the list.
fn remove(house: &House, refused: &mut BTreeSet<SenderId>) -> io::Result<()> {
    let now = house.now();
    // By a clock that nobody has confirmed, no period can be told to have passed. What is erased
    // already goes all the same.
    let due_by = if clock::is_doubted(house)? { Timestamp::MIN } else { now };
    let mut page = Page::first(AT_ONCE);
    loop {
        let gone = house.look(|view| view.dispatches_to_remove(due_by, page))?;
        let is_last = gone.len() < AT_ONCE as usize;
        for dispatch in gone {
            if !remove_one(house, &dispatch, now)? {
                refused.insert(dispatch.addressee);
                page.skip += 1;
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

/// `false` when its directory refuses.
fn remove_one(house: &House, dispatch: &Dispatch, now: Timestamp) -> io::Result<bool> {
    let path = house.config.places.outbound(&dispatch.addressee).join(&dispatch.file);
    if let Err(error) = durable::unlink(&path) {
        let error = io::Error::other(error);
        let what = "Cannot remove a file from an outbound directory; it is tried again.";
        tell(dispatch, what, &error);
        return Ok(false);
    }
    durable::fail_point("dispatch-removed");
    house.transact(|ledger| {
        if dispatch.published_at.is_some() {
            audited::record(ledger, now, Event::DispatchRemoved, |entry| {
                let entry = entry.object(dispatch.object.clone());
                entry.addressee(dispatch.addressee.clone())
            })?;
        }
        ledger.put_dispatch(&Dispatch { removed_at: Some(now), ..dispatch.clone() })
    })?;
    Ok(true)
}

/// Lets the alarm stand for the senders whose directory refused something, and for no others.
fn settle(house: &House, refused: &BTreeSet<SenderId>) -> io::Result<()> {
    let now = house.now();
    let mut catalogue = house.catalogue();
    let standing: BTreeSet<String> = catalogue::read_with(&mut **catalogue, |view| {
        let alarms = view.alarms()?.into_iter();
        let of_ours = alarms.filter(|alarm| alarm.is(AlarmCode::DispatchOwed));
        Ok::<_, CatalogueError>(of_ours.map(|alarm| alarm.subject).collect())
    })?;
    let wanted: BTreeSet<String> = refused.iter().map(ToString::to_string).collect();
    if standing == wanted {
        return Ok(());
    }
    catalogue::transact_with(&mut **catalogue, |ledger| {
        for subject in &wanted {
            audited::raise(ledger, now, AlarmCode::DispatchOwed, subject, None)?;
        }
        for subject in standing.difference(&wanted) {
            audited::clear(ledger, now, AlarmCode::DispatchOwed, subject)?;
        }
        Ok(())
    })
    .map_err(|error: CatalogueError| io::Error::from(error))
}

fn tell(dispatch: &Dispatch, what: &str, error: &io::Error) {
    let (object, addressee) = (&dispatch.object, &dispatch.addressee);
    tracing::error!(%object, %addressee, error = %chain(error), "{what}");
}

/// Dispatches read at once. What could not be done is passed over by the next reading of a round,
/// so that one sender's, however many, keep nobody else's waiting.
const AT_ONCE: u32 = 500;
