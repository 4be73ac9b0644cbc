//! Changes that share a transaction: each is durable when it is said to be, and fails alone.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use filsluse::{
    catalogue::{
        Catalogue, error::CatalogueError, read_with, sqlite::SqliteCatalogue, transact_with,
    },
    pipeline::house::group_commit::{Applied, ChangeQueue, QueuedChange},
};
use jiff::Timestamp;

type Shared = Mutex<Box<dyn Catalogue>>;

fn catalogue(dir: &tempfile::TempDir) -> Shared {
    Mutex::new(Box::new(SqliteCatalogue::open(&dir.path().join("catalogue.db")).unwrap()))
}

/// A change that shows, and that may fail after it was made.
fn mark(name: &str, fails: bool) -> QueuedChange {
    let name = name.to_owned();
    Box::new(move |ledger| {
        ledger.raise_alarm(&name, "test", Timestamp::UNIX_EPOCH, None)?;
        if fails { Err(CatalogueError::Held) } else { Ok(()) }
    })
}

fn marks(catalogue: &Shared) -> Vec<String> {
    let mut catalogue = catalogue.lock().unwrap_or_else(PoisonError::into_inner);
    let alarms = read_with(&mut **catalogue, |view| view.alarms()).unwrap();
    alarms.into_iter().map(|alarm| alarm.code).collect()
}

#[test]
fn a_change_that_comes_alone_has_a_transaction_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (catalogue, changes) = (catalogue(&dir), ChangeQueue::default());
    changes.run(&catalogue, mark("one", false)).unwrap();
    let failed = changes.run(&catalogue, mark("two", true));
    assert!(matches!(failed, Err(CatalogueError::Held)), "{failed:?}");
    assert_eq!(marks(&catalogue), ["one"]);
}

/// Four threads wait while a fifth works; what becomes of its transaction becomes of theirs, but
/// for the one whose own change fails.
#[test]
fn whoever_commits_takes_along_what_waits() {
    for commits in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let (catalogue, changes) = (catalogue(&dir), ChangeQueue::default());
        let names = ["a", "b", "c", "d"];
        let ended = thread::scope(|scope| {
            let mut held = catalogue.lock().unwrap();
            let (changes, catalogue) = (&changes, &catalogue);
            let waiting: Vec<_> = names
                .iter()
                .map(|name| scope.spawn(move || changes.run(catalogue, mark(name, *name == "b"))))
                .collect();
            let limit = Instant::now() + Duration::from_secs(30);
            while !format!("{changes:?}").contains("waiting: 4") {
                assert!(Instant::now() < limit, "{changes:?}");
                thread::yield_now();
            }
            let mut applied = Applied::default();
            let done = transact_with(&mut **held, |ledger| {
                ledger.raise_alarm("own", "test", Timestamp::UNIX_EPOCH, None)?;
                applied = changes.apply_all(ledger);
                if commits { Ok(()) } else { Err(CatalogueError::ReadOnly) }
            });
            applied.notify(done.is_ok());
            drop(held);
            waiting.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        if !commits {
            assert!(ended.iter().all(|e| matches!(e, Err(CatalogueError::Aborted))), "{ended:?}");
            assert_eq!(marks(&catalogue), [""; 0]);
            continue;
        }
        assert!(matches!(ended[1], Err(CatalogueError::Held)), "{ended:?}");
        assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 3, "{ended:?}");
        assert_eq!(marks(&catalogue), ["a", "c", "d", "own"]);
    }
}

#[test]
fn a_reader_beside_sees_what_is_committed_and_waits_for_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = catalogue(&dir);
    let readers = catalogue.lock().unwrap().readers().unwrap();
    let mut reader = readers().unwrap();
    let mut seen = || read_with(&mut *reader, |view| view.alarms()).unwrap().len();
    transact_with(&mut **catalogue.lock().unwrap(), |ledger| {
        ledger.raise_alarm("one", "test", Timestamp::UNIX_EPOCH, None)?;
        assert_eq!(seen(), 0, "not committed yet");
        Ok::<(), CatalogueError>(())
    })
    .unwrap();
    assert_eq!(seen(), 1);
    // Erasing does not wait for a reader that has nothing open.
    catalogue.lock().unwrap().scrub().unwrap();
    assert_eq!(seen(), 1);
}
