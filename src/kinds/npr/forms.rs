//! Whether a value has its column's form. The forms are so narrow that neither a name nor an
//! identity number fits one that leaves; an empty value says nothing, and fits all.

use jiff::civil::{Date, date};

use crate::types::{municipality::MunicipalityNumber, npr_release::form::Form};

/// Judges values of one operating year.
pub struct Forms {
    /// Which of the four digits are a home municipality in the year; all where the tables begin
    /// later.
    homes: Vec<bool>,
}

impl Forms {
    /// For an operating year.
    pub fn of_year(year: i16) -> Self {
        let days = [date(year, 1, 1), date(year, 12, 31)];
        let is_home = |number: u16| {
            let number = MunicipalityNumber::parse(&format!("{number:04}"));
            let valid = |number: MunicipalityNumber| {
                year < FIRST_YEAR || days.iter().any(|day| number.valid_home_on(*day))
            };
            number.is_ok_and(valid)
        };
        Self { homes: (0..10_000).map(is_home).collect() }
    }

    /// Whether a value has its form. Blanks around it are gone already.
    pub fn hold(&self, form: Form, value: &str) -> bool {
        let text = value.as_bytes();
        let all = |is: fn(&u8) -> bool| text.iter().all(is);
        match (form, text) {
            (_, []) => true,
            (Form::Code, _) => text.len() <= 3 && all(is_code),
            (Form::Count, _) => text.len() <= 5 && all(u8::is_ascii_digit),
            (Form::Date, _) => day(text).is_some(),
            (Form::District, _) => text.len() <= 6 && all(u8::is_ascii_digit),
            (Form::Drg, [first, ..]) => first.is_ascii_digit() && text.len() <= 6 && all(is_code),
            (Form::Icd, [letter, digit, ..]) => {
                letter.is_ascii_uppercase()
                    && digit.is_ascii_digit()
                    && matches!(text.len(), 3..=6)
                    && all(is_code)
            }
            (Form::Icd, _) => false,
            (Form::Institution, _) => text.len() <= 9 && all(u8::is_ascii_digit),
            (Form::Municipality, _) => {
                let number = four_digits(text).and_then(|n| usize::try_from(n).ok());
                number.is_some_and(|number| self.homes[number])
            }
            (Form::Number, _) => is_number(text),
            (Form::Procedure, _) => {
                matches!(text.len(), 5..=7) && all(is_code) && text.iter().any(u8::is_ascii_digit)
            }
            (Form::Sex, _) => matches!(text, [b'0' | b'1' | b'2' | b'9']),
            (Form::Text, _) => value.chars().count() <= 200 && !value.chars().any(char::is_control),
            (Form::Unseen, _) => text.len() <= 64,
            (Form::Year, _) => four_digits(text).is_some(),
        }
    }
}

/// A day that exists: `YYYY-MM-DD` or `YYYYMMDD`.
pub fn day(text: &[u8]) -> Option<Date> {
    let (year, month, day) = match text.len() {
        8 => (&text[..4], &text[4..6], &text[6..]),
        10 if text[4] == b'-' && text[7] == b'-' => (&text[..4], &text[5..7], &text[8..]),
        _ => return None,
    };
    let two = |digits: &[u8]| match digits {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            i8::try_from((a - b'0') * 10 + (b - b'0')).ok()
        }
        _ => None,
    };
    Date::new(four_digits(year)?, two(month)?, two(day)?).ok()
}

/// Four digits, as a number.
pub fn four_digits(text: &[u8]) -> Option<i16> {
    let [a, b, c, d] = text else { return None };
    let digit = |c: &u8| c.is_ascii_digit().then(|| i16::from(c - b'0'));
    Some(digit(a)? * 1000 + digit(b)? * 100 + digit(c)? * 10 + digit(d)?)
}

/// A capital letter or a digit.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as u8's own predicates")]
fn is_code(byte: &u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// One to five digits; then perhaps a comma or full stop, and one to six more.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let decimals = match &text[whole..] {
        [] => return matches!(whole, 1..=5),
        [b',' | b'.', decimals @ ..] => decimals,
        _ => return false,
    };
    matches!(whole, 1..=5)
        && matches!(decimals.len(), 1..=6)
        && decimals.iter().all(u8::is_ascii_digit)
}

/// The tables of municipalities begin here.
const FIRST_YEAR: i16 = 2016;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Forms;
    use crate::{
        protect::scan::short::holds_number,
        types::npr_release::{form::Form, variables::VARIABLES},
    };

    #[test]
    fn each_form_holds_what_it_should() {
        let forms = Forms::of_year(2019);
        let cases: &[(Form, &[&str], &[&str])] = &[
            (Form::Code, &["1", "A", "12A", ""], &["1234", "a", "Å", "-1", " 1"]),
            (Form::Count, &["0", "365", "99999"], &["100000", "-1", "1,5", "x"]),
            (
                Form::Date,
                &["2019-03-01", "20190301", "20160229"],
                &[
                    "2019-02-29",
                    "01.03.2019",
                    "2019-3-1",
                    "190301",
                    "2019-03-01T10:00",
                    "2019/03/01",
                ],
            ),
            (Form::District, &["030101", "1"], &["0301011", "03A"]),
            (Form::Drg, &["107A", "1", "914O", "05S14C"], &["A107", "1071234", "107a", "10 7"]),
            (Form::Icd, &["E702", "A00", "S7200A"], &["E70.2", "E7", "EE02", "OLSEN", "e702"]),
            (Form::Institution, &["974760673", "4210"], &["9747606730", "HUS", "03851598730"]),
            (
                Form::Municipality,
                &["0301", "1201", "9000", "9900", "9999"],
                &["4601", "301", "Oslo", "0000"],
            ),
            (
                Form::Number,
                &["1", "1,234", "0.5", "-1,5", "12345,678901"],
                &["123456", "1,", ",5", "1e5", "1,2,3"],
            ),
            (
                Form::Procedure,
                &["WBGC00", "NCA10", "A00AB"],
                &["ABCDE", "AB1", "wbgc00", "12345678"],
            ),
            (Form::Sex, &["0", "1", "2", "9"], &["3", "M", "01"]),
            (Form::Text, &["et par ord"], &["to\nlinjer"]),
            (Form::Year, &["1950"], &["50", "19500", "195O"]),
        ];
        for (form, good, bad) in cases {
            for text in *good {
                assert!(forms.hold(*form, text), "{form:?} {text}");
            }
            for text in *bad {
                assert!(!forms.hold(*form, text), "{form:?} {text}");
            }
        }
        assert!(Forms::of_year(2012).hold(Form::Municipality, "0712"), "before the tables begin");
        assert!(Forms::of_year(2024).hold(Form::Municipality, "4601"));
    }

    proptest! {
        #[test]
        fn nothing_that_may_leave_looks_like_an_identity_number(
            text in "[0-9A-Z,.-]{1,14}",
            day in 1u8..=31,
            ending in "[0-9]{5}",
        ) {
            let forms = Forms::of_year(2019);
            let number = format!("{day:02}8590{ending}");
            for variable in VARIABLES.iter().filter(|v| v.form != Form::Unseen) {
                for text in [&text, &number] {
                    prop_assert!(
                        !(forms.hold(variable.form, text) && holds_number(text.as_bytes())),
                        "{} {:?}", variable.name, variable.form
                    );
                }
            }
        }
    }
}
