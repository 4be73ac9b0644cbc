//! What an operator must know of erasure, and its record in the audit log.
//!
//! Raised and cleared in the transaction of the change that it is about; audited when it begins
//! and when it ends, not each time that it is seen again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    audited,
    catalogue::{Catalogue, error::CatalogueError, transact_with, view::View},
    retention::{
        profile::{Erasable, Outcome, Rule, Start},
        schedule::{EventTimes, due},
    },
    types::{alarm::AlarmCode, ids::RegistryId, period::Period},
};

/// Erasable of alarms that are about the sweep as a whole.
pub const SWEEP: &str = "sweep";

/// Raises the alarms that the state of things at `now` calls for, and clears those it does not:
/// what is overdue, which missions have enrolments that nobody has confirmed for so long, and which
/// registries have not fetched what will soon be gone.
pub(super) fn settle(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    stale_after: Period,
    zone: &TimeZone,
) -> Result<(), CatalogueError> {
    transact_with(catalogue, |ledger| {
        let late = overdue(&*ledger, now)?;
        audited::keep_to(ledger, now, AlarmCode::ErasureOverdue, &late)?;
        let unconfirmed = stale(&*ledger, now, stale_after, zone)?;
        audited::keep_to(ledger, now, AlarmCode::EnrolmentStale, &unconfirmed)?;
        let until = now.checked_add(FETCHED_BEFORE).unwrap_or(Timestamp::MAX);
        let unfetched = ledger.unfetched(until)?.into_iter();
        let unfetched = unfetched.map(|(registry, _)| registry.to_string()).collect();
        audited::keep_to(ledger, now, AlarmCode::ObjectUnfetched, &unfetched)
    })
}

/// Raises what can be told while the clock is doubted, and clears nothing. By a clock that is wrong
/// no configured period can be told to have passed; but it may be right, and a statute allows
/// nobody to keep anything for a doubt: an operator must hear of it then, even for nothing.
pub(super) fn settle_in_doubt(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    transact_with(catalogue, |ledger| {
        let late = past_limit(&*ledger, now)?;
        late.keys().try_for_each(|registry| {
            audited::raise(ledger, now, AlarmCode::ErasureOverdue, registry.as_str(), None)
        })
    })
}

/// The registries with something that is past a statutory limit at `at`, and the earliest of those
/// limits in each.
fn past_limit(
    view: &dyn View,
    at: Timestamp,
) -> Result<BTreeMap<RegistryId, Timestamp>, CatalogueError> {
    let mut late = BTreeMap::new();
    for object in view.due_by_limit(at, SEEN_AT_ONCE)? {
        // By limit, so that the first of a registry is its earliest.
        late.entry(object.id.registry).or_insert(object.statutory_limit.unwrap_or(at));
    }
    Ok(late)
}

/// The registries with something that should be gone. Held objects are not late before their
/// statutory limit: the catalogue does not count them as due.
fn overdue(view: &dyn View, now: Timestamp) -> Result<BTreeSet<String>, CatalogueError> {
    let patience = now.checked_sub(PATIENCE).unwrap_or(now);
    let mut late = BTreeSet::new();
    for object in view.due_objects(patience, SEEN_AT_ONCE)? {
        late.insert(object.id.registry.to_string());
    }
    // A statute gives no day of grace.
    late.extend(past_limit(view, now)?.keys().map(ToString::to_string));
    for row in view.due_enrolments(patience, SEEN_AT_ONCE)? {
        late.insert(row.registry.to_string());
    }
    Ok(late)
}

/// The registries with something that a sweep ought to have taken by now, and since when: for
/// whoever looks between sweeps, or while none come. Nothing that a sweep has asked an operator
/// about, whose alarm stands already; but a statute does not wait for an answer.
pub fn missed(
    view: &dyn View,
    now: Timestamp,
) -> Result<BTreeMap<RegistryId, Timestamp>, CatalogueError> {
    let alarms = view.alarms()?;
    let stands = |code| alarms.iter().any(|alarm| alarm.is(code));
    let by = now.checked_sub(SWEPT_WITHIN).unwrap_or(now);
    let mut missed = past_limit(view, by)?;
    if stands(AlarmCode::ClockJump) {
        // See `settle_in_doubt`.
        return Ok(missed);
    }
    let asked_since = now.checked_sub(PATIENCE).unwrap_or(now);
    let asked = stands(AlarmCode::SweepTooLarge);
    let mut note = |registry: RegistryId, at: Timestamp| {
        missed.entry(registry).and_modify(|since| *since = at.min(*since)).or_insert(at);
    };
    for object in view.due_objects(by, SEEN_AT_ONCE)? {
        let Some(at) = object.gone_by() else { continue };
        if !asked || at <= asked_since {
            note(object.id.registry, at);
        }
    }
    for row in view.due_enrolments(by, SEEN_AT_ONCE)? {
        let at = row.erase_at.unwrap_or(by);
        if !asked || at <= asked_since {
            note(row.registry, at);
        }
    }
    Ok(missed)
}

/// The missions with an enrolment whose confirmation is too old.
fn stale(
    view: &dyn View,
    now: Timestamp,
    after: Period,
    zone: &TimeZone,
) -> Result<BTreeSet<String>, CatalogueError> {
    let rule = Rule {
        subject: Erasable::Enrolment,
        outcome: Outcome::Escalate,
        from: Start::Confirmed,
        after,
        source: "embassy.stale-after",
    };
    let mut missions = BTreeSet::new();
    // The longest unconfirmed come first: from the first fresh one on, all are.
    for row in view.stale_enrolments(now, SEEN_AT_ONCE)? {
        let events = EventTimes { confirmed: Some(row.confirmed_at), ..EventTimes::default() };
        match due(&rule, &events, zone) {
            Ok(Some(at)) if at <= now => missions.insert(row.mission.to_string()),
            // A period that ends past the calendar has not ended.
            Ok(_) | Err(_) => break,
        };
    }
    Ok(missions)
}

/// How long something may be due before it is overdue: several sweeps.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// So long before its deadline somebody should have got what a registry is to have.
const FETCHED_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A running daemon sweeps sooner than that after something is due.
const SWEPT_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Rows looked at for one alarm: with more than so many, the alarm stands for those first.
const SEEN_AT_ONCE: u32 = 1000;
