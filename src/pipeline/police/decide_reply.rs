//! The clinician's decision on a reply of the police (POL-08): what is relevant and necessary goes
//! to the hospital, for the patient journal, and is erased here; what is not is erased.

use std::io;

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            objects::{Object, ObjectState},
            police::{Dispatch, Exchange, ExchangeState, PoliceReply, ReplyDecision, ReplyOutcome},
            submissions::Event as Happened,
        },
    },
    durable,
    pipeline::{
        audit_queue,
        house::House,
        police::{dispatch, exchanged},
        upkeep::erase_at_once,
    },
    types::{
        alarm::AlarmCode,
        causes::chain,
        ids::{ObjectId, Part, SenderId, SubmissionId},
    },
};

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyDecided {
    /// The reply.
    pub reply: SubmissionId,
    /// What it answers.
    pub exchange: SubmissionId,
    /// Whether it is relevant and necessary.
    pub relevant: bool,
    /// Where it lies for the hospital, once it does.
    pub delivered: Option<(SenderId, String)>,
    /// Whether nothing of it is left here.
    pub erased: bool,
    /// Whether a hold keeps it here.
    pub held: bool,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecideReplyError {
    /// It was decided before.
    #[error(
        "the reply was decided on already, at {at}: {outcome}; a decision cannot be taken back, \
         `filsluse police show` tells who took it"
    )]
    Decided {
        /// Which way.
        outcome: ReplyOutcome,
        /// When.
        at: Timestamp,
    },
    /// Its deadline has come.
    #[error(
        "the reply is erased or about to be, since nobody decided in time; ask the police again"
    )]
    Erased,
    /// It is held, so that it could not be erased.
    #[error(
        "the reply is held, so it would not be erased, and could still be read; end the hold first \
         (`filsluse retention release {0}`), then decide again"
    )]
    Held(ObjectId),
    /// Disk, store or catalogue failed; nothing was decided.
    #[error("the decision could not be recorded; nothing was changed")]
    Failed(#[source] io::Error),
    /// Nothing has this id.
    #[error("no reply and no request has this id; `filsluse police show` lists them")]
    NoSuchReply,
    /// The police have not answered.
    #[error("no reply to this request has come; `filsluse police show` tells by when it should")]
    NoneYet,
}

impl From<CatalogueError> for DecideReplyError {
    fn from(error: CatalogueError) -> Self {
        Self::Failed(io::Error::other(error))
    }
}

impl From<io::Error> for DecideReplyError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Decides on a reply. `id`: the reply's submission, or what its request is called. `by`: who
/// decided, as the operator is known here.
///
/// # Errors
/// When there is nothing to decide, or nothing could be recorded. What fails after the decision is
/// on record is logged, and taken up by the next round.
pub fn decide(
    house: &House,
    id: SubmissionId,
    relevant: bool,
    by: &str,
) -> Result<ReplyDecided, DecideReplyError> {
    let now = house.now();
    let (reply, object, at_once) = house.transact(|ledger| {
        let reply = find(ledger, id)?;
        record(house, ledger, reply, relevant, by, now)
    })?;
    durable::fail_point("reply-decided");
    let ended = if relevant {
        dispatch::round(house)
    } else if at_once {
        erase_at_once::erase_at_once(house, std::slice::from_ref(&object.id))
            .map_err(io::Error::other)
    } else {
        audit_queue::flush(house)
    };
    if let Err(error) = ended {
        // The decision stands; the next round and the next sweep do the rest.
        let submission = reply.submission;
        tracing::error!(%submission, error = %chain(&error), "Cannot end a decision; it is tried again.");
        house.pending.mark_dispatches_pending();
    }
    outcome(house, &reply, &object, relevant)
}

/// The reply that an id means.
fn find(ledger: &dyn Ledger, id: SubmissionId) -> Result<PoliceReply, DecideReplyError> {
    if let Some(reply) = ledger.reply_of(id)? {
        return Ok(reply);
    }
    let exchange = ledger.exchange_called(id)?.ok_or(DecideReplyError::NoSuchReply)?;
    let replies = ledger.replies_to(&exchange.id)?;
    let waiting = replies.iter().position(|reply| reply.decision.is_none());
    let last = waiting.or(replies.len().checked_sub(1));
    last.and_then(|at| replies.into_iter().nth(at)).ok_or(DecideReplyError::NoneYet)
}

/// Everything that follows from the decision, in its transaction. Says whether the object is due
/// now: one that is to be delivered becomes due with its delivery.
fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    mut reply: PoliceReply,
    relevant: bool,
    by: &str,
    now: Timestamp,
) -> Result<(PoliceReply, Object, bool), DecideReplyError> {
    if let Some(ReplyDecision { outcome, at, .. }) = reply.decision {
        return Err(DecideReplyError::Decided { outcome, at });
    }
    let submission = reply.submission;
    let objects = ledger.objects_of(submission)?;
    let object = objects.into_iter().find(|object| object.id.part == Part::Whole);
    let object = object.filter(|object| object.header_erased_at.is_none() && !object.is_past(now));
    let object = object.ok_or(DecideReplyError::Erased)?;
    if !relevant && object.state == ObjectState::Held {
        // What is not relevant is erased (POL-08), and a hold says that it must not be: whoever set
        // it ends it. A decision on record that nothing follows from would be worse than none.
        return Err(DecideReplyError::Held(object.id));
    }
    let exchange = ledger.exchange(&reply.exchange)?.ok_or(DecideReplyError::NoSuchReply)?;
    let audit_seq = audited::record(ledger, now, Event::Decided, |entry| {
        let entry = entry.submission(submission).registry(object.id.registry.clone());
        entry.rule("POL-08").count("relevant", u64::from(relevant))
    })?;
    let outcome = if relevant { ReplyOutcome::Relevant } else { ReplyOutcome::NotRelevant };
    let decision = ReplyDecision { outcome, by: Some(by.to_owned()), at: now, audit_seq };
    reply.decision = Some(decision);
    ledger.put_reply(&reply)?;
    audited::clear(ledger, now, AlarmCode::PoliceUndecided, &submission.to_string())?;
    let event = outcome.as_str().to_owned();
    ledger.add_event(&Happened { submission, at: now, event, audit_seq: Some(audit_seq) })?;
    let hospital = exchange.hospital.clone();
    let closed_at = exchange.closed_at.or(Some(now));
    ledger.put_exchange(&Exchange { state: ExchangeState::Closed, closed_at, ..exchange })?;
    if !relevant {
        let at_once = dispatch::due_since(house, ledger, &object, now, now)?;
        return Ok((reply, object, at_once));
    }
    // A request that can be answered came from a sender.
    let addressee = hospital.ok_or(DecideReplyError::NoSuchReply)?;
    // The deadline was that of an undecided one: from here on it is erased when the hospital has
    // it, and not before, or it would be in nobody's journal.
    ledger.set_due(&object.id, None, UNTIL_DELIVERED)?;
    let dispatch = Dispatch {
        object: object.id.clone(),
        addressee,
        file: exchanged::file_name(&object.id, "reply"),
        waits: false,
        queued_at: now,
        published_at: None,
        remove_at: None,
        removed_at: None,
    };
    ledger.put_dispatch(&dispatch)?;
    Ok((reply, object, false))
}

/// What the plan and `object show` say of a reply that has yet to be delivered.
const UNTIL_DELIVERED: &str = "decided, until delivered";

/// What is so after all of it.
fn outcome(
    house: &House,
    reply: &PoliceReply,
    object: &Object,
    relevant: bool,
) -> Result<ReplyDecided, DecideReplyError> {
    house.look(|view| {
        let exchange = view.exchange(&reply.exchange)?.ok_or(DecideReplyError::NoSuchReply)?;
        let dispatch = view.dispatch(&object.id)?.filter(|sent| sent.published_at.is_some());
        let object = view.object(&object.id)?;
        Ok(ReplyDecided {
            reply: reply.submission,
            exchange: exchange.reference(),
            relevant,
            delivered: dispatch.map(|sent| (sent.addressee, sent.file)),
            held: object.as_ref().is_some_and(|object| object.state == ObjectState::Held),
            erased: object.is_none_or(|object| object.state == ObjectState::Erased),
        })
    })
}
