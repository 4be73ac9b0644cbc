//! Changes of a few columns: each must leave a row as if all of it had been written.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::{
            enrolments::{Confirmation, Enrolment, Particulars},
            submissions::{Receipt, Submission, Timings},
        },
        transact_with,
    },
    types::verdict::State,
};
use jiff::civil::date;

use super::{
    super::sample::{answered, at, claimed, enrolment, id, mission, person, registry, withdrawn},
    ask, ask_one, with_submissions, write,
};

/// What a conclusion changes of a claimed submission.
fn concluded(number: u32) -> Submission {
    let before = claimed(number);
    let full = answered(number);
    Submission {
        state: State::Stored,
        finished_at: None,
        sealed_name: before.sealed_name,
        manifest_sha256: None,
        language: None,
        receipt: Receipt { audit_seq: Some(7), published_at: None },
        report: Some(serde_json::json!({"read": 3})),
        timings: Timings { sealed_at: Some(at(5)), stored_at: Some(at(6)), ..before.timings },
        ..full
    }
}

pub(super) fn conclusions(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..5);
    let duplicate = Submission { duplicate_of: Some(id(1)), ..concluded(3) };
    let sealed = Submission { state: State::Sealed, ..claimed(4) };
    write(catalogue, |ledger| {
        ledger.save_submission(&concluded(1))?;
        ledger.submission_concluded(&concluded(2))?;
        ledger.submission_concluded(&duplicate)?;
        ledger.save_submission(&sealed)?;
        ledger.submission_concluded(&concluded(4))
    });
    for number in [1, 2, 4] {
        assert_eq!(ask_one(catalogue, number), Some(concluded(number)), "{number}");
    }
    assert_eq!(ask_one(catalogue, 3), Some(duplicate));
    write(catalogue, |ledger| ledger.submission_ended(id(2), State::Done, at(9)));
    let back = transact_with(catalogue, |ledger| ledger.submission_concluded(&concluded(2)));
    assert!(matches!(back, Err(CatalogueError::Transition { .. })), "{back:?}");
    let missing = transact_with(catalogue, |ledger| ledger.submission_concluded(&concluded(9)));
    assert!(matches!(missing, Err(CatalogueError::NotFound { .. })), "{missing:?}");
}

pub(super) fn confirmations(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let rows = [enrolment("UT", 1, 1), enrolment("UT", 2, 1), withdrawn("UT", 3, 1)];
    write(catalogue, |ledger| rows.iter().try_for_each(|row| ledger.put_enrolment(row)));
    let (registry, ut) = (registry(), mission("UT"));
    let particulars = Particulars {
        principal: Some(person(1)),
        content: [9; 16],
        effective_from: date(2027, 2, 1),
    };
    let same = Confirmation { at: at(8), submission: id(2), particulars: None };
    let other = Confirmation { particulars: Some(particulars), ..same.clone() };
    let answers = write(catalogue, |ledger| {
        let mut confirm = |number, confirmation| {
            ledger.confirm_enrolment((&registry, &ut, &person(number)), confirmation)
        };
        Ok([confirm(1, &same)?, confirm(2, &other)?, confirm(3, &same)?, confirm(4, &same)?])
    });
    assert_eq!(answers, [Some(false), Some(false), Some(true), None], "whether it is reviewed");
    let confirmed =
        |row: &Enrolment| Enrolment { confirmed_at: at(8), submission: id(2), ..row.clone() };
    let changed = Enrolment {
        principal: Some(person(1)),
        content: [9; 16],
        effective_from: date(2027, 2, 1),
        ..confirmed(&rows[1])
    };
    ask(catalogue, |view| {
        let row = |number| view.enrolment(&registry, &ut, &person(number));
        assert_eq!(row(1)?, Some(confirmed(&rows[0])));
        assert_eq!(row(2)?.as_ref(), Some(&changed));
        assert_eq!(row(3)?, Some(confirmed(&rows[2])));
        // Through the indices too.
        assert_eq!(view.stale_enrolments(at(8), 9)?, []);
        assert_eq!(view.stale_enrolments(at(9), 9)?.len(), 2);
        assert_eq!(view.household(&registry, &ut, &person(1))?, [changed]);
        Ok(())
    });
    let stranger = Confirmation { submission: id(99), ..same };
    let orphan = transact_with(catalogue, |ledger| {
        ledger.confirm_enrolment((&registry, &ut, &person(1)), &stranger)
    });
    assert!(orphan.is_err(), "a submission that is not there");
}
