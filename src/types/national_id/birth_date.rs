//! The date of birth in a number: day, month, and what the series says of the century.

use jiff::civil::Date;

use crate::types::national_id::shape::month_offset;

/// The date of birth of eleven digit values by the series of 1964 (d7 to d9); `None` for
/// FH-numbers, dates that do not exist, and series that were never assigned to a century.
pub fn birth_date_by_individual_number(values: &[u8; 11]) -> Option<Date> {
    let (day, month, year2) = day_month_year2(values)?;
    Date::new(century(values)? + i16::from(year2), month, day).ok()
}

/// Whether the day exists in a century that the number may mean.
#[inline]
pub(super) fn date_exists(values: &[u8; 11], new_rule: bool) -> bool {
    let Some((day, month, year2)) = day_month_year2(values) else { return false };
    let exists = |century: i16| Date::new(century + i16::from(year2), month, day).is_ok();
    match century(values) {
        // By the rule of 1964 the series says which century; by that of 2032 it says nothing.
        Some(century) if !new_rule => exists(century),
        _ => exists(1900) || exists(2000),
    }
}

/// Day, month and two digits of the year with their offsets removed, not checked for existence;
/// `None` for FH-numbers.
#[inline]
pub(super) fn day_month_year2(values: &[u8; 11]) -> Option<(i8, i8, i8)> {
    let two = |at: usize| values[at] * 10 + values[at + 1];
    let day = match values[0] {
        0..=3 => two(0),
        4..=7 => two(0) - 40,
        _ => return None,
    };
    let month = two(2) - month_offset(values).1;
    Some((i8::try_from(day).ok()?, i8::try_from(month).ok()?, i8::try_from(two(4)).ok()?))
}

/// The century that the series d7 to d9 stands for by the rule of 1964.
fn century(values: &[u8; 11]) -> Option<i16> {
    let series = values[6..9].iter().fold(0u16, |sum, value| sum * 10 + u16::from(*value));
    let year2 = values[4] * 10 + values[5];
    match (series, year2) {
        (0..=499, _) | (900..=999, 40..) => Some(1900),
        (500..=749, 54..) => Some(1800),
        (500..=999, ..40) => Some(2000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::birth_date_by_individual_number;
    use crate::types::national_id::shape::values;

    #[test]
    fn series_and_year_say_which_century() {
        for (digits, want) in [
            ("01815450000", Some(date(1854, 1, 1))),
            ("01819974900", Some(date(1899, 1, 1))),
            ("01815449900", Some(date(1954, 1, 1))),
            ("01810049900", Some(date(1900, 1, 1))),
            ("01813950000", Some(date(2039, 1, 1))),
            ("01810099900", Some(date(2000, 1, 1))),
            ("01814090000", Some(date(1940, 1, 1))),
            ("01814089900", None),
            ("01815350000", None),
            ("01819975000", None),
            ("85815450000", None),
        ] {
            let values = values(digits.as_bytes().try_into().unwrap());
            assert_eq!(birth_date_by_individual_number(&values), want, "{digits}");
        }
    }
}
