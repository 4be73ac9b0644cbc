//! Two systems of one municipality, each a sender of its own: one sequence, and each corrects only
//! what it sent.
use std::{collections::BTreeSet, fs};

use filsluse::{catalogue::records::submissions::Submission, types::verdict::Verdict};

use super::document::{Node, message};
use crate::support::{
    in_process::Running,
    installation::Installation,
    wait::{SOON, until_seen},
};

const HOME_CARE: &str = "oslo-hjemmetjenesten";

/// Oslo with a second system.
fn two_systems() -> Installation {
    let installation = Installation::new();
    let senders = installation.layout.senders();
    let text = fs::read_to_string(senders.join("oslo.toml")).unwrap();
    let text = text.replace("id = \"oslo\"", &format!("id = \"{HOME_CARE}\""));
    fs::write(senders.join(format!("{HOME_CARE}.toml")), text).unwrap();
    fs::create_dir_all(installation.inbound(HOME_CARE)).unwrap();
    fs::create_dir_all(installation.outbound(HOME_CARE)).unwrap();
    installation
}

/// Sends these notifications of the message, and gives what became of them.
fn send(
    installation: &Installation,
    sender: &str,
    message: &Node,
    keep: std::ops::Range<usize>,
) -> Submission {
    let had: BTreeSet<_> = installation.books().submissions.iter().map(|row| row.id).collect();
    let mut part = message.clone();
    let tail = part.children.split_off(20);
    part.children = part.children[keep].to_vec();
    part.children.extend(tail);
    installation.upload(sender, "m.xml", part.write());
    until_seen("its answer", SOON, || {
        let rows = installation.books().submissions;
        rows.into_iter().find(|row| !had.contains(&row.id) && row.state.is_final())
    })
}

/// The hints of its findings.
fn found(row: &Submission) -> Vec<&str> {
    row.findings.iter().filter_map(|finding| Some(&*finding.hint.as_ref()?.key)).collect()
}

#[test]
fn the_sequence_is_the_municipalitys_whichever_system_goes_on() {
    let installation = two_systems();
    let running = Running::start(&installation);
    let all = message(&["--count", "20"]);
    assert_eq!(found(&send(&installation, "oslo", &all, 0..5)), [""; 0]);
    assert_eq!(found(&send(&installation, HOME_CARE, &all, 5..10)), [""; 0]);
    assert_eq!(found(&send(&installation, "oslo", &all, 10..12)), [""; 0]);
    // A delivery is missing, whoever was to send it.
    assert_eq!(found(&send(&installation, HOME_CARE, &all, 15..16)), ["sequence-gap"]);
    assert!(running.has_alarm("sequence-gap", &format!("{HOME_CARE}/0301")));
    assert!(!running.has_alarm("sequence-gap", "oslo/0301"));
    assert_eq!(found(&send(&installation, "oslo", &all, 12..15)), ["sequence-repeat"]);
}

#[test]
fn a_system_that_counts_for_itself_is_told_and_nothing_is_missing() {
    let installation = two_systems();
    let running = Running::start(&installation);
    let all = message(&["--count", "20"]);
    let mut own = message(&["--count", "20", "--seed", "9"]);
    send(&installation, "oslo", &all, 0..3);
    assert_eq!(found(&send(&installation, HOME_CARE, &own, 0..2)), ["sequence-repeat"]);
    // Its numbers get ahead of the other's: what it names as the one before has come.
    let number =
        |own: &Node, n: usize| own.children[n].get("notifikasjonLopeNr").unwrap().to_owned();
    let ahead = format!("{}0", number(&own, 2));
    own.nth("Notifikasjon", 2).set("notifikasjonLopeNr", &ahead);
    let row = send(&installation, HOME_CARE, &own, 2..3);
    assert_eq!((found(&row), row.verdict), (vec!["sequence-fork"], Some(Verdict::Accepted)));
    assert_eq!(row.report.unwrap()["missing"], 0);
    assert!(!running.has_alarm("sequence-gap", &format!("{HOME_CARE}/0301")));
}

#[test]
fn each_system_corrects_what_it_sent_itself() {
    let installation = two_systems();
    let _running = Running::start(&installation);
    let mut all = message(&["--count", "20"]);
    send(&installation, "oslo", &all, 0..3);
    let original = all.children[0].get("notifikasjonGUID").unwrap().to_owned();
    all.nth("Notifikasjon", 3).set("statusNotifikasjon", "C").set("notifikasjonRef", &original);
    let row = send(&installation, HOME_CARE, &all, 3..4);
    assert!(found(&row).contains(&"reference-unknown"), "{:?}", found(&row));
    assert_eq!(found(&send(&installation, "oslo", &all, 3..4)), [""; 0]);
}
