//! What the first bytes of a text file say about its encoding and its delimiter.
//!
//! A byte order mark is a declaration. Without one, valid UTF-8 is UTF-8; anything else is taken
//! for Windows-1252, which is what spreadsheets write, and marked as assumed so that the receipt
//! can say so. Where the first bytes are ASCII alone, whoever reads on decides by the same rule
//! ([`set_fallback`](crate::format::text::reader::Utf8Reader::set_fallback)). Nothing here replaces or
//! drops a byte.

use std::borrow::Cow;

use crate::format::csv::Delimiter;

/// What [`sniff`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// How the bytes are to be read.
    pub charset: Charset,
    /// Bytes of the byte order mark at the start: 0, 2 or 3.
    pub mark: usize,
    /// Neither declared nor proved: the receipt warns (IN-04).
    pub assumed: bool,
    /// The delimiter of the header line, where the head holds one.
    pub delimiter: Option<Delimiter>,
}

/// An encoding of text without a declaration inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-8.
    Utf8,
    /// Windows-1252.
    Windows1252,
}

/// Looks at the first bytes of a file, up to 64 KiB of them.
pub fn sniff(head: &[u8]) -> Sniffed {
    let (charset, mark, assumed) = match head {
        [0xEF, 0xBB, 0xBF, ..] => (Charset::Utf8, 3, false),
        [0xFF, 0xFE, ..] => (Charset::Utf16Le, 2, false),
        [0xFE, 0xFF, ..] => (Charset::Utf16Be, 2, false),
        _ if is_utf8_so_far(head) => (Charset::Utf8, 0, false),
        _ => (Charset::Windows1252, 0, true),
    };
    let text = text_of(charset, &head[mark..]);
    Sniffed { charset, mark, assumed, delimiter: delimiter_of(&text) }
}

/// The delimiter of the first line that is neither `sep=` nor preamble.
pub(super) fn delimiter_of(text: &str) -> Option<Delimiter> {
    let mut lines = text.lines();
    let mut line = lines.next()?;
    if let Some(delimiter) = sep_line(line.as_bytes()) {
        return Some(delimiter);
    }
    while line.starts_with('#') || is_empty_row(line.as_bytes()) {
        line = lines.next()?;
    }
    in_header(line.as_bytes())
}

/// The delimiter that a header line uses most, outside quotes; `None` when it uses none, or two
/// equally often.
pub(super) fn in_header(line: &[u8]) -> Option<Delimiter> {
    let mut counts = [(Delimiter::Semicolon, 0), (Delimiter::Comma, 0), (Delimiter::Tab, 0usize)];
    let mut quoted = false;
    for &byte in line {
        quoted ^= byte == b'"';
        if quoted {
            continue;
        }
        for (delimiter, count) in &mut counts {
            *count += usize::from(delimiter.byte() == byte);
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let [(first, most), (_, second), _] = counts;
    (most > second).then_some(first)
}

/// Whether a line holds blanks and delimiters only.
pub(super) fn is_empty_row(line: &[u8]) -> bool {
    line.iter().all(|&byte| matches!(byte, b' ' | b'\r') || Delimiter::from_byte(byte).is_some())
}

/// Excel's own first line `sep=;`.
pub(super) fn sep_line(line: &[u8]) -> Option<Delimiter> {
    match line.strip_prefix(b"sep=")? {
        [byte] | [byte, b'\r'] => Delimiter::from_byte(*byte),
        _ => None,
    }
}

/// The head as text, for looking only: what cannot be read becomes U+FFFD here and nowhere else.
pub(crate) fn text_of(charset: Charset, head: &[u8]) -> Cow<'_, str> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = head.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(text.collect())
    };
    match charset {
        // The replacing reader goes from byte to byte, which few files need.
        Charset::Utf8 => match std::str::from_utf8(head) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(head),
        },
        Charset::Utf16Be => wide(u16::from_be_bytes),
        Charset::Utf16Le => wide(u16::from_le_bytes),
        // The two differ in 0x80..0xA0 only, where no name or delimiter of ours stands.
        Charset::Windows1252 => Cow::Owned(head.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// Whether the bytes are UTF-8 but for a character that the end of the head may have cut.
fn is_utf8_so_far(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none() && head.len() >= SHORTEST_CUT_HEAD,
    }
}

/// A shorter head is the whole file, so that a cut character at its end is no cut but an error.
const SHORTEST_CUT_HEAD: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::{Charset, Delimiter, sniff};

    #[test]
    fn encodings_and_delimiters() {
        let wide: Vec<u8> =
            "\u{FEFF}navn;fødd\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let semicolon = Some(Delimiter::Semicolon);
        for (head, charset, assumed, delimiter) in [
            (&b"a;b\r\n1;2\r\n"[..], Charset::Utf8, false, semicolon),
            (b"\xEF\xBB\xBFa,b\n", Charset::Utf8, false, Some(Delimiter::Comma)),
            (b"navn\tby\nB\xF8e\t\xC5s\n", Charset::Windows1252, true, Some(Delimiter::Tab)),
            ("navn;by\nBøe;Ås\n".as_bytes(), Charset::Utf8, false, semicolon),
            (&wide, Charset::Utf16Le, false, semicolon),
            (b"#a=b,c,d\nx;y\n", Charset::Utf8, false, semicolon),
            (b"sep=,\na;b;c\n", Charset::Utf8, false, Some(Delimiter::Comma)),
            (b"\"a,b,c\";d\n", Charset::Utf8, false, semicolon),
            (b"a,b;c\n", Charset::Utf8, false, None),
            (b"a;b\n\xC3", Charset::Windows1252, true, semicolon),
            (b"", Charset::Utf8, false, None),
        ] {
            let found = sniff(head);
            assert_eq!(
                (found.charset, found.assumed, found.delimiter),
                (charset, assumed, delimiter),
                "{head:?}"
            );
        }
    }

    #[test]
    fn a_character_cut_by_the_end_of_the_head_is_no_doubt() {
        let mut head = "a;b\n".repeat(600).into_bytes();
        head.push(0xC3);
        assert_eq!(sniff(&head).charset, Charset::Utf8);
    }
}
