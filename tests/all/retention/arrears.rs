//! What comes due behind a refused sweep is seen, however much that sweep left.

use filsluse::{pipeline::upkeep::erase, retention::arrears::Arrears};
use jiff::{SignedDuration, Timestamp};

use super::premises::{Premises, at, premises};

const DUE: &str = "2026-04-10T22:00Z";

fn grown(it: &Premises, left: &mut Arrears, at: Timestamp) -> bool {
    it.read(|view| left.has_grown(view, at))
}

#[test]
fn a_statute_behind_a_refused_sweep_is_seen_when_its_time_comes() {
    let it = premises();
    let later = at(DUE) + SignedDuration::from_hours(1);
    for number in 0..21 {
        it.lay(number, at(DUE));
    }
    // Due all along by its own period, and refused with the others.
    let by_law = it.lay_with(100, at(DUE), Some(later));
    let mut left = Arrears::default();
    assert!(grown(&it, &mut left, at(DUE)));
    assert!(erase::run(&it.house, at(DUE), false).is_err());
    left = it.read(|view| Arrears::count(view, at(DUE)));
    let almost = later - SignedDuration::from_micros(1);
    assert!(!grown(&it, &mut left, almost), "what was left asks for no other sweep");
    assert!(grown(&it, &mut left, later));
    assert!(erase::run(&it.house, later, false).is_err());
    assert!(it.is_gone(&by_law));
    left = it.read(|view| Arrears::count(view, later));
    assert!(!grown(&it, &mut left, later));
}

#[test]
fn each_sort_is_seen_and_what_has_gone_hides_nothing() {
    let it = premises();
    let hour = |n: i64| at(DUE) + SignedDuration::from_hours(n);
    let first = it.lay(1, hour(0));
    it.lay(2, hour(1));
    it.lay_with(3, hour(9), Some(hour(2)));
    it.withdraw(4, hour(3));
    let mut left = it.read(|view| Arrears::count(view, hour(0)));
    for n in 1..4 {
        assert!(!grown(&it, &mut left, hour(n) - SignedDuration::from_micros(1)), "hour {n}");
        assert!(grown(&it, &mut left, hour(n)), "hour {n}");
        left = it.read(|view| Arrears::count(view, hour(n)));
    }
    // One goes in another way, and is let go of by another that comes.
    it.transact(|ledger| ledger.hold_object(&first.id, "a case").map(drop));
    assert!(!grown(&it, &mut left, hour(3)));
    it.transact(|ledger| ledger.release_object(&first.id).map(drop));
    assert!(grown(&it, &mut left, hour(3)));
}
