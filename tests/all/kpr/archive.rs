//! An archive of many documents: they wait for each other, and hold next to nothing meanwhile.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use filsluse::{
    pipeline::{
        house::House,
        pass::{
            self, ManyDocuments, Passed,
            order::{Order, Signing},
        },
    },
    types::{
        ids::{Part, SenderId},
        verdict::Evidence,
    },
};

use super::{city::City, document::message};
use crate::{
    engine::reports::{Station, zip},
    support::in_process::house,
};

/// Each of which is more than a chunk, and more than a buffer.
const DOCUMENTS: u64 = 40;

#[test]
fn the_documents_of_an_archive_hold_no_open_files_while_they_wait() {
    let city = City::new();
    let places = city.installation.places();
    let (_lock, house) = house(city.installation.config());
    let mut archive = tempfile::tempfile().unwrap();
    let documents: Vec<String> = (0..DOCUMENTS).map(large).collect();
    archive.write_all(&zip(&documents.iter().map(String::as_bytes).collect::<Vec<_>>())).unwrap();

    let error = read(&house, &archive, false).err().unwrap();
    assert!(ManyDocuments::is(&error), "it waits until no other one is read: {error}");
    assert_eq!(open_below(&places.work()), 0);

    let passed = read(&house, &archive, true).unwrap();
    let taken = passed.outcome.unwrap_or_else(|refusal| panic!("{:?}", refusal.findings));
    assert_eq!(taken.documents.len(), 40);
    // Those of the last one, which nobody has come behind, and the report's.
    let open = open_below(&places.work());
    assert!(open <= 3, "{open} files are open");
    let work: Vec<_> = fs::read_dir(places.work()).unwrap().collect();
    assert!(work.len() >= 40, "what they have written lies there");
    drop(taken);
    assert_eq!(fs::read_dir(places.work()).unwrap().count(), 0);
}

#[test]
fn the_documents_of_an_archive_leave_as_they_would_alone() {
    let mut oslo = Station::new();
    let documents: Vec<String> = (0..12).map(large).collect();
    let all: Vec<_> = documents.iter().map(String::as_bytes).collect();
    let receipt = oslo.send("many.zip", &zip(&all));
    let (row, objects) = oslo.newest();
    assert_eq!(row.records.accepted, 12 * RECORDS, "{receipt}");
    assert_eq!(row.records.rejected, 0, "{receipt}");
    assert_eq!(objects.len(), 13, "{receipt}");
    let mut alone = Station::new();
    let mut sizes = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        alone.send(&format!("{number}.xml"), document.as_bytes());
        let stored = alone.newest().1;
        sizes.extend(
            stored.iter().filter(|it| it.id.part == Part::Content).map(|it| it.plain_bytes),
        );
    }
    let mut together: Vec<_> = objects.iter().filter(|it| it.id.part == Part::Content).collect();
    together.sort_by_key(|object| object.id.number);
    assert_eq!(together.iter().map(|it| it.plain_bytes).collect::<Vec<_>>(), sizes);
}

const RECORDS: u64 = 260;

fn large(seed: u64) -> String {
    message(&["--count", &RECORDS.to_string(), "--seed", &seed.to_string()]).write()
}

fn read(house: &House, file: &File, alone: bool) -> std::io::Result<Passed> {
    let sender = SenderId::parse("oslo").unwrap();
    let order = Order {
        submission: house.next_submission(),
        sender: &sender,
        file,
        size: file.metadata().unwrap().len(),
        evidence: Evidence::Closed,
        manifest: None,
        signing: Signing::Beside(None),
        received_at: house.now(),
        seals: true,
        alone,
        tidy: || {},
    };
    pass::pass(house, &order)
}

/// How many files of this process lie, or lay, in a directory.
fn open_below(dir: &Path) -> usize {
    let open = fs::read_dir("/proc/self/fd").unwrap();
    let open = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    open.filter(|path| path.starts_with(dir)).count()
}
