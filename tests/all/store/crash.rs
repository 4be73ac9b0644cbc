//! A process that stores and logs is killed at every step: what it had acknowledged is there
//! afterwards, and a second run ends where an undisturbed one does.
//!
//! Needs the cargo feature `fail-points`. The child is this very test binary.

#![cfg(feature = "fail-points")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    io::Read,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use filsluse::{
    audit::{
        entry::{Entry, Event},
        log::Log,
        note::Signer,
        verify::verify,
    },
    store::{Mark, Store, Upload, directory::DirectoryStore},
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SubmissionId},
        secret::Secret32,
    },
};
use jiff::Timestamp;
use tempfile::TempDir;
use zeroize::Zeroizing;

const DIR: &str = "FILSLUSE_TEST_DIR";
const BATCHES: &str = "FILSLUSE_TEST_BATCHES";
const KNOWN: &str = "FILSLUSE_TEST_KNOWN";
const PER_BATCH: u64 = 7;

#[test]
fn a_kill_at_any_step_loses_nothing_that_was_acknowledged() {
    let undisturbed = scratch();
    let batches = 40;
    assert!(run(undisturbed.path(), batches, None).status.success());
    let root = head(undisturbed.path());

    let points =
        ["group-synced", "group-renamed", "group-durable", "audit-written", "audit-checkpointed"];
    for point in points {
        for nth in [1, 2, 37] {
            let case = format!("{point}:{nth}");
            let dir = scratch();
            let killed = run(dir.path(), batches, Some(&case));
            assert_eq!(killed.status.signal(), Some(9), "{case} was never passed");
            let told = String::from_utf8(killed.stdout).unwrap();
            check(dir.path(), told.rsplit("acknowledged ").next().unwrap_or_default());
            let again = run(dir.path(), batches, None);
            assert!(again.status.success(), "{case}: {}", String::from_utf8_lossy(&again.stderr));
            assert_eq!(head(dir.path()), root, "{case}");
        }
    }
}

#[test]
#[ignore = "the child of the tests above and of power-cut runs, not a test of its own"]
fn child() {
    let dir = PathBuf::from(env::var(DIR).unwrap());
    let batches: u64 = env::var(BATCHES).unwrap().parse().unwrap();
    let (store, mut log) = (store(&dir), log(&dir, None));
    let work = dir.join("work");
    fs::create_dir_all(&work).unwrap();
    for batch in log.size() / PER_BATCH..batches {
        let numbers = batch * PER_BATCH..(batch + 1) * PER_BATCH;
        let uploads: Vec<Upload> = numbers.clone().map(|n| upload(&work, n)).collect();
        store.publish(&uploads).unwrap();
        let entries: Vec<Vec<u8>> = numbers.clone().map(entry).collect();
        log.append_at(numbers.start, &entries).unwrap();
        let checkpoint = log.checkpoint_text().replace('\n', "|");
        println!("acknowledged {checkpoint}");
    }
}

#[test]
#[ignore = "the second half of power-cut runs, not a test of its own"]
fn checker() {
    check(Path::new(&env::var(DIR).unwrap()), &env::var(KNOWN).unwrap());
}

/// Holds what is on the disk against the last line that the child wrote.
fn check(dir: &Path, acknowledged: &str) {
    let known = acknowledged.lines().next().unwrap_or_default().replace('|', "\n");
    let known = (!known.is_empty() && known.ends_with('\n')).then_some(known);
    if known.is_none() && !dir.join("audit").exists() {
        return;
    }
    let key = Signer::new("filsluse/crash", &seed()).unwrap().verifier().to_string();
    let log = log(dir, known.as_deref());
    let report = verify(&dir.join("audit"), &key, known.as_deref()).unwrap();
    assert!(report.ok, "{report:?}");
    let store = store(dir);
    // An entry is logged after its object is durable, so every entry has one.
    for number in 0..log.size() {
        let mut payload = Vec::new();
        store.open(&object(number)).unwrap().read_to_end(&mut payload).unwrap();
        assert_eq!(payload, content(number), "object {number}");
        assert_eq!(log.entry(number).unwrap(), entry(number));
    }
}

fn run(dir: &Path, batches: u64, fail_point: Option<&str>) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "store::crash::child"]);
    command.env(DIR, dir).env(BATCHES, batches.to_string());
    match fail_point {
        Some(point) => command.env("FILSLUSE_FAIL_POINT", point),
        None => command.env_remove("FILSLUSE_FAIL_POINT"),
    };
    command.output().unwrap()
}

/// Memory where there is some: a kill leaves the page cache whole, so a disk would add only time.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

fn head(dir: &Path) -> Sha256 {
    log(dir, None).root()
}

fn log(dir: &Path, known: Option<&str>) -> Log {
    Log::open(&dir.join("audit"), "filsluse/crash", &seed(), known).unwrap()
}

fn seed() -> Secret32 {
    Secret32::new(Zeroizing::new([3; 32]))
}

fn store(dir: &Path) -> DirectoryStore {
    DirectoryStore::new(dir.join("store"), RegistryId::parse("fastlege").unwrap()).unwrap()
}

fn object(number: u64) -> ObjectId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    ObjectId {
        submission: SubmissionId::new(Timestamp::UNIX_EPOCH, random),
        registry: RegistryId::parse("fastlege").unwrap(),
        part: Part::Whole,
        number: 1,
    }
}

fn content(number: u64) -> Vec<u8> {
    number.to_be_bytes().repeat(usize::try_from(number * 37 % 3000).unwrap())
}

fn upload(work: &Path, number: u64) -> Upload {
    let (object, content) = (object(number), content(number));
    let work = work.join(object.to_string());
    fs::write(&work, &content).unwrap();
    Upload {
        object,
        work,
        payload_bytes: content.len() as u64,
        mark: Mark::Sha256(Sha256::of(&content)),
    }
}

fn entry(seq: u64) -> Vec<u8> {
    let time = Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
    Entry::new(seq, time, Event::ObjectStored).object(object(seq)).to_bytes()
}
