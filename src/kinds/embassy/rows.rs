//! One record shape from three formats: XML, CSV and spreadsheet rows become the same [`Row`].
//!
//! Judges the shape alone (IN-01, IN-02, IN-04): what the cells mean is the rules' to say.

use crate::{
    format::{
        csv,
        msghead::shell::Shell,
        xlsx::{Workbook, row::Sort},
        xml::{
            self,
            event::{Attribute, Event, Name, Start},
            limits::Limits,
        },
        zip_guard,
    },
    kinds::{
        embassy::{
            columns::{COUNT, Column},
            hints,
        },
        kind::Body,
        refused::Refused,
    },
    types::{
        finding::{Finding, Findings, Place},
        rule::{Hint, Severity},
        rules::intake,
        secret::PersonalText,
    },
};

/// The names that a document of one kind uses.
pub struct Shape {
    /// XML namespace.
    pub namespace: &'static str,
    /// XML root element.
    pub root: &'static str,
    /// XML element of one record.
    pub record: &'static str,
    /// Columns that say something of the document as a whole: attributes of the root, and the same
    /// in every row of a table.
    pub head: &'static [Column],
    /// Whether a column is one of a record's. Every other column is unknown here.
    pub is_of_record: fn(Column) -> bool,
}

impl Shape {
    fn of_heading(&self, heading: &str) -> Option<Column> {
        Column::by_heading(heading).filter(|c| self.head.contains(c) || (self.is_of_record)(*c))
    }

    fn of_attribute(&self, name: &str, of_head: bool) -> Option<Column> {
        let own = |c: &Column| {
            if of_head { self.head.contains(c) } else { (self.is_of_record)(*c) }
        };
        Column::by_attribute(name).filter(own)
    }
}

/// One record, or the head of a document.
pub struct Row {
    /// Number of the record, from 1; 0 for the head.
    pub number: u64,
    /// Where it begins.
    pub place: Place,
    cells: [Option<Cell>; COUNT],
    /// Where formulas stand that gave nothing.
    blank_formulas: [Option<Place>; COUNT],
}

impl Row {
    fn new(number: u64, place: Place) -> Self {
        Self { number, place, cells: [const { None }; COUNT], blank_formulas: [None; COUNT] }
    }

    /// A cell that is not blank. One that a spreadsheet could not compute is not blank.
    pub fn cell(&self, column: Column) -> Option<&Cell> {
        self.cells[column as usize].as_ref()
    }

    /// All cells that are not blank, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = (Column, &Cell)> {
        self.cells.iter().flatten().map(|cell| (cell.column, cell))
    }

    /// Where the fault of a column stands, and what it is: where something is missing because the
    /// formula there gave nothing, the formula is what to put right.
    pub fn fault(&self, column: Column, hint: &'static Hint) -> (Place, &'static Hint) {
        match (self.cell(column), self.blank_formulas[column as usize]) {
            (Some(cell), _) => (cell.place, hint),
            (None, Some(place)) => (place, &hints::FORMULA),
            (None, None) => (self.place, hint),
        }
    }

    fn put(&mut self, cell: Cell) {
        if !cell.text().is_empty() || cell.is_formula {
            let index = cell.column as usize;
            self.cells[index] = Some(cell);
        }
    }
}

/// What stands in one column of a row.
#[derive(Clone)]
pub struct Cell {
    /// Where it stands.
    pub place: Place,
    column: Column,
    text: PersonalText,
    was_number: bool,
    is_formula: bool,
}

impl Cell {
    /// The text without the white space around it.
    pub fn text(&self) -> &str {
        self.text.expose_text()
    }

    /// Whether a spreadsheet held it as a number, and so without leading zeroes.
    pub fn was_number(&self) -> bool {
        self.was_number
    }

    /// Whether it is a formula, text that a spreadsheet would take for one, or the error that a
    /// formula left behind. A column with a type of its own takes none of them.
    pub fn is_formula(&self) -> bool {
        self.is_formula
    }

    fn of_text(column: Column, place: Place, text: &str) -> Self {
        let text = PersonalText::new(text.trim().to_owned());
        // A dash alone is how people write that there is nothing.
        let is_formula = text.expose_text() != "-" && csv::is_formula(text.expose_text());
        Self { place, column, text, was_number: false, is_formula }
    }
}

/// Reads every record in turn. Gives back the head, whose cells are those of the first record in a
/// table, and what was found on the way that refuses nothing.
pub fn read(
    body: Body<'_>,
    shape: &Shape,
    visit: &mut dyn FnMut(&Row, &Row) -> Result<(), Refused>,
    is_xml: bool,
) -> Result<(Row, Findings), Refused> {
    match body {
        Body::Text(input) if is_xml => xml_rows(input, shape, visit),
        Body::Text(input) => csv_rows(input, shape, visit),
        Body::Workbook(bytes) => sheet_rows(bytes, shape, visit),
    }
}

type Visit<'v> = &'v mut dyn FnMut(&Row, &Row) -> Result<(), Refused>;

fn xml_rows(
    input: &mut dyn std::io::Read,
    shape: &Shape,
    visit: Visit<'_>,
) -> Result<(Row, Findings), Refused> {
    let mut reader = xml::Reader::new(input, Limits::default()).map_err(Refused::from_xml)?;
    let shell = Shell::enter(&mut reader).map_err(Refused::from_shell)?;
    let root = reader.current_start();
    if !is_named(&root, shape, shape.root) {
        return Err(refused(root.place(), &hints::UNKNOWN_PART));
    }
    let mut head = Row::new(0, root.place());
    let mut declared = None;
    for attribute in root.attributes() {
        let name = attribute.name();
        if name.namespace.is_empty() && name.local == "rows" {
            let Ok(rows) = attribute.value().parse::<u64>() else {
                return Err(refused(attribute.place(), &hints::UNKNOWN_PART));
            };
            declared = Some(rows);
        } else {
            put_attribute(&mut head, &attribute, shape)?;
        }
    }
    let (mut number, mut in_record) = (0, false);
    loop {
        match reader.next_event().map_err(Refused::from_xml)? {
            Event::Start(start) => {
                if in_record || !is_named(&start, shape, shape.record) {
                    return Err(refused(start.place(), &hints::UNKNOWN_PART));
                }
                in_record = true;
                number += 1;
                let mut row = Row::new(number, start.place());
                for attribute in start.attributes() {
                    put_attribute(&mut row, &attribute, shape)?;
                }
                visit(&head, &row)?;
            }
            Event::End(_) if in_record => in_record = false,
            Event::End(_) | Event::Eof => break,
            Event::Text(text) if text.chars().all(char::is_whitespace) => {}
            Event::Text(_) => return Err(refused(reader.text_position(), &hints::UNKNOWN_PART)),
        }
    }
    shell.leave(&mut reader).map_err(Refused::from_shell)?;
    if declared.is_some_and(|rows| rows != number) {
        return Err(Refused::because(
            Finding::new(&intake::IN_01, Place::File {}).hint(&hints::ROW_COUNT),
        ));
    }
    Ok((head, Findings::default()))
}

fn is_named(start: &Start<'_>, shape: &Shape, local: &str) -> bool {
    start.name() == Name { namespace: shape.namespace, local }
}

fn put_attribute(row: &mut Row, attribute: &Attribute<'_>, shape: &Shape) -> Result<(), Refused> {
    let name = attribute.name();
    let column =
        shape.of_attribute(name.local, row.number == 0).filter(|_| name.namespace.is_empty());
    let Some(column) = column else {
        return Err(refused(attribute.place(), &hints::UNKNOWN_PART));
    };
    row.put(Cell::of_text(column, attribute.place(), attribute.value()));
    Ok(())
}

fn csv_rows(
    input: &mut dyn std::io::Read,
    shape: &Shape,
    visit: Visit<'_>,
) -> Result<(Row, Findings), Refused> {
    let mut reader =
        csv::reader::Reader::new(input, csv::Options::default()).map_err(Refused::from_csv)?;
    let mut table = Table::new(shape);
    for (key, value) in reader.preamble() {
        if let Some(column) = Column::by_heading(key).filter(|c| shape.head.contains(c)) {
            table.declare(Cell::of_text(column, Place::File {}, value));
        }
    }
    for (heading, place) in reader.header().iter().zip(reader.header_places()) {
        table.heading(heading, *place)?;
    }
    while let Some(record) = reader.next_record().map_err(Refused::from_csv)? {
        let mut row = table.row(Place::Line { line: record.line(), column: 0 });
        for (field, column) in record.fields().zip(&table.columns) {
            if let Some(column) = column {
                row.put(Cell::of_text(*column, field.place(), field.text));
            }
        }
        table.visit(row, visit)?;
    }
    Ok(table.finish())
}

fn sheet_rows(bytes: &[u8], shape: &Shape, visit: Visit<'_>) -> Result<(Row, Findings), Refused> {
    let limits = zip_guard::Limits::default();
    let mut workbook =
        Workbook::open(std::io::Cursor::new(bytes), &limits).map_err(Refused::from_xlsx)?;
    let mut sheet = workbook.first_sheet().map_err(Refused::from_xlsx)?;
    let mut table = Table::new(shape);
    for (position, heading) in sheet.header().iter().enumerate() {
        table.heading(heading, sheet.header_place(position))?;
    }
    while let Some(record) = sheet.next_row().map_err(Refused::from_xlsx)? {
        let mut row = table.row(record.place());
        for (cell, column) in record.cells().zip(&table.columns) {
            if let Some(column) = column {
                let mut taken = Cell::of_text(*column, cell.place, cell.text);
                taken.was_number = cell.sort == Sort::Number;
                // A formula that gives nothing may be an empty cell of a template.
                taken.is_formula |= cell.is_formula && !cell.text.is_empty();
                if cell.is_formula && cell.text.is_empty() {
                    row.blank_formulas[*column as usize] = Some(cell.place);
                }
                taken.is_formula |= cell.sort == Sort::Error;
                row.put(taken);
            }
        }
        table.visit(row, visit)?;
    }
    Ok(table.finish())
}

/// What CSV and spreadsheets have in common: headings, and a head that every row repeats.
struct Table<'a> {
    shape: &'a Shape,
    columns: Vec<Option<Column>>,
    head: Row,
    rows: u64,
    findings: Findings,
}

impl<'a> Table<'a> {
    fn new(shape: &'a Shape) -> Self {
        let head = Row::new(0, Place::File {});
        Self { shape, columns: Vec::new(), head, rows: 0, findings: Findings::default() }
    }

    fn declare(&mut self, cell: Cell) {
        self.head.put(cell);
    }

    fn heading(&mut self, heading: &str, place: Place) -> Result<(), Refused> {
        let column = self.shape.of_heading(heading);
        if column.is_some() && self.columns.contains(&column) {
            return Err(refused(place, &hints::TWICE));
        }
        if column.is_none() && !heading.trim().is_empty() {
            let finding = Finding::new(&intake::IN_02, place).hint(&hints::UNKNOWN_COLUMN);
            self.findings.push(finding.severity(Severity::Warning));
        }
        self.columns.push(column);
        Ok(())
    }

    fn row(&mut self, place: Place) -> Row {
        self.rows += 1;
        Row::new(self.rows, place)
    }

    /// A blank head cell means "as above"; another value than above means two lists in one file.
    fn visit(&mut self, mut row: Row, visit: Visit<'_>) -> Result<(), Refused> {
        for column in self.shape.head {
            let blank = row.blank_formulas[*column as usize].take();
            let of_head = &mut self.head.blank_formulas[*column as usize];
            *of_head = of_head.or(blank);
            let Some(cell) = row.cells[*column as usize].take() else { continue };
            match self.head.cell(*column) {
                None => self.head.put(cell),
                Some(head) if head.text() == cell.text() => {}
                Some(_) => return Err(refused(cell.place, &hints::HEAD_MIXED)),
            }
        }
        visit(&self.head, &row)
    }

    fn finish(self) -> (Row, Findings) {
        (self.head, self.findings)
    }
}

fn refused(place: Place, hint: &'static Hint) -> Refused {
    Refused::because(Finding::new(&intake::IN_02, place).hint(hint))
}
