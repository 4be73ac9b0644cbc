//! The clinician's decision on a reply (POL-08).

use std::fs;

use filsluse::{
    audited,
    catalogue::{
        error::CatalogueError,
        records::{
            objects::ObjectState,
            police::{ExchangeState, ReplyOutcome},
        },
    },
    pipeline::{
        police::{
            decide_reply::{self, DecideReplyError, ReplyDecided},
            dispatch,
        },
        upkeep::erase,
    },
    retention::{alarms::SWEEP, hold},
    types::{
        alarm::AlarmCode,
        ids::{SenderId, SubmissionId},
        verdict::Verdict,
    },
};

use super::scene::{HOSPITAL, OSLO, Scene, inquiry, reply, stock_age, stock_age_bytes};

/// A request and its reply.
fn answered(scene: &mut Scene) -> (SubmissionId, SubmissionId) {
    let request = scene.send(HOSPITAL, inquiry(1)).id;
    let row = scene.send(OSLO, reply(2, 1, "oslo"));
    assert_eq!(row.verdict, Some(Verdict::Accepted), "{:?}", row.findings);
    assert_eq!(scene.exchange(request).state, ExchangeState::Answered);
    (request, row.id)
}

#[test]
fn a_reply_waits_sealed_for_the_journal_alone() {
    let mut scene = Scene::new();
    let (_, id) = answered(&mut scene);
    let [object] = &scene.objects(id)[..] else { panic!() };
    let house = scene.house();
    let header = scene.look(|view| view.header(&object.id)).unwrap();
    let mut bytes = header;
    std::io::copy(
        &mut house.store(&object.id.registry).unwrap().open(&object.id).unwrap(),
        &mut bytes,
    )
    .unwrap();
    assert!(stock_age_bytes(&bytes, &scene.identity(OSLO)).is_none());
    let opened = stock_age_bytes(&bytes, &scene.journal_identity()).expect("the journal opens it");
    assert_eq!(opened, reply(2, 1, "oslo").into_bytes());
    let found = scene.look(|view| view.reply_of(id)).unwrap();
    assert_eq!((found.shared.as_str(), found.documents, found.decision), ("partial", 1, None));
    assert!(scene.log().contains("reply-received"));
}

#[test]
fn what_is_relevant_goes_to_the_hospital_and_is_erased_here() {
    let mut scene = Scene::new();
    let (request, id) = answered(&mut scene);
    let house = scene.house();
    let decided = decide_reply::decide(&house, id, true, "Overlege Ås").unwrap();
    let file = format!("{id}.reply.age");
    let delivered = Some((SenderId::parse(HOSPITAL).unwrap(), file.clone()));
    let want = ReplyDecided {
        reply: id,
        exchange: request,
        relevant: true,
        delivered,
        erased: true,
        held: false,
    };
    assert_eq!(decided, want);
    let files = scene.outbound(HOSPITAL);
    assert_eq!(files.len(), 1);
    assert!(files[0].ends_with(&file));
    let opened = stock_age(&files[0], &scene.journal_identity()).expect("the journal opens it");
    assert_eq!(opened, reply(2, 1, "oslo").into_bytes());
    let [object] = &scene.objects(id)[..] else { panic!() };
    assert_eq!((object.state, object.due_rule.as_str()), (ObjectState::Erased, "decided + P0D"));
    assert_eq!(scene.look(|view| view.header(&object.id)), None);
    assert_eq!(scene.exchange(request).state, ExchangeState::Closed);
    let found = scene.look(|view| view.reply_of(id)).unwrap();
    let decision = found.decision.unwrap();
    assert_eq!(
        (decision.outcome, decision.by.as_deref()),
        (ReplyOutcome::Relevant, Some("Overlege Ås"))
    );
    assert!(found.delivered_at.is_some());

    // The hospital's copy does not lie there for ever: 30 days after the decision.
    scene.at("2026-12-21T22:59:00Z");
    dispatch::round(&house).unwrap();
    assert_eq!(scene.outbound(HOSPITAL).len(), 1);
    scene.at("2026-12-21T23:00:00Z");
    dispatch::round(&house).unwrap();
    assert!(scene.outbound(HOSPITAL).is_empty());
}

/// By a clock that nobody has confirmed no period can be told to have passed, and the hospital's
/// copy is the only one.
#[test]
fn a_doubted_clock_takes_nothing_from_a_hospital() {
    let mut scene = Scene::new();
    let (_, id) = answered(&mut scene);
    let house = scene.house();
    decide_reply::decide(&house, id, true, "Overlege Ås").unwrap();
    let now = house.now();
    let doubt = house.transact::<_, CatalogueError>(|ledger| {
        audited::raise(ledger, now, AlarmCode::ClockJump, SWEEP, None)
    });
    doubt.unwrap();
    scene.at("2027-06-21T12:00:00Z");
    dispatch::round(&house).unwrap();
    assert_eq!(scene.outbound(HOSPITAL).len(), 1);
    let confirm = house.transact::<_, CatalogueError>(|ledger| {
        audited::clear(ledger, now, AlarmCode::ClockJump, SWEEP)
    });
    confirm.unwrap();
    dispatch::round(&house).unwrap();
    assert!(scene.outbound(HOSPITAL).is_empty());
}

#[test]
fn what_is_relevant_waits_for_its_hospital_however_long_that_takes() {
    let mut scene = Scene::new();
    let (_, id) = answered(&mut scene);
    let house = scene.house();
    let outbound = scene.layout.places.outbound(&SenderId::parse(HOSPITAL).unwrap());
    let beside = outbound.with_file_name("gone");
    fs::rename(&outbound, &beside).unwrap();
    let decided = decide_reply::decide(&house, id, true, "Overlege Ås").unwrap();
    assert_eq!((decided.delivered, decided.erased), (None, false));
    let [object] = &scene.objects(id)[..] else { panic!() };
    assert_eq!((object.state, object.due_at), (ObjectState::Stored, None));
    // Beyond what an undecided one is kept, and beyond what a delivered one lies there.
    for day in ["2026-12-30T12:00:00Z", "2027-02-20T12:00:00Z", "2027-06-01T12:00:00Z"] {
        scene.at(day);
        erase::run(&house, house.now(), true).unwrap();
        dispatch::round(&house).unwrap();
        assert_eq!(scene.objects(id)[0].state, ObjectState::Stored, "{day}");
        let owed = scene.alarms().iter().any(|(code, _)| code == "dispatch-owed");
        assert!(owed, "{day}");
    }
    fs::rename(&beside, &outbound).unwrap();
    dispatch::round(&house).unwrap();
    let files = scene.outbound(HOSPITAL);
    assert_eq!(files.len(), 1);
    let opened = stock_age(&files[0], &scene.journal_identity()).expect("the journal opens it");
    assert_eq!(opened, reply(2, 1, "oslo").into_bytes());
    assert_eq!(scene.objects(id)[0].state, ObjectState::Erased, "at once");
    assert!(!scene.alarms().iter().any(|(code, _)| code == "dispatch-owed"));
    // 30 days from when it lay there.
    scene.at("2027-07-01T21:59:00Z");
    dispatch::round(&house).unwrap();
    assert_eq!(scene.outbound(HOSPITAL).len(), 1);
    scene.at("2027-07-01T22:00:00Z");
    dispatch::round(&house).unwrap();
    assert!(scene.outbound(HOSPITAL).is_empty());
}

#[test]
fn what_is_not_relevant_is_erased_at_once() {
    let mut scene = Scene::new();
    let (request, id) = answered(&mut scene);
    let house = scene.house();
    let decided = decide_reply::decide(&house, request, false, "Overlege Ås").unwrap();
    assert_eq!((decided.reply, decided.delivered, decided.erased), (id, None, true));
    assert!(scene.outbound(HOSPITAL).is_empty());
    let [object] = &scene.objects(id)[..] else { panic!() };
    assert_eq!(object.state, ObjectState::Erased);
    let store = scene.layout.places.store(&object.id.registry);
    let left = crate::support::installation::files(&store).into_iter();
    let of_it = left.filter(|path| path.to_string_lossy().contains(&id.to_string()));
    assert_eq!(of_it.count(), 0);
    assert_eq!(scene.exchange(request).state, ExchangeState::Closed);
}

#[test]
fn a_decision_is_taken_once() {
    let mut scene = Scene::new();
    let (request, id) = answered(&mut scene);
    let house = scene.house();
    decide_reply::decide(&house, id, false, "Kari").unwrap();
    for (again, relevant) in [(id, true), (id, false), (request, true)] {
        let refused = decide_reply::decide(&house, again, relevant, "Ola").unwrap_err();
        let is = matches!(
            &refused,
            DecideReplyError::Decided { outcome: ReplyOutcome::NotRelevant, .. }
        );
        assert!(is, "{refused}");
        assert!(refused.to_string().contains("cannot be taken back"), "{refused}");
    }
    assert_eq!(scene.log().matches(r#""event":"decided""#).count(), 1);
}

#[test]
fn only_what_is_there_can_be_decided_on() {
    let mut scene = Scene::new();
    let request = scene.send(HOSPITAL, inquiry(1)).id;
    let house = scene.house();
    let refused = decide_reply::decide(&house, request, true, "Kari").unwrap_err();
    assert!(matches!(refused, DecideReplyError::NoneYet), "{refused}");
    let nobody = SubmissionId::from_bytes([9; 16]);
    let refused = decide_reply::decide(&house, nobody, true, "Kari").unwrap_err();
    assert!(matches!(refused, DecideReplyError::NoSuchReply), "{refused}");
}

/// The clock of the running daemon leaps here, so that no sweep comes: the deadline holds without
/// one.
#[test]
fn nothing_is_decided_on_once_its_deadline_has_come_swept_or_not() {
    let mut scene = Scene::new().with_leaps();
    let (_, id) = answered(&mut scene);
    let house = scene.house();
    // Received on 21 November: the last of the 90 days is 19 February.
    scene.at("2027-02-19T23:00:00Z");
    assert_eq!(scene.objects(id)[0].state, ObjectState::Stored);
    let late = decide_reply::decide(&house, id, true, "Overlege Ås").unwrap_err();
    assert!(matches!(late, DecideReplyError::Erased), "{late}");
    assert!(scene.outbound(HOSPITAL).is_empty());
}

#[test]
fn a_reply_that_cannot_be_delivered_is_kept_until_it_is() {
    let mut scene = Scene::new();
    let (_, id) = answered(&mut scene);
    let outbound = scene.outbound_directory(HOSPITAL);
    let aside = outbound.with_extension("aside");
    fs::rename(&outbound, &aside).unwrap();
    let house = scene.house();
    let decided = decide_reply::decide(&house, id, true, "Kari").unwrap();
    assert_eq!((decided.delivered, decided.erased), (None, false));
    assert!(scene.alarms().contains(&("dispatch-owed".into(), HOSPITAL.into())));
    let [object] = &scene.objects(id)[..] else { panic!() };
    assert_eq!(object.state, ObjectState::Stored);
    fs::rename(&aside, &outbound).unwrap();
    dispatch::round(&house).unwrap();
    assert_eq!(scene.outbound(HOSPITAL).len(), 1);
    let [object] = &scene.objects(id)[..] else { panic!() };
    assert_eq!(object.state, ObjectState::Erased);
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
}

#[test]
fn what_an_operator_holds_is_delivered_and_stays_until_it_is_released() {
    let mut scene = Scene::new();
    let (_, id) = answered(&mut scene);
    let house = scene.house();
    let object = scene.objects(id)[0].id.clone();
    let now = house.now();
    let held = |change: &dyn Fn(&mut dyn filsluse::catalogue::ledger::Ledger)| {
        let mut catalogue = house.catalogue();
        catalogue
            .transact(&mut |ledger| {
                change(ledger);
                Ok(())
            })
            .unwrap();
    };
    held(&|ledger| {
        hold::hold(ledger, &object, "asked for by the court", now).unwrap();
    });
    // Not relevant is erased, which the hold forbids: nothing is recorded that does not come true.
    let refused = decide_reply::decide(&house, id, false, "Kari").unwrap_err();
    assert!(matches!(&refused, DecideReplyError::Held(held) if *held == object), "{refused}");
    assert!(refused.to_string().contains(&format!("retention release {object}")), "{refused}");
    assert_eq!(scene.look(|view| view.reply_of(id)).unwrap().decision, None);
    let decided = decide_reply::decide(&house, id, true, "Kari").unwrap();
    assert!(decided.delivered.is_some() && !decided.erased && decided.held, "{decided:?}");
    assert!(scene.alarms().is_empty(), "{:?}", scene.alarms());
    held(&|ledger| {
        hold::release(ledger, &object, now).unwrap();
    });
    erase::run(&house, house.now(), true).unwrap();
    assert_eq!(scene.objects(id)[0].state, ObjectState::Erased);
}
