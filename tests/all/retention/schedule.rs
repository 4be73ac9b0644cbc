//! Deadlines by the calendar of Europe/Oslo: year ends, leap years, clock changes, statutes.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

use filsluse::{
    retention::{
        profile::{ConfigurationError, ConfiguredPeriod, Erasable, Profile, Start},
        schedule::{EventTimes, Schedule},
    },
    types::period::Period,
};
use jiff::{Timestamp, tz::TimeZone};

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").expect("the bundled time zones")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn shipped(profile: &str) -> Schedule {
    Schedule::new(Profile::named(profile).expect("a profile"), &[]).expect("no configuration")
}

#[test]
fn deadlines_end_with_the_local_day() {
    type Set = fn(Timestamp) -> EventTimes;
    let processed: Set = |t| EventTimes { processed: Some(t), ..EventTimes::default() };
    let withdrawn: Set = |t| EventTimes { withdrawal_delivered: Some(t), ..EventTimes::default() };
    let superseded: Set = |t| EventTimes { superseded: Some(t), ..EventTimes::default() };
    let received: Set = |t| EventTimes { received: Some(t), ..EventTimes::default() };
    let decided: Set = |t| EventTimes { decided: Some(t), ..EventTimes::default() };
    let (enrolment, object) = (Erasable::Enrolment, Erasable::Object);
    let cases = [
        // 10 January + 30 days = 9 February, gone when it has ended: winter time is UTC+1.
        ("30 days", "fastlege", enrolment, withdrawn, "2026-01-10T08:00Z", "2026-02-09T23:00Z"),
        // 23:30Z on the 9th is the 10th in Oslo.
        ("local day", "fastlege", enrolment, withdrawn, "2026-01-09T23:30Z", "2026-02-09T23:00Z"),
        (
            "last instant",
            "fastlege",
            enrolment,
            withdrawn,
            "2026-01-10T22:59:59Z",
            "2026-02-09T23:00Z",
        ),
        ("next day", "fastlege", enrolment, withdrawn, "2026-01-10T23:00Z", "2026-02-10T23:00Z"),
        // 29 March 2026 has 23 hours: from winter time to summer time.
        ("into summer", "fastlege", enrolment, withdrawn, "2026-03-01T12:00Z", "2026-03-31T22:00Z"),
        (
            "on the short day",
            "fastlege",
            enrolment,
            withdrawn,
            "2026-02-27T12:00Z",
            "2026-03-29T22:00Z",
        ),
        // 25 October 2026 has 25 hours; the deadline is the end of the 24th.
        (
            "before the long day",
            "fastlege",
            enrolment,
            withdrawn,
            "2026-09-24T12:00Z",
            "2026-10-24T22:00Z",
        ),
        (
            "on the long day",
            "fastlege",
            enrolment,
            withdrawn,
            "2026-09-25T12:00Z",
            "2026-10-25T23:00Z",
        ),
        ("leap day", "fastlege", enrolment, withdrawn, "2028-01-30T12:00Z", "2028-02-29T23:00Z"),
        ("no leap day", "fastlege", enrolment, withdrawn, "2026-01-30T12:00Z", "2026-03-01T23:00Z"),
        (
            "90 days over new year",
            "fastlege",
            object,
            processed,
            "2026-12-01T12:00Z",
            "2027-03-01T23:00Z",
        ),
        ("kpr", "kpr", object, superseded, "2026-06-01T12:00Z", "2026-07-01T22:00Z"),
        ("iplos", "iplos", object, superseded, "2026-12-02T12:00Z", "2027-01-01T23:00Z"),
        (
            "police, undecided",
            "politisvar",
            object,
            received,
            "2026-06-01T12:00Z",
            "2026-08-30T22:00Z",
        ),
        (
            "police, decided",
            "politisvar",
            object,
            decided,
            "2026-06-01T12:34Z",
            "2026-06-01T12:34Z",
        ),
    ];
    for (name, profile, subject, set, event, want) in cases {
        let deadline = shipped(profile).erasure(subject, &set(at(event)), &oslo()).expect("near");
        assert_eq!(deadline.map(|due| due.at), Some(at(want)), "case: {name}");
    }
}

#[test]
fn released_data_go_with_the_task_or_five_years_after_the_operating_year() {
    let schedule = shipped("hdir-finansiering");
    let of_year = |operating_year| EventTimes { operating_year, ..EventTimes::default() };
    let limit = at("2024-12-31T23:00Z");
    let cases = [
        ("year 2019", of_year(Some(2019)), Some(limit), "operating-year-end + P5Y"),
        (
            "year 2020",
            of_year(Some(2020)),
            Some(at("2025-12-31T23:00Z")),
            "operating-year-end + P5Y",
        ),
        (
            "task done before",
            EventTimes { task_done: Some(at("2021-05-05T05:05Z")), ..of_year(Some(2019)) },
            Some(at("2021-05-05T05:05Z")),
            "task-done + P0D",
        ),
        (
            "task done too late",
            EventTimes { task_done: Some(at("2025-05-05T05:05Z")), ..of_year(Some(2019)) },
            Some(limit),
            "operating-year-end + P5Y",
        ),
        ("nothing known", of_year(None), None, ""),
    ];
    for (name, events, want, rule) in cases {
        let deadline = schedule.erasure(Erasable::Object, &events, &oslo()).expect("near");
        assert_eq!(deadline.map(|due| due.at), want, "case: {name}");
        assert_eq!(deadline.map_or(String::new(), |due| due.rule.to_string()), rule, "{name}");
        assert_eq!(schedule.statutory_limit(&events, &oslo()), Ok(want), "case: {name}");
    }
    for year in [0, -1, 9999, 9995] {
        assert!(schedule.statutory_limit(&of_year(Some(year)), &oslo()).is_err(), "{year}");
    }
}

/// NPR-05: "year 2019 -> erased at the latest when 31 December 2024 has ended, Europe/Oslo".
#[test]
fn no_later_than_five_years_after_the_end_of_the_operating_year() {
    let schedule = shipped("hdir-finansiering");
    // Leap years among them, and 2100, which is none.
    for year in 1990..2110_i16 {
        let events = EventTimes { operating_year: Some(year), ..EventTimes::default() };
        // The year has ended at midnight in Oslo, an hour before it does in Greenwich.
        let ended = at(&format!("{}-12-31T23:00Z", year + 5));
        let limit = schedule.statutory_limit(&events, &oslo()).expect("near");
        assert_eq!(limit, Some(ended), "{year}");
        let local = oslo().to_datetime(ended);
        assert_eq!((local.year(), local.month(), local.day()), (year + 6, 1, 1), "{year}");
        assert_eq!((local.hour(), local.minute()), (0, 0), "{year}");
    }
}

/// NPR-05: "erased as soon as the task is done", at whatever hour, and never later for it.
#[test]
fn as_soon_as_the_task_is_done_and_never_past_the_five_years() {
    let schedule = shipped("hdir-finansiering");
    let limit = at("2029-12-31T23:00Z");
    for (done, want) in [
        // In the hour that clocks skip, in the one that they show twice, on a leap day.
        ("2025-03-30T01:00Z", "2025-03-30T01:00Z"),
        ("2025-10-26T00:30Z", "2025-10-26T00:30Z"),
        ("2025-10-26T01:30Z", "2025-10-26T01:30Z"),
        ("2028-02-29T23:30Z", "2028-02-29T23:30Z"),
        ("2029-12-31T22:59:59Z", "2029-12-31T22:59:59Z"),
        ("2029-12-31T23:00Z", "2029-12-31T23:00Z"),
        ("2030-01-01T00:00Z", "2029-12-31T23:00Z"),
    ] {
        let events = EventTimes {
            operating_year: Some(2024),
            task_done: Some(at(done)),
            ..EventTimes::default()
        };
        let deadline = schedule.erasure(Erasable::Object, &events, &oslo()).expect("near");
        assert_eq!(deadline.map(|due| due.at), Some(at(want)), "{done}");
        let outer = schedule.statutory_limit(&events, &oslo()).expect("near");
        assert_eq!(outer, Some(at(want).min(limit)), "{done}");
    }
}

#[test]
fn only_statutes_set_a_statutory_limit() {
    let now = Some(at("2026-01-01T00:00Z"));
    let events = EventTimes {
        confirmed: now,
        decided: now,
        operating_year: Some(2026),
        processed: now,
        received: now,
        superseded: now,
        task_done: now,
        withdrawal_delivered: now,
    };
    for profile in ["fastlege", "iplos", "kpr", "politisvar"] {
        assert_eq!(shipped(profile).statutory_limit(&events, &oslo()), Ok(None), "{profile}");
    }
}

#[test]
fn operators_are_told_before_things_go_stale() {
    let from = Some(at("2026-01-10T08:00Z"));
    let events = EventTimes { confirmed: from, received: from, ..EventTimes::default() };
    let told = |profile, subject| {
        let deadline = shipped(profile).escalation(subject, &events, &oslo()).expect("near");
        deadline.map(|due| due.at)
    };
    assert_eq!(told("fastlege", Erasable::Enrolment), Some(at("2031-01-10T23:00Z")));
    assert_eq!(told("politisvar", Erasable::Object), Some(at("2026-02-09T23:00Z")));
    assert_eq!(told("kpr", Erasable::Object), None);
}

#[test]
fn a_configured_period_takes_the_place_of_the_shipped_one() {
    let fastlege = Profile::named("fastlege").expect("a profile");
    let configured = ConfiguredPeriod { from: Start::Processed, after: Period::days(10) };
    let schedule = Schedule::new(fastlege, &[configured]).expect("lawful");
    let event = Some(at("2026-01-10T08:00Z"));
    let events =
        EventTimes { processed: event, withdrawal_delivered: event, ..EventTimes::default() };
    let due = |subject| schedule.erasure(subject, &events, &oslo()).expect("near").expect("runs");
    assert_eq!(due(Erasable::Object).at, at("2026-01-20T23:00Z"));
    assert_eq!(due(Erasable::Object).rule.to_string(), "processed + P10D");
    assert_eq!(
        due(Erasable::Enrolment).at,
        at("2026-02-09T23:00Z"),
        "the other clock is untouched"
    );

    let npr = Profile::named("hdir-finansiering").expect("a profile");
    let late = ConfiguredPeriod { from: Start::OperatingYearEnd, after: Period::years(6) };
    let refused = Schedule::new(npr, &[late]).expect_err("unlawful");
    assert!(matches!(refused, ConfigurationError::PassesLimit { .. }), "{refused}");
    assert!(refused.to_string().contains("§ 3-3"), "{refused}");
}

proptest::proptest! {
    /// A sweep never comes early, and the deadline is midnight in Oslo.
    #[test]
    fn a_deadline_is_a_later_local_midnight(second in 0_i64..4_000_000_000, days in 1_u32..4000) {
        let event = Timestamp::from_second(second).expect("in range");
        let rule = ConfiguredPeriod { from: Start::Processed, after: Period::days(days) };
        let profile = Profile::named("fastlege").expect("a profile");
        let events = EventTimes { processed: Some(event), ..EventTimes::default() };
        let due = Schedule::new(profile, &[rule]).expect("lawful")
            .erasure(Erasable::Object, &events, &oslo()).expect("near").expect("runs").at;
        let local = due.to_zoned(oslo());
        proptest::prop_assert_eq!(local.time(), jiff::civil::time(0, 0, 0, 0));
        let passed = event.to_zoned(oslo()).date().until(local.date()).expect("in range");
        proptest::prop_assert_eq!(passed.get_days(), i32::try_from(days + 1).expect("small"));
    }
}
