//! Lists that would withdraw unusually many (EMB-13), from the hold to the mission's second
//! receipt.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::process::{Command, Output};

use filsluse::types::verdict::{State, Verdict};

use crate::support::{
    child_daemon::Daemon,
    installation::Installation,
    uploads::{PERSONS, changes, complete},
};

const SENDER: &str = "embassy-xex";

pub(crate) fn run(installation: &Installation, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
    command.arg("--config").arg(installation.layout.main_file()).args(arguments).output().unwrap()
}

pub(crate) fn json(installation: &Installation, arguments: &[&str]) -> serde_json::Value {
    let said = run(installation, &[arguments, &["--json"]].concat());
    serde_json::from_slice(&said.stdout).unwrap()
}

/// Uploads a file and gives the text of its receipt with that number.
pub(crate) fn send(
    installation: &Installation,
    daemon: &mut Daemon,
    name: &str,
    list: &str,
) -> String {
    installation.upload(SENDER, name, list);
    told(installation, daemon, name, ".receipt.txt")
}

pub(crate) fn told(
    installation: &Installation,
    daemon: &mut Daemon,
    name: &str,
    end: &str,
) -> String {
    let mut text = String::new();
    daemon.until("a receipt", || {
        let found = installation.receipts(SENDER).into_iter();
        let mut found = found.filter(|(file, _)| file.starts_with(name) && file.ends_with(end));
        found.next().is_some_and(|(_, bytes)| {
            text = String::from_utf8(bytes).unwrap();
            true
        })
    });
    text
}

fn all_done(installation: &Installation, daemon: &mut Daemon) {
    daemon.until("the end", || {
        installation.books().submissions.iter().all(|row| row.state == State::Done)
    });
}

/// A list that holds the withdrawal of four of five; gives its id.
fn hold(installation: &Installation, daemon: &mut Daemon) -> String {
    send(installation, daemon, "all.xml", &complete("XEX", "1", &PERSONS));
    let held = send(installation, daemon, "one.xml", &complete("XEX", "2", &PERSONS[..1]));
    assert!(held.starts_with("HELD"), "{held}");
    daemon.until("the hold", || {
        installation.books().submissions.iter().any(|row| row.state == State::Held)
    });
    installation.books().held[0].submission.to_string()
}

#[test]
fn a_newer_complete_list_ends_what_waits() {
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    let id = hold(&installation, &mut daemon);
    send(&installation, &mut daemon, "again.xml", &complete("XEX", "3", &PERSONS));
    let second = told(&installation, &mut daemon, "one.xml", ".2.receipt.txt");
    assert!(second.starts_with("ACCEPTED"), "{second}");
    assert!(second.contains("A newer complete list, submission "), "{second}");
    all_done(&installation, &mut daemon);
    let row = json(&installation, &["submission", "show", &id]);
    assert_eq!(row["verdict"], "accepted");
    assert!(!row["findings"].to_string().contains("EMB-13"), "{row}");
    assert_eq!(json(&installation, &["status"])["queue"]["held"], 0);
    assert_eq!(json(&installation, &["enrolment", "pending"]), serde_json::json!([]));

    let resent =
        send(&installation, &mut daemon, "resent.xml", &complete("XEX", "2", &PERSONS[..1]));
    assert!(resent.starts_with("ALREADY RECEIVED"), "{resent}");
    assert!(resent.contains("and was accepted") && resent.contains("A newer complete"), "{resent}");
    all_done(&installation, &mut daemon);
    let before = installation.books();
    assert!(daemon.stop().success());
    let mut daemon = installation.start(&[]);
    daemon.ready();
    assert!(daemon.stop().success());
    assert_eq!(before.submissions, installation.books().submissions);
}

/// A list from somebody's outbox that describes an earlier day ends nothing, and confirms nobody.
#[test]
fn an_older_complete_list_leaves_what_waits() {
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    let on = |day: &str, list: &str| list.replace("2026-11-02", day);
    send(&installation, &mut daemon, "all.xml", &complete("XEX", "1", &PERSONS));
    let newer = on("2026-11-05", &complete("XEX", "2", &PERSONS[..1]));
    assert!(send(&installation, &mut daemon, "newer.xml", &newer).starts_with("HELD"));
    let older = on("2026-11-04", &complete("XEX", "3", &PERSONS));
    assert!(send(&installation, &mut daemon, "older.xml", &older).starts_with("ACCEPTED"));
    let oldest = on("2026-11-01", &complete("XEX", "4", &PERSONS[..4]));
    let told_older = send(&installation, &mut daemon, "oldest.xml", &oldest);
    assert!(
        told_older.starts_with("HELD") && !told_older.contains("unusually many."),
        "{told_older}"
    );
    let pending = json(&installation, &["enrolment", "pending"]);
    let rows: Vec<_> = pending.as_array().unwrap().iter().collect();
    let of = |row: &serde_json::Value| (row["reason"].clone(), row["withdrawals"].clone());
    assert_eq!(of(rows[0]), ("too-many".into(), 4.into()));
    assert_eq!(of(rows[1]), ("older-list".into(), 1.into()));
    let alarms = json(&installation, &["alarm", "list"]).to_string();
    assert!(alarms.contains("\"older-list\"") && alarms.contains("\"too-many\""), "{alarms}");
    let table = run(&installation, &["enrolment", "pending"]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("older-list"));
    let id = rows[0]["submission"].as_str().unwrap();
    let said = json(&installation, &["enrolment", "approve", id]);
    assert_eq!(said["withdrawn"], 4);
    assert!(daemon.stop().success());
}

/// The sender of the same file is told what was decided last, also before the second receipt is
/// out.
#[test]
fn the_same_file_is_told_that_a_newer_one_took_its_place() {
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    hold(&installation, &mut daemon);
    send(&installation, &mut daemon, "again.xml", &complete("XEX", "3", &PERSONS));
    let held = complete("XEX", "2", &PERSONS[..1]);
    let resent = send(&installation, &mut daemon, "resent.xml", &held);
    assert!(resent.contains("and was accepted") && !resent.contains("EMB-13"), "{resent}");
    assert!(daemon.stop().success());
}

/// Also where the daemon is killed between the newer list and the second receipt.
#[cfg(feature = "fail-points")]
#[test]
fn killed_before_the_second_receipt_a_start_ends_it() {
    for point in ["stored", "audited", "receipts", "answered"] {
        let installation = Installation::new();
        let mut daemon = installation.start(&[]);
        daemon.ready();
        hold(&installation, &mut daemon);
        assert!(daemon.stop().success());
        let place = format!("{point}:2");
        let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", &place)]);
        if daemon.ready() {
            installation.upload(SENDER, "again.xml", complete("XEX", "3", &PERSONS));
            installation.upload(SENDER, "more.xml", changes("XEX", "4", &PERSONS[..1]));
            daemon.until("the kill or the end", || installation.receipts(SENDER).len() == 10);
        }
        drop(daemon);
        let mut daemon = installation.start(&[]);
        assert!(daemon.ready(), "{point}: {}", daemon.words());
        daemon.until("all receipts", || installation.receipts(SENDER).len() == 10);
        all_done(&installation, &mut daemon);
        assert!(daemon.stop().success());
    }
}

#[test]
fn a_decision_is_told_alike_everywhere() {
    for (word, verdict) in [("approve", Verdict::Accepted), ("refuse", Verdict::Partly)] {
        let installation = Installation::new();
        let mut daemon = installation.start(&[]);
        daemon.ready();
        let id = hold(&installation, &mut daemon);
        // One of the four leaves by a list of changes meanwhile.
        let leaves = changes("XEX", "3", &PERSONS[4..]).replace("\"enrol\"", "\"withdraw\"");
        send(&installation, &mut daemon, "leaves.xml", &leaves);
        let pending = &json(&installation, &["enrolment", "pending"])[0];
        assert_eq!((&pending["withdrawals"], &pending["enrolled"]), (&3.into(), &4.into()));

        assert!(run(&installation, &["enrolment", word, &id]).status.success());
        let text = told(&installation, &mut daemon, "one.xml", ".2.receipt.txt");
        let xml = told(&installation, &mut daemon, "one.xml", ".2.receipt.xml");
        all_done(&installation, &mut daemon);
        let row = json(&installation, &["submission", "show", &id]);
        assert_eq!(row["verdict"], verdict.as_str());
        let refused = word == "refuse";
        let rules = row["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]);
        let held = rules.filter(|rule| *rule == "EMB-13").count();
        assert_eq!(held, usize::from(refused), "{row}");
        assert_eq!(xml.matches("EMB-13").count(), usize::from(refused), "{xml}");
        let object = format!("{id}.fastlege.difference-2");
        assert_eq!(text.contains(&object), !refused, "{text}");
        assert!(!text.contains("wait for a case handler"), "{text}");
        assert!(daemon.stop().success());
    }
}

#[test]
fn a_rehearsal_promises_no_second_receipt() {
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    send(&installation, &mut daemon, "all.xml", &complete("XEX", "1", &PERSONS));
    let file = installation.inbound(SENDER).join("test/one.xml");
    std::fs::write(file, complete("XEX", "2", &PERSONS[..1])).unwrap();
    let text = told(&installation, &mut daemon, "one.xml", ".receipt.txt");
    assert!(text.starts_with("REHEARSAL: HELD"), "{text}");
    assert!(text.contains("no second receipt") && !text.contains("comes here"), "{text}");
    assert!(daemon.stop().success());
}
