//! What must hold for any bytes that are read as a spreadsheet; shared by the fuzz target and the
//! tests.

use std::io::{Cursor, Write};

use filsluse::format::{
    xlsx::{Workbook, error::XlsxError, row::Sort},
    zip_guard::Limits,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Reads `data` as it is; and as the sheet of an honest package, with what follows its first NUL
/// as the shared strings. Mutations of an archive seldom get past the guard, those of a part do.
pub(crate) fn run(data: &[u8]) {
    check(data);
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (sheet, strings) = (&data[..cut], data.get(cut + 1..).unwrap_or(STRINGS.as_bytes()));
    check(&package(sheet, &[("xl/sharedStrings.xml", strings)]));
}

fn check(bytes: &[u8]) {
    if let Ok((header, rows)) = read(bytes) {
        assert!(rows.iter().all(|row| row.len() == header.len()), "a row of another width");
    }
}

/// The cells of each row: text, sort, whether it is a formula.
pub(crate) type Cells = Vec<Vec<(String, Sort, bool)>>;

/// Header and rows of the first sheet.
pub(crate) fn read(bytes: &[u8]) -> Result<(Vec<String>, Cells), XlsxError> {
    let limits = Limits { total: 16 << 20, ..Limits::default() };
    let mut workbook = Workbook::open(Cursor::new(bytes), &limits)?;
    let mut sheet = workbook.first_sheet()?;
    let header = sheet.header().to_vec();
    let mut rows = Vec::new();
    while let Some(row) = sheet.next_row()? {
        rows.push(row.cells().map(|c| (c.text.to_owned(), c.sort, c.is_formula)).collect());
    }
    assert_eq!(sheet.rows(), rows.len() as u64);
    Ok((header, rows))
}

/// A workbook with this worksheet part and these parts besides.
pub(crate) fn package(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    if !more.iter().any(|(name, _)| *name == "xl/sharedStrings.xml") {
        parts.push(("xl/sharedStrings.xml", STRINGS.as_bytes()));
    }
    parts.extend(more);
    zip_of(&parts)
}

/// A zip archive with these entries, deflated.
pub(crate) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        writer.start_file(*name, options).expect("an archive in memory");
        writer.write_all(content).expect("an archive in memory");
    }
    writer.finish().expect("an archive in memory").into_inner()
}

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const WORKBOOK_RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
/// Shared strings that a well-formed package may have.
pub(crate) const STRINGS: &str = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="2"><si><t>navn</t></si><si><r><t>Bø</t></r><r><t>e</t></r></si></sst>"#;
