//! `validate` and `inbound/test/` give the answer that the file itself would get.

use std::fs;

use crate::{
    engine::held::{json, run, send, told},
    support::{
        installation::Installation,
        uploads::{PERSONS, complete},
    },
};

const CSV: &[u8] = include_bytes!("../../../examples/embassy-xex/innmelding-endringer.csv");

#[test]
fn a_file_that_came_before_is_a_duplicate_in_a_rehearsal_too() {
    let installation = Installation::new();
    let list = complete("XEX", "1", &PERSONS);
    let file = installation.path().join("list.xml");
    fs::write(&file, &list).unwrap();
    let asked = ["validate", file.to_str().unwrap(), "--as", "embassy-xex"];
    let alone = run(&installation, &asked);
    let words = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(words.contains("the file is judged alone"), "{words}");

    let mut daemon = installation.start(&[]);
    daemon.ready();
    // A rehearsal is nobody's first.
    let test = installation.inbound("embassy-xex").join("test");
    for name in ["before.xml", "before-2.xml"] {
        fs::write(test.join(name), &list).unwrap();
        let text = told(&installation, &mut daemon, name, ".receipt.txt");
        assert!(text.starts_with("REHEARSAL: ACCEPTED"), "{text}");
    }
    assert_eq!(json(&installation, &asked)["verdict"], "accepted");
    let seen = || {
        let status = json(&installation, &["status"]);
        let senders = status["senders"].as_array().unwrap();
        let sender = senders.iter().find(|sender| sender["id"] == "embassy-xex").unwrap();
        sender["last_received_at"].clone()
    };
    assert!(seen().is_null(), "whoever only rehearses has sent nothing");
    let real = send(&installation, &mut daemon, "real.xml", &list);
    assert!(real.starts_with("ACCEPTED"), "{real}");
    assert!(seen().is_string());
    let rows = json(&installation, &["submission", "list"]);
    let first = rows[0]["id"].as_str().unwrap().to_owned();

    fs::write(test.join("after.xml"), &list).unwrap();
    let text = told(&installation, &mut daemon, "after.xml", ".receipt.txt");
    assert!(text.starts_with("REHEARSAL: ALREADY RECEIVED"), "{text}");
    assert!(text.contains(&first), "{text}");
    let judged = json(&installation, &asked);
    assert_eq!(judged["verdict"], "duplicate", "{judged}");
    let judged = run(&installation, &asked);
    let text = String::from_utf8_lossy(&judged.stdout).into_owned();
    assert!(text.contains("ALREADY RECEIVED") && text.contains(&first), "{text}");
    let words = String::from_utf8_lossy(&judged.stderr).into_owned();
    assert!(!words.contains("judged alone"), "{words}");
    assert!(daemon.stop().success());
}

/// A fault of ours sets nothing of a rehearsal aside, so there is nothing for anybody to look at.
#[test]
#[cfg(feature = "fail-points")]
fn a_rehearsal_that_meets_a_fault_quarantines_nothing() {
    use filsluse::types::verdict::State;
    let installation = Installation::new();
    let mut daemon = installation.start(&[("FILSLUSE_PANIC_ON", "conclude")]);
    daemon.ready();
    let list = complete("XEX", "1", &PERSONS);
    fs::write(installation.inbound("embassy-xex").join("test/a.xml"), &list).unwrap();
    let text = told(&installation, &mut daemon, "a.xml", ".receipt.txt");
    assert!(text.starts_with("REHEARSAL: REJECTED"), "{text}");
    daemon.until("the end", || installation.books().submissions[0].state == State::Rejected);
    assert!(installation.books().alarms.is_empty(), "{:?}", installation.books().alarms);
    // The real thing is.
    send(&installation, &mut daemon, "b.xml", &list);
    daemon.until("an alarm", || !installation.books().alarms.is_empty());
    assert_eq!(installation.books().alarms[0].code, "quarantined");
    assert!(daemon.stop().success());
}

#[test]
fn the_evidence_is_what_the_daemon_finds() {
    let installation = Installation::new();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    for (name, bytes, want) in [
        ("whole.csv", CSV, "structure"),
        ("open.csv", CSV.strip_suffix(b"#rows=3\r\n").unwrap(), "closed"),
    ] {
        let file = installation.path().join(name);
        fs::write(&file, bytes).unwrap();
        let asked = ["validate", file.to_str().unwrap(), "--as", "embassy-xex"];
        assert_eq!(json(&installation, &asked)["evidence"], want, "{name}");
        installation.upload("embassy-xex", name, bytes);
        told(&installation, &mut daemon, name, ".receipt.txt");
        let rows = json(&installation, &["submission", "list"]);
        assert_eq!(rows[0]["evidence"], want, "{name}");
    }
    // What is not proved enough for its sender is told so.
    let sender = installation.layout.main_file().parent().unwrap().join("senders.d");
    let sender = sender.join("embassy-xex.toml");
    let text = fs::read_to_string(&sender).unwrap();
    let strict = text.replace("[sender]\n", "[sender]\ncompleteness = \"structure\"\n");
    let strict = strict.replacen("\ncompleteness = \"closed\"", "", 1);
    assert_ne!(text, strict);
    fs::write(&sender, strict).unwrap();
    let file = installation.path().join("open.csv");
    let asked = ["validate", file.to_str().unwrap(), "--as", "embassy-xex"];
    let said = run(&installation, &asked);
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(words.contains("must be proved whole"), "{words}");
    assert!(daemon.stop().success());
}
