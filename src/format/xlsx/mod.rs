//! Spreadsheets: the first visible sheet of an xlsx file, as rows of text with their places.
//!
//! The package is guarded first (see [`crate::format::zip_guard`]); then `calamine` reads it. Text
//! stays as it was typed; numbers, dates and truth values become the text that a CSV file would
//! have, marked as what they were, because a number has lost its leading zeroes.

pub mod error;
mod guard;

use std::{
    io::{Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader};
use zeroize::Zeroizing;

use crate::{
    format::{
        xlsx::error::{Fault, XlsxError},
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
        Ok(found.then_some(Row { sheet, columns, buffers: &self.row }))
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

/// One row, until the next is read.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    sheet: u32,
    columns: usize,
    buffers: &'a Buffers,
}

impl<'a> Row<'a> {
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

struct Loose {
    row: u32,
    column: u32,
    text: Zeroizing<String>,
    sort: Sort,
    is_formula: bool,
}

/// A row's text and where its cells end; wiped when dropped.
#[derive(Default)]
struct Buffers {
    row: u32,
    text: Zeroizing<String>,
    cells: Vec<Mark>,
}

struct Mark {
    column: u32,
    end: usize,
    sort: Sort,
    is_formula: bool,
}

impl Buffers {
    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    fn push(&mut self, cell: &Loose) {
        self.text.push_str(&cell.text);
        let end = self.text.len();
        let Loose { column, sort, is_formula, .. } = *cell;
        self.cells.push(Mark { column, end, sort, is_formula });
    }

    fn text_of(&self, position: usize) -> &str {
        let start = position.checked_sub(1).map_or(0, |before| self.cells[before].end);
        self.text.get(start..self.cells[position].end).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Broken,
    Ended,
    Reading,
}

fn text_of(value: DataRef<'_>) -> (Zeroizing<String>, Sort) {
    let (text, sort) = match value {
        DataRef::Int(number) => (number.to_string(), Sort::Number),
        DataRef::Float(number) => (number_text(number), Sort::Number),
        DataRef::String(text) | DataRef::DurationIso(text) => (text, Sort::Text),
        DataRef::SharedString(text) => (text.to_owned(), Sort::Text),
        DataRef::Bool(truth) => (truth.to_string(), Sort::Truth),
        DataRef::DateTime(date) => date_text(date),
        DataRef::DateTimeIso(text) => {
            (text.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(text), Sort::Date)
        }
        DataRef::Error(_) => (String::new(), Sort::Error),
        DataRef::Empty => (String::new(), Sort::Text),
    };
    (Zeroizing::new(text), sort)
}

/// A whole number without a decimal part; others in the shortest form that reads back.
fn number_text(number: f64) -> String {
    // Rust prints floats without exponent, and whole ones without a point.
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// A date in ISO 8601, with its time of day if it is not midnight. What is no date in spite of its
/// format stays a number: it must not turn into the nearest date there is.
fn date_text(date: ExcelDateTime) -> (String, Sort) {
    let serial = date.as_f64();
    if date.is_duration() || !(1.0..FIRST_DAY_OF_YEAR_10000).contains(&serial) {
        return (number_text(serial), Sort::Number);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let text = if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    };
    (text, Sort::Date)
}

fn place(sheet: u32, row: u32, column: u32) -> Place {
    Place::Cell { sheet, row: u64::from(row) + 1, column: column.saturating_add(1) }
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
const FIRST_DAY_OF_YEAR_10000: f64 = 2_958_466.0;

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::{Sort, date_text, number_text};

    #[test]
    fn numbers_print_as_they_are_typed() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (301.0, "301"),
            (41_819_077_302.0, "41819077302"),
            (1.5, "1.5"),
            (-2.0, "-2"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn dates_print_in_iso_8601() {
        let at = |serial, base_1904| {
            date_text(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, base_1904))
        };
        for (serial, base_1904, text, sort) in [
            (43_586.0, false, "2019-05-01", Sort::Date),
            (42_124.0, true, "2019-05-01", Sort::Date),
            (43_586.5, false, "2019-05-01T12:00:00", Sort::Date),
            (0.5, false, "0.5", Sort::Number),
            (-3.0, false, "-3", Sort::Number),
            (3_000_000.0, false, "3000000", Sort::Number),
        ] {
            assert_eq!(at(serial, base_1904), (text.to_owned(), sort), "{serial}");
        }
    }
}
