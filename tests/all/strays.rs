//! Payloads that no row of the catalogue names: what a killed daemon left between storing and recording.

use std::fs;

use filsluse::{
    pipeline::recover::orphaned_payloads,
    store::{Mark, Upload},
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SubmissionId},
    },
};
use jiff::Timestamp;

use crate::{child_daemon::Installation, engine_faults::house};

/// A file of many documents has an object of each, numbered one after the other.
#[test]
fn all_of_a_submissions_go_and_nobody_elses() {
    let installation = Installation::new();
    let (_lock, house) = house(&installation);
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
