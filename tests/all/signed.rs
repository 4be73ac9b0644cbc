//! Signed files (IN-06) as sender, operator and registry see them: a daemon in a process of its own,
//! signatures that OpenSSH made, and the program's own verbs.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use filsluse::types::verdict::{State, Verdict};
use rustix::process::Signal;
use serde_json::Value;

use crate::{
    resilience::{
        fuzz_smoke::{envelope::age_of, xlsx::zip_of},
        invariants::{audit_holds, entries, no_plain_text},
    },
    support::{
        child_daemon::Daemon,
        installation::Installation,
        signing::Signer,
        uploads::{PERSONS, changes},
    },
    tables::gzip_of,
};

const SENDER: &str = "embassy-xex";

/// Lets the sender sign with these keys, and with no others.
fn demand(installation: &Installation, signers: &[&Signer]) {
    let file = installation.layout.senders().join(format!("{SENDER}.toml"));
    let keys: Vec<String> = signers.iter().map(|signer| format!("\"{}\"", signer.line())).collect();
    let text = fs::read_to_string(&file).unwrap();
    let is_its_line = |line: &str| line.trim_start_matches('#').starts_with("signing-keys = ");
    let mut lines: Vec<&str> = text.lines().filter(|line| !is_its_line(line)).collect();
    let new = format!("signing-keys = [{}]", keys.join(", "));
    lines.push(&new);
    fs::write(&file, lines.join("\n") + "\n").unwrap();
}

/// The built program's own words, and its exit status.
fn filsluse(installation: &Installation, args: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
    let main = installation.layout.main_file();
    let ended = command.arg("--config").arg(main).args(args).output().unwrap();
    (String::from_utf8(ended.stdout).unwrap(), ended.status.code())
}

fn json(installation: &Installation, args: &[&str]) -> Value {
    let (words, _) = filsluse(installation, &[args, &["--json"]].concat());
    serde_json::from_str(&words).unwrap_or_else(|error| panic!("{error}: {words}"))
}

/// Uploads a file with what is to lie beside it, the signature last.
fn send(installation: &Installation, name: &str, bytes: &[u8], signature: &[u8]) {
    installation.upload(SENDER, name, bytes);
    installation.upload(SENDER, &format!("{name}.sig"), signature);
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Waits for the receipt of a file, and gives its plain words, in one line.
fn receipt(installation: &Installation, daemon: &mut Daemon, name: &str) -> String {
    let of = |receipts: BTreeMap<String, Vec<u8>>| {
        let mut found = receipts.into_iter();
        let stem = format!("{name}.");
        found.find(|(file, _)| file.starts_with(&stem) && file.ends_with(".receipt.txt"))
    };
    daemon.until(name, || of(installation.receipts(SENDER)).is_some());
    let (_, text) = of(installation.receipts(SENDER)).unwrap();
    in_one_line(&String::from_utf8(text).unwrap())
}

/// A list that enrols some persons.
fn list(id: &str, persons: usize) -> Vec<u8> {
    changes("XEX", id, &PERSONS[..persons]).into_bytes()
}

#[test]
fn a_signed_file_is_taken_in_every_form_and_its_key_is_told() {
    let installation = Installation::new();
    let signer = Signer::new();
    demand(&installation, &[&signer]);
    let fingerprint = signer.public().fingerprint().to_string();
    let mut daemon = installation.start(&[]);
    daemon.ready();
    let (shown, _) = filsluse(&installation, &["config", "show"]);
    assert!(shown.contains(&signer.public().to_string()), "{shown}");
    assert!(!shown.contains("kari@laptop"), "a key's comment may name a person");

    let forms: [(&str, Vec<u8>); 3] = [
        ("bare.xml", list("1", 1)),
        ("packed.zip", zip_of(&[("a.xml", &list("2", 2))])),
        ("packed.xml.gz", gzip_of(&list("3", 3))),
    ];
    for (name, bytes) in &forms {
        send(&installation, name, bytes, &signer.sign(bytes));
        let text = receipt(&installation, &mut daemon, name);
        assert!(text.starts_with("ACCEPTED"), "{name}: {text}");
        assert!(text.contains(&fingerprint), "{name}: {text}");
        assert!(!text.contains("kari"), "{name}: {text}");
    }
    let recipient = recipient(&installation);
    let sealed = age_of(&list("4", 4), &recipient);
    send(&installation, "sealed.xml.age", &sealed, &signer.sign(&sealed));
    let text = receipt(&installation, &mut daemon, "sealed.xml.age");
    assert!(text.starts_with("ACCEPTED") && text.contains(&fingerprint), "{text}");

    // The same bytes once more.
    let (_, bare) = &forms[0];
    send(&installation, "again.xml", bare, &signer.sign(bare));
    let text = receipt(&installation, &mut daemon, "again.xml");
    assert!(text.starts_with("ALREADY RECEIVED"), "{text}");

    let rows = json(&installation, &["submission", "list"]);
    for row in rows.as_array().unwrap() {
        assert_eq!(row["signed_by"], fingerprint.as_str(), "{row}");
        let id = row["id"].as_str().unwrap();
        let (words, _) = filsluse(&installation, &["submission", "show", id]);
        assert!(words.contains(&format!("signed by   {fingerprint}")), "{words}");
    }
    assert!(daemon.stop().success());
    let told = format!("\"signed_by\":\"{fingerprint}\"");
    assert_eq!(entries(&installation).matches(&told).count(), 5, "one for each verdict");
    assert!(installation.books().alarms.iter().all(|alarm| alarm.code != "signature-refused"));
    assert!(!installation.inbound(SENDER).join("bare.xml.sig").exists());
    no_plain_text("signed", &installation);
    audit_holds("signed", &installation, &[].into());
}

/// What senders encrypt to.
fn recipient(installation: &Installation) -> age::x25519::Recipient {
    let text = fs::read_to_string(installation.layout.inbound_identity()).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    line.parse::<age::x25519::Identity>().unwrap().to_public()
}

/// Nothing of the registry's follows from a file that its sender did not sign, whoever put it there.
#[test]
fn a_file_that_is_not_the_senders_leaves_nothing_behind() {
    let installation = Installation::new();
    let (signer, thief) = (Signer::new(), Signer::new());
    demand(&installation, &[&signer]);
    let mut daemon = installation.start(&[]);
    daemon.ready();
    let first = list("1", 1);
    send(&installation, "first.xml", &first, &signer.sign(&first));
    receipt(&installation, &mut daemon, "first.xml");
    let before = installation.books();
    let stored = installation.stored();

    let file = list("2", 5);
    let mut touched = file.clone();
    touched.extend(b"<!-- -->");
    let of_first = signer.sign(&first);
    let cases: [(&str, &[u8], Vec<u8>, &str); 6] = [
        ("tampered.xml", &touched, signer.sign(&file), "signature-differs"),
        ("replayed.xml", &file, of_first, "signature-differs"),
        ("twin.xml", &first, signer.sign(&file), "signature-differs"),
        ("stolen.xml", &file, thief.sign(&file), "signed-with-other-key"),
        ("for-git.xml", &file, signer.sign_for("git", &file), "signed-for-other-use"),
        ("not.xml", &file, file.clone(), "not-a-signature"),
    ];
    for (name, bytes, signature, hint) in &cases {
        // Nobody is told when it is only tried out.
        for place in [format!("test/{name}"), (*name).to_owned()] {
            let told = installation.books().alarms.len();
            send(&installation, &place, bytes, signature);
            let count = installation.receipts(SENDER).len();
            daemon.until(name, || installation.receipts(SENDER).len() == count + 2);
            if place.starts_with("test/") {
                assert_eq!(installation.books().alarms.len(), told, "{place}");
            }
        }
        let text = receipt(&installation, &mut daemon, name);
        assert!(text.contains("REJECTED") && text.contains("IN-06"), "{name}: {text}");
        assert!(text.contains("ssh-keygen -Y sign -n filsluse"), "{name}: {text}");
        let was_read = *hint == "signature-differs";
        assert_eq!(text.contains("SHA-256"), was_read, "{name}: {text}");
    }
    let seen = |at: &str| {
        let senders = json(&installation, &["status"])["senders"].clone();
        let mut senders = senders.as_array().unwrap().iter();
        assert_eq!(senders.find(|one| one["id"] == SENDER).unwrap()["last_received_at"], at);
    };
    seen(&before.submissions[0].received_at.to_string());
    let after = installation.books();
    for (name, _, _, hint) in &cases {
        let of_case = after.submissions.iter().filter(|row| {
            row.findings.iter().any(|finding| {
                finding.rule.code == "IN-06"
                    && finding.hint.as_ref().is_some_and(|told| told.key == *hint)
            })
        });
        assert!(of_case.clone().count() >= 2, "{name}");
        for row in of_case {
            assert_eq!(row.verdict, Some(Verdict::Rejected), "{name}");
            assert_eq!(row.kind, None, "{name}: nobody looked what it is");
        }
    }
    assert_eq!((&after.objects, &after.enrolments), (&before.objects, &before.enrolments));
    assert_eq!((&after.missions, &after.held), (&before.missions, &before.held));
    assert_eq!(installation.stored(), stored);
    let alarm = after.alarms.iter().find(|alarm| alarm.code == "signature-refused").unwrap();
    assert_eq!(alarm.subject, SENDER);
    assert_eq!(alarm.detail.as_deref(), Some("not-a-signature"), "the last of them");
    let xml = installation
        .receipts(SENDER)
        .into_iter()
        .find(|(file, _)| file.starts_with("stolen.xml.") && file.ends_with(".receipt.xml"));
    let xml = String::from_utf8(xml.unwrap().1).unwrap();
    assert!(xml.contains("V=\"S01\"") && xml.contains("Feil på signatur"), "{xml}");

    // The file that was stopped is taken when its sender signs it.
    send(&installation, "second.xml", &file, &signer.sign(&file));
    let text = receipt(&installation, &mut daemon, "second.xml");
    assert!(text.starts_with("ACCEPTED"), "{text}");
    assert!(daemon.stop().success());
    no_plain_text("unsigned", &installation);
    audit_holds("unsigned", &installation, &[].into());
}

/// A new key beside the old one, then without it: each change counts from its reload on.
#[test]
fn keys_are_rotated_without_a_restart() {
    let installation = Installation::new();
    let (old, new) = (Signer::new(), Signer::new());
    demand(&installation, &[&old]);
    let mut daemon = installation.start(&[]);
    daemon.ready();
    let mut number = 0;
    let mut sends = |daemon: &mut Daemon, signer: &Signer, taken: bool| {
        number += 1;
        let (name, file) = (format!("n{number}.xml"), list(&number.to_string(), number));
        send(&installation, &name, &file, &signer.sign(&file));
        let text = receipt(&installation, daemon, &name);
        assert_eq!(text.starts_with("ACCEPTED"), taken, "{name}: {text}");
    };
    sends(&mut daemon, &new, false);
    for (keys, by) in [(vec![&old, &new], [true, true]), (vec![&new], [false, true])] {
        demand(&installation, &keys);
        let changes = || entries(&installation).matches("config-changed").count();
        let before = changes();
        daemon.signal(Signal::HUP);
        daemon.until("the new configuration", || changes() > before);
        sends(&mut daemon, &old, by[0]);
        sends(&mut daemon, &new, by[1]);
    }
    assert!(daemon.stop().success());
}

#[test]
fn validate_looks_for_the_signature_beside_the_file() {
    let installation = Installation::new();
    let (signer, other) = (Signer::new(), Signer::new());
    demand(&installation, &[&signer]);
    let file = installation.path().join("list.xml");
    let (whole, beside) = (list("1", 1), file.with_extension("xml.sig"));
    fs::write(&file, &whole).unwrap();
    let ask = |sender: &str| {
        let path = Path::new(&file).to_str().unwrap().to_owned();
        filsluse(&installation, &["validate", &path, "--as", sender])
    };
    let (words, status) = ask(SENDER);
    assert!(words.contains("IN-06") && status != Some(0), "{words}");
    let cases = [
        (signer.sign(&whole), "ACCEPTED", Some(0)),
        (other.sign(&whole), "a key that is not registered", None),
        (signer.sign(b"other"), "other content", None),
        (b"none".to_vec(), "not a whole signature", None),
    ];
    for (signature, want, status) in cases {
        fs::write(&beside, signature).unwrap();
        let (words, ended) = ask(SENDER);
        let words = in_one_line(&words);
        assert!(words.contains(want), "{want}: {words}");
        assert_eq!(ended == Some(0), status.is_some(), "{want}");
    }
    // Whom nobody asks for a signature is not told of one.
    let (words, _) = ask("helfo");
    assert!(!words.contains("IN-06"), "{words}");
}

/// What is made at the terminal has no signature, and would wait for one in vain.
#[test]
fn police_open_says_that_it_signs_nothing() {
    let installation = Installation::new();
    let signer = Signer::new();
    let hospital = installation.layout.senders().join("sykehus-eksempel.toml");
    let text = fs::read_to_string(&hospital).unwrap();
    fs::write(&hospital, format!("{text}\nsigning-keys = [\"{}\"]\n", signer.line())).unwrap();
    let form = installation.path().join("form");
    fs::write(&form, "").unwrap();
    let form = form.to_str().unwrap();
    let open = ["police", "open", "--as", "sykehus-eksempel", "--from", form];
    assert_eq!(filsluse(&installation, &open).1, Some(64));
    let inbound = installation.inbound("sykehus-eksempel");
    assert_eq!(fs::read_dir(inbound).unwrap().count(), 1, "no more than test/");
    let (words, _) = filsluse(&installation, &[&open[..], &["--check"]].concat());
    assert!(words.contains("POL-") && !words.contains("IN-06"), "{words}");
}

/// Killed at each step: the signature is neither lost nor taken for another file's.
#[cfg(feature = "fail-points")]
#[test]
fn killed_at_any_step_a_signed_file_is_taken_once() {
    use std::os::unix::process::ExitStatusExt;

    let signer = Signer::new();
    let (file, forged) = (list("1", 5), list("2", 1));
    let (signature, of_other) = (signer.sign(&file), signer.sign(b"other"));
    let points = [
        "intents-written:1",
        "claim-renamed:1",
        "claim-renamed:2",
        "companion-left:1",
        "companion-left:2",
        "passed:1",
        "passed:2",
        "published:1",
        "stored:1",
        "receipts:1",
        "removed-one:1",
    ];
    for point in points {
        let installation = Installation::new();
        demand(&installation, &[&signer]);
        // Both lie there before it starts, so that one batch has both.
        send(&installation, "good.xml", &file, &signature);
        send(&installation, "forged.xml", &forged, &of_other);
        let mut daemon = installation.start(&[("FILSLUSE_FAIL_POINT", point)]);
        daemon.ready();
        let answered = || installation.receipts(SENDER).len() == 4;
        daemon.until("receipts or kill", answered);
        assert_eq!(daemon.stop().signal(), Some(9), "{point} was never passed");
        no_plain_text(point, &installation);

        let mut daemon = installation.start(&[]);
        assert!(daemon.ready(), "{point}: {}", daemon.words());
        daemon.until("all receipts", answered);
        daemon.until("the end", || {
            let books = installation.books();
            books.submissions.iter().all(|row| matches!(row.state, State::Done | State::Rejected))
        });
        let good = receipt(&installation, &mut daemon, "good.xml");
        let forged = receipt(&installation, &mut daemon, "forged.xml");
        assert!(daemon.stop().success(), "{point}");
        assert!(good.starts_with("ACCEPTED"), "{point}: {good}");
        assert!(forged.contains("IN-06"), "{point}: {forged}");
        let books = installation.books();
        assert_eq!(books.submissions.len(), 2, "{point}");
        assert_eq!(books.enrolments.len(), 5, "{point}");
        let left: Vec<_> = fs::read_dir(installation.inbound(SENDER)).unwrap().collect();
        assert_eq!(left.len(), 1, "{point}: no more than test/: {left:?}");
        audit_holds(point, &installation, &[].into());
    }
}
