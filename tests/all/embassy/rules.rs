//! One test per rule, named by its code, with the sentence that the rule comes from: the
//! consultation paper on the GP scheme (section in brackets), or our own decision.

use filsluse::types::{
    national_id::{IdPolicy, NEW_RULE_FROM, Profile},
    verdict::Verdict,
};
use jiff::{ToSpan, civil::date};

use super::{
    bench::{Bench, helfo, mission},
    document::{
        Row, child, d_number, d_number_of_2032, d_number_with_month, diplomat, fh_number,
        fodselsnummer, list, spouse, withdrawal,
    },
};

/// What is found in a complete list of one row, of mission `XEX`.
fn found_in(row: Row) -> Vec<String> {
    Bench::new().judge(&list("complete", &[row]).xml()).found()
}

#[track_caller]
fn check(name: &str, row: Row, want: &[&str]) {
    assert_eq!(found_in(row), want, "{name}");
}

/// "Helfo bruker den enkelte ambassade som autoritativ kilde for innmelding og utmelding" (5.2.1).
#[test]
fn emb_01_the_mission_sends_for_itself() {
    let good = list("complete", &[diplomat(1)]);
    let cases = [
        ("its own code", "XEX", "complete", mission("a", "XEX"), None),
        ("small letters", "xex", "complete", mission("a", "XEX"), None),
        ("another's code", "XEY", "complete", mission("a", "XEX"), Some("EMB-01 mission-other")),
        ("no code", "", "complete", mission("a", "XEX"), Some("EMB-01 mission-missing")),
        ("case handler, changes", "XEY", "changes", helfo(), None),
        (
            "case handler, snapshot",
            "XEY",
            "complete",
            helfo(),
            Some("EMB-01 case-handler-complete"),
        ),
        ("case handler, no code", "4181907", "changes", helfo(), Some("EMB-01 mission-shape")),
    ];
    for (name, code, list_type, sender, want) in cases {
        let mut bench = Bench::new();
        bench.sender = sender;
        let list = good.clone().set("mission_code", code).set("list_type", list_type);
        match want {
            None => {
                assert_eq!(bench.judge(&list.xml()).verdict(), Verdict::Accepted, "{name}");
            }
            Some(want) => {
                assert_eq!(bench.refused(&list.xml()), [want], "{name}");
                assert_eq!(bench.refused(&list.csv()), [want], "{name}, as CSV");
            }
        }
    }
    let mut nobody = Bench::new();
    nobody.sender.mission_code = None;
    assert_eq!(nobody.refused(&good.xml()), ["EMB-01 mission-other"], "neither mission nor Helfo");
}

/// "D-nummer vil for den aktuelle personkretsen være nødvendig og tilstrekkelig" (5.2.1).
#[test]
fn emb_02_a_valid_d_number() {
    let good = diplomat(1);
    let number = good.d_number().to_owned();
    let last = number.chars().last().unwrap();
    let wrong_digit = if last == '0' { '1' } else { '0' };
    let real = d_number_with_month(date(1980, 1, 2), 0);
    let nhn = d_number_with_month(date(1980, 1, 2), 65);
    let cases = [
        ("valid", number.clone(), None),
        ("written in groups", format!("{} {}", &number[..6], &number[6..]), None),
        ("Norsk helsenett's synthetic numbers", nhn, None),
        ("check digit", format!("{}{wrong_digit}", &number[..10]), Some("check-digit")),
        ("too short", number[..9].to_owned(), Some("length")),
        ("letters", format!("{}x", &number[..10]), Some("not-digits")),
        ("no such day", "72818012345".to_owned(), Some("no-such-day")),
        ("placeholder", format!("{}55555", &number[..6]), Some("placeholder")),
        ("real person in a test", real, Some("real-in-test")),
        ("FH-number", fh_number(), Some("not-d-number")),
    ];
    for (name, text, want) in cases {
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-02 {hint} @1")).collect();
        assert_eq!(found_in(good.clone().set("d_number", text)), want, "{name}");
    }
    check("missing", good.clone().without("d_number"), &["EMB-02 missing @1"]);

    let mut production = Bench::new();
    production.ids.profile = Profile::Production;
    let outcome = production.judge(&list("complete", &[good]).xml());
    assert_eq!(outcome.found(), ["EMB-02 synthetic @1"]);
}

/// "Nytt kontrollsiffer": numbers by the rule of 2032 count from its day on (own decision).
#[test]
fn emb_02_the_rule_of_2032_is_a_dated_switch() {
    let born = date(1980, 1, 2);
    let row = diplomat(1).set("d_number", d_number_of_2032(born)).set("birth_date", born);
    for (today, want) in
        [(date(2031, 12, 31), vec!["EMB-02 check-digit @1"]), (date(2032, 1, 1), vec![])]
    {
        let mut bench = Bench::new();
        bench.today = today;
        bench.ids = IdPolicy::on(Profile::Test, today, NEW_RULE_FROM);
        let outcome = bench.judge(&list("complete", std::slice::from_ref(&row)).xml());
        assert_eq!(outcome.found(), want, "{today}");
    }
}

/// "Slike personers husstandsmedlemmer regnes heller ikke som bosatt i Norge, med mindre de er
/// norske statsborgere" (3); "lokalt ansatte er derimot ikke unntatt" (4).
#[test]
fn emb_03_residents_use_the_ordinary_scheme() {
    let good = diplomat(1);
    let number = fodselsnummer(date(1980, 1, 2));
    check("fødselsnummer", good.clone().set("d_number", number), &["EMB-03 fnr @1"]);
    check("posted", good.clone().set("locally_employed", "nei"), &[]);
    check(
        "locally employed",
        good.clone().set("locally_employed", "ja"),
        &["EMB-03 locally-employed @1"],
    );
    for (nationality, resident) in [
        ("NO", true),
        ("nor", true),
        ("Norsk", true),
        ("FR/NO", true),
        ("FR, NO", true),
        ("norsk statsborger", true),
        ("578", true),
        ("FR-NO", true),
        ("NL", false),
        ("North Macedonia", false),
        ("", false),
    ] {
        let want: &[&str] = if resident { &["EMB-03 norwegian-citizen @1"] } else { &[] };
        check(nationality, good.clone().set("nationality", nationality), want);
    }
}

/// Who has become a resident must be possible to withdraw: the demand is that residents are not
/// enrolled.
#[test]
fn emb_03_does_not_stand_in_the_way_of_a_withdrawal() {
    let mut bench = Bench::new();
    bench.send(&list("complete", &[diplomat(1), diplomat(2)]).xml());
    let row = withdrawal(&diplomat(1)).set("nationality", "NO").set("locally_employed", "yes");
    let outcome = bench.send(&list("changes", &[row]).xml());
    assert_eq!(outcome.found(), Vec::<String>::new());
    assert_eq!(bench.enrolled("XEX").len(), 1);
}

/// "personer som oppholder seg lovlig … på grunnlag av unntaket … utlendingsloven § 5 tredje ledd,
/// jf. utlendingsforskriften §§ 1-4 og 1-5" (6).
#[test]
fn emb_04_a_category_that_is_covered() {
    for word in [
        "diplomat",
        "administrative-technical",
        "consular",
        "io-staff",
        "io-contractor",
        "treaty-body-staff",
        "auxiliary-staff",
        "private-servant",
        "Administrativ-teknisk",
        "lønnet konsul",
        "HJELPEPERSONALE",
        "privat tjener",
    ] {
        check(word, diplomat(1).set("category", word), &[]);
    }
    for word in ["tourist", "honorary-consul", "ansatt", ""] {
        check(word, diplomat(1).set("category", word), &["EMB-04 category @1"]);
    }
}

/// "Medfølgende familiemedlem som er over 16 år, må gi selvstendig samtykke" (5.2.1). Our reading:
/// 16 or over on the list's date.
#[test]
fn emb_05_consent_by_the_person_from_16_and_by_the_guardian_before() {
    let list_date = date(2026, 11, 2);
    let parent = diplomat(1);
    let sixteen = list_date - 16.years();
    for (name, born, by, want) in [
        ("16 on the list's date", sixteen, "self", None),
        ("16 on the list's date, guardian", sixteen, "guardian", Some("own-consent")),
        ("16 the day after", sixteen + 1.day(), "guardian", None),
        ("16 the day after, self", sixteen + 1.day(), "self", Some("guardian")),
        ("neither", sixteen, "the school", Some("consent-by")),
        ("foresatt, in Norwegian", date(2020, 2, 29), "Foresatt", None),
    ] {
        let row = child(born, &parent).set("consent_by", by);
        let outcome = Bench::new().judge(&list("complete", &[parent.clone(), row]).xml());
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-05 {hint} @2")).collect();
        assert_eq!(outcome.found(), want, "{name}");
    }
    for (name, row, want) in [
        ("given on the list's date", diplomat(1).set("consent_date", list_date), None),
        ("given later", diplomat(1).set("consent_date", "2026-11-03"), Some("consent-later")),
        ("no day", diplomat(1).set("consent_date", "2026-02-30"), Some("consent-date")),
        ("no date", diplomat(1).without("consent_date"), Some("consent-date")),
        ("nobody", diplomat(1).without("consent_by"), Some("consent-by")),
        ("the D-number tells the age", diplomat(1).without("birth_date"), None),
    ] {
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-05 {hint} @1")).collect();
        assert_eq!(found_in(row), want, "{name}");
    }
}

/// No slip in either of the two may let a child be enrolled on their own consent.
#[test]
fn emb_05_the_younger_of_birth_date_and_d_number_decides() {
    let (child_born, adult_born) = (date(2015, 6, 21), date(1979, 3, 14));
    for (number_of, stated, by, want) in [
        (child_born, date(1990, 1, 1), "self", Some("guardian-by-younger")),
        (child_born, date(1990, 1, 1), "guardian", None),
        (child_born, date(1915, 6, 21), "self", Some("guardian-by-younger")),
        (adult_born, child_born, "self", Some("guardian-by-younger")),
        (adult_born, child_born, "guardian", None),
        (adult_born, date(1990, 1, 1), "self", None),
        (adult_born, date(1990, 1, 1), "guardian", Some("own-consent")),
    ] {
        let row = diplomat(1)
            .set("d_number", d_number(number_of, 0))
            .set("birth_date", stated)
            .set("consent_by", by);
        let mut found = found_in(row);
        found.retain(|line| line.starts_with("EMB-05"));
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-05 {hint} @1")).collect();
        assert_eq!(found, want, "{number_of} {stated} {by}");
    }
    // Without a century, the number counts as of the latest that it allows.
    let mut bench = Bench::new();
    bench.ids.new_rule = true;
    for (stated, want) in [(date(1915, 6, 21), false), (date(1990, 1, 1), true)] {
        let row =
            diplomat(1).set("d_number", d_number_of_2032(child_born)).set("birth_date", stated);
        let found = bench.judge(&list("complete", &[row]).xml()).found();
        assert_eq!(found.contains(&"EMB-05 guardian-by-younger @1".to_owned()), want, "{stated}");
    }
}

/// A number of 2032 carries no century, so nothing tells the age of its owner.
#[test]
fn emb_05_needs_a_birth_date_where_the_number_tells_none() {
    let mut bench = Bench::new();
    bench.ids.new_rule = true;
    let row = diplomat(1).set("d_number", d_number_of_2032(date(1980, 1, 2))).without("birth_date");
    let outcome = bench.judge(&list("complete", &[row]).xml());
    assert_eq!(outcome.found(), ["EMB-05 birth-date-missing @1"]);
}

/// "foreslås det å kreve kopi av identitetskort eller oppholdskort (Residence Card Foreign
/// Missions) … eventuelt også kopi av svarnote" (5.2.1).
#[test]
fn emb_06_accreditation_is_documented() {
    let good = diplomat(1);
    for (name, row, want) in [
        ("its last day", good.clone().set("accreditation_expires", "2026-11-02"), None),
        ("the day after", good.clone().set("accreditation_expires", "2026-11-01"), Some("expired")),
        (
            "a card without its last day",
            good.clone().without("accreditation_expires"),
            Some("expires-missing"),
        ),
        (
            "a note has none",
            good.clone().set("accreditation_type", "ud-note").without("accreditation_expires"),
            None,
        ),
        (
            "a note that has one",
            good.clone()
                .set("accreditation_type", "svarnote")
                .set("accreditation_expires", "2026-10-31"),
            Some("expired"),
        ),
        ("residence card", good.clone().set("accreditation_type", "Oppholdskort"), None),
        (
            "passport",
            good.clone().set("accreditation_type", "passport"),
            Some("accreditation-type"),
        ),
        ("no number", good.clone().without("accreditation_number"), Some("accreditation-number")),
        ("no day", good.clone().set("accreditation_expires", "2029"), Some("date")),
    ] {
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-06 {hint} @1")).collect();
        assert_eq!(found_in(row), want, "{name}");
    }
}

/// "rett til fastlege i sin bostedskommune" (5.2.1).
#[test]
fn emb_07_name_address_and_municipality() {
    let good = diplomat(1);
    for (name, row, want) in [
        ("no family name", good.clone().without("family_name"), Some("name")),
        ("blank given name", good.clone().set("given_name", "  "), Some("name")),
        ("one name only", good.clone().set("given_name", "-"), None),
        ("one name only", good.clone().set("family_name", "-"), None),
        (
            "no name at all",
            good.clone().set("family_name", "-").set("given_name", "-"),
            Some("name"),
        ),
        (
            "nothing that is one",
            good.clone().set("family_name", "?").set("given_name", "-"),
            Some("name"),
        ),
        ("no street", good.clone().without("street_address"), Some("street")),
        ("leading zeroes", good.clone().set("postal_code", "0001"), None),
        ("three digits", good.clone().set("postal_code", "130"), Some("postal-code")),
        ("no post town", good.clone().without("post_town"), None),
        ("no municipality", good.clone().without("municipality_number"), Some("municipality")),
        ("its name", good.clone().set("municipality_number", "Oslo"), Some("municipality")),
        ("three digits", good.clone().set("municipality_number", "301"), Some("municipality")),
        (
            "Bærum until 2019",
            good.clone().set("municipality_number", "0219"),
            Some("municipality-date"),
        ),
        (
            "Bærum 2020 to 2023",
            good.clone().set("municipality_number", "3024"),
            Some("municipality-date"),
        ),
        ("Bærum from 2024", good.clone().set("municipality_number", "3201"), None),
        (
            "no fixed address",
            good.clone().set("municipality_number", "9999"),
            Some("municipality-date"),
        ),
    ] {
        let want: Vec<_> = want.iter().map(|hint| format!("EMB-07 {hint} @1")).collect();
        assert_eq!(found_in(row), want, "{name}");
    }
    let then =
        list("complete", &[good.set("municipality_number", "3024")]).set("list_date", "2023-12-31");
    let row = then.rows[0].clone().set("consent_date", "2023-12-01");
    let then = super::document::List { rows: vec![row], ..then };
    assert_eq!(
        Bench::new().judge(&then.xml()).found(),
        Vec::<String>::new(),
        "valid on its list's date"
    );
}

/// "nevnte personers ektefelle eller samboer og forsørgede barn" (3): their right hangs on the
/// posting.
#[test]
fn emb_08_a_household_member_names_a_principal() {
    let (a, b) = (diplomat(1), diplomat(2));
    let wife = spouse(1, &a);
    let judge = |rows: &[Row]| Bench::new().judge(&list("complete", rows).xml()).found();
    assert_eq!(judge(&[a.clone(), wife.clone()]), Vec::<String>::new(), "on the list");
    assert_eq!(judge(&[wife.clone(), a.clone()]), Vec::<String>::new(), "in whatever order");
    assert_eq!(judge(&[b.clone(), wife.clone()]), ["EMB-08 principal-unknown @2"]);
    let nobody = wife.clone().without("principal_d_number");
    assert_eq!(judge(&[a.clone(), nobody]), ["EMB-08 principal-missing @2"]);
    let cousin = spouse(2, &wife);
    assert_eq!(judge(&[a.clone(), wife.clone(), cousin]), ["EMB-08 principal-is-household @3"]);
    let broken = wife.clone().set("principal_d_number", "123");
    assert_eq!(judge(&[a.clone(), broken]), ["EMB-08 length @2"]);
    let resident = wife.clone().set("principal_d_number", fodselsnummer(date(1980, 1, 2)));
    assert_eq!(judge(&[a.clone(), resident]), ["EMB-08 not-d-number @2"]);
    let expired = a.clone().set("accreditation_expires", "2026-01-01");
    assert_eq!(
        judge(&[expired, wife.clone(), b]),
        ["EMB-06 expired @1", "EMB-08 principal-unknown @2"],
        "a principal whose row was refused is not on the list"
    );

    // Enrolled already by the same mission.
    let mut bench = Bench::new();
    bench.send(&list("complete", std::slice::from_ref(&a)).xml());
    let changes = list("changes", std::slice::from_ref(&wife));
    assert_eq!(bench.judge(&changes.xml()).found(), Vec::<String>::new());
    bench.sender = mission("b", "XEY");
    let other = bench.judge(&changes.set("mission_code", "XEY").xml());
    assert_eq!(other.found(), ["EMB-08 principal-unknown @1"], "enrolled by another mission");
}

/// A principal whose own row falls at EMB-08 is not on the list either.
#[test]
fn emb_08_a_refused_principal_carries_nobody() {
    let servant = diplomat(1)
        .set("category", "private-servant")
        .set("principal_d_number", diplomat(9).d_number());
    let wife = spouse(1, &servant);
    let outcome = Bench::new().judge(&list("complete", &[servant, wife, diplomat(2)]).xml());
    assert_eq!(outcome.found(), ["EMB-08 principal-unknown @1", "EMB-08 principal-unknown @2"]);
}

/// Spreadsheets carry the person's own number in the column of the principal, too.
#[test]
fn emb_08_somebody_posted_may_name_themselves() {
    let a = diplomat(1);
    let itself = a.clone().set("principal_d_number", a.d_number());
    let mut bench = Bench::new();
    let outcome = bench.send(&list("complete", &[itself]).xml());
    assert_eq!(outcome.found(), Vec::<String>::new());
    let later = bench.send(&list("changes", &[spouse(1, &a)]).xml());
    assert_eq!(later.found(), Vec::<String>::new(), "and is a principal all the same");
    let wife = spouse(2, &a);
    let alone = wife.clone().set("principal_d_number", wife.d_number());
    let outcome = bench.judge(&list("changes", &[alone, diplomat(2)]).xml());
    assert_eq!(outcome.found(), ["EMB-08 principal-is-household @1"]);
}

/// Own decision: the D-number's birth date differs from the stated one.
#[test]
fn emb_09_the_number_and_the_date_disagree() {
    let row = diplomat(1).set("birth_date", "1980-01-03");
    let outcome = Bench::new().judge(&list("complete", std::slice::from_ref(&row)).xml());
    assert_eq!(outcome.found(), ["EMB-09 birth-date-differs @1"]);
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    check("the same", row.set("birth_date", "1980-01-02"), &[]);
    check(
        "no date at all",
        diplomat(1).set("birth_date", "1980-13-02"),
        &["EMB-09 birth-date-unreadable @1"],
    );
    let mut bench = Bench::new();
    let unreadable = diplomat(1).set("birth_date", "31.02.1980");
    let outcome = bench.send(&list("complete", &[unreadable]).xml());
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    assert!(!outcome.persons()[0].1.contains_key("birth_date"), "the value is not used");
    // Where the number tells no century, somebody must.
    let row = diplomat(1).set("d_number", d_number_of_2032(date(1980, 1, 2)));
    bench.ids.new_rule = true;
    let outcome = bench.judge(&list("complete", &[row.set("birth_date", "x")]).xml());
    assert_eq!(
        outcome.found(),
        ["EMB-09 birth-date-unreadable @1", "EMB-05 birth-date-missing @1"]
    );
}

/// Own decision: the same D-number twice in one list.
#[test]
fn emb_10_the_same_person_twice() {
    let (a, b) = (diplomat(1), diplomat(2));
    let same = Bench::new().judge(&list("complete", &[a.clone(), b.clone(), a.clone()]).xml());
    assert_eq!(same.found(), ["EMB-10 duplicate-same @3"]);
    assert_eq!(same.verdict(), Verdict::Accepted);
    assert_eq!(same.records(), (3, 0));
    assert_eq!(same.changes().len(), 2, "taken once");

    let moved = a.clone().set("street_address", "Testveien 2");
    let differs = Bench::new().judge(&list("complete", &[a, b, moved]).xml());
    assert_eq!(differs.found(), ["EMB-10 duplicate-differs @3"]);
    assert_eq!((differs.verdict(), differs.records()), (Verdict::Partly, (2, 1)));
    assert!(differs.persons().iter().all(|(_, of)| of["street_address"] == "Testveien 1"));
}

/// Identical rows share one fate: a row that repeats a refused one is refused with it.
#[test]
fn emb_10_a_repeated_row_shares_the_fate_of_the_first() {
    let expired = diplomat(1).set("accreditation_expires", "2026-01-01");
    let outcome = Bench::new().judge(&list("complete", &[expired.clone(), expired]).xml());
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Rejected, (0, 2)));

    // A fate that only the books decide.
    let stranger = withdrawal(&diplomat(1));
    let outcome = Bench::new().judge(&list("changes", &[stranger.clone(), stranger]).xml());
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Rejected, (0, 2)));
}

/// Own decision: the newer list wins, both missions' case is marked for review.
#[test]
fn emb_11_enrolled_by_another_mission() {
    let mut bench = Bench::new();
    let a = diplomat(1);
    bench.send(&list("complete", &[a.clone(), diplomat(2)]).xml());
    bench.sender = mission("b", "XEY");
    let outcome =
        bench.send(&list("complete", std::slice::from_ref(&a)).set("mission_code", "XEY").xml());
    assert_eq!(outcome.found(), ["EMB-11 other-mission @1"]);
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    let person = bench.person(a.d_number());
    assert_eq!(
        outcome.changes(),
        [format!("Enrol {person}"), format!("Withdraw other-mission {person}")]
    );
    let persons = outcome.persons();
    assert_eq!(persons[0].1["mission_code"], "XEX");
    let days = [0, 1].map(|n| &*persons[n].1["effective_from"]);
    assert_eq!(days, ["2026-12-01"; 2], "nobody is without a GP between the two");
    assert_eq!((&*persons[1].1["mission_code"], &*persons[1].1["review"]), ("XEY", "true"));
    assert!(bench.enrolled("XEY").contains_key(&person));
    assert!(!bench.enrolled("XEX").contains_key(&person));
    assert_eq!(bench.enrolled("XEX").len(), 1, "nobody else is touched");
    // The other mission's own list that still names the person takes them back, with a remark.
    bench.sender = mission("a", "XEX");
    let back = bench.send(&list("complete", &[a, diplomat(2)]).xml());
    assert_eq!(back.found(), ["EMB-11 other-mission @1"]);
}

/// Own decision: withdrawal of a person who is not enrolled by this mission.
#[test]
fn emb_12_only_who_is_enrolled_is_withdrawn() {
    let mut bench = Bench::new();
    bench.send(&list("complete", &[diplomat(1), diplomat(2)]).xml());
    let rows = [withdrawal(&diplomat(1)), withdrawal(&diplomat(7))];
    let outcome = bench.send(&list("changes", &rows).xml());
    assert_eq!(outcome.found(), ["EMB-12 not-enrolled @2"]);
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Partly, (1, 1)));
    let person = bench.person(diplomat(1).d_number());
    assert_eq!(outcome.changes(), [format!("Withdraw stated {person}")]);
    let again = bench.judge(&list("changes", &rows[..1]).xml());
    assert_eq!(again.found(), ["EMB-12 not-enrolled @1"], "withdrawn already");
    bench.sender = mission("b", "XEY");
    let other = list("changes", &[withdrawal(&diplomat(2))]).set("mission_code", "XEY");
    assert_eq!(bench.judge(&other.xml()).found(), ["EMB-12 not-enrolled @1"], "another's");
}

/// Own decision: held above 20 % and above 3.
#[test]
fn emb_13_too_many_withdrawals_wait() {
    for (enrolled, missing, held) in [
        (20_u16, 4_u16, false), // exactly 20 %
        (19, 4, true),
        (20, 5, true),
        (4, 3, false), // exactly three
        (3, 3, false),
        (4, 4, true),
    ] {
        let mut bench = Bench::new();
        let rows: Vec<_> = (1..=enrolled).map(diplomat).collect();
        bench.send(&list("complete", &rows).xml());
        let rest = &rows[usize::from(missing)..];
        let outcome = bench.send(&list("complete", rest).xml());
        let case = format!("{missing} of {enrolled}");
        if held {
            assert_eq!(outcome.found(), ["EMB-13 too-many-withdrawals"], "{case}");
            assert_eq!(outcome.verdict(), Verdict::Held, "{case}");
            assert_eq!(outcome.difference(), None, "{case}: nothing leaves");
            assert_eq!(bench.enrolled("XEX").len(), usize::from(enrolled), "{case}");
        } else {
            assert_eq!(outcome.verdict(), Verdict::Accepted, "{case}");
            assert_eq!(outcome.changes().len(), usize::from(missing), "{case}");
        }
    }
    // Withdrawals that a list of changes states are nobody's oversight.
    let mut bench = Bench::new();
    let rows: Vec<_> = (1..=5).map(diplomat).collect();
    bench.send(&list("complete", &rows).xml());
    let all: Vec<_> = rows.iter().map(withdrawal).collect();
    assert_eq!(bench.send(&list("changes", &all).xml()).verdict(), Verdict::Accepted);
    assert!(bench.enrolled("XEX").is_empty());
}

/// Different people, so that no other rule hides what is looked for.
#[test]
fn the_people_of_these_tests_are_sound() {
    assert_ne!(d_number(date(1980, 1, 2), 0), d_number(date(1980, 1, 2), 1));
    check("diplomat", diplomat(1), &[]);
}
