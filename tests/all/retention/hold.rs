//! A hold keeps an object past its deadline and never past a statutory limit.

use filsluse::{
    audit::entry::Event,
    catalogue::records::objects::ObjectState,
    pipeline::{audit_queue, upkeep::erase},
    retention::hold::{HoldError, hold, release},
};
use jiff::SignedDuration;

use super::premises::{Premises, at, object, premises};

const DUE: &str = "2026-04-10T22:00Z";
const LIMIT: &str = "2026-06-01T22:00Z";
const WHY: &str = "inquiry 2026/1234";

#[test]
fn a_held_object_stays_until_it_is_released() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let set = |it: &Premises| try_hold(it, 1, WHY, "2026-04-01T00:00Z");
    assert_eq!(set(&it).expect("held"), None);
    assert_eq!(it.object(&laid.id).hold_why.as_deref(), Some(WHY));
    let much_later = at(DUE) + SignedDuration::from_hours(24 * 300);
    assert!(erase::run(&it.house, much_later, false).expect("swept").is_empty());
    assert!(it.opens(&laid, 1));
    assert_eq!(it.alarms(), [], "what is held is not overdue");

    let freed = it.transact(|ledger| Ok(release(ledger, &laid.id, much_later)));
    assert_eq!(freed.expect("released"), Some(at(DUE)));
    let again = it.transact(|ledger| Ok(release(ledger, &laid.id, much_later)));
    assert!(matches!(again, Err(HoldError::NotHeld)));
    assert_eq!(erase::run(&it.house, much_later, false).expect("swept").len(), 1);
    assert!(it.is_gone(&laid));
    assert!(matches!(set(&it), Err(HoldError::Erased)));
    let of_object = it.audit().into_iter().filter(|entry| entry.object.is_some());
    let events: Vec<Event> = of_object.map(|entry| entry.event).collect();
    assert_eq!(events, [Event::HoldSet, Event::HoldReleased, Event::ObjectErased]);
    assert!(!it.state_holds(WHY.as_bytes()), "the reason goes with the object");
}

#[test]
fn no_hold_passes_a_statutory_limit() {
    let it = premises();
    let laid = it.lay_with(1, at(DUE), Some(at(LIMIT)));
    assert_eq!(try_hold(&it, 1, WHY, "2026-04-01T00:00Z").expect("held"), Some(at(LIMIT)));
    let before = at(LIMIT) - SignedDuration::from_micros(1);
    assert!(erase::run(&it.house, before, false).expect("swept").is_empty());
    let swept = erase::run(&it.house, at(LIMIT), false).expect("swept");
    assert!(swept[0].planned.held);
    assert!(it.is_gone(&laid));
    assert_eq!(it.object(&laid.id).state, ObjectState::Erased);

    it.lay_with(2, at(DUE), Some(at(LIMIT)));
    let late = try_hold(&it, 2, WHY, LIMIT);
    assert!(matches!(late, Err(HoldError::PastLimit { limit }) if limit == at(LIMIT)));
}

#[test]
fn what_cannot_be_held_is_told() {
    let it = premises();
    it.lay(1, at(DUE));
    let now = "2026-04-01T00:00Z";
    assert!(matches!(try_hold(&it, 9, WHY, now), Err(HoldError::Unknown)));
    assert!(matches!(try_hold(&it, 1, "", now), Err(HoldError::Reason)));
    let unknown = object(9, at(DUE), None).id;
    let freed = it.transact(|ledger| Ok(release(ledger, &unknown, at(now))));
    assert!(matches!(freed, Err(HoldError::Unknown)));
    audit_queue::flush(&it.house).expect("flushed");
    assert!(it.audit().is_empty(), "what was refused is not on record");
}

fn try_hold(
    it: &Premises,
    number: u32,
    why: &str,
    now: &str,
) -> Result<Option<jiff::Timestamp>, HoldError> {
    let id = object(number, at(DUE), None).id;
    it.transact(|ledger| Ok(hold(ledger, &id, why, at(now))))
}
