//! Whole uploads by each client and in each way: every one is taken once and answered once.

use filsluse::types::verdict::Evidence;

use super::{
    accounts::may_run,
    installation::{Installation, Receipt, Spec},
    lists,
};
use crate::support::signing::Signer;

/// That a file was taken, all of it, on this evidence.
fn taken(receipt: &Receipt) {
    assert_eq!(receipt.headline(), "ACCEPTED", "{}", receipt.text);
}

#[test]
fn every_client_and_every_way_to_put_a_file_is_taken_once() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let local = |name: &str, n: u32| {
        site.local(name, lists::xml("XEX", name, n * 10, 3)).display().to_string()
    };

    client.sftp(&format!("put {} inbound/plain.xml\n", local("plain.xml", 1)));
    client.sftp(&format!("put -p {} inbound/times.xml\n", local("times.xml", 2)));
    client.sftp(&format!("put -f {} inbound/synced.xml\n", local("synced.xml", 3)));
    // The usual way of careful programs: a temporary name, then the rename. OpenSSH's own client
    // renames the POSIX way, and `-l` the way of version 3 of the protocol.
    let file = local("renamed.xml", 4);
    client.sftp(&format!(
        "put {file} inbound/renamed.xml.part\nrename inbound/renamed.xml.part inbound/renamed.xml\n"
    ));
    let file = local("linked.xml", 5);
    client.sftp(&format!(
        "put {file} inbound/.linked.xml\nrename -l inbound/.linked.xml inbound/linked.xml\n"
    ));
    client.lftp(&format!("put {} -o inbound/lftp.xml", local("lftp.xml", 6)));
    client.lftp(&format!("set xfer:use-temp-file yes; set xfer:temp-file-name .in.*; put {} -o inbound/lftp-temporary.xml", local("lftp-temporary.xml", 7)));
    // paramiko asks for the size after the close, and takes a file that is gone for a failure.
    client.paramiko(&format!("sftp.put('{}', 'inbound/paramiko.xml')", local("paramiko.xml", 8)));
    client.paramiko(&format!(
        "sftp.put('{}', 'inbound/v3.xml.tmp')\nsftp.rename('inbound/v3.xml.tmp', 'inbound/v3.xml')",
        local("v3.xml", 9)
    ));
    client.paramiko(&format!(
        "sftp.put('{}', 'inbound/posix.xml.filepart')\n\
         sftp.posix_rename('inbound/posix.xml.filepart', 'inbound/posix.xml')",
        local("posix.xml", 10)
    ));
    client.paramiko(&format!(
        "with sftp.open('inbound/dribble.xml', 'w') as f:\n  \
           for line in open('{}'): f.write(line); f.flush()",
        local("dribble.xml", 11)
    ));

    let receipts = site.exactly("xex", 11);
    for receipt in &receipts {
        taken(receipt);
    }
    let of: Vec<_> = receipts.iter().map(|receipt| receipt.of.as_str()).collect();
    let want = [
        "dribble.xml",
        "lftp-temporary.xml",
        "lftp.xml",
        "linked.xml",
        "paramiko.xml",
        "plain.xml",
        "posix.xml",
        "renamed.xml",
        "synced.xml",
        "times.xml",
        "v3.xml",
    ];
    assert_eq!(of, want);
    assert_eq!(site.left("xex"), [""; 0]);
    let submissions = site.submissions();
    assert_eq!(submissions.len(), want.len());
    for submission in &submissions {
        assert_eq!(submission["state"], "done", "{submission}");
        assert_eq!(submission["evidence"], "structure", "{submission}");
        assert_eq!(submission["records"]["accepted"], 3, "{submission}");
    }
    daemon.stop();
    site.silent_about(&["plain.xml", "posix.xml", "paramiko", "Prøve", &lists::d_number(10)]);
}

/// With the three lines that the senders' guide names, in both orders; what nobody signed waits.
#[test]
fn a_signed_file_is_taken_with_its_signature() {
    if !may_run() {
        return;
    }
    let signer = Signer::new();
    let spec =
        Spec { signing_keys: vec![signer.public()], ..Spec::new("xex", Evidence::Structure) };
    let site = Installation::new(&[spec]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let files = ["first.xml", "second.xml", "unsigned.xml"].map(|name| {
        let bytes = lists::xml("XEX", name, 1, 3);
        let file = site.local(name, &bytes).display().to_string();
        let sig = site.local(&format!("{name}.sig"), signer.sign(bytes.as_bytes()));
        (name, file, sig.display().to_string())
    });
    for (n, (name, file, sig)) in files.iter().enumerate() {
        let put_file = format!("put {file} inbound/{name}\n");
        let put_sig = format!("put {sig} inbound/{name}.sig\n");
        client.sftp(&match n {
            0 => put_file + &put_sig,
            1 => put_sig + &put_file,
            _ => put_file,
        });
    }
    for receipt in site.exactly("xex", 2) {
        taken(&receipt);
    }
    assert_eq!(site.left("xex"), ["unsigned.xml"]);
    for submission in site.submissions() {
        let key = signer.public().fingerprint().to_string();
        assert_eq!(submission["signed_by"], key, "{submission}");
    }
    daemon.stop();
}

#[test]
fn csv_is_taken_on_its_close() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Closed)]);
    let daemon = site.program.start();
    let file = site.local("list.csv", lists::csv("XEX", "1", 0, 40));
    site.client("xex").sftp(&format!("put {} inbound/list.csv\n", file.display()));
    taken(&site.exactly("xex", 1)[0]);
    assert_eq!(site.submissions()[0]["evidence"], "closed");
    daemon.stop();
}

/// The answers that `examples/README.md` promises.
#[test]
fn the_examples_are_answered_as_their_page_says() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[
        Spec::new("xex", Evidence::Closed),
        Spec::new("xio", Evidence::Closed),
    ]);
    let daemon = site.program.start();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (role, name, want, rule) in [
        ("xex", "enrolment-complete.xml", "ACCEPTED", None),
        ("xex", "enrolment-partly.xml", "PARTLY ACCEPTED", Some("EMB-08")),
        ("xex", "innmelding-endringer.csv", "ACCEPTED", None),
        ("xex", "held.xml", "HELD", Some("EMB-13")),
        ("xex", "wrong-mission.xml", "REJECTED", Some("EMB-01")),
        ("xex", "truncated.xml", "REJECTED", Some("IN-04")),
        ("xio", "innmelding.xlsx", "ACCEPTED", None),
    ] {
        let file = examples.join(format!("embassy-{role}")).join(name);
        site.client(role).sftp(&format!("put {} inbound/{name}\n", file.display()));
        let receipt = site.receipt(role, name);
        assert_eq!(receipt.headline(), want, "{name}: {}", receipt.text);
        assert!(rule.is_none_or(|rule| receipt.text.contains(rule)), "{name}: {}", receipt.text);
    }
    site.exactly("xex", 6);
    // The operator lets the held withdrawals through, and the embassy hears of it.
    let pending = site.program.json(&["enrolment", "pending"]);
    let held = pending[0]["submission"].as_str().unwrap().to_owned();
    let approved = site.program.said(&["enrolment", "approve", &held]);
    assert!(approved.status.success(), "{}", String::from_utf8_lossy(&approved.stderr));
    let receipts = site.exactly("xex", 7);
    let about_held: Vec<_> = receipts.iter().filter(|receipt| receipt.of == "held.xml").collect();
    assert_eq!(about_held.len(), 2);
    assert_eq!(about_held[0].submission, about_held[1].submission);
    daemon.stop();
}

#[test]
fn the_same_bytes_again_get_the_first_answer() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let file = site.local("list.xml", lists::xml("XEX", "1", 0, 3));
    client.sftp(&format!("put {} inbound/first.xml\n", file.display()));
    let first = site.receipt("xex", "first.xml");
    let stored = site.stored();
    client.sftp(&format!("put {} inbound/again.xml\n", file.display()));
    let again = site.receipt("xex", "again.xml");
    assert_eq!(again.headline(), "ALREADY RECEIVED", "{}", again.text);
    assert!(again.text.contains(&first.submission), "{}", again.text);
    site.exactly("xex", 2);
    assert_eq!(site.stored(), stored);
    daemon.stop();
}

#[test]
fn a_rehearsal_is_answered_and_stores_nothing() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let daemon = site.program.start();
    let client = site.client("xex");
    let good = site.local("good.xml", lists::xml("XEX", "1", 0, 3));
    let wrong = site.local("wrong.xml", lists::xml("XOT", "1", 0, 3));
    client.sftp(&format!(
        "put {} inbound/test/good.xml\nput {} inbound/test/wrong.xml\n",
        good.display(),
        wrong.display()
    ));
    let receipts = site.exactly("xex", 2);
    let headlines: Vec<_> = receipts.iter().map(Receipt::headline).collect();
    assert_eq!(headlines, ["REHEARSAL: ACCEPTED", "REHEARSAL: REJECTED"]);
    assert!(receipts[1].text.contains("EMB-01"), "{}", receipts[1].text);
    assert_eq!(site.stored(), 0);
    assert!(site.submissions().iter().all(|submission| submission["rehearsal"] == true));

    // The rehearsed file in earnest is no duplicate.
    client.sftp(&format!("put {} inbound/good.xml\n", good.display()));
    let receipts = site.exactly("xex", 3);
    assert_eq!(receipts.iter().filter(|r| r.headline() == "ACCEPTED").count(), 1);
    assert!(site.stored() > 0);
    daemon.stop();
}

#[test]
fn what_came_while_the_daemon_was_down_is_taken_when_it_is_up() {
    if !may_run() {
        return;
    }
    let site = Installation::new(&[Spec::new("xex", Evidence::Structure)]);
    let client = site.client("xex");
    for n in 0..40 {
        site.local(&format!("{n:02}.xml"), lists::xml("XEX", &n.to_string(), n * 3, 2));
    }
    client.sftp(&format!("put {}/*.xml inbound/\n", site.local_dir("local").display()));
    assert_eq!(site.left("xex").len(), 40);
    let daemon = site.program.start();
    for receipt in &site.exactly("xex", 40) {
        taken(receipt);
    }
    assert_eq!(site.left("xex"), [""; 0]);
    daemon.stop();
}
