//! The engine when something around it is not as it should be: what it owes it makes good later,
//! and one sender's trouble is not another's.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    sync::{Arc, mpsc},
    time::Instant,
};

use filsluse::{
    catalogue::records::objects::ObjectFilter,
    daemon::{
        engine::{fair_queue::Job, receiving, shared::Shared},
        in_use, open, service,
    },
    pipeline::{recover, upkeep::missing_payloads::Walk},
    types::verdict::{Evidence, State, Verdict},
};

use crate::support::{
    in_process::{Running, house},
    installation::{Installation, files},
    uploads::{PERSONS, changes},
    wait::until,
};

#[test]
fn a_sender_whose_outbound_directory_is_gone_keeps_nobody_else_waiting() {
    let installation = Installation::new();
    let [a, b, ..] = PERSONS;
    let lost = installation.outbound("embassy-xex");
    fs::remove_dir(&lost).unwrap();
    fs::write(&lost, "no directory").unwrap();
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    installation.upload("helfo", "b.xml", changes("XAA", "1", &[b]));

    let running = Running::start(&installation);
    until("the other sender's receipts", || installation.receipts("helfo").len() == 2);
    until("an alarm", || running.has_alarm("receipt-owed", "embassy-xex"));
    drop(running);
    // A restart is no harder than going on.
    let running = Running::start(&installation);
    installation.upload("helfo", "c.xml", "not a list");
    until("the other sender's next receipts", || installation.receipts("helfo").len() == 4);

    fs::remove_file(&lost).unwrap();
    fs::create_dir(&lost).unwrap();
    until("the receipts that were owed", || installation.receipts("embassy-xex").len() == 2);
    until("the end of the alarm", || !running.has_alarm("receipt-owed", "embassy-xex"));
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions.len(), 3);
    assert!(books.submissions.iter().all(|row| row.state.is_final()), "{books:?}");
    assert!(files(&installation.places().claimed_root()).is_empty());
}

/// What a killed daemon left half written there goes at the next start, or stays.
#[test]
fn a_sender_whose_outbound_directory_cannot_be_cleared_keeps_nobody_from_starting() {
    let installation = Installation::new();
    // As a directory without rights would for an account that is not root's: it cannot be cleared.
    fs::create_dir(installation.outbound("embassy-xex").join(".filsluse-tmp-1-1")).unwrap();
    fs::write(installation.outbound("helfo").join(".filsluse-tmp-1-2"), "half").unwrap();
    let running = Running::start(&installation);
    installation.upload("helfo", "b.xml", "no list");
    until("the other sender's receipts", || installation.receipts("helfo").len() == 2);
    let left = fs::read_dir(installation.outbound("helfo")).unwrap().count();
    assert_eq!(left, 2, "the others' directories are cleared all the same");
    drop(running);
}

#[test]
fn what_is_owed_is_made_good_while_others_keep_it_busy() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let lost = installation.outbound("embassy-xex");
    fs::remove_dir(&lost).unwrap();
    fs::write(&lost, "no directory").unwrap();
    let running = Running::start(&installation);
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    until("an alarm", || running.has_alarm("receipt-owed", "embassy-xex"));
    fs::remove_file(&lost).unwrap();
    fs::create_dir(&lost).unwrap();
    let mut number = 0;
    until("the receipts that were owed", || {
        number += 1;
        installation.upload("helfo", &format!("{number}.xml"), format!("no list {number}"));
        installation.receipts("embassy-xex").len() == 2
    });
}

#[test]
fn a_store_that_comes_back_takes_what_waited() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let store = installation.places().store_root().join("fastlege");
    let running = Running::start(&installation);
    fs::remove_dir(&store).unwrap();
    fs::write(&store, "no directory").unwrap();
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    until("an alarm", || running.has_alarm("store-down", "state"));
    fs::remove_file(&store).unwrap();
    fs::create_dir(&store).unwrap();
    until("the receipts", || installation.receipts("embassy-xex").len() == 2);
    until("the end of the alarm", || !running.has_alarm("store-down", "state"));
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions[0].verdict, Some(Verdict::Accepted));
    assert_eq!(books.objects.len(), 2);
    assert_eq!(installation.stored().len(), 2);
    assert!(files(&installation.places().work()).is_empty(), "work files are left");
}

#[test]
fn a_file_that_cannot_be_committed_keeps_nobody_else_waiting() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let store = installation.places().store_root().join("fastlege");
    let running = Running::start(&installation);
    fs::remove_dir(&store).unwrap();
    fs::write(&store, "no directory").unwrap();
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    installation.upload("helfo", "b.xml", "not a list");
    until("the other sender's receipts", || installation.receipts("helfo").len() == 2);
    until("an alarm", || running.has_alarm("store-down", "state"));
    assert!(installation.receipts("embassy-xex").is_empty());
}

#[test]
fn a_directory_that_stays_is_answered_once() {
    let installation = Installation::new();
    let folder = installation.inbound("embassy-xex").join("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("inside"), "x").unwrap();
    for round in 0..3 {
        let running = Running::start(&installation);
        until("its receipts", || installation.receipts("embassy-xex").len() >= 2);
        let sentinel = format!("{round}.xml");
        installation.upload("helfo", &sentinel, format!("no list {round}"));
        until("the sentinel's", || installation.receipts("helfo").len() == 2 * (round + 1));
        running.reload(&installation);
        let sentinel = format!("{round}-again.xml");
        installation.upload("ud", &sentinel, format!("no notice {round}"));
        until("the sentinel's", || installation.receipts("ud").len() == 2 * (round + 1));
    }
    assert_eq!(installation.receipts("embassy-xex").len(), 2, "answered again at each start");
}

#[test]
fn a_sender_that_was_taken_out_of_the_configuration_is_still_answered() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    claim_only(&installation);
    let config = installation.layout.senders().join("embassy-xex.toml");
    fs::remove_file(config).unwrap();

    let running = Running::start(&installation);
    until("its receipts", || installation.receipts("embassy-xex").len() == 2);
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions[0].state, State::Rejected);
    assert!(files(&installation.places().claimed_root()).is_empty());
}

#[test]
fn a_restart_takes_up_a_thousand_claimed_files() {
    let installation = Installation::new();
    installation.configure("min-free-disk", "workers = 2\nmin-free-disk");
    let [a, ..] = PERSONS;
    let count = 1_000;
    for number in 0..count {
        let name = format!("{number}.xml");
        installation.upload("embassy-xex", &name, changes("XEX", &number.to_string(), &[a]));
    }
    claim_only(&installation);
    assert!(files(&installation.places().claimed_root()).len() >= 256, "claimed before");
    let running = Running::start(&installation);
    until("all receipts", || installation.receipts("embassy-xex").len() == 2 * count);
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions.len(), count);
    assert!(books.submissions.iter().all(|row| row.state == State::Done), "not all are done");
}

#[test]
fn a_burst_of_one_sender_does_not_delay_another() {
    let installation = Installation::new();
    let [a, b, ..] = PERSONS;
    let burst = 2_000;
    for number in 0..burst {
        let name = format!("{number}.xml");
        installation.upload("embassy-xex", &name, changes("XEX", &number.to_string(), &[a]));
    }
    let running = Running::start(&installation);
    until("the burst's first", || !installation.receipts("embassy-xex").is_empty());
    installation.upload("helfo", "b.xml", changes("XAA", "1", &[b]));
    until("the other sender's", || installation.receipts("helfo").len() == 2);
    let answered = fs::read_dir(installation.outbound("embassy-xex")).unwrap().count() / 2;
    assert!(answered < burst, "the other sender was answered after all {burst}");
    drop(running);
}

/// Without its file nothing could erase what is stored of it when it must be gone.
#[test]
fn a_registry_that_something_is_stored_of_cannot_be_taken_out() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let running = Running::start(&installation);
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    until("its receipts", || installation.receipts("embassy-xex").len() == 2);
    let registry = installation.layout.registries().join("fastlege.toml");
    let text = fs::read(&registry).unwrap();
    fs::remove_file(&registry).unwrap();
    for file in fs::read_dir(installation.layout.senders()).unwrap() {
        let file = file.unwrap().path();
        let sender = fs::read_to_string(&file).unwrap();
        if sender.contains("embassy-list") || sender.contains("departures") {
            fs::remove_file(file).unwrap();
        }
    }
    let problems = || {
        let found = open::environment(&installation.config()).into_iter();
        found.filter(|problem| problem.key == "registry.id").collect::<Vec<_>>()
    };
    let [problem] = &problems()[..] else { panic!("{:?}", problems()) };
    assert!(problem.file.ends_with("registries.d/fastlege.toml"), "{problem}");
    assert!(problem.message.contains("objects are still stored"), "{problem}");

    let configured = |what: &str| {
        let config = &running.engine().shared().house().config;
        config.registries.keys().any(|id| id.as_str() == what)
            && config.senders.keys().any(|id| id.as_str() == "embassy-xex")
    };
    let main = installation.layout.main_file();
    service::reload(running.engine().shared(), &main);
    assert!(configured("fastlege"), "the old configuration stays");
    let house = running.engine().shared().house();
    let told = house.look(|view| in_use::missing(&installation.config(), view)).unwrap();
    assert_eq!(told, problems(), "a start asks the same");

    fs::write(&registry, text).unwrap();
    assert_eq!(problems(), []);
    service::reload(running.engine().shared(), &main);
    assert!(!configured("fastlege"), "now the senders are gone");
}

#[test]
fn a_payload_that_is_gone_is_told_until_it_is_back() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let running = Running::start(&installation);
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    until("its receipts", || installation.receipts("embassy-xex").len() == 2);
    let house = running.engine().shared().house();
    let objects = house.look(|view| view.objects(&ObjectFilter::default())).unwrap();
    let mut walk = Walk::default();
    walk.look(&house).unwrap();
    let has_alarm = |id: &str| running.has_alarm("payload-missing", id);
    assert!(!objects.iter().any(|object| has_alarm(&object.id.to_string())));

    let stored = files(&installation.places().store_root().join("fastlege"));
    assert_eq!(stored.len(), objects.len());
    let (lost, beside) = (&stored[0], installation.path().join("lost"));
    rustix::fs::rename(lost, &beside).unwrap();
    // The second round looks for what is held; the third begins anew.
    for _ in 0..3 {
        walk.look(&house).unwrap();
    }
    let told: Vec<bool> = objects.iter().map(|object| has_alarm(&object.id.to_string())).collect();
    assert_eq!(told.iter().filter(|told| **told).count(), 1, "{told:?}");
    rustix::fs::rename(&beside, lost).unwrap();
    walk.look(&house).unwrap();
    assert!(!objects.iter().any(|object| has_alarm(&object.id.to_string())));
}

#[test]
fn a_file_written_to_after_its_claim_is_refused() {
    use std::io::Write;
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    claim_only(&installation);
    // As a sender that has kept its descriptor: the inode is still the one that it wrote.
    let claimed = files(&installation.places().claimed_root());
    let mut kept = fs::OpenOptions::new().append(true).open(&claimed[0]).unwrap();
    kept.write_all(b"<!-- late -->").unwrap();
    drop(kept);
    let running = Running::start(&installation);
    until("its receipts", || installation.receipts("embassy-xex").len() == 2);
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions[0].verdict, Some(Verdict::Rejected));
    assert_eq!(books.submissions[0].findings[0].rule.code, "IN-01");
    assert!(books.objects.is_empty());
}

#[test]
fn a_manifest_that_names_another_digest_refuses_its_file() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    let manifest = format!("{}  a.xml\n", "0".repeat(64));
    installation.upload("embassy-xex", "a.xml.sha256", manifest);
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    let running = Running::start(&installation);
    until("its receipts", || installation.receipts("embassy-xex").len() == 2);
    drop(running);
    let books = installation.books();
    assert_eq!(books.submissions[0].verdict, Some(Verdict::Rejected));
    assert_eq!(books.submissions[0].findings[0].rule.code, "IN-01");
    // The digest proves nothing then; what the file's own end proves, it proves.
    assert_eq!(books.submissions[0].evidence, Some(Evidence::Structure));
    assert!(installation.stored().is_empty());
}

/// Others may pass all the while, and the alarm of the store come and go.
#[test]
fn a_file_that_fails_again_and_again_is_named() {
    let installation = Installation::new();
    let [a, ..] = PERSONS;
    installation.upload("embassy-xex", "a.xml", changes("XEX", "1", &[a]));
    claim_only(&installation);
    let (_lock, house) = house(installation.config());
    let house = Arc::new(house);
    let intake = receiving::open_intake(&house.config).unwrap();
    let mut files = recover::recover(&house, &intake).unwrap().files;
    let id = files[0].id;
    let named = || {
        let alarms = house.look(|view| view.alarms()).unwrap();
        alarms.iter().any(|it| it.code == "store-down" && it.subject == id.to_string())
    };
    let (ready, _committer) = mpsc::channel();
    let shared = Shared::new(Arc::clone(&house), ready.clone()).unwrap();
    shared.enqueue_again(Job { tries: 7, ..Job::new(files.remove(0)) });
    shared.store_works(&house);
    assert!(!named(), "it may be over soon");
    let job = shared.queue.take(u64::MAX).unwrap();
    shared.enqueue_again(Job { tries: 8, ..job });
    shared.store_works(&house);
    assert!(named());
    // After a restart too it ends when the file has been read.
    let again = Shared::new(Arc::clone(&house), ready).unwrap();
    again.queue.push(shared.queue.take(u64::MAX).unwrap());
    again.store_works(&house);
    assert!(named());
    again.queue.take(u64::MAX).unwrap();
    again.store_works(&house);
    assert!(named(), "it is being read");
    again.queue.finished();
    again.store_works(&house);
    assert!(!named());
}

/// Claims what lies there and goes no further: the intake without readers and committer.
fn claim_only(installation: &Installation) {
    use filsluse::pipeline::claim;
    let running = house(installation.config());
    let (_lock, house) = &running;
    let mut intake = filsluse::daemon::engine::receiving::open_intake(&house.config).unwrap();
    let start = Instant::now();
    let peek = |_: &fs::File| Ok(filsluse::types::verdict::Structure::Unknown);
    until("the claim", || {
        let looked = intake.look(start.elapsed(), 512, &peek);
        let mut next = || house.next_submission();
        let mut write = |intents: &[_]| claim::write_intents(house, intents);
        let claimed = intake
            .claim(start.elapsed(), looked.ready, looked.refused, &mut next, &mut write)
            .unwrap();
        !claimed.is_empty()
    });
}
