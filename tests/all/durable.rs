//! What is published is there whole, once, and with nothing left beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs::{self, read_dir},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use filsluse::durable::{
    self, DurableError,
    group::{Group, IfExists},
};
use tempfile::TempDir;

#[test]
fn publishing_again_does_what_was_asked_for() {
    let cases: [(_, &[u8], Option<&[u8]>); 6] = [
        (IfExists::Refuse, b"old", None),
        (IfExists::Refuse, b"new", None),
        (IfExists::Same, b"old", Some(b"old")),
        (IfExists::Same, b"new", None),
        (IfExists::Same, b"older", None),
        (IfExists::Replace, b"new", Some(b"new")),
    ];
    for (if_exists, bytes, want) in cases {
        let dir = TempDir::new().unwrap();
        durable::publish(dir.path(), "name", b"old", 0o640, IfExists::Refuse).unwrap();
        let case = format!("{if_exists:?} with {bytes:?}");
        match (durable::publish(dir.path(), "name", bytes, 0o640, if_exists), want) {
            (Ok(()), Some(want)) => assert_eq!(content(dir.path(), "name"), want, "{case}"),
            (Err(DurableError::Exists { .. }), None) => {
                assert_eq!(content(dir.path(), "name"), b"old", "{case}");
            }
            (got, _) => panic!("{case}: {got:?}"),
        }
        assert_eq!(names(dir.path()), ["name"], "{case}");
    }
}

#[test]
fn the_mode_is_the_one_asked_for_whatever_the_umask() {
    let dir = TempDir::new().unwrap();
    for mode in [0o600, 0o640, 0o664] {
        durable::replace(dir.path(), "name", b"x", mode).unwrap();
        let got = fs::metadata(dir.path().join("name")).unwrap().permissions().mode();
        assert_eq!(got & 0o777, mode);
    }
}

#[test]
fn a_group_names_all_its_files() {
    let dir = TempDir::new().unwrap();
    let mut group = Group::new();
    for number in 0..50 {
        let shard = dir.path().join("shards").join((number % 7).to_string());
        group.ensure_dir(&shard).unwrap();
        if number % 2 == 0 {
            group.stage(&shard, &format!("f{number}"), b"staged", 0o600, IfExists::Same).unwrap();
        } else {
            let work = dir.path().join(format!("work-{number}"));
            fs::write(&work, b"added").unwrap();
            group.add(work, shard.join(format!("f{number}")), IfExists::Refuse);
        }
    }
    assert_eq!(group.len(), 50);
    group.commit().unwrap();
    assert_eq!(names(dir.path()), ["shards"]);
    for number in 0..50 {
        let shard = dir.path().join("shards").join((number % 7).to_string());
        let want: &[u8] = if number % 2 == 0 { b"staged" } else { b"added" };
        assert_eq!(content(&shard, &format!("f{number}")), want);
    }
}

#[test]
fn a_group_that_fails_removes_what_it_staged_and_keeps_what_it_was_given() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("taken"), b"first").unwrap();
    fs::write(dir.path().join("work"), b"second").unwrap();
    let mut group = Group::new();
    group.add(dir.path().join("work"), dir.path().join("taken"), IfExists::Same);
    group.stage(dir.path(), "staged", b"x", 0o600, IfExists::Refuse).unwrap();
    assert!(matches!(group.commit(), Err(DurableError::Exists { .. })));
    assert_eq!(names(dir.path()), ["taken", "work"]);
    assert_eq!(content(dir.path(), "taken"), b"first");
}

#[test]
fn a_link_in_the_way_is_not_followed() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("elsewhere"), b"theirs").unwrap();
    std::os::unix::fs::symlink("elsewhere", dir.path().join("name")).unwrap();
    let refused = durable::publish(dir.path(), "name", b"ours", 0o600, IfExists::Refuse);
    assert!(matches!(refused, Err(DurableError::Exists { .. })));
    durable::replace(dir.path(), "name", b"ours", 0o600).unwrap();
    assert_eq!(content(dir.path(), "elsewhere"), b"theirs");
    assert!(!fs::symlink_metadata(dir.path().join("name")).unwrap().is_symlink());
}

#[test]
fn removing_says_what_was_there() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("a"), b"").unwrap();
    let paths = ["a", "b", "gone/c"].map(|name| dir.path().join(name));
    assert_eq!(durable::unlink_all(&paths).unwrap(), [true, false, false]);
    assert!(!durable::unlink(&paths[0]).unwrap());
    assert!(names(dir.path()).is_empty());
}

#[test]
fn left_overs_of_a_killed_process_are_swept_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    for name in [".filsluse-tmp-1-0", ".filsluse-tmp-77-3", ".other", "kept"] {
        fs::write(dir.path().join(name), b"").unwrap();
    }
    assert_eq!(durable::remove_temporary_files(dir.path()).unwrap(), 2);
    assert_eq!(names(dir.path()), [".other", "kept"]);
}

#[test]
fn errors_never_tell_a_files_name() {
    let dir = TempDir::new().unwrap();
    let secret = "Kari-Nordmann.xml";
    fs::write(dir.path().join(secret), b"old").unwrap();
    fs::create_dir(dir.path().join("Ola")).unwrap();
    let errors = [
        durable::publish(dir.path(), secret, b"new", 0o600, IfExists::Refuse).unwrap_err(),
        durable::publish(&dir.path().join("nowhere"), secret, b"", 0o600, IfExists::Same)
            .unwrap_err(),
        durable::unlink(&dir.path().join("Ola")).unwrap_err(),
        durable::create(&dir.path().join(secret)).unwrap_err(),
    ];
    for error in errors {
        let told = format!("{error} {error:?}");
        assert!(!told.contains("Kari") && !told.contains("Ola"), "{told}");
    }
}

fn content(dir: &Path, name: &str) -> Vec<u8> {
    fs::read(dir.join(name)).unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
