//! SQLite's own: the file and its mode, readers beside the writer, other people's databases.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use filsluse::catalogue::{
    Catalogue, error::CatalogueError, read_with, sqlite::SqliteCatalogue, transact_with,
};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{
    conformance::check_catalogue,
    sample::{claimed, id},
};

fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    (dir, path)
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).expect("a directory");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<_> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

#[test]
fn sqlite_is_a_catalogue() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let count = std::cell::Cell::new(0);
    check_catalogue(&|| {
        count.set(count.get() + 1);
        let path = dir.path().join(format!("{}.db", count.get()));
        Box::new(SqliteCatalogue::open(&path).expect("a fresh catalogue"))
    });
}

#[test]
fn what_is_committed_is_there_after_reopening() {
    let (_dir, path) = place();
    let mut first = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut first, |ledger| {
        ledger.add_submission(&claimed(1))?;
        ledger.queue_audit(&mut |_| b"entry".to_vec())
    })
    .expect("committed");
    drop(first);
    let mut again = SqliteCatalogue::open(&path).expect("reopened");
    let (submission, next) = read_with(&mut again, |view| {
        Ok::<_, CatalogueError>((view.submission(id(1))?, view.next_audit_seq()?))
    })
    .expect("read");
    assert_eq!((submission, next), (Some(claimed(1)), 1));
}

/// What is asked of it beside a long transaction waits for nobody, and hinders no scrubbing.
#[test]
fn a_reader_of_its_own_sees_what_is_committed_and_waits_for_nobody() {
    let (_dir, path) = place();
    let patience = std::time::Duration::from_millis(10);
    let mut writer = SqliteCatalogue::open_with_patience(&path, patience).expect("a catalogue");
    let mut reader = writer.readers().expect("a way in beside a writer")().expect("a reader");
    let known = |reader: &mut dyn Catalogue, n| {
        read_with(reader, |view| Ok::<_, CatalogueError>(view.submission(id(n))?.is_some()))
            .expect("read")
    };
    transact_with(&mut writer, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    assert!(known(&mut *reader, 1));
    transact_with(&mut writer, |ledger| {
        ledger.add_submission(&claimed(2))?;
        assert!(!known(&mut *reader, 2), "not yet");
        Ok::<_, CatalogueError>(())
    })
    .expect("committed");
    assert!(known(&mut *reader, 2));
    writer.scrub().expect("nobody holds on to anything");
    let written = transact_with(&mut *reader, |ledger| ledger.add_submission(&claimed(3)));
    assert!(matches!(written, Err(CatalogueError::ReadOnly)), "{written:?}");
    drop(writer);
    let looking = SqliteCatalogue::open_read_only(&path).expect("it is there");
    assert!(looking.readers().is_none());
}

#[test]
fn nobody_else_may_read_the_files() {
    let (dir, path) = place();
    fs::write(&path, b"").expect("made beforehand");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("laxer than ours");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    assert_eq!(names(&dir), ["catalogue.db", "catalogue.db-shm", "catalogue.db-wal"]);
    for name in names(&dir) {
        let mode = fs::metadata(dir.path().join(&name)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_reader_keeps_its_snapshot_while_the_writer_goes_on() {
    let (_dir, path) = place();
    let mut writer = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut writer, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    let mut reader = SqliteCatalogue::open_read_only(&path).expect("beside the writer");
    read_with(&mut reader, |view| -> Result<(), CatalogueError> {
        assert!(view.submission(id(1))?.is_some());
        transact_with(&mut writer, |ledger| ledger.add_submission(&claimed(2)))?;
        assert!(view.submission(id(2))?.is_none(), "a snapshot stands still");
        Ok(())
    })
    .expect("a snapshot");
    let seen = read_with(&mut reader, |view| view.submission(id(2))).expect("a later snapshot");
    assert!(seen.is_some());
}

#[test]
fn a_look_at_a_stopped_catalogue_changes_nothing() {
    let (dir, path) = place();
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    drop(catalogue);
    assert_eq!(names(&dir), ["catalogue.db"], "a clean stop leaves one file");
    let before = fs::read(&path).expect("readable");

    let mut look = SqliteCatalogue::open_read_only(&path).expect("stopped");
    let seen = read_with(&mut look, |view| view.submission(id(1))).expect("read");
    assert_eq!(seen, Some(claimed(1)));
    let refused = transact_with(&mut look, |ledger| ledger.add_submission(&claimed(2)));
    assert!(matches!(refused, Err(CatalogueError::ReadOnly)), "{refused:?}");
    assert_eq!(names(&dir), ["catalogue.db"]);
    drop(look);
    assert_eq!(fs::read(&path).expect("readable"), before);
}

#[test]
fn a_look_at_a_killed_catalogue_sees_what_its_log_holds() {
    let (_dir, path) = place();
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    // A copy of the files while it is open is what a kill leaves behind.
    let (dir, copy) = place();
    for suffix in ["", "-wal"] {
        let name = format!("catalogue.db{suffix}");
        fs::copy(path.with_file_name(&name), dir.path().join(name)).expect("copied");
    }
    let mut look = SqliteCatalogue::open_read_only(&copy).expect("killed");
    let seen = read_with(&mut look, |view| view.submission(id(1))).expect("read");
    assert_eq!(seen, Some(claimed(1)));
}

#[test]
fn an_odd_path_is_read_as_it_is() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("a?mode=memory&b#c %41 æ.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    drop(catalogue);
    let mut look = SqliteCatalogue::open_read_only(&path).expect("stopped");
    assert!(read_with(&mut look, |view| view.submission(id(1))).expect("read").is_some());
}

#[test]
fn other_databases_are_refused_and_left_alone() {
    let (_dir, path) = place();
    let missing = SqliteCatalogue::open_read_only(&path);
    assert!(matches!(missing, Err(CatalogueError::Backend { .. })), "{missing:?}");
    assert!(!path.exists());

    let sql =
        |text: &str| Connection::open(&path).expect("opened").execute_batch(text).expect("run");
    sql("CREATE TABLE others (x); PRAGMA user_version = 1");
    let before = fs::read(&path).expect("readable");
    for opened in [SqliteCatalogue::open(&path), SqliteCatalogue::open_read_only(&path)] {
        assert!(matches!(opened, Err(CatalogueError::NotACatalogue)), "{opened:?}");
    }
    assert_eq!(fs::read(&path).expect("readable"), before, "not a byte was written");

    fs::write(&path, "no database at all, but long enough to be looked at".repeat(50))
        .expect("written");
    for opened in [SqliteCatalogue::open(&path), SqliteCatalogue::open_read_only(&path)] {
        assert!(matches!(opened, Err(CatalogueError::NotACatalogue)), "{opened:?}");
    }
}

#[test]
fn a_newer_schema_is_refused_with_advice() {
    let (_dir, path) = place();
    drop(SqliteCatalogue::open(&path).expect("a fresh catalogue"));
    let newer = Connection::open(&path).expect("opened");
    newer.execute_batch("PRAGMA user_version = 4711").expect("run");
    drop(newer);
    for opened in [SqliteCatalogue::open(&path), SqliteCatalogue::open_read_only(&path)] {
        let refused = opened.expect_err("too new");
        assert!(matches!(refused, CatalogueError::NewerSchema { found: 4711, .. }), "{refused:?}");
        assert!(refused.to_string().contains("start the newer program"), "{refused}");
    }
}

#[test]
fn a_value_that_does_not_read_back_is_named_and_not_shown() {
    let (_dir, path) = place();
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    let other = Connection::open(&path).expect("opened");
    other.execute_batch("UPDATE submissions SET findings = 'canary'").expect("run");
    let refused = read_with(&mut catalogue, |view| view.submission(id(1))).expect_err("damaged");
    assert!(matches!(refused, CatalogueError::Unreadable { what: "list" }), "{refused:?}");
    assert!(!format!("{refused:?} {refused}").contains("canary"));
    other.execute_batch("UPDATE submissions SET findings = '[]', state = 'canary'").expect("run");
    let refused = read_with(&mut catalogue, |view| view.submission(id(1))).expect_err("damaged");
    assert!(matches!(refused, CatalogueError::Unreadable { what: "state" }), "{refused:?}");
    let _ = catalogue.scrub();
}
