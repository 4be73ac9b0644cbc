//! Payloads that no row of the catalogue names: what a killed daemon left between storing and
//! recording.

use std::fs;

use filsluse::{
    audited,
    catalogue::{
        error::CatalogueError,
        records::submissions::{Inode, Submission},
    },
    daemon::engine::receiving,
    pipeline::recover::{self, orphaned_payloads},
    store::{Mark, Upload},
    types::{
        alarm::AlarmCode,
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SenderId, SubmissionId},
    },
};
use jiff::Timestamp;

use crate::support::{in_process::house, installation::Installation};

/// A file of many documents has an object of each, numbered one after the other.
#[test]
fn all_of_a_submissions_go_and_nobody_elses() {
    let installation = Installation::new();
    let (_lock, house) = house(installation.config());
    let registry = RegistryId::parse("fastlege").unwrap();
    let store = house.store(&registry).unwrap();
    // Both in one directory of the store.
    let [mine, others] = [1, 2].map(|first| {
        let random = [first, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        SubmissionId::new(Timestamp::UNIX_EPOCH, random)
    });
    let object = |submission, part, number| ObjectId {
        submission,
        registry: registry.clone(),
        part,
        number,
    };
    let kept = object(others, Part::Whole, 3);
    let strays = [1, 2, 3, 700].map(|number| object(mine, Part::Whole, number));
    for object in strays.iter().chain([&kept, &object(mine, Part::Difference, 12)]) {
        let work = installation.places().work().join(object.to_string());
        fs::write(&work, "sealed").unwrap();
        let mark = Mark::Sha256(Sha256::of(b"sealed"));
        let upload = Upload { object: object.clone(), work, payload_bytes: 6, mark };
        store.publish(&[upload]).unwrap();
    }
    orphaned_payloads::remove(&house, &[mine]).unwrap();
    let left: Vec<ObjectId> = store.list().unwrap().map(|stored| stored.unwrap().object).collect();
    assert_eq!(left, [kept]);
    orphaned_payloads::remove(&house, &[mine]).unwrap();
}

/// On two file systems, a power cut takes the claim back and leaves what was stored of the file.
/// After a restore it may be all that is left of a submission, and stays.
#[test]
fn what_a_claim_has_left_that_never_was_goes_too() {
    let installation = Installation::new();
    let (_lock, house) = house(installation.config());
    let registry = RegistryId::parse("fastlege").unwrap();
    let store = house.store(&registry).unwrap();
    let intake = receiving::open_intake(&house.config).unwrap();
    for is_restored in [true, false] {
        let id = house.next_submission();
        let object =
            ObjectId { submission: id, registry: registry.clone(), part: Part::Whole, number: 1 };
        let work = installation.places().work().join(object.to_string());
        fs::create_dir_all(work.parent().unwrap()).unwrap();
        fs::write(&work, "sealed").unwrap();
        let mark = Mark::Sha256(Sha256::of(b"sealed"));
        store.publish(&[Upload { object, work, payload_bytes: 6, mark }]).unwrap();
        let sender = SenderId::parse("embassy-xex").unwrap();
        let now = house.now();
        house
            .transact(|ledger| {
                let inode = Inode { dev: 1, inode: 2 };
                ledger.add_submission(&Submission::claimed(id, sender, now, inode))?;
                let code = AlarmCode::CatalogueRestored;
                if is_restored {
                    audited::raise(ledger, now, code, "audit", None)
                } else {
                    audited::clear(ledger, now, code, "audit")
                }
            })
            .map_err(|error: CatalogueError| error)
            .unwrap();
        recover::recover(&house, &intake).unwrap();
        let left = store.list().unwrap().filter(|it| it.as_ref().unwrap().object.submission == id);
        assert_eq!(left.count(), usize::from(is_restored));
    }
}
