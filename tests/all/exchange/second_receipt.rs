//! The second receipt of a list whose withdrawals waited: its dates are those of what it names.

use std::fs;

use filsluse::{pipeline::decide_withdrawals, types::verdict::Verdict};

use super::scene::Scene;
use crate::uploads::{PERSONS, complete};

/// Approved when the first difference is about to be erased.
#[test]
fn what_is_approved_late_has_a_deadline_of_its_own() {
    let mut scene = Scene::new();
    scene.send("embassy-xex", complete("XEX", "1", &PERSONS));
    let held = scene.send("embassy-xex", complete("XEX", "2", &PERSONS[..1]));
    assert_eq!(held.verdict, Some(Verdict::Held));
    scene.at("2027-02-15T11:00:00Z");
    let house = scene.house();
    decide_withdrawals::decide(&house, held.id, true, "somebody").unwrap();
    let due = scene.objects(held.id).into_iter().find(|object| object.id.number == 2).unwrap();
    let due = house.day(due.due_at.unwrap() - jiff::SignedDuration::from_nanos(1));
    assert!(due > jiff::civil::date(2027, 5, 1), "{due}");
    let receipts = fs::read_dir(scene.outbound_directory("embassy-xex")).unwrap();
    let second = receipts
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".2.receipt.txt"))
        .expect("a second receipt");
    // A date is not broken across lines.
    let text = fs::read_to_string(second).unwrap().replace('\u{a0}', " ");
    assert!(text.contains("May 2027") && !text.contains("February 2027."), "{text}");
}
