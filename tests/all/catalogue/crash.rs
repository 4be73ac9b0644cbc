//! Kills a writing process in mid-transaction, again and again: what it was told is committed is
//! there, and no transaction is there in part.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use filsluse::{
    catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, read_with,
        records::submissions::SubmissionFilter, sqlite::SqliteCatalogue, transact_with, view::View,
    },
    types::ids::Part,
};
use rusqlite::Connection;

use super::sample::{at, claimed, event, id, object};

const CATALOGUE: &str = "FILSLUSE_TEST_CRASH_CATALOGUE";

const PER_TRANSACTION: u32 = 25;

#[test]
fn a_kill_leaves_whole_transactions_only() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut transactions = 0;
    for acknowledged in [1, 3, 2, 7, 5, 4] {
        let told = transactions + run_until_killed(&path, acknowledged);
        transactions = check_whole(&path);
        assert!(told <= transactions, "{told} were acknowledged and {transactions} are there");
    }
}

/// The other side: does nothing unless the test above started it.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Some(path) = env::var_os(CATALOGUE).map(PathBuf::from) else { return };
    let mut catalogue = SqliteCatalogue::open(&path).expect("a catalogue");
    let mut next = count(&mut catalogue);
    let mut out = std::io::stdout();
    loop {
        transact_with(&mut catalogue, |ledger| write(ledger, next)).expect("committed");
        next += 1;
        writeln!(out, "committed").and_then(|()| out.flush()).expect("the parent listens");
    }
}

/// One transaction: submissions, events, objects with headers, an audit entry.
fn write(ledger: &mut dyn Ledger, transaction: u32) -> Result<(), CatalogueError> {
    for number in transaction * PER_TRANSACTION..(transaction + 1) * PER_TRANSACTION {
        ledger.add_submission(&claimed(number))?;
        ledger.add_event(&event(number, number, "claimed"))?;
        ledger.add_object(&object(number, Part::Whole), &[1; 700])?;
        if number % 2 == 0 {
            ledger.erase_header(&object(number, Part::Whole).id, at(number))?;
        }
    }
    ledger.queue_audit(&mut |seq| seq.to_string().into_bytes()).map(drop)
}

/// Lets a child commit so many transactions, then kills it in the midst of whatever it does next.
fn run_until_killed(path: &Path, acknowledged: u32) -> u32 {
    let mut child = Command::new(env::current_exe().expect("this binary"))
        .args(["--exact", "catalogue::crash::child_that_writes_until_it_is_killed", "--nocapture"])
        .env(CATALOGUE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let committed = lines
        .map(|line| line.expect("the child writes on"))
        .filter(|line| line.contains("committed"))
        .take(acknowledged as usize)
        .count();
    child.kill().expect("a running child");
    child.wait().expect("a dead child");
    u32::try_from(committed).expect("few")
}

/// How many transactions are there, having checked that each is there whole.
fn check_whole(path: &Path) -> u32 {
    let mut catalogue = SqliteCatalogue::open(path).expect("opened after the kill");
    let transactions = count(&mut catalogue);
    read_with(&mut catalogue, |view| -> Result<(), CatalogueError> {
        let submissions = view.submissions(&SubmissionFilter::default())?;
        assert_eq!(submissions.len(), (transactions * PER_TRANSACTION) as usize);
        assert_eq!(view.outbox(u32::MAX)?.len(), transactions as usize);
        for number in 0..transactions * PER_TRANSACTION {
            assert_eq!(view.events(id(number))?, [event(number, number, "claimed")]);
            let header = view.header(&object(number, Part::Whole).id)?;
            assert_eq!(header, (number % 2 == 1).then(|| vec![1; 700]), "object {number}");
        }
        Ok(())
    })
    .expect("a snapshot");
    drop(catalogue);
    let plain = Connection::open(path).expect("opened");
    let verdict = |pragma: &str| -> String {
        plain.query_row(pragma, [], |row| row.get(0)).expect("an answer")
    };
    assert_eq!(verdict("PRAGMA integrity_check"), "ok");
    let orphans = plain.prepare("PRAGMA foreign_key_check").expect("prepared").exists([]);
    assert_eq!(orphans, Ok(false));
    transactions
}

fn count(catalogue: &mut dyn Catalogue) -> u32 {
    let next = read_with(catalogue, |view: &dyn View| view.next_audit_seq()).expect("a snapshot");
    u32::try_from(next).expect("few")
}
