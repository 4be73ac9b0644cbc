//! Made-up people and the lists that they stand on, as XML, CSV and spreadsheet.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use filsluse::{
    format::{csv, xlsx::Workbook, xml::write::XmlWriter, zip_guard},
    kinds::{
        embassy::columns::{ACCREDITATIONS, ACTIONS, CATEGORIES, CONSENTS, Column, LIST_TYPES},
        says::Says,
    },
    types::national_id::check_digit,
};
use jiff::{ToSpan, civil::Date};
use zip::{ZipWriter, write::SimpleFileOptions};

/// One document as it lies in the file.
#[derive(Clone)]
pub(super) enum Document {
    Sheet(Vec<u8>),
    Text(String),
    Xml(String),
}

impl Document {
    pub(super) fn says(&self) -> Says {
        match self {
            Self::Xml(text) => {
                let departures = text.contains("urn:filsluse:departures:1");
                let (kind, root) = if departures {
                    ("departures", "Departures")
                } else {
                    ("embassy-list", "EmbassyList")
                };
                Says::Xml {
                    namespace: format!("urn:filsluse:{kind}:1"),
                    root: root.to_owned(),
                    attributes: Vec::new(),
                }
            }
            Self::Text(text) => {
                let reader = csv::reader::Reader::new(text.as_bytes(), csv::Options::default());
                super::bench::says_table(reader.ok().unwrap().header())
            }
            Self::Sheet(bytes) => {
                let limits = zip_guard::Limits::default();
                let mut book = Workbook::open(Cursor::new(bytes.as_slice()), &limits).ok().unwrap();
                super::bench::says_table(book.first_sheet().ok().unwrap().header())
            }
        }
    }
}

/// One row: English column names and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row(pub(super) BTreeMap<&'static str, String>);

impl Row {
    #[expect(clippy::needless_pass_by_value, reason = "texts and dates alike, as they come")]
    pub(super) fn set(mut self, column: &'static str, value: impl ToString) -> Self {
        assert!(Column::by_attribute(column).is_some(), "{column}");
        self.0.insert(column, value.to_string());
        self
    }

    pub(super) fn without(mut self, column: &'static str) -> Self {
        self.0.remove(column).expect(column);
        self
    }

    pub(super) fn d_number(&self) -> &str {
        &self.0["d_number"]
    }
}

/// A complete row of somebody posted, born on the n-th day of 1980.
pub(super) fn diplomat(n: u16) -> Row {
    let born = jiff::civil::date(1980, 1, 1) + i64::from(n).days();
    person(born).set("category", "diplomat")
}

/// The spouse of the person in another row.
pub(super) fn spouse(n: u16, of: &Row) -> Row {
    let born = jiff::civil::date(1985, 1, 1) + i64::from(n).days();
    person(born).set("category", "spouse").set("principal_d_number", of.d_number())
}

/// A child of the person in another row; the guardian has consented.
pub(super) fn child(born: Date, of: &Row) -> Row {
    person(born)
        .set("category", "dependent-child")
        .set("principal_d_number", of.d_number())
        .set("consent_by", "guardian")
}

/// A row that withdraws.
pub(super) fn withdrawal(of: &Row) -> Row {
    Row(BTreeMap::new()).set("action", "withdraw").set("d_number", of.d_number())
}

fn person(born: Date) -> Row {
    let text = [
        ("action", "enrol"),
        ("family_name", "Ørstavik-Prøve"),
        ("given_name", "Åse"),
        ("street_address", "Testveien 1"),
        ("postal_code", "0130"),
        ("post_town", "Oslo"),
        ("municipality_number", "0301"),
        ("nationality", "FR"),
        ("eea_mission", "yes"),
        ("consent_by", "self"),
        ("consent_date", "2026-10-20"),
        ("accreditation_type", "identity-card"),
        ("accreditation_number", "UD-0042"),
        ("accreditation_expires", "2029-06-30"),
    ];
    let row = Row(text.into_iter().map(|(column, value)| (column, value.to_owned())).collect());
    row.set("birth_date", born).set("d_number", d_number(born, 0))
}

/// A synthetic D-number (day + 40, month + 80) of that birth date; `skip` gives others of the day.
pub(super) fn d_number(born: Date, skip: usize) -> String {
    number(born, 40, skip, check_digit::holds_1964)
}

/// One that holds by the rule of 2032 alone.
pub(super) fn d_number_of_2032(born: Date) -> String {
    number(born, 40, 0, |v| check_digit::holds_2032(v) && !check_digit::holds_1964(v))
}

/// A synthetic fødselsnummer (month + 80).
pub(super) fn fodselsnummer(born: Date) -> String {
    number(born, 0, 0, check_digit::holds_1964)
}

/// A D-number with both offsets as given: a real person's form has month + 0.
pub(super) fn d_number_with_month(born: Date, month: i16) -> String {
    let synthetic = number_with(born, 40, month, 0, check_digit::holds_1964);
    assert_eq!(synthetic.len(), 11);
    synthetic
}

/// A common help number of the health service.
pub(super) fn fh_number() -> String {
    sound((0..1000).map(|end| format!("91234567{end:03}")), 0, check_digit::holds_1964)
}

fn number(born: Date, day: i16, skip: usize, holds: fn(&[u8; 11]) -> bool) -> String {
    number_with(born, day, 80, skip, holds)
}

fn number_with(
    born: Date,
    day: i16,
    month: i16,
    skip: usize,
    holds: fn(&[u8; 11]) -> bool,
) -> String {
    let series = if born.year() < 2000 { 0..500 } else { 500..1000 };
    let year2 = born.year() % 100;
    let (day, month) = (i16::from(born.day()) + day, i16::from(born.month()) + month);
    let all = series.flat_map(|series| {
        (0..100).map(move |end| format!("{day:02}{month:02}{year2:02}{series:03}{end:02}"))
    });
    sound(all, skip, holds)
}

fn sound(
    mut texts: impl Iterator<Item = String>,
    skip: usize,
    holds: fn(&[u8; 11]) -> bool,
) -> String {
    let mut left = skip;
    texts
        .find(|text| {
            let digits: [u8; 11] = text.as_bytes().try_into().unwrap();
            let good = holds(&digits.map(|digit| digit - b'0'));
            let taken = good && left == 0;
            left -= usize::from(good && left > 0);
            taken
        })
        .unwrap()
}

/// A list with its head.
#[derive(Clone)]
pub(super) struct List {
    pub(super) head: Vec<(&'static str, String)>,
    pub(super) rows: Vec<Row>,
}

/// A list of mission `XEX` of 2 November 2026.
pub(super) fn list(list_type: &str, rows: &[Row]) -> List {
    let head = [
        ("list_id", "2026-11"),
        ("mission_code", "XEX"),
        ("list_date", "2026-11-02"),
        ("list_type", list_type),
    ];
    let head = head.into_iter().map(|(column, value)| (column, value.to_owned())).collect();
    List { head, rows: rows.to_vec() }
}

/// A departure notice.
pub(super) fn notice(rows: &[(&str, &str)]) -> List {
    let head = vec![("notice_id", "U-7".to_owned()), ("notice_date", "2026-11-20".to_owned())];
    let row = |&(d_number, on): &(&str, &str)| {
        Row(BTreeMap::new()).set("d_number", d_number).set("departure_date", on)
    };
    List { head, rows: rows.iter().map(row).collect() }
}

impl List {
    pub(super) fn set(mut self, column: &str, value: &str) -> Self {
        let cell = self.head.iter_mut().find(|(name, _)| *name == column).expect("a head column");
        value.clone_into(&mut cell.1);
        self
    }

    pub(super) fn without(mut self, column: &str) -> Self {
        self.head.retain(|(name, _)| *name != column);
        self
    }

    pub(super) fn xml(&self) -> Document {
        self.xml_with(&[], &[])
    }

    /// With more attributes on the root and on every record.
    pub(super) fn xml_with(
        &self,
        root_more: &[(&str, &str)],
        row_more: &[(&str, &str)],
    ) -> Document {
        let is_notice = self.head[0].0 == "notice_id";
        let (namespace, root, record) = if is_notice {
            ("urn:filsluse:departures:1", "Departures", "Departure")
        } else {
            ("urn:filsluse:embassy-list:1", "EmbassyList", "Person")
        };
        let mut xml = XmlWriter::with_declaration(Vec::new()).unwrap();
        xml.start(root).unwrap();
        xml.attr("xmlns", namespace).unwrap();
        let own = self.head.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in own.chain(root_more.iter().copied()) {
            xml.attr(name, value).unwrap();
        }
        for row in &self.rows {
            let own = row.0.iter().map(|(name, value)| (*name, value.as_str()));
            let attributes: Vec<_> = own.chain(row_more.iter().copied()).collect();
            xml.empty(record, &attributes).unwrap();
        }
        xml.end(root).unwrap();
        Document::Xml(String::from_utf8(xml.finish().unwrap()).unwrap())
    }

    /// All columns that occur, the head's first.
    pub(super) fn columns(&self) -> Vec<&'static str> {
        let mut columns: Vec<_> = self.head.iter().map(|(name, _)| *name).collect();
        let mut own: Vec<_> = self.rows.iter().flat_map(|row| row.0.keys().copied()).collect();
        own.sort_unstable();
        own.dedup();
        own.retain(|name| !columns.contains(name));
        columns.extend(own);
        columns
    }

    /// The text of each row, in the order of [`Self::columns`].
    pub(super) fn table(&self) -> Vec<Vec<String>> {
        let head: BTreeMap<_, _> = self.head.iter().cloned().collect();
        let columns = self.columns();
        let cell = |row: &Row, column: &str| {
            row.0.get(column).or(head.get(column)).cloned().unwrap_or_default()
        };
        self.rows.iter().map(|row| columns.iter().map(|c| cell(row, c)).collect()).collect()
    }

    pub(super) fn csv(&self) -> Document {
        let headings: Vec<String> = self.columns().into_iter().map(str::to_owned).collect();
        csv_text(&headings, &self.table())
    }

    /// Norwegian headings, words and dates, as a clerk writes them.
    pub(super) fn norwegian_csv(&self) -> Document {
        let columns = self.columns();
        let headings: Vec<String> = columns
            .iter()
            .map(|name| Column::by_attribute(name).unwrap().norwegian()[0].to_owned())
            .collect();
        let mut table = self.table();
        for row in &mut table {
            for (column, text) in columns.iter().zip(row) {
                *text = in_norwegian(column, text);
            }
        }
        csv_text(&headings, &table)
    }

    /// Every cell as text.
    pub(super) fn xlsx(&self) -> Document {
        let headings = self.columns().into_iter().map(|name| Cell::Text(name.to_owned())).collect();
        let rows = self.table().into_iter().map(|row| row.into_iter().map(Cell::Text).collect());
        Document::Sheet(sheet(&std::iter::once(headings).chain(rows).collect::<Vec<_>>()))
    }

    /// As a spreadsheet program keeps what was typed: codes as numbers, days as dates.
    pub(super) fn typed_xlsx(&self) -> Document {
        let columns = self.columns();
        let headings = columns.iter().map(|name| Cell::Text((*name).to_owned())).collect();
        let typed = |(name, text): (&&str, String)| match *name {
            "postal_code" | "municipality_number" | "d_number" | "principal_d_number"
                if !text.is_empty() =>
            {
                Cell::Number(text.parse::<u64>().unwrap())
            }
            name if name.ends_with("_date") || name.ends_with("_expires") => {
                text.parse::<Date>().map_or(Cell::Text(text), Cell::Day)
            }
            _ => Cell::Text(text),
        };
        let rows = self
            .table()
            .into_iter()
            .map(|row| columns.iter().zip(row).map(typed).collect::<Vec<_>>());
        Document::Sheet(sheet(&std::iter::once(headings).chain(rows).collect::<Vec<_>>()))
    }
}

fn in_norwegian(column: &str, text: &str) -> String {
    fn second<T: Copy>(text: &str, words: &[(T, &[&str])]) -> String {
        let found = words.iter().find(|(_, names)| names[0] == text);
        found.map_or(text.to_owned(), |(_, names)| names[1].to_uppercase())
    }
    if let Ok(day) = text.parse::<Date>() {
        return format!("{}.{}.{}", day.day(), day.month(), day.year());
    }
    match column {
        "action" => second(text, ACTIONS),
        "accreditation_type" => second(text, ACCREDITATIONS),
        "category" => second(text, CATEGORIES),
        "consent_by" => second(text, CONSENTS),
        "list_type" => second(text, LIST_TYPES),
        "eea_mission" if text == "yes" => "Ja".to_owned(),
        _ => text.to_owned(),
    }
}

/// A CSV with `;` and CRLF.
pub(super) fn csv_text(headings: &[String], rows: &[Vec<String>]) -> Document {
    let mut text = String::new();
    for row in std::iter::once(headings).chain(rows.iter().map(Vec::as_slice)) {
        let _ = write!(text, "{}\r\n", row.join(";"));
    }
    Document::Text(text)
}

/// What a spreadsheet's cell holds.
pub(super) enum Cell {
    Day(Date),
    Error,
    /// A formula, and the value that it had when the file was saved.
    Formula(String),
    Number(u64),
    Text(String),
}

/// A workbook of one sheet.
pub(super) fn sheet(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut data = String::new();
    for (number, row) in (1..).zip(rows) {
        let _ = write!(data, "<row r=\"{number}\">");
        for (column, cell) in row.iter().enumerate() {
            let at = format!("{}{number}", letters(column));
            match cell {
                Cell::Text(text) if text.is_empty() => Ok(()),
                Cell::Text(text) => {
                    let text = text.replace('&', "&amp;").replace('<', "&lt;");
                    write!(data, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                }
                Cell::Number(number) => write!(data, "<c r=\"{at}\"><v>{number}</v></c>"),
                Cell::Day(day) => {
                    let epoch = jiff::civil::date(1899, 12, 30);
                    let serial = epoch.until(*day).unwrap().get_days();
                    write!(data, "<c r=\"{at}\" s=\"1\"><v>{serial}</v></c>")
                }
                Cell::Formula(value) => {
                    write!(data, "<c r=\"{at}\" t=\"str\"><f>Z1</f><v>{value}</v></c>")
                }
                Cell::Error => write!(data, "<c r=\"{at}\" t=\"e\"><v>#REF!</v></c>"),
            }
            .unwrap();
        }
        data.push_str("</row>");
    }
    let sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{sheet_type}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{sheet_type}.styles+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" \
                 ContentType=\"{sheet_type}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>\
                 <sheet name=\"Liste\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">\
                 <Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/>\
                 <xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{data}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn letters(column: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n).unwrap());
    if column < 26 {
        letter(column).to_string()
    } else {
        format!("{}{}", letter(column / 26 - 1), letter(column % 26))
    }
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
