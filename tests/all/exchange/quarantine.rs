//! Replies that answer nothing (POL-07): set aside for the one who sent them, never for the
//! journal.

use filsluse::{
    catalogue::records::objects::ObjectState,
    pipeline::{police::decide_reply, upkeep::erase},
    types::verdict::{State, Verdict},
};

use super::scene::{
    HOSPITAL, OSLO, Scene, VEST, inquiry, notice, reply, stock_age, stock_age_bytes,
};

/// What it is, who sends, what happens before, and the reply.
type Case = (&'static str, &'static str, fn(&mut Scene), String);

#[test]
fn what_answers_nothing_is_set_aside_for_its_sender() {
    let cases: [Case; 5] = [
        ("no such request", OSLO, |_| {}, reply(2, 9, "oslo")),
        ("another district's request", VEST, |_| {}, reply(2, 1, "vest")),
        ("another district's name", VEST, |_| {}, reply(2, 1, "oslo")),
        (
            "a request that was answered",
            OSLO,
            |scene| drop(scene.send(OSLO, reply(7, 1, "oslo"))),
            reply(2, 1, "oslo"),
        ),
        ("a notice", OSLO, |scene| drop(scene.send(HOSPITAL, notice(3))), reply(2, 3, "oslo")),
    ];
    for (case, sender, before, text) in cases {
        let mut scene = Scene::new();
        scene.send(HOSPITAL, inquiry(1));
        before(&mut scene);
        let row = scene.send(sender, &text);
        assert_eq!(
            (row.verdict, row.state),
            (Some(Verdict::Rejected), State::Quarantined),
            "{case}"
        );
        let codes: Vec<_> = row.findings.iter().map(|finding| finding.rule.code).collect();
        assert!(codes.contains(&"POL-07"), "{case}: {codes:?}");
        let alarm = ("police-reply-unmatched".to_owned(), row.id.to_string());
        assert_eq!(scene.alarms(), [alarm], "{case}");
        assert_eq!(scene.look(|view| view.reply_of(row.id)), None, "{case}");

        let [object] = &scene.objects(row.id)[..] else { panic!("{case}") };
        assert_eq!(object.id.registry.as_str(), "quarantine", "{case}");
        let places = &scene.layout.places;
        let receipts = std::fs::read_dir(places.outbound(&row.sender)).unwrap();
        let mut texts = receipts.map(|file| file.unwrap().path());
        let of_it = format!("{}.receipt.txt.age", row.id);
        let receipt = texts.find(|path| path.to_string_lossy().ends_with(&of_it)).unwrap();
        let receipt = stock_age(&receipt, &scene.identity(sender)).expect("for its sender");
        let receipt = String::from_utf8(receipt).unwrap();
        let receipt = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(receipt.contains("bare dere"), "{case}: {receipt}");
        assert!(!receipt.contains("registeret quarantine"), "{case}: {receipt}");
        let there = crate::support::installation::files(&places.quarantine());
        let [payload] = there.as_slice() else { panic!("{case}: {there:?}") };
        let stored = crate::support::installation::files(&places.store_root()).into_iter();
        let of_it = stored.filter(|path| path.to_string_lossy().contains(&row.id.to_string()));
        assert_eq!(of_it.count(), 0, "{case}: never to the journal's store");
        let mut bytes = scene.look(|view| view.header(&object.id)).unwrap();
        bytes.extend(std::fs::read(payload).unwrap());
        let opened = stock_age_bytes(&bytes, &scene.identity(sender)).expect("its sender opens it");
        assert_eq!(opened, text.as_bytes(), "{case}");
        assert!(stock_age_bytes(&bytes, &scene.journal_identity()).is_none(), "{case}");
        let nothing = decide_reply::decide(&scene.house(), row.id, true, "Kari");
        assert!(nothing.is_err(), "{case}");
    }
}

#[test]
fn what_is_set_aside_is_gone_after_ninety_days() {
    let mut scene = Scene::new();
    let row = scene.send(OSLO, reply(2, 9, "oslo"));
    let [object] = &scene.objects(row.id)[..] else { panic!() };
    assert_eq!(object.due_rule, "received + P90D");
    let house = scene.house();
    scene.at("2027-02-19T22:59:00Z");
    assert_eq!(erase::run(&house, house.now(), true).unwrap(), []);
    scene.at("2027-02-19T23:00:00Z");
    assert_eq!(erase::run(&house, house.now(), true).unwrap().len(), 1);
    assert_eq!(scene.objects(row.id)[0].state, ObjectState::Erased);
    assert!(crate::support::installation::files(&scene.layout.places.quarantine()).is_empty());
}

#[test]
fn a_rehearsal_is_answered_and_nothing_of_it_is_kept() {
    let mut scene = Scene::new();
    let row = scene.rehearse(OSLO, reply(2, 9, "oslo"));
    assert_eq!((row.verdict, row.rehearsal), (Some(Verdict::Rejected), true));
    assert!(scene.objects(row.id).is_empty() && scene.alarms().is_empty());
    assert!(crate::support::installation::files(&scene.layout.places.quarantine()).is_empty());
}
