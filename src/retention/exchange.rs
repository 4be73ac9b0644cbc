//! What an erasure means to the exchange with the police: a reply that nobody decided on has
//! expired with its object (POL-08), and a request that nobody answered is open no more.

use jiff::Timestamp;

use crate::{
    audit::entry::{Entry, Event},
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            archive::{ArchiveJob, JobState},
            police::{Exchange, ExchangeState, ReplyDecision, ReplyOutcome},
        },
    },
    types::{
        alarm::AlarmCode,
        guid::Guid,
        ids::{ObjectId, Part},
    },
};

/// An object was erased: tells the exchange that it belonged to, in the same transaction.
pub(super) fn gone(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    object: &ObjectId,
) -> Result<(), CatalogueError> {
    match object.part {
        Part::Request => unanswered(ledger, now, object),
        Part::Whole => expired(ledger, now, object),
        _ => Ok(()),
    }
}

/// A reply that waited for a decision until its deadline.
fn expired(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    object: &ObjectId,
) -> Result<(), CatalogueError> {
    let Some(mut reply) = ledger.reply_of(object.submission)? else { return Ok(()) };
    if reply.decision.is_some() {
        return Ok(());
    }
    let (submission, district) = (reply.submission, reply.district.clone());
    let audit_seq = ledger.queue_audit(&mut |seq| {
        let entry = Entry::new(seq, now, Event::ReplyExpired).submission(submission);
        entry.sender(district.clone()).rule("POL-08").to_bytes()
    })?;
    let outcome = ReplyOutcome::Expired;
    reply.decision = Some(ReplyDecision { outcome, by: None, at: now, audit_seq });
    ledger.put_reply(&reply)?;
    audited::clear(ledger, now, AlarmCode::PoliceUndecided, &submission.to_string())?;
    close(ledger, now, &reply.exchange)
}

/// A request whose own copy is gone: a reply could not be held against anything any more.
fn unanswered(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    object: &ObjectId,
) -> Result<(), CatalogueError> {
    let Some(exchange) = ledger.exchange_called(object.submission)? else { return Ok(()) };
    let is_open = matches!(exchange.state, ExchangeState::Open | ExchangeState::Waiting);
    // A notice is closed from the start, sent or not.
    if exchange.sent_at.is_none() && (is_open || exchange.form == NOTICE) {
        never_sent(ledger, now, object, &exchange)?;
    }
    if !is_open {
        return Ok(());
    }
    let (submission, district) = (object.submission, exchange.district.clone());
    audited::record(ledger, now, Event::ExchangeClosed, |entry| {
        entry.submission(submission).addressee(district.clone()).rule("POL-09")
    })?;
    audited::clear(ledger, now, AlarmCode::PoliceOverdue, &submission.to_string())?;
    close(ledger, now, &exchange.id)
}

/// It never came to lie for the district: somebody must know, and the case archive must not enter
/// it.
fn never_sent(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    object: &ObjectId,
    exchange: &Exchange,
) -> Result<(), CatalogueError> {
    let subject = object.submission.to_string();
    audited::raise(ledger, now, AlarmCode::ArchiveRefused, &subject, Some(NEVER_SENT))?;
    let job = ledger.archive_job(&exchange.id)?;
    let Some(job) = job.filter(|job| job.state == JobState::Waiting) else { return Ok(()) };
    // The hospital is told of both at once.
    let (state, done_at, told_at) = (JobState::Refused, Some(now), Some(now));
    ledger.save_archive_job(&ArchiveJob { state, done_at, told_at, ..job })
}

fn close(ledger: &mut dyn Ledger, now: Timestamp, id: &Guid) -> Result<(), CatalogueError> {
    let Some(exchange) = ledger.exchange(id)? else { return Ok(()) };
    let closed_at = exchange.closed_at.or(Some(now));
    ledger.put_exchange(&Exchange { state: ExchangeState::Closed, closed_at, ..exchange })
}

/// Words of the alarm about what could not be sent before its deadline, while its hospital has not
/// been told.
pub const NEVER_SENT: &str = "never-sent";

/// How the catalogue calls the form of a notice.
const NOTICE: &str = "notice";
