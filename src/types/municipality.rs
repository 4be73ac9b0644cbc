//! Municipality numbers, and which of them existed on which day.
//!
//! Numbers change at mergers (2017, 2018, 2020, 2024), so a number means nothing without a date.
//! The table stands in `tables/`, is compiled in, and begins in 2016: for earlier dates the answer
//! is that of 1 January 2016.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::LazyLock};

use jiff::civil::{Date, date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Four digits in the place of a municipality number; whether it names a municipality is
/// [`Self::valid_on`]'s to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MunicipalityNumber(u16);

impl MunicipalityNumber {
    /// Parses exactly four ASCII digits.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &str) -> Result<Self, NotFourDigits> {
        if text.len() != 4 || !text.bytes().all(|c| c.is_ascii_digit()) {
            return Err(NotFourDigits);
        }
        text.parse().map(Self).map_err(|_| NotFourDigits)
    }

    /// Whether a municipality had this number on that day.
    pub fn valid_on(self, day: Date) -> bool {
        TABLE.get(&self).is_some_and(|entry| entry.valid_on(day))
    }

    /// Whether it may stand for a person's home: a municipality of that day, or one of the special
    /// values 9000, 9900 and 9999.
    pub fn valid_home_on(self, day: Date) -> bool {
        self.is_special_home() || self.valid_on(day)
    }

    /// Whether it is a special value that only a home municipality may have.
    pub fn is_special_home(self) -> bool {
        SPECIAL_HOMES.contains(&self)
    }

    /// Whether a municipality has had this number at any time since 2016.
    pub fn is_known(self) -> bool {
        TABLE.contains_key(&self)
    }

    /// The numbers that took over from it: none while it is valid, more than one after a split.
    pub fn successors(self) -> &'static [Self] {
        TABLE.get(&self).map_or(&[], |entry| &entry.successors)
    }

    /// The numbers that it took over from.
    pub fn predecessors(self) -> impl Iterator<Item = Self> {
        let of_it = move |(number, entry): (&Self, &Entry)| {
            entry.successors.contains(&self).then_some(*number)
        };
        TABLE.iter().filter_map(of_it)
    }

    /// Whether this number went over into another, directly or through others, in whole or in part.
    pub fn went_into(self, later: Self) -> bool {
        let mut ahead = self.successors().to_vec();
        // Ends because a successor's `from` is the `until` of what it replaced, so dates only rise.
        while let Some(number) = ahead.pop() {
            if number == later {
                return true;
            }
            ahead.extend(number.successors());
        }
        false
    }

    /// The numbers that it went over into as a whole, one after the other: none while it is valid,
    /// and none beyond a split.
    pub fn goes_on_as(self) -> impl Iterator<Item = Self> {
        let sole = |number: &Self| match number.successors() {
            [sole] => Some(*sole),
            _ => None,
        };
        std::iter::successors(sole(&self), sole)
    }

    /// The number that stands for this municipality for good: the last that it went over into as a
    /// whole, or its own. Two numbers with the same one are one municipality at different times.
    #[must_use]
    pub fn lasting(self) -> Self {
        self.goes_on_as().last().unwrap_or(self)
    }
}

impl fmt::Display for MunicipalityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl fmt::Debug for MunicipalityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MunicipalityNumber({self})")
    }
}

impl Serialize for MunicipalityNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MunicipalityNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// A text that cannot be a municipality number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("a municipality number is 4 digits, with its leading zero")]
pub struct NotFourDigits;

/// One municipality number's time.
struct Entry {
    /// `None` when it was in use before the table begins.
    from: Option<Date>,
    /// The first day on which it was out of use.
    until: Option<Date>,
    successors: Vec<MunicipalityNumber>,
}

impl Entry {
    fn valid_on(&self, day: Date) -> bool {
        // Before its first day the table answers as on that day.
        let day = day.max(TABLE_FROM);
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

static TABLE: LazyLock<BTreeMap<MunicipalityNumber, Entry>> = LazyLock::new(|| {
    rows(MUNICIPALITIES)
        .filter_map(|[number, _name, from, until, successors]| {
            let successors = successors.split('|').filter_map(number_of).collect();
            let (from, until) = (from.parse().ok(), until.parse().ok());
            Some((number_of(number)?, Entry { from, until, successors }))
        })
        .collect()
});

fn number_of(text: &str) -> Option<MunicipalityNumber> {
    MunicipalityNumber::parse(text).ok()
}

/// The rows below the heading; the tests prove that none is skipped.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| line.split(';').collect::<Vec<_>>().try_into().ok())
}

const MUNICIPALITIES: &str = include_str!("tables/municipalities.csv");

/// The first day that the table knows.
const TABLE_FROM: Date = date(2016, 1, 1);

const SPECIAL_HOMES: [MunicipalityNumber; 3] =
    [MunicipalityNumber(9000), MunicipalityNumber(9900), MunicipalityNumber(9999)];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::{Date, date};

    use super::{MUNICIPALITIES, MunicipalityNumber, TABLE};
    fn number(text: &str) -> MunicipalityNumber {
        MunicipalityNumber::parse(text).unwrap()
    }

    /// The municipalities of a day.
    fn all_on(day: Date) -> impl Iterator<Item = MunicipalityNumber> {
        TABLE.iter().filter(move |(_, entry)| entry.valid_on(day)).map(|(number, _)| *number)
    }

    /// The numbers valid on that day for what a number once meant, itself if it still is.
    fn successors_on(number: MunicipalityNumber, day: Date) -> Vec<MunicipalityNumber> {
        let (mut found, mut ahead) = (BTreeSet::new(), vec![number]);
        while let Some(number) = ahead.pop() {
            if number.valid_on(day) {
                found.insert(number);
            } else {
                ahead.extend(number.successors());
            }
        }
        found.into_iter().collect()
    }

    #[test]
    fn every_row_was_read() {
        assert_eq!(TABLE.len(), MUNICIPALITIES.lines().count() - 1);
        let dates = MUNICIPALITIES.lines().skip(1).flat_map(|l| l.split(';').skip(2).take(2));
        let read = TABLE.values().flat_map(|entry| [entry.from, entry.until]);
        assert_eq!(
            dates.filter(|text| !text.is_empty()).count(),
            read.flatten().count(),
            "a date that does not parse would read as open"
        );
    }

    #[test]
    fn counts_by_year() {
        for (year, count) in [
            (2010, 428),
            (2016, 428),
            (2017, 426),
            (2018, 422),
            (2019, 422),
            (2020, 356),
            (2021, 356),
            (2022, 356),
            (2023, 356),
            (2024, 357),
            (2026, 357),
        ] {
            for day in [date(year, 1, 1), date(year, 12, 31)] {
                assert_eq!(all_on(day).count(), count, "{day}");
            }
        }
    }

    #[test]
    fn a_number_has_its_time() {
        for (text, day, valid) in [
            ("0301", date(2016, 1, 1), true),
            ("0301", date(2024, 1, 1), true),
            ("0101", date(2019, 12, 31), true),
            ("0101", date(2020, 1, 1), false),
            ("3001", date(2019, 12, 31), false),
            ("3001", date(2020, 1, 1), true),
            ("5001", date(2017, 12, 31), false),
            ("5001", date(2018, 1, 1), true),
            ("1841", date(2017, 1, 1), true),
            ("9999", date(2024, 1, 1), false),
            ("0000", date(2024, 1, 1), false),
        ] {
            assert_eq!(number(text).valid_on(day), valid, "{text} {day}");
        }
    }

    #[test]
    fn successors_follow_every_reform() {
        let numbers = |texts: &[&str]| texts.iter().map(|t| number(t)).collect::<Vec<_>>();
        assert_eq!(number("0101").successors(), numbers(&["3001"]));
        assert_eq!(number("1507").successors(), numbers(&["1508", "1580"]));
        assert_eq!(successors_on(number("0101"), date(2024, 6, 1)), numbers(&["3101"]));
        assert_eq!(successors_on(number("0720"), date(2017, 1, 1)), numbers(&["0704", "0710"]));
        assert_eq!(successors_on(number("0301"), date(2024, 6, 1)), numbers(&["0301"]));
        assert_eq!(number("0301").successors(), []);
        assert_eq!(successors_on(number("4444"), date(2024, 6, 1)), []);
        for old in all_on(date(2016, 1, 1)) {
            assert!(!successors_on(old, date(2024, 6, 1)).is_empty(), "{old} leads nowhere");
        }
    }

    #[test]
    fn a_number_goes_on_as_a_whole_or_not_at_all() {
        for (number_of, goes_on, lasting) in [
            ("0301", &[][..], "0301"),
            ("0710", &["3804", "3907"], "3907"),
            ("0719", &["0710", "3804", "3907"], "3907"),
            ("3804", &["3907"], "3907"),
            ("3907", &[], "3907"),
            // One part went to each of two.
            ("0720", &[], "0720"),
            ("5012", &[], "5012"),
            ("1504", &["1507"], "1507"),
            ("4444", &[], "4444"),
        ] {
            let numbers = number(number_of).goes_on_as().collect::<Vec<_>>();
            assert_eq!(
                numbers,
                goes_on.iter().map(|n| number(n)).collect::<Vec<_>>(),
                "{number_of}"
            );
            assert_eq!(number(number_of).lasting(), number(lasting), "{number_of}");
        }
        for (earlier, later, went) in [
            ("0710", "3804", true),
            ("0710", "3907", true),
            ("0720", "3907", true),
            ("0720", "3905", true),
            ("5012", "5055", true),
            ("5012", "5059", true),
            ("1504", "1580", true),
            ("3907", "0710", false),
            ("0710", "0710", false),
            ("0704", "3907", false),
        ] {
            assert_eq!(number(earlier).went_into(number(later)), went, "{earlier} {later}");
        }
    }

    #[test]
    fn special_values_are_homes_only() {
        let day = date(2024, 1, 1);
        for text in ["9000", "9900", "9999"] {
            assert!(number(text).is_special_home() && number(text).valid_home_on(day), "{text}");
            assert!(!number(text).valid_on(day), "{text}");
        }
        assert!(number("0301").valid_home_on(day) && !number("9001").valid_home_on(day));
    }

    #[test]
    fn four_digits_and_nothing_else() {
        for bad in ["", "301", "03011", "o301", "+301", "٠301"] {
            assert!(MunicipalityNumber::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(number("0301").to_string(), "0301");
        assert_eq!(serde_json::to_string(&number("0301")).unwrap(), "\"0301\"");
        assert_eq!(serde_json::from_str::<MunicipalityNumber>("\"0301\"").unwrap(), number("0301"));
    }
}
