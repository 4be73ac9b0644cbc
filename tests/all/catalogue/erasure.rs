//! What was erased is in no file of the catalogue any more.

use std::{collections::BTreeSet, fs, path::Path};

use filsluse::{
    catalogue::{
        Catalogue, error::CatalogueError, read_with, sqlite::SqliteCatalogue, transact_with,
    },
    types::{digest::Sha256, ids::Part},
};

use super::sample::{at, claimed, enrolment, mission, object, person, registry, withdrawn};

/// Every byte of the database, its log and its log's index.
fn all_files(path: &Path) -> Vec<u8> {
    ["", "-wal", "-shm"]
        .iter()
        .flat_map(|suffix| fs::read(format!("{}{suffix}", path.display())).unwrap_or_default())
        .collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

#[test]
fn an_erased_header_is_gone_from_database_and_log() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    let header = b"age-encryption.org/v1 -> X25519 a header that must not survive".repeat(9);
    let id = object(1, Part::Whole).id;
    transact_with(&mut catalogue, |ledger| {
        ledger.add_submission(&claimed(1))?;
        ledger.add_object(&object(1, Part::Whole), &header)
    })
    .expect("committed");
    assert!(holds(&all_files(&path), &header[..60]), "the test can see a header that is there");
    transact_with(&mut catalogue, |ledger| ledger.erase_header(&id, at(9)).map(drop))
        .expect("committed");
    assert!(holds(&all_files(&path), &header[..60]), "before the scrub the log still has it");
    catalogue.scrub().expect("nobody reads");
    assert!(!holds(&all_files(&path), &header[..60]));
    assert_eq!(fs::metadata(path.with_extension("db-wal")).expect("a log").len(), 0);
}

#[test]
fn a_scrub_says_when_a_reader_hinders_it() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue =
        SqliteCatalogue::open_with_patience(&path, std::time::Duration::ZERO).expect("a catalogue");
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    let mut reader = SqliteCatalogue::open_read_only(&path).expect("beside the writer");
    read_with(&mut reader, |view| -> Result<(), CatalogueError> {
        view.next_audit_seq()?;
        transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(2)))?;
        let hindered = catalogue.scrub();
        assert!(matches!(hindered, Err(CatalogueError::Busy { .. })), "{hindered:?}");
        Ok(())
    })
    .expect("a snapshot");
    catalogue.scrub().expect("the reader has gone");
}

#[test]
fn what_a_killed_process_had_erased_is_gone_once_it_is_opened_again() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    transact_with(&mut catalogue, |ledger| {
        ledger.add_submission(&claimed(1))?;
        ledger.add_object(&object(1, Part::Whole), b"a header that must not survive")?;
        ledger.erase_header(&object(1, Part::Whole).id, at(9)).map(drop)
    })
    .expect("committed");
    transact_with(&mut catalogue, |ledger| {
        ledger.add_object(&object(1, Part::Content), b"a header that must not survive")
    })
    .expect("committed");
    transact_with(&mut catalogue, |ledger| {
        ledger.erase_header(&object(1, Part::Content).id, at(9)).map(drop)
    })
    .expect("committed");
    // A copy of the files while it is open is what a kill leaves behind.
    let copy = dir.path().join("copy.db");
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", path.display());
        fs::copy(from, format!("{}{suffix}", copy.display())).expect("copied");
    }
    assert!(holds(&all_files(&copy), b"must not survive"), "the log that was left has it");
    let _open = SqliteCatalogue::open(&copy).expect("opened again");
    assert!(!holds(&all_files(&copy), b"must not survive"));
}

/// Rows that move between pages leave copies of themselves behind even with `secure_delete`; this
/// is what the header slots are for.
#[test]
fn thousands_of_erasures_leave_no_stray_copy_of_any_header() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    let mark = |number: u32| Sha256::of(&number.to_le_bytes()).0;
    let mut live = BTreeSet::new();
    let mut dead = Vec::new();
    let mut dice = 1_u32;
    let mut throw = |sides: u32| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 16) % sides
    };
    for round in 0..60 {
        transact_with(&mut catalogue, |ledger| {
            for number in round * 50..(round + 1) * 50 {
                ledger.add_submission(&claimed(number))?;
                let pieces = 5 + throw(20) as usize;
                ledger.add_object(&object(number, Part::Whole), &mark(number).repeat(pieces))?;
                live.insert(number);
            }
            for _ in 0..40 {
                let index = throw(u32::try_from(live.len()).unwrap_or(1)) as usize;
                let number = *live.iter().nth(index).expect("more come than go");
                live.remove(&number);
                assert!(ledger.erase_header(&object(number, Part::Whole).id, at(9))?);
                dead.push(number);
            }
            Ok::<_, CatalogueError>(())
        })
        .expect("committed");
    }
    catalogue.scrub().expect("nobody reads");
    let files = all_files(&path);
    assert_eq!((dead.len(), live.len()), (2400, 600));
    let found = |numbers: &mut dyn Iterator<Item = &u32>| {
        numbers.filter(|number| holds(&files, &mark(**number)[..16])).count()
    };
    assert_eq!(found(&mut live.iter()), live.len(), "the test can see headers that are there");
    assert_eq!(found(&mut dead.iter()), 0);
}

#[test]
fn a_compaction_leaves_no_copy_of_an_erased_pseudonym() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    // Spread over the whole key space, so that pages split and merge everywhere.
    let spread = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let (ut, mut live, mut next) = (mission("UT"), BTreeSet::new(), 0_u64);
    transact_with(&mut catalogue, |ledger| ledger.add_submission(&claimed(1))).expect("committed");
    for round in 0..60_usize {
        transact_with(&mut catalogue, |ledger| {
            for _ in 0..100 {
                ledger.put_enrolment(&enrolment("UT", spread(next), 1))?;
                live.insert(next);
                next += 1;
            }
            for turn in 0..80 {
                let index = (round * 7919 + turn * turn * 104_729) % live.len();
                let number = *live.iter().nth(index).expect("more come than go");
                // A withdrawn row is longer; those of every second stay a while.
                ledger.put_enrolment(&withdrawn("UT", spread(number), 1))?;
                if turn % 2 == 0 {
                    continue;
                }
                live.remove(&number);
                assert!(ledger.erase_enrolment(&registry(), &ut, &person(spread(number)))?);
            }
            Ok::<_, CatalogueError>(())
        })
        .expect("committed");
    }
    catalogue.compact().expect("nobody reads");
    let files = all_files(&path);
    let found = |number: &u64| holds(&files, person(spread(*number)).as_str().as_bytes());
    assert!(live.iter().all(found), "the test can see pseudonyms that are there");
    let stray = (0..next).filter(|number| !live.contains(number)).filter(found).count();
    assert_eq!(stray, 0);
}
