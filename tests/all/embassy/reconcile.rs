//! Reconciliation: after each list the house knows who is enrolled, and the registry gets the
//! difference.

use std::slice::from_ref;

use filsluse::{
    kinds::{
        embassy::{
            decision,
            state::{Change, What},
        },
        judgement::{Effect, Note},
    },
    types::{ids::RegistryId, verdict::Verdict},
};
use jiff::civil::date;

use super::{
    bench::{Bench, helfo, keys, mission},
    document::{Row, child, diplomat, fodselsnummer, list, spouse, withdrawal},
};

const NOTHING: Vec<String> = Vec::new();

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// "Gjelder fra": a row may ask for a later month, and the receipt says which day that is for whom.
#[test]
fn each_day_of_effect_is_told_with_its_persons() {
    let on = |n, day: &str| diplomat(n).set("effective_from", day);
    let told = |rows: &[Row]| {
        let outcome = Bench::new().send(&list("changes", rows).xml());
        let mut notes = outcome.judgement.unwrap().notes;
        notes.retain(|note| !matches!(note, Note::Reconciled(_)));
        notes
    };
    assert_eq!(told(&[on(1, "2027-03-15")]), [Note::EffectiveFrom(date(2027, 4, 1))]);
    assert_eq!(
        told(&[on(1, "2027-03-15"), on(2, "2026-11-30"), diplomat(3)]),
        [
            Note::EffectiveFromFor { day: date(2026, 12, 1), persons: 2 },
            Note::EffectiveFromFor { day: date(2027, 4, 1), persons: 1 },
        ]
    );
    let many: Vec<_> = (1..=15).map(|n| on(n, &format!("{}-01-01", 2027 + n))).collect();
    let notes = told(&many);
    assert_eq!(notes.len(), 13);
    assert_eq!(notes[12], Note::EffectiveFromLater { day: date(2040, 1, 1), persons: 3 });
}

/// A snapshot dated 2099 would make every list to come an older one, and hold its withdrawals.
#[test]
fn a_list_from_far_ahead_is_told_and_makes_no_later_list_an_older_one() {
    let mut bench = Bench::new();
    let [a, b] = [1, 2].map(|n| diplomat(n).set("accreditation_expires", "2100-01-01"));
    for (day, want) in [("2027-05-21", &[][..]), ("2027-05-22", &["IN-02 list-date-ahead"])] {
        let found =
            bench.judge(&list("complete", from_ref(&a)).set("list_date", day).xml()).found();
        assert_eq!(found, want, "{day}");
    }
    for day in ["2026-12-02", "2099-01-01"] {
        let both = list("complete", &[a.clone(), b.clone()]).set("list_date", day);
        let outcome = bench.send(&both.set("list_id", day).xml());
        assert_eq!(outcome.verdict(), Verdict::Accepted);
    }
    let next = list("complete", &[a]).set("list_date", "2026-11-21").set("list_id", "next");
    let outcome = bench.send(&next.xml());
    assert_eq!(outcome.found(), NOTHING);
    assert_eq!(bench.enrolled("XEX").len(), 1, "what it leaves out is withdrawn");
}

#[test]
fn a_snapshot_enrols_confirms_changes_and_withdraws() {
    let mut bench = Bench::new();
    let (a, b, c) = (diplomat(1), diplomat(2), diplomat(3));
    let first = bench.send(&list("complete", &[a.clone(), b.clone()]).xml());
    assert_eq!(first.changes().len(), 2);
    assert!(first.judgement().notes.contains(&Note::EffectiveFrom(date(2026, 12, 1))));
    for (_, of) in first.persons() {
        assert_eq!((&*of["effective_from"], &*of["mission_code"]), ("2026-12-01", "XEX"));
        assert_eq!(of["family_name"], "Ørstavik-Prøve");
    }

    let moved = b.clone().set("street_address", "Testveien 2");
    let second = bench.send(&list("complete", &[moved, c.clone()]).set("list_id", "2026-12").xml());
    let want = [
        format!("Change {}", bench.person(b.d_number())),
        format!("Enrol {}", bench.person(c.d_number())),
        format!("Withdraw missing {}", bench.person(a.d_number())),
    ];
    assert_eq!(second.changes(), want);
    let Some(Note::Reconciled(tally)) = second.judgement().notes.first() else { panic!() };
    assert_eq!((tally.enrolled, tally.changed, tally.confirmed, tally.withdrawn), (1, 1, 0, 1));
    let persons = second.persons();
    let missing = persons.iter().find(|(_, of)| of.get("reason").is_some()).unwrap();
    let mut attributes: Vec<_> = missing.1.keys().map(String::as_str).collect();
    attributes.sort_unstable();
    let alone = ["effective_from", "mission_code", "person", "reason"];
    assert_eq!(attributes, alone, "the house kept nothing else of the person");
}

#[test]
fn a_list_of_changes_leaves_others_alone() {
    let mut bench = Bench::new();
    let (a, b) = (diplomat(1), diplomat(2));
    bench.send(&list("complete", &[a.clone(), b.clone()]).xml());
    let outcome = bench.send(&list("changes", &[diplomat(3), withdrawal(&a)]).xml());
    let want = [
        format!("Enrol {}", bench.person(diplomat(3).d_number())),
        format!("Withdraw stated {}", bench.person(a.d_number())),
    ];
    assert_eq!(outcome.changes(), want);
    let (_, stated) = outcome.persons().into_iter().find(|(n, _)| n == "Withdraw").unwrap();
    assert_eq!(stated["d_number"], a.d_number(), "the row names the person");
    assert!(bench.enrolled("XEX").contains_key(&bench.person(b.d_number())));
    // Enrolled again after a withdrawal.
    let again = bench.send(&list("changes", std::slice::from_ref(&a)).xml());
    assert_eq!(again.changes(), [format!("Enrol {}", bench.person(a.d_number()))]);
}

#[test]
fn a_list_that_only_confirms_tells_the_registry_nothing() {
    let mut bench = Bench::new();
    let complete = list("complete", &[diplomat(1), diplomat(2)]);
    bench.send(&complete.xml());
    let again =
        bench.send(&complete.set("list_id", "2026-12").set("list_date", "2026-11-20").xml());
    assert_eq!((again.difference(), again.verdict()), (None, Verdict::Accepted));
    let what = again.effects().iter().filter_map(|effect| match effect {
        Effect::Enrolment(change) => Some(&change.what),
        _ => None,
    });
    assert!(what.clone().all(|what| *what == What::Confirm) && what.count() == 2);
}

/// A row may move the day of an enrolment that has not begun. Afterwards another day changes
/// nothing.
#[test]
fn another_day_is_taken_until_the_enrolment_begins() {
    let mut bench = Bench::new();
    let on = |day: &str| diplomat(1).set("effective_from", day);
    let person = bench.person(diplomat(1).d_number());
    let mut send = |today, row: Row| {
        bench.today = today;
        let outcome = bench.send(&list("changes", &[row]).xml());
        let days =
            outcome.persons().into_iter().map(|(name, of)| (name, of["effective_from"].clone()));
        (days.collect::<Vec<_>>(), bench.enrolled("XEX")[&person].effective_from)
    };
    let change = |day: &str| vec![("Change".to_owned(), day.to_owned())];
    let november = date(2026, 11, 21);
    send(november, on("2027-03-01"));
    assert_eq!(send(november, on("2027-06-01")), (change("2027-06-01"), date(2027, 6, 1)));
    assert_eq!(send(november, on("2027-06-01")), (vec![], date(2027, 6, 1)), "the same again");
    assert_eq!(send(november, diplomat(1)), (vec![], date(2027, 6, 1)), "no day asked for");
    assert_eq!(send(november, on("2027-01-01")), (change("2027-01-01"), date(2027, 1, 1)));
    let moved = on("2027-02-01").set("street_address", "Testveien 2");
    assert_eq!(send(november, moved.clone()), (change("2027-02-01"), date(2027, 2, 1)));
    // It has begun.
    let march = date(2027, 3, 1);
    let later = moved.set("effective_from", "2027-09-01");
    assert_eq!(send(march, later.clone()), (vec![], date(2027, 2, 1)));
    let elsewhere = later.set("street_address", "Testveien 3");
    assert_eq!(send(march, elsewhere), (change("2027-02-01"), date(2027, 2, 1)));

    let mut bench = Bench::new();
    bench.send(&list("changes", &[on("2027-03-01")]).xml());
    let told = bench.send(&list("changes", &[on("2027-06-01")]).xml());
    let day = Note::EffectiveFrom(date(2027, 6, 1));
    assert!(told.judgement().notes.contains(&day), "the sender hears of the new day");
}

/// Of a file of which nothing is taken, no word may say that somebody is withdrawn.
#[test]
fn a_list_of_which_nothing_is_taken_withdraws_nobody_and_says_so_of_nobody() {
    let mut bench = Bench::new();
    let a = diplomat(1);
    let wife = spouse(1, &a);
    bench.send(&list("complete", &[a.clone(), wife.clone()]).xml());
    let left = bench.send(&list("complete", from_ref(&wife)).xml());
    assert_eq!(left.found(), ["EMB-08 principal-left-out @1"]);
    assert_eq!((left.verdict(), left.difference()), (Verdict::Rejected, None));
    assert_eq!(bench.enrolled("XEX").len(), 2);

    // So many that they would wait, of a list that is refused.
    let mut bench = Bench::new();
    let everybody: Vec<_> = (1..=9).map(diplomat).collect();
    bench.send(&list("complete", &everybody).xml());
    let refused = bench.send(&list("complete", &[a.set("category", "friend")]).xml());
    assert_eq!(refused.found(), ["EMB-04 category @1"]);
    assert_eq!((refused.verdict(), refused.difference()), (Verdict::Rejected, None));
}

/// A household's right hangs on the posting (4).
#[test]
fn a_household_goes_with_its_principal() {
    let mut bench = Bench::new();
    let (a, b) = (diplomat(1), diplomat(2));
    let (wife, son) = (spouse(1, &a), child(date(2019, 5, 17), &a));
    let everybody = [a.clone(), wife.clone(), son.clone(), b.clone()];
    bench.send(&list("complete", &everybody).xml());
    let want = sorted(vec![
        format!("Withdraw household {}", bench.person(wife.d_number())),
        format!("Withdraw household {}", bench.person(son.d_number())),
        format!("Withdraw stated {}", bench.person(a.d_number())),
    ]);
    let stated = bench.judge(&list("changes", &[withdrawal(&a)]).xml());
    assert_eq!(stated.changes(), want);

    // The snapshot still names the household: their rows are refused, and they go as well.
    let left = bench.judge(&list("complete", &everybody[1..]).xml());
    let withdrawn = ["EMB-08 principal-withdrawn @1", "EMB-08 principal-withdrawn @2"];
    assert_eq!(left.found(), withdrawn);
    assert_eq!(
        left.changes(),
        want.iter().map(|l| l.replace("stated", "missing")).collect::<Vec<_>>()
    );

    // The household of another principal now.
    let moved = [wife.set("principal_d_number", b.d_number()), b];
    let outcome = bench.send(&list("complete", &moved).xml());
    assert_eq!(outcome.found(), NOTHING);
    let persons = outcome.persons();
    let (_, of) = persons.iter().find(|(name, _)| name == "Change").unwrap();
    assert_eq!(of["principal"], bench.person(diplomat(2).d_number()).to_string());
}

/// A slip in an address must not cost anybody their GP.
#[test]
fn a_refused_row_withdraws_nobody() {
    let mut bench = Bench::new();
    let (a, b) = (diplomat(1), diplomat(2));
    bench.send(&list("complete", &[a.clone(), b.clone()]).xml());
    for (column, value) in [
        ("street_address", ""),
        ("accreditation_expires", "2026-01-01"),
        ("consent_date", ""),
        ("category", "friend"),
        ("nationality", "NO"),
    ] {
        let outcome =
            bench.judge(&list("complete", &[a.clone().set(column, value), b.clone()]).xml());
        assert_eq!((outcome.verdict(), outcome.difference()), (Verdict::Partly, None), "{column}");
    }
}

#[test]
fn a_complete_list_older_than_the_newest_holds_what_it_would_withdraw() {
    let mut bench = Bench::new();
    let (a, b) = (diplomat(1), diplomat(2));
    bench.send(&list("complete", &[a.clone(), b.clone()]).xml());
    // Sent late, or once more under another number: it names fewer because it is older.
    let older = list("complete", std::slice::from_ref(&a))
        .set("list_id", "0")
        .set("list_date", "2026-10-30");
    let outcome = bench.send(&older.xml());
    assert_eq!(outcome.verdict(), Verdict::Held);
    assert_eq!(outcome.found(), ["EMB-13 older-list"]);
    assert_eq!(outcome.changes(), NOTHING);
    // The same day's second list is not older, and says who is there.
    let again = list("complete", &[a]).set("list_id", "2");
    let outcome = bench.send(&again.xml());
    assert_eq!(outcome.changes(), [format!("Withdraw missing {}", bench.person(b.d_number()))]);
}

#[test]
fn a_hold_for_doubt_does_not_stop_a_withdrawal_that_a_row_states() {
    let mut bench = Bench::new();
    let (a, b, c) = (diplomat(1), diplomat(2), diplomat(3));
    bench.send(&list("complete", &[a.clone(), b.clone(), c.clone()]).xml());
    let unreadable = diplomat(4).set("d_number", "123");
    let rows = [a, withdrawal(&b), unreadable];
    let outcome = bench.send(&list("complete", &rows).set("list_id", "2").xml());
    assert_eq!(outcome.verdict(), Verdict::Held);
    assert_eq!(outcome.changes(), [format!("Withdraw stated {}", bench.person(b.d_number()))]);
}

/// A row whose number cannot be read may be the very person who seems to be missing.
#[test]
fn an_unreadable_row_holds_the_withdrawals() {
    let mut bench = Bench::new();
    let (a, b) = (diplomat(1), diplomat(2));
    bench.send(&list("complete", &[a.clone(), b.clone()]).xml());
    let slip = a.clone().set("d_number", "123");
    let outcome = bench.judge(&list("complete", &[slip.clone(), b.clone()]).xml());
    assert_eq!(outcome.found(), ["EMB-02 length @1", "EMB-13 unreadable-rows"]);
    assert_eq!((outcome.verdict(), &outcome.difference()), (Verdict::Held, &None));
    let held = outcome.effects().iter().find_map(|effect| match effect {
        Effect::Hold(hold) => Some(&hold.persons),
        _ => None,
    });
    assert_eq!(held.unwrap(), &[bench.person(a.d_number())]);
    let nobody_missing = bench.judge(&list("complete", &[slip, a.clone(), b.clone()]).xml());
    assert_eq!(nobody_missing.verdict(), Verdict::Partly);
    // A fødselsnummer can be read: whoever has one is resident now, and goes.
    let resident = a.clone().set("d_number", fodselsnummer(date(1980, 1, 2)));
    let outcome = bench.judge(&list("complete", &[resident, b]).xml());
    assert_eq!(outcome.found(), ["EMB-03 fnr @1"]);
    assert_eq!(outcome.changes(), [format!("Withdraw missing {}", bench.person(a.d_number()))]);
}

#[test]
fn a_held_list_enrols_and_its_withdrawals_leave_when_approved() {
    let mut bench = Bench::new();
    let rows: Vec<_> = (1..=5).map(diplomat).collect();
    bench.send(&list("complete", &rows).xml());
    let outcome = bench.send(&list("complete", &[diplomat(5), diplomat(9)]).xml());
    assert_eq!(outcome.verdict(), Verdict::Held);
    assert_eq!(outcome.changes(), [format!("Enrol {}", bench.person(diplomat(9).d_number()))]);
    let hold = outcome.effects().iter().find_map(|effect| match effect {
        Effect::Hold(hold) => Some(hold.clone()),
        _ => None,
    });
    let hold = hold.expect("a hold");
    assert_eq!(hold.persons.len(), 4);
    // One of them has gone by another way since.
    bench.send(&list("changes", &[withdrawal(&diplomat(1))]).xml());
    let registry = RegistryId::parse("fastlege").unwrap();
    let (mut bytes, day) = (Vec::new(), date(2026, 11, 25));
    let changes = decision::approve(
        &hold.mission,
        &hold.persons,
        &bench.history.enrolments,
        &registry,
        day,
        || Ok(&mut bytes),
    )
    .unwrap();
    assert_eq!(changes.len(), 3);
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("<Withdraw ").count(), 3);
    assert_eq!(text.matches("effective_from=\"2026-11-25\"").count(), 3);
    bench.history.enrolments.apply(&changes.into_iter().map(Effect::Enrolment).collect::<Vec<_>>());
    assert_eq!(bench.enrolled("XEX").len(), 2);
}

/// Who was enrolled under an older key is found under the newer ones.
#[test]
fn keys_rotate_and_nobody_becomes_a_stranger() {
    let a = diplomat(1);
    let rows = [a.clone(), spouse(1, &a), diplomat(2)];
    let complete = list("complete", &rows);
    let mut bench = Bench::new();
    bench.send(&complete.xml());
    bench.registries[0].keys = keys(&[1, 2]);
    assert_eq!(bench.judge(&complete.xml()).difference(), None, "nobody looks changed");
    let outcome = bench.judge(&list("complete", &rows[2..]).xml());
    assert_eq!(outcome.changes().len(), 2);
    assert!(outcome.changes().iter().all(|line| line.contains(" k1.")), "{:?}", outcome.changes());
    let moved = a.clone().set("street_address", "Testveien 3");
    let outcome = bench.judge(&list("changes", &[moved]).xml());
    assert!(outcome.changes()[0].starts_with("Change k1."));
    let fresh = bench.send(&list("changes", &[diplomat(7), child(date(2019, 5, 17), &a)]).xml());
    assert!(fresh.changes().iter().all(|line| line.starts_with("Enrol k2.")));
    let son = fresh.persons().into_iter().find(|(_, of)| of.contains_key("principal")).unwrap();
    assert!(son.1["principal"].starts_with("k1."), "as the principal is known");
    let gone = bench.send(&list("changes", &[withdrawal(&a)]).xml());
    assert_eq!(gone.changes().len(), 3, "the household of both epochs");
}

/// EMB-11 and a new key at once: the household must hang on its principal afterwards.
#[test]
fn a_family_that_changes_mission_after_a_rotation_stays_one() {
    let a = diplomat(1);
    let rows = [spouse(1, &a), a.clone()];
    let mut bench = Bench::new();
    bench.send(&list("complete", &rows).xml());
    bench.registries[0].keys = keys(&[1, 2]);
    bench.sender = mission("b", "XEY");
    let theirs = list("complete", &rows).set("mission_code", "XEY");
    let outcome = bench.send(&theirs.xml());
    assert_eq!(outcome.found().len(), 2);
    assert!(bench.enrolled("XEX").is_empty());
    let again = bench.judge(&theirs.xml());
    assert_eq!((again.found(), again.difference()), (NOTHING, None), "all confirmed");
    let gone = bench.judge(&list("changes", &[withdrawal(&a)]).set("mission_code", "XEY").xml());
    assert_eq!(gone.changes().len(), 2);
}

#[test]
fn a_case_handler_applies_for_a_mission() {
    let mut bench = Bench::new();
    bench.sender = helfo();
    let outcome = bench.send(&list("changes", &[diplomat(1)]).set("mission_code", "xey").xml());
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    assert_eq!(bench.enrolled("XEY").len(), 1, "in capital letters");
    bench.sender = mission("b", "XEY");
    let next = bench.judge(&list("complete", &[diplomat(2)]).set("mission_code", "XEY").xml());
    assert_eq!(next.changes().len(), 2, "the mission's own snapshot does not name the person");
}

#[test]
fn what_is_wanted_later_takes_effect_later() {
    for (wanted, want) in
        [("2026-11-05", "2026-12-01"), ("2027-02-01", "2027-02-01"), ("15.02.2027", "2027-03-01")]
    {
        let row = diplomat(1).set("effective_from", wanted);
        let outcome = Bench::new().judge(&list("complete", &[row]).xml());
        assert_eq!(outcome.persons()[0].1["effective_from"], want, "{wanted}");
    }
    let bad = diplomat(1).set("effective_from", "soon");
    let found = Bench::new().judge(&list("complete", &[bad, diplomat(2)]).xml()).found();
    assert_eq!(found, ["EMB-07 date @1"]);
}

#[test]
fn what_goes_through_to_the_registry() {
    let rows = [
        ("eea_mission", "nei", "false"),
        ("note", "hjelp <& \"takk\"", "hjelp <& \"takk\""),
        ("category", "Privat tjener", "private-servant"),
        ("consent_by", "Selv", "self"),
        ("consent_date", "1.10.2026", "2026-10-01"),
        ("accreditation_number", "0042", "0042"),
    ];
    let row = rows.iter().fold(diplomat(1), |row: Row, (column, value, _)| row.set(column, value));
    let outcome = Bench::new().judge(&list("complete", &[row]).xml());
    for (column, _, want) in rows {
        assert_eq!(outcome.persons()[0].1[column], want, "{column}");
    }
    let silent = Bench::new().judge(&list("complete", &[diplomat(1).without("eea_mission")]).xml());
    assert!(!silent.persons()[0].1.contains_key("eea_mission"), "nothing said, nothing told");
}

/// Nothing of a refused list is taken.
#[test]
fn a_list_without_one_good_row_changes_nothing() {
    let mut bench = Bench::new();
    bench.send(&list("complete", &[diplomat(1)]).xml());
    let bad = diplomat(2).set("category", "x");
    let outcome = bench.judge(&list("complete", &[bad]).xml());
    assert_eq!(outcome.verdict(), Verdict::Rejected);
    assert_eq!((outcome.difference(), outcome.effects().len()), (None, 0));
    let _: fn(Change) -> Effect = Effect::Enrolment;
}
