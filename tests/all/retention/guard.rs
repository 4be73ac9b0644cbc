//! A wrong clock or a wrong configuration empties no registry.

use std::time::Duration;

use filsluse::{
    audit::entry::Event,
    pipeline::upkeep::{
        clock,
        erase::{self, Eraser},
        erase_error::EraseError,
    },
    retention::{alarms, guard::Refusal},
};
use jiff::{SignedDuration, civil::date};

use super::premises::{Laid, Premises, at, enrolled, premises, registry, submission};

const DUE: &str = "2026-04-10T22:00Z";

fn stored(it: &Premises, count: u32) -> Vec<Laid> {
    (0..count).map(|number| it.lay(number, at(DUE))).collect()
}

fn standing(code: &str, subject: &str) -> [(String, String); 1] {
    [(code.to_owned(), subject.to_owned())]
}

#[test]
fn a_sweep_of_too_much_waits_for_the_operator() {
    let it = premises();
    let laid = stored(&it, 21);
    it.lay(100, at("2027-01-01T00:00Z"));
    let refused = erase::run(&it.house, at(DUE), false);
    let too_large = Refusal::TooLarge { most: 20, there: 22 };
    assert!(matches!(refused, Err(EraseError::Refused(why)) if why == too_large), "{refused:?}");
    assert!((0..).zip(&laid).all(|(number, laid)| it.opens(laid, number)));
    assert_eq!(it.alarms(), standing("sweep-too-large", "sweep"));
    // Again, and too late: the other alarm comes too, and nothing goes.
    let late = at(DUE) + SignedDuration::from_hours(25);
    assert!(erase::run(&it.house, late, false).is_err());
    let overdue = ("erasure-overdue".to_owned(), "fastlege".to_owned());
    assert!(it.alarms().contains(&overdue));
    assert!((0..).zip(&laid).all(|(number, laid)| it.opens(laid, number)));

    assert_eq!(erase::run(&it.house, late, true).expect("swept").len(), 21);
    assert_eq!(it.alarms(), []);
    assert_eq!((it.audited(Event::AlarmRaised), it.audited(Event::AlarmCleared)), (2, 2));
}

#[test]
fn a_handful_or_a_small_share_goes_without_asking() {
    let it = premises();
    stored(&it, 20);
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 20);
    // 24 of 120 are just a fifth; what is erased counts no more.
    for number in 200..296 {
        it.lay(number, at("2027-01-01T00:00Z"));
    }
    for number in 300..324 {
        it.lay(number, at(DUE));
    }
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 24);
}

#[test]
fn a_clock_that_jumped_erases_nothing_until_an_operator_confirms() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let hours = |n: u64| Duration::from_secs(3600 * n);
    let mut eraser = Eraser::default();
    let start = at("2026-04-01T12:00Z");
    assert!(eraser.run(&it.house, start, hours(0), false).expect("swept").is_empty());
    // An hour has passed, and the clock says that it is May.
    let wrong = at("2026-05-01T12:00Z");
    for again in [1, 2] {
        let refused = eraser.run(&it.house, wrong, hours(again), false);
        assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    }
    assert!(it.opens(&laid, 1));
    assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
    // Confirmed in another way than through this eraser, it goes on from there.
    assert!(it.opens(&laid, 1));
    let elsewhere = erase::run(&it.house, at("2026-04-01T13:00Z"), true).expect("swept");
    assert!(elsewhere.is_empty() && it.alarms().is_empty());
    assert!(eraser.run(&it.house, at("2026-04-01T14:00Z"), hours(2), false).is_ok());
    let refused = eraser.run(&it.house, wrong, hours(3), false);
    assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    // The clock is right again, and the process another one: the alarm still stands.
    let right = at("2026-04-10T22:00Z");
    let it = it.reopened();
    assert!(erase::run(&it.house, right, false).is_err());
    assert!(it.opens(&laid, 1));
    assert_eq!(erase::run(&it.house, right, true).expect("swept").len(), 1);
    assert_eq!(it.alarms(), []);
}

/// What is confirmed is the clock as it is, and no leap that comes after.
#[test]
fn a_confirmation_covers_no_second_leap() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let mut eraser = Eraser::default();
    let hours = |n: u64| Duration::from_secs(3600 * n);
    eraser.run(&it.house, at("2026-01-01T12:00Z"), hours(0), false).expect("swept");
    // A leap by three days, seen between two sweeps and refused by the next.
    let first = at("2026-01-04T13:00Z");
    eraser.watch_clock(&it.house, first, hours(1)).expect("looked");
    assert!(eraser.run(&it.house, first, hours(1), false).is_err());
    assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
    erase::run(&it.house, first, true).expect("confirmed");
    eraser.watch_clock(&it.house, at("2026-01-04T14:00Z"), hours(2)).expect("looked");
    assert_eq!(it.alarms(), []);
    // The second, before any other sweep.
    let second = at("2026-05-01T12:00Z");
    let refused = eraser.run(&it.house, second, hours(3), false);
    assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
    assert!(it.opens(&laid, 1));
}

/// Nobody looked between the confirmation and the second leap.
#[test]
fn a_leap_right_after_the_confirmation_is_doubted_anew() {
    let hours = |n: u64| Duration::from_secs(3600 * n);
    for by_sweep in [true, false] {
        let it = premises();
        let laid = it.lay(1, at(DUE));
        let mut eraser = Eraser::default();
        eraser.run(&it.house, at("2026-01-01T12:00Z"), hours(0), false).expect("swept");
        let first = at("2026-01-04T13:00Z");
        assert!(eraser.run(&it.house, first, hours(1), false).is_err());
        // Set right, and confirmed: what the clock shows then counts.
        let right = at("2026-01-01T13:30Z");
        erase::run(&it.house, right, true).expect("confirmed");
        let second = at("2026-05-01T12:00Z");
        if by_sweep {
            let refused = eraser.run(&it.house, second, hours(2), false);
            assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
        } else {
            eraser.watch_clock(&it.house, second, hours(2)).expect("looked");
        }
        assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
        assert!(it.opens(&laid, 1));
        // That can be confirmed too.
        assert_eq!(erase::run(&it.house, second, true).expect("swept").len(), 1);
        assert!(eraser.run(&it.house, second, hours(2), false).is_ok());
    }
}

/// Its own last entry would tell the next process that somebody was at work at that time.
#[test]
fn a_leap_between_two_sweeps_outlives_the_process() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let mut eraser = Eraser::default();
    let hours = |n: u64| Duration::from_secs(3600 * n);
    eraser.run(&it.house, at("2026-04-01T12:00Z"), hours(0), false).expect("swept");
    eraser.watch_clock(&it.house, at("2026-04-01T13:00Z"), hours(1)).expect("looked");
    assert_eq!(it.alarms(), []);
    let wrong = at("2026-05-01T12:00Z");
    eraser.watch_clock(&it.house, wrong, hours(1)).expect("looked");
    assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
    eraser.watch_clock(&it.house, wrong, hours(1)).expect("looked");
    assert_eq!(it.audited(Event::AlarmRaised), 1);
    let it = it.reopened();
    let refused = erase::run(&it.house, wrong, false);
    assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    assert!(it.opens(&laid, 1));
}

/// The end of a year ends the limit of all its releases at once, which are more than any share.
#[test]
fn a_statute_waits_for_no_word() {
    let it = premises();
    let by_law: Vec<_> =
        (0..30).map(|number| it.lay_with(number, at(DUE), Some(at(DUE)))).collect();
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 30);
    assert!(by_law.iter().all(|laid| it.is_gone(laid)));
    // Nor while the share of the others asks for one.
    let by_law: Vec<_> =
        (100..130).map(|number| it.lay_with(number, at(DUE), Some(at(DUE)))).collect();
    let others: Vec<_> = (200..221).map(|number| it.lay(number, at(DUE))).collect();
    let refused = erase::run(&it.house, at(DUE), false);
    let too_large = Refusal::TooLarge { most: 20, there: 51 };
    assert!(matches!(refused, Err(EraseError::Refused(why)) if why == too_large), "{refused:?}");
    assert!(by_law.iter().all(|laid| it.is_gone(laid)));
    assert!((200..).zip(&others).all(|(number, laid)| it.opens(laid, number)));
    assert_eq!(it.alarms(), standing("sweep-too-large", "sweep"));
}

#[test]
fn what_is_past_a_statutory_limit_is_told_of_under_a_doubted_clock_too() {
    let it = premises();
    let by_law = it.lay_with(1, at(DUE), Some(at(DUE)));
    let by_configuration = it.lay(2, at(DUE));
    let mut eraser = Eraser::default();
    let hours = |n: u64| Duration::from_secs(3600 * n);
    eraser.run(&it.house, at("2026-04-01T12:00Z"), hours(0), false).expect("swept");
    let after = at(DUE) + SignedDuration::from_hours(25);
    let refused = eraser.run(&it.house, after, hours(1), false);
    assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    let both = ["clock-jump", "erasure-overdue"];
    let codes = || -> Vec<String> { it.alarms().into_iter().map(|(code, _)| code).collect() };
    assert_eq!(codes(), both);
    // Whoever asks between two sweeps is told the same.
    let missed = it.read(|view| alarms::missed(view, after));
    assert_eq!(missed.into_iter().collect::<Vec<_>>(), [(registry(), at(DUE))]);
    assert!(it.opens(&by_law, 1) && it.opens(&by_configuration, 2), "nothing goes unasked");
    // A doubted clock that goes back takes nothing back.
    assert!(eraser.run(&it.house, at("2026-03-01T12:00Z"), hours(2), false).is_err());
    assert_eq!(codes(), both);
    assert_eq!(erase::run(&it.house, after, true).expect("swept").len(), 2);
    assert_eq!(it.alarms(), []);
}

/// Where nothing has a statutory limit, a wrong clock cannot tell that anything is late.
#[test]
fn what_only_configuration_ends_is_not_told_of_under_a_doubted_clock() {
    let it = premises();
    it.lay(1, at(DUE));
    let mut eraser = Eraser::default();
    eraser.run(&it.house, at("2026-04-01T12:00Z"), Duration::ZERO, false).expect("swept");
    let wrong = at("2099-01-01T12:00Z");
    assert!(eraser.run(&it.house, wrong, Duration::ZERO, false).is_err());
    assert_eq!(it.alarms(), standing("clock-jump", "sweep"));
    assert!(it.read(|view| alarms::missed(view, wrong)).is_empty());
}

/// A checkpoint of a day that has not come would pass for the last day of work until then, and no
/// start would see the clock leap.
#[test]
fn one_leap_of_the_clock_does_not_switch_off_the_check_at_a_start() {
    let it = premises();
    let mut eraser = Eraser::default();
    let hours = |n: u64| Duration::from_secs(3600 * n);
    let right = at("2026-01-01T00:00Z");
    eraser.run(&it.house, right, hours(0), false).expect("swept");
    let kept = || {
        let dir = it.layout.places.audit().join("checkpoints");
        let days = std::fs::read_dir(dir).expect("kept").map(|entry| entry.expect("one"));
        days.map(|day| day.file_name().into_string().expect("a day")).collect::<Vec<_>>()
    };
    eraser.keep_checkpoint(&it.house, right, hours(0)).expect("kept");
    let wrong = at("2099-01-01T12:00Z");
    eraser.keep_checkpoint(&it.house, wrong, hours(1)).expect("no sweep has seen it yet");
    assert_eq!(kept(), ["2026-01-01"]);
    assert!(eraser.run(&it.house, wrong, hours(1), false).is_err());
    let right_again = at("2026-01-01T13:00Z");
    eraser.keep_checkpoint(&it.house, right_again, hours(13)).expect("the alarm stands");
    assert_eq!(kept(), ["2026-01-01"]);
    erase::run(&it.house, right_again, true).expect("confirmed");
    // What an earlier version has kept is passed over.
    it.house.log().expect("a log").keep_checkpoint(date(2099, 1, 1)).expect("kept");
    let end_of_the_day = at("2026-01-01T23:00Z");
    assert_eq!(clock::last_at_work(&it.house).expect("read"), Some(end_of_the_day));
}

#[test]
fn a_clock_behind_the_audit_log_is_told_and_can_be_confirmed() {
    let it = premises();
    it.lay(1, at("2026-08-01T22:00Z"));
    // As a demonstration does: the clock is moved ahead, and set back again.
    assert_eq!(erase::run(&it.house, at("2026-08-01T22:00Z"), true).expect("swept").len(), 1);
    let laid = it.lay(2, at(DUE));
    let refused = erase::run(&it.house, at(DUE), false);
    assert!(matches!(refused, Err(EraseError::Refused(Refusal::ClockJump))), "{refused:?}");
    assert!(it.opens(&laid, 2));
    assert_eq!(erase::run(&it.house, at(DUE), true).expect("swept").len(), 1);
    // The operator's word holds from now on, after a restart too.
    it.lay(3, at(DUE));
    let it = it.reopened();
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 1);
}

#[test]
fn an_enrolment_that_nobody_confirms_is_told_after_five_years() {
    let it = premises();
    for (number, mission) in [(1, "XA"), (2, "XA"), (3, "XB")] {
        let mut row = enrolled(number, mission);
        if mission == "XB" {
            row.confirmed_at = at("2027-01-01T12:00Z");
        }
        it.transact(|ledger| {
            ledger.add_submission(&submission(1_000_000 + number))?;
            ledger.put_enrolment(&row)
        });
    }
    // Confirmed on 1 January 2026: five years end when 1 January 2031 has ended in Oslo.
    assert!(erase::run(&it.house, at("2031-01-01T22:59:59Z"), false).is_ok());
    assert_eq!(it.alarms(), []);
    assert!(erase::run(&it.house, at("2031-01-01T23:00Z"), false).is_ok());
    assert_eq!(it.alarms(), standing("enrolment-stale", "XA"));
    for number in [1, 2] {
        let mut row = enrolled(number, "XA");
        row.confirmed_at = at("2031-01-02T12:00Z");
        it.transact(|ledger| ledger.put_enrolment(&row));
    }
    assert!(erase::run(&it.house, at("2031-01-02T13:00Z"), false).is_ok());
    assert_eq!(it.alarms(), []);
}
