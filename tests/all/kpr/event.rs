//! Every rule of the event message's table: the message as the script makes it holds all of them,
//! and each case breaks one. What costs no record stands in `event_told`, and what is judged of the
//! message as a whole in `event_whole`.

use filsluse::types::{
    municipality::MunicipalityNumber,
    verdict::Verdict::{self, Accepted, Partly, Rejected},
};
use jiff::civil::date;

use super::{
    bench::Bench,
    document::{Node, message, scripted},
};

pub type Edit = fn(&mut Node);

pub fn notification(root: &mut Node, n: usize) -> &mut Node {
    root.nth("Notifikasjon", n)
}

pub fn event(root: &mut Node, n: usize) -> &mut Node {
    &mut notification(root, n).children[0]
}

pub fn user(root: &mut Node, n: usize) -> &mut Node {
    event(root, n).nth("Bruker", 0)
}

pub fn contact(root: &mut Node, n: usize) -> &mut Node {
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

/// Judges the whole message with each edit.
pub fn check(cases: &[(&str, Edit, &[&str], Verdict)]) {
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
            &["KPR-03 R year-not-routed @1"],
            Rejected,
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
            &[],
            Accepted,
        ),
        (
            "the GUID that stands for the person in another place",
            |r| {
                let own = user(r, 0).get("pasientGUID").unwrap().to_uppercase();
                event(r, 0).set("hendelseGUID", &own);
            },
            &["KPR-04 r patient-guid-elsewhere @1"],
            Partly,
        ),
        (
            "the same in braces",
            |r| {
                let own = user(r, 0).get("pasientGUID").unwrap().to_owned();
                event(r, 0).set("hendelseGUID", &format!("{{{own}}}"));
            },
            &["KPR-04 r patient-guid-elsewhere @1"],
            Partly,
        ),
        (
            "the same in a text",
            |r| {
                let own = user(r, 0).get("pasientGUID").unwrap().replace('-', "").to_uppercase();
                event(r, 0).set("tjenesteID", &format!("P-{{{own}}}"));
            },
            &["KPR-04 r patient-guid-elsewhere @1"],
            Partly,
        ),
        (
            "the person's own number written otherwise",
            |r| {
                user(r, 0).set("typeID", "4").set("fid", "PASS AB123456");
                event(r, 0).set("tjenesteID", "pass-ab.12 34 56");
            },
            &["KPR-04 W not-a-national-id @1", "KPR-04 r identity-inside-key @1"],
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

/// A document is read in one way while its tags are like those before, and in another where they
/// are not: what is judged does not depend on it.
#[test]
fn a_tag_is_judged_the_same_whether_one_like_it_came_before() {
    let mut root = message(&["--count", "6"]);
    for n in 0..6 {
        // Nobody's number but a day, which the day of the event says without telling of anybody. A
        // time that begins with it is another thing.
        let of = event(&mut root, n);
        let day = of.get("hendelseDato").unwrap().to_owned();
        if !of.get("hendelseRegTid").unwrap().starts_with(&day) {
            user(&mut root, n).set("typeID", "4").set("fid", &day);
        }
    }
    let known = root.write();
    let (mark, mut pieces) = (" hendelseDato=", known.split(" hendelseDato=\""));
    let mut other = pieces.next().unwrap().to_owned();
    for piece in pieces {
        other.extend([mark, "'", &piece.replacen('"', "'", 1)]);
    }
    assert_ne!(known, other);
    let found = Bench::new().read(known.as_bytes()).found();
    assert!(found.len() > 3, "{found:?}");
    assert!(found.iter().all(|finding| finding.contains(" W not-a-national-id ")), "{found:?}");
    assert_eq!(Bench::new().read(other.as_bytes()).found(), found);
}
