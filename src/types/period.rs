//! Durations as the configuration writes them: ISO 8601 with years, months, weeks and days.
//!
//! Hours and less have no place in retention: a deadline is a day.

use std::{fmt, str::FromStr};

use jiff::{Span, civil::Date};
use serde::Serialize;

/// A calendar duration such as `P30D`, `P1Y6M` or `P5Y`. `P0D` is none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// Years and months, as months.
    months: u32,
    /// Weeks and days, as days.
    days: u32,
}

impl Period {
    /// So many days.
    pub const fn days(days: u32) -> Self {
        Self { months: 0, days }
    }

    /// So many years.
    pub const fn years(years: u32) -> Self {
        Self { months: years * 12, days: 0 }
    }

    /// How many days, where it is counted in days alone.
    pub const fn whole_days(self) -> Option<u32> {
        if self.months == 0 { Some(self.days) } else { None }
    }

    /// Whether it is none at all.
    pub const fn is_zero(self) -> bool {
        self.months == 0 && self.days == 0
    }

    /// Its months, years among them, and its days.
    pub const fn parts(self) -> (u32, u32) {
        (self.months, self.days)
    }

    /// The day that lies this much later. Months first, and a day that its month does not have
    /// becomes the month's last; then days.
    ///
    /// # Errors
    /// [`PeriodError::Range`] past the year 9999.
    pub fn after(self, day: Date) -> Result<Date, PeriodError> {
        day.checked_add(self.span()?).map_err(|_| PeriodError::Range)
    }

    /// For the calendar of a time zone.
    ///
    /// # Errors
    /// [`PeriodError::Range`] where no calendar is so long.
    pub fn span(self) -> Result<Span, PeriodError> {
        let months = Span::new().try_months(self.months);
        months.and_then(|span| span.try_days(self.days)).map_err(|_| PeriodError::Range)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let mut rest = text.strip_prefix('P').ok_or(PeriodError::Shape)?;
        let (mut months, mut days, mut next) = (0_u32, 0_u32, 0);
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u32 = rest[..digits].parse().map_err(|_| PeriodError::Shape)?;
            let unit = rest[digits..].chars().next().ok_or(PeriodError::Shape)?;
            // Units come from large to small, each at most once.
            let place = UNITS.iter().position(|known| *known == unit).ok_or(PeriodError::Shape)?;
            if place < next {
                return Err(PeriodError::Shape);
            }
            next = place + 1;
            let (total, size) = match unit {
                'Y' => (&mut months, 12),
                'M' => (&mut months, 1),
                'W' => (&mut days, 7),
                _ => (&mut days, 1),
            };
            *total = number
                .checked_mul(size)
                .and_then(|more| total.checked_add(more))
                .filter(|sum| *sum <= MOST)
                .ok_or(PeriodError::Range)?;
            rest = &rest[digits + 1..];
        }
        if next == 0 { Err(PeriodError::Shape) } else { Ok(Self { months, days }) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (years, months) = (self.months / 12, self.months % 12);
        f.write_str("P")?;
        for (number, unit) in [(years, 'Y'), (months, 'M')] {
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        if self.days > 0 || self.months == 0 {
            write!(f, "{}D", self.days)?;
        }
        Ok(())
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a text is no period, or a day cannot be reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// Past the calendar's end.
    #[error("a period may be 100000 days or months at most, and must end before the year 10000")]
    Range,
    /// Not written as ISO 8601 has it.
    #[error("a period is written P30D, P4W, P6M, P5Y or P1Y6M: whole years, months, weeks, days")]
    Shape,
}

const UNITS: [char; 4] = ['Y', 'M', 'W', 'D'];

/// Most months, and most days, of a period: far more than any law asks, and no sum overflows.
const MOST: u32 = 100_000;

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Period, PeriodError as E};

    #[test]
    fn reads_what_iso_8601_writes() {
        let cases = [
            ("P30D", Ok("P30D")),
            ("P4W", Ok("P28D")),
            ("P6M", Ok("P6M")),
            ("P5Y", Ok("P5Y")),
            ("P1Y6M10D", Ok("P1Y6M10D")),
            ("P18M", Ok("P1Y6M")),
            ("P0D", Ok("P0D")),
            ("P", Err(E::Shape)),
            ("30D", Err(E::Shape)),
            ("P30", Err(E::Shape)),
            ("P-1D", Err(E::Shape)),
            ("P1D1Y", Err(E::Shape)),
            ("P1D1D", Err(E::Shape)),
            ("PT1H", Err(E::Shape)),
            ("P1.5Y", Err(E::Shape)),
            ("P1Æ", Err(E::Shape)),
            ("P100001D", Err(E::Range)),
            ("P4294967296D", Err(E::Shape)),
            ("P4294967295Y", Err(E::Range)),
        ];
        for (text, want) in cases {
            let got = text.parse::<Period>().map(|period| period.to_string());
            assert_eq!(got, want.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn counts_by_the_calendar() {
        let cases = [
            ("month end is clamped", "P1M", date(2026, 1, 31), date(2026, 2, 28)),
            ("clamped in a leap year", "P1M", date(2028, 1, 31), date(2028, 2, 29)),
            ("leap day and a year", "P1Y", date(2028, 2, 29), date(2029, 2, 28)),
            ("leap day and four years", "P4Y", date(2028, 2, 29), date(2032, 2, 29)),
            ("days over a leap day", "P30D", date(2028, 2, 1), date(2028, 3, 2)),
            ("days without one", "P30D", date(2026, 2, 1), date(2026, 3, 3)),
            ("over the year's end", "P30D", date(2026, 12, 15), date(2027, 1, 14)),
            ("months before days", "P1M1D", date(2026, 1, 31), date(2026, 3, 1)),
            ("nothing", "P0D", date(2026, 1, 31), date(2026, 1, 31)),
        ];
        for (name, period, from, want) in cases {
            let period: Period = period.parse().unwrap();
            assert_eq!(period.after(from), Ok(want), "{name}");
        }
        assert_eq!(Period::years(8000).after(date(2026, 1, 1)), Err(E::Range));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(months in 0_u32..100_000, days in 0_u32..100_000) {
            let period = Period { months, days };
            proptest::prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}") {
            let _ = text.parse::<Period>();
        }
    }
}
