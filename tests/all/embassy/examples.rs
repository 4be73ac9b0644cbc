//! The files of `examples/`, sent in the order of their README: what it promises happens.

use std::{io::Read as _, path::Path};

use filsluse::{
    format::{
        csv::sniff::{self, Charset},
        text::as_bytes::TextRead,
        text::{Encoding, reader::Utf8Reader},
    },
    kinds::refused::Refused,
    types::verdict::Verdict,
};

use super::{
    bench::{Bench, helfo, mission},
    document::Document,
};

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn example(name: &str) -> Document {
    let bytes = std::fs::read(examples().join(name)).expect(name);
    match name.rsplit_once('.').unwrap().1 {
        "xlsx" => Document::Sheet(bytes),
        "xml" => Document::Xml(String::from_utf8(bytes).unwrap()),
        _ => {
            let encoding = match sniff::sniff(&bytes).charset {
                Charset::Utf8 => Encoding::Utf8,
                Charset::Windows1252 => Encoding::Windows1252,
                other => panic!("{name}: {other:?}"),
            };
            let reader = Utf8Reader::new(bytes.as_slice(), encoding, 1 << 20).unwrap();
            let mut text = String::new();
            TextRead::new(reader).read_to_string(&mut text).unwrap();
            Document::Text(text)
        }
    }
}

#[test]
fn each_does_what_the_readme_says() {
    let mut bench = Bench::new();
    let accepted = bench.send(&example("embassy-xex/enrolment-complete.xml"));
    assert_eq!((accepted.verdict(), accepted.records()), (Verdict::Accepted, (6, 0)));
    assert_eq!(accepted.found(), Vec::<String>::new());
    assert_eq!(accepted.changes().len(), 6);

    let partly = bench.send(&example("embassy-xex/enrolment-partly.xml"));
    assert_eq!((partly.verdict(), partly.records()), (Verdict::Partly, (1, 6)));
    let want = [
        "EMB-02 check-digit @2",
        "EMB-03 fnr @3",
        "EMB-05 own-consent @4",
        "EMB-06 expired @5",
        "EMB-07 municipality-date @6",
        "EMB-08 principal-unknown @7",
    ];
    assert_eq!(partly.found(), want);

    let changes = bench.send(&example("embassy-xex/innmelding-endringer.csv"));
    assert_eq!((changes.found(), changes.records()), (vec![], (3, 0)));
    let elements: Vec<_> = changes.persons().into_iter().map(|(name, _)| name).collect();
    assert_eq!(elements, ["Withdraw", "Enrol", "Change"]);
    assert_eq!(changes.persons()[1].1["family_name"], "Ærlighet");

    let held = bench.send(&example("embassy-xex/held.xml"));
    assert_eq!(held.verdict(), Verdict::Held);
    assert_eq!(held.found(), ["EMB-13 too-many-withdrawals"]);
    assert_eq!(bench.enrolled("XEX").len(), 6);

    let other = example("embassy-xex/wrong-mission.xml");
    assert_eq!(bench.refused(&other), ["EMB-01 mission-other"]);
    let Err(Refused::Document(cut)) = bench.read(&example("embassy-xex/truncated.xml")) else {
        panic!("a cut file was taken")
    };
    assert_eq!(cut.findings.as_slice()[0].rule.code, "IN-04");

    bench.sender = mission("embassy-xio", "XIO");
    let sheet = bench.send(&example("embassy-xio/innmelding.xlsx"));
    assert_eq!((sheet.found(), sheet.records()), (vec![], (2, 0)));
    assert_eq!(sheet.persons()[1].1["given_name"], "Åse");

    bench.sender = helfo();
    let application = bench.send(&example("helfo/application.xml"));
    assert_eq!((application.found(), bench.enrolled("XAR").len()), (vec![], 2));

    let departed = bench.send(&example("ud/departures.xml"));
    assert_eq!((departed.found(), departed.records()), (vec![], (1, 0)));
    assert_eq!(departed.changes().len(), 4, "the counsellor and three of the household");
    let departed = bench.send(&example("ud/departures.csv"));
    assert_eq!(departed.found(), ["EMB-12 not-enrolled-anywhere @2"]);
    assert_eq!((departed.records(), departed.changes().len()), ((1, 1), 2));
}

/// Nobody edits numbers by hand.
#[test]
fn make_py_makes_them() {
    let check = std::process::Command::new("python3")
        .arg(examples().join("make.py"))
        .arg("--check")
        .output()
        .expect("python3");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

/// Month + 80 throughout, so that no number can be anybody's.
#[test]
fn everybody_is_made_up() {
    let mut seen = 0;
    for sender in std::fs::read_dir(examples()).unwrap() {
        let sender = sender.unwrap().path();
        if sender.ends_with(GENERATOR) {
            continue;
        }
        let Ok(files) = std::fs::read_dir(&sender) else { continue };
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            for run in bytes.split(|b| !b.is_ascii_digit()).filter(|run| run.len() == 11) {
                seen += 1;
                assert!(matches!(run[2..4], [b'8', b'1'..=b'9'] | [b'9', b'0'..=b'2']));
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

/// The README names each file, and no other.
#[test]
fn the_readme_is_complete() {
    let readme = std::fs::read_to_string(examples().join("README.md")).unwrap();
    let mut named: Vec<_> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    // The generator's page has a table of its own options.
    named.retain(|name| name.contains('/'));
    let mut there = Vec::new();
    for sender in std::fs::read_dir(examples()).unwrap().map(Result::unwrap) {
        let Ok(files) = std::fs::read_dir(sender.path()) else { continue };
        let sender = sender.file_name().into_string().unwrap();
        if sender == GENERATOR {
            continue;
        }
        there.extend(
            files.map(|file| {
                format!("{sender}/{}", file.unwrap().file_name().into_string().unwrap())
            }),
        );
    }
    named.sort_unstable();
    there.sort_unstable();
    assert_eq!(named, there);
}

/// A program, not files of a sender.
const GENERATOR: &str = "generate";
