//! What a sender sends again because its payload was lost here.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;

use filsluse::{
    pipeline::upkeep::{erase, missing_payloads::Walk},
    types::verdict::Verdict,
};

use crate::{engine::reports::Station, kpr::document::message, support::installation::files};

#[test]
fn the_same_file_is_taken_anew_when_its_payload_is_lost() {
    let mut oslo = Station::new();
    let text = message(&["--count", "40", "--seed", "3"]).write();
    oslo.send("first.xml", text.as_bytes());
    let (first, objects) = oslo.newest();
    let content = objects.iter().find(|object| object.id.part.as_str() == "content").unwrap();
    oslo.send("again.xml", text.as_bytes());
    assert_eq!(oslo.newest().0.verdict, Some(Verdict::Duplicate));

    let stored = files(&oslo.store("kpr")).into_iter();
    let mut lost = stored.filter(|path| path.to_string_lossy().contains(&content.id.to_string()));
    fs::remove_file(lost.next().unwrap()).unwrap();
    Walk::default().look(&oslo.house()).unwrap();
    let missing = |oslo: &Station| {
        let alarms = oslo.ask(|view| view.alarms()).unwrap();
        alarms.iter().filter(|alarm| alarm.code == "payload-missing").count()
    };
    assert_eq!(missing(&oslo), 1);

    let receipt = oslo.send("anew.xml", text.as_bytes());
    let (anew, again) = oslo.newest();
    assert_eq!(anew.verdict, first.verdict, "{receipt}");
    assert_eq!(anew.records, first.records, "{receipt}");
    let found = again.iter().find(|object| object.id.part.as_str() == "content").unwrap();
    assert_eq!(found.plain_bytes, content.plain_bytes, "none of it is a repetition: {receipt}");
    assert_eq!(missing(&oslo), 0);
    let house = oslo.house();
    erase::run(&house, house.now(), true).unwrap();
    let ended = oslo.ask(|view| view.object(&content.id)).unwrap().unwrap();
    assert_eq!(ended.due_rule, "payload-missing + P0D");
    assert!(ended.erased_at.is_some());

    oslo.send("once-more.xml", text.as_bytes());
    let (duplicate, _) = oslo.newest();
    assert_eq!(duplicate.verdict, Some(Verdict::Duplicate));
    assert_eq!(duplicate.duplicate_of, Some(anew.id));
}
