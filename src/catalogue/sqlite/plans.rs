//! Hot questions stay fast in a large catalogue: none of them walks a whole table.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::StatementStatus;

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        read_with,
        records::{
            objects::{Object, ObjectFilter, ObjectState},
            submissions::{Inode, Submission, SubmissionFilter},
        },
        sqlite::{
            SqliteCatalogue, archive, dispatches, enrolments, header_keys, headers, missions,
            notifications, objects, operations, police, pushes, reports, submissions,
        },
        transact_with,
    },
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SenderId, SubmissionId},
        verdict::{State, Verdict},
    },
};

#[test]
fn every_hot_question_is_served_by_an_index() {
    let by = SubmissionFilter { limit: Some(100), ..SubmissionFilter::default() };
    let sender = Some(SenderId::parse("oslo").unwrap());
    let of = ObjectFilter { limit: Some(100), ..ObjectFilter::default() };
    let registry = Some(RegistryId::parse("fastlege").unwrap());
    let lists = [
        submissions::list_sql(&by),
        submissions::list_sql(&SubmissionFilter { sender: sender.clone(), ..by.clone() }),
        submissions::list_sql(&SubmissionFilter { state: Some(State::Held), ..by.clone() }),
        submissions::list_sql(&SubmissionFilter { since: Some(at(0)), ..by.clone() }),
        submissions::list_sql(&SubmissionFilter { after: Some((at(0), id(0))), ..by.clone() }),
        submissions::list_sql(&SubmissionFilter { sender, since: Some(at(0)), ..by.clone() }),
        submissions::list_sql(&SubmissionFilter {
            since: Some(at(0)),
            refused: true,
            ..by.clone()
        }),
        submissions::list_sql(&of_directories()),
        objects::list_sql(&of),
        objects::list_sql(&ObjectFilter { registry: registry.clone(), ..of.clone() }),
        objects::list_sql(&ObjectFilter { submission: Some(id(1)), ..of.clone() }),
        objects::list_sql(&ObjectFilter { state: Some(ObjectState::Held), ..of.clone() }),
        objects::list_sql(&ObjectFilter { after: Some(object_id(1)), ..of.clone() }),
        objects::list_sql(&ObjectFilter {
            registry: registry.clone(),
            state: Some(ObjectState::Held),
            ..of.clone()
        }),
        objects::list_sql(&ObjectFilter { registry, operating_year: Some(2024), ..of }),
    ];
    let dir = tempfile::tempdir().unwrap();
    let catalogue = filled(&dir.path().join("catalogue.db"));
    for sql in FIXED.iter().copied().chain(lists.iter().map(String::as_str)) {
        let mut statement =
            catalogue.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let parameters = statement.parameter_count();
        let unbound = rusqlite::params_from_iter(std::iter::repeat_n(0, parameters));
        let steps = statement.query_map(unbound, |row| row.get::<_, String>("detail")).unwrap();
        for step in steps.map(Result::unwrap) {
            assert!(is_bounded(&step, sql), "{step}\nin {sql}");
        }
    }
}

/// What is asked of the directories that a sender has made.
fn of_directories() -> SubmissionFilter {
    let sender = Some(SenderId::parse("oslo").unwrap());
    let inodes = Some(vec![1]);
    SubmissionFilter { sender, since: Some(at(0)), inodes, ..SubmissionFilter::default() }
}

/// Questions whose words never change.
const FIXED: &[&str] = &[
    archive::ONE,
    archive::OF_SUBMISSION,
    archive::DUE,
    archive::DUE_BEYOND,
    archive::TO_TELL,
    archive::WAITING,
    archive::ERRORS,
    submissions::ONE,
    submissions::STATE,
    submissions::CONCLUDED,
    submissions::UNFINISHED,
    submissions::QUEUE,
    submissions::TOTALS,
    submissions::FIRST_TAKEN,
    submissions::RECENT_BYTES,
    submissions::EVENTS,
    objects::ONE,
    objects::LOCATE,
    objects::DUE,
    objects::DEADLINES,
    objects::DUE_BY_LIMIT,
    objects::UNFETCHED,
    objects::DUE_WITHIN_LIMIT,
    header_keys::CLOCK,
    header_keys::UNDER,
    header_keys::ANY_UNDER,
    header_keys::NEXT_KEY,
    headers::PLACES,
    objects::DEADLINE_COUNTS,
    headers::PIECES,
    headers::SLOTS,
    enrolments::ONE,
    enrolments::ENROLLED,
    enrolments::ENROLLED_COUNT,
    enrolments::OF_PERSON,
    enrolments::HOUSEHOLD,
    enrolments::STALE,
    enrolments::DUE,
    enrolments::DEADLINES,
    enrolments::DEADLINE_COUNTS,
    missions::HELD_OF,
    missions::PENDING,
    operations::OUTBOX,
    operations::AWAITED,
    operations::SEEN_COUNT,
    operations::SPAN,
    operations::YEARS,
    police::EXCHANGE,
    police::BY_SUBMISSION,
    police::OVERDUE,
    police::UNANSWERED,
    police::REPLY,
    police::REPLY_OF,
    police::REPLIES_TO,
    police::UNDECIDED,
    pushes::KEY,
    pushes::PAUSE,
    pushes::OF_OBJECT,
    pushes::DUE,
    pushes::DUE_BEYOND,
    pushes::WAITING,
    pushes::ERRORS,
    pushes::QUEUED,
    pushes::MISSED,
    dispatches::KEY,
    dispatches::ONE,
    dispatches::TO_DO,
    dispatches::TO_REMOVE,
    reports::CHAIN,
    notifications::ROW,
    notifications::ROWS,
    notifications::RUNS,
    notifications::RUN_COUNT,
    notifications::RUNS_OF,
    notifications::PAGE,
    notifications::PAGES,
    notifications::ANY,
    notifications::FORGET_ROWS,
    notifications::BLANK_PAGE,
    notifications::FORGET_PAGE,
    notifications::FORGET_RUN,
    notifications::ROWS_OF,
    notifications::FORGET_ROW,
    reports::ANNUAL,
    reports::ANNUAL_OF,
    reports::SUPERSEDE,
    reports::IS_SUPERSEDED,
    reports::EARLIER,
    reports::HELD_BY,
    reports::HELD,
    reports::FORGET_PERSONS,
    reports::FORGET_YEARS,
];

/// A search is; a walk is when it goes along an index that holds only what is asked for, over an
/// inner question that is bounded itself, or in the list's own order until its limit.
fn is_bounded(step: &str, sql: &str) -> bool {
    let Some(walked) = step.strip_prefix("SCAN ") else {
        // A sort of everything would be as bad as a walk; only what a search found is sorted.
        return !step.contains("TEMP B-TREE") || sql.contains(" WHERE ");
    };
    let in_order = sql.ends_with("DESC LIMIT ?") && !sql.contains(" WHERE ");
    let partial = [
        "archive_jobs_to_tell",
        "archive_jobs_waiting",
        "submissions_unfinished",
        "held_withdrawals_pending",
        "police_exchanges_open",
        "police_exchanges_waiting",
        "police_replies_undecided",
        "dispatches_to_do",
        "dispatches_live",
        "pushes_missed",
    ];
    walked == "CONSTANT ROW"
        || walked.starts_with("(subquery")
        || partial.iter().any(|index| walked.ends_with(index))
        || (in_order && (walked == "objects" || walked.ends_with("submissions_by_time")))
        || walked == "audit_outbox"
        // What the question itself brings along.
        || walked.starts_with("json_each")
}

/// Counts what SQLite did in truth, because a plan can name an index and still walk all of it.
#[test]
fn the_work_does_not_grow_with_the_catalogue() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = filled(&dir.path().join("catalogue.db"));
    let sha256 = Sha256::of(&ROWS.to_be_bytes());
    let work = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        let mut statement = catalogue.connection.prepare(sql).unwrap();
        let found = statement.query_map(params, |_| Ok(())).unwrap().count();
        (found, statement.get_status(StatementStatus::VmStep))
    };
    let soon = ROWS_BEFORE_DUE;
    let (limit, none) = (100_u32, "no-such-sender");
    let made_lately = submissions::list_sql(&of_directories());
    let lately = i64::from(ROWS - 100) * 1_000_000;
    let cases: [(&str, &str, &[&dyn rusqlite::ToSql], usize); 7] = [
        ("a new directory", &made_lately, &[&"oslo", &lately, &"[1]", &-1], 0),
        ("unfinished", submissions::UNFINISHED, &[], 20),
        ("queue", submissions::QUEUE, &[], 2),
        ("first with these bytes", submissions::FIRST_TAKEN, &[&"oslo", &sha256], 0),
        ("nobody's bytes", submissions::RECENT_BYTES, &[&none, &sha256], 0),
        ("due", objects::DUE, &[&soon, &limit], 100),
        ("deadlines", objects::DEADLINES, &[&9_000_000_000_i64, &9_500_i64, &soon, &limit], 100),
    ];
    for (name, sql, params, want) in cases {
        let (found, steps) = work(sql, params);
        assert_eq!(found, want, "{name}");
        assert!(steps < 20_000, "{name} took {steps} steps in a table of {ROWS} rows");
    }
    let mut catalogue = catalogue;
    let next = read_with(&mut catalogue, |view| view.next_audit_seq()).unwrap();
    assert_eq!(next, 0);
}

/// Twenty thousand submissions and as many objects; twenty submissions are under way.
fn filled(path: &Path) -> SqliteCatalogue {
    let mut catalogue = SqliteCatalogue::open(path).unwrap();
    transact_with(&mut catalogue, |ledger| (0..ROWS).try_for_each(|n| add(ledger, n))).unwrap();
    catalogue
}

fn add(ledger: &mut dyn Ledger, number: u32) -> Result<(), CatalogueError> {
    let sender = SenderId::parse("oslo").unwrap();
    let claim = Inode { dev: 1, inode: number.into() };
    let submission = Submission {
        state: if number.is_multiple_of(1000) { State::Claimed } else { State::Done },
        verdict: Some(Verdict::Accepted),
        sha256: Some(Sha256::of(&number.to_be_bytes())),
        ..Submission::claimed(id(number), sender, at(number), claim)
    };
    ledger.add_submission(&submission)?;
    let object = Object {
        id: object_id(number),
        created_at: at(number),
        payload_bytes: 1,
        payload_sha256: Some(Sha256([1; 32])),
        plain_bytes: 1,
        plain_sha256: Some(Sha256([2; 32])),
        recipients: Vec::new(),
        due_at: Some(at(number)),
        due_rule: String::new(),
        statutory_limit: None,
        state: ObjectState::Stored,
        hold_why: None,
        handed_at: None,
        header_erased_at: None,
        erased_at: None,
        operating_year: None,
    };
    ledger.add_object(&object, &[3; 170])
}

fn object_id(number: u32) -> ObjectId {
    let registry = RegistryId::parse("fastlege").unwrap();
    ObjectId { submission: id(number), registry, part: Part::Whole, number: 1 }
}

fn at(second: u32) -> Timestamp {
    Timestamp::from_second(second.into()).unwrap()
}

fn id(number: u32) -> SubmissionId {
    SubmissionId::new(at(number), [0; 10])
}

const ROWS: u32 = 20_000;

/// Microseconds by which half of the objects are due.
const ROWS_BEFORE_DUE: i64 = 10_000_000_000;
