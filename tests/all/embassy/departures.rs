//! Departure notices: "Utenriksdepartementet må kunne informere Helfo på jevnlig basis om hvilke
//! diplomater mv. som har reist ut av landet" (consultation paper, 5.2.1).

use filsluse::types::verdict::Verdict;
use jiff::civil::date;

use super::{
    bench::{Bench, mission},
    document::{child, diplomat, fodselsnummer, list, notice, spouse},
};

/// Diplomats 1 to 3, and 1's spouse and son, at `XEX`; diplomat 4 at `XEY`.
fn enrolled() -> Bench {
    let mut bench = Bench::new();
    let a = diplomat(1);
    let (wife, son) = (spouse(1, &a), child(date(2019, 5, 17), &a));
    bench.send(&list("complete", &[a, wife, son, diplomat(2), diplomat(3)]).xml());
    bench.sender = mission("b", "XEY");
    bench.send(&list("complete", &[diplomat(4)]).set("mission_code", "XEY").xml());
    bench
}

#[test]
fn who_left_is_withdrawn_with_the_household() {
    let mut bench = enrolled();
    let a = diplomat(1);
    let (wife, son) = (spouse(1, &a), child(date(2019, 5, 17), &a));
    let four = diplomat(4);
    let rows = [(a.d_number(), "2026-11-15"), (four.d_number(), "16.11.2026")];
    let outcome = bench.send(&notice(&rows).xml());
    assert_eq!(outcome.found(), Vec::<String>::new());
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (2, 0)));
    let mut want = vec![
        format!("Withdraw departed {}", bench.person(a.d_number())),
        format!("Withdraw departed {}", bench.person(four.d_number())),
        format!("Withdraw household {}", bench.person(wife.d_number())),
        format!("Withdraw household {}", bench.person(son.d_number())),
    ];
    want.sort();
    assert_eq!(outcome.changes(), want);
    for (name, of) in outcome.persons() {
        assert_eq!(name, "Withdraw");
        assert!(!of.contains_key("d_number"), "by pseudonym alone");
        let on = if of["mission_code"] == "XEY" { "2026-11-16" } else { "2026-11-15" };
        assert_eq!(of["effective_from"], on);
    }
    assert_eq!((bench.enrolled("XEX").len(), bench.enrolled("XEY").len()), (2, 0));
}

#[test]
fn clothes() {
    let bench = enrolled();
    let (a, b) = (diplomat(1), diplomat(2));
    let notice = notice(&[(a.d_number(), "2026-11-15"), (b.d_number(), "2026-11-01")]);
    let want = bench.judge(&notice.xml());
    for document in [notice.csv(), notice.norwegian_csv(), notice.xlsx(), notice.typed_xlsx()] {
        let got = bench.judge(&document);
        assert_eq!(got.effects(), want.effects());
        assert_eq!(got.difference(), want.difference());
    }
}

#[test]
fn rows_that_are_not_taken() {
    let bench = enrolled();
    let (a, stranger) = (diplomat(1), diplomat(9));
    let resident = fodselsnummer(date(1980, 1, 2));
    for (name, d_number, on, want) in [
        ("not enrolled", stranger.d_number(), "2026-11-15", "EMB-12 not-enrolled-anywhere @2"),
        ("no day", a.d_number(), "", "IN-02 date @2"),
        ("no number", "", "2026-11-15", "EMB-02 missing @2"),
        ("fødselsnummer", &resident, "2026-11-15", "EMB-03 fnr @2"),
    ] {
        let outcome =
            bench.judge(&notice(&[(diplomat(2).d_number(), "2026-11-15"), (d_number, on)]).xml());
        assert_eq!(outcome.found(), [want], "{name}");
        assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Partly, (1, 1)), "{name}");
    }
    let alone = bench.judge(&notice(&[(stranger.d_number(), "2026-11-15")]).xml());
    assert_eq!(alone.verdict(), Verdict::Rejected);
    assert_eq!((alone.difference(), alone.effects().len()), (None, 0));
    let empty = notice(&[(a.d_number(), "2026-11-15")]);
    assert_eq!(bench.refused(&empty.clone().set("notice_id", "").xml()), ["IN-02 notice-id"]);
    assert_eq!(bench.refused(&empty.set("notice_date", "").xml()), ["IN-02 notice-date"]);
}

/// EMB-10, in a notice: the same row again changes nothing, another day is a contradiction.
#[test]
fn the_same_person_twice() {
    let bench = enrolled();
    let (a, stranger) = (diplomat(1), diplomat(9));
    let judge = |rows: &[(&str, &str)]| {
        let outcome = bench.judge(&notice(rows).xml());
        (outcome.found(), outcome.records())
    };
    let (n, day) = (a.d_number(), "2026-11-15");
    assert_eq!(judge(&[(n, day), (n, day)]), (vec!["EMB-10 duplicate-same @2".to_owned()], (2, 0)));
    let differs = vec!["EMB-10 duplicate-differs @2".to_owned()];
    assert_eq!(judge(&[(n, day), (n, "2026-11-16")]), (differs, (1, 1)));
    let (found, records) = judge(&[(stranger.d_number(), day), (stranger.d_number(), day)]);
    assert_eq!((found.len(), records), (2, (0, 2)), "both share the fate of the first");
}

/// A withdrawal is erased soon after it: a day far ahead must not take somebody's GP today.
#[test]
fn a_departure_is_near() {
    let bench = enrolled();
    let a = diplomat(1);
    let ahead = "IN-02 departure-ahead @1";
    for (day, want) in [
        ("2026-11-22", None),
        ("2026-12-01", None),
        ("2026-12-02", Some(ahead)),
        ("2099-01-01", Some(ahead)),
        ("2021-11-21", None),
        ("2021-11-20", Some("IN-02 departure-long-ago @1")),
        ("1850-01-01", Some("IN-02 departure-long-ago @1")),
    ] {
        let outcome = bench.judge(&notice(&[(a.d_number(), day)]).xml());
        assert_eq!(outcome.found(), want.into_iter().collect::<Vec<_>>(), "{day}");
        assert_eq!(outcome.changes().is_empty(), want.is_some(), "{day}");
    }
    let far = notice(&[(a.d_number(), "2026-11-15")]).set("notice_date", "2099-01-01");
    assert_eq!(bench.refused(&far.xml()), ["IN-02 notice-date-ahead"]);
}

#[test]
fn a_spouse_named_beside_the_principal_goes_once() {
    let mut bench = enrolled();
    let a = diplomat(1);
    let wife = spouse(1, &a);
    for rows in [[a.d_number(), wife.d_number()], [wife.d_number(), a.d_number()]] {
        let rows = rows.map(|number| (number, "2026-11-15"));
        let outcome = bench.judge(&notice(&rows).xml());
        assert_eq!((outcome.records(), outcome.changes().len()), ((2, 0), 3));
    }
    let rows = [(wife.d_number(), "2026-11-15")];
    let outcome = bench.send(&notice(&rows).xml());
    assert_eq!(outcome.changes(), [format!("Withdraw departed {}", bench.person(wife.d_number()))]);
    assert_eq!(bench.enrolled("XEX").len(), 4, "a spouse's departure takes nobody along");
}
