//! Somebody's number in a GUID: another GUID leaves in its place, the same in every place, and
//! nothing is refused for what a random GUID may hold by chance. The record's own person's number
//! strikes it.

use filsluse::types::{ids::Part, verdict::Verdict};

use super::{
    bench::{Bench, registry},
    document::{Node, annual, message},
};

fn notification(root: &mut Node, n: usize) -> &mut Node {
    root.nth("Notifikasjon", n)
}

fn event(root: &mut Node, n: usize) -> &mut Node {
    &mut notification(root, n).children[0]
}

fn user(root: &mut Node, n: usize) -> &mut Node {
    event(root, n).nth("Bruker", 0)
}

// All numbers are synthetic: the month is raised by 80.
const HELD: &str = "03851598-730b-4c1e-9f3a-5ad0cafe1234";

#[test]
fn a_number_in_a_guid_leaves_as_another_guid_everywhere_alike() {
    let mut root = message(&["--count", "8"]);
    for held in [
        HELD,
        "0b5c7e0e-8a6f-4a55-9c7d-a03851598730",
        "0b5c7e0e-8a6f-4a55-9c7d-903851598730",
        "{0B5C7E0E-8A6F-4A55-9C03-851598730ABC}",
        "00000000-0000-0000-0000-a03851598730",
    ] {
        notification(&mut root, 2).set("notifikasjonGUID", held);
        notification(&mut root, 3).set("notifikasjonForrigeGUID", held);
        notification(&mut root, 4).set("statusNotifikasjon", "M").set("notifikasjonRef", held);
        event(&mut root, 5).set("hendelseGUID", held);
        event(&mut root, 6).set("tjenesteID", held);
        let mut both = Bench::new();
        both.registries.push(registry("other", &[1]));
        let outcome = both.judge(&root);
        assert_eq!(outcome.verdict(), Verdict::Accepted, "{:?}", outcome.found());
        assert_eq!(outcome.found(), Vec::<String>::new());
        let left = |id: &str| {
            let mut content = outcome.content(id);
            let left = [
                notification(&mut content, 2).get("notifikasjonGUID").unwrap().to_owned(),
                notification(&mut content, 3).get("notifikasjonForrigeGUID").unwrap().to_owned(),
                notification(&mut content, 4).get("notifikasjonRef").unwrap().to_owned(),
                event(&mut content, 5).get("hendelseGUID").unwrap().to_owned(),
                event(&mut content, 6).get("tjenesteID").unwrap().to_owned(),
            ];
            assert!(left.iter().all(|guid| *guid == left[0]), "{left:?}");
            left[0].clone()
        };
        assert_eq!(left("kpr").as_bytes()[14], b'8', "of version 8");
        assert_ne!(left("kpr"), left("other"));
        let digits = "0385";
        assert!(!left("kpr").starts_with(digits) && !left("other").starts_with(digits));
    }
}

#[test]
fn a_reference_holds_across_a_rotation_of_the_keys() {
    let mut root = message(&["--count", "3"]);
    notification(&mut root, 1).set("notifikasjonGUID", HELD);
    notification(&mut root, 2).set("notifikasjonForrigeGUID", HELD);
    let guids = |epochs: &[u32]| {
        let mut bench = Bench::new();
        bench.registries = vec![registry("kpr", epochs)];
        let mut content = bench.judge(&root).content("kpr");
        let own = notification(&mut content, 1).get("notifikasjonGUID").unwrap().to_owned();
        assert_eq!(notification(&mut content, 2).get("notifikasjonForrigeGUID"), Some(&*own));
        own
    };
    assert_eq!(guids(&[1]), guids(&[1, 2, 3]));
}

#[test]
fn the_persons_own_number_in_a_guid_strikes_the_record_and_leaves_nowhere() {
    for guid in [
        "0b5c7e0e-8a6f-4a55-9c7d-a03851598730",
        "03851598-730b-4c1e-9f3a-5ad0cafe1234",
        "0b5c7e0e-8a6f-4a03-8515-98730abcdef0",
    ] {
        let mut root = message(&["--count", "40"]);
        user(&mut root, 2).set("fid", "03851598730").set("typeID", "1");
        notification(&mut root, 2).set("notifikasjonGUID", guid);
        notification(&mut root, 3).set("notifikasjonForrigeGUID", guid);
        let outcome = Bench::new().judge(&root);
        assert_eq!(outcome.found(), ["KPR-04 r identity-inside-key @3"], "{guid}");
        let text = outcome.text("kpr", Part::Content);
        assert!(!text.contains(guid), "{guid}");
    }
}

/// Blanks between its groups, or a GUID's hyphens: as a national identity number in groups is.
#[test]
fn the_persons_own_duf_number_is_found_in_groups() {
    let duf = "201768370104";
    for value in ["sak 2017 68370104", "201768370104", "2017-6837-0104", "2 0 1 7 6 8 3 7 0 1 0 4"]
    {
        let mut root = message(&["--count", "40"]);
        user(&mut root, 0).set("fid", duf).set("typeID", "10");
        event(&mut root, 0).set("tjenesteID", value);
        assert_eq!(
            Bench::new().judge(&root).found(),
            ["KPR-04 r identity-inside-key @1"],
            "{value}"
        );
    }
    let mut root = message(&["--count", "40"]);
    user(&mut root, 0).set("fid", duf).set("typeID", "10");
    event(&mut root, 0).set("hendelseGUID", "20176837-0104-4c1e-9f3a-5ad0cafe1234");
    assert_eq!(Bench::new().judge(&root).found(), ["KPR-04 r identity-inside-key @1"]);
    let mut root = annual(2018, "0301");
    let person = root.nth("Bruker", 0);
    person.set("fid", duf).set("typeID", "10");
    person.nth("Tjeneste", 0).set("tjenesteID", "sak 2017 68370104");
    let found = Bench::new().judge(&root).found();
    assert!(found.contains(&"KPR-04 r identity-inside-key @1".to_owned()), "{found:?}");
}

#[test]
fn a_notification_is_not_named_by_zeros_or_blanks() {
    let mut root = message(&["--count", "40"]);
    notification(&mut root, 7).set("notifikasjonGUID", "00000000-0000-0000-0000-000000000000");
    let outcome = Bench::new().judge(&root);
    assert_eq!(outcome.found()[0], "KPR-06 r guid-zero @8");
    assert_eq!(outcome.records(), (39, 1));

    for (name, blank) in [("notifikasjonGUID", " "), ("fid", "  "), ("typeID", "\u{a0}")] {
        let found = |value: &str| {
            let mut root = message(&["--count", "40"]);
            let place = if name == "notifikasjonGUID" {
                notification(&mut root, 7)
            } else {
                user(&mut root, 7)
            };
            place.set(name, value);
            let outcome = Bench::new().judge(&root);
            assert_eq!(outcome.verdict(), Verdict::Rejected, "{name} {value:?}");
            outcome.found()
        };
        assert_eq!(found(blank), found(""), "{name}");
    }
    for name in ["versjon", "leverandor", "meldingstype"] {
        let found = |value: &str| {
            let mut root = message(&[]);
            root.set(name, value);
            Bench::new().judge(&root).found()
        };
        assert_eq!(found("  "), found(""), "{name}");
    }
}
