//! DUF-numbers of the Directorate of Immigration: twelve digits, the last two a check number.
//!
//! A direct identifier like a national identity number: never printed, wiped when dropped.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A DUF-number that holds together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Duf([u8; 12]);

impl Duf {
    /// Parses exactly twelve ASCII digits.
    ///
    /// # Errors
    /// Says what is wrong, never what the text was.
    pub fn parse(text: &str) -> Result<Self, DufError> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| DufError::Length)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(DufError::NotDigits);
        }
        if has_check_number(&digits) { Ok(Self(digits)) } else { Err(DufError::CheckDigit) }
    }

    /// The twelve ASCII digits, for the pseudonym function and for a writer whose output is sealed.
    pub fn expose_digits(&self) -> &[u8; 12] {
        &self.0
    }
}

/// Whether digits are a DUF-number, for the last look at what leaves: nothing is kept of them. Only
/// those that begin with a year count, as the directorate writes it there: with any other beginning
/// one run of twelve digits in a hundred would.
pub fn holds(digits: &[u8]) -> bool {
    let Ok(number) = <&[u8; 12]>::try_from(digits) else { return false };
    number.iter().all(u8::is_ascii_digit)
        && (number.starts_with(b"19") || number.starts_with(b"20"))
        && has_check_number(number)
}

fn has_check_number(digits: &[u8; 12]) -> bool {
    let value = |digit: &u8| u32::from(digit - b'0');
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(weight, d)| weight * value(d)).sum();
    // Two digits, so that a remainder of 10 has a place: it is written "10".
    sum % 11 == value(&digits[10]) * 10 + value(&digits[11])
}

impl fmt::Debug for Duf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Duf(…)")
    }
}

/// Why a text is not a DUF-number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DufError {
    /// The last two digits do not fit the first ten.
    #[error("the check number is wrong: write the number again from its source")]
    CheckDigit,
    /// Not twelve characters.
    #[error("it is not 12 digits long")]
    Length,
    /// Something other than `0` to `9`.
    #[error("it holds a character that is not a digit")]
    NotDigits,
}

const WEIGHTS: [u32; 10] = [4, 6, 3, 2, 4, 6, 3, 2, 7, 5];

#[cfg(test)]
mod tests {
    use super::{Duf, DufError as E, holds};

    #[test]
    fn accepts_and_refuses() {
        let cases = [
            ("ordinary", "201700000108", Ok(())),
            ("remainder 10", "201800000110", Ok(())),
            ("off by one", "201700000109", Err(E::CheckDigit)),
            ("eleven digits", "20170000010", Err(E::Length)),
            ("a letter", "2017O0000108", Err(E::NotDigits)),
        ];
        for (name, text, want) in cases {
            assert_eq!(Duf::parse(text).map(drop), want, "case: {name}");
        }
        assert!(holds(b"201700000108") && !holds(b"201700000109") && !holds(b"20170000010"));
        assert!(!holds(b"000000000000"), "no year");
        assert_eq!(format!("{:?}", Duf::parse("201700000108").unwrap()), "Duf(…)");
    }
}
