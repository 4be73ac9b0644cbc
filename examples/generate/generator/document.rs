//! The document that grows: elements and attributes into one buffer that is handed on whenever it
//! is full, with the line counted along. Knows no message; checks nothing.

use std::io::{self, Write};

use super::draw::Guid;

/// How characters become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Encoding {
    /// One byte each, as the published schemas and many systems have it.
    #[value(name = "iso-8859-1")]
    Latin1,
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// UTF-8 behind a byte order mark.
    #[value(name = "utf-8-bom")]
    Utf8Bom,
}

/// A document on its way out.
pub(crate) struct Document<'w> {
    sink: &'w mut dyn Write,
    encoding: Encoding,
    bytes: Vec<u8>,
    handed_on: u64,
    line: u64,
}

/// A place to come back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    at: usize,
    line: u64,
}

impl<'w> Document<'w> {
    /// An empty document, with the XML declaration.
    pub(crate) fn new(sink: &'w mut dyn Write, encoding: Encoding) -> Self {
        let bytes = Vec::with_capacity(FULL + (64 << 10));
        let mut document = Self { sink, encoding, bytes, handed_on: 0, line: 1 };
        let name = match encoding {
            Encoding::Latin1 => "ISO-8859-1",
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => {
                document.raw("\u{FEFF}");
                "UTF-8"
            }
        };
        document.raw("<?xml version=\"1.0\" encoding=\"");
        document.raw(name);
        document.raw("\"?>\n");
        document
    }

    /// The line that is being written, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> u64 {
        self.handed_on + self.bytes.len() as u64
    }

    /// This place; void after [`Self::hand_on_full`].
    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.bytes.len(), line: self.line }
    }

    /// Forgets what was written since.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.bytes.truncate(mark.at);
        self.line = mark.line;
    }

    /// Writes again what was written since, up to the end.
    pub(crate) fn repeat(&mut self, from: Mark) {
        let lines = self.line - from.line;
        self.bytes.extend_from_within(from.at..);
        self.line += lines;
    }

    /// Hands the buffer on if it is full.
    pub(crate) fn hand_on_full(&mut self) -> io::Result<()> {
        if self.bytes.len() < FULL { Ok(()) } else { self.hand_on() }
    }

    /// Hands on all there is, at the end.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.sink.flush()
    }

    /// `<name`, on its level; its attributes follow.
    pub(crate) fn open(&mut self, level: usize, name: &str) {
        self.bytes.extend_from_slice(&INDENT[..2 * level]);
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(name.as_bytes());
    }

    /// `>` of a start tag: children follow.
    pub(crate) fn children(&mut self) {
        self.raw(">\n");
    }

    /// `/>`: there are no children.
    pub(crate) fn empty(&mut self) {
        self.raw("/>\n");
    }

    /// `</name>`, on its level.
    pub(crate) fn close(&mut self, level: usize, name: &str) {
        self.bytes.extend_from_slice(&INDENT[..2 * level]);
        self.bytes.extend_from_slice(b"</");
        self.bytes.extend_from_slice(name.as_bytes());
        self.raw(">\n");
    }

    /// An attribute of plain ASCII without markup.
    pub(crate) fn ascii(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        self.bytes.extend_from_slice(value);
        self.bytes.push(b'"');
    }

    /// An attribute of any characters but markup.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.raw(value);
        self.bytes.push(b'"');
    }

    /// A number.
    pub(crate) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        self.digits(value);
        self.bytes.push(b'"');
    }

    /// A word and a number behind it, such as `T1234`.
    pub(crate) fn key(&mut self, name: &str, word: &str, value: u64) {
        self.name(name);
        self.raw(word);
        self.digits(value);
        self.bytes.push(b'"');
    }

    /// Hours, given in quarters: `2.25`.
    pub(crate) fn hours(&mut self, name: &str, quarters: u32) {
        self.name(name);
        self.digits(u64::from(quarters / 4));
        self.raw(["", ".25", ".5", ".75"][(quarters % 4) as usize]);
        self.bytes.push(b'"');
    }

    /// A word and a two-digit number, such as a municipality and its district.
    pub(crate) fn code(&mut self, name: &str, word: &str, value: u32) {
        self.name(name);
        self.raw(word);
        self.two(value);
        self.bytes.push(b'"');
    }

    /// A GUID.
    pub(crate) fn guid(&mut self, name: &str, value: Guid) {
        self.ascii(name, &value.text());
    }

    /// A date, given as its day since 1970.
    pub(crate) fn date(&mut self, name: &str, day: i32) {
        self.name(name);
        self.day(day);
        self.bytes.push(b'"');
    }

    /// A point in time, given as seconds since 1970.
    pub(crate) fn moment(&mut self, name: &str, seconds: i64) {
        let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        self.name(name);
        self.day(i32::try_from(day).unwrap_or(0));
        for (mark, value) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)]
        {
            self.bytes.push(mark);
            self.two(u32::try_from(value).unwrap_or(0));
        }
        self.bytes.push(b'"');
    }

    /// White space up to a size, where more than a hundredth of it would be missing: in a document
    /// of a few kilobytes the last record that did not fit is seldom that small.
    pub(crate) fn fill(&mut self, to: u64) {
        let missing = to.saturating_sub(self.len());
        if missing > to / 200 {
            for at in 1..=missing {
                self.raw(if at % 80 == 0 || at == missing { "\n" } else { " " });
            }
        }
    }

    /// Characters as they are.
    pub(crate) fn raw(&mut self, text: &str) {
        self.line += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        if self.encoding == Encoding::Latin1 && !text.is_ascii() {
            // Nothing that is made here is outside of ISO-8859-1.
            self.bytes.extend(text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    fn name(&mut self, name: &str) {
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"=\"");
    }

    fn digits(&mut self, mut value: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    fn day(&mut self, day: i32) {
        let (year, month, day) = civil(day);
        let year = year.unsigned_abs();
        self.two(year / 100);
        self.two(year % 100);
        self.bytes.push(b'-');
        self.two(month);
        self.bytes.push(b'-');
        self.two(day);
    }

    fn two(&mut self, value: u32) {
        let digit = |value: u32| b'0' + (value % 10) as u8;
        self.bytes.extend_from_slice(&[digit(value / 10), digit(value)]);
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.sink.write_all(&self.bytes)?;
        self.handed_on += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }
}

/// The day since 1970 of a date in the Gregorian calendar.
pub(crate) fn day_of(year: i32, month: u32, day: u32) -> i32 {
    // Years begin in March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400).cast_unsigned();
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    era * 146_097 + day_of_era.cast_signed() - 719_468
}

/// Year, month and day of a day since 1970.
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097).cast_unsigned();
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era.cast_signed() + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, date)
}

/// Bytes at which the buffer is handed on.
const FULL: usize = 256 << 10;

const INDENT: &[u8; 16] = b"                ";
