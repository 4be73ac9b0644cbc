//! What every implementation of the catalogue must do. Each check gets a fresh, empty one.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        ledger::Ledger,
        read_with,
        records::{
            enrolments::{Decision, DecisionOutcome, Enrolment, EnrolmentFilter, EnrolmentState},
            objects::{Object, ObjectCount, ObjectFilter, ObjectState},
            operations::{Alarm, Installation, OutboxEntry, SenderSeen},
            submissions::{Queue, Submission, SubmissionFilter},
        },
        savepoint_with, transact_with,
        view::View,
    },
    types::{
        digest::Sha256,
        finding::{Finding, Findings, Place},
        ids::{Part, RegistryId, SenderId},
        rules::embassy::EMB_02,
        verdict::{State, Verdict},
    },
};

use super::sample::{
    answered, at, claimed, enrolment, event, held, id, last_list, mission, object, person,
    registry, sender, withdrawn,
};

/// Runs all checks, each on a catalogue of its own.
#[expect(clippy::print_stdout, reason = "shown when a check fails, to say which")]
pub(super) fn check_catalogue(make: &dyn Fn() -> Box<dyn Catalogue>) {
    let checks: [(&str, Check); 15] = [
        ("all or nothing", all_or_nothing),
        ("savepoints fail alone", savepoints_fail_alone),
        ("submissions read back", submissions_read_back),
        ("states only go forward", states_only_go_forward),
        ("submission lists", submission_lists),
        ("findings are bounded", findings_are_bounded),
        ("duplicates are found", duplicates_are_found),
        ("objects live and die", objects_live_and_die),
        ("object lists", object_lists),
        ("what is due", what_is_due),
        ("enrolments", enrolments),
        ("missions and held withdrawals", missions_and_held_withdrawals),
        ("audit outbox", audit_outbox),
        ("alarms and senders", alarms_and_senders),
        ("installation", installation),
    ];
    for (name, check) in checks {
        println!("check: {name}");
        check(make().as_mut());
    }
}

type Check = fn(&mut dyn Catalogue);

type Outcome<T> = Result<T, CatalogueError>;

fn write<T>(catalogue: &mut dyn Catalogue, work: impl FnOnce(&mut dyn Ledger) -> Outcome<T>) -> T {
    transact_with(catalogue, work).expect("a transaction")
}

fn ask<T>(catalogue: &mut dyn Catalogue, work: impl FnOnce(&dyn View) -> Outcome<T>) -> T {
    read_with(catalogue, work).expect("a snapshot")
}

fn with_submissions(catalogue: &mut dyn Catalogue, numbers: std::ops::Range<u32>) {
    write(catalogue, |ledger| {
        numbers.clone().try_for_each(|number| ledger.add_submission(&claimed(number)))
    });
}

#[derive(Debug, thiserror::Error)]
enum Own {
    #[error("the caller's own reason")]
    Reason,
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

fn all_or_nothing(catalogue: &mut dyn Catalogue) {
    let failed: Result<(), Own> = transact_with(catalogue, |ledger| {
        ledger.add_submission(&claimed(1))?;
        ledger.queue_audit(&mut |_| b"entry".to_vec())?;
        assert!(ledger.submission(id(1))?.is_some(), "a ledger sees its own changes");
        Err(Own::Reason)
    });
    assert!(matches!(failed, Err(Own::Reason)), "{failed:?}");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        transact_with(catalogue, |ledger| -> Outcome<()> {
            ledger.add_submission(&claimed(1))?;
            panic!("a stage gave up")
        })
    }));
    assert!(panicked.is_err());
    ask(catalogue, |view| {
        assert_eq!(view.submission(id(1))?, None);
        assert_eq!(view.next_audit_seq()?, 0, "a place that was rolled back is given out again");
        Ok(())
    });
    assert_eq!(write(catalogue, |ledger| ledger.queue_audit(&mut |_| Vec::new())), 0);
}

fn savepoints_fail_alone(catalogue: &mut dyn Catalogue) {
    write(catalogue, |ledger| {
        ledger.add_submission(&claimed(1))?;
        let failed: Result<(), Own> = savepoint_with(ledger, |inner| {
            inner.add_submission(&claimed(2))?;
            inner.queue_audit(&mut |_| b"lost".to_vec())?;
            savepoint_with(inner, |innermost| innermost.add_submission(&claimed(3)))?;
            Err(Own::Reason)
        });
        assert!(matches!(failed, Err(Own::Reason)), "{failed:?}");
        let kept = savepoint_with(ledger, |inner| -> Outcome<u64> {
            inner.add_submission(&claimed(4))?;
            let undone: Result<(), Own> = savepoint_with(inner, |innermost| {
                innermost.add_submission(&claimed(5))?;
                Err(Own::Reason)
            });
            assert!(undone.is_err());
            inner.queue_audit(&mut |seq| seq.to_string().into_bytes())
        });
        assert_eq!(kept?, 0);
        ledger.add_submission(&claimed(6))
    });
    let there = |number| ask_one(catalogue, number).is_some();
    assert_eq!([1, 2, 3, 4, 5, 6].map(there), [true, false, false, true, false, true]);
}

fn ask_one(catalogue: &mut dyn Catalogue, number: u32) -> Option<Submission> {
    ask(catalogue, |view| view.submission(id(number)))
}

fn submissions_read_back(catalogue: &mut dyn Catalogue) {
    write(catalogue, |ledger| {
        ledger.add_submission(&claimed(1))?;
        ledger.add_submission(&Submission { duplicate_of: Some(id(1)), ..answered(2) })?;
        ledger.add_event(&event(1, 5, "claimed"))?;
        ledger.add_event(&event(1, 4, "out of order, kept as told"))?;
        ledger.add_event(&event(2, 6, "claimed"))
    });
    assert_eq!(ask_one(catalogue, 1), Some(claimed(1)));
    let second = Submission { duplicate_of: Some(id(1)), ..answered(2) };
    assert_eq!(ask_one(catalogue, 2), Some(second));
    assert_eq!(ask_one(catalogue, 3), None);
    let events = ask(catalogue, |view| view.events(id(1)));
    assert_eq!(events, [event(1, 5, "claimed"), event(1, 4, "out of order, kept as told")]);

    let done = Submission { state: State::Done, sealed_name: None, ..answered(1) };
    write(catalogue, |ledger| ledger.save_submission(&done));
    assert_eq!(ask_one(catalogue, 1), Some(done));

    let again = transact_with(catalogue, |ledger| ledger.add_submission(&claimed(1)));
    assert!(matches!(again, Err(CatalogueError::Exists { .. })), "{again:?}");
    for stranger in [
        claimed(9),
        Submission { rehearsal: true, state: State::Done, ..claimed(1) },
        Submission { received_at: at(8), state: State::Done, ..claimed(1) },
    ] {
        let missing = transact_with(catalogue, |ledger| ledger.save_submission(&stranger));
        assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
    }
    let orphan = transact_with(catalogue, |ledger| ledger.add_event(&event(9, 1, "orphan")));
    assert!(matches!(orphan, Err(CatalogueError::NotFound { .. })), "{orphan:?}");
}

fn states_only_go_forward(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..2);
    let mut go = |state| {
        transact_with(catalogue, |ledger| {
            ledger.save_submission(&Submission { state, ..claimed(1) })
        })
    };
    for state in [State::Sealed, State::Claimed, State::Sealed, State::Stored, State::Stored] {
        assert!(go(state).is_ok(), "{state}");
    }
    let back = go(State::Sealed);
    let (from, to) = (State::Stored, State::Sealed);
    assert!(
        matches!(back, Err(CatalogueError::Transition { from: f, to: t }) if (f, t) == (from, to))
    );
    for state in [State::Answered, State::Held, State::Done] {
        assert!(go(state).is_ok(), "{state}");
    }
    assert!(go(State::Answered).is_err(), "what is done stays done");
}

fn submission_lists(catalogue: &mut dyn Catalogue) {
    let other = SenderId::parse("oslo").expect("an id");
    let states = [
        State::Claimed,
        State::Sealed,
        State::Stored,
        State::Answered,
        State::Done,
        State::Held,
        State::Rejected,
        State::Quarantined,
        State::Claimed,
    ];
    write(catalogue, |ledger| {
        (0..).zip(states).try_for_each(|(number, state)| {
            let sender = if number % 2 == 0 { sender() } else { other.clone() };
            ledger.add_submission(&Submission { sender, state, ..claimed(number) })
        })
    });
    let all = SubmissionFilter::default();
    let cases = [
        ("all, newest first", all.clone(), vec![8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ("limit", SubmissionFilter { limit: Some(2), ..all.clone() }, vec![8, 7]),
        ("none", SubmissionFilter { limit: Some(0), ..all.clone() }, vec![]),
        ("state", SubmissionFilter { state: Some(State::Claimed), ..all.clone() }, vec![8, 0]),
        (
            "sender",
            SubmissionFilter { sender: Some(other.clone()), ..all.clone() },
            vec![7, 5, 3, 1],
        ),
        ("since", SubmissionFilter { since: Some(at(6)), ..all.clone() }, vec![8, 7, 6]),
        (
            "all of them at once",
            SubmissionFilter {
                state: Some(State::Claimed),
                sender: Some(sender()),
                since: Some(at(1)),
                limit: Some(5),
            },
            vec![8],
        ),
    ];
    for (name, filter, want) in cases {
        let listed = ask(catalogue, |view| view.submissions(&filter));
        let want: Vec<_> = want.into_iter().map(id).collect();
        let listed: Vec<_> = listed.into_iter().map(|submission| submission.id).collect();
        assert_eq!(listed, want, "case: {name}");
    }
    let unfinished = ask(catalogue, |view| view.unfinished());
    let ids: Vec<_> = unfinished.into_iter().map(|submission| submission.id).collect();
    assert_eq!(ids, [0, 1, 2, 3, 8].map(id));
    let queue = Queue { claimed: 2, sealed: 1, stored: 1, answered: 1, held: 1 };
    assert_eq!(ask(catalogue, |view| view.queue()), queue);
}

fn findings_are_bounded(catalogue: &mut dyn Catalogue) {
    let many = vec![Finding::new(&EMB_02, Place::File {}); Findings::MOST + 5];
    let submission = Submission { findings: many, findings_beyond: 3, ..claimed(1) };
    write(catalogue, |ledger| ledger.add_submission(&submission));
    let read = ask_one(catalogue, 1).expect("added");
    assert_eq!((read.findings.len(), read.findings_beyond), (Findings::MOST, 8));
}

fn duplicates_are_found(catalogue: &mut dyn Catalogue) {
    let sha256 = Sha256::of(b"the same bytes");
    let with = |number, verdict| Submission {
        sha256: Some(sha256),
        verdict: Some(verdict),
        duplicate_of: None,
        ..answered(number)
    };
    let other = SenderId::parse("oslo").expect("an id");
    write(catalogue, |ledger| {
        ledger.add_submission(&Submission { rehearsal: true, ..with(1, Verdict::Accepted) })?;
        ledger.add_submission(&with(2, Verdict::Rejected))?;
        ledger
            .add_submission(&Submission { sender: other.clone(), ..with(3, Verdict::Accepted) })?;
        assert_eq!(ledger.first_accepted_with(&sender(), sha256)?, None);
        ledger.add_submission(&with(5, Verdict::Held))?;
        ledger.add_submission(&with(4, Verdict::Partly))?;
        ledger.add_submission(&Submission {
            duplicate_of: Some(id(4)),
            ..with(6, Verdict::Duplicate)
        })
    });
    ask(catalogue, |view| {
        assert_eq!(view.first_accepted_with(&sender(), sha256)?, Some(id(4)), "the earliest");
        assert_eq!(view.first_accepted_with(&other, sha256)?, Some(id(3)));
        assert_eq!(view.first_accepted_with(&sender(), Sha256::of(b"others"))?, None);
        let recent = view.find_recent_by_sha256(&sender(), sha256)?;
        assert_eq!(recent.map(|submission| submission.id), Some(id(6)), "the newest");
        assert_eq!(view.find_recent_by_sha256(&sender(), Sha256::of(b"others"))?, None);
        Ok(())
    });
}

fn objects_live_and_die(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..3);
    let (whole, difference) = (object(1, Part::Whole), object(1, Part::Difference));
    // Lengths around the slots of an implementation that cuts headers up.
    let headers: [Vec<u8>; 2] = [vec![1; 170], (0..=255).cycle().take(1025).collect()];
    write(catalogue, |ledger| {
        ledger.add_object(&whole, &headers[0])?;
        ledger.add_object(&difference, &headers[1])
    });
    ask(catalogue, |view| {
        for (object, header) in [(&whole, &headers[0]), (&difference, &headers[1])] {
            assert_eq!(view.object(&object.id)?.as_ref(), Some(object));
            assert_eq!(view.header(&object.id)?.as_ref(), Some(header));
        }
        assert_eq!(view.header(&object(2, Part::Whole).id)?, None);
        Ok(())
    });
    let again = transact_with(catalogue, |ledger| ledger.add_object(&whole, b"other"));
    assert!(matches!(again, Err(CatalogueError::Exists { .. })), "{again:?}");
    let orphan = transact_with(catalogue, |ledger| ledger.add_object(&object(9, Part::Whole), b""));
    assert!(matches!(orphan, Err(CatalogueError::NotFound { .. })), "{orphan:?}");

    let early = transact_with(catalogue, |ledger| ledger.object_erased(&whole.id, at(50)));
    assert!(matches!(early, Err(CatalogueError::NotFound { .. })), "header first: {early:?}");
    write(catalogue, |ledger| {
        assert!(ledger.hold_object(&whole.id, "court order 7")?);
        Ok(())
    });
    let held = transact_with(catalogue, |ledger| ledger.erase_header(&whole.id, at(60)));
    assert!(matches!(held, Err(CatalogueError::Held)), "{held:?}");
    write(catalogue, |ledger| {
        let read = ledger.object(&whole.id)?.expect("added");
        assert_eq!(
            (read.state, read.hold_why.as_deref()),
            (ObjectState::Held, Some("court order 7"))
        );
        assert!(ledger.release_object(&whole.id)?);
        assert!(!ledger.release_object(&whole.id)?, "released already");
        ledger.set_due(&whole.id, Some(at(70)), "withdrawal-delivered + P30D")?;
        assert!(ledger.erase_header(&whole.id, at(61))?);
        assert!(!ledger.erase_header(&whole.id, at(62))?, "erased already");
        assert!(!ledger.hold_object(&whole.id, "too late")?);
        assert_eq!(ledger.header(&whole.id)?, None);
        Ok(())
    });
    catalogue.scrub().expect("nobody reads");
    write(catalogue, |ledger| {
        assert!(ledger.object_erased(&whole.id, at(63))?);
        assert!(!ledger.object_erased(&whole.id, at(64))?, "recorded already");
        let want = Object {
            due_at: Some(at(70)),
            due_rule: "withdrawal-delivered + P30D".into(),
            state: ObjectState::Erased,
            header_erased_at: Some(at(61)),
            erased_at: Some(at(63)),
            ..whole.clone()
        };
        assert_eq!(ledger.object(&whole.id)?, Some(want));
        assert_eq!(ledger.header(&difference.id)?.as_ref(), Some(&headers[1]), "untouched");
        // Whatever room the erased header left is used again.
        ledger.add_object(&object(2, Part::Whole), &[9; 300])?;
        assert_eq!(ledger.header(&object(2, Part::Whole).id)?, Some(vec![9; 300]));
        ledger.add_object(&object(2, Part::Identity), &[])?;
        assert_eq!(ledger.header(&object(2, Part::Identity).id)?, Some(Vec::new()));
        Ok(())
    });
    catalogue.compact().expect("nobody reads");
    let header = ask(catalogue, |view| view.header(&difference.id));
    assert_eq!(header.as_ref(), Some(&headers[1]));
    let missing = transact_with(catalogue, |ledger| {
        ledger.hold_object(&object(9, Part::Whole).id, "nothing to hold")
    });
    assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
}

fn object_lists(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let kpr = RegistryId::parse("kpr").expect("an id");
    let mut elsewhere = object(3, Part::Whole);
    elsewhere.id.registry = kpr.clone();
    let objects =
        [object(1, Part::Whole), object(1, Part::Difference), object(2, Part::Whole), elsewhere];
    write(catalogue, |ledger| {
        objects.iter().try_for_each(|object| ledger.add_object(object, b"header"))?;
        ledger.hold_object(&objects[2].id, "why").map(drop)
    });
    let all = ObjectFilter::default();
    let cases = [
        ("all, newest first", all.clone(), vec![3, 2, 1, 0]),
        ("limit", ObjectFilter { limit: Some(1), ..all.clone() }, vec![3]),
        ("registry", ObjectFilter { registry: Some(registry()), ..all.clone() }, vec![2, 1, 0]),
        ("submission", ObjectFilter { submission: Some(id(1)), ..all.clone() }, vec![1, 0]),
        ("state", ObjectFilter { state: Some(ObjectState::Held), ..all.clone() }, vec![2]),
        (
            "registry and state",
            ObjectFilter { registry: Some(kpr.clone()), state: Some(ObjectState::Held), ..all },
            vec![],
        ),
    ];
    for (name, filter, want) in cases {
        let listed = ask(catalogue, |view| view.objects(&filter));
        let listed: Vec<_> = listed.into_iter().map(|object| object.id).collect();
        let want: Vec<_> = want.into_iter().map(|index: usize| objects[index].id.clone()).collect();
        assert_eq!(listed, want, "case: {name}");
    }
    let count = |registry, state, objects| ObjectCount { registry, state, objects };
    assert_eq!(
        ask(catalogue, |view| view.object_counts()),
        [
            count(registry(), ObjectState::Held, 1),
            count(registry(), ObjectState::Stored, 2),
            count(kpr, ObjectState::Stored, 1),
        ]
    );
}

fn what_is_due(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..9);
    let due = |number, due_at, statutory_limit| Object {
        due_at,
        statutory_limit,
        ..object(number, Part::Whole)
    };
    let (early, late) = (Some(at(100)), Some(at(900)));
    write(catalogue, |ledger| {
        for object in [
            due(1, Some(at(300)), None),
            due(2, Some(at(200)), None),
            due(3, None, None),
            due(4, late, early), // never past the statute
            due(5, None, Some(at(150))),
            due(6, early, None),          // held
            due(7, early, Some(at(250))), // held, until the statute's limit
            due(8, Some(at(120)), None),  // erased
        ] {
            ledger.add_object(&object, b"header")?;
        }
        for number in [6, 7] {
            assert!(ledger.hold_object(&object(number, Part::Whole).id, "why")?);
        }
        assert!(ledger.erase_header(&object(8, Part::Whole).id, at(0))?);
        ledger.object_erased(&object(8, Part::Whole).id, at(0)).map(drop)
    });
    let numbers = |objects: Vec<Object>| -> Vec<u32> {
        let number = |object: &Object| (1..9).find(|number| id(*number) == object.id.submission);
        objects.iter().filter_map(number).collect()
    };
    let cases: [(u32, u32, &[u32]); 7] = [
        (99, 9, &[]),
        (100, 9, &[4]),
        (199, 9, &[4, 5]),
        (200, 9, &[4, 5, 2]),
        (250, 9, &[4, 5, 2, 7]),
        (1000, 9, &[4, 5, 2, 7, 1]),
        (1000, 2, &[4, 5]),
    ];
    for (second, limit, want) in cases {
        let got = ask(catalogue, |view| view.due_objects(at(second), limit));
        assert_eq!(numbers(got), want, "at {second}, at most {limit}");
    }
    let between = |catalogue: &mut dyn Catalogue, from, to, limit| {
        numbers(ask(catalogue, |view| view.deadlines(at(from), at(to), limit)))
    };
    assert_eq!(between(catalogue, 0, 301, 9), [6, 7, 2, 1]);
    assert_eq!(between(catalogue, 101, 300, 9), [2], "the end is not included");
    assert_eq!(between(catalogue, 0, 2000, 3), [6, 7, 2]);
    write(catalogue, |ledger| {
        let id = object(7, Part::Whole).id;
        let early = savepoint_with(ledger, |inner| inner.erase_header(&id, at(249)));
        assert!(matches!(early, Err(CatalogueError::Held)), "{early:?}");
        assert!(ledger.erase_header(&id, at(250))?, "no hold passes a statutory limit");
        Ok(())
    });
}

fn enrolments(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let member = |number, principal| Enrolment {
        principal: Some(person(principal)),
        ..enrolment("UT", number, 2)
    };
    let rows = [
        enrolment("UT", 1, 1),
        member(2, 1),
        member(3, 1),
        withdrawn("UT", 4, 1),
        enrolment("XX", 1, 3),
    ];
    write(catalogue, |ledger| rows.iter().try_for_each(|row| ledger.put_enrolment(row)));
    let (ut, xx) = (mission("UT"), mission("XX"));
    ask(catalogue, |view| {
        assert_eq!(view.enrolment(&registry(), &ut, &person(4))?.as_ref(), Some(&rows[3]));
        assert_eq!(view.enrolment(&registry(), &xx, &person(4))?, None);
        assert_eq!(view.enrolled(&registry(), &ut)?, rows[..3]);
        assert_eq!(view.enrolled_count(&registry(), &ut)?, 3);
        assert_eq!(
            view.enrolments_of(&registry(), &person(1))?,
            [rows[0].clone(), rows[4].clone()]
        );
        assert_eq!(view.household(&registry(), &ut, &person(1))?, rows[1..3]);
        assert_eq!(view.household(&registry(), &ut, &person(5))?, [], "withdrawn");
        assert_eq!(view.stale_enrolments(at(2), 9)?, rows[..1]);
        assert_eq!(view.stale_enrolments(at(4), 2)?.len(), 2);
        assert_eq!(view.due_enrolments(at(30), 9)?, []);
        assert_eq!(view.due_enrolments(at(31), 9)?, rows[3..4]);
        let filter = EnrolmentFilter { review: Some(true), ..EnrolmentFilter::default() };
        assert_eq!(view.enrolments(&filter)?, rows[3..4]);
        let filter = EnrolmentFilter {
            registry: Some(registry()),
            mission: Some(ut.clone()),
            state: Some(EnrolmentState::Enrolled),
            review: Some(false),
            limit: Some(2),
        };
        assert_eq!(view.enrolments(&filter)?, rows[..2]);
        assert_eq!(view.enrolments(&EnrolmentFilter::default())?, rows);
        Ok(())
    });
    write(catalogue, |ledger| {
        ledger.put_enrolment(&withdrawn("UT", 1, 3))?;
        assert_eq!(ledger.enrolment(&registry(), &ut, &person(1))?, Some(withdrawn("UT", 1, 3)));
        assert!(ledger.erase_enrolment(&registry(), &ut, &person(1))?);
        assert!(!ledger.erase_enrolment(&registry(), &ut, &person(1))?);
        assert_eq!(ledger.enrolments_of(&registry(), &person(1))?, rows[4..]);
        Ok(())
    });
}

fn missions_and_held_withdrawals(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let (ut, xx) = (mission("UT"), mission("XX"));
    write(catalogue, |ledger| {
        ledger.put_mission(&last_list("XX", 1))?;
        ledger.put_mission(&last_list("UT", 1))?;
        ledger.put_mission(&last_list("UT", 2))?;
        ledger.hold_withdrawals(&held("UT", 3))?;
        ledger.hold_withdrawals(&held("XX", 2))
    });
    ask(catalogue, |view| {
        assert_eq!(view.mission(&registry(), &ut)?, Some(last_list("UT", 2)));
        assert_eq!(view.mission(&registry(), &mission("YY"))?, None);
        assert_eq!(view.missions()?, [last_list("UT", 2), last_list("XX", 1)]);
        assert_eq!(view.pending_withdrawals()?, [held("XX", 2), held("UT", 3)], "oldest first");
        assert_eq!(view.held_withdrawals_of(id(3))?, [held("UT", 3)]);
        Ok(())
    });
    let decision =
        Decision { outcome: DecisionOutcome::Approved, by: "operator".into(), at: at(77) };
    let other = Decision { outcome: DecisionOutcome::Refused, ..decision.clone() };
    write(catalogue, |ledger| {
        assert!(ledger.decide_withdrawals(id(3), &registry(), &ut, &decision)?);
        assert!(!ledger.decide_withdrawals(id(3), &registry(), &ut, &other)?, "once only");
        let missing = savepoint_with(ledger, |inner| {
            inner.decide_withdrawals(id(3), &registry(), &xx, &decision)
        });
        assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
        assert_eq!(ledger.pending_withdrawals()?, [held("XX", 2)]);
        let mut decided = held("UT", 3);
        decided.persons.clear();
        decided.decision = Some(decision.clone());
        assert_eq!(ledger.held_withdrawals_of(id(3))?, [decided], "who they were is forgotten");
        Ok(())
    });
}

fn audit_outbox(catalogue: &mut dyn Catalogue) {
    let seqs = write(catalogue, |ledger| {
        (0..3)
            .map(|_| ledger.queue_audit(&mut |seq| format!("entry {seq}").into_bytes()))
            .collect::<Outcome<Vec<_>>>()
    });
    assert_eq!(seqs, [0, 1, 2]);
    let entry = |seq| OutboxEntry { seq, bytes: format!("entry {seq}").into_bytes() };
    assert_eq!(ask(catalogue, |view| view.outbox(9)), [entry(0), entry(1), entry(2)]);
    assert_eq!(ask(catalogue, |view| view.outbox(2)), [entry(0), entry(1)]);
    write(catalogue, |ledger| ledger.outbox_written(1));
    assert_eq!(ask(catalogue, |view| view.outbox(9)), [entry(2)]);
    write(catalogue, |ledger| ledger.outbox_written(2));
    let next = write(catalogue, |ledger| ledger.queue_audit(&mut |_| b"later".to_vec()));
    assert_eq!(next, 3, "an empty outbox does not start over");
}

fn alarms_and_senders(catalogue: &mut dyn Catalogue) {
    let alarm = |code: &str, since, detail: Option<&str>| Alarm {
        code: code.into(),
        subject: "fastlege".into(),
        since: at(since),
        detail: detail.map(Into::into),
    };
    write(catalogue, |ledger| {
        assert!(ledger.raise_alarm("overdue", "fastlege", at(5), None)?);
        assert!(!ledger.raise_alarm("overdue", "fastlege", at(9), Some("twice"))?);
        assert!(ledger.raise_alarm("disk", "fastlege", at(3), None)?);
        let want = [alarm("disk", 3, None), alarm("overdue", 5, Some("twice"))];
        assert_eq!(ledger.alarms()?, want);
        assert!(ledger.clear_alarm("disk", "fastlege")?);
        assert!(!ledger.clear_alarm("disk", "fastlege")?);
        assert!(!ledger.clear_alarm("overdue", "kpr")?);
        assert_eq!(ledger.alarms()?, want[1..]);

        for second in [7, 9, 8] {
            ledger.sender_seen(&sender(), at(second))?;
        }
        let seen = SenderSeen { sender: sender(), last_received_at: at(9), count: 3 };
        assert_eq!(ledger.senders_seen()?, [seen], "a late step does not turn the clock back");
        Ok(())
    });
}

fn installation(catalogue: &mut dyn Catalogue) {
    assert_eq!(ask(catalogue, |view| view.installation()), None);
    let ours = Installation { id: "utopia-1".into(), created_at: at(0) };
    write(catalogue, |ledger| {
        ledger.set_installation(&ours)?;
        ledger.set_installation(&ours)
    });
    let other = Installation { id: "utopia-2".into(), created_at: at(1) };
    let refused = transact_with(catalogue, |ledger| ledger.set_installation(&other));
    assert!(matches!(refused, Err(CatalogueError::Exists { .. })), "{refused:?}");
    assert_eq!(ask(catalogue, |view| view.installation()), Some(ours));
    assert!(ask(catalogue, |view| view.schema_version()) >= 1);
}
