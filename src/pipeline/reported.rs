//! Writes into the catalogue what a municipality has reported, and lets a later annual submission
//! take the place of an earlier one.

use std::io;

use crate::{
    catalogue::{
        ledger::Ledger,
        records::{
            objects::{ObjectFilter, ObjectState},
            reports::{AnnualSubmission, Notification, ReportChain},
        },
    },
    kinds::kpr::state::Change,
    pipeline::{effects::Occasion, house::House, trail},
    retention::{profile::Subject as Clock, schedule::EventTimes},
    types::ids::{RegistryId, SubmissionId},
};

/// The code of the alarm for notifications that are missing; its subject is sender and
/// municipality. An operator clears it when the delivery has been found.
pub const SEQUENCE_GAP: &str = "sequence-gap";

/// Applies one change.
///
/// # Errors
/// When the catalogue fails.
pub fn apply(
    house: &House,
    ledger: &mut dyn Ledger,
    change: &Change,
    on: &Occasion<'_>,
) -> io::Result<()> {
    let failed = io::Error::other;
    match change {
        Change::Annual { municipality, year, registries, complete } => {
            for registry in registries {
                let annual = AnnualSubmission {
                    sender: on.sender.clone(),
                    municipality: *municipality,
                    year: *year,
                    registry: registry.clone(),
                    submission: on.submission,
                    complete: *complete,
                    superseded: None,
                };
                ledger.add_annual(&annual).map_err(failed)?;
                if *complete {
                    for earlier in ledger.supersede(&annual, on.now).map_err(failed)? {
                        due(house, ledger, earlier, registry, on)?;
                    }
                }
            }
            Ok(())
        }
        Change::Chain { municipality, chain, missing } => {
            if *missing > 0 {
                let subject = format!("{}/{municipality}", on.sender);
                let detail = format!("{missing} notifications missing");
                trail::raise(ledger, on.now, SEQUENCE_GAP, &subject, Some(&detail), |entry| {
                    entry.sender(on.sender.clone()).count("missing", *missing)
                })
                .map_err(failed)?;
            }
            let row = ReportChain {
                sender: on.sender.clone(),
                municipality: *municipality,
                last_number: chain.last_number,
                last_guid: chain.last_guid,
                submission: on.submission,
            };
            ledger.put_report_chain(&row).map_err(failed)
        }
        Change::Notifications(taken) => {
            let row = |(guid, known): &(_, crate::kinds::kpr::state::Known)| Notification {
                guid: *guid,
                status: known.status.letter(),
                digest: known.digest,
            };
            // In pieces, so that a large file does not stand in memory twice.
            for piece in taken.chunks(1 << 12) {
                let rows: Vec<_> = piece.iter().map(row).collect();
                ledger.add_notifications(on.sender, on.submission, &rows).map_err(failed)?;
            }
            Ok(())
        }
        Change::Persons { registry, year, persons } => {
            ledger.add_persons(registry, *year, on.submission, persons).map_err(failed)
        }
    }
}

/// The earlier submission's objects in a registry become due, in the same transaction that makes
/// the new ones exist: they are erased after the new ones are durable (KPR-09).
fn due(
    house: &House,
    ledger: &mut dyn Ledger,
    earlier: SubmissionId,
    registry: &RegistryId,
    on: &Occasion<'_>,
) -> io::Result<()> {
    let row = ledger.submission(earlier).map_err(io::Error::other)?;
    let events = EventTimes {
        received: row.as_ref().map(|row| row.received_at),
        processed: row.as_ref().and_then(|row| row.timings.stored_at),
        superseded: Some(on.now),
        ..EventTimes::default()
    };
    let schedule = &house.registries.get(registry)?.schedule;
    let deadline = schedule.erasure(Clock::Object, &events, &house.config.time_zone);
    let Some(deadline) = deadline.map_err(io::Error::other)? else { return Ok(()) };
    let filter = ObjectFilter { submission: Some(earlier), ..ObjectFilter::default() };
    for object in ledger.objects(&filter).map_err(io::Error::other)? {
        let concerned = object.id.registry == *registry && object.state != ObjectState::Erased;
        if concerned {
            let rule = deadline.rule.to_string();
            ledger.set_due(&object.id, Some(deadline.at), &rule).map_err(io::Error::other)?;
        }
    }
    Ok(())
}
