//! Names of the keys that seal age headers: the month in which a deadline lies, and which of the
//! month's keys it is. Printable: they say when something goes, not what.

use std::{borrow::Cow, fmt};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The month in whose course a deadline passes, or none while no deadline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyMonth {
    /// A month of the calendar, where the installation is.
    Of {
        /// The year, 1 to 9999.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
    },
    /// No deadline runs yet.
    Open,
}

impl KeyMonth {
    /// The month of the last day on which something may still be there. A deadline is the first
    /// instant after that day, so the first of a month belongs to the month before.
    pub fn of(gone_by: Option<Timestamp>, zone: &TimeZone) -> Self {
        let Some(gone_by) = gone_by else { return Self::Open };
        let last = gone_by.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(gone_by);
        let day = zone.to_datetime(last).date();
        Self::Of { year: day.year(), month: day.month() }
    }

    /// Whether the month has ended on a day.
    pub fn is_over(self, on: Date) -> bool {
        match self {
            Self::Of { year, month } => (year, month) < (on.year(), on.month()),
            Self::Open => false,
        }
    }
}

impl fmt::Display for KeyMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Open => f.write_str("open"),
        }
    }
}

/// One key: `2027-03` is a month's first one, `2027-03.2` its second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderKey {
    /// The month.
    pub month: KeyMonth,
    /// Which of its keys, from 1.
    pub number: u32,
}

impl HeaderKey {
    /// Reads what `Display` wrote, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (month, number) = match text.split_once('.') {
            Some((month, number)) => (month, number.parse().ok().filter(|number| *number > 1)?),
            None => (text, 1),
        };
        let month = if month == "open" {
            KeyMonth::Open
        } else {
            let (year, month) = month.split_once('-')?;
            KeyMonth::Of {
                year: year.parse().ok().filter(|year| (1..=9999).contains(year))?,
                month: month.parse().ok().filter(|month| (1..=12).contains(month))?,
            }
        };
        let parsed = Self { month, number };
        (parsed.to_string() == text).then_some(parsed)
    }
}

impl fmt::Display for HeaderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => write!(f, "{}", self.month),
            number => write!(f, "{}.{number}", self.month),
        }
    }
}

impl Serialize for HeaderKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HeaderKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a header key is YYYY-MM or open"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{HeaderKey, KeyMonth};

    #[test]
    fn only_what_is_written_reads_back() {
        for text in ["2027-03", "2027-03.2", "open", "open.17", "0001-12"] {
            assert_eq!(HeaderKey::parse(text).unwrap().to_string(), text);
        }
        let bad = ["", "2027-3", "2027-13", "2027-00", "2027-03.1", "2027-03.0", "2027-03.+2"];
        for text in bad.into_iter().chain(["../2027-03", "2027-03.02", "0000-01", "Open", "open."])
        {
            assert_eq!(HeaderKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_deadline_belongs_to_the_month_of_its_last_day() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let cases = [
            ("2027-03-15T11:00Z", "2027-03"),
            // Midnight between 31 March and 1 April, in summer time.
            ("2027-03-31T22:00Z", "2027-03"),
            ("2027-03-31T22:00:00.000001Z", "2027-04"),
            // Midnight between the years, in winter time.
            ("2026-12-31T23:00Z", "2026-12"),
            ("2028-02-29T12:00Z", "2028-02"),
        ];
        for (at, want) in cases {
            let month = KeyMonth::of(Some(at.parse().unwrap()), &oslo);
            assert_eq!(month.to_string(), want, "{at}");
        }
        assert_eq!(KeyMonth::of(None, &oslo), KeyMonth::Open);
        let march = KeyMonth::Of { year: 2027, month: 3 };
        let day = |text: &str| text.parse().unwrap();
        assert!(!march.is_over(day("2027-03-31")) && march.is_over(day("2027-04-01")));
        assert!(march.is_over(day("2028-01-01")) && !KeyMonth::Open.is_over(day("9999-12-31")));
    }
}
