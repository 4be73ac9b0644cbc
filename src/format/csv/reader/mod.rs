//! CSV in: one record at a time out of reused buffers, and the first fault ends it.
//!
//! - Lines end with CRLF or LF; a carriage return alone is a fault outside quotes.
//! - A quote opens a field at its first character only, and after the closing quote comes a
//!   delimiter or the line's end.
//! - Every record has as many fields as the header. A row of nothing but delimiters, as
//!   spreadsheets write for an empty row, is skipped and not counted. A line without any character
//!   may stand at the end of the file only: in the middle it tells of a file put together wrongly.
//!   Empty rows above the header are skipped in the same way.
//! - `#key=value` lines before the header and one `#rows=<n>` line at the end; otherwise a line
//!   that begins with `#` must quote it.

pub(super) mod head;
mod line;

use std::io::{self, Read};

use crate::{
    format::csv::{
        Delimiter, Limits, Options,
        error::{CsvError, Fault, malformed},
        input::Input,
        record::{Buffers, Line, Record},
    },
    types::finding::Place,
};

/// Reads one file.
pub struct Reader<R> {
    input: Input<R>,
    delimiter: Delimiter,
    limits: Limits,
    preamble: Vec<(String, String)>,
    preamble_lines: Vec<u64>,
    header: Vec<String>,
    header_places: Vec<Place>,
    declared: Option<u64>,
    trailer: bool,
    rows: u64,
    line: u64,
    column: u64,
    newline_last: bool,
    state: Progress,
    record: Buffers,
}

impl<R: Read> Reader<R> {
    /// Reads up to and with the header. `input` is UTF-8; a byte order mark is skipped.
    ///
    /// # Errors
    /// A header or preamble that breaks the format.
    pub fn new(input: R, options: Options) -> Result<Self, CsvError> {
        let mut reader = Self {
            input: Input::new(input),
            delimiter: options.delimiter.unwrap_or(Delimiter::Semicolon),
            limits: options.limits,
            preamble: Vec::new(),
            preamble_lines: Vec::new(),
            header: Vec::new(),
            header_places: Vec::new(),
            declared: None,
            trailer: false,
            rows: 0,
            line: 1,
            column: 1,
            newline_last: true,
            state: Progress::Reading,
            record: Buffers::default(),
        };
        reader.skip_mark()?;
        let from_sep = reader.sep_line()?;
        reader.skip_empty_rows()?;
        reader.read_preamble()?;
        reader.skip_empty_rows()?;
        reader.delimiter = match options.delimiter.or(from_sep) {
            Some(delimiter) => delimiter,
            None => reader.find_delimiter()?,
        };
        reader.trim_preamble()?;
        reader.read_header()?;
        Ok(reader)
    }

    /// The column names, in order, without blanks around them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where each column name stands.
    pub fn header_places(&self) -> &[Place] {
        &self.header_places
    }

    /// The `#key=value` lines before the header, in order, without blanks around key and value and
    /// without quotes around the value.
    pub fn preamble(&self) -> &[(String, String)] {
        &self.preamble
    }

    /// Where each of them stands.
    pub fn preamble_places(&self) -> impl Iterator<Item = Place> {
        self.preamble_lines.iter().map(|line| Place::Line { line: *line, column: 0 })
    }

    /// What separates the fields.
    pub fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// Records handed out so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether the file was read to its end and has shown itself that it is whole: as many rows
    /// as declared, and a last line that no cut can have shortened.
    pub fn is_proved_whole(&self) -> bool {
        self.state == Progress::Ended
            && self.declared == Some(self.rows)
            && (self.trailer || self.newline_last)
    }

    /// The next record, or `None` at the end of a file without fault.
    ///
    /// # Errors
    /// The first fault; every later call fails too.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, CsvError> {
        match self.state {
            Progress::Reading => {}
            Progress::Ended => return Ok(None),
            Progress::Broken => {
                return Err(CsvError::Read(io::Error::other("the file was given up before")));
            }
        }
        self.state = Progress::Broken;
        let found = self.advance()?;
        self.state = if found { Progress::Reading } else { Progress::Ended };
        Ok(found.then_some(Record::new(&self.record)))
    }

    fn advance(&mut self) -> Result<bool, CsvError> {
        let mut blank = None;
        loop {
            match self.read_line()? {
                Line::End => return self.check_declared_rows().map(|()| false),
                Line::Blank => blank = blank.or(Some(self.record.line)),
                Line::Record => {
                    if self.trailer {
                        return Err(malformed(Fault::TrailerNotLast, self.record.line, 0));
                    }
                    if let Some(line) = blank {
                        return Err(malformed(Fault::BlankLine, line, 0));
                    }
                    if self.record.begins_with_hash() {
                        self.read_trailer()?;
                        continue;
                    }
                    self.check_columns()?;
                    if !self.record.is_empty_row() {
                        self.rows += 1;
                        return Ok(true);
                    }
                }
            }
        }
    }

    fn check_columns(&self) -> Result<(), CsvError> {
        if self.record.fields.len() == self.header.len() {
            return Ok(());
        }
        let kind = if self.newline_last { Fault::Columns } else { Fault::CutOff };
        Err(malformed(kind, self.record.line, 0))
    }

    fn check_declared_rows(&self) -> Result<(), CsvError> {
        let last_line = self.line.saturating_sub(u64::from(self.newline_last)).max(1);
        match self.declared {
            Some(declared) if declared > self.rows => {
                Err(malformed(Fault::MissingRows, last_line, 0))
            }
            Some(declared) if declared < self.rows => {
                Err(malformed(Fault::DeclaredRows, last_line, 0))
            }
            _ => Ok(()),
        }
    }

    fn read_trailer(&mut self) -> Result<(), CsvError> {
        let bad = malformed(Fault::Preamble, self.record.line, 0);
        let count = self.record.fields.len();
        let alone = (1..count).all(|position| self.record.text_of(position) == Some(""));
        let first = self.record.text_of(0).unwrap_or_default();
        let rows = first.strip_prefix("#rows=").and_then(parse_count);
        let (true, Some(rows)) = (alone && (count == 1 || count == self.header.len()), rows) else {
            return Err(bad);
        };
        if self.declared.is_some_and(|declared| declared != rows) {
            return Err(malformed(Fault::DeclaredRows, self.record.line, 0));
        }
        self.declared = Some(rows);
        self.trailer = true;
        Ok(())
    }

    fn more(&mut self) -> Result<bool, CsvError> {
        self.input.more().map_err(CsvError::Read)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Broken,
    Ended,
    Reading,
}

fn parse_count(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
