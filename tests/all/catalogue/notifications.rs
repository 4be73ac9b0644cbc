//! Notifications of messages of every size, held against a plain map: whichever way they are kept,
//! the answers are the same, over corrections, erasures, work that is rolled back, and new starts.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use filsluse::{
    catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, read_with,
        records::reports::Notification, sqlite::SqliteCatalogue, transact_with,
    },
    types::{
        digest::Sha256,
        guid::Guid,
        ids::{Part, SenderId},
    },
};
use proptest::prelude::*;

use super::sample::{at, claimed, id, object};

/// What happens to a catalogue.
#[derive(Debug, Clone)]
enum Step {
    /// A message of one of two senders: these of all notifications, and what it says of them.
    Message { sender: usize, from: u32, count: u32, by: u32, status: char },
    /// A message that is rolled back.
    Undone { from: u32, count: u32 },
    /// The content of one of the messages goes.
    Erased(prop::sample::Index),
    /// The daemon starts anew.
    Opened,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Small ones are rows, large ones are packed.
    let count = prop_oneof![1_u32..40, 2000_u32..2200, 4000_u32..6000];
    let status = prop_oneof![Just('N'), Just('M'), Just('C')];
    let message = (0_usize..2, 0_u32..4000, count, 1_u32..4, status).prop_map(
        |(sender, from, count, by, status)| Step::Message { sender, from, count, by, status },
    );
    let undone = (0_u32..4000, 1_u32..3000).prop_map(|(from, count)| Step::Undone { from, count });
    let erased = any::<prop::sample::Index>().prop_map(Step::Erased);
    let step = prop_oneof![6 => message, 1 => undone, 3 => erased, 1 => Just(Step::Opened)];
    proptest::collection::vec(step, 1..14)
}

/// Random as a sender's are, or counted up, by the number.
fn guid(number: u32) -> Guid {
    if number.is_multiple_of(3) {
        return Guid(u128::from(number).to_be_bytes());
    }
    let Sha256(digest) = Sha256::of(&number.to_be_bytes());
    Guid(std::array::from_fn(|at| digest[at]))
}

fn message(submission: u32, numbers: impl Iterator<Item = u32>, status: char) -> Vec<Notification> {
    let digest = |guid: &Guid| {
        let Sha256(digest) = Sha256::of(&[guid.0.as_slice(), &submission.to_be_bytes()].concat());
        std::array::from_fn(|at| digest[at])
    };
    let one = |number| {
        let guid = guid(number);
        Notification { guid, status, digest: digest(&guid) }
    };
    let mut list: Vec<_> = numbers.map(one).collect();
    list.sort_unstable_by_key(|notification| notification.guid);
    list
}

/// One sender's notifications.
type Model = BTreeMap<Guid, Brought>;

/// What became of one.
#[derive(Default)]
struct Brought {
    /// By the submissions that brought it and are still there.
    kept: BTreeMap<u32, Notification>,
    /// The last submission that brought it, whether or not it is still there.
    last: u32,
}

fn check(catalogue: &mut SqliteCatalogue, senders: &[SenderId], models: &[Model; 2]) {
    read_with(catalogue, |view| {
        for (sender, model) in senders.iter().zip(models) {
            for (guid, Brought { kept, last }) in model.iter().step_by(37) {
                let found = view.notification(sender, guid)?;
                if kept.is_empty() || kept.contains_key(last) {
                    assert_eq!(found, kept.get(last).copied(), "{sender}");
                } else {
                    // A small message takes the place of a small one before it. Once it goes, an
                    // older one is found, in a large message, or none.
                    let any = kept.values().any(|one| found == Some(*one));
                    assert!(any || found.is_none(), "{sender}");
                }
            }
            let mut told = BTreeSet::new();
            view.each_notification(sender, &mut |guid| told.extend([guid]))?;
            let known =
                |guid: &Guid| model.get(guid).is_some_and(|brought| !brought.kept.is_empty());
            assert!(told.iter().all(known));
            for guid in model.keys() {
                assert_eq!(view.notification(sender, guid)?.is_some(), told.contains(guid));
            }
            assert_eq!(view.has_notifications(sender)?, !told.is_empty());
            assert_eq!(view.notification(sender, &Guid([0xEE; 16]))?, None);
        }
        Ok::<_, CatalogueError>(())
    })
    .expect("read");
}

/// Adds a message as the house does: with its submission, and an object with its content.
fn add(ledger: &mut dyn Ledger, number: u32) -> Result<(), CatalogueError> {
    ledger.add_submission(&claimed(number))?;
    ledger.add_object(&object(number, Part::Content), &[7; 100])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn packed_or_not_they_are_what_a_plain_map_holds(steps in steps()) {
        let dir = tempfile::tempdir().expect("a temp dir");
        let path = dir.path().join("catalogue.db");
        let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
        let senders = ["oslo", "bergen"].map(|id| SenderId::parse(id).expect("an id"));
        let (mut models, mut messages) = ([Model::new(), Model::new()], Vec::new());
        for (number, step) in (1..).zip(steps) {
            match step {
                Step::Message { sender, from, count, by, status } => {
                    let list = message(number, (0..count).map(|n| from + n * by), status);
                    transact_with(&mut catalogue, |ledger| {
                        add(ledger, number)?;
                        ledger.add_notifications(&senders[sender], id(number), &list)
                    })
                    .expect("committed");
                    for notification in list {
                        let brought = models[sender].entry(notification.guid).or_default();
                        brought.kept.insert(number, notification);
                        brought.last = number;
                    }
                    messages.push((sender, number));
                }
                Step::Undone { from, count } => {
                    let list = message(number, from..from + count, 'N');
                    transact_with(&mut catalogue, |ledger| {
                        add(ledger, number)?;
                        ledger.add_notifications(&senders[0], id(number), &list)?;
                        Err::<(), _>(CatalogueError::Aborted)
                    })
                    .expect_err("undone");
                }
                Step::Erased(index) if !messages.is_empty() => {
                    let (sender, number) = messages.remove(index.index(messages.len()));
                    let content = object(number, Part::Content).id;
                    transact_with(&mut catalogue, |ledger| ledger.erase_header(&content, at(9)))
                        .expect("committed");
                    for brought in models[sender].values_mut() {
                        brought.kept.remove(&number);
                    }
                }
                Step::Erased(_) => {}
                Step::Opened => {
                    drop(catalogue);
                    catalogue = SqliteCatalogue::open(&path).expect("opened again");
                }
            }
            check(&mut catalogue, &senders, &models);
        }
    }
}

#[test]
fn of_one_archive_the_later_message_counts_however_large_either_is() {
    let sizes = [10, 3000];
    for (first, second) in sizes.into_iter().flat_map(|one| sizes.map(|other| (one, other))) {
        let dir = tempfile::tempdir().expect("a temp dir");
        let path = dir.path().join("catalogue.db");
        let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
        let sender = SenderId::parse("oslo").expect("an id");
        transact_with(&mut catalogue, |ledger| {
            add(ledger, 1)?;
            ledger.add_notifications(&sender, id(1), &message(1, 0..first, 'N'))?;
            ledger.add_notifications(&sender, id(1), &message(1, 5..5 + second, 'C'))
        })
        .expect("committed");
        read_with(&mut catalogue, |view| {
            for number in 0..first.max(5 + second) {
                let found = view.notification(&sender, &guid(number))?.map(|one| one.status);
                let want = if (5..5 + second).contains(&number) { 'C' } else { 'N' };
                assert_eq!(found, Some(want), "{number} of {first} and {second}");
            }
            Ok::<_, CatalogueError>(())
        })
        .expect("read");
    }
}

/// The first bytes of each GUID and the digests that are somewhere in the file.
fn found(path: &Path, sought: &HashSet<[u8; 8]>) -> usize {
    let bytes = fs::read(path).expect("a file");
    let there: HashSet<&[u8]> = bytes.windows(8).collect();
    sought.iter().filter(|piece| there.contains(piece.as_slice())).count()
}

#[test]
fn of_a_large_message_that_is_erased_nothing_is_left_in_the_file() {
    let dir = tempfile::tempdir().expect("a temp dir");
    let path = dir.path().join("catalogue.db");
    let mut catalogue = SqliteCatalogue::open(&path).expect("a fresh catalogue");
    let sender = SenderId::parse("oslo").expect("an id");
    let mut traces = BTreeMap::new();
    for number in 1..9 {
        let list = message(number, (0..2100 + 50 * number).map(|n| number << 16 | n), 'N');
        transact_with(&mut catalogue, |ledger| {
            add(ledger, number)?;
            ledger.add_notifications(&sender, id(number), &list)
        })
        .expect("committed");
        let random = list.iter().filter(|one| one.guid.0[0] != 0);
        let pieces: HashSet<[u8; 8]> =
            random.flat_map(|one| [std::array::from_fn(|at| one.guid.0[at]), one.digest]).collect();
        traces.insert(number, pieces);
    }
    for number in [2, 8, 1, 5, 4] {
        transact_with(&mut catalogue, |ledger| {
            ledger.erase_header(&object(number, Part::Content).id, at(9))
        })
        .expect("committed");
        catalogue.scrub().expect("nobody reads");
        let gone = traces.remove(&number).expect("a message");
        assert_eq!(found(&path, &gone), 0, "message {number}");
    }
    for pieces in traces.values() {
        assert_eq!(found(&path, pieces), pieces.len(), "the test sees what is there");
    }
}
