//! The case archive's queue, in SQLite.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{
    catalogue::{
        archive::{ArchiveLedger, ArchiveView},
        error::CatalogueError,
        records::{archive::ArchiveJob, outgoing::Waiting, page::Page},
        sqlite::{
            columns::{Time, optional_time},
            outgoing, query,
            session::Session,
        },
    },
    types::{case_number::CaseNumber, guid::Guid, ids::SubmissionId},
};

impl ArchiveView for Session<'_> {
    fn archive_job(&self, exchange: &Guid) -> Result<Option<ArchiveJob>, CatalogueError> {
        query::one(self.connection, ONE, params![exchange.0], read)
    }

    fn archive_job_called(
        &self,
        reference: SubmissionId,
    ) -> Result<Option<ArchiveJob>, CatalogueError> {
        let by_submission = query::one(self.connection, OF_SUBMISSION, params![reference], read)?;
        if by_submission.is_some() {
            return Ok(by_submission);
        }
        let own = self.archive_job(&Guid(reference.to_bytes()))?;
        // A GUID that a sender drew is no name of ours.
        Ok(own.filter(|job| job.submission.is_none()))
    }

    fn archive_due(
        &self,
        at: Timestamp,
        beyond: Timestamp,
        limit: u32,
    ) -> Result<Vec<ArchiveJob>, CatalogueError> {
        let mut due = query::many(self.connection, DUE, params![Time(at), limit], read)?;
        let room = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(limit));
        if room > 0 {
            due.extend(query::many(
                self.connection,
                DUE_BEYOND,
                params![Time(beyond), room],
                read,
            )?);
        }
        Ok(due)
    }

    fn archive_to_tell(&self, page: Page) -> Result<Vec<ArchiveJob>, CatalogueError> {
        query::many(self.connection, TO_TELL, params![page.limit, page.skip], read)
    }

    fn archive_waiting(&self) -> Result<Waiting, CatalogueError> {
        outgoing::waiting(self.connection, WAITING, ERRORS, &[])
    }
}

impl ArchiveLedger for Session<'_> {
    fn queue_archive(
        &mut self,
        exchange: &Guid,
        case: Option<&CaseNumber>,
        now: Timestamp,
    ) -> Result<(), CatalogueError> {
        let row = params![exchange.0, case, Time(now)];
        query::add(self.connection, "entry for the archive", QUEUE, row)
    }

    fn save_archive_job(&mut self, job: &ArchiveJob) -> Result<(), CatalogueError> {
        let row = params![
            job.exchange.0,
            job.state,
            Time(job.next_at),
            job.attempts,
            job.last_error,
            job.done_at.map(Time),
            job.case_number,
            job.document_number,
            job.told_at.map(Time),
        ];
        match query::change(self.connection, SAVE, row)? {
            1 => Ok(()),
            _ => Err(CatalogueError::NotFound { what: "entry for the archive" }),
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ArchiveJob> {
    let exchange = Guid(row.get("exchange")?);
    let submission: Option<SubmissionId> = row.get("submission")?;
    Ok(ArchiveJob {
        exchange,
        // What was recorded at the terminal has an id of ours.
        reference: submission.unwrap_or_else(|| SubmissionId::from_bytes(exchange.0)),
        submission,
        district: row.get("district")?,
        at: row.get::<_, Time>("at")?.0,
        asked_case: row.get("asked_case")?,
        state: row.get("state")?,
        queued_at: row.get::<_, Time>("queued_at")?.0,
        next_at: row.get::<_, Time>("next_at")?.0,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        done_at: optional_time(row, "done_at")?,
        case_number: row.get("job_case")?,
        document_number: row.get("document_number")?,
        told_at: optional_time(row, "told_at")?,
    })
}

const QUEUE: &str = "INSERT INTO archive_jobs \
    (exchange, asked_case, state, queued_at, next_at, attempts) \
    VALUES (?1, ?2, 'waiting', ?3, ?3, 0)";

const SAVE: &str = "UPDATE archive_jobs SET state = ?2, next_at = ?3, attempts = ?4, \
    last_error = ?5, done_at = ?6, case_number = ?7, document_number = ?8, \
    told_at = ?9 WHERE exchange = ?1";

// The exchange has a case number too.
macro_rules! jobs {
    ($rest:literal) => {
        concat!(
            "SELECT j.*, j.case_number AS job_case, x.submission, x.district, x.at \
             FROM archive_jobs j JOIN police_exchanges x ON x.id = j.exchange ",
            $rest
        )
    };
}

pub(super) const ONE: &str = jobs!("WHERE j.exchange = ?1");

pub(super) const OF_SUBMISSION: &str = jobs!("WHERE x.submission = ?1");

pub(super) const DUE: &str =
    jobs!("WHERE j.state = 'waiting' AND j.next_at <= ?1 ORDER BY j.next_at, j.exchange LIMIT ?2");

pub(super) const DUE_BEYOND: &str =
    jobs!("WHERE j.state = 'waiting' AND j.next_at > ?1 ORDER BY j.next_at, j.exchange LIMIT ?2");

pub(super) const TO_TELL: &str = jobs!(
    "WHERE j.state = 'refused' AND j.told_at IS NULL ORDER BY j.done_at, j.exchange \
    LIMIT ?1 OFFSET ?2"
);

pub(super) const WAITING: &str =
    "SELECT COUNT(*), MIN(queued_at), MAX(queued_at) FROM archive_jobs WHERE state = 'waiting'";

pub(super) const ERRORS: &str = "SELECT last_error FROM archive_jobs \
    WHERE state = 'waiting' AND last_error IS NOT NULL ORDER BY next_at DESC, exchange";
