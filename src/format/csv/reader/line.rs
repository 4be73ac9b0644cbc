//! One line of fields into the buffers: the plain ones at a stroke, all others byte by byte.

use std::io::Read;

use crate::format::csv::{
    error::{CsvError, Fault, malformed},
    reader::Reader,
    record::Line,
};

impl<R: Read> Reader<R> {
    /// Reads one line of fields into the buffers.
    pub(super) fn read_line(&mut self) -> Result<Line, CsvError> {
        self.record.clear(self.line);
        self.column = 1;
        match self.plain_line()? {
            Some(line) => Ok(line),
            None => self.any_line(),
        }
    }

    /// Most lines of most files: wholly at hand, ASCII, without quotes and control characters.
    /// `None`, and nothing taken, for any other: it is read character by character.
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
                return Err(malformed(Fault::UnclosedQuote, line, column));
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
        malformed(kind, self.line, self.column)
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

/// Whether a line is ASCII without quotes and control characters but tabs. Without a branch for
/// each byte, so that many are looked at in one step.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
fn is_plain(line: &[u8]) -> bool {
    let plain = |b: u8| (b' '..0x7F).contains(&b) & (b != b'"') | (b == b'\t');
    line.iter().fold(true, |all, b| all & plain(*b))
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte & 0xC0 != 0x80)).sum()
}
