//! A span of service years, such as `..2016`, `2017` or `2018..`.

use std::{fmt, str::FromStr};

/// Years from the first to the last, both included. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Years {
    first: i16,
    last: i16,
}

impl Years {
    /// Every year.
    pub const ALL: Self = Self { first: i16::MIN, last: i16::MAX };

    /// Up to and including a year.
    pub const fn until(last: i16) -> Self {
        Self { first: i16::MIN, last }
    }

    /// From a year on.
    pub const fn since(first: i16) -> Self {
        Self { first, last: i16::MAX }
    }

    /// Whether a year is one of them.
    pub const fn contains(self, year: i16) -> bool {
        self.first <= year && year <= self.last
    }

    /// Whether the first of them is a year or one before it.
    pub const fn begin_by(self, year: i16) -> bool {
        self.first <= year
    }

    /// From the earlier first to the later last year of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// Whether there is a year in both.
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl FromStr for Years {
    type Err = BadYears;

    fn from_str(text: &str) -> Result<Self, BadYears> {
        let (first, last) = match text.split_once("..") {
            None => (year(text)?, year(text)?),
            Some((first, last)) => (
                if first.is_empty() { i16::MIN } else { year(first)? },
                if last.is_empty() { i16::MAX } else { year(last)? },
            ),
        };
        if first <= last { Ok(Self { first, last }) } else { Err(BadYears) }
    }
}

impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(f, "{}", self.first);
        }
        if self.first != i16::MIN {
            write!(f, "{}", self.first)?;
        }
        f.write_str("..")?;
        if self.last == i16::MAX { Ok(()) } else { write!(f, "{}", self.last) }
    }
}

/// The text is no span of years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write years as \"2017\", \"2018..\", \"..2016\" or \"2013..2016\"")]
pub struct BadYears;

fn year(text: &str) -> Result<i16, BadYears> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().map_err(|_| BadYears) } else { Err(BadYears) }
}

#[cfg(test)]
mod tests {
    use super::Years;

    #[test]
    fn spans_of_years() {
        for (text, within, without) in [
            ("2017", &[2017][..], &[2016, 2018][..]),
            ("..2016", &[1900, 2016], &[2017]),
            ("2018..", &[2018, 9999], &[2017]),
            ("2013..2016", &[2013, 2016], &[2012, 2017]),
            ("..", &[1, 9999], &[]),
        ] {
            let years: Years = text.parse().unwrap();
            assert_eq!(years.to_string(), text);
            assert!(within.iter().all(|year| years.contains(*year)), "{text}");
            assert!(!without.iter().any(|year| years.contains(*year)), "{text}");
        }
        for bad in ["", "17", "2018..2017", "2017-2018", "20170", "2017..x", "..."] {
            assert!(bad.parse::<Years>().is_err(), "{bad}");
        }
        let parse = |text: &str| text.parse::<Years>().unwrap();
        assert!(parse("..2017").overlaps(parse("2017..")));
        assert!(!parse("..2016").overlaps(parse("2017")));
    }
}
