//! Organisation numbers of the Brønnøysund register: nine digits, the last a check digit.
//!
//! Names an organisation and never a person, so it may be printed.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An organisation number that holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgNumber(u32);

impl OrgNumber {
    /// Parses exactly nine ASCII digits.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn parse(text: &str) -> Result<Self, OrgNumberError> {
        let digits: [u8; 9] = text.as_bytes().try_into().map_err(|_| OrgNumberError::Length)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(OrgNumberError::NotDigits);
        }
        let values = digits.map(|digit| u32::from(digit - b'0'));
        let sum: u32 = WEIGHTS.iter().zip(values).map(|(weight, value)| weight * value).sum();
        // 10 equals no digit, so a number whose check digit would be 10 is refused here too.
        if (11 - sum % 11) % 11 == values[8] {
            Ok(Self(values.iter().fold(0, |number, value| number * 10 + value)))
        } else {
            Err(OrgNumberError::CheckDigit)
        }
    }
}

impl fmt::Display for OrgNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

impl fmt::Debug for OrgNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrgNumber({self})")
    }
}

impl Serialize for OrgNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OrgNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// Why a text is not an organisation number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OrgNumberError {
    /// The last digit does not fit the first eight.
    #[error("the check digit is wrong: copy the organisation number from brreg.no")]
    CheckDigit,
    /// Not nine characters.
    #[error("an organisation number is 9 digits long, without spaces")]
    Length,
    /// Something other than `0` to `9`.
    #[error("an organisation number is 9 digits and nothing else")]
    NotDigits,
}

const WEIGHTS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

#[cfg(test)]
mod tests {
    use super::{OrgNumber, OrgNumberError as E};

    #[test]
    fn accepts_and_refuses() {
        let cases = [
            ("Oslo kommune", "958935420", Ok("958935420")),
            ("off by one", "958935421", Err(E::CheckDigit)),
            ("check digit would be 10", "911000130", Err(E::CheckDigit)),
            ("spaces", "958 935 420", Err(E::Length)),
            ("a letter", "95893542O", Err(E::NotDigits)),
        ];
        for (name, text, want) in cases {
            let got = OrgNumber::parse(text).map(|number| number.to_string());
            assert_eq!(got, want.map(str::to_owned), "case: {name}");
        }
    }

    #[test]
    fn serde_is_text() {
        let number = OrgNumber::parse("983544622").unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"983544622\"");
        assert_eq!(serde_json::from_str::<OrgNumber>("\"983544622\"").unwrap(), number);
        assert!(serde_json::from_str::<OrgNumber>("\"983544623\"").is_err());
    }
}
