//! Dates and points in time as XML Schema writes them, read from the attribute as it stands.

use jiff::civil::Date;

/// An `xs:date`: `2024-02-29`, with or without an offset from UTC behind it.
#[inline]
pub fn date(text: &str) -> Option<Date> {
    let (day, rest) = text.as_bytes().split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day else { return None };
    let year = two(*y1, *y2)?.checked_mul(100)?.checked_add(two(*y3, *y4)?)?;
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    if !is_offset(rest) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
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
    use super::{date, is_date_time};

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
