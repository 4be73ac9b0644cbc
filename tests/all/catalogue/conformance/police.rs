//! The exchange with the police, and what lies in outbound directories.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::{
            page::Page,
            police::{
                Dispatch, Exchange, ExchangeFilter, ExchangeState, PoliceReply, ReplyDecision,
                ReplyOutcome,
            },
        },
        transact_with,
    },
    types::{case_number::CaseNumber, guid::Guid, ids::Part},
};
use jiff::civil::date;

use super::{ask, with_submissions, write};
use crate::catalogue::sample::{at, exchange, id, object, reply, sender};

pub(super) fn exchanges(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..6);
    let terminal = Exchange {
        id: Guid(id(77).to_bytes()),
        form: "oral".into(),
        submission: None,
        hospital: None,
        needed_by: None,
        recorded_by: Some("Kari (root)".into()),
        state: ExchangeState::Closed,
        closed_at: Some(at(9)),
        case: None,
        ..exchange(4)
    };
    let open = |number, day| Exchange { needed_by: Some(day), ..exchange(number) };
    let rows = [
        open(1, date(2026, 12, 1)),
        open(2, date(2026, 11, 30)),
        Exchange { state: ExchangeState::Answered, ..open(3, date(2026, 11, 1)) },
        terminal.clone(),
    ];
    write(catalogue, |ledger| rows.iter().try_for_each(|row| ledger.put_exchange(row)));
    let known = |catalogue: &mut dyn Catalogue, reference| {
        ask(catalogue, |view| view.exchange_called(reference))
    };
    assert_eq!(known(catalogue, id(1)), Some(rows[0].clone()));
    assert_eq!(known(catalogue, id(77)), Some(terminal.clone()), "by its own id");
    assert_eq!(terminal.reference(), id(77));
    assert_eq!(known(catalogue, id(5)), None);
    // A GUID that a sender drew is no name of ours, whatever its bytes spell.
    let guid_as_id = filsluse::types::ids::SubmissionId::from_bytes(rows[0].id.0);
    assert_eq!(known(catalogue, guid_as_id), None);
    assert_eq!(ask(catalogue, |view| view.exchange(&rows[2].id)), Some(rows[2].clone()));

    let all = ExchangeFilter::default();
    let case = CaseNumber::parse("26/1").expect("a number");
    for (name, filter, want) in [
        ("all, oldest first", all.clone(), vec![1, 2, 3, 4]),
        ("case", ExchangeFilter { case: Some(case), ..all.clone() }, vec![1]),
        ("from", ExchangeFilter { from: Some(at(2)), ..all.clone() }, vec![2, 3, 4]),
        ("before", ExchangeFilter { before: Some(at(3)), ..all }, vec![1, 2]),
    ] {
        let found = ask(catalogue, |view| view.exchanges(&filter));
        let found: Vec<_> = found.into_iter().map(|row| row.audit_seq).collect();
        assert_eq!(found, want, "case: {name}");
    }
    for (day, limit, want) in [
        (date(2026, 11, 30), 9, vec![]),
        (date(2026, 12, 1), 9, vec![2]),
        (date(2027, 1, 1), 9, vec![2, 1]),
        (date(2027, 1, 1), 1, vec![2]),
    ] {
        let late = ask(catalogue, |view| view.overdue_exchanges(day, limit));
        let late: Vec<_> = late.into_iter().map(|row| row.audit_seq).collect();
        assert_eq!(late, want, "{day}");
    }
    assert_eq!(ask(catalogue, |view| view.unanswered_exchanges()), 2);
    let waiting = Exchange { state: ExchangeState::Waiting, ..rows[0].clone() };
    write(catalogue, |ledger| ledger.put_exchange(&waiting));
    assert_eq!(ask(catalogue, |view| view.unanswered_exchanges()), 2, "waiting ones count");
    let closed = Exchange { state: ExchangeState::Closed, sent_at: Some(at(8)), ..rows[1].clone() };
    write(catalogue, |ledger| ledger.put_exchange(&closed));
    assert_eq!(known(catalogue, id(2)), Some(closed));
    assert_eq!(ask(catalogue, |view| view.unanswered_exchanges()), 1);
}

pub(super) fn replies(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..9);
    let orphan = transact_with(catalogue, |ledger| ledger.put_reply(&reply(5, 1)));
    assert!(matches!(orphan, Err(CatalogueError::NotFound { .. })), "{orphan:?}");
    write(catalogue, |ledger| {
        ledger.put_exchange(&exchange(1))?;
        ledger.put_exchange(&exchange(2))?;
        [reply(7, 2), reply(6, 1), reply(5, 1)].iter().try_for_each(|row| ledger.put_reply(row))
    });
    ask(catalogue, |view| {
        assert_eq!(view.reply_of(id(5))?, Some(reply(5, 1)));
        assert_eq!(view.reply(&reply(6, 1).id)?, Some(reply(6, 1)));
        assert_eq!(view.reply_of(id(1))?, None);
        assert_eq!(view.replies_to(&exchange(1).id)?, [reply(5, 1), reply(6, 1)]);
        assert_eq!(view.undecided_replies(9)?, [reply(5, 1), reply(6, 1), reply(7, 2)]);
        assert_eq!(view.undecided_replies(1)?.len(), 1);
        Ok(())
    });
    let decided = PoliceReply {
        escalated_at: Some(at(40)),
        delivered_at: Some(at(41)),
        decision: Some(ReplyDecision {
            outcome: ReplyOutcome::Relevant,
            by: Some("Overlege Ås (root)".into()),
            at: at(41),
            audit_seq: 99,
        }),
        ..reply(5, 1)
    };
    write(catalogue, |ledger| ledger.put_reply(&decided));
    ask(catalogue, |view| {
        assert_eq!(view.reply_of(id(5))?, Some(decided.clone()));
        assert_eq!(view.undecided_replies(9)?, [reply(6, 1), reply(7, 2)]);
        Ok(())
    });
}

pub(super) fn dispatches(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..6);
    let dispatch = |number| Dispatch {
        object: object(number, Part::Request).id,
        addressee: sender(),
        file: format!("{}.request.age", id(number)),
        waits: false,
        queued_at: at(number),
        published_at: None,
        remove_at: None,
        removed_at: None,
    };
    let orphan = transact_with(catalogue, |ledger| ledger.put_dispatch(&dispatch(1)));
    assert!(matches!(orphan, Err(CatalogueError::NotFound { .. })), "{orphan:?}");
    let waiting = Dispatch { waits: true, ..dispatch(3) };
    let timed = Dispatch { remove_at: Some(at(50)), ..dispatch(4) };
    write(catalogue, |ledger| {
        (1..6)
            .try_for_each(|number| ledger.add_object(&object(number, Part::Request), b"header"))?;
        [dispatch(2), dispatch(1), waiting.clone(), timed.clone()]
            .iter()
            .try_for_each(|row| ledger.put_dispatch(row))
    });
    let asked = |catalogue: &mut dyn Catalogue, second| {
        ask(catalogue, |view| {
            Ok((
                view.dispatches_to_do(Page::first(9))?,
                view.dispatches_to_remove(at(second), Page::first(9))?,
            ))
        })
    };
    let (to_do, to_remove) = asked(catalogue, 10);
    assert_eq!(to_do, [dispatch(1), dispatch(2), timed.clone()], "oldest first, none that waits");
    assert_eq!(to_remove, []);
    let page = |skip, limit| Page { skip, limit };
    let middle = ask(catalogue, |view| view.dispatches_to_do(page(1, 1)));
    assert_eq!(middle, [dispatch(2)], "what stays at the beginning is passed over");
    assert_eq!(ask(catalogue, |view| view.dispatches_to_do(page(3, 9))), []);
    assert_eq!(ask(catalogue, |view| view.dispatch(&waiting.object)), Some(waiting.clone()));
    assert_eq!(ask(catalogue, |view| view.dispatch(&object(5, Part::Request).id)), None);

    // Published ones go with their object, or at their own time; an erased one is not published.
    let published = |row: Dispatch| Dispatch { published_at: Some(at(11)), ..row };
    write(catalogue, |ledger| {
        ledger.put_dispatch(&published(dispatch(1)))?;
        ledger.put_dispatch(&published(timed.clone()))?;
        for number in [1, 2, 3, 4] {
            ledger.erase_header(&object(number, Part::Request).id, at(12))?;
        }
        Ok(())
    });
    let (to_do, to_remove) = asked(catalogue, 20);
    assert_eq!(to_do, []);
    assert_eq!(to_remove, [published(dispatch(1)), dispatch(2), waiting.clone()]);
    let middle = ask(catalogue, |view| view.dispatches_to_remove(at(20), page(1, 1)));
    assert_eq!(middle, [dispatch(2)]);
    let (_, to_remove) = asked(catalogue, 50);
    assert_eq!(to_remove.len(), 4, "its time has come");
    let gone = Dispatch { removed_at: Some(at(51)), ..published(timed) };
    write(catalogue, |ledger| ledger.put_dispatch(&gone));
    let (_, to_remove) = asked(catalogue, 60);
    assert_eq!(to_remove.len(), 3);
}
