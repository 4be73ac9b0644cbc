//! The objects of a submission: their rows, from what was sealed, and what is recorded with them.

use std::{collections::BTreeMap, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{Object, ObjectState},
            submissions::Submission,
        },
    },
    pipeline::{house::House, pass::sinks::SealedPart},
    retention::{profile::Erasable, schedule::EventTimes},
    store::{Mark, Upload},
    types::ids::RegistryId,
};

/// The rows of sealed parts, each with its header. `operating_year`: what a release is about.
pub fn rows(
    house: &House,
    row: &Submission,
    operating_year: Option<i16>,
    parts: Vec<SealedPart>,
    now: Timestamp,
    uploads: &mut BTreeMap<RegistryId, Vec<Upload>>,
) -> io::Result<Vec<(Object, Vec<u8>)>> {
    let mut rows = Vec::new();
    for part in parts {
        let schedule = house.registries.schedule(&part.upload.object.registry)?;
        let events = EventTimes {
            received: Some(row.received_at),
            processed: Some(now),
            operating_year,
            ..EventTimes::default()
        };
        let zone = &house.config.time_zone;
        let deadline =
            schedule.erasure(Erasable::Object, &events, zone).map_err(io::Error::other)?;
        let limit = schedule.statutory_limit(&events, zone).map_err(io::Error::other)?;
        let object = Object {
            id: part.upload.object.clone(),
            created_at: now,
            payload_bytes: part.upload.payload_bytes,
            payload_sha256: match part.upload.mark {
                Mark::Sha256(digest) => Some(digest),
                Mark::Nonce(_) => None,
            },
            plain_bytes: part.plain_bytes,
            plain_sha256: part.plain_sha256,
            recipients: part.recipients.as_strings(),
            due_at: deadline.map(|deadline| deadline.at),
            due_rule: deadline.map(|deadline| deadline.rule.to_string()).unwrap_or_default(),
            statutory_limit: limit,
            state: ObjectState::Stored,
            hold_why: None,
            handed_at: None,
            header_erased_at: None,
            erased_at: None,
            operating_year,
        };
        rows.push((object, part.header));
        uploads.entry(part.upload.object.registry.clone()).or_default().push(part.upload);
    }
    Ok(rows)
}

/// Records an object and its header.
///
/// # Errors
/// When the catalogue fails.
pub fn add(
    ledger: &mut dyn Ledger,
    object: &Object,
    header: &[u8],
    now: Timestamp,
) -> Result<(), CatalogueError> {
    ledger.add_object(object, header)?;
    ledger.queue_pushes(&object.id, now)?;
    audited::record(ledger, now, Event::ObjectStored, |entry| {
        entry.object(object.id.clone()).count("bytes", object.payload_bytes)
    })
    .map(drop)
}
