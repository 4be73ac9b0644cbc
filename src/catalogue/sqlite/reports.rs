//! What municipalities report, in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, Row, blob::Blob, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        records::reports::{AnnualSubmission, PersonList, ReportChain},
        reports::{ReportLedger, ReportView},
        sqlite::{
            columns::{Count, Time, optional_time},
            notifications, query,
            session::Session,
        },
    },
    types::{
        guid::Guid,
        ids::{RegistryId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

impl ReportView for Session<'_> {
    fn report_chain(
        &self,
        municipality: MunicipalityNumber,
    ) -> Result<Option<ReportChain>, CatalogueError> {
        query::one(self.connection, CHAIN, params![municipality], |row| {
            Ok(ReportChain {
                municipality: row.get("municipality")?,
                last_number: row.get::<_, Count>("last_number")?.0,
                last_guid: Guid(row.get("last_guid")?),
                submission: row.get("submission")?,
            })
        })
    }

    fn annual_submissions(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError> {
        query::many(self.connection, ANNUAL, params![municipality, year], read_annual)
    }

    fn annual_documents(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError> {
        query::many(self.connection, ANNUAL_OF, params![submission], read_annual)
    }

    fn is_superseded(&self, submission: SubmissionId) -> Result<bool, CatalogueError> {
        Ok(query::one(self.connection, IS_SUPERSEDED, params![submission], |row| row.get(0))?
            .unwrap_or(false))
    }

    fn linked_persons(
        &self,
        registry: &RegistryId,
        epoch: u32,
        persons: &[u64],
        before: i16,
    ) -> Result<u64, CatalogueError> {
        if persons.is_empty() {
            return Ok(0);
        }
        let mut found = vec![false; persons.len()];
        let rows =
            query::many(self.connection, EARLIER, params![registry, epoch, before], |row| {
                row.get(0)
            })?;
        for row in rows {
            let open = self.connection.blob_open("main", "reported_persons", "persons", row, true);
            mark(persons, &open.map_err(query::because("read"))?, &mut found)
                .map_err(query::because("read"))?;
        }
        Ok(found.into_iter().filter(|found| *found).count() as u64)
    }
}

impl ReportLedger for Session<'_> {
    fn put_report_chain(&mut self, chain: &ReportChain) -> Result<(), CatalogueError> {
        let ReportChain { municipality, last_number, last_guid, submission } = chain;
        let row = params![municipality, Count(*last_number), last_guid.0, submission];
        query::add(self.connection, "sequence", PUT_CHAIN, row)
    }

    fn add_annual(&mut self, new: &AnnualSubmission) -> Result<(), CatalogueError> {
        let row = params![
            new.municipality,
            new.year,
            new.registry,
            new.submission,
            new.document,
            new.sender,
            new.reporter,
            new.complete,
            new.superseded.map(|(by, _)| by),
            new.superseded.map(|(_, at)| Time(at)),
        ];
        query::add(self.connection, "annual submission", ADD_ANNUAL, row)
    }

    fn supersede(
        &mut self,
        earlier: &AnnualSubmission,
        by: SubmissionId,
        at: Timestamp,
    ) -> Result<bool, CatalogueError> {
        let AnnualSubmission { municipality, year, registry, submission, document, .. } = earlier;
        let params = params![municipality, year, registry, submission, document, by, Time(at)];
        Ok(query::change(self.connection, SUPERSEDE, params)? == 1)
    }

    fn add_persons(
        &mut self,
        registry: &RegistryId,
        year: i16,
        submission: SubmissionId,
        epoch: u32,
        persons: &dyn PersonList,
    ) -> Result<(), CatalogueError> {
        write_persons(self.connection, registry, year, submission, epoch, persons)
    }
}

/// Makes room for the list first, and fills it piece by piece: however long it is, it never stands
/// in memory as a whole.
fn write_persons(
    conn: &Connection,
    registry: &RegistryId,
    year: i16,
    submission: SubmissionId,
    epoch: u32,
    persons: &dyn PersonList,
) -> Result<(), CatalogueError> {
    let bytes = i64::try_from(persons.count() * 8).unwrap_or(i64::MAX);
    query::add(conn, "persons", ADD_LIST, params![registry, year, submission, epoch, bytes])?;
    let row = conn.last_insert_rowid();
    let write = query::because("write");
    let mut list =
        conn.blob_open("main", "reported_persons", "persons", row, false).map_err(&write)?;
    let mut bytes = Vec::new();
    let mut at = 0;
    persons.in_pieces(&mut |piece| {
        bytes.clear();
        bytes.extend(piece.iter().flat_map(|person| person.to_be_bytes()));
        list.write_at(&bytes, at).map_err(&write)?;
        at += bytes.len();
        Ok(())
    })
}

/// Forgets the persons of a submission once a registry holds no more of its content, or of its
/// documents about their year, and its notifications once nobody does. Where the sequence stands is
/// kept: it is about no person.
pub(super) fn forget(
    conn: &Connection,
    submission: SubmissionId,
    registry: &RegistryId,
) -> Result<(), CatalogueError> {
    let held = |sql, registry: &RegistryId| {
        let held = query::one(conn, sql, params![submission, registry], |row| row.get(0))?;
        Ok::<bool, CatalogueError>(held.unwrap_or(false))
    };
    let sql = if held(HELD_BY, registry)? { FORGET_YEARS } else { FORGET_PERSONS };
    query::change(conn, sql, params![submission, registry])?;
    let any = query::one(conn, HELD, params![submission], |row| row.get::<_, bool>(0))?;
    if any != Some(true) {
        notifications::forget(conn, submission)?;
    }
    Ok(())
}

/// Marks which of `ours` are also in a list; both are in order. Reads no more of the list than what
/// may hold any of them, and little at a time.
fn mark(ours: &[u64], list: &Blob<'_>, found: &mut [bool]) -> rusqlite::Result<()> {
    let count = list.size().unsigned_abs() as usize / 8;
    let (Some(first), Some(last)) = (ours.first(), ours.last()) else { return Ok(()) };
    let person = |index: usize| {
        let mut bytes = [0; 8];
        list.read_at_exact(&mut bytes, index * 8)?;
        Ok::<_, rusqlite::Error>(u64::from_be_bytes(bytes))
    };
    // The first one in the list that is not below all of ours.
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if person(middle)? < *first { low = middle + 1 } else { high = middle }
    }
    let mut ours = ours.iter().zip(found).peekable();
    let mut bytes = Vec::new();
    let mut at = low;
    while at < count {
        bytes.resize((count - at).min(READ_AT_ONCE) * 8, 0);
        list.read_at_exact(&mut bytes, at * 8)?;
        for their in bytes.as_chunks::<8>().0.iter().map(|bytes| u64::from_be_bytes(*bytes)) {
            while ours.next_if(|(our, _)| **our < their).is_some() {}
            if let Some((_, found)) = ours.next_if(|(our, _)| **our == their) {
                *found = true;
            }
            if their >= *last {
                return Ok(());
            }
        }
        at += bytes.len() / 8;
    }
    Ok(())
}

fn read_annual(row: &Row<'_>) -> rusqlite::Result<AnnualSubmission> {
    let by: Option<SubmissionId> = row.get("superseded_by")?;
    Ok(AnnualSubmission {
        sender: row.get("sender")?,
        municipality: row.get("municipality")?,
        year: row.get("year")?,
        registry: row.get("registry")?,
        submission: row.get("submission")?,
        document: row.get("document")?,
        reporter: row.get("reporter")?,
        complete: row.get("complete")?,
        superseded: by.zip(optional_time(row, "superseded_at")?),
    })
}

pub(super) const CHAIN: &str = "SELECT * FROM report_chains WHERE municipality = ?1";

const PUT_CHAIN: &str = "INSERT OR REPLACE INTO report_chains \
    (municipality, last_number, last_guid, submission) VALUES (?1, ?2, ?3, ?4)";

pub(super) const ANNUAL: &str = "SELECT * FROM annual_documents \
    WHERE municipality = ?1 AND year = ?2 \
    ORDER BY registry DESC, submission DESC, document DESC";

pub(super) const ANNUAL_OF: &str = "SELECT * FROM annual_documents WHERE submission = ?1 \
    ORDER BY municipality, year, registry, document";

const ADD_ANNUAL: &str = "INSERT OR REPLACE INTO annual_documents (municipality, year, registry, \
    submission, document, sender, reporter, complete, superseded_by, superseded_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

pub(super) const SUPERSEDE: &str = "UPDATE annual_documents \
    SET superseded_by = ?6, superseded_at = ?7 \
    WHERE municipality = ?1 AND year = ?2 AND registry = ?3 AND submission = ?4 \
    AND document = ?5 AND superseded_by IS NULL";

// By another one: of two documents of one archive the later is what that archive came to.
pub(super) const IS_SUPERSEDED: &str = "SELECT EXISTS (SELECT 1 FROM annual_documents \
    WHERE submission = ?1 AND superseded_by IS NOT NULL AND superseded_by <> submission)";

const ADD_LIST: &str = "INSERT INTO reported_persons \
    (registry, year, submission, epoch, persons) VALUES (?1, ?2, ?3, ?4, zeroblob(?5))";

pub(super) const EARLIER: &str = "SELECT rowid FROM reported_persons \
    WHERE registry = ?1 AND epoch = ?2 AND year < ?3";

pub(super) const HELD_BY: &str = "SELECT EXISTS (SELECT 1 FROM objects \
    WHERE submission = ?1 AND registry = ?2 AND part <> 'report' AND header_erased_at IS NULL)";

pub(super) const HELD: &str = "SELECT EXISTS (SELECT 1 FROM objects \
    WHERE submission = ?1 AND part <> 'report' AND header_erased_at IS NULL)";

pub(super) const FORGET_PERSONS: &str =
    "DELETE FROM reported_persons WHERE submission = ?1 AND registry = ?2";

// Of an archive some years may have been replaced and erased, and others not.
pub(super) const FORGET_YEARS: &str = "DELETE FROM reported_persons \
    WHERE submission = ?1 AND registry = ?2 \
    AND year IN (SELECT year FROM annual_documents WHERE submission = ?1 AND registry = ?2) \
    AND NOT EXISTS (SELECT 1 FROM annual_documents JOIN objects USING (submission, registry) \
    WHERE submission = ?1 AND registry = ?2 AND annual_documents.year = reported_persons.year \
    AND document IN (0, number) AND part <> 'report' AND header_erased_at IS NULL)";

/// Persons of a list that are in memory while it is compared.
const READ_AT_ONCE: usize = 1 << 13;
