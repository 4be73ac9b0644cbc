//! The suite that every store passes, and what only the directory store promises.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod crash;

use std::{
    fs,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use filsluse::{
    store::{
        Erasure, ErrorClass, Mark, Store, StoreError, Stored, Upload, directory::DirectoryStore,
    },
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SubmissionId},
    },
};
use jiff::Timestamp;
use tempfile::TempDir;

#[test]
fn the_directory_store_is_a_store() {
    let dir = TempDir::new().unwrap();
    let store = directory_store(dir.path());
    check_store(&store, &registry(), &work_dir(dir.path()));
}

/// What every store promises. It begins and ends empty; work files are made in `work`.
fn check_store(store: &dyn Store, registry: &RegistryId, work: &Path) {
    let object = |seed: u8, part| ObjectId {
        submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [seed; 10]),
        registry: registry.clone(),
        part,
        number: 1,
    };
    let (content, identity) = (object(7, Part::Content), object(7, Part::Identity));
    assert!(listed(store).is_empty(), "a new store is empty");
    assert!(matches!(store.open(&content), Err(StoreError::Absent { .. })));
    assert_eq!(store.erase(&content).unwrap(), Erasure::WasAbsent);
    store.publish(&[]).unwrap();

    let uploads = [
        upload(work, &content, b"payload one"),
        upload(work, &identity, b""),
        upload(work, &object(200, Part::Whole), &vec![9; 300_000]),
    ];
    store.publish(&uploads).unwrap();
    assert_eq!(read(store, &content), b"payload one");
    assert_eq!(read(store, &identity), b"");
    assert!(fs::read_dir(work).unwrap().next().is_none(), "work files are gone");
    let mut want: Vec<Stored> = uploads
        .iter()
        .map(|u| Stored { object: u.object.clone(), payload_bytes: u.payload_bytes })
        .collect();
    want.sort_by(|a, b| a.object.cmp(&b.object));
    assert_eq!(listed(store), want);

    let of = |seeds: &[u8]| {
        let ids = seeds.iter().map(|seed| object(*seed, Part::Whole).submission).collect();
        let mut found = store.of_submissions(&ids).unwrap();
        found.sort();
        found
    };
    assert_eq!(of(&[7, 8]), [content.clone(), identity.clone()], "nothing is there of the second");
    assert_eq!(of(&[]), []);

    store.publish(&uploads).expect("again, the work files gone: the objects are there");
    let again = upload(work, &content, b"payload one");
    store.publish(std::slice::from_ref(&again)).expect("again, with the same bytes");
    assert!(!again.work.exists(), "the second work file is gone");
    assert_eq!(listed(store), want);

    // The same submission passed again after a crash: a new file key, so other bytes.
    store.publish(&[upload(work, &content, b"payload two")]).unwrap();
    assert_eq!(read(store, &content), b"payload two");

    // A long payload is told by its first bytes.
    let long = |text: &[u8]| Upload {
        mark: Mark::Nonce(*text.first_chunk().unwrap()),
        ..upload(work, &content, text)
    };
    let first = long(b"nonce of the 1st and its chunks");
    store.publish(std::slice::from_ref(&first)).unwrap();
    store.publish(std::slice::from_ref(&first)).expect("again, the work file gone");
    store.publish(&[long(b"nonce of the 2nd and its chunks")]).unwrap();
    assert_eq!(read(store, &content), b"nonce of the 2nd and its chunks");
    assert!(store.publish(std::slice::from_ref(&first)).is_err(), "it is no more");

    let mut lost = upload(work, &object(3, Part::Whole), b"cut off");
    lost.payload_bytes += 1;
    assert!(matches!(store.publish(std::slice::from_ref(&lost)), Err(StoreError::WorkLost { .. })));
    fs::remove_file(&lost.work).unwrap();
    let error = store.publish(std::slice::from_ref(&lost)).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Retry, "the submission can be passed again");

    let foreign =
        ObjectId { registry: RegistryId::parse("another-registry").unwrap(), ..content.clone() };
    let error = store.open(&foreign).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }));
    assert_eq!(error.class(), ErrorClass::Stop);

    let objects: Vec<ObjectId> = uploads.iter().map(|upload| upload.object.clone()).collect();
    assert_eq!(store.erase(&objects[1]).unwrap(), Erasure::Erased);
    assert_eq!(store.erase(&objects[1]).unwrap(), Erasure::WasAbsent);
    assert_eq!(
        store.erase_many(&objects).unwrap(),
        [Erasure::Erased, Erasure::WasAbsent, Erasure::Erased]
    );
    assert!(listed(store).is_empty(), "all are erased");
    assert!(matches!(store.open(&content), Err(StoreError::Absent { .. })));
}

#[test]
fn objects_are_private_and_spread_by_their_random_end() {
    let dir = TempDir::new().unwrap();
    let store = directory_store(dir.path());
    let work = work_dir(dir.path());
    let uploads: Vec<Upload> = (0..100)
        .map(|seed: u8| {
            let object = ObjectId {
                submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [seed.wrapping_mul(37); 10]),
                registry: registry(),
                part: Part::Whole,
                number: 1,
            };
            upload(&work, &object, b"payload")
        })
        .collect();
    store.publish(&uploads).unwrap();
    let root = dir.path().join("store");
    assert!(fs::read_dir(&root).unwrap().count() > 50, "one shard for all");
    for upload in &uploads {
        let name = upload.object.to_string();
        let path = root.join(&name[24..26]).join(&name);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let shard = fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(shard & 0o777, 0o700);
    }
    fs::write(root.join("lost+found"), b"").unwrap();
    assert_eq!(listed(&store).len(), 100, "what is no object is passed over");
}

#[test]
fn another_opening_finds_what_the_first_stored() {
    let dir = TempDir::new().unwrap();
    let work = work_dir(dir.path());
    let object = ObjectId {
        submission: SubmissionId::new(Timestamp::UNIX_EPOCH, [1; 10]),
        registry: registry(),
        part: Part::Difference,
        number: 2,
    };
    let upload = upload(&work, &object, b"payload");
    directory_store(dir.path()).publish(std::slice::from_ref(&upload)).unwrap();
    let store = directory_store(dir.path());
    assert_eq!(read(&store, &object), b"payload");
    store.publish(&[upload]).unwrap();
}

fn directory_store(dir: &Path) -> DirectoryStore {
    DirectoryStore::new(dir.join("store"), registry()).unwrap()
}

fn registry() -> RegistryId {
    RegistryId::parse("fastlege").unwrap()
}

fn work_dir(dir: &Path) -> PathBuf {
    let work = dir.join("work");
    fs::create_dir_all(&work).unwrap();
    work
}

fn upload(work: &Path, object: &ObjectId, payload: &[u8]) -> Upload {
    let work = work.join(object.to_string());
    fs::write(&work, payload).unwrap();
    Upload {
        object: object.clone(),
        work,
        payload_bytes: payload.len() as u64,
        mark: Mark::Sha256(Sha256::of(payload)),
    }
}

fn read(store: &dyn Store, object: &ObjectId) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.open(object).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn listed(store: &dyn Store) -> Vec<Stored> {
    let mut all: Vec<Stored> = store.list().unwrap().map(Result::unwrap).collect();
    all.sort_by(|a, b| a.object.cmp(&b.object));
    all
}
