//! Every rule of the event message's table: the message as the script makes it holds all of them,
//! and each case breaks one.

use filsluse::types::{
    municipality::MunicipalityNumber,
    national_id::{IdPolicy, Profile},
    verdict::Verdict::{self, Accepted, Partly, Rejected},
};
use jiff::civil::date;

use super::{
    bench::Bench,
    document::{Node, message, scripted},
};

type Edit = fn(&mut Node);

fn notification(root: &mut Node, n: usize) -> &mut Node {
    root.nth("Notifikasjon", n)
}

fn event(root: &mut Node, n: usize) -> &mut Node {
    &mut notification(root, n).children[0]
}

fn user(root: &mut Node, n: usize) -> &mut Node {
    event(root, n).nth("Bruker", 0)
}

fn contact(root: &mut Node, n: usize) -> &mut Node {
    root.nth("Kontaktperson", n)
}

#[test]
fn a_message_from_the_schema_table_holds_every_rule() {
    for seed in ["1", "2", "3", "4"] {
        let outcome = Bench::new().read(&scripted(&["--seed", seed, "--count", "60"]));
        assert_eq!((outcome.found(), outcome.verdict()), (vec![], Accepted), "seed {seed}");
        assert_eq!(outcome.records(), (60, 0));
        assert_eq!(outcome.content("kpr").all("Notifikasjon").len(), 60);
    }
}

#[test]
fn a_message_without_notifications_holds_too() {
    let outcome = Bench::new().read(&scripted(&["--count", "0"]));
    assert_eq!((outcome.found(), outcome.records()), (vec![], (0, 0)));
    assert_eq!(outcome.content("kpr").children.len(), 5);
}

fn check(cases: &[(&str, Edit, &[&str], Verdict)]) {
    let bench = Bench::new();
    let whole = message(&[]);
    for (name, edit, want, verdict) in cases {
        let mut root = whole.clone();
        edit(&mut root);
        let outcome = bench.judge(&root);
        assert_eq!(outcome.found(), *want, "case: {name}");
        assert_eq!(outcome.verdict(), *verdict, "case: {name}");
        let taken = outcome.written.values().next().filter(|_| *verdict == Rejected);
        assert!(taken.is_none_or(|bytes| !bytes.ends_with(b"</Melding>\n")), "case: {name}");
        if outcome.judgement.is_some() {
            let (accepted, rejected) = outcome.records();
            assert_eq!(accepted + rejected, root.all("Notifikasjon").len() as u64, "{name}");
        }
    }
}

#[test]
fn messages_are_struck() {
    let long = |root: &mut Node| {
        let template = contact(root, 0).clone();
        root.children.retain(|child| child.name != "Kontaktperson");
        let at = root.children.len() - 1;
        (0..101).for_each(|_| root.children.insert(at, template.clone()));
    };
    check(&[
        (
            "versjon missing",
            |r| {
                r.unset("versjon");
            },
            &["KPR-05 R attribute-missing"],
            Rejected,
        ),
        (
            "versjon empty",
            |r| {
                r.set("versjon", "");
            },
            &["KPR-05 R attribute-missing"],
            Rejected,
        ),
        (
            "another version",
            |r| {
                r.set("versjon", "56.0.1");
            },
            &["KPR-05 R version"],
            Rejected,
        ),
        (
            "satsvis",
            |r| {
                r.set("meldingstype", "B");
            },
            &["KPR-05 R message-type"],
            Rejected,
        ),
        (
            "leverandor missing",
            |r| {
                r.unset("leverandor");
            },
            &["KPR-05 R attribute-missing"],
            Rejected,
        ),
        (
            "prohibited",
            |r| {
                r.set("uttakDato", "2024-01-01");
            },
            &["KPR-05 R attribute-prohibited"],
            Rejected,
        ),
        (
            "unknown attribute",
            |r| {
                r.set("farge", "rød");
            },
            &["KPR-05 R attribute-unknown"],
            Rejected,
        ),
        (
            "notifikasjonGUID missing",
            |r| {
                notification(r, 3).unset("notifikasjonGUID");
            },
            &["KPR-05 R attribute-missing @4"],
            Rejected,
        ),
        (
            "fid missing",
            |r| {
                user(r, 0).unset("fid");
            },
            &["KPR-04 R id-missing @1"],
            Rejected,
        ),
        (
            "fid empty",
            |r| {
                user(r, 0).set("fid", "");
            },
            &["KPR-04 R id-missing @1"],
            Rejected,
        ),
        (
            "typeID missing",
            |r| {
                user(r, 1).unset("typeID");
            },
            &["KPR-04 R id-missing @2"],
            Rejected,
        ),
        (
            "kjonn",
            |r| {
                user(r, 1).set("kjonn", "1");
            },
            &["KPR-05 R attribute-prohibited @2"],
            Rejected,
        ),
        (
            "komNrHjem",
            |r| {
                user(r, 1).set("komNrHjem", "0301");
            },
            &["KPR-05 R attribute-prohibited @2"],
            Rejected,
        ),
        (
            "banana",
            |r| {
                r.nth("Kommune", 0).set("kommuneNr", "banana");
            },
            &["KPR-02 R municipality-shape"],
            Rejected,
        ),
        (
            "another municipality",
            |r| {
                r.nth("Kommune", 0).set("kommuneNr", "1103");
            },
            &["KPR-02 R municipality-other"],
            Rejected,
        ),
        (
            "kommuneOrgNr",
            |r| {
                r.nth("Kommune", 0).set("kommuneOrgNr", "958935420");
            },
            &["KPR-05 R attribute-prohibited"],
            Rejected,
        ),
        (
            "no municipality",
            |r| {
                r.children.pop();
            },
            &["KPR-05 R element-missing"],
            Rejected,
        ),
        (
            "no contact person",
            |r| r.children.retain(|child| child.name != "Kontaktperson"),
            &["KPR-05 R element-missing"],
            Rejected,
        ),
        ("too many contact persons", long, &["KPR-05 R contacts-too-many"], Rejected),
        (
            "order",
            |r| {
                let first = r.children.remove(0);
                r.children.push(first);
            },
            &["KPR-05 R element-order"],
            Rejected,
        ),
        (
            "unknown element",
            |r| r.children.push(Node::new("Annet", &[])),
            &["KPR-05 R element-unknown"],
            Rejected,
        ),
        (
            "unknown event",
            |r| "TjenesteEndret".clone_into(&mut event(r, 0).name),
            &["KPR-05 R element-unknown @1"],
            Rejected,
        ),
    ]);
}

#[test]
fn two_municipalities_in_one_message() {
    // Both are the sender's own, before and after the merger of 2020.
    let mut bench = Bench::new();
    bench.sender.municipality = MunicipalityNumber::parse("3001").ok();
    bench.today = date(2020, 6, 1);
    let mut root = message(&["--municipality", "3001", "--day", "2020-02-01"]);
    assert_eq!(bench.judge(&root).verdict(), Accepted);
    root.children.push(Node::new("Kommune", &[("kommuneNr", "3001")]));
    assert_eq!(bench.judge(&root).verdict(), Accepted, "the same unit twice is one");
    root.children.push(Node::new("Kommune", &[("kommuneNr", "0101")]));
    assert_eq!(bench.judge(&root).found(), ["KPR-02 R municipalities-many"]);
}

#[test]
fn rows_are_struck() {
    check(&[
        (
            "status T",
            |r| {
                notification(r, 1).set("statusNotifikasjon", "T");
            },
            &["KPR-06 r status @2"],
            Partly,
        ),
        (
            "bad time",
            |r| {
                notification(r, 1).set("notifikasjonTid", "i går");
            },
            &["KPR-06 r date-time @2"],
            Partly,
        ),
        (
            "hendelseDato missing",
            |r| {
                event(r, 0).unset("hendelseDato");
            },
            &["KPR-05 r attribute-missing @1"],
            Partly,
        ),
        (
            "no such day",
            |r| {
                event(r, 0).set("hendelseDato", "2024-02-30");
            },
            &["KPR-06 r date @1"],
            Partly,
        ),
        (
            "later",
            |r| {
                event(r, 0).set("hendelseDato", "2024-06-02");
            },
            &["KPR-06 r event-later @1"],
            Partly,
        ),
        (
            "not routed",
            |r| {
                event(r, 0).set("hendelseDato", "2017-12-31");
            },
            &["KPR-03 r year-not-routed @1"],
            Partly,
        ),
        (
            "service type 999",
            |r| {
                event(r, 0).set("tjenesteType", "999");
            },
            &["KPR-06 r service-type @1"],
            Partly,
        ),
        (
            "service type 6, expired",
            |r| {
                event(r, 0).set("tjenesteType", "6");
            },
            &["KPR-06 r service-expired @1"],
            Partly,
        ),
        (
            "service type 23, expired in the list of this version whatever the day",
            |r| {
                event(r, 0).set("tjenesteType", "23").set("hendelseDato", "2018-03-01");
            },
            &["KPR-06 r service-expired @1"],
            Partly,
        ),
        (
            "bad GUID",
            |r| {
                event(r, 0).set("hendelseGUID", "x");
            },
            &["KPR-06 r guid @1"],
            Partly,
        ),
        (
            "brukerNr too long",
            |r| {
                user(r, 0).set("brukerNr", &"9".repeat(101));
            },
            &["KPR-06 r user-number @1"],
            Partly,
        ),
        (
            "brukerNr missing",
            |r| {
                user(r, 0).unset("brukerNr");
            },
            &["KPR-05 r attribute-missing @1"],
            Partly,
        ),
        (
            "typeID 11",
            |r| {
                user(r, 0).set("typeID", "11");
            },
            &["KPR-06 r id-type @1"],
            Partly,
        ),
        (
            "typeID 99",
            |r| {
                user(r, 0).set("typeID", "99");
            },
            &["KPR-06 r id-type @1"],
            Partly,
        ),
        (
            "no event",
            |r| notification(r, 0).children.clear(),
            &["KPR-05 r event-missing @1"],
            Partly,
        ),
        (
            "two events",
            |r| {
                let event = event(r, 0).clone();
                notification(r, 0).children.push(event);
            },
            &["KPR-05 r events-many @1"],
            Partly,
        ),
        ("no user", |r| event(r, 0).children.clear(), &["KPR-05 r user-missing @1"], Partly),
        (
            "two users",
            |r| {
                let user = user(r, 0).clone();
                event(r, 0).children.push(user);
            },
            &["KPR-05 r user-many @1"],
            Partly,
        ),
        (
            "check digit",
            |r| {
                user(r, 0).set("typeID", "1").set("fid", "03851598731");
            },
            &["KPR-04 r check-digit @1"],
            Partly,
        ),
        (
            "placeholder",
            |r| {
                user(r, 0).set("typeID", "1").set("fid", "03851555555");
            },
            &["KPR-04 r placeholder @1"],
            Partly,
        ),
        (
            "DUF",
            |r| {
                user(r, 0).set("typeID", "10").set("fid", "201800000111");
            },
            &["KPR-04 r duf-check-digit @1"],
            Partly,
        ),
        (
            "typeID 9 without a date",
            |r| {
                user(r, 0).set("typeID", "9").set("fid", "321399");
            },
            &["KPR-04 r id-ddmmyy @1"],
            Partly,
        ),
        (
            "a number in a GUID",
            |r| {
                event(r, 0).set("hendelseGUID", "00000000-0000-0000-0000-a03851598730");
            },
            &["KPR-04 r identity-inside-key @1"],
            Partly,
        ),
        (
            "the person's own number as a service's key",
            |r| {
                let own = user(r, 0)
                    .set("typeID", "4")
                    .set("fid", "X1234567")
                    .get("fid")
                    .unwrap()
                    .to_owned();
                event(r, 0).set("tjenesteID", &format!("T-{own}-1"));
            },
            &["KPR-04 W not-a-national-id @1", "KPR-04 r identity-inside-key @1"],
            Partly,
        ),
        (
            "provider missing where it changed",
            |r| {
                let event = event(r, 0);
                "TjenesteutforerEndret".clone_into(&mut event.name);
                event
                    .attributes
                    .retain(|(name, _)| !matches!(&**name, "tjenesteOrgNr" | "midlertidigStoppID"));
            },
            &["KPR-05 r attribute-missing @1"],
            Partly,
        ),
        (
            "a correction of what was never sent",
            |r| {
                let reference = "0b5c7e0e-8a6f-4a55-9c7d-000000000001";
                notification(r, 5).set("statusNotifikasjon", "M").set("notifikasjonRef", reference);
            },
            &["KPR-06 r reference-unknown @6"],
            Partly,
        ),
        (
            "an original with a reference",
            |r| {
                notification(r, 0).set("notifikasjonRef", "0b5c7e0e-8a6f-4a55-9c7d-000000000001");
            },
            &["KPR-06 r reference-unwanted @1"],
            Partly,
        ),
        (
            "a correction of nothing",
            |r| {
                notification(r, 5).set("statusNotifikasjon", "C");
            },
            &["KPR-06 r reference-missing @6"],
            Partly,
        ),
        (
            "the same GUID with other content",
            |r| {
                let guid = notification(r, 0).get("notifikasjonGUID").unwrap().to_owned();
                notification(r, 39).set("notifikasjonGUID", &guid);
            },
            &["KPR-06 r duplicate-differs @40"],
            Partly,
        ),
    ]);
}

#[test]
fn fields_are_nulled_or_told() {
    check(&[
        (
            "phase one",
            |r| {
                event(r, 0).set("tjenesteType", "15");
            },
            &["KPR-06 W phase @1"],
            Accepted,
        ),
        (
            "phase one, once",
            |r| {
                (0..9).for_each(|n| {
                    event(r, n).set("tjenesteType", "15");
                });
            },
            &["KPR-06 W phase @1"],
            Accepted,
        ),
        (
            "long supplier",
            |r| {
                r.set("leverandor", &"ø".repeat(101));
            },
            &["KPR-06 W text-too-long"],
            Accepted,
        ),
        (
            "long key",
            |r| {
                event(r, 0).set("tjenesteID", &"9".repeat(101));
            },
            &["KPR-06 W text-too-long @1"],
            Accepted,
        ),
        (
            "contact type 20",
            |r| {
                contact(r, 0).set("typeKontaktperson", "20");
            },
            &["KPR-06 W contact-type", "KPR-06 W contact-missing"],
            Accepted,
        ),
        (
            "no contact of type 17",
            |r| {
                r.children.remove(43);
            },
            &["KPR-06 W contact-missing"],
            Accepted,
        ),
        (
            "bydel 3",
            |r| {
                user(r, 0).set("bydel", "3");
            },
            &["KPR-06 W district @1"],
            Accepted,
        ),
        (
            "bydel elsewhere",
            |r| {
                user(r, 0).set("bydel", "110301");
            },
            &["KPR-06 W district @1"],
            Accepted,
        ),
        (
            "provider",
            |r| {
                event(r, 0).set("tjenesteOrgNr", "958935420");
            },
            &[],
            Accepted,
        ),
        (
            "passport",
            |r| {
                user(r, 0).set("typeID", "4").set("fid", "N1234567");
            },
            &["KPR-04 W not-a-national-id @1"],
            Accepted,
        ),
        (
            "birth date",
            |r| {
                user(r, 0).set("typeID", "9").set("fid", "010150");
            },
            &["KPR-04 W not-a-national-id @1"],
            Accepted,
        ),
        (
            "D-number as fødselsnummer",
            |r| {
                user(r, 0).set("typeID", "1").set("fid", "41819077302");
            },
            &["KPR-04 W other-id-type @1"],
            Accepted,
        ),
        (
            "an original with a reference to nothing",
            |r| {
                notification(r, 0).set("notifikasjonRef", "00000000-0000-0000-0000-000000000000");
            },
            &["KPR-06 W reference-unwanted @1"],
            Accepted,
        ),
        (
            "a fødselsnummer as a passport",
            |r| {
                user(r, 0).set("typeID", "4").set("fid", "03851598730");
            },
            &["KPR-04 W other-id-type @1"],
            Accepted,
        ),
        (
            "a number that goes back",
            |r| {
                notification(r, 5).set("notifikasjonLopeNr", "1");
            },
            &["KPR-06 W sequence-repeat @6"],
            Accepted,
        ),
        (
            "a person's number in a text",
            |r| {
                event(r, 0).set("tjenesteID", "se 038515 98730");
            },
            &["KPR-04 W identity-inside @1"],
            Accepted,
        ),
        (
            "the same notification twice",
            |r| {
                let again = r.children[7].clone();
                r.children.insert(8, again);
            },
            &["KPR-06 W duplicate-same @9"],
            Accepted,
        ),
    ]);
    let mut root = message(&[]);
    root.set("leverandor", &"ø".repeat(101));
    root.set("lokalident", &"ø".repeat(101));
    contact(&mut root, 0).set("typeKontaktperson", "20");
    event(&mut root, 0).set("tjenesteID", "se 038515 98730");
    let content = Bench::new().judge(&root).content("kpr");
    assert_eq!((content.get("leverandor"), content.get("lokalident")), (Some("-1"), None));
    assert_eq!(content.all("Kontaktperson")[0].get("typeKontaktperson"), Some("-1"));
    assert_eq!(content.children[0].children[0].get("tjenesteID"), Some("-1"));
}

#[test]
fn test_persons_are_never_reported() {
    let mut bench = Bench::new();
    bench.ids = IdPolicy { profile: Profile::Production, new_rule: true };
    // Local identifiers hold in either profile, so that the one test person decides.
    let mut root = message(&["--count", "10"]);
    for n in 0..10 {
        user(&mut root, n).set("typeID", "4").set("fid", "N1234567");
    }
    assert_eq!(bench.judge(&root).verdict(), Accepted);
    for id_type in ["1", "2", "3", "4", "5", "6", "7", "8", "12"] {
        user(&mut root, 9).set("typeID", id_type).set("fid", "03851598730");
        let found = bench.judge(&root).found();
        assert_eq!(found.last().unwrap(), "KPR-04 R test-person @10", "{id_type}");
    }
}

#[test]
fn kpr_01_the_sender_reports() {
    let root = message(&[]);
    let mut bench = Bench::new();
    bench.sender.municipality = None;
    assert_eq!(bench.judge(&root).found(), ["KPR-01 R not-reporter"]);
    let mut bench = Bench::new();
    bench.registries[0].3[0].years = "..2023".parse().unwrap();
    let found = bench.judge(&root).found();
    assert_eq!(found[0], "KPR-01 r not-reporter @1");
    assert_eq!(bench.judge(&root).verdict(), Rejected);
}

#[test]
fn kpr_02_the_number_was_in_use() {
    let mut bench = Bench::new();
    bench.sender.municipality = MunicipalityNumber::parse("3101").ok();
    let root = |number| message(&["--municipality", number, "--day", "2024-01-01"]);
    assert_eq!(bench.judge(&root("3101")).verdict(), Accepted);
    assert_eq!(bench.judge(&root("3001")).found(), ["KPR-02 R municipality-year"]);
    let before = message(&["--municipality", "3001", "--day", "2023-11-01"]);
    assert_eq!(bench.judge(&before).verdict(), Accepted, "the former number for its own time");
}

#[test]
fn kpr_07_what_was_not_decided_is_dropped() {
    let mut bench = Bench::new();
    let decided = bench.registries[0].3[0].clone();
    let mut later = decided.clone();
    later.years = "2024..".parse().unwrap();
    later.not_decided = ["bydel".to_owned(), "tjenesteOrgNr".to_owned()].into();
    bench.registries[0].3 = vec![later];
    let mut root = message(&[]);
    user(&mut root, 0).set("bydel", "030101");
    event(&mut root, 0).set("tjenesteOrgNr", "958935420");
    let outcome = bench.judge(&root);
    assert_eq!(outcome.found(), ["KPR-07 W not-decided @1", "KPR-07 W not-decided @1"]);
    let text = outcome.text("kpr", filsluse::types::ids::Part::Content);
    assert!(!text.contains("bydel") && !text.contains("tjenesteOrgNr"));
    let notes = format!("{:?}", outcome.judgement.unwrap().notes);
    assert_eq!(notes, "[Dropped(\"bydel\"), Dropped(\"tjenesteOrgNr\")]");
}

#[test]
fn kpr_08_too_many_rejected() {
    let bench = Bench::new();
    for (struck, verdict) in [(2, Partly), (3, Rejected)] {
        let mut root = message(&[]);
        (0..struck).for_each(|n| {
            event(&mut root, n).set("tjenesteType", "999");
        });
        let outcome = bench.judge(&root);
        assert_eq!(outcome.verdict(), verdict, "{struck} of 40");
        assert_eq!(outcome.found().contains(&"KPR-08 R threshold".to_owned()), verdict == Rejected);
        assert_eq!(outcome.effects().is_empty(), verdict == Rejected);
        let report = outcome.judgement.unwrap().report.unwrap().quality().unwrap().clone();
        assert_eq!(report.findings["KPR-06"], struck as u64);
    }
}

#[test]
fn text_between_elements_is_refused() {
    let text = message(&[]).write().replace("<Kommune ", "hei<Kommune ");
    assert_eq!(Bench::new().read(text.as_bytes()).found(), ["KPR-05 R text-unexpected"]);
}

#[test]
fn counts_for_the_registers_quality_work() {
    let mut bench = Bench::new();
    let outcome = bench.send(&message(&["--count", "60"]));
    let report = outcome.judgement.unwrap().report.unwrap().quality().unwrap().clone();
    let ids = report.identifiers;
    assert_eq!(ids.fnr + ids.d_number + ids.duf, 60);
    assert!(ids.fnr > 0 && ids.duf > 0);
    let first = report.persons.values().next().unwrap();
    assert!(first.linked == 0 && first.unlinked > 5 && first.unlinked <= 20);
    // The same persons a year later, in the same registry.
    bench.today = date(2025, 6, 1);
    bench.book.notifications.clear();
    let later = bench.send(&message(&["--count", "60", "--day", "2025-02-01"]));
    let later = later.judgement.unwrap().report.unwrap().quality().unwrap().clone();
    let again = later.persons.values().next().unwrap();
    assert_eq!((again.linked, again.unlinked), (first.unlinked, 0));
}
