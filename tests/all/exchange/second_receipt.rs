//! The second receipt of a list whose withdrawals waited: its dates are those of what it names.

use std::fs;

use filsluse::{pipeline::withdrawals::decide, types::verdict::Verdict};

use super::scene::Scene;
use crate::support::{
    uploads::{PERSONS, complete},
    wait::until,
};

fn second(scene: &Scene) -> String {
    let mut text = String::new();
    until("a second receipt", || {
        let receipts = fs::read_dir(scene.outbound_directory("embassy-xex")).unwrap();
        let mut paths = receipts.map(|entry| entry.unwrap().path());
        let path = paths.find(|path| path.to_string_lossy().ends_with(".2.receipt.txt"));
        path.is_some_and(|path| {
            // A date is not broken across lines.
            text = fs::read_to_string(path).unwrap().replace('\u{a0}', " ");
            true
        })
    });
    text
}

/// Approved when the first difference is about to be erased.
#[test]
fn what_is_approved_late_has_a_deadline_of_its_own() {
    let mut scene = Scene::new();
    scene.send("embassy-xex", complete("XEX", "1", &PERSONS));
    let held = scene.send("embassy-xex", complete("XEX", "2", &PERSONS[..1]));
    assert_eq!(held.verdict, Some(Verdict::Held));
    scene.at("2027-02-15T11:00:00Z");
    let house = scene.house();
    decide::decide(&house, held.id, true, "somebody").unwrap();
    let due = scene.objects(held.id).into_iter().find(|object| object.id.number == 2).unwrap();
    let due = house.day(due.due_at.unwrap() - jiff::SignedDuration::from_nanos(1));
    assert!(due > jiff::civil::date(2027, 5, 1), "{due}");
    let text = second(&scene);
    assert!(text.contains("May 2027") && !text.contains("February 2027."), "{text}");
}

/// A newer list came when what the held one had stored is gone: nothing is promised of it.
#[test]
fn what_is_over_is_not_promised() {
    let mut scene = Scene::new();
    scene.send("embassy-xex", complete("XEX", "1", &PERSONS));
    scene.send("embassy-xex", complete("XEX", "2", &PERSONS[..1]));
    scene.at("2027-03-15T11:00:00Z");
    scene.send("embassy-xex", complete("XEX", "3", &PERSONS));
    let text = second(&scene);
    assert!(text.contains("A newer complete list") && !text.contains("is erased by"), "{text}");
}
