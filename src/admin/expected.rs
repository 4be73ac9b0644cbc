//! By when a sender's next submission is expected, and whether it is overdue. Pure arithmetic.

use jiff::{Timestamp, tz::TimeZone};

use crate::config::sender::Expectation;

/// What is expected of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// By when the next submission is expected.
    pub at: Timestamp,
    /// When the grace after that has passed.
    pub overdue_from: Timestamp,
}

impl Expected {
    /// Counts from the last submission; from `begin`, when the installation began, for a sender that
    /// has never sent. `None` when the calendar ends before.
    pub fn after(
        last: Option<Timestamp>,
        begin: Timestamp,
        expectation: Expectation,
        zone: &TimeZone,
    ) -> Option<Self> {
        let from = last.unwrap_or(begin).to_zoned(zone.clone());
        let at = from.checked_add(expectation.every).ok()?;
        let overdue_from = at.checked_add(expectation.grace).ok()?;
        Some(Self { at: at.timestamp(), overdue_from: overdue_from.timestamp() })
    }

    /// Whether a sender that has sent nothing since is overdue.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from < now
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan, tz::TimeZone};

    use super::Expected;
    use crate::config::sender::Expectation;

    #[test]
    fn counts_calendar_periods_in_the_zone() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let expectation = Expectation { every: 1.month(), grace: 10.days() };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let begin = at("2026-01-01T00:00:00Z");
        // Over the change to summer time the hour on the wall stays.
        let last = Some(at("2026-03-10T11:00:00Z"));
        let expected = Expected::after(last, begin, expectation, &zone).unwrap();
        assert_eq!(expected.at, at("2026-04-10T10:00:00Z"));
        assert!(!expected.is_overdue(at("2026-04-20T10:00:00Z")));
        assert!(expected.is_overdue(at("2026-04-20T10:00:01Z")));
        let never = Expected::after(None, begin, expectation, &zone).unwrap();
        assert_eq!(never.at, at("2026-02-01T00:00:00Z"));
    }
}
