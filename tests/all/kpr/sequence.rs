//! What one message knows of the ones before it: the sequence, repetitions, references.

use filsluse::{
    kinds::{Effect, Note, kpr::state::Change},
    types::{guid::Guid, verdict::Verdict},
};

use super::{
    bench::Bench,
    document::{Node, message},
};

/// Two halves of one delivery: the second goes on where the first ended.
fn halves() -> (Node, Node) {
    let whole = message(&["--count", "80"]);
    let (mut first, mut second) = (whole.clone(), whole);
    first.children.drain(40..80);
    second.children.drain(..40);
    (first, second)
}

#[test]
fn the_sequence_goes_on_across_files() {
    let (first, second) = halves();
    let mut bench = Bench::new();
    assert_eq!(bench.send(&first).found(), Vec::<String>::new());
    assert_eq!(bench.send(&second).found(), Vec::<String>::new());
    let chain = bench.book.chains.values().next().unwrap();
    assert_eq!(chain.last_number, 80);
    assert_eq!(bench.book.notifications.len(), 80);
}

#[test]
fn a_missing_delivery_shows() {
    let (mut first, second) = halves();
    first.children.drain(30..40);
    let mut bench = Bench::new();
    bench.send(&first);
    let outcome = bench.send(&second);
    assert_eq!(outcome.found(), ["KPR-06 W sequence-gap @1"]);
    let judgement = outcome.judgement.unwrap();
    assert_eq!(judgement.verdict, Verdict::Accepted);
    assert_eq!(judgement.notes, [Note::Gap { missing: 10 }]);
    assert_eq!(judgement.report.unwrap().quality().unwrap().missing, 10);
    let chain =
        |effect: &Effect| matches!(effect, Effect::Report(Change::Chain { missing: 10, .. }));
    assert!(judgement.effects.iter().any(chain));
}

#[test]
fn a_gap_within_a_file_shows_and_the_first_file_of_all_starts_at_nothing() {
    let mut whole = message(&["--count", "80"]);
    whole.children.remove(20);
    assert_eq!(Bench::new().judge(&whole).found(), ["KPR-06 W sequence-gap @21"]);
    let (_, second) = halves();
    assert_eq!(Bench::new().judge(&second).found(), ["KPR-06 W sequence-start @1"]);
    let mut back = message(&["--count", "80"]);
    back.nth("Notifikasjon", 40).set("notifikasjonLopeNr", "3");
    assert_eq!(Bench::new().judge(&back).found()[0], "KPR-06 W sequence-repeat @41");
    back.nth("Notifikasjon", 40).set("notifikasjonLopeNr", "førti");
    assert_eq!(Bench::new().judge(&back).found()[0], "KPR-06 W sequence-number @41");
}

#[test]
fn what_was_sent_before_is_dropped() {
    let (first, mut second) = halves();
    let mut bench = Bench::new();
    bench.send(&first);
    let again = first.children[3].clone();
    second.children.insert(0, again);
    let outcome = bench.judge(&second);
    assert_eq!(outcome.found(), ["KPR-06 W duplicate-same @1"]);
    assert_eq!(outcome.content("kpr").all("Notifikasjon").len(), 40);
    assert_eq!(outcome.records(), (41, 0));
    second.children[0].children[0].set("tjenesteID", "annet");
    let outcome = bench.judge(&second);
    assert_eq!(outcome.found()[0], "KPR-06 r duplicate-differs @1");
    assert_eq!(outcome.records(), (40, 1));
    // Known under an older key all the same.
    bench.registries = vec![super::bench::registry("kpr", &[1, 2])];
    second.children[0] = first.children[3].clone();
    assert_eq!(bench.judge(&second).found(), ["KPR-06 W duplicate-same @1"]);
    // A file that was read at the same time: it has left, and that is told.
    bench.looks = false;
    let outcome = bench.judge(&second);
    assert_eq!(outcome.content("kpr").all("Notifikasjon").len(), 41);
    assert!(outcome.found().contains(&"KPR-06 W duplicate-same".to_owned()));
}

/// Makes the n-th notification of the message correct that one.
fn correct(message: &mut Node, n: usize, status: &str, guid: &str) {
    let it = message.nth("Notifikasjon", n);
    it.set("statusNotifikasjon", status).set("notifikasjonRef", guid);
}

#[test]
fn corrections_name_what_was_sent() {
    let (first, mut second) = halves();
    let guid = |n: usize| first.children[n].get("notifikasjonGUID").unwrap().to_owned();
    correct(&mut second, 1, "M", &guid(0));
    correct(&mut second, 2, "C", &guid(1).to_uppercase());
    let own = second.children[5].get("notifikasjonGUID").unwrap().to_owned();
    correct(&mut second, 6, "M", &own);
    let mut bench = Bench::new();
    bench.send(&first);
    for looks in [true, false] {
        bench.looks = looks;
        let outcome = bench.judge(&second);
        let found = outcome.found();
        assert!(found.is_empty(), "{found:?}");
        let written = outcome.content("kpr");
        let statuses: Vec<_> = written
            .all("Notifikasjon")
            .iter()
            .filter_map(|n| n.get("notifikasjonRef").map(|_| n.get("statusNotifikasjon").unwrap()))
            .map(str::to_owned)
            .collect();
        assert_eq!(statuses.len(), 3, "looks: {looks}");
        assert_eq!(written.children.last().unwrap().name, "Kommune", "in the schema's order");
    }
    // A correction cannot be corrected, only the original.
    bench.looks = true;
    let correction = second.children[1].get("notifikasjonGUID").unwrap().to_owned();
    correct(&mut second, 10, "M", &correction);
    assert_eq!(bench.judge(&second).found(), ["KPR-06 r reference-unknown @11"]);
}

#[test]
fn one_that_is_held_back_and_struck_is_not_remembered() {
    let mut whole = message(&["--count", "40"]);
    correct(&mut whole, 4, "M", "0b5c7e0e-8a6f-4a55-9c7d-000000000001");
    let guid = whole.children[4].get("notifikasjonGUID").unwrap().as_bytes().to_owned();
    let mut bench = Bench::new();
    let outcome = bench.send(&whole);
    assert_eq!(outcome.records(), (39, 1));
    assert_eq!(outcome.content("kpr").all("Notifikasjon").len(), 39);
    assert_eq!(bench.book.notifications.len(), 39);
    assert!(!bench.book.notifications.contains_key(&Guid::parse(&guid).unwrap()));
}
