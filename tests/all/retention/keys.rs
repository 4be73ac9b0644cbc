//! The keys of the months: no copy of the catalogue from before an erasure opens what was erased,
//! whatever else is at hand, and nothing that lives is ever lost.

#[cfg(feature = "fail-points")]
use std::os::unix::process::ExitStatusExt as _;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Barrier,
    thread,
};

use filsluse::{
    audit::entry::{Entry, Event},
    catalogue::{
        Catalogue, error::CatalogueError, header_seal::SealFault, read_with,
        sqlite::SqliteCatalogue,
    },
    pipeline::upkeep::{erase, erase_error::EraseError},
    retention::hold,
    types::{header_key::HeaderKey, ids::ObjectId},
};
use jiff::{SignedDuration, Timestamp};

use super::premises::{Laid, Premises, at, lies, premises, registry};
use crate::support::keyed::{copy_all, with_keys};

/// 11 April 2026 begins.
const DUE: &str = "2026-04-10T22:00Z";

/// Payload there, header there, epoch key gone: nothing opens.
#[test]
fn a_restored_backup_of_the_day_before_an_erasure_opens_nothing_of_it() {
    let it = premises();
    let gone = it.lay(1, at(DUE));
    let same_month = it.lay(2, at(DUE) + days(3));
    let other_month = it.lay(3, at(DUE) + days(60));
    let backup = Backup::of(&it);
    let keys_then = backup.path("header-keys");
    erase::run(&it.house, at(DUE), false).expect("swept");
    let keys_now = it.layout.places.header_keys();

    let payload = fs::read(backup.payload(&gone)).expect("the payload is in the backup");
    assert_eq!(payload, gone.payload);
    let header = lies_in(&backup.path("catalogue.db"), &gone.id);
    assert_eq!(header, gone.sealed, "the sealed header is in the backup");
    // With the keys of its own day the backup opens, so that the rest of this proves something.
    let opened = backup.header(&keys_then, &gone.id).expect("opens");
    assert_eq!(age(&it, &[opened, payload.clone()].concat()), Some(content(1)));
    // With those of today it does not: neither through the program, nor with each key by hand.
    let refused = backup.header(&keys_now, &gone.id);
    assert!(
        matches!(refused, Err(CatalogueError::HeaderKey(SealFault::Gone { .. }))),
        "{refused:?}"
    );
    let secrets: Vec<PathBuf> = files(&keys_now);
    assert_eq!(secrets.len(), 2, "April's second key and June's first: {secrets:?}");
    for file in &secrets {
        let key = fs::read(file).expect("a key");
        assert_eq!(unsealed(&key, &gone.id, &header), None);
    }
    assert_eq!(age(&it, &[header, payload.clone()].concat()), None);
    // Not even with the header of another object that lives.
    let foreign = it.read(|view| view.header(&same_month.id)).expect("it lives");
    assert_eq!(age(&it, &[foreign, payload].concat()), None);
    // What lives, lives; also from the backup where its key was not concerned.
    assert!(it.opens(&same_month, 2) && it.opens(&other_month, 3));
    assert!(backup.header(&keys_now, &other_month.id).is_ok());
    // The one format that others must be able to open, checked by hand.
    let key = fs::read(keys_now.join("fastlege/2026-06")).expect("June's key");
    let lies = &other_month.sealed;
    assert_eq!(unsealed(&key, &other_month.id, lies), Some(other_month.header.clone()));
}

/// While a sweep waits for a word, a statute does not; and then no copy may open what went.
#[test]
fn what_goes_while_the_rest_waits_opens_from_no_backup_either() {
    let it = premises();
    let by_law = it.lay_with(1, at(DUE), Some(at(DUE)));
    let backup = Backup::of(&it);
    for number in 100..121 {
        it.lay(number, at(DUE));
    }
    let refused = erase::run(&it.house, at(DUE), false);
    assert!(matches!(refused, Err(EraseError::Refused(_))), "{refused:?}");
    assert!(it.is_gone(&by_law));
    let opened = backup.header(&it.layout.places.header_keys(), &by_law.id);
    assert!(matches!(opened, Err(CatalogueError::HeaderKey(SealFault::Gone { .. }))), "{opened:?}");
    assert_eq!(destroyed(&it).len(), 1);
}

#[test]
fn a_month_that_is_empty_leaves_no_key_and_the_log_says_so() {
    let it = premises();
    for number in 0..3 {
        it.lay(number, at(DUE) + days(i64::from(number)));
    }
    assert_eq!(keys(&it), ["2026-04"]);
    let mut want = vec![2, 1, 0];
    for day in 0..3 {
        erase::run(&it.house, at(DUE) + days(day), false).expect("swept");
        let told = destroyed(&it);
        assert_eq!(told.len(), usize::try_from(day).expect("few") + 1);
        let last = told.last().expect("an entry");
        assert_eq!(last.counts["moved"], want.remove(0));
        assert_eq!(last.registry, Some(registry()));
        assert!(last.detail_sha256.is_some());
    }
    assert_eq!(keys(&it), [""; 0]);
    let names: Vec<_> = destroyed(&it).into_iter().filter_map(|entry| entry.header_key).collect();
    assert_eq!(
        names,
        ["2026-04", "2026-04.2", "2026-04.3"].map(|n| HeaderKey::parse(n).expect("one"))
    );
    let digests: std::collections::BTreeSet<_> =
        destroyed(&it).into_iter().filter_map(|entry| entry.detail_sha256).collect();
    assert_eq!(digests.len(), 3, "no two keys are the same");
    // A second sweep, and a restart, change nothing.
    let entries = it.audit().len();
    let it = it.reopened();
    erase::run(&it.house, at(DUE) + days(3), false).expect("swept");
    assert_eq!(it.audit().len(), entries);
}

/// A sweep by the clock and one that somebody asks for: of two at one key, the second would find it
/// gone under its hands.
#[test]
fn sweeps_at_the_same_time_raise_no_alarm_about_keys() {
    let it = premises();
    let minute = |n: u32| at(DUE) + SignedDuration::from_mins(n.into());
    for number in 0..ROUNDS {
        it.lay(number, minute(number));
    }
    // What moves to the month's next key each time.
    for number in 100..130 {
        it.lay(number, at(DUE) + days(9));
    }
    for round in 0..ROUNDS {
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    erase::run(&it.house, minute(round), false).expect("swept");
                });
            }
        });
    }
    assert_eq!(it.audited(Event::AlarmRaised), 0, "{:?}", it.alarms());
    assert_eq!(destroyed(&it).len(), ROUNDS as usize);
}

const ROUNDS: u32 = 12;

#[test]
fn a_deadline_that_is_set_or_moved_takes_the_header_along() {
    let it = premises();
    let laid = it.lay(1, at(DUE));
    it.transact(|ledger| ledger.set_due(&laid.id, None, ""));
    let open = Backup::of(&it);
    assert!(it.opens(&laid, 1));
    sweep(&it, "2026-03-01T00:00Z");
    assert_eq!(keys(&it), ["open"], "April's was spent");
    it.transact(|ledger| ledger.set_due(&laid.id, Some(at(DUE) + days(2)), "superseded + P30D"));
    assert!(it.opens(&laid, 1), "before the sweep");
    sweep(&it, "2026-03-02T00:00Z");
    assert_eq!(keys(&it), ["2026-04"]);
    assert!(it.opens(&laid, 1), "and after it");
    // Within the month nothing moves.
    it.transact(|ledger| ledger.set_due(&laid.id, Some(at(DUE) + days(4)), "superseded + P30D"));
    sweep(&it, "2026-03-03T00:00Z");
    assert_eq!(destroyed(&it).len(), 2);
    // A copy from when no deadline ran is dead with the first sweep after it was set.
    let then = open.header(&it.layout.places.header_keys(), &laid.id);
    assert!(then.is_err());
}

#[test]
fn a_hold_takes_the_header_to_its_limit_or_to_no_month_at_all() {
    let it = premises();
    let limited = it.lay_with(1, at(DUE), Some(at("2026-09-30T22:00Z")));
    let free = it.lay(2, at(DUE));
    let now = at("2026-04-01T00:00Z");
    for laid in [&limited, &free] {
        it.transact(|ledger| Ok(hold::hold(ledger, &laid.id, "inquiry", now))).expect("held");
    }
    sweep(&it, DUE);
    assert_eq!(keys(&it), ["2026-09", "open"]);
    assert!(it.opens(&limited, 1) && it.opens(&free, 2));
    it.transact(|ledger| Ok(hold::release(ledger, &free.id, now))).expect("released");
    sweep(&it, "2026-04-09T00:00Z");
    assert_eq!(keys(&it), ["2026-04", "2026-09"]);
    sweep(&it, "2026-09-30T22:00Z");
    assert!(it.is_gone(&limited) && it.is_gone(&free));
    assert_eq!(keys(&it), [""; 0]);
}

#[test]
fn what_was_written_before_there_were_keys_opens_moves_and_goes() {
    let it = premises();
    // As version 2 wrote it: without keys.
    let sealed = it.lay(9, at(DUE) + days(60));
    let (it, ()) = it.while_closed(|layout| {
        let file = rusqlite::Connection::open(layout.places.catalogue()).expect("a database");
        let change = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
            assert!(file.execute(sql, params).expect("changed") > 0);
        };
        change("DELETE FROM headers", &[]);
        change("UPDATE header_slots SET bytes = zeroblob(256)", &[]);
        for (piece, bytes) in (0_i64..).zip(sealed.header.chunks(256)) {
            let length = i64::try_from(bytes.len()).expect("few");
            let mut slot = bytes.to_vec();
            slot.resize(256, 0);
            change("INSERT INTO header_slots (bytes) VALUES (?1)", &[&slot]);
            let number = file.last_insert_rowid();
            change(
                "INSERT INTO headers SELECT key, ?1, ?2, ?3 FROM objects",
                &[&piece, &number, &length],
            );
        }
        change("UPDATE objects SET header_month = NULL", &[]);
    });
    assert!(it.opens(&sealed, 9));
    sweep(&it, "2026-02-01T00:00Z");
    assert!(it.opens(&sealed, 9));
    it.transact(|ledger| ledger.set_due(&sealed.id, Some(at(DUE)), "superseded + P30D"));
    assert!(it.opens(&sealed, 9), "sealed when it moves");
    assert_ne!(lies(&it.layout, &sealed.id), sealed.header);
    sweep(&it, DUE);
    assert!(it.is_gone(&sealed) && !it.state_holds(&sealed.header[22..65]));
}

#[test]
fn keys_that_are_lost_are_an_alarm_and_stop_nothing_else() {
    let it = premises();
    let lost = it.lay(1, at(DUE) + days(60));
    let lives = it.lay(2, at(DUE));
    let moves = it.lay(3, at(DUE) + days(61));
    let (it, ()) = it.while_closed(|layout| {
        fs::remove_file(layout.places.header_keys().join("fastlege/2026-06")).expect("removed");
    });
    sweep(&it, "2026-02-01T00:00Z");
    assert_eq!(it.alarms(), [("header-key-missing".to_owned(), "fastlege".to_owned())]);
    let dead = read_with(&mut **it.house.catalogue(), |view| view.header(&lost.id));
    assert!(matches!(dead, Err(CatalogueError::HeaderKey(SealFault::Gone { .. }))), "{dead:?}");
    // A new deadline of what is dead is no reason to refuse what came with it.
    it.transact(|ledger| ledger.set_due(&moves.id, Some(at(DUE)), "superseded + P30D"));
    sweep(&it, DUE);
    assert!(it.is_gone(&lives) && it.is_gone(&moves));
    // The objects go by their deadlines all the same, and the alarm with the last of them.
    sweep(&it, "2026-07-01T00:00Z");
    assert!(it.is_gone(&lost));
    assert_eq!(it.alarms(), []);
}

#[test]
fn a_key_that_cannot_be_destroyed_is_told_by_name_and_tried_again() {
    let it = premises();
    let gone = it.lay(1, at(DUE));
    let lives = it.lay(2, at(DUE) + days(60));
    it.transact(|ledger| ledger.set_due(&lives.id, Some(at(DUE) + days(90)), "moved"));
    let file = it.layout.places.header_keys().join("fastlege/2026-04");
    let key = fs::read(&file).expect("a key");
    fs::remove_file(&file).expect("aside");
    fs::create_dir(&file).expect("what nobody can overwrite");
    sweep(&it, DUE);
    assert!(it.is_gone(&gone), "the object went");
    assert_eq!(it.alarms(), [("header-key-kept".to_owned(), "fastlege/2026-04".to_owned())]);
    assert!(it.opens(&lives, 2));
    assert_eq!(destroyed(&it).len(), 1, "June's did go");
    fs::remove_dir(&file).expect("away");
    fs::write(&file, &key).expect("back");
    sweep(&it, "2026-04-11T22:00Z");
    assert_eq!(it.alarms(), []);
    assert_eq!(keys(&it), ["2026-07"]);
    assert!(!it.state_holds(&key));
}

/// Everything is taken up, whatever the order of the steps that were done.
#[cfg(feature = "fail-points")]
#[test]
fn a_kill_at_any_step_of_a_keys_end_loses_nothing_that_lives() {
    let points = [
        "header-key-spent",
        "erase-header",
        "erase-recorded",
        "header-key-made",
        "header-moved",
        "header-key-overwritten",
        "header-key-destroyed",
        "header-key-removed",
    ];
    for point in points {
        let it = premises();
        let due: Vec<Laid> = (0..3).map(|number| it.lay(number, at(DUE))).collect();
        let lives: Vec<Laid> = (3..6).map(|number| it.lay(number, at(DUE) + days(5))).collect();
        let backup = Backup::of(&it);
        let (it, status) = it.while_closed(|layout| super::kill::sweep_in_child(layout, point));
        assert_eq!(status.signal(), Some(9), "{point} was never passed");
        // I1, as the kill left it.
        let opens_all = |it: &Premises| lives.iter().zip(3..).all(|(laid, n)| it.opens(laid, n));
        assert!(opens_all(&it), "{point}");
        erase::run(&it.house, at(DUE), false).expect("swept");
        assert!(opens_all(&it), "{point}");
        assert!(due.iter().all(|laid| it.is_gone(laid)), "{point}");
        // A header whose key was spent by a transaction that was undone went to the next one.
        assert_eq!(keys(&it).len(), 1, "{point}: {:?}", keys(&it));
        let now = it.layout.places.header_keys();
        assert!(due.iter().all(|laid| backup.header(&now, &laid.id).is_err()), "{point}");
        let digests: std::collections::BTreeSet<_> =
            destroyed(&it).into_iter().map(|entry| entry.detail_sha256).collect();
        assert_eq!(digests.len(), 1, "{point}: told, if need be twice, by the same digest");
        assert_eq!(it.audited(Event::ObjectErased), 3, "{point}");
        // I5.
        let entries = it.audit().len();
        let it = it.reopened();
        erase::run(&it.house, at(DUE), false).expect("swept");
        assert_eq!((it.audit().len(), opens_all(&it)), (entries, true), "{point}");
        assert_eq!(it.alarms(), [], "{point}");
    }
}

/// Headers move a piece at a time (2,000), so that nobody waits long: more than one piece, and not
/// a whole number of them.
#[test]
fn more_headers_than_one_piece_all_move() {
    let it = premises();
    let first = it.lay(0, at(DUE));
    let header = first.header.clone();
    it.transact(|ledger| {
        (1..4_500).try_for_each(|number| {
            ledger.add_submission(&super::premises::submission(number))?;
            ledger.add_object(&super::premises::object(number, at(DUE) + days(9), None), &header)
        })
    });
    erase::run(&it.house, at(DUE), false).expect("swept");
    assert_eq!(destroyed(&it)[0].counts["moved"], 4_499);
}

fn sweep(it: &Premises, now: &str) {
    erase::run(&it.house, at(now), true).expect("swept");
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

fn content(number: u32) -> String {
    format!("what the embassy sent, number {number}")
}

/// The key files of the registry; no markers, no remains.
fn keys(it: &Premises) -> Vec<String> {
    let directory = it.layout.places.header_keys().join("fastlege");
    let names = files(&directory)
        .into_iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
    names.collect()
}

fn destroyed(it: &Premises) -> Vec<Entry> {
    let entries = it.audit().into_iter();
    entries.filter(|entry| entry.event == Event::MonthKeyDestroyed).collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A copy of the state directory, as a backup has it.
struct Backup(tempfile::TempDir);

impl Backup {
    fn of(it: &Premises) -> Self {
        let copy = tempfile::tempdir().expect("a temp dir");
        copy_all(&it.layout.places.state_dir, copy.path());
        Self(copy)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn payload(&self, laid: &Laid) -> PathBuf {
        let store = files(&self.path("store"));
        let name = laid.id.to_string();
        store.into_iter().find(|path| path.ends_with(&name)).expect("a payload")
    }

    /// The header, opened by the program with these keys.
    fn header(&self, keys: &Path, id: &ObjectId) -> Result<Vec<u8>, CatalogueError> {
        // A catalogue of its own for each look, since opening one may change its files.
        let copy = tempfile::tempdir().expect("a temp dir");
        for name in ["catalogue.db", "catalogue.db-wal"] {
            drop(fs::copy(self.path(name), copy.path().join(name)));
        }
        let catalogue = SqliteCatalogue::open(&copy.path().join("catalogue.db")).expect("opens");
        let mut catalogue: Box<dyn Catalogue> = Box::new(with_keys(catalogue, keys));
        let header = read_with(&mut *catalogue, |view| view.header(id))?;
        Ok(header.expect("not erased in the backup"))
    }
}

/// The header as it lies in a catalogue's file, without the program.
fn lies_in(file: &Path, id: &ObjectId) -> Vec<u8> {
    let copy = tempfile::tempdir().expect("a temp dir");
    let state = copy.path().join("state");
    fs::create_dir(&state).expect("made");
    for name in ["catalogue.db", "catalogue.db-wal"] {
        drop(fs::copy(file.with_file_name(name), state.join(name)));
    }
    lies(&filsluse::config::layout::Layout::new(copy.path()), id)
}

/// Opens a sealed header by what the documentation says of it.
fn unsealed(key: &[u8], id: &ObjectId, sealed: &[u8]) -> Option<Vec<u8>> {
    use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).ok()?);
    let (nonce, rest) = sealed.split_at(12);
    let mut rest = rest.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = key.open_in_place(nonce, Aad::from(id.to_string()), &mut rest).ok()?;
    Some(plain.to_vec())
}

/// What stock age makes of a file with the registry's identity.
fn age(it: &Premises, file: &[u8]) -> Option<String> {
    let identity = tempfile::NamedTempFile::new().expect("a temp file");
    let text = it.identity.expose_file_text(Timestamp::UNIX_EPOCH);
    fs::write(identity.path(), text.as_bytes()).expect("written");
    let mut command = Command::new("age");
    command.args(["-d", "-i"]).arg(identity.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("age is installed");
    // It stops reading at a header that it cannot open.
    drop(child.stdin.take().expect("a pipe").write_all(file));
    let output = child.wait_with_output().expect("ended");
    output.status.success().then(|| String::from_utf8(output.stdout).expect("text"))
}
