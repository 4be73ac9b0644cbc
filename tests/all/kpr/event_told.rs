//! What costs an event message no record: a field is nulled, or the sender is told.

use filsluse::types::verdict::Verdict::Accepted;

use super::{
    bench::Bench,
    document::message,
    event::{check, contact, event, notification, user},
};

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
            &["KPR-06 W text-too-long-set"],
            Accepted,
        ),
        (
            "long key",
            |r| {
                event(r, 0).set("tjenesteID", &"9".repeat(101));
            },
            &["KPR-06 W text-too-long-set @1"],
            Accepted,
        ),
        (
            "long local name",
            |r| {
                r.set("lokalident", &"ø".repeat(101));
            },
            &["KPR-06 W text-too-long"],
            Accepted,
        ),
        (
            "a contact without a name",
            |r| {
                contact(r, 0).unset("kontPerson");
            },
            &["KPR-05 W attribute-missing-set"],
            Accepted,
        ),
        (
            "contact type 20",
            |r| {
                contact(r, 0).set("typeKontaktperson", "20");
            },
            &["KPR-06 W contact-type", "KPR-06 W contact-one-missing"],
            Accepted,
        ),
        (
            "no contact of type 17",
            |r| {
                r.children.remove(43);
            },
            &["KPR-06 W contact-seventeen-missing"],
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
            "a long bydel",
            |r| {
                user(r, 0).set("bydel", "0301012");
            },
            &["KPR-06 W district-dropped @1"],
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
            &["KPR-06 W reference-zero @1"],
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
            &["KPR-04 W identity-inside-set @1"],
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
