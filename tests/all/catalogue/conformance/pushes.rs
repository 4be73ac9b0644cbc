//! Who has got what: pushes to registries' inboxes, and what nobody has fetched.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::{
            objects::Object,
            outgoing::{Trouble, Waiting},
            pushes::{Inbox, Pause, Push, PushState},
        },
        transact_with,
    },
    types::ids::{ObjectId, Part},
};

use super::{ask, with_submissions, write};
use crate::catalogue::sample::{at, object, registry};

pub(super) fn who_has_got_what(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..5);
    let parts = [(1, Part::Content), (2, Part::Difference), (3, Part::Whole), (4, Part::Content)];
    write(catalogue, |ledger| {
        parts.into_iter().try_for_each(|(n, part)| {
            let due_rule = if n == 4 { "superseded + P30D" } else { "processed + P90D" };
            let object = Object { due_rule: due_rule.to_owned(), ..object(n, part) };
            ledger.add_object(&object, &[7; 10])
        })
    });
    let unfetched = |catalogue: &mut dyn Catalogue, until| {
        let found = ask(catalogue, |view| view.unfetched(at(until)));
        found.into_iter().map(|(registry, count)| (registry.to_string(), count)).collect::<Vec<_>>()
    };
    let registry = registry().to_string();
    assert_eq!(unfetched(catalogue, 1000), []);
    assert_eq!(unfetched(catalogue, 1001), [(registry.clone(), 1)]);
    assert_eq!(
        unfetched(catalogue, 9999),
        [(registry.clone(), 2)],
        "neither lists nor what is old"
    );
    let first = object(1, Part::Content).id;
    write(catalogue, |ledger| {
        ledger.object_handed(&first, at(20))?;
        ledger.object_handed(&first, at(30))
    });
    let handed = ask(catalogue, |view| view.object(&first)).expect("an object").handed_at;
    assert_eq!(handed, Some(at(20)), "the first time counts");
    assert_eq!(unfetched(catalogue, 9999), [(registry, 1)]);
    let none = object(9, Part::Content).id;
    let handed = transact_with(catalogue, |ledger| ledger.object_handed(&none, at(1)));
    assert!(matches!(handed, Err(CatalogueError::NotFound { .. })), "{handed:?}");
}

pub(super) fn pushes(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..5);
    let ids: Vec<ObjectId> = (1..5).map(|n| object(n, Part::Whole).id).collect();
    let add = |catalogue: &mut dyn Catalogue, n| {
        write(catalogue, |ledger| {
            ledger.add_object(&object(n, Part::Whole), &[7; 10])?;
            ledger.queue_pushes(&object(n, Part::Whole).id, at(n))
        });
    };
    let inbox = |url: &str| Inbox { registry: registry(), url: url.to_owned() };
    let (first, second) = (inbox("https://a/in"), inbox("https://b/in"));
    add(catalogue, 1);
    assert_eq!(ask(catalogue, |view| view.inboxes()), []);
    let queued = write(catalogue, |ledger| ledger.open_inbox(&first, at(10)));
    assert_eq!(queued, 1, "what lies there");
    add(catalogue, 2);
    assert_eq!(write(catalogue, |ledger| ledger.open_inbox(&first, at(11))), 0, "none twice");
    let due = |catalogue: &mut dyn Catalogue, inbox: &Inbox, now, beyond| -> Vec<ObjectId> {
        let due = ask(catalogue, |view| view.pushes_due(inbox, at(now), at(beyond), 9));
        due.into_iter().map(|push| push.object).collect()
    };
    assert_eq!(due(catalogue, &first, 10, 100), [ids[1].clone(), ids[0].clone()]);
    assert_eq!(due(catalogue, &first, 2, 100), [ids[1].clone()], "the other one is for later");
    assert_eq!(due(catalogue, &first, 2, 5), [ids[1].clone(), ids[0].clone()], "and too far off");
    assert_eq!(due(catalogue, &second, 10, 100), []);

    assert_eq!(due(catalogue, &first, 1001, 2000), [ids[1].clone()], "the other must be gone");
    assert_eq!(due(catalogue, &first, 1002, 2000), []);

    let push = ask(catalogue, |view| view.push(&ids[0], &first.url)).expect("a push");
    let want = Push {
        object: ids[0].clone(),
        url: first.url.clone(),
        bytes: 900,
        state: PushState::Waiting,
        queued_at: at(10),
        next_at: at(10),
        attempts: 0,
        last_error: None,
        done_at: None,
        told_at: None,
    };
    assert_eq!(push, want);
    let failed =
        Push { attempts: 3, next_at: at(50), last_error: Some(Trouble::Tls), ..want.clone() };
    write(catalogue, |ledger| ledger.save_push(&failed));
    let queued = |catalogue: &mut dyn Catalogue, limit| -> Vec<_> {
        let queued = ask(catalogue, |view| view.pushes_queued(&first, limit));
        queued.into_iter().map(|push| (push.object, push.next_at)).collect()
    };
    assert_eq!(queued(catalogue, 9), [(ids[1].clone(), at(2)), (ids[0].clone(), at(50))]);
    assert_eq!(queued(catalogue, 1).len(), 1);
    assert_eq!(write(catalogue, |ledger| ledger.hurry_pushes(&second, at(20))), 0);
    assert_eq!(write(catalogue, |ledger| ledger.hurry_pushes(&first, at(20))), 1, "what failed");
    assert_eq!(queued(catalogue, 9), [(ids[1].clone(), at(2)), (ids[0].clone(), at(20))]);
    let waiting = ask(catalogue, |view| view.pushes_waiting(&first));
    let want = Waiting {
        count: 2,
        oldest: Some(at(2)),
        newest: Some(at(10)),
        last_error: Some(Trouble::Tls),
        needs_somebody: Some(Trouble::Tls),
    };
    assert_eq!(waiting, want);
    let done = Push { state: PushState::Done, done_at: Some(at(51)), last_error: None, ..failed };
    write(catalogue, |ledger| ledger.save_push(&done));
    assert_eq!(ask(catalogue, |view| view.pushes_of(&ids[0])), std::slice::from_ref(&done));
    assert_eq!(ask(catalogue, |view| view.pushes_waiting(&first)).count, 1);
    let unknown = Push { url: "https://c/in".to_owned(), ..done };
    let saved = transact_with(catalogue, |ledger| ledger.save_push(&unknown));
    assert!(matches!(saved, Err(CatalogueError::NotFound { .. })), "{saved:?}");

    let pause = Pause { failures: 4, until: Some(at(99)) };
    assert_eq!(ask(catalogue, |view| view.inbox_pause(&first)), Pause::default());
    write(catalogue, |ledger| ledger.pause_inbox(&first, pause));
    assert_eq!(ask(catalogue, |view| view.inbox_pause(&first)), pause);
    assert_eq!(ask(catalogue, |view| view.inbox_pause(&second)), Pause::default());

    // What is erased first is missed, by each inbox that had not had it.
    write(catalogue, |ledger| ledger.open_inbox(&second, at(60)));
    write(catalogue, |ledger| {
        ledger.erase_header(&ids[0], at(70))?;
        ledger.erase_header(&ids[1], at(71)).map(drop)
    });
    let missed = ask(catalogue, |view| view.pushes_missed(9));
    let of: Vec<_> = missed.iter().map(|push| (&push.object, push.url.as_str())).collect();
    assert_eq!(
        of,
        [(&ids[0], "https://b/in"), (&ids[1], "https://a/in"), (&ids[1], "https://b/in")]
    );
    assert_eq!(missed[0].done_at, Some(at(70)));
    for push in missed {
        write(catalogue, |ledger| {
            ledger.save_push(&Push { told_at: Some(at(80)), ..push.clone() })
        });
    }
    assert_eq!(ask(catalogue, |view| view.pushes_missed(9)), []);

    // One that is taken out of use gets nothing; taken back, what it has not had.
    add(catalogue, 3);
    write(catalogue, |ledger| ledger.close_inbox(&first));
    assert_eq!(ask(catalogue, |view| view.inboxes()), [second]);
    assert_eq!(ask(catalogue, |view| view.pushes_waiting(&first)), Waiting::default());
    add(catalogue, 4);
    assert_eq!(due(catalogue, &first, 90, 100), []);
    assert_eq!(write(catalogue, |ledger| ledger.open_inbox(&first, at(90))), 2);
    assert_eq!(due(catalogue, &first, 90, 100), ids[2..]);
}
