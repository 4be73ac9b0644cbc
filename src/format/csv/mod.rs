//! CSV, strictly: RFC 4180 quoting, one column count, bounded sizes, declared row counts.
//!
//! Reads text that is UTF-8 already; what the bytes of a file are is [`sniff`]'s to say and a
//! transcoder's to change. Knows no kind, trims and guesses nothing in a field.

pub mod error;
mod input;
pub mod reader;
pub mod record;
pub mod sniff;
pub mod writer;

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, which spreadsheets write where the comma is the decimal sign.
    Semicolon,
    /// U+0009.
    Tab,
}

impl Delimiter {
    /// The byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The delimiter that this byte is.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            b',' => Some(Self::Comma),
            b';' => Some(Self::Semicolon),
            b'\t' => Some(Self::Tab),
            _ => None,
        }
    }
}

/// Bounds on what one file may hold; every one is checked before memory is taken.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most columns in the header.
    pub columns: usize,
    /// Most bytes in one field.
    pub field: usize,
    /// Most bytes in all fields of one record.
    pub record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { columns: 256, field: 64 << 10, record: 1 << 20 }
    }
}

/// How to read a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Given by configuration; otherwise it is found in the header line.
    pub delimiter: Option<Delimiter>,
    /// Bounds.
    pub limits: Limits,
}

/// Whether a spreadsheet program would run this text as a formula when it opens it.
///
/// A sign before digits alone is a number and harmless.
pub fn is_formula(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        // The full-width forms are what Excel takes for the same signs in some locales.
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＠' | '＋' | '－') => true,
        Some('+' | '-') => {
            let rest = characters.as_str();
            rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_formula;

    #[test]
    fn what_a_spreadsheet_would_run() {
        for (text, formula) in [
            ("=1+1", true),
            ("@SUM(A1)", true),
            ("+1+cmd|' /C calc'!A0", true),
            ("-2-3", true),
            ("-", true),
            ("\t=1", true),
            ("\r=1", true),
            ("＝1", true),
            ("-12", false),
            ("+47", false),
            ("Ås", false),
            ("a=b", false),
            ("", false),
        ] {
            assert_eq!(is_formula(text), formula, "{text:?}");
        }
    }
}
