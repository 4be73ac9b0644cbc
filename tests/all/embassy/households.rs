//! A household goes with its principal: to the end, at whichever mission it hangs, and whenever it
//! came to hang there.

use std::{
    slice::from_ref,
    time::{Duration, Instant},
};

use filsluse::{
    kinds::{
        embassy::{
            decision,
            state::{Reason, What},
        },
        judgement::Effect,
    },
    types::verdict::Verdict,
};
use jiff::{ToSpan, civil::date};

use super::{
    bench::{Bench, keys, mission},
    document::{Row, child, diplomat, list, notice, spouse, withdrawal},
};

fn family() -> [Row; 3] {
    let a = diplomat(1);
    [a.clone(), spouse(1, &a), child(date(2019, 5, 17), &a)]
}

/// The principal was taken by `XEY`; the household stayed behind at `XEX`.
fn left_behind(bench: &mut Bench) {
    bench.send(&list("complete", &family()).xml());
    bench.sender = mission("b", "XEY");
    let theirs = list("complete", &family()[..1]).set("mission_code", "XEY");
    let outcome = bench.send(&theirs.xml());
    let reviewed = outcome.effects().iter().filter_map(|effect| match effect {
        Effect::Enrolment(change) if change.what == What::Review => Some(&*change.mission),
        _ => None,
    });
    assert_eq!(reviewed.collect::<Vec<_>>(), ["XEX", "XEX"], "somebody looks at the household");
    assert_eq!(outcome.changes().len(), 2, "the registry gets the principal alone");
    assert_eq!(bench.enrolled("XEX").len(), 2);
}

#[test]
fn a_departure_takes_the_household_that_was_left_behind() {
    for rotates in [false, true] {
        let mut bench = Bench::new();
        left_behind(&mut bench);
        if rotates {
            bench.registries[0].keys = keys(&[1, 2]);
        }
        let outcome = bench.send(&notice(&[(family()[0].d_number(), "2026-11-15")]).xml());
        assert_eq!(outcome.verdict(), Verdict::Accepted);
        assert_eq!(outcome.changes().len(), 3);
        assert!(bench.enrolled("XEX").is_empty() && bench.enrolled("XEY").is_empty());
    }
}

/// Also where no mission has the principal any more.
#[test]
fn a_departure_finds_the_household_alone() {
    let mut bench = Bench::new();
    left_behind(&mut bench);
    let gone = list("changes", &[withdrawal(&family()[0])]).set("mission_code", "XEY");
    bench.send(&gone.xml());
    let outcome = bench.send(&notice(&[(family()[0].d_number(), "2026-11-15")]).xml());
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (1, 0)));
    assert!(bench.enrolled("XEX").is_empty());
}

/// The spouse came while the principal's withdrawal waited.
#[test]
fn an_approval_takes_who_hangs_on_the_held_by_then() {
    let mut bench = Bench::new();
    let rows: Vec<_> = (1..=5).map(diplomat).collect();
    bench.send(&list("complete", &rows).xml());
    let outcome = bench.send(&list("complete", &rows[4..]).set("list_id", "2").xml());
    let hold = outcome.judgement.unwrap().effects.into_iter().find_map(|effect| match effect {
        Effect::Hold(hold) => Some(hold),
        _ => None,
    });
    let came = bench.send(&list("changes", &[spouse(1, &rows[0])]).xml());
    assert_eq!(came.verdict(), Verdict::Accepted);
    let hold = hold.expect("a hold");
    let concerned =
        decision::concerned(&hold.mission, &hold.persons, &bench.history.enrolments).unwrap();
    assert_eq!(concerned.len(), 5);
    let wife = bench.person(spouse(1, &rows[0]).d_number());
    assert_eq!(concerned[&wife], Reason::Household);
}

/// A list of changes may make a household member of somebody on whom others hang.
#[test]
fn a_withdrawal_goes_down_to_the_end() {
    for born in [date(2011, 1, 3), date(2019, 5, 17)] {
        for n in 1..=6 {
            let (a, s) = (diplomat(1), diplomat(1 + n));
            let son = child(born, &a);
            let mut bench = Bench::new();
            bench.send(&list("complete", &[a.clone(), s.clone(), son]).xml());
            let wed = a.set("category", "spouse").set("principal_d_number", s.d_number());
            bench.send(&list("changes", from_ref(&wed)).xml());
            bench.send(&list("changes", &[withdrawal(&s)]).xml());
            assert!(bench.enrolled("XEX").is_empty(), "nobody hangs on nobody");
        }
    }
}

/// A servant who goes over to another diplomat takes the own household along.
#[test]
fn whoever_gets_another_principal_stays_with_the_own_household() {
    let (a, b) = (diplomat(1), diplomat(2));
    let servant = diplomat(3).set("category", "private-servant");
    let of = |principal: &Row| servant.clone().set("principal_d_number", principal.d_number());
    let mut bench = Bench::new();
    let rows = [a.clone(), b.clone(), of(&a), spouse(1, &servant)];
    assert_eq!(bench.send(&list("complete", &rows).xml()).records(), (4, 0));
    bench.send(&list("changes", &[withdrawal(&a), of(&b)]).xml());
    assert_eq!(bench.enrolled("XEX").len(), 3);
}

/// EMB-08: whose withdrawal waits is enrolled by the mission still.
#[test]
fn a_household_may_hang_on_somebody_whose_withdrawal_waits() {
    let rows: Vec<_> = (1..=6).map(diplomat).collect();
    let wife = spouse(1, &rows[0]);
    let mut bench = Bench::new();
    bench.send(&list("complete", &[&rows[..], from_ref(&wife)].concat()).xml());
    let left = [rows[5].clone(), wife.clone(), spouse(2, &rows[1])];
    let outcome = bench.send(&list("complete", &left).set("list_id", "2").xml());
    assert_eq!(outcome.found(), ["EMB-13 too-many-withdrawals"]);
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Held, (3, 0)));
    let hold = outcome.judgement.unwrap().effects.into_iter().find_map(|effect| match effect {
        Effect::Hold(hold) => Some(hold),
        _ => None,
    });
    let hold = hold.expect("a hold");
    assert!(hold.persons.contains(&bench.person(wife.d_number())), "she goes with him");
    let concerned =
        decision::concerned(&hold.mission, &hold.persons, &bench.history.enrolments).unwrap();
    assert_eq!((hold.persons.len(), concerned.len()), (6, 7));
}

#[test]
fn a_principal_who_is_enrolled_as_a_member_is_told_apart() {
    let [a, wife, _] = family();
    let mut bench = Bench::new();
    bench.send(&list("complete", &[a, wife.clone()]).xml());
    let hers = list("changes", &[child(date(2019, 5, 17), &wife), diplomat(4)]);
    let outcome = bench.judge(&hers.xml());
    assert_eq!(outcome.found(), ["EMB-08 principal-enrolled-as-member @1"]);
}

/// In any other doubt than too many, what a row states goes; the household does not stay behind.
#[test]
fn a_stated_withdrawal_takes_the_household_past_a_hold_for_doubt() {
    let [a, wife, _] = family();
    let mut bench = Bench::new();
    bench.send(&list("complete", &[a.clone(), wife, diplomat(2), diplomat(3)]).xml());
    let unreadable = diplomat(4).set("d_number", "123");
    let rows = [withdrawal(&a), diplomat(2), unreadable];
    let outcome = bench.send(&list("complete", &rows).set("list_id", "2").xml());
    assert_eq!(outcome.verdict(), Verdict::Held);
    let left: Vec<_> = bench.enrolled("XEX").into_values().collect();
    assert!(left.len() == 2 && left.iter().all(|of| of.principal.is_none()), "{left:?}");
}

/// Each in the service of the next, the last of them with a diplomat: as long a list as any must
/// not take its square of time, which holds up everybody's.
#[test]
fn a_long_chain_of_households_stands_and_falls_together() {
    let day = |n: u16| date(1950, 1, 1) + i64::from(n).days();
    let mut rows = vec![diplomat(0)];
    for n in 0..4000 {
        let servant = child(day(n), &rows[rows.len() - 1]).set("consent_by", "self");
        rows.push(servant.set("category", "private-servant"));
    }
    rows.reverse();
    let mut bench = Bench::new();
    let began = Instant::now();
    assert_eq!(bench.send(&list("complete", &rows).xml()).records(), (4001, 0));
    let gone = list("changes", &[withdrawal(&rows[4000])]).set("list_id", "2");
    assert_eq!(bench.send(&gone.xml()).changes().len(), 4001);
    assert!(bench.enrolled("XEX").is_empty());
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
}
