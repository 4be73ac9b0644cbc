//! Erases what is due: asks the guard, erases objects, destroys the keys of their headers
//! ([`keys`]), so that no older copy of the catalogue opens them either, and erases enrolments.
//!
//! A sweep that is cut off anywhere is taken up by the next one.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, records::objects::ObjectState,
        transact_with,
    },
    durable,
    retention::{
        alarms,
        erase_objects::{BATCH, Stores, erase_objects, scrub},
        guard::{self, MostAtOnce, Refusal},
        keys,
        plan::{ENROLMENT_RULE, Planned},
        swept::{Outcome, Swept},
    },
    types::{
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
