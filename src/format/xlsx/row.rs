//! One row of a sheet and its cells.

use zeroize::Zeroizing;

use crate::types::finding::Place;

/// One row, until the next is read.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    sheet: u32,
    columns: usize,
    buffers: &'a Buffers,
}

impl<'a> Row<'a> {
    pub(super) fn new(sheet: u32, columns: usize, buffers: &'a Buffers) -> Self {
        Self { sheet, columns, buffers }
    }

    /// Its number as the spreadsheet program shows it, from 1.
    pub fn row(&self) -> u64 {
        u64::from(self.buffers.row) + 1
    }

    /// The row as a whole.
    pub fn place(&self) -> Place {
        Place::Cell { sheet: self.sheet, row: self.row(), column: 0 }
    }

    /// The cell of a column, from 0; an empty one where nothing was filled in.
    pub fn cell(&self, position: usize) -> Option<Cell<'a>> {
        let column = u32::try_from(position).ok().filter(|_| position < self.columns)?;
        let place = place(self.sheet, self.buffers.row, column);
        let found = self.buffers.cells.binary_search_by_key(&column, |mark| mark.column);
        Some(match found {
            Ok(at) => {
                let mark = &self.buffers.cells[at];
                let text = self.buffers.text_of(at);
                Cell { text, sort: mark.sort, is_formula: mark.is_formula, place }
            }
            Err(_) => Cell { text: "", sort: Sort::Text, is_formula: false, place },
        })
    }

    /// All cells in order: as many as the header has.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + use<'a> {
        let row = *self;
        (0..self.columns).filter_map(move |position| row.cell(position))
    }
}

/// One cell as text.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    /// What stands there; empty for an error.
    pub text: &'a str,
    /// What the spreadsheet program kept it as.
    pub sort: Sort,
    /// Whether a formula computed it.
    pub is_formula: bool,
    /// Sheet, row and column as the spreadsheet program shows them.
    pub place: Place,
}

/// What a spreadsheet program keeps a cell as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A date, or date and time: ISO 8601.
    Date,
    /// `#REF!` and the like: no text.
    Error,
    /// A number: leading zeroes that were typed are gone.
    Number,
    /// Text as it was typed.
    Text,
    /// `true` or `false`.
    Truth,
}

/// One cell as it came.
pub(super) struct Loose {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) text: Zeroizing<String>,
    pub(super) sort: Sort,
    pub(super) is_formula: bool,
}

/// A row's text and where its cells end; wiped when dropped.
#[derive(Default)]
pub(super) struct Buffers {
    pub(super) row: u32,
    text: Zeroizing<String>,
    pub(super) cells: Vec<Mark>,
}

pub(super) struct Mark {
    pub(super) column: u32,
    end: usize,
    sort: Sort,
    is_formula: bool,
}

impl Buffers {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    pub(super) fn push(&mut self, cell: &Loose) {
        self.text.push_str(&cell.text);
        let end = self.text.len();
        let Loose { column, sort, is_formula, .. } = *cell;
        self.cells.push(Mark { column, end, sort, is_formula });
    }

    pub(super) fn text_of(&self, position: usize) -> &str {
        let start = position.checked_sub(1).map_or(0, |before| self.cells[before].end);
        self.text.get(start..self.cells[position].end).unwrap_or_default()
    }
}

pub(super) fn place(sheet: u32, row: u32, column: u32) -> Place {
    Place::Cell { sheet, row: u64::from(row) + 1, column: column.saturating_add(1) }
}
