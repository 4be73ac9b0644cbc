//! Reads text of any encoding as UTF-8, window by window.

use std::{
    fmt,
    io::{self, Read},
    str,
};

use crate::format::text::{
    Encoding, TextError, TextErrorKind,
    decode::{Decoded, decode_bytes, decode_utf16, valid_prefix, whole_utf8, windows_1252},
};

/// Reads text of any [`Encoding`] as UTF-8, in windows of up to 64 KiB, without its byte order
/// mark. Of UTF-8 it gives out 16 KiB at a time, so that what is looked at next is near the
/// processor.
///
/// The windows do not depend on how `R` splits its answers. Stops after `most` bytes of input with
/// [`TextErrorKind::TooLarge`].
pub struct Utf8Reader<R> {
    input: R,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes of the input before `raw[start]`.
    offset: u64,
    left: u64,
    encoding: Encoding,
    marked: Option<Encoding>,
    /// What the text is in if it turns out not to be UTF-8, while it is ASCII alone.
    fallback: Option<Encoding>,
    transcoded: String,
    /// Found behind text that was good, reported when that text has been given out.
    pending: Option<TextErrorKind>,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads the first window and its byte order mark, if there is one. Without a mark the encoding
    /// is `otherwise` until [`Self::set_encoding`] says something else.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn new(input: R, otherwise: Encoding, most: u64) -> Result<Self, TextError> {
        let mut reader = Self {
            input,
            raw: vec![0; RAW],
            start: 0,
            end: 0,
            offset: 0,
            left: most,
            encoding: otherwise,
            marked: None,
            fallback: None,
            transcoded: String::new(),
            pending: None,
        };
        reader.fill()?;
        if let Some((encoding, length)) = Encoding::of_byte_order_mark(reader.head()) {
            reader.encoding = encoding;
            reader.marked = Some(encoding);
            reader.skip(length);
        }
        Ok(reader)
    }

    /// What the byte order mark said.
    pub fn byte_order_mark(&self) -> Option<Encoding> {
        self.marked
    }

    /// The encoding that is being read.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Says what the rest is written in; only useful before the first [`Self::next_chunk`].
    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.encoding = encoding;
    }

    /// Says what the rest is in if the first character beyond ASCII is none of UTF-8. What a byte
    /// order mark has said stands.
    pub fn set_fallback(&mut self, encoding: Encoding) {
        self.fallback = Some(encoding).filter(|_| self.marked.is_none());
    }

    /// Bytes as they stand in the input, read but not yet given out: at first up to 64 KiB, or the
    /// whole input when it is shorter.
    pub fn head(&self) -> &[u8] {
        &self.raw[self.start..self.end]
    }

    /// The next piece of text; empty at the end of the input.
    ///
    /// # Errors
    /// At a sequence that the encoding does not define, after all text before it has been given
    /// out; when the input ends within a character, is longer than allowed or cannot be read.
    pub fn next_chunk(&mut self) -> Result<&str, TextError> {
        self.fill()?;
        if let Some(kind) = self.pending.take() {
            return Err(self.error(kind));
        }
        if let Some(fallback) = self.fallback {
            self.decide(fallback);
        }
        if self.encoding == Encoding::Utf8 { self.next_utf8() } else { self.transcode() }
    }

    /// Looks at the first character beyond ASCII, if there is one in the next piece.
    fn decide(&mut self, fallback: Encoding) {
        let window = &self.raw[self.start..self.end];
        let piece = &window[..window.len().min(PIECE)];
        let Some(at) = piece.iter().position(|byte| !byte.is_ascii()) else { return };
        let character = &window[at..window.len().min(at + LONGEST_UTF8)];
        match str::from_utf8(character) {
            Err(error) if error.valid_up_to() == 0 => {
                // At the very start of a window there is no more to come.
                if error.error_len().is_some() || at == 0 {
                    self.encoding = fallback;
                    self.fallback = None;
                }
            }
            _ => self.fallback = None,
        }
    }

    /// Borrows the window as it is: validated, not copied.
    fn next_utf8(&mut self) -> Result<&str, TextError> {
        let (start, end) = (self.start, self.end.min(self.start + PIECE));
        let whole = whole_utf8(&self.raw[start..end]);
        let (text, wrong) = valid_prefix(&self.raw[start..start + whole]);
        self.start += text.len();
        self.offset += text.len() as u64;
        let kind = match wrong {
            true => TextErrorKind::Undefined,
            false if text.is_empty() && start < end => TextErrorKind::Incomplete,
            false => return Ok(text),
        };
        if text.is_empty() {
            return Err(TextError { kind, offset: self.offset, source: None });
        }
        self.pending = Some(kind);
        Ok(text)
    }

    fn transcode(&mut self) -> Result<&str, TextError> {
        self.transcoded.clear();
        let (raw, text) = (&self.raw[self.start..self.end], &mut self.transcoded);
        let Decoded { taken, wrong } = match self.encoding {
            Encoding::Ascii | Encoding::Utf8 => decode_bytes(raw, text, |_| None),
            Encoding::Latin1 => decode_bytes(raw, text, |byte| Some(byte.into())),
            Encoding::Windows1252 => decode_bytes(raw, text, windows_1252),
            Encoding::Utf16Be => decode_utf16(raw, text, u16::from_be_bytes),
            Encoding::Utf16Le => decode_utf16(raw, text, u16::from_le_bytes),
        };
        self.skip(taken);
        let kind = match wrong {
            true => TextErrorKind::Undefined,
            false if taken == 0 && self.start < self.end => TextErrorKind::Incomplete,
            false => return Ok(&self.transcoded),
        };
        if taken == 0 {
            return Err(self.error(kind));
        }
        self.pending = Some(kind);
        Ok(&self.transcoded)
    }

    fn error(&self, kind: TextErrorKind) -> TextError {
        TextError { kind, offset: self.offset, source: None }
    }

    fn skip(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    /// Unless there is enough for the next piece: moves what is left to the front and reads until
    /// the window is full or the input ends.
    fn fill(&mut self) -> Result<(), TextError> {
        if self.pending.is_some() || self.end - self.start >= PIECE {
            return Ok(());
        }
        self.raw.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < RAW {
            match self.input.read(&mut self.raw[self.end..]) {
                Ok(0) => break,
                Ok(length) => {
                    let Some(left) = self.left.checked_sub(length as u64) else {
                        let offset = self.offset + self.end as u64 + self.left;
                        let kind = TextErrorKind::TooLarge;
                        return Err(TextError { kind, offset, source: None });
                    };
                    self.left = left;
                    self.end += length;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let offset = self.offset + self.end as u64;
                    let kind = TextErrorKind::Read;
                    return Err(TextError { kind, offset, source: Some(error) });
                }
            }
        }
        Ok(())
    }
}

/// Shows nothing of the text.
impl<R> fmt::Debug for Utf8Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Utf8Reader").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

/// Bytes of one window of input.
const RAW: usize = 64 * 1024;

/// Bytes that are given out at once where they need not be written anew.
const PIECE: usize = 16 * 1024;

/// Most bytes of a character in UTF-8.
const LONGEST_UTF8: usize = 4;

#[cfg(test)]
mod tests {
    use super::{Encoding as C, TextErrorKind as E, Utf8Reader};

    fn read(bytes: &[u8], encoding: C) -> (String, Option<(E, u64)>) {
        let mut text = String::new();
        let mut reader = match Utf8Reader::new(bytes, encoding, 1 << 20) {
            Ok(reader) => reader,
            Err(error) => return (text, Some((error.kind, error.offset))),
        };
        loop {
            match reader.next_chunk() {
                Ok("") => return (text, None),
                Ok(chunk) => text.push_str(chunk),
                Err(error) => return (text, Some((error.kind, error.offset))),
            }
        }
    }

    type Case = (&'static str, C, &'static [u8], &'static str, Option<(E, u64)>);

    #[test]
    fn decodes_and_refuses() {
        let cases: &[Case] = &[
            ("nothing", C::Utf8, b"", "", None),
            ("UTF-8", C::Utf8, "Bjørnøya".as_bytes(), "Bjørnøya", None),
            ("a mark is not text", C::Latin1, b"\xEF\xBB\xBF\xC3\xA6", "æ", None),
            ("Latin-1 as UTF-8", C::Utf8, b"Bj\xF8rn", "Bj", Some((E::Undefined, 2))),
            ("overlong", C::Utf8, b"a\xC0\xAF", "a", Some((E::Undefined, 1))),
            ("surrogate in UTF-8", C::Utf8, b"\xED\xA0\x80", "", Some((E::Undefined, 0))),
            ("cut in a character", C::Utf8, b"ab\xE2\x82", "ab", Some((E::Incomplete, 2))),
            ("Latin-1", C::Latin1, b"bl\xE5b\xE6r \x80", "blåbær \u{80}", None),
            ("Windows-1252", C::Windows1252, b"\x80 \x96 \xF8", "€ – ø", None),
            ("undefined", C::Windows1252, b"ab\x81", "ab", Some((E::Undefined, 2))),
            ("ASCII", C::Ascii, b"ab\xE5", "ab", Some((E::Undefined, 2))),
            ("UTF-16LE by mark", C::Utf8, b"\xFF\xFE\xE6\x00a\x00", "æa", None),
            ("UTF-16BE by mark", C::Utf8, b"\xFE\xFF\xD8\x3D\xDE\x00", "😀", None),
            ("half a pair", C::Utf16Be, b"\0a\xD8\x3D\0a", "a", Some((E::Undefined, 2))),
            ("second half first", C::Utf16Be, b"\xDE\x00\0a", "", Some((E::Undefined, 0))),
            ("pair cut", C::Utf16Le, b"a\0\x3D\xD8", "a", Some((E::Incomplete, 2))),
            ("odd byte", C::Utf16Le, b"a\0b", "a", Some((E::Incomplete, 2))),
        ];
        for (name, encoding, bytes, text, error) in cases {
            assert_eq!(read(bytes, *encoding), ((*text).to_owned(), *error), "case: {name}");
        }
    }

    #[test]
    fn characters_across_windows_stay_whole() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"æ€😀".repeat(30_000);
            assert_eq!(read(text.as_bytes(), C::Utf8), (text.clone(), None), "shift {shift}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(read(&wide, C::Utf16Le), (text, None), "shift {shift}");
        }
    }

    #[test]
    fn the_first_character_beyond_ascii_decides() {
        // Around the borders of what is looked at at once.
        for before in [0, 3, super::PIECE - 1, super::PIECE, super::RAW - 1, super::RAW, 200_000] {
            let ascii = "x".repeat(before);
            let undefined = Some((E::Undefined, before as u64 + 3));
            for (rest, want, error) in [
                (&b"bl\xE5b\xE6r"[..], "bl\u{e5}b\u{e6}r", None),
                (b"\xE6", "\u{e6}", None),
                (b"\xE6\xE6", "\u{e6}\u{e6}", None),
                ("\u{e5} \u{e6}".as_bytes(), "\u{e5} \u{e6}", None),
                ("\u{e5}bl\u{e6}".as_bytes(), "\u{e5}bl\u{e6}", None),
                // Once it is UTF-8, it is so to its end.
                (b"\xC3\xA5 \xE5b", "\u{e5} ", undefined),
                (b"\xC3\xA5 \xE5", "\u{e5} ", Some((E::Incomplete, before as u64 + 3))),
                (b"abc\x81", "abc", undefined),
                (b"", "", None),
            ] {
                let bytes = [ascii.as_bytes(), rest].concat();
                let mut reader = Utf8Reader::new(bytes.as_slice(), C::Utf8, 1 << 20).unwrap();
                reader.set_fallback(C::Windows1252);
                let mut text = String::new();
                let found = loop {
                    match reader.next_chunk() {
                        Ok("") => break None,
                        Ok(chunk) => text.push_str(chunk),
                        Err(error) => break Some((error.kind, error.offset)),
                    }
                };
                assert!(text == ascii.clone() + want, "{rest:?} after {before}");
                assert_eq!(found, error, "{rest:?} after {before}");
            }
        }
        let mut marked = Utf8Reader::new(&b"\xEF\xBB\xBFa\xE5b"[..], C::Utf8, 99).unwrap();
        marked.set_fallback(C::Windows1252);
        assert_eq!(marked.next_chunk().unwrap(), "a");
        assert_eq!(marked.next_chunk().unwrap_err().kind, E::Undefined);
    }

    #[test]
    fn the_limit_counts_bytes_read() {
        let mut reader = Utf8Reader::new(&b"12345"[..], C::Utf8, 5).unwrap();
        assert_eq!(reader.next_chunk().unwrap(), "12345");
        let error = Utf8Reader::new(&b"123456"[..], C::Utf8, 5).unwrap_err();
        assert_eq!((error.kind, error.offset), (E::TooLarge, 5));
    }
}
