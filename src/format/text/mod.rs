//! Encodings: bytes of a declared encoding in, valid UTF-8 out, a bounded window at a time.
//!
//! Never guesses and never repairs: the encoding is declared, configured or said by a byte order
//! mark, and a sequence that the encoding does not define is an error with its byte offset.

pub mod as_bytes;
mod decode;
pub mod reader;

use std::io;

/// A text encoding that senders may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// US-ASCII: bytes below 0x80.
    Ascii,
    /// ISO-8859-1: every byte is the character of the same number.
    Latin1,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-8.
    Utf8,
    /// Windows-1252, whose five undefined bytes are refused.
    Windows1252,
}

impl Encoding {
    /// The encoding that a byte order mark at the start of `head` says, and the mark's length.
    pub fn of_byte_order_mark(head: &[u8]) -> Option<(Self, usize)> {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => Some((Self::Utf8, 3)),
            [0xFE, 0xFF, ..] => Some((Self::Utf16Be, 2)),
            [0xFF, 0xFE, ..] => Some((Self::Utf16Le, 2)),
            _ => None,
        }
    }

    /// The one-byte or UTF-8 encoding with this IANA name, in any case. UTF-16 is not among them:
    /// only a byte order mark makes a file UTF-16.
    pub fn of_label(label: &str) -> Option<Self> {
        LABELS.iter().find(|(name, _)| label.eq_ignore_ascii_case(name)).map(|(_, found)| *found)
    }
}

/// Why text could not be read on, and where.
#[derive(Debug, thiserror::Error)]
#[error("{kind} (byte {offset})")]
pub struct TextError {
    /// What is wrong.
    pub kind: TextErrorKind,
    /// Where: bytes of the input before it.
    pub offset: u64,
    /// The failed read, for [`TextErrorKind::Read`].
    pub source: Option<io::Error>,
}

/// What is wrong with text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextErrorKind {
    /// The input ends within a character.
    #[error("the text ends in the middle of a character: send the whole file again")]
    Incomplete,
    /// The input cannot be read; the sender can do nothing about it.
    #[error("the text cannot be read: see the cause")]
    Read,
    /// The input is longer than allowed.
    #[error("the text is longer than allowed: send less in one file")]
    TooLarge,
    /// The encoding does not define this sequence of bytes.
    #[error(
        "the bytes are no text in this encoding: save the file in the encoding that it declares"
    )]
    Undefined,
}

const LABELS: [(&str, Encoding); 4] = [
    ("ISO-8859-1", Encoding::Latin1),
    ("US-ASCII", Encoding::Ascii),
    ("UTF-8", Encoding::Utf8),
    ("windows-1252", Encoding::Windows1252),
];
