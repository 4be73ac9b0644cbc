//! Whole files through the daemon, byte by byte against an independent script: flushing in the
//! midst of a record, a struck record's remains, a character broken between two buffers all show
//! here.
//!
//! Some mebibytes by default. Files of more than 100 MB:
//! `FILSLUSE_KPR_BYTES=125829120 cargo nextest run --features fail-points -E 'test(kpr::whole)'`.
//! Needs `age` and `python3`.

use std::fs;

use filsluse::types::{ids::Part, verdict::Verdict};

use super::{
    super::generator::messages::Kind,
    city::{City, bytes, difference, object, planted},
};

#[test]
fn an_annual_submission_leaves_for_both_registries_as_the_script_says() {
    whole(Kind::IplosAnnual, 2017, &["iplos", "kpr"]);
}

#[test]
fn an_event_message_leaves_as_the_script_says() {
    whole(Kind::KprEvent, 2024, &["kpr"]);
}

fn whole(kind: Kind, year: i32, registries: &[&str]) {
    let city = City::new();
    // Enough for some of what is remembered to leave memory.
    let by_default = if kind == Kind::KprEvent { 12 << 20 } else { 6 << 20 };
    let planted = planted(&city, kind, year, bytes(by_default), 7);
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    // What is sent is taken away.
    let sent = city.beside("sent");
    fs::copy(&planted.file, &sent).unwrap();
    city.send(&sent, "message.xml");
    city.answered(&mut daemon, 1);

    let books = city.installation.books();
    let [row] = books.submissions.as_slice() else { panic!("one submission") };
    assert_eq!(row.verdict, Some(Verdict::Partly), "{:?}", row.findings);
    assert_eq!(row.records.rejected, planted.struck);
    assert_eq!(row.records.accepted + row.records.rejected, planted.ledger.records);
    assert!(planted.struck > 30, "{}", planted.struck);
    for registry in registries {
        let content = object(&books, row, registry, Part::Content);
        let ours = city.open(content, &city.identity(registry)).unwrap();
        let theirs = city.computed(registry, &planted.file, &planted.list);
        assert_eq!(difference(&ours, &theirs), None, "{registry}");
        let length = fs::metadata(&ours).unwrap().len();
        assert!(length > planted.ledger.bytes / 2, "{registry}: {length}");
        for file in [ours, theirs] {
            fs::remove_file(file).unwrap();
        }
    }
    assert!(daemon.stop().success());
}

#[test]
fn the_comparison_sees_a_single_byte() {
    let city = City::new();
    let [one, other] = ["one", "other"].map(|name| city.beside(name));
    let mut text = vec![b'a'; 3 << 20];
    fs::write(&one, &text).unwrap();
    fs::write(&other, &text).unwrap();
    assert_eq!(difference(&one, &other), None);
    fs::write(&other, &text[1..]).unwrap();
    assert!(difference(&one, &other).unwrap().contains("byte 3145727"));
    text[(2 << 20) + 5] = b'b';
    fs::write(&other, &text).unwrap();
    assert!(difference(&one, &other).unwrap().contains("byte 2097157"));
}
