//! CSV out: what a spreadsheet program opens without running anything in it.

use std::io::{self, Write};

use crate::format::csv::{Delimiter, is_formula};

/// Writes records with CRLF, quotes where needed.
pub struct Writer<W: Write> {
    output: W,
    delimiter: Delimiter,
    line: String,
    has_header: bool,
}

impl<W: Write> Writer<W> {
    /// Nothing is written before the first call.
    pub fn new(output: W, delimiter: Delimiter) -> Self {
        Self { output, delimiter, line: String::new(), has_header: false }
    }

    /// Writes `#key=value`; only before the header.
    ///
    /// # Errors
    /// `InvalidInput` after the header, or for text that would not read back.
    pub fn preamble(&mut self, key: &str, value: &str) -> io::Result<()> {
        let plain = |text: &str| !text.chars().any(char::is_control);
        // What a reader takes away: blanks, quotes, and the delimiters of a spreadsheet.
        let reads_back = value.trim() == value && !value.starts_with('"');
        let reads_back = reads_back && !value.ends_with([';', ',']);
        if self.has_header || !super::reader::head::is_key(key) || !plain(value) || !reads_back {
            return Err(invalid("preamble lines are `#key=value` before the header"));
        }
        write!(self.output, "#{key}={value}\r\n")
    }

    /// Writes the column names.
    pub fn header<'t>(&mut self, names: impl IntoIterator<Item = &'t str>) -> io::Result<()> {
        self.has_header = true;
        self.fields(names)
    }

    /// Writes one record. Text that a spreadsheet would run is disarmed with a leading `'`.
    ///
    /// # Errors
    /// `InvalidInput` for control characters other than tab and line ends.
    pub fn record<'t>(&mut self, fields: impl IntoIterator<Item = &'t str>) -> io::Result<()> {
        self.fields(fields)
    }

    /// Hands the output back, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }

    fn fields<'t>(&mut self, fields: impl IntoIterator<Item = &'t str>) -> io::Result<()> {
        self.line.clear();
        let mut any = false;
        for (position, field) in fields.into_iter().enumerate() {
            if position > 0 {
                self.line.push(char::from(self.delimiter.byte()));
            }
            any |= !field.is_empty();
            if field.chars().any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\r' | '\n')) {
                return Err(invalid("a field holds a control character"));
            }
            push_field(&mut self.line, field, self.delimiter);
        }
        if !any {
            // A record of nothing but delimiters is an empty row to a reader.
            self.line.insert_str(0, "\"\"");
        }
        self.line.push_str("\r\n");
        self.output.write_all(self.line.as_bytes())
    }
}

/// Writes one field to the end of a line, in quotes and disarmed where it needs that.
pub fn push_field(line: &mut String, field: &str, delimiter: Delimiter) {
    let disarm = is_formula(field);
    let needs_quotes =
        field.bytes().any(|b| b == delimiter.byte() || matches!(b, b'"' | b'\r' | b'\n' | b'\t'))
            || field.starts_with(['#', ' ', '\u{FEFF}'])
            || field.starts_with("sep=")
            || field.ends_with(' ');
    if needs_quotes {
        line.push('"');
    }
    if disarm {
        line.push('\'');
    }
    for c in field.chars() {
        if c == '"' {
            line.push('"');
        }
        line.push(c);
    }
    if needs_quotes {
        line.push('"');
    }
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
