//! By when a sender's next submission is expected, and whether it is overdue. Pure arithmetic.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    catalogue::records::operations::History,
    config::sender::{Expectation, Periodic, Yearly},
};

/// One thing that is expected of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// What.
    pub what: What,
    /// By when it is expected.
    pub at: Timestamp,
    /// From when on it counts as overdue.
    pub overdue_from: Timestamp,
}

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The annual submission for this service year.
    Annual(i16),
    /// Anything at all, within the period.
    Periodic,
}

impl Expected {
    /// What is expected of a sender, given what it has sent, or since when it could have, the most
    /// pressing first. Nothing when the calendar ends before.
    pub fn all(history: &History, expectation: &Expectation, zone: &TimeZone) -> Vec<Self> {
        let periodic = expectation.periodic.and_then(|one| after(history.last, one, zone));
        let yearly = expectation.yearly.and_then(|one| annual(history, one, zone));
        let mut all: Vec<_> = [periodic, yearly].into_iter().flatten().collect();
        all.sort_by_key(|expected| expected.overdue_from);
        all
    }

    /// Whether a sender that has sent nothing since is overdue.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from <= now
    }
}

impl What {
    /// The service year that it is about.
    pub fn service_year(self) -> Option<i16> {
        match self {
            Self::Annual(year) => Some(year),
            Self::Periodic => None,
        }
    }
}

/// For an alarm: what it is that has not come.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Annual(year) => write!(f, "annual submission for {year}"),
            Self::Periodic => f.write_str("submission of the period"),
        }
    }
}

/// Counts from the last submission that was not rejected.
fn after(last: Timestamp, periodic: Periodic, zone: &TimeZone) -> Option<Expected> {
    let at = last.to_zoned(zone.clone()).checked_add(periodic.every.span().ok()?).ok()?;
    let overdue_from = at.checked_add(periodic.grace.span().ok()?).ok()?.timestamp();
    Some(Expected { what: What::Periodic, at: at.timestamp(), overdue_from })
}

/// The deadline of the first service year that was not reported in full. The years begin with the
/// first one whose deadline was ahead when the sender began to send, or was waited for, or with the
/// first that it reported, if that is earlier; each is fulfilled by itself alone, however many
/// later ones have come.
fn annual(history: &History, yearly: Yearly, zone: &TimeZone) -> Option<Expected> {
    let of = |year: i16| {
        let deadline = yearly.deadline.in_year(year.checked_add(1)?)?;
        let last = yearly.exception.unwrap_or(yearly.deadline).in_year(year + 1)?;
        let (at, overdue_from) = (end_of(deadline, zone)?, end_of(last, zone)?);
        Some(Expected { what: What::Annual(year), at, overdue_from })
    };
    let began = history.first.to_zoned(zone.clone()).year();
    let is_ahead = |year: &i16| of(*year).is_some_and(|one| history.first < one.overdue_from);
    let awaited = [began - 1, began].into_iter().find(is_ahead);
    let reported = history.years.first().map(|(year, _)| *year);
    let is_open = |year: &i16| !history.years.contains(&(*year, true));
    let first = awaited.into_iter().chain(reported).min()?;
    of((first..i16::MAX).find(is_open)?)
}

/// When the day has ended.
fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::{Expected, What};
    use crate::{
        catalogue::records::operations::History,
        config::sender::{Expectation, MonthDay, Periodic, Yearly},
        types::period::Period,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn oslo() -> TimeZone {
        TimeZone::get("Europe/Oslo").unwrap()
    }

    #[test]
    fn counts_calendar_periods_in_the_zone() {
        let periodic = Some(Periodic { every: "P1M".parse().unwrap(), grace: Period::days(10) });
        let expectation = Expectation { periodic, yearly: None };
        // Over the change to summer time the hour on the wall stays.
        let last = at("2026-03-10T11:00:00Z");
        let history = History { first: last, last, years: Vec::new() };
        let [expected] = Expected::all(&history, &expectation, &oslo())[..] else { panic!("one") };
        assert_eq!(expected.what, What::Periodic);
        assert_eq!(expected.at, at("2026-04-10T10:00:00Z"));
        assert!(!expected.is_overdue(at("2026-04-20T09:59:59Z")));
        assert!(expected.is_overdue(at("2026-04-20T10:00:00Z")));
    }

    #[test]
    fn the_annual_submission_has_a_deadline_and_an_exception() {
        let day = |text| MonthDay::parse(text).unwrap();
        let yearly = Yearly { deadline: day("01-15"), exception: Some(day("02-15")) };
        let expectation = Expectation { periodic: None, yearly: Some(yearly) };
        let next = |first, years: &[(i16, bool)]| {
            let history = History { first: at(first), last: at(first), years: years.to_vec() };
            Expected::all(&history, &expectation, &oslo())[0]
        };
        let of_2017 = next("2017-03-01T12:00:00Z", &[(2016, true)]);
        assert_eq!(of_2017.what, What::Annual(2017));
        assert_eq!(of_2017.at, at("2018-01-15T23:00:00Z"), "15 January has ended in Oslo");
        assert_eq!(of_2017.overdue_from, at("2018-02-15T23:00:00Z"));
        assert!(!of_2017.is_overdue(at("2018-02-15T22:59:59Z")));
        // Nothing has come for years: the first that is missing counts.
        let years = &[(2014, true), (2015, false), (2017, true)];
        assert_eq!(next("2017-03-01T12:00:00Z", years).at, at("2016-01-15T23:00:00Z"));
        // Who begins to send is not overdue for what was due before.
        assert_eq!(next("2017-10-01T12:00:00Z", &[]).at, at("2018-01-15T23:00:00Z"));
        assert_eq!(next("2018-01-20T12:00:00Z", &[]).at, at("2018-01-15T23:00:00Z"));
    }

    #[test]
    fn a_year_is_fulfilled_by_itself_alone() {
        let yearly = Yearly { deadline: MonthDay::parse("01-15").unwrap(), exception: None };
        let expectation = Expectation { periodic: None, yearly: Some(yearly) };
        let awaited = |years: &[(i16, bool)]| {
            let first = at("2024-01-05T12:00:00Z");
            let history = History { first, last: first, years: years.to_vec() };
            Expected::all(&history, &expectation, &oslo())[0].what.service_year().unwrap()
        };
        for (years, next) in [
            (&[][..], 2023),
            (&[(2024, true)], 2023),
            (&[(2024, true), (2025, true)], 2023),
            (&[(2023, false), (2024, true)], 2023),
            (&[(2023, true), (2024, true)], 2025),
            (&[(2022, true)], 2023),
            (&[(2020, true), (2024, true)], 2021),
            (&[(2020, false)], 2020),
        ] {
            assert_eq!(awaited(years), next, "{years:?}");
        }
    }

    #[test]
    fn each_of_two_expectations_is_overdue_by_itself() {
        let expectation = Expectation {
            periodic: Some(Periodic { every: "P1M".parse().unwrap(), grace: Period::days(10) }),
            yearly: Some(Yearly { deadline: MonthDay::parse("01-15").unwrap(), exception: None }),
        };
        let next = |last| {
            let first = at("2017-01-20T12:00:00Z");
            let history = History { first, last: at(last), years: vec![(2016, true)] };
            let all = Expected::all(&history, &expectation, &oslo());
            all.into_iter().map(|expected| (expected.what, expected.at)).collect::<Vec<_>>()
        };
        let annual = (What::Annual(2017), at("2018-01-15T23:00:00Z"));
        let in_june = (What::Periodic, at("2017-06-01T12:00:00Z"));
        assert_eq!(next("2017-05-01T12:00:00Z"), [in_june, annual]);
        let in_february = (What::Periodic, at("2018-02-10T12:00:00Z"));
        assert_eq!(next("2018-01-10T12:00:00Z"), [annual, in_february]);
    }
}
