//! One record of a CSV file: its fields as text, and where each begins.

use zeroize::Zeroizing;

use crate::{
    format::csv::error::{CsvError, Fault},
    types::finding::Place,
};

/// What a line turned out to be.
#[derive(PartialEq, Eq)]
pub(super) enum Line {
    Blank,
    End,
    Record,
}

/// One record, until the next is read.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    buffers: &'a Buffers,
}

impl<'a> Record<'a> {
    pub(super) fn new(buffers: &'a Buffers) -> Self {
        Self { buffers }
    }

    /// The line where it begins, from 1.
    pub fn line(&self) -> u64 {
        self.buffers.line
    }

    /// The field of a column, from 0.
    pub fn field(&self, position: usize) -> Option<Field<'a>> {
        let mark = self.buffers.fields.get(position)?;
        let text = self.buffers.text_of(position)?;
        let (line, column) = self.buffers.place_of(mark);
        Some(Field { text, line, column, quoted: mark.quoted })
    }

    /// The text of a column, from 0, without looking for its place; empty where there is none.
    pub fn text(&self, position: usize) -> &'a str {
        self.buffers.text_of(position).unwrap_or_default()
    }

    /// All fields in order: as many as the header has.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let record = *self;
        (0..self.buffers.fields.len()).filter_map(move |position| record.field(position))
    }
}

/// One field, as text without its quotes.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    /// What stands there.
    pub text: &'a str,
    /// Line where it begins, from 1.
    pub line: u64,
    /// Column in characters where it begins, from 1.
    pub column: u64,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

impl Field<'_> {
    /// Where it begins.
    pub fn place(&self) -> Place {
        Place::Line { line: self.line, column: self.column }
    }
}

/// A record's text and where its fields end; wiped when dropped.
#[derive(Default)]
pub(super) struct Buffers {
    pub(super) line: u64,
    pub(super) text: Zeroizing<String>,
    field: Zeroizing<Vec<u8>>,
    pub(super) open: Mark,
    pub(super) fields: Vec<Mark>,
}

/// Where a field stands: small, because a file has hundreds of millions of them. A record is
/// bounded, so 32 bits are enough for what is within it.
#[derive(Default, Clone, Copy)]
pub(super) struct Mark {
    start: u32,
    end: u32,
    column: u32,
    /// Lines below the record's first.
    down: u32,
    quoted: bool,
}

impl Buffers {
    pub(super) fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.field.clear();
        self.fields.clear();
    }

    pub(super) fn open_field(&mut self, line: u64, column: u64) {
        self.field.clear();
        let (column, down) = (narrow(column), narrow(line.saturating_sub(self.line)));
        self.open = Mark { start: 0, end: 0, column, down, quoted: false };
    }

    /// Line and column where a field begins, both from 1.
    pub(super) fn place_of(&self, mark: &Mark) -> (u64, u64) {
        (self.line + u64::from(mark.down), u64::from(mark.column))
    }

    /// Takes a whole line of fields that need nothing done to them: ASCII without quotes. `false`,
    /// and nothing taken, when there are more than `most`.
    pub(super) fn take_plain(&mut self, line: &str, delimiter: u8, most: usize) -> bool {
        let mut start = 0;
        let mut push = |end: usize| {
            let (from, to) = (narrow(start as u64), narrow(end as u64));
            let column = from.saturating_add(1);
            self.fields.push(Mark { start: from, end: to, column, down: 0, quoted: false });
            start = end + 1;
        };
        for end in memchr::memchr_iter(delimiter, line.as_bytes()) {
            push(end);
        }
        push(line.len());
        if self.fields.len() > most {
            self.fields.clear();
            return false;
        }
        self.text.push_str(line);
        true
    }

    pub(super) fn open_quote(&mut self) {
        self.open.quoted = true;
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.field.extend_from_slice(bytes);
    }

    pub(super) fn field_len(&self) -> usize {
        self.field.len()
    }

    /// Checks each field by itself: the halves of a character that a delimiter parts are no text.
    pub(super) fn close_field(&mut self) -> Result<(), CsvError> {
        let text = std::str::from_utf8(&self.field).map_err(|_| CsvError::Malformed {
            fault: Fault::Encoding,
            line: self.line + u64::from(self.open.down),
            column: u64::from(self.open.column),
        })?;
        let start = narrow(self.text.len() as u64);
        self.text.push_str(text);
        let end = narrow(self.text.len() as u64);
        self.fields.push(Mark { start, end, ..self.open });
        self.field.clear();
        Ok(())
    }

    pub(super) fn text_of(&self, position: usize) -> Option<&str> {
        let Mark { start, end, .. } = *self.fields.get(position)?;
        self.text.get(start as usize..end as usize)
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.fields.len() == 1 && self.is_empty_row()
    }

    pub(super) fn is_empty_row(&self) -> bool {
        self.fields.iter().all(|mark| mark.start == mark.end && !mark.quoted)
    }

    pub(super) fn begins_with_hash(&self) -> bool {
        self.text.starts_with('#')
            && self.fields.first().is_some_and(|mark| !mark.quoted && mark.end > 0)
    }
}

/// Saturates: what is longer was refused before.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
