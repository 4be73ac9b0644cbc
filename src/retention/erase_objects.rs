//! Erases objects, in an order that a crash cannot turn round.
//!
//! For a batch of objects: (1) the headers go, in one transaction; (2) the catalogue is scrubbed,
//! so that no file of it holds them any more; (3) the payloads go; (4) it is recorded, in one
//! transaction with the audit entries. From (2) on nobody can read the objects, whatever copy of a
//! payload they have. What is cut off anywhere is taken up by the next sweep, because an object stays
//! due until (4). What cannot be erased never keeps the rest.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, records::objects::Object, savepoint_with,
        transact_with,
    },
    durable,
    retention::{
        certificate::tally::OPERATING_YEAR,
        exchange,
        plan::Planned,
        swept::{Outcome, Swept},
    },
    store::Store,
    types::{
        alarm::AlarmCode,
        causes::chain,
        ids::{ObjectId, RegistryId},
    },
};

/// The store of a registry; `None` when it is not configured any more.
pub type Stores<'a> = &'a dyn Fn(&RegistryId) -> Option<&'a dyn Store>;

/// Gives the objects that are to go, at most so many.
type Asked<'a> = &'a dyn Fn(&dyn Ledger, u32) -> Result<Vec<Object>, CatalogueError>;

/// Erases the objects that are asked for, telling `report` of each.
///
/// # Errors
/// When the catalogue fails half-way; what is due then is the next sweep's.
pub(super) fn erase_objects(
    catalogue: &mut dyn Catalogue,
    (now, stores): (Timestamp, Stores<'_>),
    asked: Asked<'_>,
    report: &mut dyn FnMut(Swept),
) -> Result<(), CatalogueError> {
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
pub(super) fn scrub(catalogue: &mut dyn Catalogue) -> Result<bool, CatalogueError> {
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

/// Objects or enrolments in one transaction.
pub(super) const BATCH: u32 = 500;

/// How often a scrub is tried.
const SCRUBS: u32 = 3;

/// Objects that get an alarm of their own in one sweep; with more of them a store is down, which
/// nobody reads off so many lines, and the sweep still tells each one's outcome.
const MOST_ALARMS: usize = 1000;
