//! Operating years whose task is done, and the objects that go with them.

use filsluse::{
    catalogue::{
        Catalogue,
        records::objects::{Object, TaskDone},
    },
    types::ids::{ObjectId, Part},
};

use super::{
    super::sample::{answered, at, object, registry, sender},
    ask, with_submissions, write,
};

fn sent_object() -> ObjectId {
    object(9, Part::Content).id
}

pub(super) fn tasks_and_what_goes_with_them(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..5);
    let of = |number, year, due, limit| Object {
        operating_year: year,
        due_at: Some(at(due)),
        statutory_limit: Some(at(limit)),
        ..object(number, Part::Content)
    };
    // Due later, due before, of another year, of none.
    let four = [
        of(1, Some(2024), 900, 900),
        of(2, Some(2024), 5, 900),
        of(3, Some(2025), 900, 900),
        of(4, None, 900, 900),
    ];
    // What a task that is done has ended is here no more, and its bytes may come again (IN-03).
    let sent = answered(9);
    let bytes = sent.sha256.expect("a digest");
    write(catalogue, |ledger| {
        ledger.add_submission(&sent)?;
        ledger.add_object(&of(9, Some(2023), 900, 900), b"header")?;
        assert_eq!(ledger.first_accepted_with(&sender(), bytes)?, Some(sent.id));
        let ended = TaskDone {
            registry: registry(),
            operating_year: 2023,
            done_at: at(80),
            done_by: "root".to_owned(),
        };
        assert_eq!(ledger.end_task(&ended, at(80), "task-done + P0D")?, 1);
        assert_eq!(ledger.first_accepted_with(&sender(), bytes)?, None);
        assert!(ledger.erase_header(&sent_object(), at(81))?);
        assert!(ledger.object_erased(&sent_object(), at(81))?);
        assert!(ledger.reopen_task(&registry(), 2023)?);
        assert_eq!(ledger.first_accepted_with(&sender(), bytes)?, None);
        Ok(())
    });
    let task = TaskDone {
        registry: registry(),
        operating_year: 2024,
        done_at: at(100),
        done_by: "root".to_owned(),
    };
    write(catalogue, |ledger| {
        for object in &four {
            ledger.add_object(object, b"header")?;
        }
        assert!(ledger.hold_object(&four[0].id, "a court order")?);
        assert_eq!(ledger.task_done(&registry(), 2024)?, None);
        assert_eq!(ledger.due_by_limit(at(899), 10)?, []);
        assert_eq!(ledger.end_task(&task, at(100), "task-done + P0D")?, 2);
        Ok(())
    });
    ask(catalogue, |view| {
        assert_eq!(view.task_done(&registry(), 2024)?.as_ref(), Some(&task));
        assert_eq!(view.tasks_done()?, std::slice::from_ref(&task));
        let read = |number: usize| view.object(&four[number].id);
        let held = read(0)?.expect("added");
        assert_eq!((held.due_at, held.statutory_limit), (Some(at(100)), Some(at(100))));
        assert_eq!((held.due_rule.as_str(), held.operating_year), ("task-done + P0D", Some(2024)));
        let before = read(1)?.expect("added");
        assert_eq!((before.due_at, before.statutory_limit), (Some(at(5)), Some(at(100))));
        assert_eq!(before.due_rule, four[1].due_rule, "it was due under its own rule already");
        for other in [2, 3] {
            assert_eq!(read(other)?.as_ref(), Some(&four[other]));
        }
        assert_eq!(view.due_by_limit(at(99), 10)?, []);
        assert_eq!(view.due_by_limit(at(100), 10)?.len(), 2);
        assert_eq!(view.due_by_limit(at(100), 1)?.len(), 1);
        assert_eq!(view.due_objects(at(100), 10)?.len(), 2, "held or not");
        Ok(())
    });
    write(catalogue, |ledger| {
        assert!(ledger.erase_header(&four[0].id, at(100))?, "no hold passes it");
        assert!(ledger.object_erased(&four[0].id, at(100))?);
        let later = TaskDone { done_at: at(200), done_by: "somebody".to_owned(), ..task.clone() };
        assert_eq!(ledger.end_task(&later, at(200), "task-done + P0D")?, 1, "what is left");
        assert_eq!(
            ledger.task_done(&registry(), 2024)?.as_ref(),
            Some(&task),
            "since the first time"
        );
        assert!(ledger.reopen_task(&registry(), 2024)?);
        assert!(!ledger.reopen_task(&registry(), 2024)?);
        assert_eq!(ledger.tasks_done()?, []);
        for due in [ledger.due_by_limit(at(300), 10)?, ledger.due_objects(at(300), 10)?] {
            assert_eq!(due.len(), 1, "what is due stays due");
        }
        Ok(())
    });
}
