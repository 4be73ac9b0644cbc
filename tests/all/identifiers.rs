//! Identifiers against the published vectors.
//!
//! The vector files hold published test numbers, some without a month offset: they are read from
//! `tests/data/` and never printed, so every message names a row.

use filsluse::{
    protect::scan::{Detector, ScanPolicy, Uuids, scanner::Scanner},
    types::{
        duf::Duf,
        national_id::{
            IdKind, IdPolicy, NationalId, NationalIdError, Profile, Synthetic,
            birth_date::birth_date_by_individual_number,
            check::{check, is_any_valid},
            check_digit,
        },
        org_number::OrgNumber,
    },
};
use proptest::prelude::*;

const ID_VECTORS: &str = include_str!("../data/id_test_vectors.csv");
const OTHER_VECTORS: &str = include_str!("../data/duf_orgnr_test_vectors.csv");

/// One row of the vector file.
struct Row {
    line: usize,
    number: &'static str,
    kind: &'static str,
    offset: &'static str,
    by_1964: bool,
    by_2032: bool,
    birth_date: &'static str,
    valid: bool,
}

fn id_rows() -> Vec<Row> {
    let rows: Vec<Row> = ID_VECTORS
        .lines()
        .enumerate()
        .skip(1)
        .map(|(at, text)| {
            let cells: Vec<&str> = text.splitn(8, ';').collect();
            let [number, kind, offset, by_1964, by_2032, birth_date, expected, _] = cells[..]
            else {
                panic!("line {}: not eight columns", at + 1)
            };
            let (by_1964, by_2032) = (by_1964 == "1", by_2032 == "1");
            let valid = expected == "valid";
            Row { line: at + 1, number, kind, offset, by_1964, by_2032, birth_date, valid }
        })
        .collect();
    assert_eq!(rows.len(), 50, "the vector file has changed");
    rows
}

fn values(number: &str) -> Option<[u8; 11]> {
    let digits: [u8; 11] = number.as_bytes().try_into().ok()?;
    Some(digits.map(|digit| digit - b'0'))
}

fn policy(profile: Profile, new_rule: bool) -> IdPolicy {
    IdPolicy { profile, new_rule }
}

/// The profile that a row's number belongs to.
fn home(row: &Row) -> Profile {
    if row.offset.is_empty() { Profile::Production } else { Profile::Test }
}

#[test]
fn every_vector_is_judged_as_its_source_says() {
    for row in id_rows() {
        let got = NationalId::parse(row.number, &policy(home(&row), true));
        assert_eq!(got.is_ok(), row.valid, "line {}: {:?}", row.line, got.err());
    }
}

#[test]
fn without_the_new_rule_only_the_old_ones_hold() {
    for row in id_rows() {
        let got = NationalId::parse(row.number, &policy(home(&row), false));
        assert_eq!(got.is_ok(), row.valid && row.by_1964, "line {}: {:?}", row.line, got.err());
    }
}

#[test]
fn both_check_digit_rules_agree_with_the_columns() {
    for row in id_rows() {
        let Some(values) = values(row.number) else { continue };
        let got = (check_digit::holds_1964(&values), check_digit::holds_2032(&values));
        assert_eq!(got, (row.by_1964, row.by_2032), "line {}", row.line);
    }
}

#[test]
fn birth_dates_by_individual_number_agree_with_the_column() {
    for row in id_rows() {
        let Some(values) = values(row.number) else { continue };
        let got = birth_date_by_individual_number(&values).map(|date| date.to_string());
        let want = Some(row.birth_date).filter(|text| !text.is_empty() && *text != "baddate");
        assert_eq!(got.as_deref(), want, "line {}", row.line);
    }
}

#[test]
fn kinds_and_makers_agree_with_the_columns() {
    for row in id_rows().iter().filter(|row| row.valid) {
        let id = NationalId::parse(row.number, &policy(home(row), true)).expect("a valid row");
        let kind = match row.kind {
            "FNR" => IdKind::Fnr,
            "DNR" => IdKind::D,
            "FH" => IdKind::Fh,
            other => panic!("line {}: kind {other}", row.line),
        };
        let maker = match row.offset {
            "" => None,
            "+40" => Some(Synthetic::Nav40),
            "+65" => Some(Synthetic::Nhn65),
            "+80" => Some(Synthetic::Skatteetaten80),
            other => panic!("line {}: offset {other}", row.line),
        };
        assert_eq!((id.kind(), id.synthetic()), (kind, maker), "line {}", row.line);
    }
}

#[test]
fn each_profile_refuses_the_others_numbers() {
    for row in id_rows().iter().filter(|row| row.valid) {
        let [production, test] = [Profile::Production, Profile::Test].map(|profile| {
            NationalId::parse(row.number, &policy(profile, true)).map(|id| id.kind())
        });
        match (row.kind, row.offset) {
            ("FH", _) => assert_eq!((production, test), (Ok(IdKind::Fh), Ok(IdKind::Fh))),
            (_, "") => assert_eq!(test, Err(NationalIdError::RealInTest), "line {}", row.line),
            // The same shape as an H-number, which a production profile must take.
            ("FNR", "+40") => assert_eq!(production, Ok(IdKind::H), "line {}", row.line),
            ("DNR", "+40") => assert_eq!(production, Ok(IdKind::DH), "line {}", row.line),
            _ => {
                let want = Err(NationalIdError::SyntheticInProduction);
                assert_eq!(production, want, "line {}", row.line);
            }
        }
    }
}

#[test]
fn length_rows_say_so() {
    for row in id_rows().iter().filter(|row| row.kind == "invalid:length") {
        let got = NationalId::parse(row.number, &policy(Profile::Production, true));
        assert_eq!(got.map(drop), Err(NationalIdError::Length), "line {}", row.line);
    }
}

#[test]
fn the_scanner_finds_every_valid_vector_and_no_other() {
    for row in id_rows() {
        let mut scanner = Scanner::new(ScanPolicy::default());
        scanner.feed(b"<Bruker fid=\"");
        scanner.feed(row.number.as_bytes());
        scanner.feed(b"\"/>");
        let found = scanner.finish().count(Detector::NationalId);
        assert_eq!(found, u64::from(row.valid), "line {}", row.line);
    }
}

#[test]
fn duf_and_organisation_numbers_agree_with_the_column() {
    let mut seen = 0;
    for (at, text) in OTHER_VECTORS.lines().enumerate().skip(1) {
        let cells: Vec<&str> = text.splitn(4, ';').collect();
        let got = match cells[0] {
            "DUF" => Duf::parse(cells[1]).is_ok(),
            "ORGNR" => OrgNumber::parse(cells[1]).is_ok_and(|n| n.to_string() == cells[1]),
            other => panic!("line {}: type {other}", at + 1),
        };
        assert_eq!(got, cells[2] == "1", "line {}", at + 1);
        seen += 1;
    }
    assert_eq!(seen, 18, "the vector file has changed");
}

/// A synthetic number of Skatteetaten's kind for any day and series whose check digits exist,
/// computed the long way round: by trying all hundred endings against the written-out sums.
fn synthetic() -> impl Strategy<Value = String> {
    let parts = (1u32..=28, 1u32..=12, 0u32..100, 0u32..1000, any::<bool>());
    parts.prop_filter_map("one series in six has no check digits", |(day, month, year, n, d)| {
        let day = if d { day + 40 } else { day };
        let head = format!("{day:02}{:02}{year:02}{n:03}", month + 80);
        (0..100).map(|ending| format!("{head}{ending:02}")).find(|text| {
            let d: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
            let first = 3 * d[0] + 7 * d[1] + 6 * d[2] + d[3] + 8 * d[4] + 9 * d[5] + 4 * d[6];
            let first = first + 5 * d[7] + 2 * d[8] + d[9];
            let second = 5 * d[0] + 4 * d[1] + 3 * d[2] + 2 * d[3] + 7 * d[4] + 6 * d[5];
            let second = second + 5 * d[6] + 4 * d[7] + 3 * d[8] + 2 * d[9] + d[10];
            first.is_multiple_of(11) && second.is_multiple_of(11)
        })
    })
}

proptest! {
    #[test]
    fn a_parsed_numbers_digits_read_back(text in synthetic()) {
        for new_rule in [false, true] {
            let id = NationalId::parse(&text, &policy(Profile::Test, new_rule)).expect("sound");
            prop_assert_eq!(id.expose_text(), &text);
            prop_assert_eq!(&id.expose_digits()[..], text.as_bytes());
            let stated = id.possible_birth_dates().next().expect("a date");
            prop_assert!(id.birth_date_matches(stated));
            prop_assert!(id.birth_date().is_none_or(|date| id.birth_date_matches(date)));
        }
    }

    #[test]
    fn one_wrong_digit_never_passes_the_old_rule(text in synthetic(), at in 0usize..11, by in 1u8..10) {
        let mut digits = text.into_bytes();
        digits[at] = (digits[at] - b'0' + by) % 10 + b'0';
        let digits: [u8; 11] = digits.try_into().expect("eleven");
        prop_assert!(check(&digits, &policy(Profile::Production, false)).is_err());
        prop_assert!(check(&digits, &policy(Profile::Test, false)).is_err());
    }

    #[test]
    fn no_text_makes_the_parser_panic_or_speak(text in "\\PC{0,14}|[0-9]{9,12}") {
        let test = policy(Profile::Test, true);
        let production = policy(Profile::Production, true);
        for got in [NationalId::parse(&text, &test), NationalId::parse(&text, &production)] {
            match got {
                Ok(id) => prop_assert_eq!(format!("{id:?}"), "NationalId(…)"),
                Err(err) => prop_assert!(text.len() < 4 || !err.to_string().contains(&text)),
            }
        }
    }

    #[test]
    fn detector_and_parser_agree(digits in "[0-9]{11}") {
        let bytes: [u8; 11] = digits.as_bytes().try_into().expect("eleven");
        let parsed = [Profile::Production, Profile::Test]
            .map(|profile| NationalId::parse(&digits, &policy(profile, true)).is_ok());
        prop_assert_eq!(is_any_valid(&bytes), parsed[0] || parsed[1]);
    }
}

/// Random UUIDs hold a number by chance about once in 15,000; the same ones are looked at in every
/// run, so the bound cannot fail by luck.
#[test]
fn random_uuids_are_found_no_more_often_than_chance() {
    let mut strict = Scanner::new(ScanPolicy::default());
    let mut lenient = Scanner::new(ScanPolicy { uuids: Uuids::Pass });
    for n in 0u32..200_000 {
        let digest = filsluse::types::digest::Sha256::of(&n.to_be_bytes()).to_string();
        let hex = |from: usize, to: usize| &digest[from..to];
        let (head, middle, tail) = (hex(0, 8), hex(8, 12), hex(18, 30));
        let uuid = format!("id=\"{head}-{middle}-4{}-8{}-{tail}\"\n", hex(12, 15), hex(15, 18));
        strict.feed(uuid.as_bytes());
        lenient.feed(uuid.as_bytes());
    }
    let strict = strict.finish().count(Detector::NationalId);
    assert!((1..50).contains(&strict), "{strict} of 200,000, expected about 14");
    assert!(lenient.finish().is_clean());
}
