//! Spreadsheets: the first visible sheet of an xlsx file, as rows of text with their places.
//!
//! The package is guarded first (see [`crate::format::zip_guard`]); then `calamine` reads it. Text
//! stays as it was typed; numbers, dates and truth values become the text that a CSV file would
//! have, marked as what they were, because a number has lost its leading zeroes.

mod cell_text;
pub mod error;
mod guard;
pub mod row;

use std::{
    io::{Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader};

use crate::{
    format::{
        xlsx::{
            cell_text::text_of,
            error::{Fault, XlsxError},
            row::{Buffers, Loose, Row, Sort, place},
        },
        zip_guard::{self, ZipError},
    },
    types::finding::Place,
};

/// A guarded workbook.
pub struct Workbook<R> {
    package: Xlsx<R>,
    name: String,
    number: u32,
}

impl<R: Read + Seek> Workbook<R> {
    /// Inflates and checks every part, then opens the workbook.
    ///
    /// # Errors
    /// Whatever an honest list would not have; nothing of it has been read then.
    pub fn open(mut source: R, limits: &zip_guard::Limits) -> Result<Self, XlsxError> {
        guard::check(&mut source, limits)?;
        source.seek(SeekFrom::Start(0)).map_err(ZipError::Read)?;
        let package: Xlsx<R> = unpanicked(|| Xlsx::new(source))?;
        let sheets = package.sheets_metadata();
        let visible = sheets.iter().zip(1..).find(|(sheet, _)| {
            sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
        });
        let Some((sheet, number)) = visible else { return Err(Fault::NotASpreadsheet.into()) };
        let name = sheet.name.clone();
        Ok(Self { package, name, number })
    }

    /// Reads the first visible sheet up to and with its header row.
    pub fn first_sheet(&mut self) -> Result<Sheet<'_, R>, XlsxError> {
        let cells = unpanicked(|| self.package.worksheet_cells_reader(&self.name))?;
        let mut sheet = Sheet {
            cells,
            number: self.number,
            header: Vec::new(),
            header_row: 0,
            ahead: None,
            last: None,
            is_through: false,
            rows: 0,
            state: Progress::Reading,
            row: Buffers::default(),
        };
        sheet.read_header()?;
        Ok(sheet)
    }
}

/// A sheet being read row by row.
pub struct Sheet<'a, R: Read + Seek> {
    cells: XlsxCellReader<'a, R>,
    number: u32,
    header: Vec<String>,
    header_row: u32,
    ahead: Option<Loose>,
    last: Option<(u32, u32)>,
    is_through: bool,
    rows: u64,
    state: Progress,
    row: Buffers,
}

impl<R: Read + Seek> Sheet<'_, R> {
    /// The column names of the first row that is not empty, from column A on, without blanks
    /// around them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where the name of a column stands, from 0.
    pub fn header_place(&self, position: usize) -> Place {
        place(self.number, self.header_row, u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// Rows handed out so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The next row that is not empty, or `None` at the end.
    ///
    /// # Errors
    /// The first fault; every later call fails too.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, XlsxError> {
        match self.state {
            Progress::Reading => {}
            Progress::Ended => return Ok(None),
            Progress::Broken => return Err(Fault::Malformed.into()),
        }
        self.state = Progress::Broken;
        let found = self.read_row()?;
        if found
            && let Some(beyond) = self.row.cells.iter().find(|cell| {
                usize::try_from(cell.column).is_ok_and(|column| column >= self.header.len())
            })
        {
            return Err(self.refuse(Fault::OutsideTable, self.row.row, beyond.column));
        }
        self.state = if found { Progress::Reading } else { Progress::Ended };
        self.rows += u64::from(found);
        let (sheet, columns) = (self.number, self.header.len());
        Ok(found.then_some(Row::new(sheet, columns, &self.row)))
    }

    fn read_header(&mut self) -> Result<(), XlsxError> {
        if !self.read_row()? {
            return Err(Fault::NoHeader.into());
        }
        let row = self.row.row;
        self.header_row = row;
        for position in 0..self.row.cells.len() {
            let column = self.row.cells[position].column;
            let name = self.row.text_of(position).trim();
            // A gap before this cell is a column without a name.
            let next = u32::try_from(self.header.len()).unwrap_or(u32::MAX);
            if name.is_empty() || column != next {
                return Err(self.refuse(Fault::EmptyColumnName, row, next));
            }
            if self.header.iter().any(|other| other == name) {
                return Err(self.refuse(Fault::DuplicateColumn, row, column));
            }
            let name = name.to_owned();
            self.header.push(name);
        }
        Ok(())
    }

    /// Gathers the filled cells of one row.
    fn read_row(&mut self) -> Result<bool, XlsxError> {
        self.row.clear();
        loop {
            let cell = match self.ahead.take() {
                Some(cell) => cell,
                None => match self.next_filled()? {
                    Some(cell) => cell,
                    None => return Ok(!self.row.cells.is_empty()),
                },
            };
            if !self.row.cells.is_empty() && cell.row != self.row.row {
                self.ahead = Some(cell);
                return Ok(true);
            }
            self.row.row = cell.row;
            self.row.push(&cell);
        }
    }

    fn next_filled(&mut self) -> Result<Option<Loose>, XlsxError> {
        loop {
            // The library would read on behind the sheet's data.
            if self.is_through {
                return Ok(None);
            }
            let cells = &mut self.cells;
            let Some(record) = unpanicked(|| cells.next_cell_with_formula_metadata())? else {
                self.is_through = true;
                return Ok(None);
            };
            let (row, column) = record.pos;
            // Out of order or twice: which one would a person see?
            if self.last.replace((row, column)).is_some_and(|last| last >= (row, column)) {
                return Err(self.refuse(Fault::Malformed, row, column));
            }
            let (text, sort) = text_of(record.value);
            let is_formula = record.formula.is_some();
            if text.is_empty() && sort != Sort::Error && !is_formula {
                continue;
            }
            if text.len() > LONGEST_CELL || column >= MOST_COLUMNS {
                return Err(self.refuse(Fault::TooLarge, row, column));
            }
            if text.chars().any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r')) {
                return Err(self.refuse(Fault::ControlCharacter, row, column));
            }
            return Ok(Some(Loose { row, column, text, sort, is_formula }));
        }
    }

    fn refuse(&self, fault: Fault, row: u32, column: u32) -> XlsxError {
        XlsxError::Refused { fault, place: place(self.number, row, column) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Broken,
    Ended,
    Reading,
}

/// The library's errors quote names and values of the file, and some broken files make it panic:
/// neither leaves here.
fn unpanicked<T>(read: impl FnOnce() -> Result<T, calamine::XlsxError>) -> Result<T, XlsxError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(calamine::XlsxError::Io(cause))) => Err(ZipError::Read(cause).into()),
        Ok(Err(calamine::XlsxError::Password)) => Err(Fault::PasswordOrOldFormat.into()),
        Ok(Err(_)) | Err(_) => Err(Fault::Malformed.into()),
    }
}

/// Excel's own limit is 32,767 characters.
const LONGEST_CELL: usize = 64 << 10;
const MOST_COLUMNS: u32 = 256;
