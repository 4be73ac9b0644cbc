//! Erases what is due, in an order that a crash cannot turn round.
//!
//! For a batch of objects: (1) the headers go, in one transaction; (2) the catalogue is scrubbed,
//! so that no file of it holds them any more; (3) the payloads go; (4) it is recorded, in one
//! transaction with the audit entries. From (2) on nobody can read the objects, whatever copy of a
//! payload they have. Last, the keys that the headers were sealed with are destroyed ([`keys`]), so
//! that no older copy of the catalogue opens them either. A sweep that is cut off anywhere is taken
//! up by the next one, because an object stays due until (4). What cannot be erased never keeps the
//! rest.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        Catalogue,
        error::CatalogueError,
        ledger::Ledger,
        records::objects::{Object, ObjectState},
        savepoint_with, transact_with,
    },
    durable,
    retention::{
        alarms,
        certificate::tally::OPERATING_YEAR,
        exchange,
        guard::{self, MostAtOnce, Refusal},
        keys,
        plan::{ENROLMENT_RULE, Planned},
    },
    store::Store,
    types::{
        alarm::AlarmCode,
        causes::chain,
        ids::{ObjectId, RegistryId},
        period::Period,
    },
};

/// What a sweep is told.
pub struct Order<'a> {
    /// Now, by the wall clock.
    pub now: Timestamp,
    /// Whether an operator has looked: the guard then lets it pass.
    pub confirmed: bool,
    /// Whether the wall clock has jumped ([`guard::ClockWatch`]).
    pub clock_jumped: bool,
    /// How much may go at once unconfirmed.
    pub most: MostAtOnce,
    /// Where the objects lie.
    pub stores: Stores<'a>,
    /// When an enrolment that no list confirms is told to the operator.
    pub stale_after: Period,
    /// Where days are counted.
    pub zone: &'a TimeZone,
}

/// What became of one thing that was due (`docs/interface.md` section 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// What was planned.
    #[serde(flatten)]
    pub planned: Planned,
    /// Whether it is gone.
    pub outcome: Outcome,
    /// Why it is not: words for an operator, never a value.
    pub reason: Option<String>,
}

/// Whether it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is gone for good.
    Erased,
    /// It is still due; an alarm tells so, and the next sweep tries again.
    Failed,
}

/// Erases everything that is due, telling `report` of each. Gives the number of enrolment records
/// among it: their pseudonyms are gone for good after the next [`Catalogue::compact`].
///
/// # Errors
/// [`SweepError::Refused`] when the guard held something up: everything under a doubted clock, else all
/// but what has come to its statutory limit. When the catalogue fails half-way, what
/// was reported so far is done, and the next sweep does the rest.
pub fn sweep(
    catalogue: &mut dyn Catalogue,
    order: &Order<'_>,
    report: &mut dyn FnMut(Swept),
) -> Result<u64, SweepError> {
    let Order { now, confirmed, clock_jumped, most, stale_after, zone, .. } = *order;
    let refusal = guard::admit(catalogue, now, clock_jumped, confirmed, most)?;
    if refusal == Some(Refusal::ClockJump) {
        alarms::settle_in_doubt(catalogue, now)?;
        return Err(SweepError::Refused(Refusal::ClockJump));
    }
    if let Some(refusal) = refusal {
        // Whatever else waits for a word: these have it, or a statute waits for none.
        let past = |ledger: &dyn Ledger, limit| ledger.due_by_limit(now, limit);
        erase_objects(catalogue, (now, order.stores), &past, report)?;
        keys::retire(catalogue, now)?;
        alarms::settle(catalogue, now, stale_after, zone)?;
        return Err(SweepError::Refused(refusal));
    }
    let due = |ledger: &dyn Ledger, limit| ledger.due_objects(now, limit);
    erase_objects(catalogue, (now, order.stores), &due, report)?;
    keys::retire(catalogue, now)?;
    keys::tidy(catalogue, now, zone)?;
    let enrolments = erase_enrolments(catalogue, now, report)?;
    alarms::settle(catalogue, now, stale_after, zone)?;
    Ok(enrolments)
}

/// Erases these objects now, in the same order: somebody has decided on them one by one, so that no
/// guard need ask. What is held stays, and goes when it is released.
///
/// # Errors
/// When the catalogue fails half-way; what is due then is the next sweep's.
pub fn erase_at_once(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    stores: Stores<'_>,
    objects: &[ObjectId],
    report: &mut dyn FnMut(Swept),
) -> Result<(), SweepError> {
    let named = |ledger: &dyn Ledger, _| {
        let mut found = Vec::new();
        for id in objects {
            found.extend(ledger.object(id)?.filter(|object| object.state == ObjectState::Stored));
        }
        Ok(found)
    };
    erase_objects(catalogue, (now, stores), &named, report)?;
    Ok(keys::retire(catalogue, now)?)
}

/// The store of a registry; `None` when it is not configured any more.
pub type Stores<'a> = &'a dyn Fn(&RegistryId) -> Option<&'a dyn Store>;

/// Gives the objects that are to go, at most so many.
type Asked<'a> = &'a dyn Fn(&dyn Ledger, u32) -> Result<Vec<Object>, CatalogueError>;

/// An object on its way out.
struct Doomed {
    id: ObjectId,
    bytes: u64,
    operating_year: Option<i16>,
    planned: Planned,
    failure: Option<Failure>,
}

/// Why an object is still there.
#[derive(Clone)]
struct Failure {
    /// Key of the words that explain the alarm.
    code: &'static str,
    /// Words for the operator.
    reason: String,
}

fn erase_objects(
    catalogue: &mut dyn Catalogue,
    (now, stores): (Timestamp, Stores<'_>),
    asked: Asked<'_>,
    report: &mut dyn FnMut(Swept),
) -> Result<(), SweepError> {
    let mut failed = BTreeSet::new();
    loop {
        let mut batch = delete_headers(catalogue, now, asked, &failed)?;
        if batch.is_empty() {
            return Ok(());
        }
        durable::fail_point("erase-header");
        let scrubbed = scrub(catalogue)?;
        if scrubbed {
            durable::fail_point("erase-scrubbed");
            remove_payloads(&mut batch, stores);
            durable::fail_point("erase-payload");
        } else {
            let reason = "a reader held on to the catalogue, so the headers may still lie in its \
                          log; the next sweep tries again";
            fail_all(&mut batch, &Failure { code: "catalogue-busy", reason: reason.to_owned() });
        }
        record(catalogue, now, &mut batch, failed.len())?;
        durable::fail_point("erase-recorded");
        for Doomed { id, planned, failure, .. } in batch {
            let outcome = if failure.is_some() { Outcome::Failed } else { Outcome::Erased };
            if failure.is_some() {
                failed.insert(id);
            }
            report(Swept { planned, outcome, reason: failure.map(|failure| failure.reason) });
        }
        if !scrubbed {
            // The reader hinders every batch; each try would wait for it as long.
            return Ok(());
        }
    }
}

/// Step 1. The objects that failed before in this sweep are passed over.
fn delete_headers(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    asked: Asked<'_>,
    failed: &BTreeSet<ObjectId>,
) -> Result<Vec<Doomed>, CatalogueError> {
    transact_with(catalogue, |ledger| {
        let limit = BATCH.saturating_add(u32::try_from(failed.len()).unwrap_or(u32::MAX));
        let due = asked(&*ledger, limit)?;
        let fresh = due.into_iter().filter(|object| !failed.contains(&object.id));
        let mut batch = Vec::new();
        for object in fresh.take(BATCH as usize) {
            batch.extend(doom(ledger, &object, now)?);
        }
        Ok(batch)
    })
}

fn doom(
    ledger: &mut dyn Ledger,
    object: &Object,
    now: Timestamp,
) -> Result<Option<Doomed>, CatalogueError> {
    // What is due has a deadline or a limit.
    let Some(planned) = Planned::of_object(object) else { return Ok(None) };
    let id = object.id.clone();
    // `false`, because an earlier sweep was cut off after it, is as good.
    let failure = alone(ledger, |inner| inner.erase_header(&id, now).map(drop))?;
    Ok(Some(Doomed {
        id,
        bytes: object.payload_bytes,
        operating_year: object.operating_year,
        planned,
        failure,
    }))
}

/// Step 2. `false` when readers held on to the catalogue each time.
fn scrub(catalogue: &mut dyn Catalogue) -> Result<bool, CatalogueError> {
    // Each try waits for the reader as long as the backend's own patience.
    for _ in 0..SCRUBS {
        match catalogue.scrub() {
            Err(CatalogueError::Busy { .. }) => {}
            scrubbed => return scrubbed.map(|()| true),
        }
    }
    Ok(false)
}

/// Step 3, a registry at a time.
fn remove_payloads<'a>(
    batch: &mut [Doomed],
    stores: &'a dyn Fn(&RegistryId) -> Option<&'a dyn Store>,
) {
    let mut by_registry: BTreeMap<RegistryId, Vec<&mut Doomed>> = BTreeMap::new();
    for doomed in batch.iter_mut().filter(|doomed| doomed.failure.is_none()) {
        by_registry.entry(doomed.id.registry.clone()).or_default().push(doomed);
    }
    for (registry, doomed) in by_registry {
        if let Some(store) = stores(&registry) {
            remove_from(store, doomed);
            continue;
        }
        let reason = "its registry is not configured any more; add it to registries.d";
        for one in doomed {
            one.failure = Some(Failure { code: "registry-unknown", reason: reason.to_owned() });
        }
    }
}

fn remove_from(store: &dyn Store, doomed: Vec<&mut Doomed>) {
    let ids: Vec<ObjectId> = doomed.iter().map(|one| one.id.clone()).collect();
    if store.erase_many(&ids).is_ok() {
        return;
    }
    // One by one, to learn which it is and to be rid of the others.
    for one in doomed {
        if let Err(error) = store.erase(&one.id) {
            one.failure = Some(Failure { code: "store-failed", reason: chain(&error) });
        }
    }
}

/// Step 4.
fn record(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    batch: &mut [Doomed],
    failed_before: usize,
) -> Result<(), CatalogueError> {
    transact_with(catalogue, |ledger| {
        let mut alarms = failed_before;
        for doomed in batch {
            if doomed.failure.is_none() {
                doomed.failure = alone(ledger, |inner| erased(inner, now, doomed))?;
            }
            if let Some(failure) = &doomed.failure {
                if alarms < MOST_ALARMS {
                    let subject = doomed.id.to_string();
                    audited::raise(
                        ledger,
                        now,
                        AlarmCode::ErasureFailed,
                        &subject,
                        Some(failure.code),
                    )?;
                }
                alarms += 1;
            }
        }
        Ok(())
    })
}

fn erased(ledger: &mut dyn Ledger, now: Timestamp, gone: &Doomed) -> Result<(), CatalogueError> {
    // `false` means that another sweep has recorded it meanwhile.
    if !ledger.object_erased(&gone.id, now)? {
        return Ok(());
    }
    let kind = ledger.submission(gone.id.submission)?.and_then(|row| row.kind);
    audited::record(ledger, now, Event::ObjectErased, |entry| {
        let mut entry =
            entry.object(gone.id.clone()).due(gone.planned.due_at).count("bytes", gone.bytes);
        entry.rule = Some(Cow::Owned(gone.planned.rule.clone()));
        entry.kind.clone_from(&kind);
        // So that a certificate can be about a year's releases alone.
        match gone.operating_year.and_then(|year| u64::try_from(year).ok()) {
            Some(year) => entry.count(OPERATING_YEAR, year),
            None => entry,
        }
    })?;
    exchange::gone(ledger, now, &gone.id)?;
    audited::clear(ledger, now, AlarmCode::ErasureFailed, &gone.id.to_string())
}

/// Enrolment records have neither header nor payload: the row is all. Audited by number, because
/// an entry is for ever and a pseudonym is not.
fn erase_enrolments(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    report: &mut dyn FnMut(Swept),
) -> Result<u64, CatalogueError> {
    let mut erased = 0;
    loop {
        let gone = transact_with(catalogue, |ledger| {
            let due = ledger.due_enrolments(now, BATCH)?;
            let mut counts: BTreeMap<(RegistryId, Timestamp), u64> = BTreeMap::new();
            for row in &due {
                if !ledger.erase_enrolment(&row.registry, &row.mission, &row.person)? {
                    // Asked for once more it would be due again, without end.
                    return Err(CatalogueError::NotFound { what: "enrolment that is due" });
                }
                let at = row.erase_at.unwrap_or(now);
                *counts.entry((row.registry.clone(), at)).or_default() += 1;
            }
            for ((registry, at), count) in counts {
                audited::record(ledger, now, Event::EnrolmentErased, |entry| {
                    let entry = entry.registry(registry.clone()).due(at);
                    entry.rule(ENROLMENT_RULE.as_str()).count("enrolments", count)
                })?;
            }
            Ok(due)
        })?;
        if gone.is_empty() {
            break;
        }
        durable::fail_point("erase-enrolments");
        erased += gone.len() as u64;
        for planned in gone.iter().filter_map(Planned::of_enrolment) {
            report(Swept { planned, outcome: Outcome::Erased, reason: None });
        }
    }
    if erased > 0 {
        // A reader may hinder it; the compaction that follows within a day does it too.
        scrub(catalogue)?;
    }
    Ok(erased)
}

/// Runs work on one object so that its failure undoes only its own changes. What would fail for
/// every other object just as well is given on.
fn alone(
    ledger: &mut dyn Ledger,
    work: impl FnOnce(&mut dyn Ledger) -> Result<(), CatalogueError>,
) -> Result<Option<Failure>, CatalogueError> {
    match savepoint_with(ledger, work) {
        Ok(()) => Ok(None),
        Err(
            error @ (CatalogueError::Busy { .. }
            | CatalogueError::Full { .. }
            | CatalogueError::TransactionLost),
        ) => Err(error),
        Err(error) => Ok(Some(Failure { code: "catalogue-failed", reason: chain(&error) })),
    }
}

fn fail_all(batch: &mut [Doomed], failure: &Failure) {
    for doomed in batch.iter_mut().filter(|doomed| doomed.failure.is_none()) {
        doomed.failure = Some(failure.clone());
    }
}

/// Why a sweep did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The catalogue failed.
    #[error("cannot sweep what is due; the next sweep takes it up")]
    Catalogue(#[from] CatalogueError),
    /// The guard let nothing pass.
    #[error(transparent)]
    Refused(Refusal),
}

/// Objects or enrolments in one transaction.
const BATCH: u32 = 500;

/// How often a scrub is tried.
const SCRUBS: u32 = 3;

/// Objects that get an alarm of their own in one sweep; with more of them a store is down, which
/// nobody reads off so many lines, and the sweep still tells each one's outcome.
const MOST_ALARMS: usize = 1000;
