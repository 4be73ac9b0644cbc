//! An operator's decision on held withdrawals (EMB-13): what was approved leaves for the registry,
//! and the mission is answered a second time.

use std::{collections::BTreeMap, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            enrolments::{Decision, DecisionOutcome, EnrolmentState, HeldWithdrawal},
            objects::Object,
            submissions::Submission,
        },
        view::View,
    },
    durable,
    kinds::{Sinks, embassy::decision},
    pipeline::{
        answer::{close, facts::Facts, second_receipts},
        commit::{effect_context::EffectContext, effects, stored_objects},
        history::{catalogued::CatalogueHistory, pseudonym},
        house::House,
        pass::sinks::WorkSinks,
        recover::{orphaned_payloads, restored},
    },
    receipt::{self, Note},
    types::{
        alarm::AlarmCode,
        causes,
        ids::{ObjectId, Part, SubmissionId},
        pseudonym::Pseudonym,
        verdict::{State, Verdict},
    },
};

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decided {
    /// The submission.
    pub submission: SubmissionId,
    /// The mission.
    pub mission: String,
    /// Whether the withdrawals were approved.
    pub approved: bool,
    /// How many persons were withdrawn.
    pub withdrawn: u64,
    /// The object that tells the registry.
    pub objects: Vec<ObjectId>,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// Disk, store or catalogue failed; nothing was decided.
    #[error("the decision could not be recorded; nothing was changed")]
    Failed(#[source] io::Error),
    /// There is nothing to decide.
    #[error("nothing waits for a decision under this id; see `filsluse enrolment pending`")]
    NothingPending,
    /// The mission has not been told yet that something is held.
    #[error("the submission's first receipt is not out yet; decide when it is")]
    Unanswered,
}

impl From<CatalogueError> for DecideError {
    fn from(error: CatalogueError) -> Self {
        Self::Failed(io::Error::other(error))
    }
}

impl From<io::Error> for DecideError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Approves or refuses what a submission holds. `by`: who decided, as the operator is known here.
///
/// # Errors
/// When nothing is pending, or nothing could be recorded.
pub fn decide(
    house: &House,
    submission: SubmissionId,
    approve: bool,
    by: &str,
) -> Result<Decided, DecideError> {
    // Its first receipt may be out, and this not on record yet.
    close::close(house)?;
    let now = house.now();
    let decided = house.transact(|ledger| record(house, ledger, submission, approve, by, now))?;
    durable::fail_point("decided");
    // An approval that failed may have left a payload, and the next word was no.
    if let Err(error) = remove_stray(house, submission) {
        tracing::error!(error = %causes::chain(&error), "Cannot remove payloads that nothing names.");
    }
    // The decision stands; only its receipt may be owed.
    if let Err(error) = second_receipts::answer_decisions(house, &[submission]) {
        tracing::error!(%submission, error = %causes::chain(&error), "Cannot answer a decision; it is tried again.");
        house.pending.mark_decisions_pending();
    }
    Ok(decided)
}

/// After a restore it is no stray: an approval that the catalogue has forgotten may have stored it.
fn remove_stray(house: &House, submission: SubmissionId) -> io::Result<()> {
    let restored = house.look(|view| restored::stands(view))?;
    if restored { Ok(()) } else { orphaned_payloads::remove(house, &[submission]) }
}

fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    submission: SubmissionId,
    approve: bool,
    by: &str,
    now: Timestamp,
) -> Result<Decided, DecideError> {
    let pending = ledger.held_withdrawals_of(submission)?;
    let held =
        pending.into_iter().find(|h| h.decision.is_none()).ok_or(DecideError::NothingPending)?;
    let row = ledger.submission(submission)?.ok_or(DecideError::NothingPending)?;
    if row.state != State::Held {
        return Err(DecideError::Unanswered);
    }
    let outcome = if approve { DecisionOutcome::Approved } else { DecisionOutcome::Refused };
    let (withdrawn, objects) =
        if approve { withdraw(house, ledger, &row, &held, now)? } else { (0, Vec::new()) };
    let decision = Decision { outcome, by: by.to_owned(), at: now };
    ledger.decide_withdrawals(submission, &held.registry, &held.mission, &decision)?;
    audited::clear(ledger, now, AlarmCode::EnrolmentHeld, &submission.to_string())?;
    let registry = held.registry.clone();
    let seq = audited::record(ledger, now, Event::Decided, |entry| {
        let entry = entry.submission(submission).registry(registry.clone()).rule("EMB-13");
        entry.count("approved", u64::from(approve)).count("withdrawn", withdrawn)
    })?;
    let word = if approve { receipt::Decision::Approved } else { receipt::Decision::Refused };
    let mut notes = vec![Note::Decision(word)];
    if withdrawn > 0 {
        notes.push(Note::Difference { enrolled: 0, changed: 0, withdrawn, confirmed: 0 });
    }
    let whole = approve && row.records.rejected == 0;
    let verdict = if whole { Verdict::Accepted } else { Verdict::Partly };
    let decided = second_receipts::Decided {
        verdict,
        notes,
        objects: &objects,
        event: outcome.as_str(),
        audit_seq: seq,
        at: now,
    };
    second_receipts::decide(house, ledger, row, decided)?;
    Ok(Decided {
        submission,
        mission: held.mission.as_str().to_owned(),
        approved: approve,
        withdrawn,
        objects: objects.into_iter().map(|object| object.id).collect(),
    })
}

/// Withdraws those who are enrolled still and whom no newer list has confirmed.
fn withdraw(
    house: &House,
    ledger: &mut dyn Ledger,
    row: &Submission,
    held: &HeldWithdrawal,
    now: Timestamp,
) -> Result<(u64, Vec<Object>), DecideError> {
    let persons = still_held(&*ledger, held)?;
    let mut sinks = WorkSinks::sealing(
        row.id,
        2,
        house.config.places.work(),
        std::sync::Arc::clone(&house.registries),
    );
    let changes = {
        let history = CatalogueHistory::new(&*ledger, &row.sender, &held.registry);
        decision::approve(
            held.mission.as_str(),
            &persons,
            &history,
            &held.registry,
            house.day(now),
            || sinks.sink(&held.registry, Part::Difference),
        )?
    };
    let occasion = EffectContext::of(house, row, &held.registry, now)?;
    for change in &changes {
        effects::enrolment(ledger, change, &occasion)?;
    }
    let mut uploads = BTreeMap::new();
    let objects = stored_objects::rows(house, row, None, sinks.finish()?, now, &mut uploads)?;
    for (registry, uploads) in uploads {
        house.store(&registry)?.publish(&uploads).map_err(io::Error::other)?;
    }
    let mut stored = Vec::new();
    for (object, header) in objects {
        stored_objects::add(ledger, &object, &header, now)?;
        stored.push(object);
    }
    Ok((changes.len() as u64, stored))
}

/// How many an approval of a held list would withdraw as things are now, their households included.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn count(view: &dyn View, held: &HeldWithdrawal) -> Result<u64, CatalogueError> {
    let Some(row) = view.submission(held.submission)? else { return Ok(0) };
    let history = CatalogueHistory::new(view, &row.sender, &held.registry);
    let concerned = still_held(view, held)
        .and_then(|persons| decision::concerned(held.mission.as_str(), &persons, &history));
    let failed = |error: io::Error| {
        let unreadable = CatalogueError::Unreadable { what: "held withdrawal" };
        error.downcast::<CatalogueError>().unwrap_or(unreadable)
    };
    Ok(concerned.map_err(failed)?.len() as u64)
}

/// Those of a held list who are enrolled still, and whom no newer list has confirmed.
fn still_held(view: &dyn View, held: &HeldWithdrawal) -> io::Result<Vec<Pseudonym>> {
    let list_date = |submission| {
        let row = view.submission(submission)?;
        Ok::<_, io::Error>(row.and_then(|row| Facts::list_date_of(&row)))
    };
    let mut persons = Vec::new();
    for person in &held.persons {
        let row = view.enrolment(&held.registry, &held.mission, person);
        let row = row?;
        let Some(row) = row.filter(|row| row.state == EnrolmentState::Enrolled) else { continue };
        // A list that came later and describes an earlier day confirms nobody against this one.
        let is_held = row.confirmed_at <= held.created_at
            || match (list_date(row.submission)?, list_date(held.submission)?) {
                (Some(confirmed), Some(held)) => confirmed < held,
                _ => false,
            };
        if is_held {
            persons.push(pseudonym(person)?);
        }
    }
    Ok(persons)
}
