//! Entry of police requests in the case archive (POL-05): the queue's side. Another process makes the
//! calls (`filsluse deliver`); it asks here what is to be entered and tells what came of it.
//!
//! What is handed out is a case, an id of ours, a date and the district: nothing that a request says.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    audit::entry::Event,
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::archive::{ArchiveJob, Attempt, JobState},
    },
    config::archive::Archive,
    pipeline::{house::House, trail},
    types::{case_number::CaseNumber, guid::Guid, ids::SubmissionId},
};

/// Queues the entry of an exchange, in the transaction that records the exchange. `case` must be
/// found in the archive; without one the archive makes it.
///
/// # Errors
/// When the exchange is not there, or is queued already.
pub fn enqueue(
    ledger: &mut dyn Ledger,
    exchange: &Guid,
    case: Option<&CaseNumber>,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    ledger.queue_archive(exchange, case, now)
}

/// Takes the entry that has been due longest. It counts as under way for as long as an attempt can
/// take: a process that dies with it does not keep it from being tried again.
///
/// # Errors
/// When the catalogue fails.
pub fn next(house: &House) -> Result<Option<ArchiveJob>, CatalogueError> {
    let Some(archive) = &house.config.archive else { return Ok(None) };
    let now = house.now();
    let mut catalogue = house.catalogue();
    let due = catalogue::read_with(&mut **catalogue, |view| view.archive_due(now, 1))?;
    if due.is_empty() {
        return Ok(None);
    }
    catalogue::transact_with(&mut **catalogue, |ledger| {
        let Some(mut job) = ledger.archive_due(now, 1)?.pop() else { return Ok(None) };
        job.attempts = job.attempts.saturating_add(1);
        job.next_at = later(now, archive.timeout.saturating_mul(CALLS_AND_MARGIN));
        ledger.save_archive_job(&job)?;
        Ok(Some(job))
    })
}

/// Records what came of an attempt. A failure counts only for the newest attempt; that the archive
/// has an entry, or has no such case, is true whoever found it.
///
/// # Errors
/// [`CatalogueError::NotFound`] when there is no such entry; else when the catalogue fails.
pub fn report(
    house: &House,
    reference: SubmissionId,
    attempt: u32,
    came: &Attempt,
) -> Result<JobState, CatalogueError> {
    let Some(archive) = &house.config.archive else {
        return Err(CatalogueError::NotFound { what: "case archive's configuration" });
    };
    let now = house.now();
    let mut random = [0];
    (house.random)(&mut random);
    let mut catalogue = house.catalogue();
    catalogue::transact_with(&mut **catalogue, |ledger| {
        let job = ledger.archive_job_called(reference)?;
        let mut job = job.ok_or(CatalogueError::NotFound { what: "entry for the archive" })?;
        if job.state != JobState::Waiting {
            return Ok(job.state);
        }
        match came {
            Attempt::Entered { case, document } => {
                entered(ledger, &mut job, case, document, now)?;
            }
            Attempt::NoSuchCase {} => refused(ledger, &mut job, now)?,
            Attempt::Failed { trouble } if attempt == job.attempts => {
                job.last_error = Some(*trouble);
                job.next_at = later(now, pause(archive.retry_after, job.attempts, random[0]));
            }
            Attempt::Failed { .. } => return Ok(job.state),
        }
        ledger.save_archive_job(&job)?;
        settle(ledger, archive, now)?;
        Ok(job.state)
    })
}

/// Raises the alarm where an entry waits for too long, also when nobody asks for it; ends it when
/// none does.
///
/// # Errors
/// When the catalogue fails.
pub fn watch(house: &House) -> Result<(), CatalogueError> {
    let Some(archive) = &house.config.archive else { return Ok(()) };
    let now = house.now();
    let mut catalogue = house.catalogue();
    catalogue::transact_with(&mut **catalogue, |ledger| settle(ledger, archive, now))
}

/// How long to wait after so many attempts: doubling, at most [`LONGEST`]. `random` takes away up to
/// a quarter, so that what failed together is not tried together for ever.
pub fn pause(first: Duration, attempts: u32, random: u8) -> Duration {
    let doublings = attempts.saturating_sub(1).min(31);
    let whole = first.saturating_mul(1 << doublings).min(LONGEST);
    whole - whole / 4 * u32::from(random) / 255
}

fn entered(
    ledger: &mut dyn Ledger,
    job: &mut ArchiveJob,
    case: &CaseNumber,
    document: &str,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    job.state = JobState::Done;
    job.done_at = Some(now);
    job.last_error = None;
    job.case_number = Some(case.clone());
    job.document_number = Some(document.to_owned());
    let (submission, attempts) = (job.submission, job.attempts);
    trail::record(ledger, now, Event::ArchiveEntered, |entry| {
        let entry = entry.rule("POL-05").count("attempts", u64::from(attempts));
        match submission {
            Some(id) => entry.submission(id),
            None => entry,
        }
    })?;
    Ok(())
}

fn refused(
    ledger: &mut dyn Ledger,
    job: &mut ArchiveJob,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    job.state = JobState::Refused;
    job.done_at = Some(now);
    job.last_error = None;
    ledger.raise_alarm("archive-refused", &job.reference.to_string(), now, None)?;
    let submission = job.submission;
    trail::record(ledger, now, Event::ArchiveRefused, |entry| {
        let entry = entry.rule("POL-05");
        match submission {
            Some(id) => entry.submission(id),
            None => entry,
        }
    })?;
    Ok(())
}

/// The alarm stands while an entry is older than it may be, or waits for somebody.
fn settle(
    ledger: &mut dyn Ledger,
    archive: &Archive,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let waiting = ledger.archive_waiting()?;
    let late = waiting.oldest.is_some_and(|oldest| later(oldest, archive.alarm_after) <= now);
    let why = waiting.needs_somebody.or(waiting.last_error.filter(|_| late));
    let (changed, event) = if late || waiting.needs_somebody.is_some() {
        let detail = why.map_or("nobody-asks", |trouble| trouble.as_str());
        let raised = ledger.raise_alarm(UNREACHABLE, SUBJECT, now, Some(detail))?;
        (raised, Event::AlarmRaised)
    } else {
        (ledger.clear_alarm(UNREACHABLE, SUBJECT)?, Event::AlarmCleared)
    };
    if changed {
        trail::record(ledger, now, event, |entry| entry.rule(UNREACHABLE))?;
    }
    Ok(())
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// An entry takes at most four calls.
const CALLS_AND_MARGIN: u32 = 6;
/// Longest pause between two attempts.
const LONGEST: Duration = Duration::from_hours(1);
const UNREACHABLE: &str = "archive-unreachable";
/// There is one archive.
const SUBJECT: &str = "archive";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    #[test]
    fn pauses_double_up_to_an_hour_and_vary() {
        let minute = Duration::from_mins(1);
        for (attempts, random, want) in [
            (0, 0, 60),
            (1, 0, 60),
            (2, 0, 120),
            (3, 0, 240),
            (3, 255, 180),
            (7, 0, 3_600),
            (u32::MAX, 0, 3_600),
            (u32::MAX, 255, 2_700),
        ] {
            assert_eq!(pause(minute, attempts, random).as_secs(), want, "{attempts} {random}");
        }
        assert!(pause(minute, 4, 100) < pause(minute, 4, 99));
    }
}
