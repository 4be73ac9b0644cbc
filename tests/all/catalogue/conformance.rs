//! What every implementation of the catalogue must do. Each check gets a fresh, empty one.

mod archive;
mod enrolments;
mod narrow;
mod objects;
mod police;
mod pushes;
mod reports;
mod tasks;

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        ledger::Ledger,
        read_with,
        records::{
            operations::{Alarm, History, Installation, OutboxEntry, SenderSeen},
            submissions::{Queue, RecordCounts, SealedName, Submission, SubmissionFilter},
        },
        savepoint_with, transact_with,
        view::View,
    },
    types::{
        digest::Sha256,
        finding::{Finding, Findings, Place},
        ids::SenderId,
        rules::embassy::EMB_02,
        verdict::{State, Verdict},
    },
};

use super::sample::{answered, at, claimed, event, id, sender};

/// Runs all checks, each on a catalogue of its own.
#[expect(clippy::print_stdout, reason = "shown when a check fails, to say which")]
pub(super) fn check_catalogue(make: &dyn Fn() -> Box<dyn Catalogue>) {
    let checks: [(&str, Check); 31] = [
        ("all or nothing", all_or_nothing),
        ("savepoints fail alone", savepoints_fail_alone),
        ("submissions read back", submissions_read_back),
        ("states only go forward", states_only_go_forward),
        ("an answer and an end", an_answer_and_an_end_change_nothing_else),
        ("conclusions", narrow::conclusions),
        ("confirmations", narrow::confirmations),
        ("submission lists", submission_lists),
        ("the order of claims", what_is_unfinished_comes_in_the_order_of_its_claims),
        ("findings are bounded", findings_are_bounded),
        ("duplicates are found", duplicates_are_found),
        ("objects live and die", objects::objects_live_and_die),
        ("object lists", objects::object_lists),
        ("what is due", objects::what_is_due),
        ("tasks that are done", tasks::tasks_and_what_goes_with_them),
        ("enrolments", enrolments::enrolments),
        ("missions and held withdrawals", enrolments::missions_and_held_withdrawals),
        ("chains and notifications", reports::chains_and_notifications),
        ("annual submissions", reports::annual_submissions),
        ("persons known from earlier years", reports::persons_known_from_earlier_years),
        ("reports are forgotten with their content", reports::forgotten_with_their_content),
        ("reports are forgotten year by year", reports::forgotten_year_by_year),
        ("exchanges with the police", police::exchanges),
        ("replies of the police", police::replies),
        ("dispatches", police::dispatches),
        ("entries for the case archive", archive::entries),
        ("pushes to inboxes", pushes::pushes),
        ("who has got what", pushes::who_has_got_what),
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

fn an_answer_and_an_end_change_nothing_else(catalogue: &mut dyn Catalogue) {
    let stored = |number| Submission {
        state: State::Stored,
        sealed_name: Some(SealedName(vec![7; 30])),
        ..answered(number)
    };
    let receipted = |number| {
        let mut row = Submission { state: State::Answered, ..stored(number) };
        row.receipt.published_at = Some(at(70));
        row.timings.answered_at = Some(at(70));
        row
    };
    write(catalogue, |ledger| {
        ledger.add_submission(&stored(1))?;
        ledger.add_submission(&stored(2))?;
        for (number, state) in [(1, State::Done), (2, State::Held)] {
            ledger.save_submission(&receipted(number))?;
            ledger.submission_ended(id(number), state, at(71))?;
        }
        Ok(())
    });
    let ended = |number, state| {
        let mut row = Submission { state, finished_at: Some(at(71)), ..receipted(number) };
        row.timings.done_at = Some(at(71));
        row
    };
    let rows = ask(catalogue, |view| Ok([view.submission(id(1))?, view.submission(id(2))?]));
    let done = Submission { sealed_name: None, ..ended(1, State::Done) };
    assert_eq!(rows, [Some(done), Some(ended(2, State::Held))]);
    let back = transact_with(catalogue, |ledger| ledger.save_submission(&receipted(1)));
    assert!(matches!(back, Err(CatalogueError::Transition { .. })), "{back:?}");
    let missing =
        transact_with(catalogue, |ledger| ledger.submission_ended(id(9), State::Done, at(72)));
    assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
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
            let verdict = (number == 2).then_some(Verdict::Rejected);
            let rejected = if [4, 8].contains(&number) { 3 } else { 0 };
            let records = RecordCounts { accepted: 5, rejected };
            let row = Submission { sender, state, verdict, records, ..claimed(number) };
            ledger.add_submission(&row)
        })
    });
    let all = SubmissionFilter::default();
    let inode = |number| claimed(number).claim.inode;
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
            "refused, or some of it",
            SubmissionFilter { refused: true, ..all.clone() },
            vec![8, 4, 2],
        ),
        (
            "inodes",
            SubmissionFilter { inodes: Some(vec![inode(3), inode(5), 1]), ..all.clone() },
            vec![5, 3],
        ),
        ("no inode", SubmissionFilter { inodes: Some(vec![]), ..all.clone() }, vec![]),
        (
            "the next page",
            SubmissionFilter { after: Some((at(7), id(7))), limit: Some(2), ..all.clone() },
            vec![6, 5],
        ),
        (
            "all of them at once",
            SubmissionFilter {
                state: Some(State::Claimed),
                sender: Some(sender()),
                since: Some(at(1)),
                refused: true,
                inodes: Some(vec![inode(8)]),
                after: Some((at(9), id(9))),
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

/// A batch of claims has one time and its ids are drawn, and the clock may be set back between two:
/// a restart takes up one sender's files in the order in which they were claimed all the same.
fn what_is_unfinished_comes_in_the_order_of_its_claims(catalogue: &mut dyn Catalogue) {
    let claims = [(7, 50), (3, 50), (9, 50), (1, 50), (2, 40), (8, 45)];
    write(catalogue, |ledger| {
        claims.into_iter().try_for_each(|(number, second)| {
            ledger.add_submission(&Submission { received_at: at(second), ..claimed(number) })
        })
    });
    // It stays so when some go, others change, and the whole is rewritten.
    write(catalogue, |ledger| {
        assert!(ledger.void_submission(id(9))?);
        ledger.save_submission(&Submission {
            received_at: at(50),
            state: State::Sealed,
            ..claimed(7)
        })
    });
    catalogue.compact().expect("nobody reads");
    let unfinished = ask(catalogue, |view| view.unfinished());
    let ids: Vec<_> = unfinished.into_iter().map(|submission| submission.id).collect();
    assert_eq!(ids, [7, 3, 1, 2, 8].map(id));
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

        assert_eq!(ledger.sender_history(&sender())?, None, "nobody waits for it");
        for second in [4, 6] {
            ledger.sender_awaited(&sender(), at(second))?;
        }
        let waited = History { first: at(4), last: at(4), years: Vec::new() };
        assert_eq!(ledger.sender_history(&sender())?, Some(waited), "since the first time");
        assert_eq!(ledger.senders_seen()?, [], "it has sent nothing");
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
