//! The whole way of a submission, through the engine on a temporary installation.

mod errands;
mod faults;
pub(crate) mod held;
mod rehearsed;
pub(crate) mod reloads;
mod repeated_in_archives;
pub(crate) mod reports;
mod resent;
mod second_receipts;
mod strays;

use std::{
    fs,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use filsluse::{
    daemon::{engine::Engine, lock::StateLock, open},
    types::ids::SenderId,
};

use crate::support::{
    in_process::{house, house_at},
    installation::installation,
    wait::wait_for,
};

/// An embassy list of one good row and one whose D-number is wrong.
pub(crate) const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<EmbassyList xmlns="urn:filsluse:embassy-list:1" list_id="1" mission_code="XEX"
    list_date="2026-11-02" list_type="complete">
  <Person d_number="41819077302" family_name="Ås" given_name="Per" birth_date="1990-01-01"
    category="diplomat" street_address="Gata 1" postal_code="0130" post_town="Oslo"
    municipality_number="0301" nationality="FR" consent_by="self" consent_date="2026-10-01"
    accreditation_type="identity-card" accreditation_number="X1"
    accreditation_expires="2029-01-01"/>
  <Person d_number="41819077303" family_name="Ås" given_name="Pål" birth_date="1990-01-01"
    category="diplomat" street_address="Gata 1" postal_code="0130" post_town="Oslo"
    municipality_number="0301" nationality="FR" consent_by="self" consent_date="2026-10-01"
    accreditation_type="identity-card" accreditation_number="X1"
    accreditation_expires="2029-01-01"/>
</EmbassyList>"#;

/// The same with so many millions of bytes of room in it; a list is stored as it came.
pub(crate) fn large_list(millions: usize) -> String {
    let room = format!("{}<!-- -->", " ".repeat(200_000)).repeat(millions * 5);
    LIST.replace("</EmbassyList>", &format!("{room}</EmbassyList>"))
}

#[test]
fn an_embassy_list_is_stored_and_answered_and_a_second_time_is_a_duplicate() {
    let root = tempfile::tempdir().unwrap();
    let layout = installation(root.path());
    let config = open::load(&layout.main_file()).unwrap();
    let places = config.places.clone();
    let (_lock, house) = house(config);
    let engine = Engine::start(house).unwrap();
    let sender = SenderId::parse("embassy-xex").unwrap();
    let (inbound, outbound) = (places.inbound(&sender), places.outbound(&sender));

    fs::write(inbound.join("liste nr 1.xml"), LIST).unwrap();
    let first = wait_for(&outbound, 2);
    let text = fs::read_to_string(&first[0]).unwrap();
    assert!(first[0].to_string_lossy().ends_with(".receipt.txt"), "{first:?}");
    assert!(text.starts_with("PARTLY ACCEPTED"), "{text}");
    for expected in ["EMB-02", "line 9", "fastlege.difference", "fastlege.whole", "index 1"] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains("41819077303") && !text.contains("Pål"), "{text}");

    fs::write(inbound.join("once more.xml"), LIST).unwrap();
    let both = wait_for(&outbound, 4);
    let second = both.iter().find(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("once more") && name.ends_with(".txt")
    });
    let text = fs::read_to_string(second.unwrap()).unwrap();
    assert!(text.starts_with("ALREADY RECEIVED"), "{text}");
    engine.drain();
    let stored = fs::read_dir(places.store_root().join("fastlege")).unwrap().count();
    assert_eq!(stored, 1, "one submission, one shard");
    assert_eq!(fs::read_dir(&inbound).unwrap().count(), 1, "only test/ is left");
}

/// A batch of claims has one time, and the books ask the ids which of two messages is the newer.
#[test]
fn ids_sort_as_they_were_given() {
    let root = tempfile::tempdir().unwrap();
    let config = open::load(&installation(root.path()).main_file()).unwrap();
    let (_lock, house) = house(config);
    let ids: Vec<_> = (0..1000).map(|_| house.next_submission()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_rolled_back_audit_log_is_refused_before_anything_is_touched() {
    let root = tempfile::tempdir().unwrap();
    let layout = installation(root.path());
    let open = || {
        let config = open::load(&layout.main_file()).unwrap();
        let lock = StateLock::take(&config.places.state_dir).unwrap();
        let random = open::system_random().unwrap();
        open::open_house(&lock, config, open::system_clock(), random)
    };
    let audit = layout.places.audit();
    Engine::start(open().unwrap()).unwrap().drain();
    let older = fs::read(audit.join("checkpoint")).unwrap();
    Engine::start(open().unwrap()).unwrap().drain();

    fs::write(audit.join("checkpoint"), older).unwrap();
    let entries = fs::read_dir(audit.join("tile/entries")).unwrap().count();
    let refused = open().map(drop).unwrap_err();
    assert!(matches!(refused, open::OpenError::LogCut { there: 2, written: 4 }), "{refused}");
    assert_eq!(fs::read_dir(audit.join("tile/entries")).unwrap().count(), entries);
}

/// However few readers there are, a file that is being read keeps no other sender's waiting.
#[test]
fn a_small_file_is_answered_while_a_large_one_is_read() {
    let root = tempfile::tempdir().unwrap();
    let layout = installation(root.path());
    let main = fs::read_to_string(layout.main_file()).unwrap();
    let one = main.replace("[intake]\n", "[intake]\nworkers = 1\n");
    assert_ne!(main, one);
    fs::write(layout.main_file(), one).unwrap();
    let config = open::load(&layout.main_file()).unwrap();
    let places = config.places.clone();
    let senders: Vec<SenderId> = config.senders.keys().take(2).cloned().collect();
    let [large, small] = senders.as_slice() else { panic!("the example has two senders") };
    // The reader asks for the time when it begins with a file, and gets no answer until it may.
    let (begun, large_is_read) = mpsc::channel();
    let (open_gate, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let system = open::system_clock();
    let clock = Arc::new(move || {
        if std::thread::current().name() == Some("reader") {
            begun.send(()).unwrap();
            // Whoever opens it drops the other end.
            let _ = gate.lock().unwrap().recv();
        }
        system()
    });
    let (_lock, house) = house_at(config, clock);
    let engine = Engine::start(house).unwrap();

    let padding = "<!-- x -->\n".repeat(100_000) + "</EmbassyList>";
    let padded = LIST.replace("</EmbassyList>", &padding);
    fs::write(places.inbound(large).join("large.xml"), padded).unwrap();
    large_is_read.recv_timeout(Duration::from_secs(30)).unwrap();
    fs::write(places.inbound(small).join("small.xml"), LIST).unwrap();
    wait_for(&places.outbound(small), 2);
    assert_eq!(fs::read_dir(places.outbound(large)).unwrap().count(), 0);
    drop(open_gate);
    wait_for(&places.outbound(large), 2);
    engine.drain();
}
