//! Dates and points in time as XML Schema writes them, read from the attribute as it stands.

use jiff::civil::Date;

/// A day that exists, without its offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u32);

impl Day {
    /// The day of a month of a year; for days that exist.
    pub const fn new(year: i16, month: u8, day: u8) -> Self {
        let year = if year < 0 { 0 } else { year.cast_unsigned() as u32 };
        Self(year << 9 | (month as u32) << 5 | day as u32)
    }

    /// Its year, 0 to 9999.
    pub fn year(self) -> i16 {
        i16::try_from(self.0 >> 9).unwrap_or(i16::MAX)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self::new(date.year(), date.month().unsigned_abs(), date.day().unsigned_abs())
    }
}

/// An `xs:date`: `2024-02-29`, with or without an offset from UTC behind it.
#[inline]
pub fn date(text: &str) -> Option<Day> {
    let (month, rest) = text.as_bytes().split_first_chunk::<8>()?;
    let ([tens, ones], rest) = rest.split_first_chunk()?;
    // `YYYY-MM-` at once: a digit becomes its value and a hyphen nothing.
    let values = u64::from_le_bytes(*month) ^ u64::from_le_bytes(*b"0000-00-");
    let most = u64::from_le_bytes([9, 9, 9, 9, 0, 9, 9, 0]);
    // Adding what is left to 127 carries into the high bit where a value is more than it may be.
    if (values | (values & !HIGH).wrapping_add(!HIGH - most)) & HIGH != 0 || !is_offset(rest) {
        return None;
    }
    let [y1, y2, y3, y4, _, m1, m2, _] = values.to_le_bytes().map(u32::from);
    let (year, month) = (y1 * 1000 + y2 * 100 + y3 * 10 + y4, m1 * 10 + m2);
    let [d1, d2] = [tens, ones].map(|digit| u32::from(digit ^ b'0'));
    let day = d1 * 10 + d2;
    if d1 > 9 || d2 > 9 || day == 0 || month.wrapping_sub(1) > 11 {
        return None;
    }
    let exists = day <= 28 || day <= days_of(year, month);
    exists.then_some(Day(year << 9 | month << 5 | day))
}

/// The high bit of each of eight bytes.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Whether it is a day after the end of a year. Nearly none is, which four characters tell.
#[inline]
pub fn is_after_year(text: &str, year: i16) -> bool {
    let Some(digits) = text.as_bytes().first_chunk() else { return false };
    let year_of = |digits: [u8; 4]| {
        digits.iter().fold(0, |year, digit| year * 10 + i32::from(*digit) - i32::from(b'0'))
    };
    year_of(*digits) > i32::from(year) && date(text).is_some_and(|day| day.year() > year)
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether it is an `xs:dateTime`: `2024-02-29T23:59:59`, with or without a fraction and an offset.
pub fn is_date_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else { return false };
    day.len() == 10 && date(day).is_some() && is_time(time.as_bytes())
}

fn is_time(time: &[u8]) -> bool {
    let Some(([h1, h2, b':', m1, m2, b':', s1, s2], rest)) = time.split_at_checked(8) else {
        return false;
    };
    let below = |tens, ones, most| two(tens, ones).is_some_and(|value| value < most);
    let midnight = time.starts_with(b"24:00:00");
    if !(below(*h1, *h2, 24) || midnight) || !below(*m1, *m2, 60) || !below(*s1, *s2, 60) {
        return false;
    }
    let rest = match rest {
        [b'.', fraction @ ..] => {
            // Nanoseconds, and no room for a person's number.
            let digits = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return false;
            }
            &fraction[digits..]
        }
        rest => rest,
    };
    is_offset(rest)
}

fn is_offset(text: &[u8]) -> bool {
    match text {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let minutes = two(*h1, *h2).zip(two(*m1, *m2));
            minutes.is_some_and(|(h, m)| h < 14 && m < 60 || (h, m) == (14, 0))
        }
        _ => false,
    }
}

fn two(tens: u8, ones: u8) -> Option<i16> {
    let digit = |c: u8| c.is_ascii_digit().then(|| i16::from(c - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::{Day, date, is_after_year, is_date_time};

    #[test]
    fn days_that_exist_are_those_of_the_calendar() {
        for year in (0..=9999).step_by(7).chain([1900, 2000, 2023, 2024, 2100]) {
            for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
                let want = civil::Date::new(year, month, day).ok();
                let text = format!("{year:04}-{month:02}-{day:02}");
                assert_eq!(date(&text), want.map(Day::from), "{text}");
                assert!(want.is_none() || date(&text).is_some_and(|day| day.year() == year));
            }
        }
        assert!(Day::new(2016, 12, 31) < Day::new(2017, 1, 1));
        assert!(Day::new(2017, 1, 31) < Day::new(2017, 2, 1));
    }

    proptest! {
        #[test]
        fn a_date_is_made_of_digits_and_hyphens(at in 0..10_usize, other: char) {
            let mut text: Vec<char> = "2017-10-11".chars().collect();
            let was = std::mem::replace(&mut text[at], other);
            let text: String = text.into_iter().collect();
            let may_be = other == was || was != '-' && other.is_ascii_digit();
            prop_assert!(may_be || date(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn dates() {
        for good in ["2024-02-29", "2018-12-31", "2018-12-31Z", "2018-12-31+01:00"] {
            assert!(date(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-1-1",
            "24-01-01",
            "01.02.2024",
            "2024-01-01 ",
            "2024-01-01T",
            "2024-01-01+25:00",
            "20240101",
            "+024-01-01",
            "æ024-01-01",
        ] {
            assert!(date(bad).is_none(), "{bad}");
            assert!(!is_after_year(bad, 0), "{bad}");
        }
        for (text, year, after) in [
            ("2017-12-31", 2017, false),
            ("2018-01-01", 2017, true),
            ("2018-02-30", 2017, false),
            ("9999-01-01+01:00", 2017, true),
            ("0999-01-01", 2017, false),
        ] {
            assert_eq!(is_after_year(text, year), after, "{text}");
        }
    }

    #[test]
    fn points_in_time() {
        for good in [
            "2024-02-29T23:59:59",
            "2024-02-29T24:00:00",
            "2024-02-29T08:00:00.123",
            "2024-02-29T08:00:00Z",
            "2024-02-29T08:00:00.5+02:00",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "",
            "2024-02-29",
            "2024-02-30T08:00:00",
            "2024-02-29 08:00:00",
            "2024-02-29T8:00:00",
            "2024-02-29T25:00:00",
            "2024-02-29T08:60:00",
            "2024-02-29T08:00:60",
            "2024-02-29T08:00:00.",
            "2024-02-29T08:00",
            "2024-02-29T08:00:00.0385159873",
            "2024-02-29ZT08:00:00",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
