//! Norwegian national identity numbers: fødselsnummer, D-, H- and FH-numbers, parsed once at the
//! border.
//!
//! A [`NationalId`] can only be built by [`NationalId::parse`], so whatever takes one may rely on
//! eleven digits that hold together. Neither the digits nor a refused text ever appear in `Debug`
//! or in an error. Asks no clock: whether the rule of 2032 is in force comes in with [`IdPolicy`].

pub mod birth_date;
pub mod check;
pub mod check_digit;
mod error;
mod policy;
mod shape;

use std::fmt;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use error::NationalIdError;
pub use policy::{IdPolicy, NEW_RULE_FROM, Profile};
pub use shape::{IdKind, Shape, Synthetic};

use crate::types::national_id::{
    birth_date::{birth_date_by_individual_number, day_month_year2},
    check::{check, wrong_length},
    shape::values,
};

/// Eleven digits that hold together, wiped when dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub struct NationalId {
    /// ASCII digits.
    digits: [u8; 11],
    #[zeroize(skip)]
    shape: Shape,
}

impl NationalId {
    /// Parses exactly eleven ASCII digits; separators and spaces are the caller's to remove.
    ///
    /// # Errors
    /// Says what is wrong, never what the text was.
    pub fn parse(text: &str, policy: &IdPolicy) -> Result<Self, NationalIdError> {
        let text = text.as_bytes();
        let Ok(digits) = <[u8; 11]>::try_from(text) else {
            return Err(wrong_length(text, *policy));
        };
        check(&digits, policy).map(|shape| Self { digits, shape })
    }

    /// What sort of number it is.
    pub fn kind(&self) -> IdKind {
        self.shape.kind
    }

    /// Who made it, if it is synthetic; `None` in a production profile always.
    pub fn synthetic(&self) -> Option<Synthetic> {
        self.shape.synthetic
    }

    /// The date of birth where the number says it: never for FH-numbers, for numbers that hold by
    /// the rule of 2032 alone (those carry no century), and for series that were never assigned.
    ///
    /// From 2032 on one new number in four also holds by the old rule by chance and gives a century
    /// that means nothing; use [`Self::birth_date_matches`] wherever a stated date is at hand.
    pub fn birth_date(&self) -> Option<Date> {
        let values = values(&self.digits);
        if check_digit::holds_1964(&values) {
            birth_date_by_individual_number(&values)
        } else {
            None
        }
    }

    /// Every date of birth that the number allows: the one of [`Self::birth_date`], else that day
    /// in the 1900s and 2000s as far as it exists; none for an FH-number.
    pub fn possible_birth_dates(&self) -> impl Iterator<Item = Date> + use<> {
        let dates = match (self.birth_date(), self.birth_day_month_year2()) {
            (Some(known), _) => [Some(known), None],
            (None, Some((day, month, year2))) => {
                [1900, 2000].map(|century| Date::new(century + i16::from(year2), month, day).ok())
            }
            (None, None) => [None, None],
        };
        dates.into_iter().flatten()
    }

    /// Day, month and last two digits of the year of birth, offsets removed; `None` for FH-numbers.
    pub fn birth_day_month_year2(&self) -> Option<(i8, i8, i8)> {
        day_month_year2(&values(&self.digits))
    }

    /// Whether a stated date of birth agrees in day, month and last two digits of the year
    /// (EMB-09). The century is not compared: a number cannot be trusted to tell it. Never true for
    /// an FH-number, which holds no date.
    pub fn birth_date_matches(&self, stated: Date) -> bool {
        let year2 = i8::try_from(stated.year().rem_euclid(100)).unwrap_or(-1);
        self.birth_day_month_year2() == Some((stated.day(), stated.month(), year2))
    }

    /// The eleven ASCII digits, for the pseudonym function and for a writer whose output is sealed.
    pub fn expose_digits(&self) -> &[u8; 11] {
        &self.digits
    }

    /// The same as text, for a writer whose output is sealed.
    pub fn expose_text(&self) -> &str {
        // ASCII digits by construction, so the empty text is never given.
        str::from_utf8(&self.digits).unwrap_or_default()
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalId(…)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{
        IdKind, IdPolicy, NEW_RULE_FROM, NationalId, NationalIdError as E, Profile, Synthetic,
    };

    const TEST: IdPolicy = IdPolicy { profile: Profile::Test, new_rule: false };
    const TEST_2032: IdPolicy = IdPolicy { profile: Profile::Test, new_rule: true };

    // All numbers here are synthetic: the month is raised by 80, as in the tax office's test set.
    #[test]
    fn accepts_and_refuses() {
        let cases = [
            ("fødselsnummer", "03851598730", Ok(IdKind::Fnr)),
            ("D-number, day + 40", "41819077302", Ok(IdKind::D)),
            ("holds by the rule of 2032 alone", "30908299902", Err(E::CheckDigit)),
            ("last check digit off by one", "03851598731", Err(E::CheckDigit)),
            ("both digits wrong, no such day", "03941598730", Err(E::Date)),
            ("day 0", "00851598730", Err(E::Date)),
            ("29 February of a common year", "29820105700", Err(E::Date)),
            ("nothing but zeroes", "00000000000", Err(E::Date)),
            ("placeholder 00100", "03851500100", Err(E::Placeholder)),
            ("placeholder 00200", "03851500200", Err(E::Placeholder)),
            ("placeholder 55555", "03851555555", Err(E::Placeholder)),
            ("placeholder 99999", "03851599999", Err(E::Placeholder)),
            ("placeholder of no day", "32851599999", Err(E::Date)),
            ("leading zero lost", "3851598730", Err(E::LeadingZeroLost)),
            ("ten other digits", "3851598731", Err(E::Length)),
            ("twelve digits", "038515987300", Err(E::Length)),
            ("empty", "", Err(E::Length)),
            ("space is not removed here", "038515 9873", Err(E::NotDigits)),
            ("eleven characters, more bytes", "0385159873٠", Err(E::Length)),
        ];
        for (name, text, want) in cases {
            let got = NationalId::parse(text, &TEST).map(|id| id.kind());
            assert_eq!(got, want, "case: {name}");
        }
    }

    #[test]
    fn profiles_refuse_each_others_people() {
        let production = IdPolicy { profile: Profile::Production, new_rule: true };
        let got = NationalId::parse("03851598730", &production).map(|id| id.kind());
        assert_eq!(got, Err(E::SyntheticInProduction));
        let test = NationalId::parse("03851598730", &TEST_2032).unwrap();
        assert_eq!(test.synthetic(), Some(Synthetic::Skatteetaten80));
    }

    #[test]
    fn the_rule_of_2032_is_a_dated_switch() {
        let on = |day| IdPolicy::on(Profile::Test, day, NEW_RULE_FROM);
        for (day, want) in [
            (date(2031, 12, 31), Err(E::CheckDigit)),
            (date(2032, 1, 1), Ok(())),
            (date(2040, 6, 1), Ok(())),
        ] {
            assert_eq!(NationalId::parse("30908299902", &on(day)).map(drop), want, "{day}");
        }
    }

    #[test]
    fn birth_dates() {
        let old = NationalId::parse("11820253754", &TEST_2032).unwrap();
        assert_eq!(old.birth_date(), Some(date(2002, 2, 11)));
        assert!(old.possible_birth_dates().eq([date(2002, 2, 11)]));

        let new = NationalId::parse("30908299902", &TEST_2032).unwrap();
        assert_eq!(new.birth_date(), None, "a number of 2032 carries no century");
        assert!(new.possible_birth_dates().eq([date(1982, 10, 30), date(2082, 10, 30)]));

        let d = NationalId::parse("63905842945", &TEST).unwrap();
        assert_eq!(d.kind(), IdKind::D);
        for (stated, want) in [
            (date(1958, 10, 23), true),
            (date(2058, 10, 23), true),
            (date(1958, 10, 24), false),
            (date(1958, 11, 23), false),
            (date(1959, 10, 23), false),
        ] {
            assert_eq!(d.birth_date_matches(stated), want, "{stated}");
        }
    }

    #[test]
    fn a_leap_day_is_judged_by_the_centuries_that_the_rule_allows() {
        // Year 00 in a series of the 1900s: no such day by the rule of 1964, whereas by that of
        // 2032 it may be the year 2000, so that only the check digits are left to be wrong.
        let error = |policy| NationalId::parse("29820000200", policy).map(drop);
        assert_eq!(error(&TEST), Err(E::Date));
        assert_eq!(error(&TEST_2032), Err(E::Placeholder));
        let never = NationalId::parse("29820100100", &TEST_2032).map(drop);
        assert_eq!(never, Err(E::Date), "neither 1901 nor 2001 is a leap year");
    }

    #[test]
    fn debug_and_errors_show_no_number() {
        let id = NationalId::parse("03851598730", &TEST).unwrap();
        assert_eq!(format!("{id:?} {:?}", Some(&id)), "NationalId(…) Some(NationalId(…))");
        for text in ["03851598731", "3851598730", "03851599999", "0385159873x"] {
            let err = NationalId::parse(text, &TEST).unwrap_err();
            let shown = format!("{err} {err:?}");
            assert!(!shown.contains("8515"), "{shown}");
        }
    }
}
