//! Entry of police requests in the case archive (POL-05): the queue's side. Another process makes
//! the calls (`filsluse deliver`); it asks here what is to be entered and tells what came of it.
//!
//! What is handed out is a case, an id of ours, a date and the district: nothing that a request
//! says.

use std::io;

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::archive::{ArchiveJob, Attempt, JobState},
    },
    config::archive::Archive,
    durable,
    pipeline::{
        audit_queue,
        house::House,
        police::{archive_refusal, exchanged},
        retry_times::{LONGEST, later, pause, signed},
    },
    types::{alarm::AlarmCode, case_number::CaseNumber, ids::SubmissionId, rules::police::POL_05},
};

/// Takes the entry that has been due longest. It counts as under way for as long as an attempt can
/// take: a process that dies with it does not keep it from being tried again.
///
/// # Errors
/// When the catalogue fails.
pub fn next(house: &House) -> Result<Option<ArchiveJob>, CatalogueError> {
    let Some(archive) = &house.config.archive else { return Ok(None) };
    let now = house.now();
    let lease = archive.peer.timeout.saturating_mul(CALLS_AND_MARGIN);
    // No attempt waits for longer: the clock was ahead when that was written.
    let beyond = later(now, LONGEST.saturating_add(lease));
    let mut catalogue = house.catalogue();
    let due = catalogue::read_with(&mut **catalogue, |view| view.archive_due(now, beyond, 1))?;
    if due.is_empty() {
        return Ok(None);
    }
    catalogue::transact_with(&mut **catalogue, |ledger| {
        let Some(mut job) = ledger.archive_due(now, beyond, 1)?.pop() else { return Ok(None) };
        job.attempts = job.attempts.saturating_add(1);
        job.next_at = later(now, lease);
        ledger.save_archive_job(&job)?;
        Ok(Some(job))
    })
}

/// Records what came of an attempt. A failure counts only for the newest attempt; that the archive
/// has an entry, or has no such case, is true whoever found it. An entered request goes out; a
/// refused one is erased, and its hospital is told.
///
/// # Errors
/// When there is no such entry, or catalogue, log or disk fail; doing it again is safe.
pub fn report(
    house: &House,
    reference: SubmissionId,
    attempt: u32,
    came: &Attempt,
) -> io::Result<JobState> {
    let state = house.transact(|ledger| record(house, ledger, reference, attempt, came))?;
    durable::fail_point("archive-recorded");
    match state {
        JobState::Done => house.pending.mark_dispatches_pending(),
        JobState::Refused => archive_refusal::tell(house)?,
        JobState::Waiting => {}
    }
    audit_queue::flush(house)?;
    Ok(state)
}

/// Raises the alarm where an entry waits for too long, also when nobody asks for it, and ends it
/// when none does; tells hospitals what they could not be told at once.
///
/// # Errors
/// When catalogue, log or disk fail.
pub fn round(house: &House) -> io::Result<()> {
    let Some(archive) = &house.config.archive else { return Ok(()) };
    let now = house.now();
    {
        let mut catalogue = house.catalogue();
        let judged = catalogue::read_with(&mut **catalogue, |view| {
            let waiting = view.archive_waiting()?;
            let stands = view.alarms()?.iter().any(|alarm| alarm.is(AlarmCode::ArchiveUnreachable));
            Ok::<_, CatalogueError>(waiting.count > 0 || stands)
        });
        if judged? {
            catalogue::transact_with(&mut **catalogue, |ledger| settle(ledger, archive, now))?;
        }
    }
    archive_refusal::tell(house)
}

fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    reference: SubmissionId,
    attempt: u32,
    came: &Attempt,
) -> io::Result<JobState> {
    let missing = |what| io::Error::from(CatalogueError::NotFound { what });
    let archive = house.config.archive.as_ref();
    let archive = archive.ok_or_else(|| missing("case archive's configuration"))?;
    let job = ledger.archive_job_called(reference)?;
    let mut job = job.ok_or_else(|| missing("entry for the archive"))?;
    if job.state != JobState::Waiting {
        return Ok(job.state);
    }
    let now = house.now();
    match came {
        Attempt::Entered { case, document } => entered(ledger, &mut job, case, document, now)?,
        Attempt::NoSuchCase {} => archive_refusal::record(ledger, &mut job, now)?,
        Attempt::Failed { trouble } if attempt == job.attempts => {
            let mut random = [0];
            (house.random)(&mut random);
            job.last_error = Some(*trouble);
            job.next_at = later(now, pause(archive.peer.retry_after, job.attempts, random[0]));
        }
        // The lease of this attempt had run out, and another is under way.
        Attempt::Failed { .. } => return Ok(job.state),
    }
    ledger.save_archive_job(&job)?;
    settle(ledger, archive, now)?;
    Ok(job.state)
}

fn entered(
    ledger: &mut dyn Ledger,
    job: &mut ArchiveJob,
    case: &CaseNumber,
    document: &str,
    now: Timestamp,
) -> io::Result<()> {
    job.state = JobState::Done;
    job.done_at = Some(now);
    job.last_error = None;
    job.case_number = Some(case.clone());
    job.document_number = Some(document.to_owned());
    let (reference, attempts) = (job.reference, job.attempts);
    audited::record(ledger, now, Event::ArchiveEntered, |entry| {
        entry.submission(reference).rule(POL_05.code).count("attempts", u64::from(attempts))
    })?;
    exchanged::released_by_archive(ledger, &job.exchange, Some(case))?;
    Ok(())
}

/// The alarm stands while an entry is older than it may be, or waits for somebody.
fn settle(
    ledger: &mut dyn Ledger,
    archive: &Archive,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let waiting = ledger.archive_waiting()?;
    if waiting.is_late(signed(archive.peer.alarm_after), now) || waiting.needs_somebody.is_some() {
        let why = waiting.needs_somebody.or(waiting.last_error);
        let detail = why.map_or("nobody-asks", |trouble| trouble.as_str());
        audited::raise(ledger, now, AlarmCode::ArchiveUnreachable, SUBJECT, Some(detail))?;
    } else {
        audited::clear(ledger, now, AlarmCode::ArchiveUnreachable, SUBJECT)?;
    }
    Ok(())
}

/// An entry takes at most four calls.
const CALLS_AND_MARGIN: u32 = 6;
/// There is one archive.
const SUBJECT: &str = "archive";
