//! Spreadsheets: a real one, hand-made ones, and what must not be opened.

use std::{fs, io::Cursor};

use filsluse::{
    format::{
        xlsx::{
            Workbook,
            error::{Fault, XlsxError},
            row::Sort,
        },
        zip_guard::{Limits, ZipError},
    },
    types::finding::Place,
};

use super::zip_of;
use crate::resilience::fuzz_smoke::xlsx::{STRINGS, package, read};

/// A workbook with this content of `sheetData` and these parts besides.
fn workbook(rows: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    workbook_of(&format!("<sheetData>{rows}</sheetData>"), more)
}

fn workbook_of(content: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    package(worksheet(content).as_bytes(), more)
}

/// The worksheet part with this content.
pub(crate) fn worksheet(content: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{content}</worksheet>"#
    )
}

pub(crate) fn inline(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

pub(crate) fn header() -> String {
    format!("<row r=\"1\">{}{}</row>", inline("A1", "a"), inline("B1", "b"))
}

fn text(text: &str) -> (String, Sort, bool) {
    (text.to_owned(), Sort::Text, false)
}

#[test]
fn a_workbook_written_by_another_program() {
    let bytes = fs::read("tests/data/xlsx/embassy-list.xlsx").unwrap();
    let (header, rows) = read(&bytes).unwrap();
    assert_eq!(
        header,
        ["list_id", "d_number", "family_name", "birth_date", "postal_code", "eea_mission", "note"]
    );
    let sorted = |text: &str, sort| (text.to_owned(), sort, false);
    assert_eq!(
        rows[0],
        [
            text("L-1"),
            text("41819077302"),
            text("Bøe Ærlig"),
            sorted("1990-01-01", Sort::Date),
            text("0130"),
            sorted("true", Sort::Truth),
            text(""),
        ]
    );
    assert_eq!(
        rows[1],
        [
            text("L-1"),
            sorted("41819077302", Sort::Number),
            text(" Ås "),
            sorted("1990-01-01T12:30:00", Sort::Date),
            sorted("130", Sort::Number),
            sorted("false", Sort::Truth),
            (String::new(), Sort::Text, true),
        ]
    );
    assert_eq!(rows[2][2], text("line\nbreak"));
    assert!(rows[2][4].2, "a formula");
    assert_eq!(rows[2][5], sorted("1.5", Sort::Number));
    assert_eq!(rows.len(), 3);
}

#[test]
fn places_are_those_that_the_program_shows() {
    let bytes = fs::read("tests/data/xlsx/embassy-list.xlsx").unwrap();
    let mut workbook = Workbook::open(Cursor::new(bytes), &Limits::default()).unwrap();
    let mut sheet = workbook.first_sheet().unwrap();
    sheet.next_row().unwrap();
    let row = sheet.next_row().unwrap().unwrap();
    assert_eq!(row.row(), 4);
    // The hidden sheet before it counts: it is sheet 2 of the workbook.
    assert_eq!(row.cell(1).unwrap().place, Place::Cell { sheet: 2, row: 4, column: 2 });
    assert!(row.cell(7).is_none());
}

#[test]
fn strings_of_all_sorts() {
    let rows = format!(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c>{}</row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="str"><f>A1</f><v>x</v></c></row><row r="4"><c r="A4" t="e"><v>#REF!</v></c><c r="B4"><v>0130</v></c></row><row r="5"><c r="A5"/><c r="B5" s="0"/></row>"#,
        inline("B1", " b ")
    );
    let (header, rows) = read(&workbook(&rows, &[])).unwrap();
    assert_eq!(header, ["navn", "b"]);
    assert_eq!(rows[0], [text("Bøe"), ("x".to_owned(), Sort::Text, true)]);
    assert_eq!(
        rows[1],
        [(String::new(), Sort::Error, false), ("130".to_owned(), Sort::Number, false)]
    );
    assert_eq!(rows.len(), 2);
}

#[test]
fn what_is_refused_and_where() {
    let row = |cells: &str| workbook(&format!("{}<row r=\"2\">{cells}</row>", header()), &[]);
    let cell = |row, column| Place::Cell { sheet: 1, row, column };
    let strings = |count: &str| {
        STRINGS.replace("uniqueCount=\"2\"", &format!("uniqueCount{count}")).into_bytes()
    };
    let count = |count: &str| workbook(&header(), &[("xl/sharedStrings.xml", &strings(count))]);
    let padded = [b"<!--".to_vec(), vec![b' '; 65_520], b"-->".to_vec(), strings("='999999999'")];
    let wide: Vec<u8> = STRINGS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, fault, place) in [
        ("empty sheet", workbook("", &[]), Fault::NoHeader, Place::File {}),
        ("beside the table", row(&inline("C2", "x")), Fault::OutsideTable, cell(2, 3)),
        ("twice", row(&inline("A2", "x").repeat(2)), Fault::Malformed, cell(2, 1)),
        ("order", row(&(inline("B2", "x") + &inline("A2", "x"))), Fault::Malformed, cell(2, 1)),
        ("long", row(&inline("A2", &"x".repeat(65_537))), Fault::TooLarge, cell(2, 1)),
        ("far", row(&inline("IW2", "x")), Fault::TooLarge, cell(2, 257)),
        ("control", row(&inline("A2", "_x0001_")), Fault::ControlCharacter, cell(2, 1)),
        (
            "gap in header",
            workbook(&format!("<row r=\"1\">{}</row>", inline("B1", "x")), &[]),
            Fault::EmptyColumnName,
            cell(1, 1),
        ),
        (
            "same header",
            workbook(&format!("<row>{}{}</row>", inline("A1", "x"), inline("B1", "x ")), &[]),
            Fault::DuplicateColumn,
            cell(1, 2),
        ),
        (
            "macros",
            workbook(&header(), &[("xl/vbaProject.bin", b"x")]),
            Fault::Macros,
            Place::File {},
        ),
        (
            "links",
            workbook(&header(), &[("xl/externalLinks/externalLink1.xml", b"<a/>")]),
            Fault::ExternalContent,
            Place::File {},
        ),
        ("string count", count("=\"4000000000\""), Fault::Malformed, Place::File {}),
        ("string count, spaced", count(" = \"4000000000\""), Fault::Malformed, Place::File {}),
        (
            "string count, late",
            workbook(&header(), &[("xl/sharedStrings.xml", &padded.concat())]),
            Fault::Malformed,
            Place::File {},
        ),
        (
            "UTF-16 part",
            workbook(&header(), &[("xl/sharedStrings.xml", &wide)]),
            Fault::Malformed,
            Place::File {},
        ),
        (
            "no workbook",
            zip_of(&[("[Content_Types].xml", b"<a/>")]),
            Fault::Malformed,
            Place::File {},
        ),
        ("just a zip", zip_of(&[("a", b"x")]), Fault::NotASpreadsheet, Place::File {}),
        (
            "password",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0".to_vec(),
            Fault::PasswordOrOldFormat,
            Place::File {},
        ),
    ] {
        match read(&bytes) {
            Err(XlsxError::Refused { fault: f, place: p }) => {
                assert_eq!((f, p), (fault, place), "{name}");
            }
            Err(other) => panic!("{name}: {other:?}"),
            Ok(_) => panic!("taken: {name}"),
        }
    }
    let nested = workbook(&header(), &[("xl/media/image1.png", &zip_of(&[("a", b"x")]))]);
    assert!(matches!(read(&nested), Err(XlsxError::Zip(ZipError::Archive))));
}

#[test]
fn errors_show_no_content() {
    let canary = "Hemmelig";
    let bytes = workbook(&format!("{}<row r=\"2\">{}</row>", header(), inline("C2", canary)), &[]);
    let error = read(&bytes).unwrap_err();
    let finding = error.finding().unwrap();
    let shown = format!("{error} {error:?} {finding:?}");
    assert!(!shown.contains(canary), "{shown}");
    assert_eq!(finding.rule.code, "IN-04");
}
