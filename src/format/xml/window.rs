//! The sliding window over a document: characters checked, line ends normalised, lines counted.

use std::io::Read;

use crate::{
    format::{
        text::{Encoding, TextError, TextErrorKind, reader::Utf8Reader},
        xml::{
            chars,
            declaration::{self, Declared},
            error::{XmlError, XmlErrorKind},
            limits::Limits,
            lines::{self, Lines},
        },
    },
    types::finding::Place,
};

/// Opens a document: finds its encoding, fills the first window and checks the declaration. Also
/// tells where the declaration ends.
pub(super) fn open<R: Read>(
    input: R,
    limits: &Limits,
) -> Result<(Input<R>, Window, usize), XmlError> {
    let mut window = Window { text: String::new(), lines: Lines::new() };
    let mut text = Utf8Reader::new(input, Encoding::Utf8, limits.bytes)
        .map_err(|error| window.text_error(error))?;
    match text.byte_order_mark() {
        // The mark of UTF-16, low byte first, also starts one of UTF-32.
        Some(Encoding::Utf16Le) if text.head().starts_with(&[0, 0]) => {
            return Err(window.error(XmlErrorKind::EncodingUnsupported, 0));
        }
        Some(_) => {}
        // UTF-16 or UTF-32 without a mark, UTF-7 and EBCDIC do not start like XML in any other.
        None if matches!(text.head(), [0, ..] | [b'<', 0, ..] | [0x4C, 0x6F, 0xA7, ..]) => {
            return Err(window.error(XmlErrorKind::EncodingUnsupported, 0));
        }
        None => text.set_encoding(encoding_of_head(text.head())),
    }
    let (marked, encoding) = (text.byte_order_mark(), text.encoding());
    let mut input = Input { text, after_return: false, failed: None, ended: false };
    input.extend(&mut window, 0)?;
    let declared = match declaration::parse(&window.text) {
        Ok(None) => return Ok((input, window, 0)),
        Ok(Some(declared)) => declared,
        Err((kind, at)) => return Err(window.error(kind, at)),
    };
    let agrees = match declared.encoding {
        None => true,
        Some(Declared::One(one)) => one == encoding,
        Some(Declared::Utf16) => {
            matches!(marked, Some(Encoding::Utf16Be | Encoding::Utf16Le))
        }
    };
    if !agrees {
        return Err(window.error(XmlErrorKind::EncodingConflict, 0));
    }
    Ok((input, window, declared.length))
}

/// What the declaration says in a document without a byte order mark; whatever is wrong with the
/// declaration is found again, with its place, when it is text.
fn encoding_of_head(head: &[u8]) -> Encoding {
    let ascii = head.iter().position(|byte| !byte.is_ascii()).unwrap_or(head.len());
    let ascii = str::from_utf8(&head[..ascii.min(LONGEST_DECLARATION)]).unwrap_or_default();
    match declaration::parse(ascii) {
        Ok(Some(declaration::Declaration { encoding: Some(Declared::One(encoding)), .. })) => {
            encoding
        }
        _ => Encoding::Utf8,
    }
}

/// The part of the document that is in memory.
pub(super) struct Window {
    text: String,
    lines: Lines,
}

impl Window {
    #[inline]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn place(&self, at: usize) -> Place {
        self.lines.place(&self.text, at)
    }

    pub(super) fn error(&self, kind: XmlErrorKind, at: usize) -> XmlError {
        let (line, column) = self.lines.at(&self.text, at);
        XmlError { kind, line, column, source: None }
    }

    /// Forgets the first `length` bytes.
    pub(super) fn slide(&mut self, length: usize) {
        if length > 0 {
            self.lines.slide(&self.text, length);
            self.text.drain(..length);
        }
    }

    /// An error in the bytes behind the window.
    fn text_error(&self, error: TextError) -> XmlError {
        let kind = match error.kind {
            TextErrorKind::Incomplete | TextErrorKind::Undefined => XmlErrorKind::Encoding,
            TextErrorKind::Read => XmlErrorKind::Unreadable,
            TextErrorKind::TooLarge => XmlErrorKind::TooLarge,
        };
        XmlError { source: error.source, ..self.error(kind, self.text.len()) }
    }

    fn push(&mut self, chunk: &str, after_return: &mut bool) {
        let before = self.text.len();
        self.push_normalised(chunk, after_return);
        self.lines.grow(lines::count(&self.text[before..]));
    }

    fn push_normalised(&mut self, chunk: &str, after_return: &mut bool) {
        if !*after_return && memchr::memchr(b'\r', chunk.as_bytes()).is_none() {
            self.text.push_str(chunk);
            return;
        }
        // CR LF and a lone CR are both one line end (XML 1.0 section 2.11); the two may be cut
        // apart.
        let mut rest = chunk;
        if *after_return {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
            self.text.push_str(&rest[..at]);
            self.text.push('\n');
            rest = &rest[at + 1..];
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        self.text.push_str(rest);
        *after_return = chunk.ends_with('\r');
    }
}

/// What is not yet in the window.
pub(super) struct Input<R> {
    text: Utf8Reader<R>,
    /// The last character was CR.
    after_return: bool,
    /// Found behind text that was good, and is reported once that text is used up.
    failed: Option<Failure>,
    ended: bool,
}

enum Failure {
    Character,
    Text(TextError),
}

impl<R: Read> Input<R> {
    /// Appends at least `wanted` bytes and at least one chunk; false when the input had ended
    /// before.
    pub(super) fn extend(&mut self, window: &mut Window, wanted: usize) -> Result<bool, XmlError> {
        let before = window.text.len();
        while !self.ended && self.failed.is_none() {
            let chunk = match self.text.next_chunk() {
                Ok(chunk) => chunk,
                Err(error) => {
                    self.failed = Some(Failure::Text(error));
                    break;
                }
            };
            self.ended = chunk.is_empty();
            let mut rest = chunk;
            while !rest.is_empty() && self.failed.is_none() {
                let piece;
                (piece, rest) = rest.split_at(rest.floor_char_boundary(LOOKED_AT));
                let lines = if self.after_return { None } else { chars::lines_if_plain(piece) };
                if let Some(lines) = lines {
                    window.text.push_str(piece);
                    window.lines.grow(lines);
                } else {
                    let wrong = chars::first_not_allowed(piece);
                    self.failed = wrong.map(|_| Failure::Character);
                    window.push(&piece[..wrong.unwrap_or(piece.len())], &mut self.after_return);
                }
            }
            if window.text.len() - before >= wanted.max(1) {
                return Ok(true);
            }
        }
        if window.text.len() > before {
            return Ok(true);
        }
        match self.failed.take() {
            None => Ok(false),
            Some(Failure::Character) => Err(window.error(XmlErrorKind::Character, before)),
            Some(Failure::Text(error)) => Err(window.text_error(error)),
        }
    }
}

/// Bytes within which a declaration must name the encoding of a document without a byte order mark.
const LONGEST_DECLARATION: usize = 1024;

/// Bytes that are looked at together: characters beyond ASCII slow down the look at those around
/// them.
const LOOKED_AT: usize = 2048;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LOOKED_AT, Limits, open};
    use crate::{
        format::xml::{chars, error::XmlErrorKind},
        types::finding::Place,
    };

    /// All that comes into the window, and what stops it.
    fn taken(text: &str) -> (String, Option<XmlErrorKind>) {
        let limits = Limits::of_bytes(1 << 20);
        let (mut input, mut window, _) = match open(text.as_bytes(), &limits) {
            Ok(opened) => opened,
            Err(error) => return (String::new(), Some(error.kind)),
        };
        loop {
            match input.extend(&mut window, 1) {
                Ok(true) => {}
                Ok(false) => return (window.text, None),
                Err(error) => return (window.text, Some(error.kind)),
            }
        }
    }

    proptest! {
        #[test]
        fn every_character_is_looked_at_and_every_line_end_is_one_however_it_is_cut(
            before in LOOKED_AT - 20..LOOKED_AT + 20,
            far in prop_oneof![Just(0_usize), 7 * LOOKED_AT - 9..9 * LOOKED_AT],
            odd in "[a\\r\\n\\tøæ€]{0,30}[\\u{FFFE}\\u{1}\\u{7F}x]?[\\r\\na😀]{0,5}",
            odd_again in "[a\\r\\nø]{0,9}\\u{FFFF}?\\r?",
        ) {
            let text = format!("{}{odd}{}{odd_again}", "x".repeat(before), "y\n".repeat(far / 2));
            let wrong = text.find(|c| !chars::allowed(c));
            let good = &text[..wrong.unwrap_or(text.len())];
            let want = good.replace("\r\n", "\n").replace('\r', "\n");
            let (found, error) = taken(&text);
            prop_assert!(found == want, "{} bytes of {}", found.len(), want.len());
            prop_assert_eq!(error, wrong.map(|_| XmlErrorKind::Character));
        }

        #[test]
        fn lines_go_on_however_much_has_left(
            pieces in proptest::collection::vec("[a-z\\n]{0,40}(\r\n?|ø|€\n)?", 0..1500),
            keep in 0_usize..50,
        ) {
            let text = pieces.concat();
            let limits = Limits::of_bytes(1 << 20);
            let (mut input, mut window, _) = open(text.as_bytes(), &limits).unwrap();
            let mut gone = String::new();
            loop {
                let end = window.text.len();
                let all = format!("{gone}{}", window.text);
                let line = 1 + all.matches('\n').count() as u64;
                let column = 1 + all.rsplit('\n').next().unwrap_or("").chars().count() as u64;
                prop_assert_eq!(window.place(end), Place::Line { line, column });
                let length = window.text.floor_char_boundary(end.saturating_sub(keep));
                gone.push_str(&window.text[..length]);
                window.slide(length);
                if !input.extend(&mut window, 1).unwrap() {
                    break;
                }
            }
        }
    }
}
