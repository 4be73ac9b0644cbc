//! After a restore: a catalogue that is older than the audit log beside it is brought up to what
//! the log knows of erasures, holds and tasks, and counts on behind the log's end.
//!
//! The log was shown to others, so it is never taken back. What it cannot give back (submissions,
//! enrolments, objects) an operator is told of, sender by sender: those files are asked for again.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::Timestamp;

use crate::{
    audit::entry::{Entry, Event},
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{ObjectState, TaskDone},
            police::Exchange,
        },
        view::View,
    },
    pipeline::{audit_queue, house::House},
    retention::{alarms::SWEEP, profile::Erasable, schedule::EventTimes},
    types::{
        alarm::AlarmCode,
        ids::{ObjectId, Part, RegistryId, SenderId, SubmissionId},
        verdict::State,
    },
};

/// Takes the log's end for the catalogue's where the log is longer. Nothing else may have been
/// written to either before.
///
/// # Errors
/// When the two have different histories, or the disk fails; doing it again is safe.
pub fn adopt(house: &House) -> io::Result<()> {
    let first = house.look(|view| view.next_audit_seq())?;
    let size = house.log()?.size();
    if size <= first {
        return Ok(());
    }
    // What the catalogue has queued must be in the log as it is here: the same history.
    audit_queue::flush(house)?;
    let mut unknown = Unknown::default();
    let mut at = first;
    while at < size {
        let entries = house.log()?.entries(at, PIECE)?;
        if entries.is_empty() {
            break;
        }
        at += entries.len() as u64;
        // An entry of a later version says nothing that this one could do again.
        entries.iter().filter_map(|bytes| Entry::parse(bytes)).for_each(|entry| unknown.add(entry));
    }
    let now = house.now();
    house
        .transact(|ledger| {
            ledger.resume_audit(size)?;
            let again = unknown.do_again(house, ledger, now)?;
            unknown.tell(ledger, now, (first, size - 1), again)
        })
        .map_err(io::Error::from)
}

/// Whether nobody has seen to a restore yet: until then nothing in a store is taken for a stray.
pub fn stands(view: &dyn View) -> Result<bool, CatalogueError> {
    Ok(view.alarms()?.iter().any(|alarm| alarm.is(AlarmCode::CatalogueRestored)))
}

/// What the log tells and the catalogue does not know, as far as anybody can act on it.
#[derive(Default)]
struct Unknown {
    /// Erasures, holds, releases, tasks and files for other senders, in their order.
    acts: Vec<Entry>,
    /// Whether the clock was in doubt at the log's end, and since when.
    doubts: Option<Timestamp>,
    missing: BTreeMap<SenderId, Missing>,
}

/// What a sender sent, or was sent.
#[derive(Default)]
struct Missing {
    taken: BTreeSet<SubmissionId>,
    span: Option<(Timestamp, Timestamp)>,
    laid_out: BTreeSet<ObjectId>,
}

impl Unknown {
    fn add(&mut self, entry: Entry) {
        match entry.event {
            Event::Accepted | Event::Held | Event::PartlyAccepted => {
                if let (Some(sender), Some(submission)) = (&entry.sender, entry.submission) {
                    let missing = self.missing.entry(sender.clone()).or_default();
                    missing.taken.insert(submission);
                    let (from, to) = missing.span.unwrap_or((entry.time, entry.time));
                    missing.span = Some((from.min(entry.time), to.max(entry.time)));
                }
            }
            Event::DispatchPublished => {
                if let (Some(addressee), Some(id)) = (&entry.addressee, &entry.object) {
                    let missing = self.missing.entry(addressee.clone()).or_default();
                    missing.laid_out.insert(id.clone());
                }
                self.acts.push(entry);
            }
            Event::DispatchRemoved => {
                if let (Some(addressee), Some(id)) = (&entry.addressee, &entry.object) {
                    let missing = self.missing.entry(addressee.clone()).or_default();
                    missing.laid_out.remove(id);
                }
                self.acts.push(entry);
            }
            Event::AlarmRaised if entry.rule.as_deref() == Some(AlarmCode::ClockJump.as_str()) => {
                self.doubts = Some(entry.time);
            }
            Event::AlarmCleared if entry.rule.as_deref() == Some(AlarmCode::ClockJump.as_str()) => {
                self.doubts = None;
            }
            Event::HoldReleased
            | Event::HoldSet
            | Event::ObjectErased
            | Event::TaskDone
            | Event::TaskReopened => self.acts.push(entry),
            _ => {}
        }
    }

    /// Lets be due again what was erased, and held what was held. Gives how much is to be erased.
    fn do_again(
        &self,
        house: &House,
        ledger: &mut dyn Ledger,
        now: Timestamp,
    ) -> Result<u64, CatalogueError> {
        let mut erased = 0;
        for entry in &self.acts {
            match (entry.event, &entry.object, &entry.registry) {
                (Event::TaskDone, _, Some(registry)) => end_task(house, ledger, entry, registry)?,
                (Event::TaskReopened, _, Some(registry)) => {
                    if let Some(year) = operating_year(entry) {
                        ledger.reopen_task(registry, year)?;
                    }
                }
                (Event::DispatchPublished | Event::DispatchRemoved, Some(id), _) => {
                    dispatched(ledger, entry, id)?;
                }
                (event, Some(id), _) => {
                    let there = ledger.object(id)?;
                    if there.is_none_or(|object| object.state == ObjectState::Erased) {
                        continue;
                    }
                    match event {
                        Event::HoldSet => {
                            let why = format!("entry {} of the audit log (restored)", entry.seq);
                            ledger.hold_object(id, &why)?;
                        }
                        Event::HoldReleased => drop(ledger.release_object(id)?),
                        _ => {
                            ledger.release_object(id)?;
                            // Whatever it was due by, it was gone already.
                            let due = entry.due.unwrap_or(entry.time).min(now);
                            ledger.set_due(
                                id,
                                Some(due),
                                entry.rule.as_deref().unwrap_or(ERASED),
                            )?;
                            erased += 1;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(erased)
    }

    fn tell(
        self,
        ledger: &mut dyn Ledger,
        now: Timestamp,
        (first, last): (u64, u64),
        again: u64,
    ) -> Result<(), CatalogueError> {
        if let Some(since) = self.doubts {
            audited::raise(ledger, since, AlarmCode::ClockJump, SWEEP, None)?;
        }
        let detail = format!(
            "entries {first} to {last} of the audit log are not in the catalogue; {again} erasures \
             are done again"
        );
        audited::raise(ledger, now, AlarmCode::CatalogueRestored, LOG, Some(&detail))?;
        for (sender, missing) in self.missing {
            let mut lost = 0;
            for id in &missing.taken {
                let row = ledger.submission(*id)?;
                lost += u64::from(row.is_none_or(|row| row.state == State::Claimed));
            }
            let mut told = Vec::new();
            if let Some((from, to)) = missing.span.filter(|_| lost > 0) {
                told.push(format!("{lost} submissions answered from {from} to {to} are missing"));
            }
            let mut count = 0;
            for id in &missing.laid_out {
                count += u64::from(ledger.dispatch(id)?.is_none());
            }
            if count > 0 {
                told.push(format!("{count} files in its outbound directory are nobody's"));
            }
            if !told.is_empty() {
                let (subject, detail) = (sender.as_str(), told.join("; "));
                audited::raise(ledger, now, AlarmCode::CatalogueRestored, subject, Some(&detail))?;
            }
        }
        Ok(())
    }
}

/// What was laid out is not laid out again: its addressee may have taken it away since.
fn dispatched(ledger: &mut dyn Ledger, entry: &Entry, id: &ObjectId) -> Result<(), CatalogueError> {
    let Some(mut dispatch) = ledger.dispatch(id)? else { return Ok(()) };
    if entry.event == Event::DispatchRemoved {
        dispatch.removed_at = dispatch.removed_at.or(Some(entry.time));
        return ledger.put_dispatch(&dispatch);
    }
    dispatch.published_at = dispatch.published_at.or(Some(entry.time));
    ledger.put_dispatch(&dispatch)?;
    if id.part == Part::Request
        && let Some(exchange) = ledger.exchange_called(id.submission)?
    {
        let sent_at = exchange.sent_at.or(Some(entry.time));
        ledger.put_exchange(&Exchange { sent_at, ..exchange })?;
    }
    Ok(())
}

/// The task of a year was done after the catalogue was copied: what it still has of that year goes,
/// and no more is taken.
fn end_task(
    house: &House,
    ledger: &mut dyn Ledger,
    entry: &Entry,
    registry: &RegistryId,
) -> Result<(), CatalogueError> {
    let Some(operating_year) = operating_year(entry) else { return Ok(()) };
    // Of a registry that is not configured any more nothing can be reckoned, and nothing comes.
    let Ok(configured) = house.registries.get(registry) else { return Ok(()) };
    let events = EventTimes { task_done: Some(entry.time), ..EventTimes::default() };
    let zone = &house.config.time_zone;
    let Ok(Some(deadline)) = configured.schedule.erasure(Erasable::Object, &events, zone) else {
        return Ok(());
    };
    let (registry, done_at, done_by) = (registry.clone(), entry.time, RESTORED_BY.to_owned());
    let task = TaskDone { registry, operating_year, done_at, done_by };
    ledger.end_task(&task, deadline.at, &deadline.rule.to_string()).map(drop)
}

fn operating_year(entry: &Entry) -> Option<i16> {
    entry.counts.get("operating_year").and_then(|year| i16::try_from(*year).ok())
}

/// Erasable of the alarm about the log as a whole.
const LOG: &str = "audit";
/// Why an object is due whose entry names no rule.
const ERASED: &str = "erased before the restore";
/// Who the catalogue says ended a task: the log does not keep names.
const RESTORED_BY: &str = "restored from the audit log";
/// Entries read at once.
const PIECE: usize = 4096;
