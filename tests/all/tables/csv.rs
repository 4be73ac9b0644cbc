//! CSV: what is taken, what is refused and where, whatever the chunks the bytes come in.

use filsluse::format::csv::{
    Delimiter, Options,
    error::{CsvError, Fault},
    reader::Reader,
    writer::Writer,
};
use proptest::prelude::*;

use crate::resilience::fuzz_smoke::csv::read;

fn texts(bytes: &str) -> Result<Vec<Vec<String>>, CsvError> {
    let (_, rows) = read(bytes.as_bytes(), usize::MAX)?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(|(text, ..)| text).collect()).collect())
}

#[test]
fn files_that_are_taken() {
    for (text, want) in [
        ("a;b\r\n1;2\r\n", vec![vec!["1", "2"]]),
        ("a,b\n1,2", vec![vec!["1", "2"]]),
        ("a\tb\n1\t2;3\n", vec![vec!["1", "2;3"]]),
        ("\u{FEFF}a;b\n1;2\n", vec![vec!["1", "2"]]),
        ("sep=,\r\na,b\r\n1;1,2\r\n", vec![vec!["1;1", "2"]]),
        ("a;b\n\"x;\"\"y\"\"\";\"l1\r\nl2\"\n", vec![vec!["x;\"y\"", "l1\r\nl2"]]),
        ("a;b\n;\n1;\n;\n", vec![vec!["1", ""]]),
        ("a;b\n\"\";\n", vec![vec!["", ""]]),
        ("a;b\n1;2\n\n\r\n\n", vec![vec!["1", "2"]]),
        ("#x=1\n#rows=1;;\na;b\n1;æøå\n", vec![vec!["1", "æøå"]]),
        ("a;b\n1;2\n#rows=1\n", vec![vec!["1", "2"]]),
        ("a;b\n1;2\n#rows=1;\n\n", vec![vec!["1", "2"]]),
        ("a;b\n\"#1\";2\n", vec![vec!["#1", "2"]]),
        ("a;b\n", vec![]),
        ("alone\nx\n", vec![vec!["x"]]),
    ] {
        let found = texts(text).unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(found, want, "{text:?}");
    }
}

#[test]
fn faults_and_where_they_are() {
    let wide_row = "a;b\n".to_owned() + &"x".repeat((64 << 10) + 1) + ";\n";
    let wide_header = (0..257).map(|n| format!("c{n}")).collect::<Vec<_>>().join(";") + "\n";
    for (text, fault, line, column) in [
        ("", Fault::NoHeader, 1, 0),
        ("\n", Fault::NoHeader, 2, 0),
        (" ;\r\n\r\n", Fault::NoHeader, 3, 0),
        ("\n;;\na;b\n1;2;3\n", Fault::Columns, 4, 5),
        ("#a=1\n", Fault::NoHeader, 2, 0),
        ("a;;b\n", Fault::EmptyColumnName, 1, 3),
        ("a; a\n", Fault::DuplicateColumn, 1, 3),
        ("a,b;c\n", Fault::Delimiter, 1, 0),
        ("#a\nb;c\n", Fault::Preamble, 1, 0),
        ("#a=1\n#a=1\nb;c\n", Fault::PreambleTwice, 2, 0),
        ("#a=1\n#x=1\n#A=2\nb;c\n", Fault::PreambleTwice, 3, 0),
        ("#rows=x\nb;c\n", Fault::Preamble, 1, 0),
        ("a;b\nå\"x;2\n", Fault::BareQuote, 2, 2),
        ("a;b\n\"x\"y;2\n", Fault::BareQuote, 2, 4),
        ("a;b\n1;\"x\n\n", Fault::UnclosedQuote, 2, 3),
        ("a;b\r1;2\r", Fault::LoneCarriageReturn, 1, 5),
        ("a;b\n1;2\r", Fault::LoneCarriageReturn, 2, 5),
        ("a;b\n1;2;3\n", Fault::Columns, 2, 5),
        ("a;b\n1\n2;3\n", Fault::Columns, 2, 0),
        ("a;b\n1;2\n1", Fault::CutOff, 3, 0),
        ("a;b\n1;2\n\n3;4\n", Fault::BlankLine, 3, 0),
        ("a;b\n1;\u{1}2\n", Fault::ControlCharacter, 2, 3),
        ("a;b\n1;\0\n", Fault::ControlCharacter, 2, 3),
        ("a;b\n1;2\n#rows=2\n", Fault::MissingRows, 3, 0),
        ("#rows=0\na;b\n1;2\n", Fault::DeclaredRows, 3, 0),
        ("#rows=1\na;b\n1;2\n#rows=2\n", Fault::DeclaredRows, 4, 0),
        ("a;b\n1;2\n#rows=1\n1;2\n", Fault::TrailerNotLast, 4, 0),
        ("a;b\n#rows=x\n", Fault::Preamble, 2, 0),
        ("a;b\n#1;2\n", Fault::Preamble, 2, 0),
        ("a;b\n#rows=1;2\n", Fault::Preamble, 2, 0),
        (&wide_row, Fault::TooLarge, 2, 1),
        (&wide_header, Fault::TooLarge, 1, 0),
    ] {
        let shown = &text[..text.len().min(40)];
        match read(text.as_bytes(), usize::MAX) {
            Err(CsvError::Malformed { fault: f, line: l, column: c }) => {
                assert_eq!(f, fault, "{shown:?}");
                assert_eq!(l, line, "{shown:?}");
                // How far into a field that is too large the limit falls depends on the chunks.
                if fault != Fault::TooLarge {
                    assert_eq!(c, column, "{shown:?}");
                }
            }
            Err(other) => panic!("{shown:?}: {other}"),
            Ok(_) => panic!("taken: {shown:?}"),
        }
    }
}

#[test]
fn halves_of_a_character_are_no_text() {
    for bytes in [&b"a;b\n\xC3;\xA5\n"[..], b"a;b\n1;\xFF\n", b"a;b\n1;\"\xC3\"\n", b"\xE6;b\n"] {
        let found = read(bytes, 1);
        assert!(
            matches!(found, Err(CsvError::Malformed { fault: Fault::Encoding, .. })),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_reader_that_failed_keeps_failing() {
    let mut reader = Reader::new(&b"a;b\n1\n1;2\n"[..], Options::default()).unwrap();
    assert!(reader.next_record().is_err());
    assert!(reader.next_record().is_err());
    assert!(!reader.is_proved_whole());
}

#[test]
fn places_count_characters_and_lines() {
    let (_, rows) = read("a;b;c\næø;\"x\ny\";å\n1;2;3\n".as_bytes(), 1).unwrap();
    let places: Vec<Vec<(u64, u64)>> =
        rows.iter().map(|row| row.iter().map(|&(_, l, c)| (l, c)).collect()).collect();
    assert_eq!(places, [[(2, 1), (2, 4), (3, 4)], [(4, 1), (4, 3), (4, 5)]]);
}

#[test]
fn every_cut_of_a_declared_file_is_noticed() {
    for whole in ["#rows=2\na;b\n1;22\n\"3\";44\n", "a;b\r\n1;22\r\n3;44\r\n#rows=2\r\n"] {
        let proved = |bytes: &[u8]| {
            let Ok(mut reader) = Reader::new(bytes, Options::default()) else { return false };
            while let Ok(Some(_)) = reader.next_record() {}
            reader.is_proved_whole()
        };
        assert!(proved(whole.as_bytes()));
        // The trailer proves all rows even when the line end after it is missing.
        let content = whole.strip_suffix("=2\r\n").map_or(whole.len(), |cut| cut.len() + 2);
        for cut in 0..content {
            assert!(!proved(&whole.as_bytes()[..cut]), "{whole:?} cut at {cut}");
        }
    }
}

#[test]
fn exports_are_disarmed() {
    let mut writer = Writer::new(Vec::new(), Delimiter::Semicolon);
    writer.preamble("purpose", "isf").unwrap();
    assert!(writer.preamble("two words", "").is_err());
    writer.header(["a", "b"]).unwrap();
    assert!(writer.preamble("late", "1").is_err());
    writer.record(["=1+1", "-5"]).unwrap();
    assert!(writer.record(["\0", ""]).is_err());
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes, b"#purpose=isf\r\na;b\r\n'=1+1;-5\r\n");
}

fn harmless_text() -> impl Strategy<Value = String> {
    "[ a-zæøåÆØÅ0-9;,\"#\t\r\n.'-]{0,12}"
        .prop_filter("not a formula", |text| !filsluse::format::csv::is_formula(text))
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        rows in prop::collection::vec(prop::collection::vec(harmless_text(), 3), 0..8),
        delimiter in prop::sample::select(vec![Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab]),
    ) {
        let mut writer = Writer::new(Vec::new(), delimiter);
        writer.header(["a", "b", "c"]).unwrap();
        for row in &rows {
            writer.record(row.iter().map(String::as_str)).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let (header, found) = read(&bytes, 7).unwrap();
        prop_assert_eq!(header, ["a", "b", "c"]);
        let found: Vec<Vec<String>> =
            found.into_iter().map(|row| row.into_iter().map(|(text, ..)| text).collect()).collect();
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn chunks_make_no_difference(bytes in "[a;\"\r\n#æ,]{0,40}", step in 1usize..9) {
        let bytes = format!("a;b\n{bytes}");
        let at_once = read(bytes.as_bytes(), usize::MAX);
        let in_chunks = read(bytes.as_bytes(), step);
        match (at_once, in_chunks) {
            (Ok(a), Ok(b)) => prop_assert_eq!(a, b),
            (Err(a), Err(b)) => prop_assert_eq!(format!("{a:?}"), format!("{b:?}")),
            (a, b) => prop_assert!(false, "{:?} {:?}", a.is_ok(), b.is_ok()),
        }
    }
}
