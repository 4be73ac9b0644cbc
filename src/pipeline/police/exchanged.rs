//! Writes into the catalogue what was shared with the police and what they answered, and queues
//! what goes to another sender. The audit log names submissions and senders, never a GUID that
//! somebody else drew.

use std::io;

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        ledger::Ledger,
        records::police::{Dispatch, Exchange, ExchangeState, PoliceReply},
    },
    kinds::police::state::{self, Change, Form},
    pipeline::{commit::effect_context::EffectContext, house::House, police::archive_queue},
    types::{
        alarm::AlarmCode,
        case_number::CaseNumber,
        guid::Guid,
        ids::{ObjectId, SenderId},
    },
};

/// Applies one change.
///
/// # Errors
/// When the catalogue fails, or the history say otherwise than when the change was concluded.
pub fn apply(
    house: &House,
    ledger: &mut dyn Ledger,
    change: &Change,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    match change {
        Change::Shared(exchange) => shared(house, ledger, exchange, on),
        Change::Answered(reply) => answered(ledger, reply, on),
    }
}

fn shared(
    house: &House,
    ledger: &mut dyn Ledger,
    exchange: &state::Exchange,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    if ledger.exchange(&exchange.id)?.is_some() {
        return Err(io::Error::other(
            "a request with this id is on record; it was concluded twice",
        ));
    }
    let state = match exchange.form {
        Form::Inquiry if house.config.archive.is_some() => ExchangeState::Waiting,
        Form::Inquiry => ExchangeState::Open,
        Form::Notice | Form::Oral => ExchangeState::Closed,
    };
    let event = event_of(exchange.form);
    let audit_seq = audited::record(ledger, on.now, event, |entry| {
        let entry = entry.submission(on.submission).sender(on.sender.clone());
        entry.addressee(exchange.district.clone()).rule(exchange.basis.code())
    })?;
    let row = Exchange {
        id: exchange.id,
        form: exchange.form.as_str().to_owned(),
        hospital: Some(on.sender.clone()),
        district: exchange.district.clone(),
        submission: Some(on.submission),
        case: exchange.case.clone(),
        basis: exchange.basis.code().to_owned(),
        purpose_code: exchange.purpose_code.clone(),
        informed: exchange.informed.as_str().to_owned(),
        at: on.now,
        needed_by: exchange.needed_by,
        recorded_by: None,
        state,
        sent_at: None,
        closed_at: (state == ExchangeState::Closed).then_some(on.now),
        audit_seq,
    };
    ledger.put_exchange(&row)?;
    // A notice and a disclosure are entered too, and wait for nothing (POL-13).
    archive_queue::enqueue(house, ledger, &row).map_err(io::Error::other)
}

fn answered(
    ledger: &mut dyn Ledger,
    reply: &state::Reply,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    let found = ledger.exchange(&reply.exchange)?;
    let open = found.filter(|exchange| exchange.state == ExchangeState::Open);
    let exchange = open.ok_or_else(|| {
        io::Error::other("a reply was let through whose request is not open (POL-07)")
    })?;
    if ledger.reply(&reply.id)?.is_some() {
        return Err(io::Error::other("a reply with this id is on record; it was concluded twice"));
    }
    let audit_seq = audited::record(ledger, on.now, Event::ReplyReceived, |entry| {
        let entry = entry.submission(on.submission).sender(reply.district.clone());
        entry.rule("POL-08").count("documents", u64::from(reply.documents))
    })?;
    let row = PoliceReply {
        id: reply.id,
        exchange: reply.exchange,
        district: reply.district.clone(),
        submission: on.submission,
        shared: reply.shared.as_str().to_owned(),
        documents: reply.documents,
        received_at: on.now,
        audit_seq,
        escalated_at: None,
        decision: None,
        delivered_at: None,
    };
    ledger.put_reply(&row)?;
    let reference = exchange.reference();
    audited::clear(ledger, on.now, AlarmCode::PoliceOverdue, &reference.to_string())?;
    let row = Exchange { state: ExchangeState::Answered, ..exchange };
    Ok(ledger.put_exchange(&row)?)
}

/// Queues an object that is for another sender. A request waits where its exchange waits for the
/// case archive; a notice never does (POL-13).
///
/// # Errors
/// When the catalogue fails.
pub fn queue(
    house: &House,
    ledger: &mut dyn Ledger,
    object: &ObjectId,
    addressee: &SenderId,
    now: Timestamp,
) -> io::Result<()> {
    let exchange = ledger.exchange_called(object.submission)?;
    let waits = exchange.is_some_and(|exchange| exchange.state == ExchangeState::Waiting);
    let dispatch = Dispatch {
        object: object.clone(),
        addressee: addressee.clone(),
        file: file_name(object, "request"),
        waits,
        queued_at: now,
        published_at: None,
        remove_at: None,
        removed_at: None,
    };
    house.pending.mark_dispatches_pending();
    ledger.put_dispatch(&dispatch).map_err(io::Error::other)
}

/// What an object is called in another sender's outbound directory.
pub fn file_name(object: &ObjectId, what: &str) -> String {
    let number = if object.number > 1 { format!("-{}", object.number) } else { String::new() };
    format!("{}{number}.{what}.age", object.submission)
}

/// Lets a request go that waited for the case archive: it is entered there, under this case where
/// the archive made one. The caller has the house lay it out ([`House::pending`]).
///
/// Says whether it waited; doing it again changes nothing.
///
/// # Errors
/// When the catalogue fails, or there is no such exchange.
pub fn released_by_archive(
    ledger: &mut dyn Ledger,
    exchange: &Guid,
    case: Option<&CaseNumber>,
) -> io::Result<bool> {
    let found = ledger.exchange(exchange)?;
    let mut exchange = found.ok_or_else(|| io::Error::other("there is no such exchange"))?;
    if let Some(case) = case.filter(|_| exchange.case.is_none()) {
        exchange.case = Some(case.clone());
    }
    let waited = exchange.state == ExchangeState::Waiting;
    if waited {
        exchange.state = ExchangeState::Open;
    }
    ledger.put_exchange(&exchange)?;
    let submission = exchange.submission.filter(|_| waited);
    let objects = submission.map(|id| ledger.objects_of(id)).transpose()?.unwrap_or_default();
    for object in objects {
        let dispatch = ledger.dispatch(&object.id)?;
        if let Some(dispatch) = dispatch.filter(|dispatch| dispatch.waits) {
            ledger.put_dispatch(&Dispatch { waits: false, ..dispatch })?;
        }
    }
    Ok(waited)
}

/// The event that says that something was shared in this form.
pub fn event_of(form: Form) -> Event {
    match form {
        Form::Inquiry => Event::Inquired,
        Form::Notice => Event::Notified,
        Form::Oral => Event::Disclosed,
    }
}
