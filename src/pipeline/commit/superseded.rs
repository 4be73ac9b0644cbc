//! What a later annual document has taken the place of becomes due: its own objects, and nothing of
//! its neighbours in the same archive, which are about another year or municipality (KPR-09).

use std::io;

use jiff::Timestamp;

use crate::{
    catalogue::{
        ledger::Ledger,
        records::{
            objects::{Object, ObjectState},
            reports::AnnualSubmission,
            submissions::Submission,
        },
    },
    pipeline::house::House,
    retention::{
        profile::Erasable,
        schedule::{Deadline, EventTimes},
    },
    types::ids::{ObjectId, Part, RegistryId},
};

/// The earlier document's objects become due, in the same transaction that makes the new ones
/// exist: they are erased after the new ones are durable. The report, which is about all documents
/// of a submission, follows the last of them.
///
/// # Errors
/// When the catalogue fails.
pub fn due(
    house: &House,
    ledger: &mut dyn Ledger,
    earlier: &AnnualSubmission,
    now: Timestamp,
) -> io::Result<()> {
    let submission = earlier.submission;
    let row = ledger.submission(submission)?;
    let (received, stored) = match &row {
        Some(row) => (Some(row.received_at), row.timings.stored_at),
        None => (None, None),
    };
    let Some(deadline) = deadline(house, &earlier.registry, received, stored, now)? else {
        return Ok(());
    };
    let rows = ledger.annual_documents(submission)?;
    let any_in_force =
        rows.iter().any(|row| row.registry == earlier.registry && row.superseded.is_none());
    for object in ledger.objects_of(submission)? {
        let concerned =
            is_of(&object.id, earlier) || (is_within(&object.id, earlier) && !any_in_force);
        if concerned && object.state != ObjectState::Erased && is_sooner(&deadline, &object) {
            let rule = deadline.rule.to_string();
            ledger.set_due(&object.id, Some(deadline.at), &rule)?;
        }
    }
    Ok(())
}

/// The same for documents of an archive that a later one of the same archive has taken the place
/// of: their objects are about to be added.
///
/// # Errors
/// When the catalogue fails.
pub fn within(
    house: &House,
    ledger: &dyn Ledger,
    row: &Submission,
    objects: &mut [(Object, Vec<u8>)],
    now: Timestamp,
) -> io::Result<()> {
    // Only an archive of several documents has objects of another number than the first.
    if objects.iter().all(|(object, _)| object.id.number == 1) {
        return Ok(());
    }
    let rows = ledger.annual_documents(row.id)?;
    for gone in rows.iter().filter(|row| row.superseded.is_some()) {
        let (received, stored) = (Some(row.received_at), Some(now));
        let Some(deadline) = deadline(house, &gone.registry, received, stored, now)? else {
            continue;
        };
        for (object, _) in objects.iter_mut().filter(|(object, _)| is_of(&object.id, gone)) {
            if is_sooner(&deadline, object) {
                (object.due_at, object.due_rule) = (Some(deadline.at), deadline.rule.to_string());
            }
        }
    }
    Ok(())
}

/// Whether an object is the document's own.
fn is_of(object: &ObjectId, document: &AnnualSubmission) -> bool {
    object.registry == document.registry
        && object.number == document.document
        && object.part != Part::Report
}

/// Whether it is the submission's in the same registry.
fn is_within(object: &ObjectId, document: &AnnualSubmission) -> bool {
    object.registry == document.registry
}

/// No deadline moves back.
fn is_sooner(deadline: &Deadline, object: &Object) -> bool {
    object.due_at.is_none_or(|due| deadline.at < due)
}

fn deadline(
    house: &House,
    registry: &RegistryId,
    received: Option<Timestamp>,
    processed: Option<Timestamp>,
    now: Timestamp,
) -> io::Result<Option<Deadline>> {
    let superseded = Some(now);
    let events = EventTimes { processed, received, superseded, ..EventTimes::default() };
    house.deadline(registry, Erasable::Object, &events)
}
