//! The generator of `examples/generate/`: the same order gives the same bytes, sizes are kept,
//! nobody in a document exists, and the list of defects says what is there.
//!
//! Needs `xmllint` (Debian: libxml2-utils) and `python3`.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod rules;

#[path = "../../examples/generate/generator/mod.rs"]
pub(crate) mod messages;

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use clap::ValueEnum;
use filsluse::types::{
    duf::Duf,
    national_id::{IdKind, IdPolicy, NationalId, Profile, Synthetic, check::is_any_valid},
    org_number::OrgNumber,
};

use messages::{
    Kind, Order,
    defects::{Defect, Ledger, Severity},
    document::{Encoding, civil, day_of},
    draw::Draw,
    generate, people,
};

const KINDS: [Kind; 2] = [Kind::KprEvent, Kind::IplosAnnual];

fn order(kind: Kind, bytes: u64) -> Order {
    Order {
        kind,
        bytes,
        seed: 7,
        year: if kind == Kind::KprEvent { 2024 } else { 2017 },
        municipality: "0301".to_owned(),
        defects: 0,
        sorts: Vec::new(),
        encoding: Encoding::Utf8,
        msghead: false,
    }
}

fn made(order: &Order) -> (Vec<u8>, Ledger) {
    let mut bytes = Vec::new();
    let ledger = generate(order, &mut bytes).unwrap();
    (bytes, ledger)
}

#[test]
fn the_same_order_gives_the_same_bytes_and_another_seed_others() {
    for kind in KINDS {
        let order = Order { defects: 9, sorts: Defect::usual(kind, 2024), ..order(kind, 700_000) };
        let (first, again) = (made(&order), made(&order));
        assert!(first == again, "{kind:?}");
        assert_ne!(first.0, made(&Order { seed: 8, ..order }).0, "{kind:?}");
    }
}

#[test]
fn sizes_are_kept_within_a_hundredth() {
    for kind in KINDS {
        for bytes in [4 << 10, 5_000, 16 << 10, 100_000, 1 << 20, 4 << 20] {
            for msghead in [false, true] {
                let (document, ledger) = made(&Order { msghead, ..order(kind, bytes) });
                let length = document.len() as u64;
                assert_eq!(length, ledger.bytes);
                let kept = length <= bytes && length >= bytes - bytes / 100;
                assert!(kept, "{kind:?} {bytes} {msghead}: {length}");
            }
        }
        assert!(generate(&order(kind, 300), &mut Vec::new()).is_err(), "{kind:?}");
    }
}

#[test]
fn nobody_in_a_document_exists() {
    let policy = IdPolicy { profile: Profile::Test, new_rule: false };
    for kind in KINDS {
        let (document, ledger) = made(&order(kind, 3 << 20));
        let text = String::from_utf8(document).unwrap();
        let types = attribute_values(&text, "typeID");
        let fids = attribute_values(&text, "fid");
        assert_eq!((types.len() as u64, fids.len()), (ledger.records, types.len()));
        for (id_type, fid) in types.iter().zip(&fids) {
            match *id_type {
                "1" | "2" | "3" => {
                    let id = NationalId::parse(fid, &policy).unwrap();
                    assert_eq!(id.synthetic(), Some(Synthetic::Skatteetaten80));
                    assert_eq!(id.kind() == IdKind::D, *id_type == "2");
                }
                "12" => {
                    assert!(NationalId::parse(fid, &policy).is_ok());
                    assert!(fid.starts_with(['8', '9']));
                }
                "10" => assert!(Duf::parse(fid).is_ok()),
                "9" => assert_eq!(fid.len(), 6),
                "4" => assert_eq!(fid.len(), 8),
                other => panic!("type {other}"),
            }
        }
        let seen: BTreeSet<_> = types.iter().copied().collect();
        assert_eq!(seen.len(), 7, "{kind:?} {seen:?}");
        assert_eq!(ledger.by_id_type.values().sum::<u64>(), ledger.records);
        // Not in any other place either: no eleven digits that hold have a month of 1 to 80.
        let others = text
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|run| <[u8; 11]>::try_from(run.as_bytes()).ok())
            .filter(|run| is_any_valid(run) && !matches!(run[2], b'8' | b'9'));
        assert_eq!(others.count(), 0, "{kind:?}");
        for number in attribute_values(&text, "tjenesteOrgNr") {
            assert!(OrgNumber::parse(number).is_ok());
        }
    }
}

#[test]
fn persons_agree_with_their_numbers() {
    let policy = IdPolicy { profile: Profile::Test, new_rule: false };
    let mut checked = 0;
    for index in 0..5000 {
        let person = people::Person::new(3, index, 2017);
        if !matches!(person.type_id, "1" | "2") {
            continue;
        }
        let fid = str::from_utf8(person.fid.bytes()).unwrap();
        let id = NationalId::parse(fid, &policy).unwrap();
        assert_eq!(id.birth_date().map(|date| i32::from(date.year())), Some(person.born));
        let woman = person.fid.bytes()[8].is_multiple_of(2);
        assert_eq!(person.sex, if woman { "2" } else { "1" });
        checked += 1;
    }
    assert!(checked > 4500);
}

#[test]
fn documents_are_well_formed_in_every_encoding_and_shell() {
    let directory = tempfile::tempdir().unwrap();
    for kind in KINDS {
        for encoding in Encoding::value_variants() {
            for msghead in [false, true] {
                let order = Order { encoding: *encoding, msghead, ..order(kind, 200_000) };
                let (document, _) = made(&order);
                assert_eq!(str::from_utf8(&document).is_ok(), *encoding != Encoding::Latin1);
                let path = directory.path().join("document.xml");
                fs::write(&path, document).unwrap();
                let told = Command::new("xmllint").arg("--noout").arg(&path).output().unwrap();
                assert!(told.status.success(), "{kind:?} {encoding:?} {msghead}");
                let decoded = Command::new("xmllint")
                    .args(["--encode", "UTF-8"])
                    .arg(&path)
                    .output()
                    .unwrap();
                let text = String::from_utf8(decoded.stdout).unwrap();
                assert!(text.contains("\"Ærlig Fagsystem på Ås AS\""));
                if kind == Kind::KprEvent {
                    let (agrees, words) = check_xpr(&path);
                    assert!(agrees, "{encoding:?} {msghead}: {words}");
                }
            }
        }
    }
}

/// What the published schema forbids is told, so that its silence on sound documents says
/// something.
#[test]
fn the_independent_checker_sees_what_is_planted() {
    let directory = tempfile::tempdir().unwrap();
    for defect in [
        Defect::BadDate,
        Defect::EventMissing,
        Defect::EventsTwo,
        Defect::MissingAttribute,
        Defect::MissingFid,
        Defect::UserMissing,
        Defect::UsersTwo,
        Defect::Version,
    ] {
        let order = Order { defects: 1, sorts: vec![defect], ..order(Kind::KprEvent, 30_000) };
        let (document, ledger) = made(&order);
        let path = directory.path().join("document.xml");
        fs::write(&path, document).unwrap();
        let (agrees, words) = check_xpr(&path);
        assert!(!agrees, "{defect:?}");
        // The line is near: a second event begins four lines behind its notification.
        let line: u64 = words.split(':').next().unwrap().parse().unwrap();
        assert!(line.abs_diff(ledger.planted[0].line) <= 4, "{defect:?} {words}");
    }
}

#[test]
fn the_list_of_defects_says_what_is_there() {
    for kind in KINDS {
        let all: Vec<_> = Defect::value_variants()
            .iter()
            .copied()
            .filter(|defect| defect.expected(kind).is_some())
            .collect();
        assert!(all.len() > 20);
        let order = Order {
            year: 2024,
            defects: 3 * all.len(),
            sorts: all.clone(),
            ..order(kind, 2 << 20)
        };
        let (document, ledger) = made(&order);
        let text = String::from_utf8(document).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let planted: BTreeSet<_> = ledger.planted.iter().map(|planted| planted.defect).collect();
        let contradicts = |defect: &Defect| {
            // Two that cannot stand in one document: the other municipality is the only one there.
            kind == Kind::KprEvent && *defect == Defect::MunicipalityTwo
        };
        for defect in all.iter().filter(|defect| !contradicts(defect)) {
            assert!(planted.contains(defect), "{kind:?} {defect:?}");
        }
        let mut records = BTreeSet::new();
        for planted in &ledger.planted {
            let name = planted.defect.name();
            let line = lines[usize::try_from(planted.line).unwrap() - 1];
            assert!(planted.record.is_none_or(|record| records.insert(record)), "{name}");
            let shows: Box<dyn Fn(&str) -> bool> = match planted.defect {
                Defect::StatusT => Box::new(|line| line.contains("statusNotifikasjon=\"T\"")),
                Defect::TypeId => Box::new(|line| line.contains("typeID=\"11\"")),
                Defect::UnknownService => Box::new(|line| line.contains("tjenesteType=\"999\"")),
                Defect::Score => Box::new(|line| line.contains("skar=\"7\"")),
                Defect::Sex => Box::new(|line| line.contains("kjonn=\"3\"")),
                Defect::MissingFid => Box::new(|line| !line.contains(" fid=")),
                Defect::MissingTypeId => Box::new(|line| !line.contains(" typeID=")),
                Defect::BadDate => Box::new(|line| line.contains("-02-30\"")),
                Defect::TextLong => Box::new(|line| line.len() > 200),
                Defect::UserNumberLong => Box::new(|line| line.contains(&"9x".repeat(51))),
                Defect::WrongMunicipality => Box::new(|line| line.contains("kommuneNr=\"1103\"")),
                _ => Box::new(|line| line.trim_start().starts_with('<')),
            };
            assert!(shows(line), "{name} is not on line {}", planted.line);
        }
        let struck = ledger
            .planted
            .iter()
            .filter(|planted| planted.defect.expected(kind).unwrap().severity == Severity::Record);
        assert_eq!(struck.count(), ledger.struck());
        let list: serde_json::Value = serde_json::from_str(&ledger.json(&order)).unwrap();
        assert_eq!(list["records"], ledger.records);
        assert_eq!(list["message-struck"], true);
        assert_eq!(list["defects"].as_array().unwrap().len(), ledger.planted.len());
        assert!(!ledger.json(&order).contains("fid\":\"0"));
    }
}

/// A sound event message is one unbroken chain whose references are to originals before them.
#[test]
fn sound_notifications_are_one_chain() {
    let (document, ledger) = made(&order(Kind::KprEvent, 2 << 20));
    let text = String::from_utf8(document).unwrap();
    let own = attribute_values(&text, "notifikasjonGUID");
    let previous = attribute_values(&text, "notifikasjonForrigeGUID");
    assert_eq!(own.len() as u64, ledger.records);
    assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len());
    assert_eq!(previous[0], "00000000-0000-0000-0000-000000000000");
    assert_eq!(previous[1..], own[..own.len() - 1]);
    let mut originals = BTreeSet::new();
    let mut corrections = 0;
    for line in text.lines().filter(|line| line.contains("<Notifikasjon ")) {
        let value = |name| attribute_values(line, name).first().copied();
        if value("statusNotifikasjon") == Some("N") {
            assert_eq!(value("notifikasjonRef"), None);
            originals.insert(value("notifikasjonGUID"));
        } else {
            assert!(originals.contains(&value("notifikasjonRef")));
            corrections += 1;
        }
    }
    assert!(corrections > 20);
}

#[test]
fn days_and_draws() {
    for (day, date) in [(0, (1970, 1, 1)), (-1, (1969, 12, 31)), (19_782, (2024, 2, 29))] {
        assert_eq!(civil(day), date);
        assert_eq!(day_of(date.0, date.1, date.2), day);
    }
    for day in -60_000..60_000 {
        let (year, month, date) = civil(day);
        assert_eq!(day_of(year, month, date), day);
    }
    let mut draw = Draw::new(1, 2);
    let drawn: BTreeSet<_> = (0..1000).map(|_| draw.between(-3, 3)).collect();
    assert_eq!(drawn, (-3..=3).collect());
}

/// The values of an attribute, in the order of the document.
fn attribute_values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    text.split(opening.as_str()).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

/// What an independent program says of a KPR event message.
fn check_xpr(path: &Path) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = Command::new("python3")
        .arg(root.join("tests/scripts/check_xpr.py"))
        .arg(root.join("tests/data/xpr_schema_table.csv"))
        .arg(path)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&told.stdout).into_owned();
    (told.status.success(), words + &String::from_utf8_lossy(&told.stderr))
}
