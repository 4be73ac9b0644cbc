//! What stands above the records: a byte order mark, a `sep=` line, the `#key=value` lines, and the
//! header.

use std::io::Read;

use crate::{
    format::csv::{
        Delimiter,
        error::{CsvError, Fault, malformed},
        reader::{Reader, parse_count},
        record::Line,
        sniff,
    },
    types::finding::Place,
};

impl<R: Read> Reader<R> {
    pub(super) fn skip_mark(&mut self) -> Result<(), CsvError> {
        while self.input.at_hand().len() < MARK.len() && self.more()? {}
        if self.input.at_hand().starts_with(MARK) {
            self.input.take(MARK.len());
        }
        Ok(())
    }

    pub(super) fn sep_line(&mut self) -> Result<Option<Delimiter>, CsvError> {
        let Some((text, whole)) = self.whole_line()? else { return Ok(None) };
        let found = sniff::sep_line(&self.input.at_hand()[..text]);
        if found.is_some() {
            self.input.take(whole);
            self.line += 1;
        }
        Ok(found)
    }

    /// Rows that a spreadsheet left empty above the table, as blanks and delimiters only.
    pub(super) fn skip_empty_rows(&mut self) -> Result<(), CsvError> {
        while let Some((text, whole)) = self.whole_line()? {
            if !sniff::is_empty_row(&self.input.at_hand()[..text]) {
                break;
            }
            self.input.take(whole);
            self.line += 1;
        }
        Ok(())
    }

    pub(super) fn read_preamble(&mut self) -> Result<(), CsvError> {
        while let Some((text, whole)) = self.whole_line()? {
            if self.input.at_hand().first() != Some(&b'#') {
                break;
            }
            let bad = || malformed(Fault::Preamble, self.line, 0);
            let line = &self.input.at_hand()[1..text];
            let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line))
                .map_err(|_| malformed(Fault::Encoding, self.line, 0))?;
            let (key, value) = line.split_once('=').ok_or_else(bad)?;
            let (key, value) = (key.trim(), value.trim());
            if self.preamble.iter().any(|(other, _)| other.eq_ignore_ascii_case(key)) {
                return Err(malformed(Fault::PreambleTwice, self.line, 0));
            }
            if !is_key(key) || value.chars().any(is_forbidden) || value.contains('\r') {
                return Err(bad());
            }
            if self.preamble.len() == MOST_PREAMBLE_LINES {
                return Err(malformed(Fault::TooLarge, self.line, 0));
            }
            self.preamble.push((key.to_owned(), value.to_owned()));
            self.preamble_lines.push(self.line);
            self.input.take(whole);
            self.line += 1;
        }
        Ok(())
    }

    /// A spreadsheet that saved the file again has filled the preamble's lines up with delimiters.
    pub(super) fn trim_preamble(&mut self) -> Result<(), CsvError> {
        for ((key, value), &line) in self.preamble.iter_mut().zip(&self.preamble_lines) {
            let kept = value.trim_end_matches(char::from(self.delimiter.byte())).trim_end();
            let quoted = kept.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
            *value = quoted.map_or_else(|| kept.to_owned(), |text| text.replace("\"\"", "\""));
            if key.eq_ignore_ascii_case("rows") {
                let rows = parse_count(value).ok_or_else(|| malformed(Fault::Preamble, line, 0))?;
                self.declared = Some(rows);
            }
        }
        Ok(())
    }

    pub(super) fn find_delimiter(&mut self) -> Result<Delimiter, CsvError> {
        let Some((text, _)) = self.whole_line()? else { return Ok(Delimiter::Semicolon) };
        let line = &self.input.at_hand()[..text];
        match sniff::in_header(line) {
            Some(delimiter) => Ok(delimiter),
            None if line.iter().any(|&b| Delimiter::from_byte(b).is_some()) => {
                Err(malformed(Fault::Delimiter, self.line, 0))
            }
            None => Ok(Delimiter::Semicolon),
        }
    }

    pub(super) fn read_header(&mut self) -> Result<(), CsvError> {
        if self.read_line()? != Line::Record {
            return Err(malformed(Fault::NoHeader, self.record.line, 0));
        }
        for position in 0..self.record.fields.len() {
            let mark = self.record.fields[position];
            let (line, column) = self.record.place_of(&mark);
            let name = self.record.text_of(position).unwrap_or_default().trim();
            if name.is_empty() {
                return Err(malformed(Fault::EmptyColumnName, line, column));
            }
            if self.header.iter().any(|other| other == name) {
                return Err(malformed(Fault::DuplicateColumn, line, column));
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
                    return Err(malformed(Fault::TooLarge, self.line, 0));
                }
                return Ok((length > 0).then_some((length, length)));
            }
        }
    }
}

/// Whether this may stand as the key of a preamble line.
pub(in crate::format::csv) fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn is_forbidden(c: char) -> bool {
    c.is_ascii_control() && c != '\t' && c != '\r'
}

const MARK: &[u8] = b"\xEF\xBB\xBF";
const MOST_PREAMBLE_LINES: usize = 64;
