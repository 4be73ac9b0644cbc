//! What is newer is told by the day that a list describes, not by when it came: nobody is enrolled
//! against newer word, be it the mission's own, another mission's or the Ministry's.

use filsluse::{
    kinds::{
        embassy::state::{Change, What},
        judgement::Effect,
    },
    types::verdict::Verdict,
};

use super::{
    bench::{Bench, Outcome, keys, mission},
    document::{Row, diplomat, list, notice, spouse},
};

const NOTHING: Vec<String> = Vec::new();

fn on(day: &str, rows: &[Row]) -> super::document::Document {
    list("complete", rows).set("list_date", day).set("list_id", day).xml()
}

fn of_other(day: &str, rows: &[Row]) -> super::document::Document {
    list("complete", rows).set("list_date", day).set("mission_code", "XEY").xml()
}

fn reviewed(outcome: &Outcome) -> Vec<&Change> {
    let changes = outcome.effects().iter().filter_map(|effect| match effect {
        Effect::Enrolment(change) => Some(change),
        _ => None,
    });
    let is_reviewed = |change: &&Change| match &change.what {
        What::Enrol { review, .. } => *review,
        what => *what == What::Review,
    };
    changes.filter(is_reviewed).collect()
}

#[test]
fn an_older_list_enrols_nobody_whom_a_newer_one_withdrew() {
    let rows: Vec<_> = (1..=4).map(diplomat).collect();
    let mut bench = Bench::new();
    bench.send(&on("2026-11-02", &rows[..3]));
    bench.send(&on("2026-11-10", &rows[..2]));
    bench.registries[0].keys = keys(&[1, 2]);
    let late = bench.send(&on("2026-11-05", &rows));
    assert_eq!(late.found(), ["EMB-12 withdrawn-since @3"]);
    assert_eq!((late.verdict(), late.records()), (Verdict::Partly, (3, 1)));
    assert_eq!(late.changes().len(), 1, "who is new is enrolled");
    // The same day's next list says who is there.
    let again = bench.send(&on("2026-11-10", &rows));
    assert_eq!(again.found(), NOTHING);
    assert_eq!(bench.enrolled("XEX").len(), 4);
}

#[test]
fn nobody_hangs_on_somebody_who_was_not_taken() {
    let (a, b) = (diplomat(1), diplomat(2));
    let mut bench = Bench::new();
    bench.send(&on("2026-11-02", &[a.clone(), b.clone()]));
    bench.send(&on("2026-11-10", std::slice::from_ref(&b)));
    let late = bench.send(&on("2026-11-05", &[a.clone(), spouse(1, &a), b]));
    assert_eq!(late.found(), ["EMB-12 withdrawn-since @1", "EMB-08 principal-unknown @2"]);
    assert_eq!(bench.enrolled("XEX").len(), 1);
}

#[test]
fn who_had_left_is_enrolled_by_a_later_list_alone() {
    let rows = [diplomat(1), diplomat(2)];
    for (day, found, enrolled) in [
        ("2026-11-10", "EMB-12 departed-since @1", 1),
        ("2026-11-12", "EMB-12 departed-since @1", 1),
        ("2026-11-15", "EMB-12 departed-before @1", 2),
    ] {
        let mut bench = Bench::new();
        bench.send(&on("2026-11-02", &rows));
        bench.send(&notice(&[(rows[0].d_number(), "2026-11-12")]).xml());
        let outcome = bench.send(&on(day, &rows));
        assert_eq!(outcome.found(), [found], "{day}");
        assert_eq!(bench.enrolled("XEX").len(), enrolled, "{day}");
        assert_eq!(reviewed(&outcome).len(), enrolled - 1, "somebody looks when both may be wrong");
    }
}

/// The same for another mission's list.
#[test]
fn who_had_left_one_mission_does_not_come_to_another_by_an_older_list() {
    let rows = [diplomat(1), diplomat(2)];
    let mut bench = Bench::new();
    bench.send(&on("2026-11-02", &rows[..1]));
    bench.send(&notice(&[(rows[0].d_number(), "2026-11-12")]).xml());
    bench.sender = mission("b", "XEY");
    assert_eq!(bench.send(&of_other("2026-11-03", &rows)).found(), ["EMB-12 departed-since @1"]);
    assert_eq!(bench.send(&of_other("2026-11-13", &rows)).found(), ["EMB-12 departed-before @1"]);
}

/// EMB-11.
#[test]
fn between_missions_the_newer_list_wins_whichever_came_first() {
    let rows = [diplomat(1), diplomat(2)];
    let mut bench = Bench::new();
    bench.send(&on("2026-11-15", &rows[..1]));
    bench.sender = mission("b", "XEY");
    let late = bench.send(&of_other("2026-11-01", &rows));
    assert_eq!(late.found(), ["EMB-12 newer-elsewhere @1"]);
    assert_eq!(late.records(), (1, 1));
    let [looked_at] = reviewed(&late)[..] else { panic!("one case") };
    assert_eq!((&*looked_at.mission, &looked_at.what), ("XEX", &What::Review));
    assert_eq!((bench.enrolled("XEX").len(), bench.enrolled("XEY").len()), (1, 1));
    let newer = bench.send(&of_other("2026-11-15", &rows));
    assert_eq!(newer.found(), ["EMB-11 other-mission @1"]);
    assert_eq!((bench.enrolled("XEX").len(), bench.enrolled("XEY").len()), (0, 2));
}
