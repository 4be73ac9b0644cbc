//! What is planned happens, when it is due, for good, and once.

use filsluse::{
    audit::entry::Event,
    catalogue::records::objects::ObjectFilter,
    pipeline::upkeep::erase,
    retention::{
        plan::{self, Planned},
        profile::Erasable,
        schedule::EventTimes,
        swept::Outcome,
    },
    seal::identity::open,
};
use jiff::{SignedDuration, Timestamp};

use super::premises::{at, due, enrolled, premises, secret_of, submission};

const DUE: &str = "2026-04-10T22:00Z";

#[test]
fn a_plan_is_what_the_sweep_does() {
    let it = premises();
    let days = |n: i64| at(DUE) + SignedDuration::from_hours(24 * n);
    for number in 0..12 {
        it.lay(number, days(i64::from(number)));
    }
    // Held: one without a limit stays, one whose limit has come goes.
    let kept = it.lay(20, days(1));
    let over = it.lay_with(21, days(1), Some(days(2)));
    for id in [&kept.id, &over.id] {
        it.transact(|ledger| ledger.hold_object(id, "inquiry").map(drop));
    }
    // Its limit comes before its deadline.
    it.lay_with(22, days(90), Some(days(3)));
    for number in 0..4 {
        it.withdraw(number, days(i64::from(number) * 3));
    }

    let planned = it.read(|view| plan::at(view, days(5), 1000));
    assert_eq!(planned.len(), 6 + 1 + 1 + 2);
    assert!(planned.is_sorted_by_key(|planned| planned.due_at));
    let swept = erase::run(&it.house, days(5), false).expect("swept");
    assert!(swept.iter().all(|one| one.outcome == Outcome::Erased && one.reason.is_none()));
    let mut did: Vec<Planned> = swept.into_iter().map(|one| one.planned).collect();
    did.sort_by(|a, b| (a.due_at, &a.object).cmp(&(b.due_at, &b.object)));
    assert_eq!(did, planned);

    // What lies ahead now, the held one included, and no more than was asked for.
    let ahead = it.read(|view| plan::upcoming(view, None, Timestamp::MAX, 1000));
    assert_eq!(ahead.len(), 6 + 1 + 2);
    assert_eq!(ahead.iter().filter(|planned| planned.held).count(), 1);
    assert_eq!(it.read(|view| plan::upcoming(view, None, Timestamp::MAX, 3)), ahead[..3]);
    assert_eq!(it.read(|view| plan::upcoming(view, None, days(6), 1000)).len(), 3);
    for page in [1, 2, 4] {
        let mut told: Vec<Planned> = Vec::new();
        loop {
            let next = it.read(|view| plan::upcoming(view, told.last(), Timestamp::MAX, page));
            if next.is_empty() {
                break;
            }
            told.extend(next);
        }
        assert_eq!(told, ahead, "in pages of {page}");
    }
}

#[test]
fn the_shapes_that_scripts_rely_on() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let row = it.withdraw(2, at(DUE));
    let planned = it.read(|view| plan::at(view, at(DUE), 9));
    let person = row.person.as_str();
    let enrolment = serde_json::json!({
        "object": format!("enrolment:fastlege:UT:{person}"),
        "registry": "fastlege",
        "due_at": "2026-04-10T22:00:00Z",
        "rule": "withdrawal-delivered",
        "statutory_limit": null,
        "held": false,
    });
    let mut object = enrolment.clone();
    object["object"] = laid.id.to_string().into();
    object["rule"] = "processed + P90D".into();
    assert_eq!(serde_json::to_value(&planned).unwrap(), serde_json::json!([enrolment, object]));
    // What may be logged does not link a person's records.
    assert!(!format!("{planned:?} {}", planned[0]).contains(person));

    let swept = erase::run(&it.house, at(DUE), false).expect("swept");
    object["outcome"] = "erased".into();
    object["reason"] = serde_json::Value::Null;
    assert_eq!(serde_json::to_value(&swept[0]).unwrap(), object);
}

/// By the registry's own schedule, over both changes of the clock.
#[test]
fn nothing_goes_before_its_time_and_everything_at_it() {
    let processed = |t: &str| EventTimes { processed: Some(at(t)), ..EventTimes::default() };
    let withdrawn =
        |t: &str| EventTimes { withdrawal_delivered: Some(at(t)), ..EventTimes::default() };
    // (what, local day that ends with the deadline's own offset)
    let cases = [
        (Erasable::Object, processed("2026-01-10T12:00Z"), "2026-04-10T22:00Z"),
        (Erasable::Object, processed("2026-08-10T12:00Z"), "2026-11-08T23:00Z"),
        (Erasable::Enrolment, withdrawn("2026-02-27T12:00Z"), "2026-03-29T22:00Z"),
        (Erasable::Enrolment, withdrawn("2026-09-25T12:00Z"), "2026-10-25T23:00Z"),
        (Erasable::Enrolment, withdrawn("2026-01-10T08:00Z"), "2026-02-09T23:00Z"),
    ];
    let it = premises();
    for (number, (subject, events, want)) in (0..).zip(cases) {
        let due = due(&it.house, subject, &events);
        assert_eq!(due, at(want), "case {number}");
        match subject {
            Erasable::Object => drop(it.lay(number, due)),
            Erasable::Enrolment => drop(it.withdraw(number, due)),
        }
    }
    let mut deadlines: Vec<Timestamp> = cases.map(|(.., want)| at(want)).to_vec();
    deadlines.sort();
    for due in deadlines {
        for early in [SignedDuration::from_hours(24), SignedDuration::from_micros(1)] {
            let swept = erase::run(&it.house, due - early, false).expect("swept");
            assert!(swept.is_empty(), "{early:?} before {due}");
        }
        assert_eq!(erase::run(&it.house, due, false).expect("swept").len(), 1, "at {due}");
    }
}

#[test]
fn what_is_erased_cannot_be_had_back_from_any_copy_of_the_payload() {
    let it = premises();
    let gone = it.lay(1, at(DUE));
    let other = it.lay(2, at("2026-05-01T22:00Z"));
    assert!(it.opens(&gone, 1) && it.opens(&other, 2));
    assert!(it.state_holds(secret_of(&gone)), "the test can see a header that is there");
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 1);

    assert!(it.is_gone(&gone));
    assert!(!it.opens(&gone, 1) && it.opens(&other, 2));
    // The backup: the payload as it was, laid back into its place, and every header that is left.
    std::fs::write(it.payload(&gone.id), &gone.payload).expect("laid back");
    assert!(!it.opens(&gone, 1));
    let left = it.read(|view| view.header(&other.id)).expect("a header");
    let mut plain = Vec::new();
    let opened = open(left, gone.payload.as_slice(), &it.identity)
        .is_ok_and(|mut text| std::io::Read::read_to_end(&mut text, &mut plain).is_ok());
    assert!(!opened, "another object's header opened it");
    // With its own header it would open: the copy is sound.
    assert!(open(gone.header.clone(), gone.payload.as_slice(), &it.identity).is_ok());
}

#[test]
fn the_audit_log_tells_what_went_when_and_why() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    let row = it.withdraw(2, at(DUE));
    it.withdraw(3, at(DUE));
    let now = at("2026-04-10T22:30Z");
    erase::run(&it.house, now, false).expect("swept");
    let entries = it.audit();
    let [object, key, enrolments] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((key.event, key.object.as_ref()), (Event::MonthKeyDestroyed, None));
    assert_eq!((object.event, object.time), (Event::ObjectErased, now));
    assert_eq!(object.object.as_ref(), Some(&laid.id));
    assert_eq!(object.rule.as_deref(), Some("processed + P90D"));
    assert_eq!(object.due, Some(at(DUE)));
    assert_eq!(object.counts["bytes"], laid.payload.len() as u64);
    assert_eq!((enrolments.event, enrolments.due), (Event::EnrolmentErased, Some(at(DUE))));
    assert_eq!(enrolments.counts["enrolments"], 2);
    let bytes = enrolments.to_bytes();
    assert!(memchr::memmem::find(&bytes, row.person.as_str().as_bytes()).is_none());
    assert_eq!(it.object(&laid.id).erased_at, Some(now));
}

#[test]
fn a_withdrawn_persons_record_is_gone_from_every_file() {
    let it = premises();
    let delivered =
        EventTimes { withdrawal_delivered: Some(at("2026-01-10T12:00Z")), ..EventTimes::default() };
    let due = due(&it.house, Erasable::Enrolment, &delivered);
    let gone = it.withdraw(1, due);
    let later = it.withdraw(2, due + SignedDuration::from_hours(24));
    let stays = enrolled(3, "UT");
    it.transact(|ledger| {
        ledger.add_submission(&submission(1_000_003))?;
        ledger.put_enrolment(&stays)
    });
    assert!(it.state_holds(gone.person.as_str().as_bytes()));
    assert_eq!(erase::run(&it.house, due, false).expect("swept").len(), 1);
    assert!(!it.state_holds(gone.person.as_str().as_bytes()));
    for row in [later, stays] {
        assert!(it.state_holds(row.person.as_str().as_bytes()));
    }
}

#[test]
fn a_second_sweep_changes_nothing() {
    let it = premises();
    it.lay(1, at(DUE));
    it.withdraw(2, at(DUE));
    assert_eq!(erase::run(&it.house, at(DUE), false).expect("swept").len(), 2);
    let before = (it.audit(), it.read(|view| view.objects(&ObjectFilter::default())), it.alarms());
    let later = at(DUE) + SignedDuration::from_hours(5);
    assert!(erase::run(&it.house, later, false).expect("swept").is_empty());
    assert!(erase::run(&it.house, later, true).expect("swept").is_empty());
    let after = (it.audit(), it.read(|view| view.objects(&ObjectFilter::default())), it.alarms());
    assert_eq!(before, after);
}

#[test]
fn a_payload_that_is_gone_already_is_no_failure() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    it.house.store(&laid.id.registry).expect("a store").erase(&laid.id).expect("erased");
    let swept = erase::run(&it.house, at(DUE), false).expect("swept");
    assert_eq!(swept[0].outcome, Outcome::Erased);
    assert!(it.is_gone(&laid));
}

/// Days of sweeping: the catalogue is rewritten at most once in each, by the monotonic clock.
#[test]
fn a_pseudonym_that_went_later_in_the_day_goes_for_good_the_next() {
    use std::time::Duration;
    let it = premises();
    let mut eraser = erase::Eraser::default();
    let hour = |n: u32| at(DUE) + SignedDuration::from_hours(n.into());
    let mut sweep = |n: u32| {
        let passed = Duration::from_secs(3600 * u64::from(n));
        eraser.run(&it.house, hour(n), passed, false).expect("swept").len()
    };
    it.withdraw(1, hour(0));
    let second = it.withdraw(2, hour(1));
    assert_eq!((sweep(0), sweep(1), sweep(2)), (1, 1, 0));
    assert_eq!(sweep(30), 0);
    assert!(!it.state_holds(second.person.as_str().as_bytes()));
}
