//! A case's number in the case archive (Public 360): the year, a slash, and a number in that year.
//!
//! Says nothing about a person, so it may be printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `24/00123`, as the archive shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(String);

impl CaseNumber {
    /// Reads two or four digits of a year, a slash, and one to seven digits.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn parse(text: &str) -> Result<Self, BadCaseNumber> {
        let (year, number) = text.split_once('/').ok_or(BadCaseNumber)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = matches!(year.len(), 2 | 4)
            && (1..=7).contains(&number.len())
            && digits(year)
            && digits(number)
            && number.bytes().any(|digit| digit != b'0');
        if is_number { Ok(Self(text.to_owned())) } else { Err(BadCaseNumber) }
    }

    /// As the archive writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = BadCaseNumber;

    fn try_from(text: String) -> Result<Self, BadCaseNumber> {
        Self::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.0
    }
}

/// A text is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number is the year, a slash and a number, as 24/00123")]
pub struct BadCaseNumber;

#[cfg(test)]
mod tests {
    use super::CaseNumber;

    #[test]
    fn a_year_a_slash_and_a_number() {
        for (text, good) in [
            ("24/00123", true),
            ("2024/1", true),
            ("24/0", false),
            ("24-123", false),
            ("024/123", false),
            ("24/12345678", false),
            ("24/12a", false),
            ("24/", false),
            ("", false),
            ("24/1/2", false),
        ] {
            assert_eq!(CaseNumber::parse(text).is_ok(), good, "{text}");
        }
    }
}
