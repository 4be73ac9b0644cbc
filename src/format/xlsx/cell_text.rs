//! What a cell holds, as the text that a CSV file would have.

use calamine::{DataRef, ExcelDateTime};
use zeroize::Zeroizing;

use crate::format::xlsx::row::Sort;

pub(super) fn text_of(value: DataRef<'_>) -> (Zeroizing<String>, Sort) {
    let (text, sort) = match value {
        DataRef::Int(number) => (number.to_string(), Sort::Number),
        DataRef::Float(number) => (number_text(number), Sort::Number),
        DataRef::String(text) | DataRef::DurationIso(text) => (text, Sort::Text),
        DataRef::SharedString(text) => (text.to_owned(), Sort::Text),
        DataRef::Bool(truth) => (truth.to_string(), Sort::Truth),
        DataRef::DateTime(date) => date_text(date),
        DataRef::DateTimeIso(text) => {
            (text.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(text), Sort::Date)
        }
        DataRef::Error(_) => (String::new(), Sort::Error),
        DataRef::Empty => (String::new(), Sort::Text),
    };
    (Zeroizing::new(text), sort)
}

/// A whole number without a decimal part; others in the shortest form that reads back.
fn number_text(number: f64) -> String {
    // Rust prints floats without exponent, and whole ones without a point.
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// A date in ISO 8601, with its time of day if it is not midnight. What is no date in spite of its
/// format stays a number: it must not turn into the nearest date there is.
fn date_text(date: ExcelDateTime) -> (String, Sort) {
    let serial = date.as_f64();
    if date.is_duration() || !(1.0..FIRST_DAY_OF_YEAR_10000).contains(&serial) {
        return (number_text(serial), Sort::Number);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let text = if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    };
    (text, Sort::Date)
}

const FIRST_DAY_OF_YEAR_10000: f64 = 2_958_466.0;

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::{Sort, date_text, number_text};

    #[test]
    fn numbers_print_as_they_are_typed() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (301.0, "301"),
            (41_819_077_302.0, "41819077302"),
            (1.5, "1.5"),
            (-2.0, "-2"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn dates_print_in_iso_8601() {
        let at = |serial, base_1904| {
            date_text(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, base_1904))
        };
        for (serial, base_1904, text, sort) in [
            (43_586.0, false, "2019-05-01", Sort::Date),
            (42_124.0, true, "2019-05-01", Sort::Date),
            (43_586.5, false, "2019-05-01T12:00:00", Sort::Date),
            (0.5, false, "0.5", Sort::Number),
            (-3.0, false, "-3", Sort::Number),
            (3_000_000.0, false, "3000000", Sort::Number),
        ] {
            assert_eq!(at(serial, base_1904), (text.to_owned(), sort), "{serial}");
        }
    }
}
