//! Objects on their way to their registry's inbox (`[[registry.deliver]]`): the queue's side.
//! Another process makes the calls (`filsluse deliver`); it asks here what is to be delivered,
//! fetches the object as it lies, and tells what came of it.
//!
//! A deadline is never put off for a delivery: what is erased first is missed, and told.

pub mod orders;

use std::{collections::BTreeMap, io, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry::{Entry, Event},
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            outgoing::Trouble,
            pushes::{Inbox, Pause, Push, PushState},
        },
        view::View,
    },
    config::peer::Peer,
    pipeline::{
        audit_queue,
        house::House,
        retry_times::{LONGEST, later, pause, signed},
    },
    types::{
        alarm::AlarmCode,
        digest::Sha256,
        ids::{ObjectId, RegistryId},
    },
};

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "came", deny_unknown_fields)]
pub enum Pushed {
    /// The inbox has it.
    Delivered {},
    /// It could not be delivered, and is tried again.
    Failed {
        /// Why.
        trouble: Trouble,
        /// How many seconds the inbox asks us to wait, where it does.
        #[serde(default)]
        wait: Option<u32>,
    },
}

/// Takes the object that has been due longest for an inbox. It counts as under way for as long as an
/// attempt can take: a process that dies with it does not keep it from being tried again.
///
/// # Errors
/// When the catalogue fails.
pub fn next(house: &House, inbox: &Inbox) -> Result<Option<Push>, CatalogueError> {
    let Some(peer) = configured(house, inbox) else { return Ok(None) };
    if !house.look(|view| view.inboxes())?.contains(inbox) {
        keep_inboxes(house)?;
    }
    let now = house.now();
    let longest = longest(peer, u64::MAX);
    // No attempt waits for longer: the clock was ahead when that was written.
    let due = |view: &dyn View| {
        let until = view.inbox_pause(inbox)?.until;
        if until.is_some_and(|until| until > now && until <= later(now, LONGEST)) {
            return Ok(None);
        }
        let due = view.pushes_due(inbox, now, later(now, LONGEST.max(longest)), 1)?;
        Ok::<_, CatalogueError>(due.into_iter().next())
    };
    if house.look(due)?.is_none() {
        return Ok(None);
    }
    house.transact(|ledger| {
        let Some(mut push) = due(&*ledger)? else { return Ok(None) };
        push.attempts = push.attempts.saturating_add(1);
        push.next_at = later(now, self::longest(peer, push.bytes));
        ledger.save_push(&push)?;
        Ok(Some(push))
    })
}

/// Records what came of an attempt. A failure counts only for the newest attempt; that an inbox has
/// an object is true whoever brought it.
///
/// # Errors
/// When there is no such push, or catalogue, log or disk fail; doing it again is safe.
pub fn report(
    house: &House,
    object: &ObjectId,
    inbox: &Inbox,
    attempt: u32,
    came: &Pushed,
) -> io::Result<PushState> {
    let missing = |what| io::Error::from(CatalogueError::NotFound { what });
    let peer = configured(house, inbox);
    let now = house.now();
    let state = house.transact(|ledger| {
        let push = ledger.push(object, &inbox.url)?;
        let mut push = push.ok_or_else(|| missing("push"))?;
        match came {
            Pushed::Delivered {} if push.state != PushState::Done => {
                delivered(ledger, &mut push, now)?;
                ledger.pause_inbox(inbox, Pause::default())?;
            }
            Pushed::Failed { trouble, wait }
                if push.state == PushState::Waiting && attempt == push.attempts =>
            {
                push.last_error = Some(*trouble);
                let mut random = [0];
                (house.random)(&mut random);
                let first = peer.map_or(LONGEST, |peer| peer.retry_after);
                let asked = Duration::from_secs(wait.unwrap_or_default().into()).min(LONGEST);
                let then = |failures| later(now, pause(first, failures, random[0]).max(asked));
                if trouble.is_about_the_thing() {
                    push.next_at = then(push.attempts);
                    ledger.pause_inbox(inbox, Pause::default())?;
                } else {
                    // One attempt finds out for all when the inbox is there again.
                    let failures = ledger.inbox_pause(inbox)?.failures.saturating_add(1);
                    push.next_at = then(failures);
                    let until = Some(push.next_at);
                    ledger.pause_inbox(inbox, Pause { failures, until })?;
                }
            }
            // It was told before, or another attempt is under way.
            _ => return Ok(push.state),
        }
        ledger.save_push(&push)?;
        if let Some(peer) = peer {
            settle(ledger, inbox, peer, now)?;
        }
        Ok::<_, io::Error>(push.state)
    })?;
    audit_queue::flush(house)?;
    Ok(state)
}

/// Follows the configuration, raises the alarms where objects wait for too long or were missed, and
/// ends them where none does.
///
/// # Errors
/// When the catalogue fails.
pub fn round(house: &House) -> Result<(), CatalogueError> {
    keep_inboxes(house)?;
    let now = house.now();
    let (judged, missed) = house.look(|view| {
        let mut judged = Vec::new();
        let stands: Vec<String> = view
            .alarms()?
            .into_iter()
            .filter(|alarm| alarm.is(AlarmCode::PushFailed))
            .map(|alarm| alarm.subject)
            .collect();
        for inbox in view.inboxes()? {
            if stands.contains(&subject(&inbox)) || view.pushes_waiting(&inbox)?.count > 0 {
                judged.push(inbox);
            }
        }
        Ok::<_, CatalogueError>((judged, !view.pushes_missed(1)?.is_empty()))
    })?;
    if !judged.is_empty() {
        house.transact(|ledger| {
            judged.iter().try_for_each(|inbox| match configured(house, inbox) {
                Some(peer) => settle(ledger, inbox, peer, now),
                None => Ok(()),
            })
        })?;
    }
    if missed {
        while house.transact(|ledger| tell_missed(ledger, now))? {}
    }
    Ok(())
}

/// What an inbox is called in the audit log, which has no room for addresses: their SHA-256.
pub fn fingerprint(url: &str) -> Sha256 {
    Sha256::of(url.as_bytes())
}

/// Takes inboxes into use and out of use, as they are configured now.
fn keep_inboxes(house: &House) -> Result<(), CatalogueError> {
    let wanted: Vec<Inbox> = house
        .config
        .registries
        .values()
        .flat_map(|registry| registry.deliver.iter().map(|peer| inbox(&registry.id, peer)))
        .collect();
    let used = house.look(|view| view.inboxes())?;
    let new: Vec<_> = wanted.iter().filter(|inbox| !used.contains(inbox)).collect();
    let old: Vec<_> = used.iter().filter(|inbox| !wanted.contains(inbox)).collect();
    if new.is_empty() && old.is_empty() {
        return Ok(());
    }
    let now = house.now();
    house.transact(|ledger| {
        for inbox in &old {
            ledger.close_inbox(inbox)?;
            audited::clear(ledger, now, AlarmCode::PushFailed, &subject(inbox))?;
        }
        for inbox in &new {
            let waiting = ledger.open_inbox(inbox, now)?;
            tracing::info!(registry = %inbox.registry, waiting, "An inbox is in use.");
        }
        Ok(())
    })
}

fn inbox(registry: &RegistryId, peer: &Peer) -> Inbox {
    Inbox { registry: registry.clone(), url: peer.url.to_string() }
}

fn configured<'h>(house: &'h House, inbox: &Inbox) -> Option<&'h Peer> {
    let registry = house.config.registries.get(&inbox.registry)?;
    registry.deliver.iter().find(|peer| peer.url.to_string() == inbox.url)
}

fn delivered(
    ledger: &mut dyn Ledger,
    push: &mut Push,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    push.state = PushState::Done;
    push.done_at = Some(now);
    push.last_error = None;
    ledger.object_handed(&push.object, now)?;
    audited::record(ledger, now, Event::ObjectPushed, |entry| {
        let attempts = u64::from(push.attempts);
        about(entry, push).count("attempts", attempts).count("bytes", push.bytes)
    })
    .map(drop)
}

/// The alarm stands while an object waits for longer than it may, or for somebody.
fn settle(
    ledger: &mut dyn Ledger,
    inbox: &Inbox,
    peer: &Peer,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let waiting = ledger.pushes_waiting(inbox)?;
    let subject = subject(inbox);
    if waiting.is_late(signed(peer.alarm_after), now) || waiting.needs_somebody.is_some() {
        let why = waiting.needs_somebody.or(waiting.last_error);
        let detail = why.map_or("nobody-asks", |trouble| trouble.as_str());
        audited::raise(ledger, now, AlarmCode::PushFailed, &subject, Some(detail))
    } else {
        audited::clear(ledger, now, AlarmCode::PushFailed, &subject)
    }
}

/// Tells of some that were missed, inbox by inbox; whether there may be more.
fn tell_missed(ledger: &mut dyn Ledger, now: Timestamp) -> Result<bool, CatalogueError> {
    let missed = ledger.pushes_missed(BATCH)?;
    let mut of_inboxes: BTreeMap<String, (u64, ObjectId)> = BTreeMap::new();
    for mut push in missed.iter().cloned() {
        audited::record(ledger, now, Event::PushMissed, |entry| about(entry, &push))?;
        push.told_at = Some(now);
        ledger.save_push(&push)?;
        let inbox = Inbox { registry: push.object.registry.clone(), url: push.url };
        let (count, last) = of_inboxes.entry(subject(&inbox)).or_insert((0, push.object.clone()));
        *count += 1;
        *last = push.object;
    }
    for (subject, (count, last)) in of_inboxes {
        let standing = ledger
            .alarms()?
            .into_iter()
            .find(|alarm| alarm.is(AlarmCode::PushMissed) && alarm.subject == subject);
        // With those that nobody has acknowledged yet.
        let before = standing.and_then(|alarm| alarm.detail);
        let before = before.and_then(|told| told.split(' ').next()?.parse::<u64>().ok());
        let count = count.saturating_add(before.unwrap_or_default());
        let detail = format!("{count} erased before they were delivered, the last {last}");
        audited::raise(ledger, now, AlarmCode::PushMissed, &subject, Some(&detail))?;
    }
    Ok(missed.len() as u64 == u64::from(BATCH))
}

fn about(entry: Entry, push: &Push) -> Entry {
    entry.object(push.object.clone()).detail(fingerprint(&push.url))
}

/// What an alarm about an inbox is about.
fn subject(inbox: &Inbox) -> String {
    format!("{} {}", inbox.registry, inbox.url)
}

/// How long an attempt may take: it moves some bytes within each `timeout`, or ends.
fn longest(peer: &Peer, bytes: u64) -> Duration {
    let moving = Duration::from_secs(bytes / SLOWEST).min(LONGEST * 24);
    peer.timeout.saturating_mul(ROUND_TRIPS).saturating_add(moving)
}

/// Connecting, handing over, and the answer, each with a margin.
const ROUND_TRIPS: u32 = 6;
/// Bytes a second at which an attempt may still be under way.
const SLOWEST: u64 = 100_000;
const BATCH: u32 = 500;
