//! Archives whose files have to do with each other: one corrects another, one is not taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use crate::{
    engine::reports::{Station, zip},
    kpr::document::{Node, message},
};

/// Counts of what came to no registry are no part of what the register is told.
#[test]
fn the_report_counts_what_was_taken() {
    let mut oslo = Station::new();
    let good = message(&["--count", "40", "--seed", "3"]);
    let mut struck = message(&["--count", "40", "--seed", "4"]);
    for n in 0..10 {
        struck.nth("Notifikasjon", n).children[0].set("tjenesteType", "999");
    }
    let alone = zip(&[good.write().as_bytes()]);
    let alone = oslo.rehearse(&alone).report.unwrap();
    let foreign = of_another(&message(&["--count", "30", "--seed", "5"]));
    let archive =
        zip(&[good.write().as_bytes(), struck.write().as_bytes(), foreign.write().as_bytes()]);
    let receipt = oslo.send("archive.zip", &archive);
    let row = oslo.newest().0;
    let report = row.report.unwrap();
    assert_eq!((row.records.accepted, row.records.rejected), (40, 70), "{receipt}");
    assert_eq!(report["records"]["accepted"], 40, "{report}");
    assert_eq!(report["records"]["rejected"], 70, "{report}");
    assert_eq!(report["persons"], alone["persons"], "{report}");
    assert_eq!(report["findings"]["KPR-08"], 1, "{report}");
    assert_eq!(report["findings"]["KPR-02"], 1, "of the one that was refused: {report}");
}

/// The message of another municipality.
fn of_another(message: &Node) -> Node {
    let mut foreign = message.clone();
    foreign.nth("Kommune", 0).set("kommuneNr", "1103");
    foreign
}

/// The second file corrects the first one, which is not taken: it must not lose what both have.
#[test]
fn what_a_file_of_an_archive_repeats_of_one_that_is_not_taken_is_taken() {
    let mut oslo = Station::new();
    let corrected = message(&["--count", "40", "--seed", "3"]);
    let mut first = corrected.clone();
    for n in [3, 13, 23, 33] {
        first.nth("Notifikasjon", n).children[0].set("tjenesteType", "999");
    }
    // Nor one that the books reject: what its corrections refer to was never sent.
    let mut referring = message(&["--count", "40", "--seed", "4"]);
    let whole = referring.clone();
    for n in [5, 15, 25, 35] {
        let it = referring.nth("Notifikasjon", n);
        it.set("statusNotifikasjon", "M");
        it.set("notifikasjonRef", "0b5c7e0e-8a6f-4a55-9c7d-000000000001");
    }
    for (name, first, second) in
        [("struck.zip", first, corrected), ("referring.zip", referring, whole)]
    {
        let archive = zip(&[first.write().as_bytes(), second.write().as_bytes()]);
        let receipt = oslo.send(name, &archive);
        let row = oslo.newest().0;
        assert_eq!((row.records.accepted, row.records.rejected), (40, 40), "{receipt}");
        let stored = oslo.stored();
        assert_eq!(stored, ["kpr.content-2", "kpr.report"], "{receipt}");
    }
}

/// A rehearsal sees in its second file what its first one would have changed, and leaves nothing of
/// it.
#[test]
fn a_rehearsal_of_an_archive_is_judged_as_it_would_be_and_forgotten() {
    let mut oslo = Station::new();
    let first = message(&["--count", "40", "--seed", "3"]);
    let mut second = message(&["--count", "40", "--seed", "4"]);
    let original = first.children[0].get("notifikasjonGUID").unwrap().to_owned();
    second.nth("Notifikasjon", 0).set("statusNotifikasjon", "M").set("notifikasjonRef", &original);
    let archive = zip(&[first.write().as_bytes(), second.write().as_bytes()]);
    oslo.send_rehearsal("rehearsed.zip", &archive);
    let rehearsed = oslo.newest().0;
    let receipt = oslo.send("real.zip", &archive);
    let real = oslo.newest().0;
    assert!(rehearsed.rehearsal && !real.rehearsal);
    assert_eq!(real.records.accepted, 80, "{receipt}");
    assert_eq!(rehearsed.records, real.records);
    assert_eq!(rehearsed.findings, real.findings, "none came before");
}
