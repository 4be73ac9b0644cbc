//! Writes into the catalogue what a kind's conclusion changes.

use std::io;

use jiff::civil::Date;

use crate::{
    audited,
    catalogue::{
        keys::{MissionCode, PersonKey},
        ledger::Ledger,
        records::enrolments::{
            Confirmation, Decision, DecisionOutcome, Enrolment, EnrolmentState, HeldWithdrawal,
            Mission, Particulars,
        },
    },
    kinds::{
        embassy::state::{Change, Enrolled, Hold, Reason, What},
        judgement::Effect,
    },
    pipeline::{
        answer::facts::Facts,
        commit::{effect_context::EffectContext, reported},
        history::mission_code,
        house::House,
        police::exchanged,
    },
    types::alarm::AlarmCode,
};

/// Applies one effect.
pub fn apply(
    house: &House,
    ledger: &mut dyn Ledger,
    effect: &Effect,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    match effect {
        // The year stands with every object, so that each has its deadline.
        Effect::Released { .. } => Ok(()),
        Effect::Report(change) => reported::apply(house, ledger, change, on),
        Effect::Police(change) => exchanged::apply(house, ledger, change, on),
        Effect::Enrolment(change) => enrolment(ledger, change, on),
        Effect::Hold(hold) => hold_back(ledger, hold, on),
        Effect::ListSeen { mission, date, complete } => {
            list_seen(ledger, mission, *date, *complete, on)
        }
    }
}

/// Applies one change of an enrolment.
pub fn enrolment(
    ledger: &mut dyn Ledger,
    change: &Change,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    let (mission, person) = (mission_code(&change.mission)?, PersonKey::of(&change.person));
    let confirmed = match &change.what {
        What::Change(enrolled) => Some(Some(particulars(enrolled))),
        What::Confirm => Some(None),
        What::Enrol { .. } | What::Review | What::Withdraw { .. } => None,
    };
    if let Some(particulars) = confirmed {
        let confirmation = Confirmation { at: on.now, submission: on.submission, particulars };
        let key = (on.registry, &mission, &person);
        // Decided against a row that is gone since: there is nothing left to change.
        return match ledger.confirm_enrolment(key, &confirmation)? {
            Some(true) => to_be_reviewed(ledger, &mission, on),
            Some(false) | None => Ok(()),
        };
    }
    let before = ledger.enrolment(on.registry, &mission, &person)?;
    let row = match (&change.what, before) {
        (What::Enrol { enrolled, review }, before) => {
            let review = *review || before.is_some_and(|row| row.review);
            let Particulars { principal, content, effective_from } = particulars(enrolled);
            Enrolment {
                registry: on.registry.clone(),
                mission,
                person,
                principal,
                content,
                state: EnrolmentState::Enrolled,
                enrolled_since: on.today,
                effective_from,
                confirmed_at: on.now,
                withdrawn_on: None,
                withdrawal_delivered_at: None,
                erase_at: None,
                review,
                submission: on.submission,
            }
        }
        (What::Withdraw { on: day, reason }, Some(row)) => Enrolment {
            state: EnrolmentState::Withdrawn,
            // What another mission's list takes over is theirs from now on; the right itself ends
            // here when it begins there.
            withdrawn_on: Some(if *reason == Reason::OtherMission { on.today } else { *day }),
            // The difference that says so is durable in the store when this row is.
            withdrawal_delivered_at: Some(on.now),
            erase_at: on.withdrawn_gone_at,
            review: row.review || *reason == Reason::OtherMission,
            submission: on.submission,
            ..row
        },
        (What::Review, Some(row)) => Enrolment { review: true, ..row },
        // As above; the others are done there.
        (What::Change(_) | What::Confirm | What::Review | What::Withdraw { .. }, _) => {
            return Ok(());
        }
    };
    if row.review {
        to_be_reviewed(ledger, &row.mission, on)?;
    }
    ledger.put_enrolment(&row).map_err(io::Error::other)
}

fn to_be_reviewed(
    ledger: &mut dyn Ledger,
    mission: &MissionCode,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    audited::raise_about(
        ledger,
        on.now,
        AlarmCode::EnrolmentReview,
        mission.as_str(),
        None,
        |entry| entry.submission(on.submission).registry(on.registry.clone()),
    )
    .map(drop)
    .map_err(io::Error::other)
}

fn particulars(enrolled: &Enrolled) -> Particulars {
    let Enrolled { principal, content, effective_from } = enrolled;
    let principal = principal.as_ref().map(PersonKey::of);
    Particulars { principal, content: *content, effective_from: *effective_from }
}

/// EMB-13. Comes after [`list_seen`], which has put aside what waited from an earlier list.
fn hold_back(ledger: &mut dyn Ledger, hold: &Hold, on: &EffectContext<'_>) -> io::Result<()> {
    let held = HeldWithdrawal {
        submission: on.submission,
        registry: on.registry.clone(),
        mission: mission_code(&hold.mission)?,
        created_at: on.now,
        count: hold.persons.len() as u64,
        persons: hold.persons.iter().map(PersonKey::of).collect(),
        decision: None,
    };
    ledger.hold_withdrawals(&held)?;
    let subject = on.submission.to_string();
    let why = Some(hold.why.as_str());
    audited::raise_about(ledger, on.now, AlarmCode::EnrolmentHeld, &subject, why, |entry| {
        entry.submission(on.submission).registry(on.registry.clone())
    })?;
    Ok(())
}

fn list_seen(
    ledger: &mut dyn Ledger,
    mission: &str,
    date: Date,
    complete: bool,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    let mission = mission_code(mission)?;
    if complete {
        supersede(ledger, &mission, date, on)?;
    }
    let before = ledger.mission(on.registry, &mission)?;
    let before = before.and_then(|row| row.last_list_date);
    let seen = Mission {
        registry: on.registry.clone(),
        mission,
        last_list_at: on.now,
        last_list_date: complete.then_some(date).max(before),
        last_list: on.submission,
    };
    ledger.put_mission(&seen).map_err(io::Error::other)
}

/// A newer snapshot says itself who is missing. One that describes an earlier day does not: what
/// the newer one holds waits on.
fn supersede(
    ledger: &mut dyn Ledger,
    mission: &MissionCode,
    date: Date,
    on: &EffectContext<'_>,
) -> io::Result<()> {
    let pending = ledger.pending_withdrawals()?;
    for held in pending.into_iter().filter(|h| h.mission == *mission && &h.registry == on.registry)
    {
        let row = ledger.submission(held.submission)?;
        if row.and_then(|row| Facts::list_date_of(&row)).is_some_and(|of_held| date < of_held) {
            continue;
        }
        let decision = Decision {
            outcome: DecisionOutcome::Superseded,
            by: on.submission.to_string(),
            at: on.now,
        };
        ledger.decide_withdrawals(held.submission, &held.registry, mission, &decision)?;
        let subject = held.submission.to_string();
        audited::clear(ledger, on.now, AlarmCode::EnrolmentHeld, &subject)?;
    }
    Ok(())
}
