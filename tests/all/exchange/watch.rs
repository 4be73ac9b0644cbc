//! What the clock brings about: overdue requests (POL-09), replies that nobody decides on (POL-08).

use filsluse::{
    catalogue::records::{
        objects::ObjectState,
        police::{ExchangeState, ReplyOutcome},
    },
    pipeline::{
        police::{
            decide_reply::{self, DecideReplyError},
            exchange_watch,
        },
        upkeep::erase,
    },
};

use super::scene::{HOSPITAL, OSLO, Scene, inquiry, reply};

#[test]
fn a_request_is_overdue_when_its_day_has_ended_and_until_the_reply_comes() {
    let mut scene = Scene::new();
    let id = scene.send(HOSPITAL, inquiry(1)).id;
    let house = scene.house();
    // Needed by 28 November, which ends at 23:00 UTC.
    for (time, want) in [
        ("2026-11-28T22:59:59Z", vec![]),
        ("2026-11-28T23:00:00Z", vec![("police-overdue".to_owned(), id.to_string())]),
        ("2026-12-05T12:00:00Z", vec![("police-overdue".to_owned(), id.to_string())]),
    ] {
        scene.at(time);
        exchange_watch::watch(&house).unwrap();
        assert_eq!(scene.alarms(), want, "{time}");
    }
    let alarm = scene.look(|view| view.alarms()).remove(0);
    assert_eq!(alarm.detail.as_deref(), Some("politi-oslo, vakt@oslo.example"));
    let status = scene.status();
    let [late] = status.police.overdue.as_slice() else { panic!("{:?}", status.police) };
    assert_eq!((late.id, late.days, late.contact.as_deref()), (id, 7, Some("vakt@oslo.example")));
    assert_eq!(status.police.open, 1);

    scene.send(OSLO, reply(2, 1, "oslo"));
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
    let police = scene.status().police;
    assert_eq!((police.open, police.overdue.len(), police.undecided.len()), (0, 0, 1));
    exchange_watch::watch(&house).unwrap();
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
}

#[test]
fn undecided_after_thirty_days_is_escalated_and_after_ninety_erased() {
    let mut scene = Scene::new();
    let request = scene.send(HOSPITAL, inquiry(1)).id;
    let id = scene.send(OSLO, reply(2, 1, "oslo")).id;
    let house = scene.house();
    // Received on 21 November: the 30th day after it is 21 December, the 90th 19 February.
    scene.at("2026-12-21T22:59:00Z");
    exchange_watch::watch(&house).unwrap();
    assert!(scene.alarms().is_empty());
    scene.at("2026-12-21T23:00:00Z");
    for _ in 0..2 {
        exchange_watch::watch(&house).unwrap();
        assert_eq!(scene.alarms(), [("police-undecided".to_owned(), id.to_string())]);
    }
    assert!(scene.look(|view| view.reply_of(id)).unwrap().escalated_at.is_some());
    assert_eq!(scene.log().matches(r#""event":"escalated""#).count(), 1);
    assert!(scene.status().police.undecided[0].escalated);

    scene.at("2027-02-19T23:00:00Z");
    erase::run(&house, house.now(), true).unwrap();
    let found = scene.look(|view| view.reply_of(id)).unwrap();
    let decision = found.decision.unwrap();
    assert_eq!((decision.outcome, decision.by), (ReplyOutcome::Expired, None));
    assert_eq!(scene.exchange(request).state, ExchangeState::Closed);
    assert!(scene.objects(id).iter().all(|object| object.state == ObjectState::Erased));
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
    let refused = decide_reply::decide(&house, id, true, "Kari").unwrap_err();
    assert!(
        matches!(refused, DecideReplyError::Decided { outcome: ReplyOutcome::Expired, .. }),
        "{refused}"
    );
    assert_eq!(scene.log().matches("reply-expired").count(), 1);
}

#[test]
fn a_decision_ends_the_escalation() {
    let mut scene = Scene::new();
    scene.send(HOSPITAL, inquiry(1));
    let id = scene.send(OSLO, reply(2, 1, "oslo")).id;
    let house = scene.house();
    scene.at("2026-12-25T12:00:00Z");
    exchange_watch::watch(&house).unwrap();
    assert_eq!(scene.alarms().len(), 1);
    decide_reply::decide(&house, id, false, "Kari").unwrap();
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
}

#[test]
fn the_period_is_configured() {
    let mut scene = Scene::new();
    scene.stop();
    let file = scene.layout.registries().join("politisvar.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("escalate = \"P30D\"", "escalate = \"P7D\"", 1);
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    scene.start();
    scene.send(HOSPITAL, inquiry(1));
    scene.send(OSLO, reply(2, 1, "oslo"));
    let house = scene.house();
    for (time, alarms) in [("2026-11-28T22:59:00Z", 0), ("2026-11-28T23:00:00Z", 1)] {
        scene.at(time);
        exchange_watch::watch(&house).unwrap();
        assert_eq!(scene.alarms().len(), alarms, "{time}");
    }
}
