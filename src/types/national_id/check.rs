//! Judges eleven digits: whether they are a number at all, of which sort, and whether the profile
//! lets it in.

use crate::types::national_id::{
    birth_date::date_exists,
    check_digit,
    error::NationalIdError,
    policy::{IdPolicy, Profile},
    shape::{IdKind, Offset, Shape, Synthetic, month_offset, values},
};

/// Judges eleven ASCII digits without allocating.
///
/// Month + 40 is both the mark of an H-number and of NAV's synthetic numbers, and nothing in the
/// number tells them apart. A production profile therefore takes it for an H-number, and a test
/// profile for NAV's. FH-numbers have no date and no mark: both profiles take them.
///
/// # Errors
/// The first that applies of: not digits, no such day, check digit or placeholder, profile.
pub fn check(digits: &[u8; 11], policy: &IdPolicy) -> Result<Shape, NationalIdError> {
    let Marked { number, offset } = check_sound(digits, policy.new_rule)?;
    let local = |number| if number == IdKind::D { IdKind::DH } else { IdKind::H };
    match (policy.profile, offset) {
        (_, Offset::NoDate) | (Profile::Production, Offset::Zero) => {
            Ok(Shape { kind: number, synthetic: None })
        }
        (Profile::Production, Offset::Forty) => Ok(Shape { kind: local(number), synthetic: None }),
        (Profile::Production, Offset::SixtyFive | Offset::Eighty) => {
            Err(NationalIdError::SyntheticInProduction)
        }
        (Profile::Test, Offset::Zero) => Err(NationalIdError::RealInTest),
        (Profile::Test, Offset::Forty) => {
            Ok(Shape { kind: number, synthetic: Some(Synthetic::Nav40) })
        }
        (Profile::Test, Offset::SixtyFive) => {
            Ok(Shape { kind: number, synthetic: Some(Synthetic::Nhn65) })
        }
        (Profile::Test, Offset::Eighty) => {
            Ok(Shape { kind: number, synthetic: Some(Synthetic::Skatteetaten80) })
        }
    }
}

/// Whether eleven ASCII digits are a number of any kind, by either rule and in either profile: what
/// a detector of identities must call one.
pub fn is_any_valid(digits: &[u8; 11]) -> bool {
    check_sound(digits, true).is_ok()
}

/// A number that holds together, before the profile has its say.
struct Marked {
    number: IdKind,
    offset: Offset,
}

fn check_sound(digits: &[u8; 11], new_rule: bool) -> Result<Marked, NationalIdError> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(NationalIdError::NotDigits);
    }
    let values = values(digits);
    let number = match values[0] {
        0..=3 => IdKind::Fnr,
        4..=7 => IdKind::D,
        _ => IdKind::Fh,
    };
    if number != IdKind::Fh && !date_exists(&values, new_rule) {
        return Err(NationalIdError::Date);
    }
    let holds = if new_rule { check_digit::holds_2032 } else { check_digit::holds_1964 };
    if !holds(&values) {
        // A number with such an ending that holds together was issued to somebody, so the endings
        // are looked at only here.
        let made_up =
            number != IdKind::Fh && PLACEHOLDER_ENDINGS.iter().any(|e| digits[6..] == **e);
        return Err(if made_up {
            NationalIdError::Placeholder
        } else {
            NationalIdError::CheckDigit
        });
    }
    let offset = if number == IdKind::Fh { Offset::NoDate } else { month_offset(&values).0 };
    Ok(Marked { number, offset })
}

/// Tells a lost leading zero, the commonest damage of spreadsheets, from any other wrong length.
pub(super) fn wrong_length(text: &[u8], policy: IdPolicy) -> NationalIdError {
    let mut restored = [b'0'; 11];
    if text.len() == 10 {
        restored[1..].copy_from_slice(text);
        if check_sound(&restored, policy.new_rule).is_ok() {
            return NationalIdError::LeadingZeroLost;
        }
    }
    NationalIdError::Length
}

const PLACEHOLDER_ENDINGS: [&[u8; 5]; 4] = [b"00100", b"00200", b"55555", b"99999"];
