//! The case archive's queue.

use filsluse::{
    catalogue::{
        Catalogue,
        error::CatalogueError,
        records::{
            archive::{ArchiveJob, JobState},
            outgoing::{Trouble, Waiting},
            page::Page,
            police::Exchange,
        },
        transact_with,
    },
    types::{case_number::CaseNumber, guid::Guid},
};

use super::{ask, with_submissions, write};
use crate::catalogue::sample::{at, exchange, id};

#[expect(clippy::too_many_lines, reason = "one entry's life, step by step")]
pub(super) fn entries(catalogue: &mut dyn Catalogue) {
    with_submissions(catalogue, 1..4);
    let terminal = Exchange { id: Guid(id(77).to_bytes()), submission: None, ..exchange(3) };
    let rows = [exchange(1), exchange(2), terminal];
    write(catalogue, |ledger| rows.iter().try_for_each(|row| ledger.put_exchange(row)));
    let asked = CaseNumber::parse("26/00012").expect("a number");
    write(catalogue, |ledger| {
        ledger.queue_archive(&rows[0].id, Some(&asked), at(3))?;
        ledger.queue_archive(&rows[1].id, None, at(2))?;
        ledger.queue_archive(&rows[2].id, None, at(9))
    });
    let queue = |catalogue: &mut dyn Catalogue, exchange: &Guid| {
        transact_with(catalogue, |ledger| ledger.queue_archive(exchange, None, at(1)))
    };
    assert!(matches!(queue(catalogue, &rows[0].id), Err(CatalogueError::Exists { .. })));
    assert!(matches!(queue(catalogue, &Guid([9; 16])), Err(CatalogueError::NotFound { .. })));

    let job = |catalogue: &mut dyn Catalogue, row: &Exchange| {
        ask(catalogue, |view| view.archive_job(&row.id)).expect("an entry")
    };
    let first = job(catalogue, &rows[0]);
    let want = ArchiveJob {
        exchange: rows[0].id,
        reference: id(1),
        submission: Some(id(1)),
        district: rows[0].district.clone(),
        at: rows[0].at,
        asked_case: Some(asked),
        state: JobState::Waiting,
        queued_at: at(3),
        next_at: at(3),
        attempts: 0,
        last_error: None,
        done_at: None,
        case_number: None,
        document_number: None,
        told_at: None,
    };
    assert_eq!(first, want);
    let called = |catalogue: &mut dyn Catalogue, reference| {
        ask(catalogue, |view| view.archive_job_called(reference)).map(|job| job.exchange)
    };
    assert_eq!(called(catalogue, id(2)), Some(rows[1].id));
    assert_eq!(called(catalogue, id(77)), Some(rows[2].id), "by its own id");
    assert_eq!(called(catalogue, id(78)), None);
    let guid_as_id = filsluse::types::ids::SubmissionId::from_bytes(rows[0].id.0);
    assert_eq!(called(catalogue, guid_as_id), None, "a GUID that a sender drew is no name");

    let due = |catalogue: &mut dyn Catalogue, time, limit| {
        let jobs = ask(catalogue, |view| view.archive_due(at(time), at(time + 60), limit));
        jobs.into_iter().map(|job| job.reference).collect::<Vec<_>>()
    };
    assert_eq!(due(catalogue, 1, 9), []);
    assert_eq!(due(catalogue, 3, 9), [id(2), id(1)], "longest due first");
    assert_eq!(due(catalogue, 9, 1), [id(2)]);

    let tried = |trouble, next| ArchiveJob {
        attempts: 2,
        last_error: Some(trouble),
        next_at: at(next),
        ..first.clone()
    };
    write(catalogue, |ledger| ledger.save_archive_job(&tried(Trouble::Tls, 20)));
    assert_eq!(job(catalogue, &rows[0]), tried(Trouble::Tls, 20));
    let second = job(catalogue, &rows[1]);
    let second = ArchiveJob { last_error: Some(Trouble::Timeout), next_at: at(30), ..second };
    write(catalogue, |ledger| ledger.save_archive_job(&second));
    assert_eq!(due(catalogue, 25, 9), [id(77), id(1)]);
    let waiting = ask(catalogue, |view| view.archive_waiting());
    let want = Waiting {
        count: 3,
        oldest: Some(at(2)),
        newest: Some(at(9)),
        last_error: Some(Trouble::Timeout),
        needs_somebody: Some(Trouble::Tls),
    };
    assert_eq!(waiting, want);

    // Written while the clock was ahead.
    write(catalogue, |ledger| {
        ledger.save_archive_job(&ArchiveJob { next_at: at(100), ..second.clone() })
    });
    assert_eq!(due(catalogue, 25, 9), [id(77), id(1), id(2)]);
    assert_eq!(due(catalogue, 40, 9), [id(77), id(1)], "it is near enough now");
    write(catalogue, |ledger| ledger.save_archive_job(&second));

    let done = ArchiveJob {
        state: JobState::Done,
        done_at: Some(at(40)),
        case_number: CaseNumber::parse("26/00099").ok(),
        document_number: Some("26/00099-1".to_owned()),
        last_error: None,
        ..second
    };
    let refused = ArchiveJob { state: JobState::Refused, done_at: Some(at(41)), ..first.clone() };
    write(catalogue, |ledger| {
        ledger.save_archive_job(&done)?;
        ledger.save_archive_job(&refused)
    });
    assert_eq!(job(catalogue, &rows[1]), done);
    assert_eq!(due(catalogue, 99, 9), [id(77)]);
    assert_eq!(ask(catalogue, |view| view.archive_waiting()).count, 1);
    assert_eq!(
        ask(catalogue, |view| view.archive_to_tell(Page::first(9))),
        std::slice::from_ref(&refused)
    );
    let second = Page { skip: 1, limit: 9 };
    assert_eq!(ask(catalogue, |view| view.archive_to_tell(second)), [], "passed over");
    let told = ArchiveJob { told_at: Some(at(42)), ..refused };
    write(catalogue, |ledger| ledger.save_archive_job(&told));
    assert_eq!(ask(catalogue, |view| view.archive_to_tell(Page::first(9))), []);
    let stranger = ArchiveJob { exchange: Guid([9; 16]), ..first };
    let saved = transact_with(catalogue, |ledger| ledger.save_archive_job(&stranger));
    assert!(matches!(saved, Err(CatalogueError::NotFound { .. })));
}
