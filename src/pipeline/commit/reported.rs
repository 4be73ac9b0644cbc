//! Writes into the catalogue what a municipality has reported, and lets a later annual submission
//! take the place of an earlier one.

use std::io;

use crate::{
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::reports::{
            AnnualSubmission, Notification, NotificationList, PersonList, ReportChain,
            TakeNotifications, TakePersons,
        },
    },
    kinds::kpr::{
        spill::{notifications::KeptNotifications, sorter::Sorted},
        state::{Change, Known, Reported},
    },
    pipeline::{
        commit::{effect_context::EffectContext, superseded},
        history::{self, reporter::Reporter},
        house::House,
    },
    types::{alarm::AlarmCode, ids::SubmissionId, municipality::MunicipalityNumber},
};

/// Applies one change.
///
/// # Errors
/// When the catalogue fails.
pub fn apply(
    house: &House,
    ledger: &mut dyn Ledger,
    change: &Change,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    match change {
        Change::Annual { municipality, year, registries, complete } => {
            let reporter = Reporter::of(house, on.sender);
            let former = match complete {
                Some(true) => reporter.in_force(ledger, *municipality, *year)?,
                Some(false) | None => Vec::new(),
            };
            for registry in registries {
                let annual = AnnualSubmission {
                    sender: on.sender.clone(),
                    municipality: *municipality,
                    year: *year,
                    registry: registry.clone(),
                    submission: on.submission,
                    document: on.document,
                    reporter: reporter.municipality().unwrap_or(*municipality),
                    complete: *complete,
                    superseded: None,
                };
                ledger.add_annual(&annual)?;
                // Of the same municipality (KPR-09), through whichever of its senders it came.
                for earlier in former.iter().filter(|earlier| earlier.registry == *registry) {
                    if ledger.supersede(earlier, on.submission, on.now)? {
                        superseded::due(house, ledger, earlier, on.now)?;
                    }
                }
            }
            Ok(())
        }
        Change::Gap { municipality, missing } => {
            gap(ledger, *municipality, *missing, on).map_err(io::Error::from)
        }
        Change::Chain { municipality, chain } => {
            let row = ReportChain {
                municipality: *municipality,
                last_number: chain.last_number,
                last_guid: chain.last_guid,
                submission: on.submission,
            };
            ledger.put_report_chain(&row).map_err(io::Error::from)
        }
        Change::Notifications(taken) => ledger
            .add_notifications(on.sender, on.submission, &Sent(taken))
            .map_err(io::Error::from),
        Change::Persons { year, persons } => add_persons(ledger, on.submission, *year, persons),
    }
}

/// Records whom a registry has in a service year, through one submission: once for each of them.
///
/// # Errors
/// When what is remembered of the document cannot be read, or the catalogue fails.
pub fn add_persons(
    ledger: &mut dyn Ledger,
    submission: SubmissionId,
    year: i16,
    persons: &Reported,
) -> io::Result<()> {
    let Reported { registry, epoch, persons } = persons;
    ledger.add_persons(registry, year, submission, *epoch, &List(persons)).map_err(io::Error::from)
}

/// Tells the operator of a gap, beside those that nobody has acknowledged yet.
fn gap(
    ledger: &mut dyn Ledger,
    municipality: MunicipalityNumber,
    missing: u64,
    on: &EffectContext<'_>,
) -> Result<(), CatalogueError> {
    let subject = format!("{}/{municipality}", on.sender);
    let standing = ledger.alarms()?.into_iter().find(|alarm| {
        alarm.is(AlarmCode::SequenceGap) && alarm.subject == subject && alarm.detail.is_some()
    });
    let here = format!("{missing}, before {}", on.submission);
    let detail = match standing.and_then(|alarm| alarm.detail) {
        None => format!("notifications missing, at most: {here}"),
        Some(told) if told.matches(BESIDE).count() + 1 < MOST_GAPS => {
            format!("{told}{BESIDE}{here}")
        }
        Some(told) if told.ends_with(MORE) => told,
        Some(told) => format!("{told}{MORE}"),
    };
    audited::raise_again(ledger, on.now, AlarmCode::SequenceGap, &subject, &detail, |entry| {
        entry.submission(on.submission).sender(on.sender.clone()).count("missing", missing)
    })
}

/// Persons as the catalogue takes them.
struct List<'a>(&'a Sorted<8>);

impl PersonList for List<'_> {
    fn count(&self) -> u64 {
        self.0.count()
    }

    fn in_pieces(&self, take: TakePersons<'_>) -> Result<(), CatalogueError> {
        walked("read who is to be remembered", |failed| {
            history::in_pieces(self.0, &mut |piece| failed.keep(take(piece)))
        })
    }
}

/// Notifications as the catalogue takes them: in pieces, so that those of a large file never stand
/// in memory together.
struct Sent<'a>(&'a KeptNotifications);

impl NotificationList for Sent<'_> {
    fn count(&self) -> u64 {
        self.0.count()
    }

    fn in_pieces(&self, take: TakeNotifications<'_>) -> Result<(), CatalogueError> {
        let mut piece = Vec::with_capacity(PIECE);
        walked("read what is to be remembered", |failed| {
            self.0.walk(&mut |guid, Known { status, digest }| {
                piece.push(Notification { guid, status: status.letter(), digest });
                if piece.len() < PIECE {
                    return Ok(());
                }
                let taken = failed.keep(take(&piece));
                piece.clear();
                taken
            })
        })?;
        take(&piece)
    }
}

/// Lets a list be walked that breaks off when the catalogue errs, and gives that error again.
fn walked(
    doing: &'static str,
    walk: impl FnOnce(&mut Broken) -> io::Result<()>,
) -> Result<(), CatalogueError> {
    let mut broken = Broken(None);
    match (walk(&mut broken), broken.0) {
        (Ok(()), _) => Ok(()),
        (Err(_), Some(error)) => Err(error),
        (Err(source), None) => Err(CatalogueError::Backend { doing, source: Box::new(source) }),
    }
}

/// The catalogue's error that a walk broke off for.
struct Broken(Option<CatalogueError>);

impl Broken {
    fn keep(&mut self, taken: Result<(), CatalogueError>) -> io::Result<()> {
        taken.map_err(|error| {
            self.0 = Some(error);
            io::ErrorKind::Other.into()
        })
    }
}

/// Gaps that an alarm names one by one. All are in the log, and in the submissions' own reports.
const MOST_GAPS: usize = 8;
/// What stands between two of them.
const BESIDE: &str = "; ";
/// What stands for the others.
const MORE: &str = "; and more since";

/// Notifications in one piece: 100 KiB.
const PIECE: usize = 1 << 12;
