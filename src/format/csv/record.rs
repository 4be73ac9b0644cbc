//! One record of a CSV file: its fields as text, and where each begins.

use zeroize::Zeroizing;

use crate::{
    format::csv::error::{CsvError, Fault},
    types::finding::Place,
};

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
        Some(Field { text, line: mark.line, column: mark.column, quoted: mark.quoted })
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

#[derive(Default, Clone, Copy)]
pub(super) struct Mark {
    end: usize,
    pub(super) line: u64,
    pub(super) column: u64,
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
        self.open = Mark { end: 0, line, column, quoted: false };
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
            line: self.open.line,
            column: self.open.column,
        })?;
        self.text.push_str(text);
        self.fields.push(Mark { end: self.text.len(), ..self.open });
        self.field.clear();
        Ok(())
    }

    pub(super) fn text_of(&self, position: usize) -> Option<&str> {
        let end = self.fields.get(position)?.end;
        let start = position.checked_sub(1).map_or(0, |before| self.fields[before].end);
        self.text.get(start..end)
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.fields.len() == 1 && self.is_empty_row()
    }

    pub(super) fn is_empty_row(&self) -> bool {
        self.text.is_empty() && !self.fields.iter().any(|mark| mark.quoted)
    }

    pub(super) fn begins_with_hash(&self) -> bool {
        self.text.starts_with('#')
            && self.fields.first().is_some_and(|mark| !mark.quoted && mark.end > 0)
    }
}
