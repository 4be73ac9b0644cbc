//! The history that kinds conclude against: what the catalogue keeps, in the words of kinds.

pub mod catalogued;
pub mod past;
pub mod reporter;

use std::{collections::BTreeSet, io};

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        records::reports::{AnnualSubmission, Notification, ReportChain},
        view::View,
    },
    kinds::kpr::{
        spill::sorter::Sorted,
        state::{Chain, Former, Known, NotificationStatus, Reported},
    },
    types::{
        alarm::AlarmCode,
        ids::{ObjectId, SubmissionId},
        pseudonym::Pseudonym,
    },
};

/// A mission's code as the catalogue keeps it.
pub fn mission_code(code: &str) -> io::Result<MissionCode> {
    MissionCode::parse(code).map_err(io::Error::other)
}

/// A pseudonym that the catalogue kept.
pub fn pseudonym(person: &PersonKey) -> io::Result<Pseudonym> {
    let unreadable = CatalogueError::Unreadable { what: "pseudonym" };
    Pseudonym::parse(person.as_str()).map_err(|_| io::Error::other(unreadable))
}

/// Hands over persons in order, many at a time.
///
/// # Errors
/// When they cannot be read, or whoever takes them errs.
pub fn in_pieces(
    persons: &Sorted<8>,
    take: &mut dyn FnMut(&[u64]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = Vec::new();
    persons.walk(&mut |person| {
        piece.push(u64::from_be_bytes(*person));
        if piece.len() == PIECE {
            take(&piece)?;
            piece.clear();
        }
        Ok(())
    })?;
    if piece.is_empty() { Ok(()) } else { take(&piece) }
}

/// In pieces: they are in order and disjoint, so what is found in each adds up.
fn linked(view: &dyn View, persons: &Reported, before: i16) -> io::Result<u64> {
    let Reported { registry, epoch, persons } = persons;
    let mut count = 0;
    in_pieces(persons, &mut |piece| {
        count += view.linked_persons(registry, *epoch, piece, before)?;
        Ok(())
    })?;
    Ok(count)
}

/// The submissions of which a stored payload is lost.
fn lost(view: &dyn View) -> Result<BTreeSet<SubmissionId>, CatalogueError> {
    let alarms = view.alarms()?.into_iter().filter(|it| it.is(AlarmCode::PayloadMissing));
    let objects = alarms.filter_map(|alarm| ObjectId::parse(&alarm.subject).ok());
    Ok(objects.map(|object| object.submission).collect())
}

fn chain(row: &ReportChain) -> Chain {
    Chain { last_number: row.last_number, last_guid: row.last_guid }
}

fn known(row: Notification) -> io::Result<Known> {
    let unreadable = CatalogueError::Unreadable { what: "notification status" };
    let mut letter = [0; 4];
    let status = NotificationStatus::parse(row.status.encode_utf8(&mut letter));
    let status = status.ok_or_else(|| io::Error::other(unreadable))?;
    Ok(Known { status, digest: row.digest })
}

/// Submissions whose documents are in force, each once, the oldest first. `own`: the one that is
/// being concluded.
fn formers(rows: &[AnnualSubmission], own: Option<SubmissionId>) -> Vec<Former> {
    let former = |row: &AnnualSubmission| {
        if Some(row.submission) == own {
            Former::SameArchive
        } else {
            Former::Earlier(row.submission)
        }
    };
    // In this order the documents of the same archive come last, as they did.
    let all: BTreeSet<_> = rows.iter().map(former).collect();
    all.into_iter().collect()
}

/// Persons in one piece: 128 KiB.
const PIECE: usize = 1 << 14;
