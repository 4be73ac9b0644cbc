//! Writes into the catalogue what a municipality has reported, and lets a later annual submission
//! take the place of an earlier one.

use std::io;

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{ObjectFilter, ObjectState},
            reports::{AnnualSubmission, Notification, PersonList, ReportChain, TakePersons},
        },
    },
    kinds::kpr::{
        sorter::Sorted,
        state::{Change, Known, Reported},
    },
    pipeline::{books, effects::Occasion, house::House, trail},
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
            // In pieces, so that those of a large file never stand in memory together.
            let mut rows = Vec::new();
            taken.walk(&mut |guid, Known { status, digest }| {
                rows.push(Notification { guid, status: status.letter(), digest });
                if rows.len() == PIECE {
                    ledger.add_notifications(on.sender, on.submission, &rows).map_err(failed)?;
                    rows.clear();
                }
                Ok(())
            })?;
            ledger.add_notifications(on.sender, on.submission, &rows).map_err(failed)
        }
        Change::Persons { year, persons: Reported { registry, epoch, persons } } => {
            let list = List(persons);
            ledger.add_persons(registry, *year, on.submission, *epoch, &list).map_err(failed)
        }
    }
}

/// Persons as the catalogue takes them.
struct List<'a>(&'a Sorted<8>);

impl PersonList for List<'_> {
    fn count(&self) -> u64 {
        self.0.count()
    }

    fn in_pieces(&self, take: TakePersons<'_>) -> Result<(), CatalogueError> {
        let mut failed = None;
        let walked = books::in_pieces(self.0, &mut |piece| {
            take(piece).map_err(|error| {
                failed = Some(error);
                io::ErrorKind::Other.into()
            })
        });
        match (walked, failed) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(error)) => Err(error),
            (Err(source), None) => {
                let source = Box::new(source);
                Err(CatalogueError::Backend { doing: "read who is to be remembered", source })
            }
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

/// Notifications that are written at once.
const PIECE: usize = 1 << 12;
