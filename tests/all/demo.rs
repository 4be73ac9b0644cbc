//! The demonstration, from outside: the built program tells its whole story on a directory.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use filsluse::{
    audit::{VERIFIER_KEY, verify},
    catalogue::{Catalogue, records::objects::ObjectFilter},
    config::layout::Layout,
    daemon::open,
    demo::scenes::{CUT_OFF, SCENES},
};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::keyed;

#[test]
fn the_story_is_told_once_and_a_directory_is_never_taken_twice() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("demo");
    let told = demo(&["--once", "--dir", dir.to_str().unwrap()]);
    let text = String::from_utf8(told.stdout.clone()).unwrap();
    assert!(told.status.success(), "{}\n{text}", String::from_utf8_lossy(&told.stderr));
    every_file_has_its_row(&text);
    for expected in [
        "PARTLY ACCEPTED",
        "<EnrolmentDifference",
        "<TjenesteStart",
        "none of the 6 identity numbers of kpr-events.xml is in it",
        "under fastlege: processed + P90D",
        "its key is gone",
        "whole and unchanged",
        &format!("--config {}", Layout::new(&dir).main_file().display()),
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "colour in a pipe:\n{text}");
    laid_out(&dir);
    nothing_that_was_erased_has_a_key(&dir);
    // The clock that the story has moved leaves no doubt behind: what stays up erases on.
    let main = Layout::new(&dir).main_file();
    let alarms = Command::new(env!("CARGO_BIN_EXE_filsluse"))
        .args(["alarm", "list", "--config", main.to_str().unwrap()])
        .output()
        .unwrap();
    let alarms = String::from_utf8(alarms.stdout).unwrap();
    assert!(!alarms.contains("clock-jump"), "{alarms}");
    let command = format!("acknowledge sequence-gap oslo/0301 --config {}", main.display());
    assert!(alarms.contains(&command), "{alarms}");

    let again = demo(&["--once", "--dir", dir.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "{}", String::from_utf8_lossy(&again.stdout));
    let words = String::from_utf8(again.stderr).unwrap();
    assert!(words.contains("something is there already"), "{words}");
    laid_out(&dir);
}

#[test]
fn without_a_directory_nothing_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    let told = Command::new(env!("CARGO_BIN_EXE_filsluse"))
        .args(["demo", "--once"])
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_filsluse")).arg("demo").args(arguments).output().unwrap()
}

/// One row each, numbered in the order of the story, with its sender and its verdict.
fn every_file_has_its_row(text: &str) {
    for (number, scene) in (1..).zip(SCENES.iter().chain([&CUT_OFF])) {
        let start = format!("{number:>2}  ");
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with(&start)).collect();
        let [row] = rows[..] else { panic!("{} rows {number} in\n{text}", rows.len()) };
        for expected in [scene.file, scene.sender, scene.verdict.as_str()] {
            assert!(row.contains(expected), "{expected} in {row}");
        }
        assert_eq!(row.contains("test/"), scene.rehearsal, "{row}");
    }
}

/// `docs/interface.md` section 10.
fn laid_out(dir: &Path) {
    for path in [
        "etc/filsluse.toml",
        "etc/senders.d",
        "etc/registries.d/fastlege.toml",
        "credentials/audit-signing.key",
        "credentials/pseudonym-fastlege.k1",
        "drop",
        "state/catalogue.db",
        "registry-keys/fastlege.identity",
    ] {
        assert!(dir.join(path).exists(), "{path}");
    }
    assert_eq!(fs::metadata(dir.join("credentials")).unwrap().permissions().mode() & 0o777, 0o700);
    let config = open::load(&Layout::new(dir).main_file()).unwrap();
    assert!(config.senders.len() >= 4, "{:?}", config.senders.keys());
    for sender in config.senders.keys() {
        let inbound = fs::read_dir(config.places.inbound(sender)).unwrap();
        assert_eq!(inbound.count(), 1, "only test/ is left with {sender}");
        assert!(fs::read_dir(config.places.outbound(sender)).unwrap().count() >= 2, "{sender}");
    }
    let audit = config.places.audit();
    let key = fs::read_to_string(audit.join(VERIFIER_KEY)).unwrap();
    let report = verify::verify(&audit, &key, None).unwrap();
    assert!(report.ok && report.size > 20, "{report:?}");
}

fn nothing_that_was_erased_has_a_key(dir: &Path) {
    let config = open::load(&Layout::new(dir).main_file()).unwrap();
    let mut catalogue = keyed::look(&config.places).unwrap();
    let mut erased = 0;
    catalogue
        .read(&mut |view| {
            for object in view.objects(&ObjectFilter::default())? {
                let has_key = view.header(&object.id)?.is_some();
                assert_eq!(has_key, object.erased_at.is_none(), "{}", object.id);
                erased += u32::from(object.erased_at.is_some());
            }
            Ok(())
        })
        .unwrap();
    assert!(erased > 0, "nothing was erased");
}

#[test]
fn ctrl_c_in_the_midst_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_filsluse"))
        .arg("demo")
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.find(|line| line.as_ref().unwrap().starts_with(" 1  ")).unwrap();
    assert!(first.is_ok() && fs::read_dir(temporary.path()).unwrap().count() == 1);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
}
