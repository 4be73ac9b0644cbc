//! Erasure from the operator's seat, with the built program: what the clock guard stops, what
//! cannot be deleted, which configuration the law refuses, and certificates that a stranger checks.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use filsluse::{
    audit::entry::Event,
    catalogue::{
        error::CatalogueError,
        records::{
            objects::{Object, ObjectState},
            submissions::{Inode, Submission},
        },
        transact_with,
    },
    daemon::{engine, lock::StateLock, open},
    pipeline::{house::House, upkeep::erase},
    seal::Sealer,
    store::{Mark, Upload},
    types::{
        ids::{KindId, ObjectId, Part, RegistryId, SenderId, SubmissionId},
        period::Period,
    },
};
use jiff::{SignedDuration, Timestamp};

use super::{Installation, daemon::Daemon, program, text, words};
use crate::support::in_process::house_at;

#[test]
fn a_clock_that_leapt_stops_erasure_until_an_operator_confirms() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let early = now - hours(24 * 200);
    let id = with_house(&installation, early, |house| {
        engine::note(house, Event::Started).unwrap();
        lay(house, 1, now - hours(1))
    });
    // The newest entry is 200 days old: the clock leapt, or nobody was at work for as long.
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| alarms(&installation).contains(&"clock-jump".to_owned()));
    assert_eq!(state(&installation, &id), "stored");
    let status = installation.run(&["status", "--json"]);
    assert_eq!(status.status.code(), Some(1), "{}", words(&status));
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["healthy"], false);
    let run = installation.json(&["retention", "run"]);
    assert_eq!((&run[0]["object"], &run[0]["outcome"]), (&id.as_str().into(), &"erased".into()));
    assert_eq!(alarms(&installation), [""; 0]);
    assert_eq!(installation.json(&["status"])["healthy"], true);
    assert_eq!(daemon.stop(), Some(0));
    // A stop and a start in its ordinary course ask nobody.
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| installation.json(&["status"])["audit"]["size"].as_u64() > Some(5));
    assert_eq!(alarms(&installation), [""; 0]);
    assert_eq!(daemon.stop(), Some(0));
    // And back: something has happened three days from now already.
    let id = with_house(&installation, now + hours(72), |house| {
        engine::note(house, Event::Stopped).unwrap();
        lay(house, 2, now - hours(1))
    });
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| alarms(&installation).contains(&"clock-jump".to_owned()));
    assert_eq!(state(&installation, &id), "stored");
    installation.json(&["retention", "run"]);
    assert_eq!(state(&installation, &id), "erased");
    assert_eq!(alarms(&installation), [""; 0]);
}

#[test]
fn what_had_to_be_gone_is_not_handed_out_before_the_sweep_either() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let (past, by_law, held, ahead) = with_house(&installation, now, |house| {
        let past = lay(house, 1, now - hours(1));
        let by_law = lay_with(house, 2, now + hours(24), Some(now - hours(1)));
        (past, by_law, lay(house, 3, now - hours(1)), lay(house, 4, now + hours(24)))
    });
    installation.json(&["retention", "hold", &held, "--why", "asked by the court"]);
    let get = |id: &str, name: &str| {
        let file = installation.path(name);
        (installation.run(&["object", "get", id, "-o", file.to_str().unwrap()]), file)
    };
    for (id, why) in [(&past, "processed + P90D"), (&by_law, "by statute")] {
        let (said, file) = get(id, "late");
        assert_eq!(said.status.code(), Some(2), "{}", words(&said));
        let told = words(&said);
        assert!(told.contains(why) && told.contains("not handed out any more"), "{told}");
        assert!(told.contains("the daemon's next sweep erases it"), "{told}");
        assert!(!file.exists());
    }
    let log = crate::support::installation::files(&installation.path("state/audit/tile/entries"));
    let log: String = log.iter().map(|file| text_of(file)).collect();
    assert!(log.contains("object-withheld"), "{log}");
    for (id, name) in [(&held, "held"), (&ahead, "ahead")] {
        let (said, _) = get(id, name);
        assert_eq!(said.status.code(), Some(0), "{}", words(&said));
    }
    // Nobody sweeps: whoever asks how it is hears of it.
    let status = installation.run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    let overdue = status["alarms"].as_array().unwrap().iter();
    let overdue: Vec<_> = overdue.filter(|alarm| alarm["code"] == "erasure-overdue").collect();
    assert_eq!((overdue.len(), &overdue[0]["subject"]), (1, &"fastlege".into()), "{status}");
    // The daemon does not wait for its hour: what is released is due at that moment.
    let mut daemon = Daemon::start(&installation);
    daemon.until(|_| state(&installation, &by_law) == "erased");
    assert_eq!(state(&installation, &held), "held");
    installation.json(&["retention", "release", &held]);
    daemon.until(|_| state(&installation, &held) == "erased");
    assert_eq!(alarms(&installation), [""; 0]);
    assert_eq!(installation.json(&["status"])["healthy"], true);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn what_is_damaged_in_the_store_is_not_handed_out_as_if_it_were_whole() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let id = with_house(&installation, now, |house| lay(house, 1, now + hours(24)));
    let file = payload(&installation, &id);
    let whole = fs::read(&file).unwrap();
    let mut bytes = whole.clone();
    bytes[20] ^= 1;
    fs::remove_file(&file).unwrap();
    fs::write(&file, bytes).unwrap();
    let to = installation.path("got");
    let get = ["object", "get", &id, "-o", to.to_str().unwrap()];
    let said = installation.run(&get);
    assert_eq!(said.status.code(), Some(2));
    assert!(words(&said).contains("is not what was put there"), "{}", words(&said));
    assert!(!to.exists());
    let log = crate::support::installation::files(&installation.path("state/audit/tile/entries"));
    assert!(log.iter().all(|file| !text_of(file).contains("object-read")), "nobody has read it");
    fs::write(&file, whole).unwrap();
    assert_eq!(installation.run(&get).status.code(), Some(0));
}

fn text_of(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
}

/// What an operator's verb logs under a wrong clock is no sign that the clock is right.
#[test]
fn no_verb_without_a_daemon_moves_the_mark_that_the_clock_is_held_against() {
    for verb in [
        &["journal", "export"][..],
        &["keys", "rotate", "--registry", "kpr"],
        &["task", "done", "--registry", "hdir-finansiering", "--operating-year", "2019"],
    ] {
        let installation = Installation::new();
        let now = open::system_clock()();
        let id = with_house(&installation, now - hours(24 * 100), |house| {
            engine::note(house, Event::Started).unwrap();
            lay(house, 1, now - hours(1))
        });
        let done = installation.run(verb);
        assert!(
            words(&done).contains("the clock has moved by more than a day"),
            "{}",
            words(&done)
        );
        assert_eq!(alarms(&installation), ["clock-jump"], "{verb:?}");
        let mut daemon = Daemon::start(&installation);
        daemon.until(|_| text(&installation.run(&["audit", "verify"])).contains("entries"));
        assert_eq!(alarms(&installation), ["clock-jump"], "{verb:?}");
        assert_eq!(state(&installation, &id), "stored", "{verb:?}");
        installation.json(&["retention", "run"]);
        assert_eq!(state(&installation, &id), "erased", "{verb:?}");
        assert_eq!(alarms(&installation), [""; 0], "{verb:?}");
        assert_eq!(daemon.stop(), Some(0));
    }
    // Without a daemon the word is the same.
    let installation = Installation::new();
    let now = open::system_clock()();
    let id = with_house(&installation, now - hours(24 * 100), |house| {
        engine::note(house, Event::Started).unwrap();
        lay(house, 1, now - hours(1))
    });
    installation.json(&["retention", "run"]);
    assert_eq!((state(&installation, &id), alarms(&installation)), ("erased".to_owned(), vec![]));
}

#[test]
fn a_sweep_of_too_much_and_what_is_overdue_make_it_unhealthy_until_somebody_acts() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let ids = with_house(&installation, now, |house| {
        (0..30).map(|number| lay(house, number, now - hours(30))).collect::<Vec<_>>()
    });
    let mut daemon = Daemon::start(&installation);
    let both = ["erasure-overdue", "sweep-too-large"].map(str::to_owned);
    daemon.until(|_| both.iter().all(|code| alarms(&installation).contains(code)));
    assert!(ids.iter().all(|id| state(&installation, id) == "stored"));
    let status = installation.run(&["status", "--json"]);
    assert_eq!(status.status.code(), Some(1), "a day past its deadline is a breach of law");
    // One of them cannot be deleted: its payload is a directory with something in it.
    let obstacle = payload(&installation, &ids[7]);
    fs::remove_file(&obstacle).unwrap();
    fs::create_dir(&obstacle).unwrap();
    fs::write(obstacle.join("something"), "").unwrap();
    let run = installation.run(&["retention", "run", "--json"]);
    assert_eq!(run.status.code(), Some(1), "{}", words(&run));
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&run.stdout).unwrap();
    let failed: Vec<_> = rows.iter().filter(|row| row["outcome"] == "failed").collect();
    assert_eq!((rows.len(), failed.len()), (30, 1));
    assert_eq!(failed[0]["object"], ids[7].as_str());
    assert!(!failed[0]["reason"].as_str().unwrap().is_empty());
    let subjects = installation.run(&["alarm", "list", "--json"]);
    assert!(text(&subjects).contains(&ids[7]), "told by its id");
    assert_eq!(installation.run(&["status"]).status.code(), Some(1));
    // Nobody can open it all the same: header and key went first.
    let file = installation.path("got");
    let get = installation.run(&["object", "get", &ids[7], "-o", file.to_str().unwrap()]);
    assert_eq!(get.status.code(), Some(2), "{}", words(&get));
    fs::remove_file(obstacle.join("something")).unwrap();
    fs::remove_dir(&obstacle).unwrap();
    assert_eq!(installation.json(&["retention", "run"])[0]["outcome"], "erased");
    assert_eq!(alarms(&installation), [""; 0]);
}

/// No later than five years after the end of the operating year (NPR-05, § 3-3 second paragraph).
#[test]
fn a_configuration_that_passes_a_statutory_limit_is_refused_with_its_paragraph() {
    let installation = Installation::new();
    let file = installation.path("etc/registries.d/hdir-finansiering.toml");
    let shipped = fs::read_to_string(&file).unwrap();
    let period = |text: &str| {
        let lines = shipped.lines().map(|line| match line.split_once(" = ") {
            Some(("from", _)) => "from = \"operating-year-end\"".to_owned(),
            Some(("after", _)) => format!("after = \"{text}\""),
            _ => line.to_owned(),
        });
        fs::write(&file, lines.map(|line| line + "\n").collect::<String>()).unwrap();
    };
    for (after, code) in [("P5Y", 0), ("P60M", 0), ("P5Y1D", 78), ("P6Y", 78), ("P1827D", 78)] {
        period(after);
        let check = installation.run(&["config", "check"]);
        assert_eq!(check.status.code(), Some(code), "{after}: {}", words(&check));
        if code == 78 {
            for verb in ["check", "run"] {
                let refused = match verb {
                    "run" => installation.run(&["run"]),
                    _ => installation.run(&["config", "check"]),
                };
                assert_eq!(refused.status.code(), Some(78), "{after} {verb}");
                let said = words(&refused) + &text(&refused);
                assert!(said.contains("§ 3-3") && said.contains("P5Y"), "{after} {verb}: {said}");
            }
        }
    }
}

/// The configuration is checked when it is read; the law is held against it again when the house is
/// opened, whoever made it.
#[test]
fn a_house_does_not_open_with_a_period_that_a_statute_forbids() {
    let installation = Installation::new();
    let mut config = open::load(&installation.path("etc/filsluse.toml")).unwrap();
    let lock = StateLock::take(&config.places.state_dir).unwrap();
    let registry = RegistryId::parse("hdir-finansiering").unwrap();
    let configured = config.registries.get_mut(&registry).unwrap();
    configured.retention.after = Period::years(6);
    let random = open::system_random().unwrap();
    let refused = open::open_house(&lock, config, open::system_clock(), random).map(drop);
    let said = filsluse::types::causes::chain(&refused.unwrap_err());
    assert!(said.contains("§ 3-3") && said.contains("P5Y"), "{said}");
}

#[test]
fn a_hold_ends_at_the_statutory_limit_and_says_so() {
    let installation = Installation::new();
    let now = open::system_clock()();
    let (near, past) = with_house(&installation, now, |house| {
        let near = lay_with(house, 1, now + hours(24 * 9), Some(now + hours(24 * 10)));
        (near, lay_with(house, 2, now + hours(24), Some(now - hours(1))))
    });
    let hold = |id: &str| installation.run(&["retention", "hold", id, "--why", "inquiry 7"]);
    let held = hold(&near);
    assert_eq!(held.status.code(), Some(0), "{}", words(&held));
    assert!(text(&held).contains("until its statutory limit"), "{}", text(&held));
    let late = hold(&past);
    assert_eq!(late.status.code(), Some(2));
    assert!(words(&late).contains("by statute; no hold passes that"), "{}", words(&late));
}

#[test]
fn a_stranger_can_check_a_certificate() {
    let installation = Installation::new();
    let then: Timestamp = "2026-04-10T22:30:00Z".parse().unwrap();
    with_house(&installation, then, |house| {
        for number in 0..3 {
            lay(house, number, then - hours(1));
        }
        lay(house, 9, then + hours(24 * 9));
        assert_eq!(erase::run(house, then, false).unwrap().len(), 3);
    });
    let key = installation.path("state/audit/audit.vkey");
    let [english, norwegian] = ["en", "nb"].map(|language| {
        let file = installation.path(language);
        let path = file.to_str().unwrap();
        let arguments = ["retention", "certificate", "--language", language, "-o", path];
        let made = installation.run(&arguments);
        assert_eq!(made.status.code(), Some(0), "{}", words(&made));
        let again = installation.run(&arguments);
        assert_eq!(again.status.code(), Some(2), "a certificate is never overwritten");
        for said in [stranger(&file, &key), verified(&file, &key)] {
            assert_eq!(said.status.code(), Some(0), "{}", words(&said));
        }
        fs::read_to_string(file).unwrap()
    });
    for expected in ["Certificate of erasure", "fastlege: file as it came, embassy-list", "2026-04"]
    {
        assert!(english.contains(expected), "{expected} in\n{english}");
    }
    for expected in ["Slettebevis", "fastlege: fil slik den kom", "Antall:", "processed + P90D"] {
        assert!(norwegian.contains(expected), "{expected} in\n{norwegian}");
    }
    // Anything that is changed is seen: a figure, the entry, the proof, the signature.
    let forged = installation.path("forged");
    for (from, to) in [("Number:", "Number :"), ("\"seq\":", "\"seq\": "), ("index ", "index 1")] {
        fs::write(&forged, english.replacen(from, to, 1)).unwrap();
        assert_eq!(stranger(&forged, &key).status.code(), Some(1), "{from}");
        assert_eq!(verified(&forged, &key).status.code(), Some(1), "{from}");
    }
    // By the daemon as well, and about nothing.
    let _daemon = Daemon::start(&installation);
    let made = installation.json(&["retention", "certificate", "--registry", "kpr"]);
    assert_eq!(made["erased"], serde_json::json!([]));
    fs::write(&forged, made["note"].as_str().unwrap()).unwrap();
    assert_eq!(stranger(&forged, &key).status.code(), Some(0));
    let made = installation.json(&["retention", "certificate", "--to", "2026-04-11"]);
    assert_eq!(made["erased"][0]["number"], 3);
    assert_eq!(made["keys"][0]["key"], "2026-04");
    let usage = ["retention", "certificate", "--from", "2026-05-01", "--to", "2026-04-01"];
    assert_eq!(installation.run(&usage).status.code(), Some(64));
}

fn stranger(certificate: &Path, key: &Path) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/verify_certificate.py");
    Command::new("python3").arg("-B").arg(script).args([certificate, key]).output().unwrap()
}

/// The program itself, without any installation.
fn verified(certificate: &Path, key: &Path) -> Output {
    let mut command = program();
    command.args(["retention", "certificate", "--verify"]).arg(certificate).arg("--key").arg(key);
    command.output().unwrap()
}

/// Works in the installation as if it were `now`, while no daemon runs.
pub(super) fn with_house<T>(
    installation: &Installation,
    now: Timestamp,
    work: impl FnOnce(&House) -> T,
) -> T {
    let config = open::load(&installation.path("etc/filsluse.toml")).unwrap();
    let (_lock, house) = house_at(config, Arc::new(move || now));
    work(&house)
}

/// Stores an object that is due at `due`; gives its id.
pub(super) fn lay(house: &House, number: u8, due: Timestamp) -> String {
    lay_with(house, number, due, None)
}

fn lay_with(house: &House, number: u8, due: Timestamp, limit: Option<Timestamp>) -> String {
    let registry = RegistryId::parse("fastlege").unwrap();
    let submission = SubmissionId::new(house.now(), [number; 10]);
    let id = ObjectId { submission, registry: registry.clone(), part: Part::Whole, number: 1 };
    let recipients = &house.registries.get(&registry).unwrap().recipients;
    let mut sealer = Sealer::new(recipients, Vec::new()).unwrap();
    sealer.write_all(b"a list").unwrap();
    let sealed = sealer.finish().unwrap();
    let work = house.config.places.work().join(id.to_string());
    fs::write(&work, &sealed.out).unwrap();
    let (payload_bytes, payload_sha256) = (sealed.payload_bytes, sealed.payload_sha256);
    let mark = payload_sha256.map_or(Mark::Nonce(sealed.nonce), Mark::Sha256);
    let upload = Upload { object: id.clone(), work, payload_bytes, mark };
    house.store(&registry).unwrap().publish(&[upload]).unwrap();
    let object = Object {
        id: id.clone(),
        created_at: house.now(),
        operating_year: None,
        payload_bytes,
        payload_sha256,
        plain_bytes: sealed.plain_bytes,
        plain_sha256: sealed.plain_sha256,
        recipients: Vec::new(),
        due_at: Some(due),
        due_rule: "processed + P90D".to_owned(),
        statutory_limit: limit,
        state: ObjectState::Stored,
        hold_why: None,
        handed_at: None,
        header_erased_at: None,
        erased_at: None,
    };
    let claim = Inode { dev: 1, inode: number.into() };
    let sender = SenderId::parse("embassy-xex").unwrap();
    let row = Submission {
        kind: KindId::parse("embassy-list").ok(),
        state: filsluse::types::verdict::State::Done,
        ..Submission::claimed(submission, sender, house.now(), claim)
    };
    transact_with(&mut **house.catalogue(), |ledger| {
        ledger.add_submission(&row)?;
        ledger.add_object(&object, &sealed.header)
    })
    .unwrap_or_else(|error: CatalogueError| panic!("{error}"));
    id.to_string()
}

pub(super) fn state(installation: &Installation, id: &str) -> String {
    installation.json(&["object", "show", id])["state"].as_str().unwrap().to_owned()
}

pub(super) fn alarms(installation: &Installation) -> Vec<String> {
    let output = installation.run(&["alarm", "list", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let codes = rows.iter().map(|row| row["code"].as_str().unwrap().to_owned());
    // Nobody has ever sent anything here.
    codes.filter(|code| code != "sender-overdue").collect()
}

fn payload(installation: &Installation, id: &str) -> std::path::PathBuf {
    let submission = id.split('.').next().unwrap();
    let shard = &submission[submission.len() - 2..];
    installation.path("state/store/fastlege").join(shard).join(id)
}

pub(super) fn hours(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number)
}
