//! Every rule of the annual profile: the submission holds all of them, and each case breaks one.

use filsluse::{
    kinds::{judgement::Note, kpr::state::Linked as RegistryLinked},
    types::{
        finding::Place,
        ids::Part,
        verdict::Verdict::{self, Accepted, Partly, Rejected},
    },
};
use jiff::civil::date;

use super::{
    bench::{Bench, Outcome, registry},
    document::{Node, annual},
};

type Edit = fn(&mut Node);

fn part<'n>(root: &'n mut Node, name: &str) -> &'n mut Node {
    root.nth("Bruker", 2).nth(name, 0)
}

#[test]
fn each_rule_holds_and_breaks() {
    let cases: &[(&str, Edit, &[&str], Verdict)] = &[
        ("as it is", |_| {}, &[], Accepted),
        (
            "version",
            |r| {
                r.set("versjon", "2");
            },
            &["KPR-05 R version"],
            Rejected,
        ),
        (
            "another municipality",
            |r| {
                r.set("kommuneNr", "1103");
            },
            &["KPR-02 R municipality-other"],
            Rejected,
        ),
        (
            "next year",
            |r| {
                r.set("rapporteringsAar", "2019");
            },
            &["KPR-03 R year-not-routed"],
            Rejected,
        ),
        (
            "no year",
            |r| {
                r.unset("rapporteringsAar");
            },
            &["KPR-05 R attribute-missing"],
            Rejected,
        ),
        (
            "no date of extraction",
            |r| {
                r.set("uttakDato", "igår");
            },
            &["KPR-06 R date"],
            Rejected,
        ),
        (
            "komplett",
            |r| {
                r.set("komplett", "ja");
            },
            &["KPR-06 R boolean"],
            Rejected,
        ),
        (
            "count",
            |r| {
                r.set("antallBrukere", "26");
            },
            &["KPR-05 R count-differs"],
            Rejected,
        ),
        (
            "no count",
            |r| {
                r.unset("antallBrukere");
            },
            &[],
            Accepted,
        ),
        (
            "nobody",
            |r| {
                r.children.clear();
                r.set("antallBrukere", "0");
            },
            &["KPR-05 R users-none"],
            Rejected,
        ),
        (
            "unknown element",
            |r| r.children.push(Node::new("Annet", &[])),
            &["KPR-05 R element-unknown"],
            Rejected,
        ),
        (
            "unknown part",
            |r| r.children[0].children.push(Node::new("Annet", &[])),
            &["KPR-05 R element-unknown @1"],
            Rejected,
        ),
        (
            "fid missing",
            |r| {
                r.nth("Bruker", 2).unset("fid");
            },
            &["KPR-04 R id-missing @3"],
            Rejected,
        ),
        (
            "check digit",
            |r| {
                r.nth("Bruker", 2).set("typeID", "1").set("fid", "03851598731");
            },
            &["KPR-04 r check-digit @3"],
            Partly,
        ),
        (
            "sex",
            |r| {
                r.nth("Bruker", 2).set("kjonn", "M");
            },
            &["KPR-06 r sex @3"],
            Partly,
        ),
        (
            "born later",
            |r| {
                r.nth("Bruker", 2).set("fodselsar", "2018");
            },
            &["KPR-06 r year @3"],
            Partly,
        ),
        (
            "home that is no more",
            |r| {
                r.nth("Bruker", 2).set("komNrHjem", "0720");
            },
            &["KPR-06 r home-municipality @3"],
            Partly,
        ),
        (
            "home elsewhere",
            |r| {
                r.nth("Bruker", 2).set("komNrHjem", "1103");
            },
            &[],
            Accepted,
        ),
        (
            "district",
            |r| {
                r.nth("Bruker", 2).set("bydel", "1");
            },
            &["KPR-06 W district @3"],
            Accepted,
        ),
        (
            "service type",
            |r| {
                part(r, "Tjeneste").set("tjenesteType", "999");
            },
            &["KPR-06 r service-type @3"],
            Partly,
        ),
        (
            "service type 6, in use then",
            |r| {
                part(r, "Tjeneste").set("tjenesteType", "6");
            },
            &[],
            Accepted,
        ),
        (
            "ends before it starts",
            |r| {
                part(r, "Tjeneste").set("sluttDato", "2017-01-31");
            },
            &["KPR-06 r date-order @3"],
            Partly,
        ),
        (
            "ended before",
            |r| {
                part(r, "Tjeneste").set("startDato", "2015-01-31").set("sluttDato", "2016-12-31");
            },
            &["KPR-06 r outside-year @3"],
            Partly,
        ),
        (
            "starts after",
            |r| {
                part(r, "Tjeneste").set("startDato", "2018-01-01").unset("sluttDato");
            },
            &["KPR-06 r outside-year @3"],
            Partly,
        ),
        (
            "goes on",
            |r| {
                part(r, "Tjeneste").set("startDato", "2012-05-01").unset("sluttDato");
            },
            &[],
            Accepted,
        ),
        (
            "hours",
            |r| {
                part(r, "Tjeneste").set("timerPerUke", "169");
            },
            &["KPR-06 r hours @3"],
            Partly,
        ),
        (
            "provider",
            |r| {
                part(r, "Tjeneste").set("tjenesteOrgNr", "123");
            },
            &["KPR-06 W org-number-dropped @3"],
            Accepted,
        ),
        (
            "score",
            |r| {
                part(r, "Funksjon").set("skar", "6");
            },
            &["KPR-06 r score @3"],
            Partly,
        ),
        (
            "assessed after",
            |r| {
                part(r, "Funksjon").set("vurdertDato", "2018-01-01");
            },
            &["KPR-06 r outside-year @3"],
            Partly,
        ),
        (
            "assessed before",
            |r| {
                part(r, "Funksjon").set("vurdertDato", "2014-01-01");
            },
            &[],
            Accepted,
        ),
        (
            "refused before",
            |r| {
                part(r, "Avslag").set("vedtakDato", "2016-12-31");
            },
            &["KPR-06 r outside-year @3"],
            Partly,
        ),
        (
            "refused what is no service",
            |r| {
                part(r, "Avslag").set("tjenesteType", "0");
            },
            &["KPR-06 r service-type @3"],
            Partly,
        ),
    ];
    let bench = Bench::both();
    let whole = annual(2017, "0301");
    for (name, edit, want, verdict) in cases {
        let mut root = whole.clone();
        edit(&mut root);
        let outcome = bench.judge(&root);
        assert_eq!(outcome.found(), *want, "case: {name}");
        assert_eq!(outcome.verdict(), *verdict, "case: {name}");
    }
}

/// KPR-02: its own number, those that went over into it, and what it went over into as a whole
/// where nobody else has that number. Whether the number was in use in the year is another
/// question.
#[test]
fn a_sender_reports_for_its_own_municipality_under_all_its_numbers() {
    let cases: &[(&str, &str, i16, &[&str], bool)] = &[
        ("0710", "0710", 2018, &[], true),
        ("3907", "0710", 2018, &[], true),
        ("3907", "3804", 2021, &[], true),
        ("3907", "0719", 2016, &[], true),
        // One on a number that has ended: what that number took over is its own all the same.
        ("3804", "0710", 2017, &[], true),
        ("3804", "0719", 2016, &[], true),
        ("3804", "0720", 2016, &[], true),
        ("3001", "0101", 2018, &[], true),
        ("5406", "2004", 2018, &[], true),
        // What it went over into as a whole, as long as nobody has that number.
        ("0710", "3804", 2021, &[], true),
        ("0710", "3907", 2024, &["3804"], true),
        ("0710", "3907", 2024, &["3907"], false),
        ("3804", "0710", 2018, &["0710"], true),
        // After a split nobody is the other.
        ("5012", "5056", 2020, &[], false),
        ("5012", "5055", 2020, &[], false),
        ("5012", "5012", 2019, &[], true),
        ("5055", "5012", 2019, &[], true),
        ("5055", "5056", 2020, &[], false),
        ("1507", "1508", 2024, &[], false),
        ("0704", "3907", 2024, &[], false),
    ];
    let mut bench = Bench::both();
    for (own, number, year, others, is_own) in cases {
        bench.sender.municipality = own.parse_number();
        bench.settings.others = others.iter().filter_map(|other| other.parse_number()).collect();
        let found = bench.judge(&annual(*year, number)).found();
        let is_foreign = found == ["KPR-02 R municipality-other"];
        assert_eq!(!is_foreign, *is_own, "{own} for {number} of {year}: {found:?}");
        let is_outdated = found.iter().any(|found| found.contains("municipality-year"));
        assert!(!is_outdated, "{own} for {number} of {year}: {found:?}");
    }
}

#[test]
fn the_number_of_its_year_counts_though_the_file_comes_later() {
    let mut bench = Bench::both();
    bench.sender.municipality = "5001".parse_number();
    assert_eq!(bench.judge(&annual(2017, "1601")).verdict(), Accepted);
    assert_eq!(bench.judge(&annual(2017, "5001")).found(), ["KPR-02 R municipality-year"]);
}

#[test]
fn one_file_that_is_not_complete_serves_them_as_far_as_it_goes() {
    for komplett in [Some("false"), None] {
        let mut root = annual(2017, "0301");
        match komplett {
            Some(word) => root.set("komplett", word),
            None => root.unset("komplett"),
        };
        let outcome = Bench::both().send(&root);
        let notes = &outcome.judgement.as_ref().unwrap().notes;
        let complete = komplett.map(|_| false);
        assert_eq!(*notes, [Note::BothDuties { complete, struck: false }], "{komplett:?}");
    }
    // Of another year, it goes to one registry.
    for (komplett, notes) in [("false", &[Note::PartOfYear][..]), ("true", &[])] {
        let mut root = annual(2018, "0301");
        root.set("komplett", komplett);
        assert_eq!(Bench::new().send(&root).judgement.unwrap().notes, notes, "{komplett}");
    }
}

#[test]
fn one_file_serves_two_duties_in_2017() {
    let mut bench = Bench::both();
    let outcome = bench.send(&annual(2017, "0301"));
    let duties = |struck| [Note::BothDuties { complete: Some(true), struck }];
    assert_eq!(outcome.judgement.as_ref().unwrap().notes, duties(false));
    let mut partly = annual(2017, "0301");
    partly.nth("Bruker", 2).set("kjonn", "M");
    assert_eq!(bench.judge(&partly).judgement.unwrap().notes[..1], duties(true));
    let fids = |registry: &str| -> Vec<String> {
        let content = outcome.content(registry);
        content.all("Bruker").iter().map(|b| b.get("fid").unwrap().to_owned()).collect()
    };
    let (iplos, kpr) = (fids("iplos"), fids("kpr"));
    assert_eq!((iplos.len(), kpr.len()), (25, 25));
    assert!(iplos.iter().all(|fid| fid.starts_with("k3.") && !kpr.contains(fid)));
    assert!(kpr.iter().all(|fid| fid.starts_with("k1.")));
    assert_eq!(bench.history.reports.persons.len(), 2);
}

#[test]
fn a_person_who_stands_in_it_twice_is_taken_and_told() {
    let mut root = annual(2017, "0301");
    let mut again = root.children[3].clone();
    again.set("brukerNr", "U-annet");
    root.children.push(again);
    let bystander = root.children[7].clone();
    root.children.insert(9, bystander);
    root.set("antallBrukere", "27");
    let outcome = Bench::both().judge(&root);
    assert_eq!(outcome.found(), ["KPR-06 W person-twice @10", "KPR-06 W person-twice @27"]);
    let lines: Vec<_> = outcome.findings().as_slice().iter().map(|finding| finding.place).collect();
    let line_of = |n: usize| {
        let text = root.write();
        let at = text.match_indices("<Bruker").nth(n).unwrap().0;
        text[..at].matches('\n').count() as u64 + 1
    };
    for (place, n) in lines.iter().zip([9, 26]) {
        assert!(matches!(place, Place::Line { line, .. } if *line == line_of(n)), "{place:?}");
    }
    assert_eq!((outcome.verdict(), outcome.records()), (Accepted, (27, 0)));
    let persons = outcome
        .judgement
        .as_ref()
        .unwrap()
        .report
        .as_ref()
        .unwrap()
        .quality()
        .unwrap()
        .persons
        .clone();
    assert!(persons.values().all(|linked| linked.linked + linked.unlinked == 25), "{persons:?}");
    // One that is struck counts for nobody.
    root.children[9].set("kjonn", "7");
    assert_eq!(
        Bench::both().judge(&root).found(),
        ["KPR-06 r sex @10", "KPR-06 W person-twice @27"]
    );
}

/// Long enough for the root to have left before the count is compared: the number must not come so
/// far, or the last scan takes it for a fault of ours.
#[test]
fn a_count_that_is_somebodys_number_is_refused_at_once() {
    let mut root = annual(2017, "0301");
    let person = root.children[0].clone();
    root.children.extend(std::iter::repeat_n(person, 1000));
    for (count, found) in [
        ("03851598730", "KPR-06 R number"),
        ("12345678901", "KPR-06 R number"),
        ("999999999", "KPR-05 R count-differs"),
    ] {
        root.set("antallBrukere", count);
        assert_eq!(Bench::both().judge(&root).found(), [found], "{count}");
    }
}

#[test]
fn a_person_is_known_across_a_rotation_of_the_keys() {
    let mut bench = Bench::new();
    bench.today = date(2022, 3, 1);
    let linked = |outcome: &Outcome| {
        let report = outcome.judgement.as_ref().unwrap().report.clone().unwrap();
        let RegistryLinked { linked, unlinked } =
            report.quality().unwrap().persons.clone().into_values().next().unwrap();
        (linked, unlinked)
    };
    assert_eq!(linked(&bench.send(&annual(2018, "0301"))), (0, 25));
    bench.registries = vec![registry("kpr", &[1, 2])];
    let rotated = bench.send(&annual(2019, "0301"));
    assert_eq!(linked(&rotated), (25, 0));
    let content = rotated.content("kpr");
    let under = |user: &&Node| user.get("fid").unwrap().starts_with("k2.");
    assert!(content.all("Bruker").iter().all(under), "what leaves is under the new key");
    bench.registries = vec![registry("kpr", &[1, 2, 9])];
    assert_eq!(linked(&bench.send(&annual(2020, "0301"))), (25, 0));
    // Without the oldest key nobody can tell who was there before.
    bench.registries = vec![registry("kpr", &[9])];
    assert_eq!(linked(&bench.send(&annual(2021, "0301"))), (0, 25));
}

#[test]
fn kpr_09_a_later_complete_one_replaces_the_former() {
    let mut bench = Bench::both();
    let mut root = annual(2017, "0301");
    bench.send(&root);
    let replaces = |bench: &Bench, root: &Node| {
        let notes = bench.judge(root).judgement.unwrap().notes;
        notes.iter().any(|note| matches!(note, Note::Replaces(_)))
    };
    assert!(replaces(&bench, &root));
    root.set("komplett", "false");
    assert!(!replaces(&bench, &root), "a part replaces nothing");
    root.unset("komplett");
    assert!(!replaces(&bench, &root), "what is not said to be complete replaces nothing");
}

#[test]
fn kpr_07_each_registry_gets_what_was_decided_for_it() {
    let mut bench = Bench::both();
    bench.registries[1].reporting[0].not_decided =
        ["timerPerUke".to_owned(), "kjonn".to_owned()].into();
    let outcome = bench.judge(&annual(2017, "0301"));
    assert!(outcome.text("iplos", Part::Content).contains("timerPerUke"));
    let kpr = outcome.text("kpr", Part::Content);
    assert!(!kpr.contains("timerPerUke"));
    // What the format demands is there, and says nothing.
    assert_eq!(kpr.matches("kjonn=\"-1\"").count(), 25);
    assert_eq!(outcome.found(), ["KPR-07 W not-decided @1"; 2]);
    // Each registry is told with its own fields, and a field that both drop is found once.
    bench.registries[0].reporting[0].not_decided = ["bydel".to_owned(), "kjonn".to_owned()].into();
    let mut root = annual(2017, "0301");
    root.nth("Bruker", 0).set("bydel", "030101");
    let outcome = bench.judge(&root);
    assert_eq!(outcome.found(), ["KPR-07 W not-decided @1"; 3]);
    let dropped: Vec<_> = outcome
        .judgement
        .unwrap()
        .notes
        .into_iter()
        .filter_map(|note| match note {
            Note::Dropped { registry, fields } => Some(format!("{registry} {}", fields.join(" "))),
            _ => None,
        })
        .collect();
    assert_eq!(dropped, ["iplos bydel kjonn", "kpr kjonn timerPerUke"]);
}

#[test]
fn kpr_01_and_03_decide_at_the_head() {
    let mut bench = Bench::both();
    bench.registries[0].reporting[0].years = "..2016".parse().unwrap();
    assert_eq!(bench.judge(&annual(2017, "0301")).found(), ["KPR-01 R not-reporter"]);
    bench.today = date(2016, 12, 31);
    assert_eq!(bench.judge(&annual(2017, "0301")).found(), ["KPR-03 R year-not-routed"]);
}

#[test]
fn a_record_without_end_is_struck_and_not_held() {
    let mut root = annual(2017, "0301");
    let service = part(&mut root, "Tjeneste").clone();
    root.nth("Bruker", 2).children.extend(std::iter::repeat_n(service, 9000));
    let outcome = Bench::both().judge(&root);
    assert_eq!(outcome.found(), ["KPR-05 r record-too-long @3"]);
    assert_eq!(outcome.content("kpr").all("Bruker").len(), 24);
}

trait ParseNumber {
    fn parse_number(&self) -> Option<filsluse::types::municipality::MunicipalityNumber>;
}

impl ParseNumber for str {
    fn parse_number(&self) -> Option<filsluse::types::municipality::MunicipalityNumber> {
        filsluse::types::municipality::MunicipalityNumber::parse(self).ok()
    }
}
