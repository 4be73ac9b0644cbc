//! A request whose case the archive does not have (POL-05): it is not sent, its content is erased,
//! and the hospital gets a second receipt that says so.
//!
//! A notice, or what was told orally, is out already: there an operator is told, and nobody else.

use std::io;

use jiff::Timestamp;

use crate::{
    audit::entry::{Entry, Event},
    catalogue::{
        self,
        error::CatalogueError,
        ledger::Ledger,
        records::{
            archive::{ArchiveJob, JobState},
            objects::{ObjectFilter, ObjectState},
            police::{Exchange, ExchangeState},
            submissions::{Event as Happened, RecordCounts, Submission},
        },
    },
    durable::{self, group::Group},
    pipeline::{
        erase,
        facts::Facts,
        hints,
        house::House,
        receipts::{self, Full},
        trail,
    },
    types::{
        finding::{Finding, Place},
        ids::{ObjectId, SubmissionId},
        rules::police::POL_05,
        verdict::{State, Verdict},
    },
};

/// The alarm about a request whose case is not in the archive; subject is the request.
pub const ARCHIVE_REFUSED: &str = "archive-refused";

/// The same about what is out already, a notice or what was told orally: only its entry is missing.
pub const ARCHIVE_NO_ENTRY: &str = "archive-no-entry";

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
    trail::record(ledger, now, Event::ArchiveRefused, |entry| {
        entry.submission(reference).rule(POL_05.code)
    })?;
    let exchange = ledger.exchange(&job.exchange)?;
    let waiting = exchange.filter(|exchange| exchange.state == ExchangeState::Waiting);
    let (subject, about) = (reference.to_string(), |entry: Entry| entry.submission(reference));
    let Some(exchange) = waiting else {
        trail::raise(ledger, now, ARCHIVE_NO_ENTRY, &subject, None, about)?;
        // It is out already: there is nobody to tell that it is not.
        job.told_at = Some(now);
        return Ok(());
    };
    trail::raise(ledger, now, ARCHIVE_REFUSED, &subject, None, about)?;
    let state = ExchangeState::Closed;
    ledger.put_exchange(&Exchange { state, closed_at: Some(now), ..exchange })
}

/// Erases what was not sent and tells the hospitals; what cannot be told yet waits for the next
/// round.
///
/// # Errors
/// When catalogue, log, store or outbound directory fail; doing it again is safe.
pub fn tell(house: &House) -> io::Result<()> {
    let waiting = {
        let mut catalogue = house.catalogue();
        catalogue::read_with(&mut **catalogue, |view| view.archive_to_tell(AT_ONCE))
            .map_err(|error: CatalogueError| io::Error::other(error))?
    };
    for job in waiting {
        if let Some(submission) = job.submission {
            if !rejected(house, submission)? {
                continue;
            }
            durable::fail_point("archive-rejected");
            answer(house, submission)?;
            durable::fail_point("archive-told");
        }
        let mut catalogue = house.catalogue();
        let job = ArchiveJob { told_at: Some(house.now()), ..job };
        catalogue::transact_with(&mut **catalogue, |ledger| ledger.save_archive_job(&job))
            .map_err(|error: CatalogueError| io::Error::other(error))?;
    }
    Ok(())
}

/// Judges the submission anew and erases what it left; `false` while its first receipt is not out.
fn rejected(house: &House, id: SubmissionId) -> io::Result<bool> {
    let now = house.now();
    let objects = {
        let mut catalogue = house.catalogue();
        catalogue::transact_with(&mut **catalogue, |ledger| {
            let row = ledger.submission(id)?;
            let Some(row) = row.filter(|row| row.state == State::Done) else { return Ok(None) };
            if row.verdict != Some(Verdict::Rejected) {
                reject(ledger, row, now)?;
            }
            let filter = ObjectFilter { submission: Some(id), ..ObjectFilter::default() };
            let objects = ledger.objects(&filter)?.into_iter();
            let there = objects.filter(|object| object.state != ObjectState::Erased);
            let ids: Vec<ObjectId> = there.map(|object| object.id).collect();
            for id in &ids {
                // The archive's answer ends it, and not the deadline that it would have had.
                ledger.set_due(id, Some(now), RULE)?;
            }
            Ok(Some(ids))
        })
        .map_err(|error: CatalogueError| io::Error::other(error))?
    };
    let Some(objects) = objects else { return Ok(false) };
    erase::at_once(house, &objects).map_err(io::Error::other)?;
    Ok(true)
}

fn reject(
    ledger: &mut dyn Ledger,
    mut row: Submission,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    let submission = row.id;
    let seq = trail::record(ledger, now, Event::Refused, |entry| {
        entry.submission(submission).rule(POL_05.code)
    })?;
    let mut facts = Facts::of(&row);
    facts.answer = 2;
    facts.notes.clear();
    facts.erasures.clear();
    row.notes = facts.into_map();
    row.findings.push(Finding::new(&POL_05, Place::File {}).hint(&hints::CASE_NOT_THERE));
    row.verdict = Some(Verdict::Rejected);
    row.records =
        RecordCounts { accepted: 0, rejected: row.records.accepted + row.records.rejected };
    row.receipt.audit_seq = Some(seq);
    ledger.save_submission(&row)?;
    let event = "archive-refused".to_owned();
    ledger.add_event(&Happened { submission, at: now, event, audit_seq: Some(seq) })
}

/// The second receipt.
fn answer(house: &House, submission: SubmissionId) -> io::Result<()> {
    trail::flush(house)?;
    let row = {
        let mut catalogue = house.catalogue();
        catalogue::read_with(&mut **catalogue, |view| view.submission(submission))
            .map_err(|error: CatalogueError| io::Error::other(error))?
    };
    let Some(row) = row else { return Ok(()) };
    let (checkpoint, proof) = {
        let log = house.log()?;
        let seq = row.receipt.audit_seq.unwrap_or(0);
        (log.checkpoint_text().to_owned(), log.prove(seq).map_err(io::Error::other)?)
    };
    let full = Full { row, objects: Vec::new(), first: None };
    let mut group = Group::new();
    receipts::stage(house, &full, Some((&proof, &checkpoint)), &mut group)?;
    group.commit().map_err(io::Error::other)
}

/// Refusals told in one round.
const AT_ONCE: u32 = 100;
