//! What municipalities report, in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        records::reports::{AnnualSubmission, Notification, ReportChain},
        sqlite::{
            columns::{Count, Time, optional_time},
            query,
        },
    },
    types::{
        guid::Guid,
        ids::{RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};

pub(super) fn chain(
    conn: &Connection,
    sender: &SenderId,
    municipality: MunicipalityNumber,
) -> Result<Option<ReportChain>, CatalogueError> {
    query::one(conn, CHAIN, params![sender, municipality], |row| {
        Ok(ReportChain {
            sender: row.get("sender")?,
            municipality: row.get("municipality")?,
            last_number: row.get::<_, Count>("last_number")?.0,
            last_guid: Guid(row.get("last_guid")?),
            submission: row.get("submission")?,
        })
    })
}

pub(super) fn put_chain(conn: &Connection, chain: &ReportChain) -> Result<(), CatalogueError> {
    let ReportChain { sender, municipality, last_number, last_guid, submission } = chain;
    let number = Count(*last_number);
    let row = params![sender, municipality, number, last_guid.0, submission];
    query::add(conn, "sequence", PUT_CHAIN, row)
}

pub(super) fn notification(
    conn: &Connection,
    sender: &SenderId,
    guid: &Guid,
) -> Result<Option<Notification>, CatalogueError> {
    query::one(conn, NOTIFICATION, params![sender, guid.0], |row| {
        let status: String = row.get("status")?;
        Ok(Notification {
            guid: *guid,
            status: status.chars().next().unwrap_or_default(),
            digest: row.get("digest")?,
        })
    })
}

pub(super) fn has_notifications(
    conn: &Connection,
    sender: &SenderId,
) -> Result<bool, CatalogueError> {
    Ok(query::one(conn, ANY_NOTIFICATION, params![sender], |row| row.get(0))?.unwrap_or(false))
}

pub(super) fn add_notifications(
    conn: &Connection,
    sender: &SenderId,
    submission: SubmissionId,
    notifications: &[Notification],
) -> Result<(), CatalogueError> {
    for Notification { guid, status, digest } in notifications {
        let mut letter = [0; 4];
        let status: &str = status.encode_utf8(&mut letter);
        let row = params![sender, guid.0, status, digest, submission];
        query::add(conn, "notification", ADD_NOTIFICATION, row)?;
    }
    Ok(())
}

pub(super) fn annual(
    conn: &Connection,
    sender: &SenderId,
    municipality: MunicipalityNumber,
    year: i16,
) -> Result<Vec<AnnualSubmission>, CatalogueError> {
    query::many(conn, ANNUAL, params![sender, municipality, year], read_annual)
}

pub(super) fn add_annual(conn: &Connection, new: &AnnualSubmission) -> Result<(), CatalogueError> {
    let row = params![
        new.sender,
        new.municipality,
        new.year,
        new.registry,
        new.submission,
        new.complete,
        new.superseded.map(|(by, _)| by),
        new.superseded.map(|(_, at)| Time(at)),
    ];
    query::add(conn, "annual submission", ADD_ANNUAL, row)
}

pub(super) fn supersede(
    conn: &Connection,
    by: &AnnualSubmission,
    at: Timestamp,
) -> Result<Vec<SubmissionId>, CatalogueError> {
    let key = params![by.sender, by.municipality, by.year, by.registry, by.submission];
    let earlier = query::many(conn, IN_FORCE_BESIDE, key, |row| row.get(0))?;
    let params = params![by.sender, by.municipality, by.year, by.registry, by.submission, Time(at)];
    query::change(conn, SUPERSEDE, params)?;
    Ok(earlier)
}

pub(super) fn is_superseded(
    conn: &Connection,
    submission: SubmissionId,
) -> Result<bool, CatalogueError> {
    Ok(query::one(conn, IS_SUPERSEDED, params![submission], |row| row.get(0))?.unwrap_or(false))
}

pub(super) fn add_persons(
    conn: &Connection,
    registry: &RegistryId,
    year: i16,
    submission: SubmissionId,
    persons: &[Pseudonym],
) -> Result<(), CatalogueError> {
    for (epoch, mut short) in by_epoch(persons) {
        let key = params![registry, year, submission, epoch];
        // Another document of the same submission may have brought persons of the same year.
        if let Some(before) = query::one(conn, PERSONS, key, |row| row.get::<_, Vec<u8>>(0))? {
            short.extend(before.as_chunks::<8>().0.iter().map(|bytes| u64::from_be_bytes(*bytes)));
            short.sort_unstable();
            short.dedup();
        }
        let bytes: Vec<u8> = short.iter().flat_map(|person| person.to_be_bytes()).collect();
        query::add(
            conn,
            "persons",
            PUT_PERSONS,
            params![registry, year, submission, epoch, bytes],
        )?;
    }
    Ok(())
}

pub(super) fn linked(
    conn: &Connection,
    registry: &RegistryId,
    persons: &[Pseudonym],
    before: i16,
) -> Result<u64, CatalogueError> {
    let mut linked = 0;
    for (epoch, short) in by_epoch(persons) {
        let mut found = vec![false; short.len()];
        // One earlier list at a time is in memory.
        query::many(conn, EARLIER, params![registry, epoch, before], |row| {
            let list = row.get_ref(0)?.as_blob()?;
            mark(&short, list.as_chunks::<8>().0, &mut found);
            Ok(())
        })?;
        linked += found.into_iter().filter(|found| *found).count() as u64;
    }
    Ok(linked)
}

/// Forgets the persons of a submission once a registry holds no more of its content, and its
/// notifications once nobody does. Where the sequence stands is kept: it is about no person.
pub(super) fn forget(
    conn: &Connection,
    submission: SubmissionId,
    registry: &RegistryId,
) -> Result<(), CatalogueError> {
    let held = |sql, registry: &RegistryId| {
        let held = query::one(conn, sql, params![submission, registry], |row| row.get(0))?;
        Ok::<bool, CatalogueError>(held.unwrap_or(false))
    };
    if !held(HELD_BY, registry)? {
        query::change(conn, FORGET_PERSONS, params![submission, registry])?;
    }
    let any = query::one(conn, HELD, params![submission], |row| row.get::<_, bool>(0))?;
    if any != Some(true) {
        query::change(conn, FORGET_NOTIFICATIONS, params![submission])?;
    }
    Ok(())
}

/// Marks which of `ours` are also in `theirs`; both are in order.
fn mark(ours: &[u64], theirs: &[[u8; 8]], found: &mut [bool]) {
    let mut theirs = theirs.iter().map(|bytes| u64::from_be_bytes(*bytes)).peekable();
    for (our, found) in ours.iter().zip(found) {
        while theirs.next_if(|their| their < our).is_some() {}
        *found |= theirs.peek() == Some(our);
    }
}

/// The first 8 bytes of each pseudonym, in order, by epoch of the key.
fn by_epoch(persons: &[Pseudonym]) -> std::collections::BTreeMap<u32, Vec<u64>> {
    let mut lists: std::collections::BTreeMap<u32, Vec<u64>> = std::collections::BTreeMap::new();
    for person in persons {
        let first = u64::try_from(u128::from_be_bytes(person.bytes) >> 64).unwrap_or(0);
        lists.entry(person.epoch).or_default().push(first);
    }
    for list in lists.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    lists
}

fn read_annual(row: &Row<'_>) -> rusqlite::Result<AnnualSubmission> {
    let by: Option<SubmissionId> = row.get("superseded_by")?;
    Ok(AnnualSubmission {
        sender: row.get("sender")?,
        municipality: row.get("municipality")?,
        year: row.get("year")?,
        registry: row.get("registry")?,
        submission: row.get("submission")?,
        complete: row.get("complete")?,
        superseded: by.zip(optional_time(row, "superseded_at")?),
    })
}

pub(super) const CHAIN: &str =
    "SELECT * FROM report_chains WHERE sender = ?1 AND municipality = ?2";

const PUT_CHAIN: &str = "INSERT OR REPLACE INTO report_chains \
    (sender, municipality, last_number, last_guid, submission) VALUES (?1, ?2, ?3, ?4, ?5)";

pub(super) const NOTIFICATION: &str =
    "SELECT status, digest FROM notifications WHERE sender = ?1 AND guid = ?2";

pub(super) const ANY_NOTIFICATION: &str =
    "SELECT EXISTS (SELECT 1 FROM notifications WHERE sender = ?1)";

const ADD_NOTIFICATION: &str = "INSERT OR REPLACE INTO notifications \
    (sender, guid, status, digest, submission) VALUES (?1, ?2, ?3, ?4, ?5)";

pub(super) const ANNUAL: &str = "SELECT * FROM annual_submissions \
    WHERE sender = ?1 AND municipality = ?2 AND year = ?3 \
    ORDER BY registry DESC, submission DESC";

const ADD_ANNUAL: &str = "INSERT OR REPLACE INTO annual_submissions (sender, municipality, year, \
    registry, submission, complete, superseded_by, superseded_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

pub(super) const IN_FORCE_BESIDE: &str = "SELECT submission FROM annual_submissions \
    WHERE sender = ?1 AND municipality = ?2 AND year = ?3 AND registry = ?4 \
    AND submission <> ?5 AND superseded_by IS NULL ORDER BY submission";

const SUPERSEDE: &str = "UPDATE annual_submissions SET superseded_by = ?5, superseded_at = ?6 \
    WHERE sender = ?1 AND municipality = ?2 AND year = ?3 AND registry = ?4 \
    AND submission <> ?5 AND superseded_by IS NULL";

pub(super) const IS_SUPERSEDED: &str = "SELECT EXISTS (SELECT 1 FROM annual_submissions \
    WHERE submission = ?1 AND superseded_by IS NOT NULL)";

pub(super) const PERSONS: &str = "SELECT persons FROM reported_persons \
    WHERE registry = ?1 AND year = ?2 AND submission = ?3 AND epoch = ?4";

const PUT_PERSONS: &str = "INSERT INTO reported_persons \
    (registry, year, submission, epoch, persons) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (registry, year, submission, epoch) DO UPDATE SET persons = excluded.persons";

pub(super) const EARLIER: &str = "SELECT persons FROM reported_persons \
    WHERE registry = ?1 AND epoch = ?2 AND year < ?3";

pub(super) const HELD_BY: &str = "SELECT EXISTS (SELECT 1 FROM objects \
    WHERE submission = ?1 AND registry = ?2 AND part <> 'report' AND header_erased_at IS NULL)";

pub(super) const HELD: &str = "SELECT EXISTS (SELECT 1 FROM objects \
    WHERE submission = ?1 AND part <> 'report' AND header_erased_at IS NULL)";

pub(super) const FORGET_PERSONS: &str =
    "DELETE FROM reported_persons WHERE submission = ?1 AND registry = ?2";

pub(super) const FORGET_NOTIFICATIONS: &str = "DELETE FROM notifications WHERE submission = ?1";
