//! Submissions and their events in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, named_params, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::may_follow,
        records::submissions::{
            ClaimedFile, Event, Queue, Receipt, RecordCounts, SealedName, Submission,
            SubmissionFilter, Timings,
        },
        sqlite::{
            columns::{Bits, Count, Json, Time, optional_time},
            query,
        },
    },
    types::{
        digest::Sha256,
        finding::Findings,
        ids::{SenderId, SubmissionId},
        verdict::State,
    },
};

pub(super) fn add(conn: &Connection, new: &Submission) -> Result<(), CatalogueError> {
    write(new, |params| query::add(conn, "submission", ADD, params))
}

pub(super) fn save(conn: &Connection, new: &Submission) -> Result<(), CatalogueError> {
    must_follow(conn, new.id, new.state)?;
    let changed = write(new, |params| query::change(conn, SAVE, params))?;
    if changed == 1 { Ok(()) } else { Err(MISSING) }
}

pub(super) fn answered(
    conn: &Connection,
    id: SubmissionId,
    at: Timestamp,
) -> Result<(), CatalogueError> {
    must_follow(conn, id, State::Answered)?;
    query::change(conn, ANSWERED, params![id, State::Answered, Time(at)]).map(drop)
}

pub(super) fn ended(
    conn: &Connection,
    id: SubmissionId,
    state: State,
    at: Timestamp,
) -> Result<(), CatalogueError> {
    let keeps_name = state == State::Held;
    if query::change(conn, ENDED, params![id, state, Time(at), keeps_name])? == 1 {
        return Ok(());
    }
    must_follow(conn, id, state)?;
    Err(MISSING)
}

fn must_follow(conn: &Connection, id: SubmissionId, to: State) -> Result<(), CatalogueError> {
    let from: Option<State> = query::one(conn, STATE, params![id], |row| row.get(0))?;
    let from = from.ok_or(MISSING)?;
    if may_follow(from, to) { Ok(()) } else { Err(CatalogueError::Transition { from, to }) }
}

pub(super) fn void(conn: &Connection, id: SubmissionId) -> Result<bool, CatalogueError> {
    if query::one(conn, UNTOUCHED, params![id], |row| row.get::<_, bool>(0))? != Some(true) {
        return Ok(false);
    }
    query::change(conn, "DELETE FROM events WHERE submission = ?1", params![id])?;
    Ok(query::change(conn, "DELETE FROM submissions WHERE id = ?1", params![id])? == 1)
}

pub(super) fn one(
    conn: &Connection,
    id: SubmissionId,
) -> Result<Option<Submission>, CatalogueError> {
    query::one(conn, ONE, params![id], read)
}

pub(super) fn list(
    conn: &Connection,
    filter: &SubmissionFilter,
) -> Result<Vec<Submission>, CatalogueError> {
    let since = filter.since.map(Time);
    let after = filter.after.map(|(time, id)| (Time(time), id));
    let limit = filter.limit.map_or(-1, i64::from);
    let mut params: Vec<&dyn ToSql> = Vec::new();
    params.extend(filter.sender.as_ref().map(|sender| sender as &dyn ToSql));
    params.extend(filter.state.as_ref().map(|state| state as &dyn ToSql));
    params.extend(since.as_ref().map(|time| time as &dyn ToSql));
    if let Some((time, id)) = &after {
        params.extend([time as &dyn ToSql, id]);
    }
    params.push(&limit);
    query::many(conn, &list_sql(filter), params.as_slice(), read)
}

/// The statement for a filter.
pub(super) fn list_sql(filter: &SubmissionFilter) -> String {
    let conditions = [
        (filter.sender.is_some(), "sender = ?"),
        (filter.state.is_some(), "state = ?"),
        (filter.since.is_some(), "received_at >= ?"),
        (filter.after.is_some(), "(received_at, id) < (?, ?)"),
    ];
    query::filtered("submissions", &conditions, "received_at DESC, id DESC")
}

pub(super) fn unfinished(conn: &Connection) -> Result<Vec<Submission>, CatalogueError> {
    query::many(conn, UNFINISHED, [], read)
}

pub(super) fn queue(conn: &Connection) -> Result<Queue, CatalogueError> {
    let counts = query::many(conn, QUEUE, [], |row| {
        Ok((row.get::<_, State>(0)?, row.get::<_, Count>(1)?.0))
    })?;
    let of = |wanted| counts.iter().find(|(state, _)| *state == wanted).map_or(0, |(_, n)| *n);
    Ok(Queue {
        claimed: of(State::Claimed),
        sealed: of(State::Sealed),
        stored: of(State::Stored),
        answered: of(State::Answered),
        held: of(State::Held),
    })
}

pub(super) fn first_accepted_with(
    conn: &Connection,
    sender: &SenderId,
    sha256: Sha256,
) -> Result<Option<SubmissionId>, CatalogueError> {
    query::one(conn, FIRST_TAKEN, params![sender, sha256], |row| row.get(0))
}

pub(super) fn recent_by_sha256(
    conn: &Connection,
    sender: &SenderId,
    sha256: Sha256,
) -> Result<Option<Submission>, CatalogueError> {
    query::one(conn, RECENT_BYTES, params![sender, sha256], read)
}

pub(super) fn add_event(conn: &Connection, event: &Event) -> Result<(), CatalogueError> {
    let Event { submission, at, event, audit_seq } = event;
    let seq = audit_seq.map(Count);
    query::add(conn, "event", ADD_EVENT, params![submission, Time(*at), event, seq])
}

pub(super) fn events(
    conn: &Connection,
    submission: SubmissionId,
) -> Result<Vec<Event>, CatalogueError> {
    query::many(conn, EVENTS, params![submission], |row| {
        Ok(Event {
            submission: row.get("submission")?,
            at: row.get::<_, Time>("at")?.0,
            event: row.get("event")?,
            audit_seq: row.get::<_, Option<Count>>("audit_seq")?.map(|count| count.0),
        })
    })
}

/// Hands all columns by name to a statement; both [`ADD`] and [`SAVE`] name every one of them.
fn write<T>(new: &Submission, run: impl FnOnce(&[(&str, &dyn ToSql)]) -> T) -> T {
    let kept = &new.findings[..new.findings.len().min(Findings::MOST)];
    let beyond = new.findings_beyond + (new.findings.len() - kept.len()) as u64;
    let Timings { claimed_at, sealed_at, stored_at, answered_at, done_at } = new.timings;
    run(named_params! {
        ":id": new.id,
        ":sender": new.sender,
        ":kind": new.kind,
        ":state": new.state,
        ":verdict": new.verdict,
        ":rehearsal": new.rehearsal,
        ":received_at": Time(new.received_at),
        ":finished_at": new.finished_at.map(Time),
        ":bytes": Count(new.bytes),
        ":sha256": new.sha256,
        ":evidence": new.evidence,
        ":accepted": Count(new.records.accepted),
        ":rejected": Count(new.records.rejected),
        ":findings": Json(kept),
        ":findings_beyond": Count(beyond),
        ":duplicate_of": new.duplicate_of,
        ":sealed_name": new.sealed_name.as_ref().map(|name| &name.0),
        ":claim_dev": Bits(new.claim.dev),
        ":claim_inode": Bits(new.claim.inode),
        ":manifest_sha256": new.manifest_sha256,
        ":language": new.language,
        ":receipt_audit_seq": new.receipt.audit_seq.map(Count),
        ":receipt_published_at": new.receipt.published_at.map(Time),
        ":notes": Json(&new.notes),
        ":report": new.report.as_ref().map(Json),
        ":claimed_at": claimed_at.map(Time),
        ":sealed_at": sealed_at.map(Time),
        ":stored_at": stored_at.map(Time),
        ":answered_at": answered_at.map(Time),
        ":done_at": done_at.map(Time),
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Submission> {
    let time = |column| optional_time(row, column);
    let count = |column| row.get::<_, Count>(column).map(|count| count.0);
    Ok(Submission {
        id: row.get("id")?,
        sender: row.get("sender")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        verdict: row.get("verdict")?,
        rehearsal: row.get("rehearsal")?,
        received_at: row.get::<_, Time>("received_at")?.0,
        finished_at: time("finished_at")?,
        bytes: count("bytes")?,
        sha256: row.get("sha256")?,
        evidence: row.get("evidence")?,
        records: RecordCounts { accepted: count("accepted")?, rejected: count("rejected")? },
        findings: row.get::<_, Json<_>>("findings")?.0,
        findings_beyond: count("findings_beyond")?,
        duplicate_of: row.get("duplicate_of")?,
        sealed_name: row.get::<_, Option<Vec<u8>>>("sealed_name")?.map(SealedName),
        claim: ClaimedFile {
            dev: row.get::<_, Bits>("claim_dev")?.0,
            inode: row.get::<_, Bits>("claim_inode")?.0,
        },
        manifest_sha256: row.get("manifest_sha256")?,
        language: row.get("language")?,
        receipt: Receipt {
            audit_seq: row.get::<_, Option<Count>>("receipt_audit_seq")?.map(|count| count.0),
            published_at: time("receipt_published_at")?,
        },
        notes: row.get::<_, Json<_>>("notes")?.0,
        report: row.get::<_, Option<Json<_>>>("report")?.map(|report| report.0),
        timings: Timings {
            claimed_at: time("claimed_at")?,
            sealed_at: time("sealed_at")?,
            stored_at: time("stored_at")?,
            answered_at: time("answered_at")?,
            done_at: time("done_at")?,
        },
    })
}

const MISSING: CatalogueError = CatalogueError::NotFound { what: "submission" };

const UNTOUCHED: &str = "
    SELECT state = 'claimed' AND NOT EXISTS (SELECT 1 FROM objects WHERE submission = ?1)
    FROM submissions WHERE id = ?1";

const ADD: &str = "INSERT INTO submissions (id, sender, kind, state, verdict, rehearsal, \
    received_at, finished_at, bytes, sha256, evidence, accepted, rejected, findings, \
    findings_beyond, duplicate_of, sealed_name, claim_dev, claim_inode, manifest_sha256, language, \
    receipt_audit_seq, receipt_published_at, notes, report, claimed_at, sealed_at, stored_at, \
    answered_at, done_at) VALUES (:id, :sender, :kind, :state, :verdict, :rehearsal, :received_at, \
    :finished_at, :bytes, :sha256, :evidence, :accepted, :rejected, :findings, :findings_beyond, \
    :duplicate_of, :sealed_name, :claim_dev, :claim_inode, :manifest_sha256, :language, \
    :receipt_audit_seq, :receipt_published_at, :notes, :report, :claimed_at, :sealed_at, :stored_at, \
    :answered_at, :done_at)";

const SAVE: &str = "UPDATE submissions SET kind = :kind, state = :state, verdict = :verdict, \
    finished_at = :finished_at, bytes = :bytes, sha256 = :sha256, evidence = :evidence, \
    accepted = :accepted, rejected = :rejected, findings = :findings, \
    findings_beyond = :findings_beyond, duplicate_of = :duplicate_of, \
    sealed_name = :sealed_name, claim_dev = :claim_dev, claim_inode = :claim_inode, \
    manifest_sha256 = :manifest_sha256, language = :language, \
    receipt_audit_seq = :receipt_audit_seq, receipt_published_at = :receipt_published_at, \
    notes = :notes, report = :report, claimed_at = :claimed_at, sealed_at = :sealed_at, stored_at = :stored_at, \
    answered_at = :answered_at, done_at = :done_at \
    WHERE id = :id AND sender = :sender AND rehearsal = :rehearsal AND received_at = :received_at";

// Only the columns that change: every other index stays as it is.
const ANSWERED: &str = "UPDATE submissions SET state = ?2, answered_at = ?3, \
    receipt_published_at = ?3 WHERE id = ?1";

const ENDED: &str = "UPDATE submissions SET state = ?2, done_at = ?3, finished_at = ?3, \
    answered_at = COALESCE(answered_at, ?3), \
    receipt_published_at = COALESCE(receipt_published_at, ?3), \
    sealed_name = iif(?4, sealed_name, NULL) \
    WHERE id = ?1 AND (state IN ('answered', 'stored') OR state = ?2)";

pub(super) const ONE: &str = "SELECT * FROM submissions WHERE id = ?1";

pub(super) const STATE: &str = "SELECT state FROM submissions WHERE id = ?1";

pub(super) const UNFINISHED: &str = "SELECT * FROM submissions \
    WHERE state IN ('answered', 'claimed', 'sealed', 'stored') ORDER BY received_at, id";

// Two halves, so that each is served by an index and neither counts the finished ones.
pub(super) const QUEUE: &str = "SELECT state, COUNT(*) FROM submissions \
    WHERE state IN ('answered', 'claimed', 'sealed', 'stored') GROUP BY state \
    UNION ALL SELECT 'held', COUNT(*) FROM submissions WHERE state = 'held'";

pub(super) const FIRST_TAKEN: &str = "SELECT id FROM submissions \
    WHERE sender = ?1 AND sha256 = ?2 AND rehearsal = 0 AND duplicate_of IS NULL \
    AND verdict IN ('accepted', 'held', 'partly') AND NOT EXISTS (SELECT 1 \
    FROM annual_submissions WHERE submission = submissions.id AND superseded_by IS NOT NULL) \
    ORDER BY received_at, id LIMIT 1";

pub(super) const RECENT_BYTES: &str = "SELECT * FROM submissions \
    WHERE sender = ?1 AND sha256 = ?2 ORDER BY received_at DESC, id DESC LIMIT 1";

const ADD_EVENT: &str = "INSERT INTO events (submission, number, at, event, audit_seq) \
    VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM events WHERE submission = ?1), ?2, ?3, ?4)";

pub(super) const EVENTS: &str = "SELECT * FROM events WHERE submission = ?1 ORDER BY number";
