//! By when a sender's next submission is expected, and whether it is overdue. Pure arithmetic.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    catalogue::records::operations::History,
    config::sender::{Expectation, Periodic, Yearly},
};

/// What is expected of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// By when the next submission is expected.
    pub at: Timestamp,
    /// From when on the sender counts as overdue.
    pub overdue_from: Timestamp,
}

impl Expected {
    /// What is expected next of a sender, given what it has sent, or since when it could have. `None`
    /// when the calendar ends before.
    pub fn next(history: &History, expectation: &Expectation, zone: &TimeZone) -> Option<Self> {
        let periodic = expectation.periodic.and_then(|one| after(history.last, one, zone));
        let yearly = expectation.yearly.and_then(|one| annual(history, one, zone));
        [periodic, yearly].into_iter().flatten().min_by_key(|expected| expected.overdue_from)
    }

    /// Whether a sender that has sent nothing since is overdue.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from <= now
    }
}

/// Counts from the last submission.
fn after(last: Timestamp, periodic: Periodic, zone: &TimeZone) -> Option<Expected> {
    let at = last.to_zoned(zone.clone()).checked_add(periodic.every).ok()?;
    let overdue_from = at.checked_add(periodic.grace).ok()?;
    Some(Expected { at: at.timestamp(), overdue_from: overdue_from.timestamp() })
}

/// The deadline of the service year after the last one that was reported; of a sender that has
/// reported none, the first that came after it began to send.
fn annual(history: &History, yearly: Yearly, zone: &TimeZone) -> Option<Expected> {
    let of = |year: i16| {
        let deadline = yearly.deadline.in_year(year.checked_add(1)?)?;
        let last = yearly.exception.unwrap_or(yearly.deadline).in_year(year + 1)?;
        Some(Expected { at: end_of(deadline, zone)?, overdue_from: end_of(last, zone)? })
    };
    if let Some(year) = history.last_annual_year {
        return of(year.checked_add(1)?);
    }
    let began = history.first.to_zoned(zone.clone()).year();
    let is_ahead = |expected: &Expected| history.first < expected.overdue_from;
    [began - 1, began].into_iter().find_map(|year| of(year).filter(is_ahead))
}

/// When the day has ended.
fn end_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan, tz::TimeZone};

    use super::Expected;
    use crate::{
        catalogue::records::operations::History,
        config::sender::{Expectation, MonthDay, Periodic, Yearly},
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn oslo() -> TimeZone {
        TimeZone::get("Europe/Oslo").unwrap()
    }

    #[test]
    fn counts_calendar_periods_in_the_zone() {
        let periodic = Some(Periodic { every: 1.month(), grace: 10.days() });
        let expectation = Expectation { periodic, yearly: None };
        // Over the change to summer time the hour on the wall stays.
        let last = at("2026-03-10T11:00:00Z");
        let history = History { first: last, last, last_annual_year: None };
        let expected = Expected::next(&history, &expectation, &oslo()).unwrap();
        assert_eq!(expected.at, at("2026-04-10T10:00:00Z"));
        assert!(!expected.is_overdue(at("2026-04-20T09:59:59Z")));
        assert!(expected.is_overdue(at("2026-04-20T10:00:00Z")));
    }

    #[test]
    fn the_annual_submission_has_a_deadline_and_an_exception() {
        let day = |text| MonthDay::parse(text).unwrap();
        let yearly = Yearly { deadline: day("01-15"), exception: Some(day("02-15")) };
        let expectation = Expectation { periodic: None, yearly: Some(yearly) };
        let next = |first, last_annual_year| {
            let history = History { first: at(first), last: at(first), last_annual_year };
            Expected::next(&history, &expectation, &oslo()).unwrap()
        };
        let of_2017 = next("2017-03-01T12:00:00Z", Some(2016));
        assert_eq!(of_2017.at, at("2018-01-15T23:00:00Z"), "15 January has ended in Oslo");
        assert_eq!(of_2017.overdue_from, at("2018-02-15T23:00:00Z"));
        assert!(!of_2017.is_overdue(at("2018-02-15T22:59:59Z")));
        // Nothing has come for years: the first that is missing counts.
        assert_eq!(next("2017-03-01T12:00:00Z", Some(2014)).at, at("2016-01-15T23:00:00Z"));
        // Who begins to send is not overdue for what was due before.
        assert_eq!(next("2017-10-01T12:00:00Z", None).at, at("2018-01-15T23:00:00Z"));
        assert_eq!(next("2018-01-20T12:00:00Z", None).at, at("2018-01-15T23:00:00Z"));
    }

    #[test]
    fn of_two_expectations_the_earlier_counts() {
        let expectation = Expectation {
            periodic: Some(Periodic { every: 1.month(), grace: 10.days() }),
            yearly: Some(Yearly { deadline: MonthDay::parse("01-15").unwrap(), exception: None }),
        };
        let next = |last| {
            let first = at("2017-01-20T12:00:00Z");
            let history = History { first, last: at(last), last_annual_year: Some(2016) };
            Expected::next(&history, &expectation, &oslo()).unwrap().at
        };
        assert_eq!(next("2017-05-01T12:00:00Z"), at("2017-06-01T12:00:00Z"));
        assert_eq!(next("2018-01-10T12:00:00Z"), at("2018-01-15T23:00:00Z"));
    }
}
