//! Annual submissions by document: what takes the place of one file of an archive leaves its
//! neighbours alone, and of two files about one year the later one stands (KPR-09).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;

use filsluse::{
    catalogue::records::{objects::ObjectFilter, submissions::Submission},
    types::{ids::SubmissionId, verdict::Verdict},
};
use jiff::Timestamp;

use crate::{
    engine::reports::{Station, zip},
    kpr::document::annual,
};

/// A complete submission for a year, told apart by its system.
fn year(year: i16, system: &str) -> String {
    let mut text = annual(year, "0301");
    text.set("navnEPJ", system);
    text.write()
}

/// When each object of a submission is due, by its name behind the submission's id.
fn due(oslo: &Station, submission: SubmissionId) -> BTreeMap<String, Option<Timestamp>> {
    let filter = ObjectFilter { submission: Some(submission), ..ObjectFilter::default() };
    let objects = oslo.ask(|view| view.objects(&filter).unwrap());
    let named = objects
        .into_iter()
        .map(|object| (object.id.to_string().split_once('.').unwrap().1.to_owned(), object.due_at));
    named.collect()
}

/// Those that are due.
fn gone(oslo: &Station, submission: SubmissionId) -> Vec<String> {
    due(oslo, submission).into_iter().filter(|(_, at)| at.is_some()).map(|(name, _)| name).collect()
}

/// What the receipt says beyond the findings.
fn notes(row: &Submission) -> String {
    row.notes.get("notes").map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_later_one_for_one_year_leaves_the_other_years_of_an_archive_alone() {
    let mut oslo = Station::new();
    let archive = zip(&[year(2018, "A").as_bytes(), year(2019, "A").as_bytes()]);
    let receipt = oslo.send("both.zip", &archive);
    let both = oslo.newest().0.id;
    let stored = ["kpr.content", "kpr.content-2", "kpr.report"];
    assert_eq!(due(&oslo, both).into_keys().collect::<Vec<_>>(), stored, "{receipt}");
    assert!(gone(&oslo, both).is_empty());

    let receipt = oslo.send("b2018.xml", year(2018, "B").as_bytes());
    assert!(receipt.contains(&both.to_string()), "{receipt}");
    assert_eq!(gone(&oslo, both), ["kpr.content"], "2019 is in force");
    let first_due = due(&oslo, both)["kpr.content"];

    // The report is about both, and stays as long as one of them.
    let receipt = oslo.send("b2019.xml", year(2019, "B").as_bytes());
    assert!(receipt.contains(&both.to_string()), "{receipt}");
    assert_eq!(gone(&oslo, both), stored);
    assert_eq!(due(&oslo, both)["kpr.content"], first_due, "no deadline moves back");

    // What is not in force any more may come again.
    let receipt = oslo.send("again.zip", &archive);
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Accepted), "{receipt}");
}

#[test]
fn of_two_files_of_an_archive_about_one_year_the_later_one_stands() {
    let mut oslo = Station::new();
    oslo.send("before.xml", year(2018, "A").as_bytes());
    let before = oslo.newest().0.id;
    let texts = ["B", "C", "D"].map(|system| year(2018, system));
    let archive = zip(&texts.each_ref().map(String::as_bytes));
    let rehearsed = oslo.rehearse(&archive);
    let receipt = oslo.send("twice.zip", &archive);
    let (row, _) = oslo.newest();
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{receipt}");
    assert_eq!(gone(&oslo, before), ["kpr.content", "kpr.report"], "{receipt}");
    assert_eq!(gone(&oslo, row.id), ["kpr.content", "kpr.content-2"], "{receipt}");
    assert!(receipt.contains("En fil i arkivet erstatter en som står før den"), "{receipt}");
    let replaced = receipt.matches("erstatter en tidligere for samme kommune og år").count();
    assert_eq!(replaced, 1, "not itself: {receipt}");
    assert_eq!(notes(&rehearsed), notes(&row), "a rehearsal says the same");
    assert!(notes(&row).contains("replaces-within"), "{}", notes(&row));
    let erasures = row.notes.get("erasures").and_then(serde_json::Value::as_array);
    assert!(erasures.is_none_or(Vec::is_empty), "what is in force has no date: {receipt}");

    // The archive is in force as it came.
    let receipt = oslo.send("twice-again.zip", &archive);
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Duplicate), "{receipt}");
    let inner = due(&oslo, row.id)["kpr.content"];
    let receipt = oslo.send("after.xml", year(2018, "E").as_bytes());
    let objects = ["kpr.content", "kpr.content-2", "kpr.content-3", "kpr.report"];
    assert_eq!(gone(&oslo, row.id), objects, "{receipt}");
    assert_eq!(due(&oslo, row.id)["kpr.content"], inner, "no deadline moves back");
}
