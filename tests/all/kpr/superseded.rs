//! An annual submission whose place a later one took is erased in a whole run of the house: nothing
//! of it can be fetched or opened any more, and nothing of the later one is touched (KPR-09).

use std::{fs, path::Path, time::Duration, time::Instant};

use filsluse::{
    catalogue::records::{
        objects::{Object, ObjectState},
        submissions::Submission,
    },
    daemon::engine::Engine,
    demo::clock::StoryClock,
    pipeline::upkeep::erase,
    types::{ids::Part, verdict::Verdict},
};

use super::{
    city::{City, object},
    document::annual,
};
use crate::support::{
    in_process::house_at,
    installation::{Books, Installation, files},
};

#[test]
fn what_a_later_submission_replaced_is_gone_thirty_days_later() {
    let city = City::new();
    let (first, second) = {
        let mut first = annual(2017, "0301");
        first.set("navnEPJ", "Rapport for februar");
        (first.write(), annual(2017, "0301").write())
    };
    let clock = StoryClock::behind_by(40);
    let (lock, house) = house_at(city.installation.config(), clock.to_now());
    let engine = Engine::start(house).unwrap();
    let house = engine.shared().house();
    for (number, text) in [(1, &first), (2, &second)] {
        city.installation.upload("oslo", &format!("{number}.xml"), text);
        receipts(&city.installation, 2 * number);
    }
    let before = city.installation.books();
    let [newer, older] = [0, 1].map(|n| before.submissions[n].clone());
    assert!(older.id < newer.id);
    assert_eq!([&older, &newer].map(|row| row.verdict), [Some(Verdict::Accepted); 2]);
    let state = &city.installation.places().state_dir;
    let of_older = before.objects.iter().filter(|object| object.id.submission == older.id);
    let secrets: Vec<Vec<u8>> =
        of_older.map(|object| secret_of(&city.installation, object)).collect();
    assert_eq!(secrets.len(), 4, "content and report, for two registries");
    assert!(secrets.iter().all(|secret| holds(state, secret)), "the headers are kept");

    // Twenty-nine days on nothing is due. The clock leaps, so an operator's word is needed; a
    // daemon that went on would see the leap by itself, and ask again.
    drop(house);
    engine.drain();
    drop(lock);
    let (lock, house) = house_at(city.installation.config(), clock.to_now());
    let due = object(&before, &older, "kpr", Part::Content).due_at.unwrap();
    let swept = erase::run(&house, due - Duration::from_hours(1), true).unwrap();
    assert!(swept.is_empty(), "{swept:?}");
    clock.catch_up();
    let swept = erase::run(&house, house.now(), true).unwrap();
    assert_eq!(swept.len(), 4, "{swept:?}");
    drop(house);
    drop(lock);

    let after = city.installation.books();
    assert!(after.alarms.is_empty(), "{:?}", after.alarms);
    for object in &after.objects {
        let name = object.id.to_string();
        let payload = files(state).into_iter().any(|path| path.ends_with(&name));
        if object.id.submission == older.id {
            assert_eq!(object.state, ObjectState::Erased, "{name}");
            assert_eq!((after.headers[&name].as_ref(), payload), (None, false), "{name}");
            let said = city.fetch(&name).unwrap_err();
            assert!(said.contains("erased"), "{said}");
        } else {
            assert_eq!((object.state, payload), (ObjectState::Stored, true), "{name}");
            assert_eq!(object.due_at, None, "{name}");
            let registry = object.id.registry.as_str();
            let plain = city.open(object, &city.identity(registry)).unwrap();
            assert!(fs::metadata(plain).unwrap().len() > 100, "{name}");
        }
    }
    assert!(!secrets.iter().any(|secret| holds(state, secret)), "a header is still there");
    let log = crate::resilience::invariants::entries(&city.installation);
    for id in of(&before, &older) {
        assert_eq!(log.matches(&format!("\"object\":\"{id}\"")).count(), 2, "stored, erased: {id}");
    }
}

#[test]
fn another_system_of_the_same_municipality_replaces_it_too() {
    let city = City::new();
    let senders = city.installation.path().join("etc/senders.d");
    let oslo = fs::read_to_string(senders.join("oslo.toml")).unwrap();
    let other = oslo.replacen("\"oslo\"", "\"oslo-ny\"", 1);
    assert_ne!(oslo, other);
    fs::write(senders.join("oslo-ny.toml"), other).unwrap();
    for place in ["inbound", "outbound"] {
        fs::create_dir_all(city.installation.path().join("drop/oslo-ny").join(place)).unwrap();
    }
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    for (count, sender) in ["oslo", "oslo-ny"].iter().enumerate() {
        let mut text = annual(2017, "0301");
        text.set("navnEPJ", &format!("System {count}"));
        city.installation.upload(sender, "year.xml", text.write());
        let limit = Instant::now() + Duration::from_mins(1);
        while city.installation.receipts(sender).len() < 2 {
            assert!(Instant::now() < limit, "no receipt:\n{}", daemon.words());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
    assert!(daemon.stop().success());
    let books = city.installation.books();
    let [newer, older] = [0, 1].map(|n| books.submissions[n].clone());
    for row in [&older, &newer] {
        let replaced = row.id == older.id;
        for registry in ["iplos", "kpr"] {
            let due = object(&books, row, registry, Part::Content).due_at;
            assert_eq!(due.is_some(), replaced, "{registry}, {}", row.id);
        }
    }
    let receipts = city.installation.outbound("oslo-ny");
    let text = files(&receipts).into_iter().find(|path| path.extension().unwrap() == "txt");
    let text = fs::read_to_string(text.unwrap()).unwrap();
    assert!(text.contains(&older.id.to_string()), "{text}");
}

/// A municipality's number changes, and what it has sent is its own all the same: under the number
/// of the year, through whichever of its senders. What it was split from or into is another
/// municipality.
#[test]
fn what_it_sent_under_a_number_of_before_is_replaced_too() {
    let city = City::new();
    let senders = city.installation.path().join("etc/senders.d");
    let oslo = fs::read_to_string(senders.join("oslo.toml")).unwrap();
    for (id, number) in [("sand", "0710"), ("nysand", "3907"), ("snill", "5012"), ("heim", "5055")]
    {
        let other = oslo.replacen("\"oslo\"", &format!("\"{id}\""), 1).replace("0301", number);
        fs::write(senders.join(format!("{id}.toml")), other).unwrap();
        for place in ["inbound", "outbound"] {
            let drop = city.installation.path().join("drop").join(id);
            fs::create_dir_all(drop.join(place)).unwrap();
        }
    }
    let mut daemon = city.installation.start(&[]);
    daemon.ready();
    for (sender, number) in
        [("sand", "0710"), ("nysand", "0710"), ("snill", "5012"), ("heim", "5012")]
    {
        let mut text = annual(2018, number);
        text.set("navnEPJ", sender);
        city.installation.upload(sender, "year.xml", text.write());
        let limit = Instant::now() + Duration::from_mins(1);
        while city.installation.receipts(sender).len() < 2 {
            assert!(Instant::now() < limit, "no receipt:\n{}", daemon.words());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
    assert!(daemon.stop().success());
    let books = city.installation.books();
    for row in &books.submissions {
        assert_eq!(row.verdict, Some(Verdict::Accepted), "{}", row.sender);
        let due = object(&books, row, "kpr", Part::Content).due_at;
        assert_eq!(due.is_some(), row.sender.as_str() == "sand", "{}", row.sender);
    }
}

/// A supplier that has left is in no configuration any more, and what it sent is replaced all the
/// same.
#[test]
fn what_a_sender_sent_that_is_gone_is_replaced_too() {
    let city = City::new();
    let senders = city.installation.path().join("etc/senders.d");
    let oslo = fs::read_to_string(senders.join("oslo.toml")).unwrap();
    let other = senders.join("oslo-gammel.toml");
    fs::write(&other, oslo.replacen("\"oslo\"", "\"oslo-gammel\"", 1)).unwrap();
    for place in ["inbound", "outbound"] {
        let drop = city.installation.path().join("drop/oslo-gammel");
        fs::create_dir_all(drop.join(place)).unwrap();
    }
    for (count, sender) in ["oslo-gammel", "oslo"].iter().enumerate() {
        let mut daemon = city.installation.start(&[]);
        daemon.ready();
        let mut text = annual(2017, "0301");
        text.set("navnEPJ", &format!("System {count}"));
        city.installation.upload(sender, "year.xml", text.write());
        let limit = Instant::now() + Duration::from_mins(1);
        while city.installation.receipts(sender).len() < 2 {
            assert!(Instant::now() < limit, "no receipt:\n{}", daemon.words());
            std::thread::park_timeout(Duration::from_millis(10));
        }
        assert!(daemon.stop().success());
        if count == 0 {
            fs::remove_file(&other).unwrap();
        }
    }
    let books = city.installation.books();
    let older = &books.submissions[1];
    for registry in ["iplos", "kpr"] {
        let due = object(&books, older, registry, Part::Content).due_at;
        assert!(due.is_some(), "{registry}");
    }
    let receipts = city.installation.outbound("oslo");
    let text = files(&receipts).into_iter().find(|path| path.extension().unwrap() == "txt");
    let text = fs::read_to_string(text.unwrap()).unwrap();
    assert!(text.contains(&older.id.to_string()), "{text}");
}

fn of<'b>(books: &'b Books, row: &'b Submission) -> impl Iterator<Item = String> + 'b {
    let own = books.objects.iter().filter(|object| object.id.submission == row.id);
    own.map(|object| object.id.to_string())
}

fn receipts(installation: &Installation, count: usize) {
    let limit = Instant::now() + Duration::from_mins(1);
    while installation.receipts("oslo").len() < count {
        assert!(Instant::now() < limit, "no receipt");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// A part of a header as it lies in the catalogue, read past the program: no other header has it.
fn secret_of(installation: &Installation, object: &Object) -> Vec<u8> {
    let file = rusqlite::Connection::open(installation.places().catalogue()).unwrap();
    let sql = "SELECT header_slots.bytes FROM headers JOIN header_slots USING (slot) \
        JOIN objects ON objects.key = headers.object \
        WHERE submission = ?1 AND registry = ?2 AND part = ?3 ORDER BY piece LIMIT 1";
    let id = &object.id;
    let key = [id.submission.to_string(), id.registry.to_string(), id.part.as_str().to_owned()];
    let slot: Vec<u8> = file.query_row(sql, key, |row| row.get(0)).unwrap();
    slot[20..63].to_vec()
}

fn holds(directory: &Path, needle: &[u8]) -> bool {
    let all = files(directory);
    assert!(!all.is_empty());
    all.iter().any(|path| {
        fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, needle).is_some())
    })
}
