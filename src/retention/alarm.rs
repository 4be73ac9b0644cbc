//! What an operator must know of erasure, and its record in the audit log.
//!
//! Raised and cleared in the transaction of the change that it is about; audited when it begins
//! and when it ends, not each time that it is seen again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    audit::entry::{Entry, Event},
    catalogue::{Catalogue, error::CatalogueError, ledger::Ledger, transact_with, view::View},
    retention::{
        period::Period,
        profile::{Outcome, Rule, Start, Subject},
        schedule::{EventTimes, due},
    },
    types::ids::{ObjectId, RegistryId, SubmissionId},
};

/// The clock has jumped; nothing is erased until an operator confirms.
pub const CLOCK_JUMP: &str = "clock-jump";
/// An enrolment has not been confirmed for longer than anybody is posted; subject is the mission.
pub const ENROLMENT_STALE: &str = "enrolment-stale";
/// An object could not be erased; subject is the object.
pub const ERASURE_FAILED: &str = "erasure-failed";
/// Something is still there a day after its deadline, or past a statutory limit; subject is the
/// registry. The daemon is unhealthy while it stands.
pub const ERASURE_OVERDUE: &str = "erasure-overdue";
/// A key that headers have left could not be destroyed; subject is registry and key.
pub const HEADER_KEY_KEPT: &str = "header-key-kept";
/// Headers lie under keys that are not there, so that nobody can open them; subject is the
/// registry.
pub const HEADER_KEY_MISSING: &str = "header-key-missing";
/// No reply of the police in the time that the request asked for (POL-09); subject is the request.
pub const POLICE_OVERDUE: &str = "police-overdue";
/// Nobody has decided on a reply of the police in time (POL-08); subject is the reply.
pub const POLICE_UNDECIDED: &str = "police-undecided";
/// A sweep would erase more at once than is configured; an operator must confirm.
pub const SWEEP_TOO_LARGE: &str = "sweep-too-large";
/// Subject of alarms that are about the sweep as a whole.
pub const SWEEP: &str = "sweep";

/// Queues an audit entry in the running transaction.
pub(super) fn note(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    event: Event,
    fill: impl Fn(Entry) -> Entry,
) -> Result<(), CatalogueError> {
    ledger.queue_audit(&mut |seq| fill(Entry::new(seq, now, event)).to_bytes()).map(drop)
}

/// Raises an alarm; audited when it did not stand before.
pub(super) fn raise(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subject: &str,
    detail: Option<&str>,
) -> Result<(), CatalogueError> {
    if ledger.raise_alarm(code, subject, now, detail)? {
        note(ledger, now, Event::AlarmRaised, |entry| about(entry.rule(code), subject))?;
    }
    Ok(())
}

/// Clears an alarm; audited when it stood.
pub(super) fn clear(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subject: &str,
) -> Result<(), CatalogueError> {
    if ledger.clear_alarm(code, subject)? {
        note(ledger, now, Event::AlarmCleared, |entry| about(entry.rule(code), subject))?;
    }
    Ok(())
}

/// Raises the alarms that the state of things at `now` calls for, and clears those it does not:
/// what is overdue, and which missions have enrolments that nobody has confirmed for so long.
pub(super) fn settle(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    stale_after: Period,
    zone: &TimeZone,
) -> Result<(), CatalogueError> {
    transact_with(catalogue, |ledger| {
        let late = overdue(&*ledger, now)?;
        keep_to(ledger, now, ERASURE_OVERDUE, &late)?;
        let unconfirmed = stale(&*ledger, now, stale_after, zone)?;
        keep_to(ledger, now, ENROLMENT_STALE, &unconfirmed)
    })
}

/// Raises what can be told while the clock is doubted, and clears nothing. By a clock that is wrong no
/// configured period can be told to have passed; but it may be right, and a statute allows nobody to
/// keep anything for a doubt: an operator must hear of it then, even for nothing.
pub(super) fn settle_in_doubt(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
) -> Result<(), CatalogueError> {
    transact_with(catalogue, |ledger| {
        let late = past_limit(&*ledger, now)?;
        late.keys()
            .try_for_each(|registry| raise(ledger, now, ERASURE_OVERDUE, registry.as_str(), None))
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

/// The registries with something that a sweep ought to have taken by now, and since when: for whoever
/// looks between sweeps, or while none come. Nothing that a sweep has asked an operator about, whose
/// alarm stands already; but a statute does not wait for an answer.
pub fn missed(
    view: &dyn View,
    now: Timestamp,
) -> Result<BTreeMap<RegistryId, Timestamp>, CatalogueError> {
    let alarms = view.alarms()?;
    let stands = |code| alarms.iter().any(|alarm| alarm.code == code);
    let by = now.checked_sub(SWEPT_WITHIN).unwrap_or(now);
    let mut missed = past_limit(view, by)?;
    if stands(CLOCK_JUMP) {
        // See `settle_in_doubt`.
        return Ok(missed);
    }
    let asked_since = now.checked_sub(PATIENCE).unwrap_or(now);
    let asked = stands(SWEEP_TOO_LARGE);
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
        subject: Subject::Enrolment,
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

/// Lets the alarms of one code stand for these subjects and no others.
pub(super) fn keep_to(
    ledger: &mut dyn Ledger,
    now: Timestamp,
    code: &'static str,
    subjects: &BTreeSet<String>,
) -> Result<(), CatalogueError> {
    for alarm in ledger.alarms()? {
        if alarm.code == code && !subjects.contains(&alarm.subject) {
            clear(ledger, now, code, &alarm.subject)?;
        }
    }
    subjects.iter().try_for_each(|subject| raise(ledger, now, code, subject, None))
}

/// An entry has no room for free text; what is no object is told by the alarm itself.
fn about(entry: Entry, subject: &str) -> Entry {
    match (ObjectId::parse(subject), SubmissionId::parse(subject)) {
        (Ok(id), _) => entry.object(id),
        (_, Ok(id)) => entry.submission(id),
        _ => entry,
    }
}

/// How long something may be due before it is overdue: several sweeps.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// A running daemon sweeps sooner than that after something is due.
const SWEPT_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// Rows looked at for one alarm: with more than so many, the alarm stands for those first.
const SEEN_AT_ONCE: u32 = 1000;
