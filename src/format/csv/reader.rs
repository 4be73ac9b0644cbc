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

use std::io::{self, Read};

use crate::{
    format::csv::{
        Delimiter, Limits, Options,
        error::{CsvError, Fault},
        input::Input,
        record::{Buffers, Record},
        sniff,
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
                        return Err(fault(Fault::TrailerNotLast, self.record.line, 0));
                    }
                    if let Some(line) = blank {
                        return Err(fault(Fault::BlankLine, line, 0));
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
        Err(fault(kind, self.record.line, 0))
    }

    fn check_declared_rows(&self) -> Result<(), CsvError> {
        let last_line = self.line.saturating_sub(u64::from(self.newline_last)).max(1);
        match self.declared {
            Some(declared) if declared > self.rows => Err(fault(Fault::MissingRows, last_line, 0)),
            Some(declared) if declared < self.rows => Err(fault(Fault::DeclaredRows, last_line, 0)),
            _ => Ok(()),
        }
    }

    fn read_trailer(&mut self) -> Result<(), CsvError> {
        let bad = fault(Fault::Preamble, self.record.line, 0);
        let count = self.record.fields.len();
        let alone = (1..count).all(|position| self.record.text_of(position) == Some(""));
        let first = self.record.text_of(0).unwrap_or_default();
        let rows = first.strip_prefix("#rows=").and_then(parse_count);
        let (true, Some(rows)) = (alone && (count == 1 || count == self.header.len()), rows) else {
            return Err(bad);
        };
        if self.declared.is_some_and(|declared| declared != rows) {
            return Err(fault(Fault::DeclaredRows, self.record.line, 0));
        }
        self.declared = Some(rows);
        self.trailer = true;
        Ok(())
    }

    fn skip_mark(&mut self) -> Result<(), CsvError> {
        while self.input.at_hand().len() < MARK.len() && self.more()? {}
        if self.input.at_hand().starts_with(MARK) {
            self.input.take(MARK.len());
        }
        Ok(())
    }

    fn sep_line(&mut self) -> Result<Option<Delimiter>, CsvError> {
        let Some((text, whole)) = self.whole_line()? else { return Ok(None) };
        let found = sniff::sep_line(&self.input.at_hand()[..text]);
        if found.is_some() {
            self.input.take(whole);
            self.line += 1;
        }
        Ok(found)
    }

    /// Rows that a spreadsheet left empty above the table, as blanks and delimiters only.
    fn skip_empty_rows(&mut self) -> Result<(), CsvError> {
        while let Some((text, whole)) = self.whole_line()? {
            if !sniff::is_empty_row(&self.input.at_hand()[..text]) {
                break;
            }
            self.input.take(whole);
            self.line += 1;
        }
        Ok(())
    }

    fn read_preamble(&mut self) -> Result<(), CsvError> {
        while let Some((text, whole)) = self.whole_line()? {
            if self.input.at_hand().first() != Some(&b'#') {
                break;
            }
            let bad = || fault(Fault::Preamble, self.line, 0);
            let line = &self.input.at_hand()[1..text];
            let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line))
                .map_err(|_| fault(Fault::Encoding, self.line, 0))?;
            let (key, value) = line.split_once('=').ok_or_else(bad)?;
            let (key, value) = (key.trim(), value.trim());
            let known = self.preamble.iter().any(|(other, _)| other == key);
            if !is_key(key) || known || value.chars().any(is_forbidden) || value.contains('\r') {
                return Err(bad());
            }
            if self.preamble.len() == MOST_PREAMBLE_LINES {
                return Err(fault(Fault::TooLarge, self.line, 0));
            }
            self.preamble.push((key.to_owned(), value.to_owned()));
            self.preamble_lines.push(self.line);
            self.input.take(whole);
            self.line += 1;
        }
        Ok(())
    }

    /// A spreadsheet that saved the file again has filled the preamble's lines up with delimiters.
    fn trim_preamble(&mut self) -> Result<(), CsvError> {
        for ((key, value), &line) in self.preamble.iter_mut().zip(&self.preamble_lines) {
            let kept = value.trim_end_matches(char::from(self.delimiter.byte())).trim_end();
            let quoted = kept.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
            *value = quoted.map_or_else(|| kept.to_owned(), |text| text.replace("\"\"", "\""));
            if key.eq_ignore_ascii_case("rows") {
                let rows = parse_count(value).ok_or_else(|| fault(Fault::Preamble, line, 0))?;
                self.declared = Some(rows);
            }
        }
        Ok(())
    }

    fn find_delimiter(&mut self) -> Result<Delimiter, CsvError> {
        let Some((text, _)) = self.whole_line()? else { return Ok(Delimiter::Semicolon) };
        let line = &self.input.at_hand()[..text];
        match sniff::in_header(line) {
            Some(delimiter) => Ok(delimiter),
            None if line.iter().any(|&b| Delimiter::from_byte(b).is_some()) => {
                Err(fault(Fault::Delimiter, self.line, 0))
            }
            None => Ok(Delimiter::Semicolon),
        }
    }

    fn read_header(&mut self) -> Result<(), CsvError> {
        if self.read_line()? != Line::Record {
            return Err(fault(Fault::NoHeader, self.record.line, 0));
        }
        for position in 0..self.record.fields.len() {
            let mark = self.record.fields[position];
            let (line, column) = self.record.place_of(&mark);
            let name = self.record.text_of(position).unwrap_or_default().trim();
            if name.is_empty() {
                return Err(fault(Fault::EmptyColumnName, line, column));
            }
            if self.header.iter().any(|other| other == name) {
                return Err(fault(Fault::DuplicateColumn, line, column));
            }
            let name = name.to_owned();
            self.header_places.push(Place::Line { line, column });
            self.header.push(name);
        }
        Ok(())
    }

    /// Lengths of the line at hand, without and with its line feed; `None` at the end.
    fn whole_line(&mut self) -> Result<Option<(usize, usize)>, CsvError> {
        loop {
            let at_hand = self.input.at_hand();
            if let Some(end) = memchr::memchr(b'\n', at_hand) {
                return Ok(Some((end, end + 1)));
            }
            let length = at_hand.len();
            if !self.more()? {
                if self.input.is_full() {
                    return Err(fault(Fault::TooLarge, self.line, 0));
                }
                return Ok((length > 0).then_some((length, length)));
            }
        }
    }

    fn more(&mut self) -> Result<bool, CsvError> {
        self.input.more().map_err(CsvError::Read)
    }

    /// Reads one line of fields into the buffers.
    fn read_line(&mut self) -> Result<Line, CsvError> {
        self.record.clear(self.line);
        self.column = 1;
        match self.plain_line()? {
            Some(line) => Ok(line),
            None => self.any_line(),
        }
    }

    /// Most lines of most files: wholly at hand, ASCII, without quotes and control characters. `None`,
    /// and nothing taken, for any other: it is read character by character.
    fn plain_line(&mut self) -> Result<Option<Line>, CsvError> {
        let mut end = memchr::memchr(b'\n', self.input.at_hand());
        if end.is_none() && self.more()? {
            end = memchr::memchr(b'\n', self.input.at_hand());
        }
        let Some(end) = end else { return Ok(None) };
        let line = &self.input.at_hand()[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > self.limits.field.min(self.limits.record) || !is_plain(line) {
            return Ok(None);
        }
        let Ok(text) = std::str::from_utf8(line) else { return Ok(None) };
        let most = if self.header.is_empty() { self.limits.columns } else { self.header.len() };
        if !self.record.take_plain(text, self.delimiter.byte(), most) {
            return Ok(None);
        }
        self.input.take(end + 1);
        Ok(Some(self.end_of_line()))
    }

    /// Reads one line of fields, whatever stands in it.
    fn any_line(&mut self) -> Result<Line, CsvError> {
        let mut state = State::FieldStart;
        self.record.open_field(self.line, self.column);
        loop {
            let Some(&byte) = self.input.at_hand().first() else {
                if self.more()? {
                    continue;
                }
                return self.end_of_file(state);
            };
            match state {
                State::FieldStart if byte == b'"' => {
                    self.skip();
                    self.record.open_quote();
                    state = State::Quoted;
                }
                State::FieldStart => state = State::Unquoted,
                State::Unquoted => {
                    self.take_plain(false)?;
                    if let Some(next) = self.input.at_hand().first().copied() {
                        match self.end_of_field(next)? {
                            Some(State::LineEnd) => return Ok(self.end_of_line()),
                            Some(after) => state = after,
                            None if next == b'"' => return Err(self.here(Fault::BareQuote)),
                            None => return Err(self.here(Fault::ControlCharacter)),
                        }
                    }
                }
                State::Quoted => {
                    self.take_plain(true)?;
                    match self.input.at_hand().first() {
                        None => {}
                        Some(b'"') => {
                            self.skip();
                            state = State::QuoteSeen;
                        }
                        Some(b'\n') => {
                            self.record.push(b"\n");
                            self.skip();
                            self.line += 1;
                            self.column = 1;
                        }
                        Some(_) => return Err(self.here(Fault::ControlCharacter)),
                    }
                }
                State::QuoteSeen if byte == b'"' => {
                    self.record.push(b"\"");
                    self.skip();
                    state = State::Quoted;
                }
                State::QuoteSeen => match self.end_of_field(byte)? {
                    Some(State::LineEnd) => return Ok(self.end_of_line()),
                    Some(after) => state = after,
                    None => return Err(self.here(Fault::BareQuote)),
                },
                State::CarriageReturn if byte == b'\n' => {
                    self.skip();
                    return Ok(self.end_of_line());
                }
                State::CarriageReturn | State::LineEnd => {
                    return Err(self.here(Fault::LoneCarriageReturn));
                }
            }
        }
    }

    /// Takes the bytes up to the next one that means something.
    fn take_plain(&mut self, quoted: bool) -> Result<(), CsvError> {
        let at_hand = self.input.at_hand();
        let delimiter = self.delimiter.byte();
        let stops = |&b: &u8| match b {
            b'"' | b'\n' | 0x7F => true,
            b'\t' | b'\r' if quoted => false,
            _ => b < b' ' || (!quoted && b == delimiter),
        };
        // A tab is text unless it delimits.
        let stops = |b: &u8| stops(b) && !(*b == b'\t' && delimiter != b'\t');
        let count = at_hand.iter().position(stops).unwrap_or(at_hand.len());
        let run = &at_hand[..count];
        if self.record.field_len() + count > self.limits.field
            || self.record.text.len() + self.record.field_len() + count > self.limits.record
        {
            return Err(self.here(Fault::TooLarge));
        }
        self.record.push(run);
        self.column += characters(run);
        self.input.take(count);
        Ok(())
    }

    /// Ends the field if `byte` may end one; tells how to go on.
    fn end_of_field(&mut self, byte: u8) -> Result<Option<State>, CsvError> {
        let after = match byte {
            b'\n' => State::LineEnd,
            b'\r' => State::CarriageReturn,
            b if b == self.delimiter.byte() => State::FieldStart,
            _ => return Ok(None),
        };
        self.record.close_field()?;
        self.skip();
        if after == State::FieldStart {
            let most = if self.header.is_empty() { self.limits.columns } else { self.header.len() };
            if self.record.fields.len() == most {
                let kind = if self.header.is_empty() { Fault::TooLarge } else { Fault::Columns };
                return Err(self.here(kind));
            }
            self.record.open_field(self.line, self.column);
        }
        Ok(Some(after))
    }

    fn end_of_line(&mut self) -> Line {
        self.line += 1;
        self.newline_last = true;
        if self.record.is_nothing() { Line::Blank } else { Line::Record }
    }

    fn end_of_file(&mut self, state: State) -> Result<Line, CsvError> {
        match state {
            State::FieldStart if self.record.fields.is_empty() => return Ok(Line::End),
            State::Quoted => {
                let (line, column) = self.record.place_of(&self.record.open);
                return Err(fault(Fault::UnclosedQuote, line, column));
            }
            State::CarriageReturn => return Err(self.here(Fault::LoneCarriageReturn)),
            _ => {}
        }
        self.record.close_field()?;
        self.newline_last = false;
        Ok(Line::Record)
    }

    fn skip(&mut self) {
        self.input.take(1);
        self.column += 1;
    }

    fn here(&self, kind: Fault) -> CsvError {
        fault(kind, self.line, self.column)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CarriageReturn,
    FieldStart,
    LineEnd,
    QuoteSeen,
    Quoted,
    Unquoted,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Broken,
    Ended,
    Reading,
}

#[derive(PartialEq, Eq)]
enum Line {
    Blank,
    End,
    Record,
}

/// Whether this may stand as the key of a preamble line.
pub(super) fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn parse_count(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn is_forbidden(c: char) -> bool {
    c.is_ascii_control() && c != '\t' && c != '\r'
}

/// Whether a line is ASCII without quotes and control characters but tabs. Without a branch for each
/// byte, so that many are looked at in one step.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
fn is_plain(line: &[u8]) -> bool {
    let plain = |b: u8| (b' '..0x7F).contains(&b) & (b != b'"') | (b == b'\t');
    line.iter().fold(true, |all, b| all & plain(*b))
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte & 0xC0 != 0x80)).sum()
}

fn fault(fault: Fault, line: u64, column: u64) -> CsvError {
    CsvError::Malformed { fault, line, column }
}

const MARK: &[u8] = b"\xEF\xBB\xBF";
const MOST_PREAMBLE_LINES: usize = 64;
