//! What one message knows of the ones before it: the sequence, repetitions, references.

use filsluse::{
    kinds::{
        judgement::{Effect, Note},
        kpr::state::Change,
    },
    types::{guid::Guid, municipality::MunicipalityNumber, verdict::Verdict},
};

use super::{
    bench::{Bench, Outcome},
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
    let chain = bench.history.reports.chains.values().next().unwrap();
    assert_eq!(chain.last_number, 80);
    assert_eq!(bench.history.reports.notifications.len(), 80);
}

#[test]
fn the_sequence_goes_on_under_another_number_of_the_municipality() {
    let whole =
        |number| message(&["--count", "80", "--municipality", number, "--day", "2023-11-01"]);
    let number = |text| MunicipalityNumber::parse(text).ok();
    let (mut first, mut second) = (whole("3001"), whole("3101"));
    first.children.drain(40..80);
    second.children.drain(..40);
    for n in 0..40 {
        second.nth("Notifikasjon", n).children[0].set("hendelseDato", "2024-01-02");
    }
    let mut bench = Bench::new();
    bench.sender.municipality = number("3001");
    assert_eq!(bench.send(&first).found(), Vec::<String>::new());
    bench.sender.municipality = number("3101");
    // It went on: the last one of before is named by the first one of now.
    let last = first.children[39].get("notifikasjonGUID").unwrap().to_owned();
    second.nth("Notifikasjon", 0).set("notifikasjonForrigeGUID", &last);
    assert_eq!(bench.judge(&second).found(), Vec::<String>::new());
    let other = "0011a2b3-c4d5-46f7-8809-0a0b0c0d0eff";
    second.nth("Notifikasjon", 0).set("notifikasjonForrigeGUID", other);
    assert_eq!(bench.judge(&second).found(), ["KPR-06 W sequence-start @1"]);
}

/// The attribute of each finding.
fn fields(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings().as_slice().iter();
    findings.filter_map(|finding| finding.field.as_deref().map(str::to_owned)).collect()
}

#[test]
fn a_missing_delivery_shows() {
    let (mut first, second) = halves();
    first.children.drain(30..40);
    let mut bench = Bench::new();
    bench.send(&first);
    let outcome = bench.send(&second);
    assert_eq!(outcome.found(), ["KPR-06 W sequence-gap @1"]);
    assert_eq!(fields(&outcome), ["notifikasjonForrigeGUID"]);
    let judgement = outcome.judgement.unwrap();
    assert_eq!(judgement.verdict, Verdict::Accepted);
    assert_eq!(judgement.notes, [Note::Gap { missing: 10 }]);
    assert_eq!(judgement.report.unwrap().quality().unwrap().missing, 10);
    let gap = |effect: &Effect| matches!(effect, Effect::Report(Change::Gap { missing: 10, .. }));
    assert!(judgement.effects.iter().any(gap));
}

#[test]
fn a_gap_within_a_file_shows_and_the_first_file_of_all_starts_at_nothing() {
    let mut whole = message(&["--count", "80"]);
    whole.children.remove(20);
    let gap = Bench::new().judge(&whole);
    assert_eq!(gap.found(), ["KPR-06 W sequence-gap @21"]);
    let (_, second) = halves();
    let start = Bench::new().judge(&second);
    assert_eq!(start.found(), ["KPR-06 W sequence-start @1"]);
    assert_eq!([&gap, &start].map(fields), [["notifikasjonForrigeGUID"]; 2]);
    let mut back = message(&["--count", "80"]);
    back.nth("Notifikasjon", 40).set("notifikasjonLopeNr", "3");
    assert_eq!(Bench::new().judge(&back).found()[0], "KPR-06 W sequence-repeat @41");
    assert_eq!(fields(&Bench::new().judge(&back))[0], "notifikasjonLopeNr");
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
    assert!(outcome.found().contains(&"KPR-06 W duplicate-at-once".to_owned()));
}

/// The order of attributes is no content, in XML.
#[test]
fn a_repetition_is_one_in_whatever_order_its_attributes_stand() {
    fn turn(node: &mut Node) {
        node.attributes.reverse();
        node.children.iter_mut().for_each(turn);
    }
    let (first, second) = halves();
    let mut turned = first.children[3].clone();
    turn(&mut turned);
    for (sent, again) in
        [(first.children[3].clone(), turned.clone()), (turned, first.children[3].clone())]
    {
        let (mut first, mut second) = (first.clone(), second.clone());
        first.children[3] = sent;
        second.children.insert(0, again.clone());
        let mut bench = Bench::new();
        bench.send(&first);
        assert_eq!(bench.judge(&second).found(), ["KPR-06 W duplicate-same @1"]);
        second.children[0].children[0].set("tjenesteID", "annet");
        assert_eq!(bench.judge(&second).found()[0], "KPR-06 r duplicate-differs @1");
        // In one file as well.
        first.children.insert(4, again);
        assert_eq!(Bench::new().judge(&first).found(), ["KPR-06 W duplicate-same @5"]);
    }
}

/// What was lost comes within a delivery that repeats all that was sent.
#[test]
fn a_repetition_has_its_place_in_the_sequence() {
    let whole = message(&["--count", "80"]);
    let mut lost = whole.clone();
    lost.children.drain(70..80);
    lost.children.drain(30..40);
    let mut bench = Bench::new();
    let found = bench.send(&lost).found();
    assert_eq!(found, ["KPR-06 W sequence-gap @31"]);
    let outcome = bench.send(&whole);
    let mut found = outcome.found();
    found.retain(|finding| !finding.contains("duplicate-same"));
    assert_eq!(found, ["KPR-06 W sequence-repeat @31"]);
    assert_eq!(outcome.judgement.unwrap().notes, []);
    assert_eq!(bench.history.reports.chains.values().next().unwrap().last_number, 80);
}

/// Two late deliveries are read side by side: neither moves the sequence, and what both have left
/// twice.
#[test]
fn what_left_twice_is_told_though_the_sequence_stands() {
    let whole = message(&["--count", "80"]);
    let part = |keep: std::ops::Range<usize>| {
        let mut part = whole.clone();
        let tail = part.children.split_off(80);
        part.children = part.children[keep].to_vec();
        part.children.extend(tail);
        part
    };
    let mut bench = Bench::new();
    bench.send(&part(0..20));
    bench.send(&part(60..80));
    let mut meanwhile = bench.history.clone();
    meanwhile.apply(bench.judge(&part(20..40)).effects());
    assert_eq!(meanwhile.reports.chains, bench.history.reports.chains);
    bench.meanwhile = Some(meanwhile);
    let found = bench.judge(&part(39..60)).found();
    let at_once = found.iter().filter(|finding| finding.contains("duplicate-at-once")).count();
    assert_eq!(at_once, 1, "{found:?}");
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
fn a_number_that_nothing_can_hold_is_none() {
    let (mut first, _) = halves();
    first.nth("Notifikasjon", 39).set("notifikasjonLopeNr", "18446744073709551615");
    let mut bench = Bench::new();
    let found = bench.send(&first).found();
    assert_eq!(found, ["KPR-06 W sequence-number @40"]);
    assert_eq!(bench.history.reports.chains.values().next().unwrap().last_number, 39);
}

/// Two originals that tell of one event are told; corrections tell of theirs again.
#[test]
fn an_event_has_a_guid_of_its_own() {
    let (first, mut second) = halves();
    let event = |node: &Node| node.children[0].get("hendelseGUID").unwrap().to_owned();
    let told = event(&second.children[3]);
    for (n, status) in [(6, "N"), (9, "N"), (12, "M"), (15, "C")] {
        if status != "N" {
            let guid = second.children[3].get("notifikasjonGUID").unwrap().to_owned();
            correct(&mut second, n, status, &guid);
        }
        second.children[n].children[0].set("hendelseGUID", &told.to_uppercase());
    }
    let mut bench = Bench::new();
    bench.send(&first);
    let outcome = bench.judge(&second);
    assert_eq!(outcome.found(), ["KPR-06 W event-twice @7", "KPR-06 W event-twice @10"]);
    assert_eq!(outcome.records(), (40, 0));
    // Of two, one of which is struck, none is told.
    second.children[6].children[0].set("tjenesteType", "999");
    second.children[9].children[0].set("tjenesteType", "999");
    bench.settings.max_rejected_basis_points = 10_000;
    let found = bench.judge(&second).found();
    assert_eq!(found, ["KPR-06 r service-type @7", "KPR-06 r service-type @10"]);
}

/// So many that they do not stay in memory.
#[test]
fn a_message_of_any_length_is_remembered() {
    let mut template = message(&["--count", "1"]);
    let one = template.children.remove(0);
    let count = 20_000;
    let guid = |n: u64| {
        let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!("{:08x}-{:04x}-4000-8000-0000{n:08x}", mixed >> 32, mixed & 0xFFFF)
    };
    let records = (1..=count).map(|n| {
        let mut it = one.clone();
        it.set("notifikasjonLopeNr", &n.to_string()).set("notifikasjonGUID", &guid(n));
        let previous =
            if n == 1 { "00000000-0000-0000-0000-000000000000".into() } else { guid(n - 1) };
        it.set("notifikasjonForrigeGUID", &previous);
        it.children[0].set("hendelseGUID", &guid(n).replace("-4000-", "-4001-"));
        it
    });
    let tail = std::mem::take(&mut template.children);
    template.children = records.chain(tail).collect();
    // A repetition of one that was written out, one of another content, and a correction.
    let at = |n: u64| usize::try_from(n).unwrap();
    let mut again = template.children[40].clone();
    template.children.insert(at(count), again.clone());
    again.children[0].set("tjenesteID", "annet");
    template.children.insert(at(count), again);
    let mut correction = template.children[10_000].clone();
    correction.set("statusNotifikasjon", "M").set("notifikasjonRef", &guid(77));
    correction.set("notifikasjonGUID", &guid(count + 1)).set("notifikasjonLopeNr", "20001");
    correction.set("notifikasjonForrigeGUID", &guid(count));
    template.children.insert(at(count), correction);

    let mut bench = Bench::new();
    let outcome = bench.send(&template);
    let mut found = outcome.found();
    found.retain(|finding| !finding.contains("sequence-repeat"));
    assert_eq!(found, ["KPR-06 r duplicate-differs @20002", "KPR-06 W duplicate-same @20003"]);
    assert_eq!(outcome.records(), (count + 2, 1));
    assert_eq!(bench.history.reports.notifications.len() as u64, count + 1);
    assert!(
        bench
            .history
            .reports
            .notifications
            .contains_key(&Guid::parse(guid(77).as_bytes()).unwrap())
    );
    assert_eq!(outcome.content("kpr").all("Notifikasjon").len() as u64, count + 1);
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
    assert_eq!(bench.history.reports.notifications.len(), 39);
    assert!(!bench.history.reports.notifications.contains_key(&Guid::parse(&guid).unwrap()));
}
