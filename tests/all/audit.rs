//! The log holds what was put in, proves it, and shows every change made behind its back.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use filsluse::{
    audit::{
        AuditError,
        entry::{Entry, Event},
        log::Log,
        note::{Checkpoint, VerifierKey},
        proof::check_proof_file,
        report::{ProblemCode, Report},
        verify::verify,
    },
    types::secret::Secret32,
};
use jiff::{Timestamp, civil::date};
use proptest::prelude::*;
use tempfile::TempDir;
use zeroize::Zeroizing;

const ORIGIN: &str = "filsluse/test";

/// A change's name, the first bad entry, a problem that is told, and the change.
type Change = (&'static str, u64, ProblemCode, fn(&Path));

#[test]
fn every_entry_is_proved_at_every_size() {
    let dir = scratch();
    let mut log = open(dir.path());
    let mut olds: Vec<Checkpoint> = vec![head(&log)];
    for size in 1..=600 {
        log.append(&entries(size - 1, 1)).unwrap();
        let seqs: Vec<u64> = (0..size).filter(|seq| seq % 29 == 0 || seq + 3 > size).collect();
        for proof in log.prove_many(&seqs).unwrap() {
            assert!(proof.proves(&entry(proof.seq)), "{} of {size}", proof.seq);
            assert!(!proof.proves(&entry(proof.seq + 1)), "{} of {size}", proof.seq);
        }
        for old in olds.iter().filter(|old| old.size % 17 == 0 || old.size + 3 > size) {
            let proof = log.prove_consistency(old.size).unwrap();
            assert!(proof.extends(&old.root), "{} to {size}", old.size);
            assert!(old.size == 0 || !proof.extends(&olds[0].root), "{} to {size}", old.size);
        }
        olds.push(head(&log));
    }
    assert!(matches!(log.prove(600), Err(AuditError::NoSuchEntry)));
    let report = check(dir.path(), None);
    assert!(report.ok, "{report:?}");
    assert!(!dir.path().join("tile/0/000.p").exists(), "partial files of a full tile stay");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_verifies_and_extends_all_before(
        batches in prop::collection::vec(0usize..200, 1..8),
        reopen: [bool; 8],
    ) {
        let dir = scratch();
        let mut log = open(dir.path());
        let mut shown = vec![log.checkpoint_text().to_owned()];
        for (batch, reopen) in batches.into_iter().zip(reopen) {
            let first = log.size();
            let appended = log.append(&entries(first, batch)).unwrap();
            prop_assert_eq!((appended.first_seq, appended.size), (first, first + batch as u64));
            prop_assert_eq!(head(&log).root, appended.root);
            shown.push(log.checkpoint_text().to_owned());
            if reopen {
                let before = (log.size(), log.root());
                drop(log);
                log = open(dir.path());
                prop_assert_eq!((log.size(), log.root()), before);
            }
            for older in &shown {
                let report = check(dir.path(), Some(older));
                prop_assert!(report.ok, "{:?}", report);
            }
        }
        let all: Vec<Vec<u8>> = entries(0, usize::try_from(log.size()).unwrap());
        prop_assert_eq!(log.entries(0, usize::MAX).unwrap(), all);
    }
}

#[test]
fn a_tree_does_not_depend_on_how_it_was_appended() {
    let roots: Vec<_> = [1, 64, 255, 256, 700]
        .into_iter()
        .map(|batch| {
            let dir = scratch();
            let mut log = open(dir.path());
            while log.size() < 700 {
                let count = batch.min(700 - usize::try_from(log.size()).unwrap());
                log.append(&entries(log.size(), count)).unwrap();
            }
            log.root()
        })
        .collect();
    assert!(roots.windows(2).all(|pair| pair[0] == pair[1]), "{roots:?}");
}

#[test]
fn every_flipped_bit_of_a_small_log_is_noticed() {
    let dir = scratch();
    let mut log = open(dir.path());
    for count in [2, 1, 2] {
        log.append(&entries(log.size(), count)).unwrap();
        log.keep_checkpoint(date(2026, 1, 1)).unwrap();
    }
    let mut flips = 0;
    for path in files(dir.path()) {
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, &bad).unwrap();
            let report = check(dir.path(), None);
            assert!(!report.ok, "byte {at} of {}", path.display());
            flips += 1;
        }
        fs::write(&path, &good).unwrap();
    }
    assert!(flips > 1000, "only {flips} flips");
    assert!(check(dir.path(), None).ok);
}

#[test]
fn each_kind_of_change_is_named_with_the_first_bad_entry() {
    let kinds: [Change; 6] = [
        ("an edit", 300, ProblemCode::EntryChanged, |dir| {
            edit(&dir.join("tile/entries/001.p/144"), "\"seq\":300", "\"seq\":301");
        }),
        ("a reorder", 7, ProblemCode::SeqWrong, |dir| {
            let path = dir.join("tile/entries/000");
            edit(&path, "\"seq\":7,", "\"seq\":X,");
            edit(&path, "\"seq\":8,", "\"seq\":7,");
            edit(&path, "\"seq\":X,", "\"seq\":8,");
        }),
        ("a cut bundle", 399, ProblemCode::EntryMissing, |dir| {
            let path = dir.join("tile/entries/001.p/144");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
        }),
        ("a removed bundle", 0, ProblemCode::EntryMissing, |dir| {
            fs::remove_file(dir.join("tile/entries/000")).unwrap();
        }),
        ("a damaged hash", 5, ProblemCode::HashTileDamaged, |dir| {
            let path = dir.join("tile/0/000");
            let mut bytes = fs::read(&path).unwrap();
            bytes[5 * 32 + 9] ^= 4;
            fs::write(path, bytes).unwrap();
        }),
        ("an entry more", 399, ProblemCode::TrailingBytes, |dir| {
            let path = dir.join("tile/entries/001.p/144");
            let mut bytes = fs::read(&path).unwrap();
            bytes.extend_from_slice(b"\0\0");
            fs::write(path, bytes).unwrap();
        }),
    ];
    for (name, first_bad, code, change) in kinds {
        let dir = scratch();
        open(dir.path()).append(&entries(0, 400)).unwrap();
        change(dir.path());
        let report = check(dir.path(), None);
        assert!(!report.ok, "{name}");
        assert_eq!(report.first_bad, Some(first_bad), "{name}: {:?}", report.problems);
        assert!(report.problems.iter().any(|problem| problem.code == code), "{name}: {report:?}");
    }
}

#[test]
fn a_log_rewritten_with_all_its_hashes_is_found_by_an_older_checkpoint() {
    let (dir, other) = (scratch(), scratch());
    let mut log = open(dir.path());
    log.append(&entries(0, 10)).unwrap();
    let confirmed = log.checkpoint_text().to_owned();
    log.append(&entries(10, 30)).unwrap();
    let shown = log.checkpoint_text().to_owned();
    drop(log);

    // Whoever has the key can sign a whole new history.
    let mut forged = open(other.path());
    let mut lies = entries(0, 40);
    let time = Entry::parse(&lies[20]).unwrap().time;
    lies[20] = Entry::new(20, time, Event::Stopped).to_bytes();
    forged.append(&lies).unwrap();
    assert!(check(other.path(), None).ok, "the forger's log is whole in itself");
    let report = check(other.path(), Some(&shown));
    assert!(!report.ok);
    assert_eq!(report.problems[0].code, ProblemCode::Rewritten);
    assert!(check(other.path(), Some(&confirmed)).ok, "the first ten are unchanged");
    fs::create_dir(other.path().join("checkpoints")).unwrap();
    fs::write(other.path().join("checkpoints/2026-01-01"), &confirmed).unwrap();
    let report = check(other.path(), Some(&shown));
    assert_eq!(report.first_bad, Some(10), "nothing past ten is confirmed: {report:?}");
}

#[test]
fn a_roll_back_is_found_and_nothing_is_removed() {
    let (dir, copy) = (scratch(), scratch());
    let mut log = open(dir.path());
    log.append(&entries(0, 5)).unwrap();
    copy_dir(dir.path(), copy.path());
    log.append(&entries(5, 5)).unwrap();
    let known = log.checkpoint_text().to_owned();
    drop(log);
    // A backup of yesterday is whole in itself; who remembers today's checkpoint sees it.
    assert!(check(copy.path(), None).ok);
    let report = check(copy.path(), Some(&known));
    assert_eq!((report.ok, report.first_bad), (false, Some(5)));
    assert_eq!(report.problems[0].code, ProblemCode::RolledBack);

    // Only the checkpoint set back: the later tiles are evidence, and must outlive an opening.
    fs::copy(copy.path().join("checkpoint"), dir.path().join("checkpoint")).unwrap();
    let report = check(dir.path(), None);
    assert!(report.ok, "the files cannot tell it from a crash: {report:?}");
    let told: Vec<_> = report.problems.iter().map(|problem| (problem.code, problem.seq)).collect();
    assert_eq!(told, [(ProblemCode::BeyondCheckpoint, Some(5))]);
    assert_eq!(check(dir.path(), None).against(5, "catalogue.db"), report);
    let report = report.against(10, "catalogue.db");
    assert_eq!((report.ok, report.first_bad), (false, Some(5)), "who saw ten written can");
    assert!(!check(dir.path(), Some(&known)).ok);
    let before = files(dir.path());
    let refused = Log::open(dir.path(), ORIGIN, &seed(1), Some(&known));
    assert!(matches!(refused, Err(AuditError::RolledBack)));
    assert_eq!(files(dir.path()), before);
    fs::remove_file(dir.path().join("checkpoint")).unwrap();
    let refused = Log::open(dir.path(), ORIGIN, &seed(1), None);
    assert!(matches!(refused, Err(AuditError::RolledBack)), "tiles without checkpoint");
}

#[test]
fn a_crash_at_any_step_of_an_append_loses_nothing_and_doubles_nothing() {
    for (before, batch) in [(0, 3), (5, 3), (250, 20), (256, 256), (500, 600)] {
        let (start, end) = (scratch(), scratch());
        open(start.path()).append(&entries(0, before)).unwrap();
        copy_dir(start.path(), end.path());
        let mut whole = open(end.path());
        let shown = whole.checkpoint_text().to_owned();
        whole.append(&entries(before as u64, batch)).unwrap();
        let root = whole.root();
        drop(whole);
        let new: Vec<PathBuf> = files(end.path())
            .into_iter()
            .map(|path| path.strip_prefix(end.path()).unwrap().to_owned())
            .filter(|path| path.starts_with("tile") && !start.path().join(path).exists())
            .collect();
        assert!(new.len() >= 2, "{new:?}");
        // Without a sync, any of the files may be there, and any of them cut off or empty.
        for mask in 0..1usize << new.len().min(6) {
            let dir = scratch();
            copy_dir(start.path(), dir.path());
            for (number, path) in new.iter().enumerate().filter(|(n, _)| mask >> (n % 6) & 1 == 1) {
                let bytes = fs::read(end.path().join(path)).unwrap();
                let kept = if (number + mask) % 2 == 0 { bytes.len() } else { bytes.len() / 2 };
                let target = dir.path().join(path);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::write(target, &bytes[..kept]).unwrap();
            }
            let case = format!("{before}+{batch}, files {mask:b}");
            assert!(check(dir.path(), Some(&shown)).ok, "{case}: copied before the restart");
            let mut log = Log::open(dir.path(), ORIGIN, &seed(1), Some(&shown)).expect(&case);
            assert_eq!(log.size(), before as u64, "{case}");
            // The outbox gives more than was cut off, and other cuts than before.
            log.append_at(0, &entries(0, before + 1)).unwrap();
            log.append_at(0, &entries(0, before + batch)).unwrap();
            assert_eq!(log.root(), root, "{case}");
            drop(log);
            let report = check(dir.path(), Some(&shown));
            assert!(report.ok, "{case}: {report:?}");
            open(dir.path());
        }
    }
}

#[test]
fn a_log_that_grows_meanwhile_verifies() {
    let dir = scratch();
    let mut log = open(dir.path());
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for seq in 0..1200 {
                log.append(&entries(seq, 1)).unwrap();
            }
        });
        let mut rounds = 0;
        while !writer.is_finished() || rounds == 0 {
            let report = check(dir.path(), None);
            assert!(report.ok, "{report:?}");
            rounds += 1;
        }
    });
}

#[test]
fn numbered_entries_get_in_once_and_in_order() {
    let dir = scratch();
    let mut log = open(dir.path());
    log.append_at(0, &entries(0, 5)).unwrap();
    assert_eq!(log.append_at(2, &entries(2, 5)).unwrap().size, 7);
    assert_eq!(log.append_at(2, &entries(2, 5)).unwrap().size, 7);
    assert!(matches!(log.append_at(8, &entries(8, 1)), Err(AuditError::OutOfOrder)));
    assert!(matches!(log.append_at(3, &entries(4, 2)), Err(AuditError::OutOfOrder)));
    assert!(matches!(log.append(&[vec![0; 65_536]]), Err(AuditError::EntryTooLong)));
    assert_eq!(log.size(), 7);
    assert_eq!(log.append(&entries(7, 1)).unwrap().size, 8);
    assert!(check(dir.path(), None).ok);
}

#[test]
fn an_append_that_broke_off_can_be_repeated() {
    let dir = scratch();
    let mut log = open(dir.path());
    log.append(&entries(0, 3)).unwrap();
    // What lies in the way of the next tile makes the append fail after the bundle was written.
    fs::write(dir.path().join("tile/0/000.p/5"), b"in the way").unwrap();
    assert!(log.append(&entries(3, 2)).is_err());
    assert!(log.prove(0).is_err(), "memory and disk may differ");
    assert_eq!(log.append(&entries(3, 2)).unwrap().size, 5);
    drop(log);
    assert!(check(dir.path(), None).ok);
    assert_eq!(open(dir.path()).entries(0, 9).unwrap(), entries(0, 5));
}

#[test]
fn one_writer_one_key_one_name() {
    let dir = scratch();
    let mut log = open(dir.path());
    log.append(&entries(0, 3)).unwrap();
    assert!(matches!(Log::open(dir.path(), ORIGIN, &seed(1), None), Err(AuditError::Busy)));
    drop(log);
    for (origin, key) in [(ORIGIN, 2), ("filsluse/other", 1)] {
        let refused = Log::open(dir.path(), origin, &seed(key), None);
        assert!(matches!(refused, Err(AuditError::KeyChanged)), "{origin} {key}");
    }
    assert!(Log::open(&dir.path().join("new"), "two words", &seed(1), None).is_err());
}

#[test]
fn a_clock_that_went_back_is_told_and_is_no_change() {
    let dir = scratch();
    let at = |seq, second| {
        Entry::new(seq, Timestamp::from_second(second).unwrap(), Event::Started).to_bytes()
    };
    let log = vec![at(0, 100_000), at(1, 99_000), at(2, 90_000), at(3, 100_001)];
    open(dir.path()).append(&log).unwrap();
    let report = check(dir.path(), None);
    assert!(report.ok);
    let told: Vec<_> = report.problems.iter().map(|problem| (problem.code, problem.seq)).collect();
    assert_eq!(told, [(ProblemCode::ClockWentBack, Some(2))]);
    assert_eq!(report.first_bad, None);
}

#[test]
fn the_first_checkpoint_of_a_day_is_kept() {
    let dir = scratch();
    let mut log = open(dir.path());
    log.append(&entries(0, 1)).unwrap();
    let first = log.checkpoint_text().to_owned();
    log.keep_checkpoint(date(2026, 1, 1)).unwrap();
    log.append(&entries(1, 1)).unwrap();
    log.keep_checkpoint(date(2026, 1, 1)).unwrap();
    log.keep_checkpoint(date(2026, 1, 2)).unwrap();
    let kept = |day: &str| fs::read_to_string(dir.path().join("checkpoints").join(day)).unwrap();
    assert_eq!(kept("2026-01-01"), first);
    assert_eq!(kept("2026-01-02"), log.checkpoint_text());
}

/// A clock that was wrong has kept a checkpoint as that of a day which had not come; those of the
/// days after it are no older for that.
#[test]
fn a_checkpoint_of_a_day_to_come_hides_no_roll_back() {
    let (dir, copy) = (scratch(), scratch());
    let mut log = open(dir.path());
    log.append(&entries(0, 2)).unwrap();
    log.keep_checkpoint(date(2099, 1, 1)).unwrap();
    log.append(&entries(2, 3)).unwrap();
    copy_dir(dir.path(), copy.path());
    log.append(&entries(5, 5)).unwrap();
    log.keep_checkpoint(date(2026, 1, 1)).unwrap();
    drop(log);
    assert!(Log::open(dir.path(), ORIGIN, &seed(1), None).is_ok());
    fs::copy(copy.path().join("checkpoint"), dir.path().join("checkpoint")).unwrap();
    let refused = Log::open(dir.path(), ORIGIN, &seed(1), None);
    assert!(matches!(refused, Err(AuditError::RolledBack)), "{refused:?}");
}

#[test]
fn proof_files_prove_their_entry_only() {
    let dir = scratch();
    let mut log = open(dir.path());
    log.append(&entries(0, 300)).unwrap();
    let key = key(dir.path());
    let text = log.proof_file(257).unwrap();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 257\n"));
    let (seq, checkpoint) = check_proof_file(&text, &entry(257), &key).unwrap();
    assert_eq!((seq, checkpoint), (257, head(&log)));
    assert!(check_proof_file(&text, &entry(256), &key).is_err());
    for changed in [
        text.replace("index 257", "index 256"),
        text.replace("\n300\n", "\n301\n"),
        text.replacen('=', "", 1),
        text[..text.len() - 1].to_owned(),
    ] {
        assert_ne!(changed, text);
        assert!(check_proof_file(&changed, &entry(257), &key).is_err(), "{changed}");
    }
}

#[test]
fn a_program_that_shares_no_code_agrees() {
    for size in [0, 1, 5, 256, 700] {
        let dir = scratch();
        let mut log = open(dir.path());
        log.append(&entries(0, size)).unwrap();
        let proof = dir.path().join("proof");
        let mut arguments = vec![dir.path().to_owned(), key(dir.path()).to_string().into()];
        if size > 0 {
            fs::write(&proof, log.proof_file(size as u64 / 2).unwrap()).unwrap();
            arguments.push(proof.clone());
        }
        let run = || {
            Command::new("python3")
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/verify_tlog.py"))
                .args(&arguments)
                .output()
                .expect("python3 and openssl are installed")
        };
        let output = run();
        assert!(output.status.success(), "{size}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, format!("ok: {size} entries\n").into_bytes());
        if size > 0 {
            edit(&proof, &format!("index {}\n", size / 2), &format!("index {size}\n"));
            assert!(!run().status.success(), "{size}: a wrong proof passes");
        }
    }
}

/// Memory where there is some: these tests are about bytes, not about disks.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

fn seed(byte: u8) -> Secret32 {
    Secret32::new(Zeroizing::new([byte; 32]))
}

fn open(dir: &Path) -> Log {
    Log::open(dir, ORIGIN, &seed(1), None).unwrap()
}

fn key(dir: &Path) -> VerifierKey {
    VerifierKey::parse(&fs::read_to_string(dir.join("audit.vkey")).unwrap()).unwrap()
}

fn head(log: &Log) -> Checkpoint {
    log.verifier().check(log.checkpoint_text()).unwrap()
}

fn check(dir: &Path, older: Option<&str>) -> Report {
    // The key comes from elsewhere: the one in the directory may have been changed with the rest.
    let known = filsluse::audit::note::Signer::new(ORIGIN, &seed(1)).unwrap();
    verify(dir, &known.verifier().to_string(), older).unwrap()
}

fn entry(seq: u64) -> Vec<u8> {
    let time = Timestamp::from_second(1_767_225_600 + i64::try_from(seq).unwrap()).unwrap();
    Entry::new(seq, time, Event::Accepted).count("bytes", seq * seq).to_bytes()
}

fn entries(first: u64, count: usize) -> Vec<Vec<u8>> {
    (first..).take(count).map(entry).collect()
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = latin1(&fs::read(path).unwrap());
    assert!(text.contains(from), "{} holds no {from}", path.display());
    let changed: Vec<u8> =
        text.replacen(from, to, 1).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    fs::write(path, changed).unwrap();
}

/// Bytes as text, one character each, so that lengths stay.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy_dir(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(path, target).unwrap();
    }
}
