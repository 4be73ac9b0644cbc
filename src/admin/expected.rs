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
    /// Counts from the last submission. `None` when the calendar ends before.
    pub fn after(last: Timestamp, expectation: Expectation, zone: &TimeZone) -> Option<Self> {
        let at = last.to_zoned(zone.clone()).checked_add(expectation.every).ok()?;
        let overdue_from = at.checked_add(expectation.grace).ok()?;
        Some(Self { at: at.timestamp(), overdue_from: overdue_from.timestamp() })
    }

    /// Whether a sender that has sent nothing since is overdue.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_from <= now
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
        // Over the change to summer time the hour on the wall stays.
        let last = at("2026-03-10T11:00:00Z");
        let expected = Expected::after(last, expectation, &zone).unwrap();
        assert_eq!(expected.at, at("2026-04-10T10:00:00Z"));
        assert!(!expected.is_overdue(at("2026-04-20T09:59:59Z")));
        assert!(expected.is_overdue(at("2026-04-20T10:00:00Z")));
    }
}
