//! A request whose case the archive does not have (POL-05): it is not sent, its content is erased,
//! and the hospital gets a second receipt that says so.
//!
//! A notice, or what was told orally, is out already: there an operator is told, and nobody else.

use std::{collections::BTreeSet, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            archive::{ArchiveJob, JobState},
            objects::ObjectState,
            page::Page,
            police::{Exchange, ExchangeState},
            submissions::Submission,
        },
    },
    durable,
    pipeline::{
        answer::{receipts::ReceiptInput, second_receipts},
        house::House,
        pass::hints,
        upkeep::erase_at_once,
    },
    types::{
        alarm::AlarmCode,
        causes::chain,
        finding::{Finding, Place},
        ids::{ObjectId, SubmissionId},
        rules::police::POL_05,
        verdict::{State, Verdict},
    },
};

/// The rule that erases a request whose case the archive does not have.
pub const RULE: &str = "archive-refused + P0D";

/// Records the refusal, in the transaction that learns of it: the request waits no more.
///
/// # Errors
/// When the catalogue fails.
pub fn record(
    ledger: &mut dyn Ledger,
    job: &mut ArchiveJob,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let reference = job.reference;
    job.state = JobState::Refused;
    job.done_at = Some(now);
    job.last_error = None;
    audited::record(ledger, now, Event::ArchiveRefused, |entry| {
        entry.submission(reference).rule(POL_05.code)
    })?;
    let exchange = ledger.exchange(&job.exchange)?;
    let waiting = exchange.filter(|exchange| exchange.state == ExchangeState::Waiting);
    let subject = reference.to_string();
    let Some(exchange) = waiting else {
        audited::raise(ledger, now, AlarmCode::ArchiveNoEntry, &subject, None)?;
        // It is out already: there is nobody to tell that it is not.
        job.told_at = Some(now);
        return Ok(());
    };
    audited::raise(ledger, now, AlarmCode::ArchiveRefused, &subject, None)?;
    let state = ExchangeState::Closed;
    ledger.put_exchange(&Exchange { state, closed_at: Some(now), ..exchange })
}

/// Erases what was not sent and tells the hospitals. What one of them cannot be told yet waits for
/// the next round, and keeps no other waiting.
///
/// # Errors
/// When the catalogue, the log or the disk fails; doing it again is safe.
pub fn tell(house: &House) -> io::Result<()> {
    let mut page = Page::first(AT_ONCE);
    loop {
        let waiting = house.look(|view| view.archive_to_tell(page))?;
        let count = waiting.len();
        if count == 0 {
            return Ok(());
        }
        let told = tell_some(house, waiting)?;
        if count < AT_ONCE as usize {
            return Ok(());
        }
        page.skip += u32::try_from(count - told).unwrap_or(AT_ONCE);
    }
}

/// How many of them were told.
fn tell_some(house: &House, waiting: Vec<ArchiveJob>) -> io::Result<usize> {
    let mut rejected = Vec::new();
    for submission in waiting.iter().filter_map(|job| job.submission) {
        match reject(house, submission) {
            Ok(row) => {
                rejected.extend(row.map(|row| ReceiptInput {
                    row,
                    objects: Vec::new(),
                    first: None,
                }));
            }
            Err(error) if durable::is_void() => return Err(error),
            Err(error) => {
                tracing::error!(%submission, error = %chain(&error), "Cannot erase a request that was not sent; it is tried again.");
            }
        }
    }
    durable::fail_point("archive-rejected");
    let told: BTreeSet<SubmissionId> = if rejected.is_empty() {
        BTreeSet::new()
    } else {
        second_receipts::publish(house, rejected)?.into_iter().map(|row| row.id).collect()
    };
    durable::fail_point("archive-told");
    let is_told = |job: &ArchiveJob| job.submission.is_none_or(|id| told.contains(&id));
    let done: Vec<ArchiveJob> = waiting.into_iter().filter(is_told).collect();
    let count = done.len();
    if count > 0 {
        let told_at = Some(house.now());
        house.transact(|ledger| {
            done.into_iter()
                .try_for_each(|job| ledger.save_archive_job(&ArchiveJob { told_at, ..job }))
        })?;
    }
    Ok(count)
}

/// Judges the submission anew and erases what it left; nothing while its first receipt is not out.
fn reject(house: &House, id: SubmissionId) -> io::Result<Option<Submission>> {
    let now = house.now();
    let rejected = house.transact(|ledger| {
        let row = ledger.submission(id)?;
        let Some(mut row) = row.filter(|row| row.state == State::Done) else { return Ok(None) };
        if row.verdict != Some(Verdict::Rejected) {
            row = judge_anew(ledger, row, now)?;
        }
        let objects = ledger.objects_of(id)?.into_iter();
        let there = objects.filter(|object| object.state != ObjectState::Erased);
        let ids: Vec<ObjectId> = there.map(|object| object.id).collect();
        for id in &ids {
            // The archive's answer ends it, and not the deadline that it would have had.
            ledger.set_due(id, Some(now), RULE)?;
        }
        Ok::<_, CatalogueError>(Some((row, ids)))
    })?;
    let Some((row, objects)) = rejected else { return Ok(None) };
    erase_at_once::erase_at_once(house, &objects).map_err(io::Error::other)?;
    Ok(Some(row))
}

fn judge_anew(
    ledger: &mut dyn Ledger,
    row: Submission,
    now: Timestamp,
) -> Result<Submission, CatalogueError> {
    let submission = row.id;
    let seq = audited::record(ledger, now, Event::Refused, |entry| {
        entry.submission(submission).rule(POL_05.code)
    })?;
    let finding = Finding::new(&POL_05, Place::File {}).hint(&hints::CASE_NOT_THERE);
    second_receipts::refuse(ledger, row, finding, "archive-refused", seq, now)
}

/// Refusals told together.
const AT_ONCE: u32 = 100;
