//! Submissions and their events in SQLite.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, params};

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::may_follow,
        records::submissions::{
            Event, Inode, Queue, Receipt, RecordCounts, SealedName, Submission, SubmissionFilter,
            SubmissionTotal, Timings,
        },
        sqlite::{
            columns::{Bits, Count, Fields, Json, Time},
            query,
            session::Session,
        },
        submissions::{SubmissionLedger, SubmissionView},
    },
    types::{
        digest::Sha256,
        finding::{Finding, Findings},
        ids::{SenderId, SubmissionId},
        verdict::State,
    },
};

/// Columns in the order in which rows are read and written.
macro_rules! columns {
    () => {
        "id, sender, kind, state, verdict, rehearsal, received_at, finished_at, bytes, \
         sha256, evidence, accepted, rejected, findings, findings_beyond, duplicate_of, \
         sealed_name, claim_dev, claim_inode, manifest_sha256, language, \
         receipt_audit_seq, receipt_published_at, notes, report, claimed_at, sealed_at, \
         stored_at, answered_at, done_at"
    };
}

impl SubmissionView for Session<'_> {
    fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, CatalogueError> {
        query::one(self.connection, ONE, params![id], read)
    }

    fn submissions(&self, filter: &SubmissionFilter) -> Result<Vec<Submission>, CatalogueError> {
        let since = filter.since.map(Time);
        let inodes = filter.inodes.as_ref().map(|inodes| {
            Json(inodes.iter().map(|inode| inode.cast_signed()).collect::<Vec<i64>>())
        });
        let after = filter.after.map(|(time, id)| (Time(time), id));
        let limit = filter.limit.map_or(-1, i64::from);
        let mut params: Vec<&dyn ToSql> = Vec::new();
        params.extend(filter.sender.as_ref().map(|sender| sender as &dyn ToSql));
        params.extend(filter.state.as_ref().map(|state| state as &dyn ToSql));
        params.extend(since.as_ref().map(|time| time as &dyn ToSql));
        params.extend(inodes.as_ref().map(|inodes| inodes as &dyn ToSql));
        if let Some((time, id)) = &after {
            params.extend([time as &dyn ToSql, id]);
        }
        params.push(&limit);
        query::many(self.connection, &list_sql(filter), params.as_slice(), read)
    }

    fn unfinished(&self) -> Result<Vec<Submission>, CatalogueError> {
        query::many(self.connection, UNFINISHED, [], read)
    }

    fn submission_totals(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<SubmissionTotal>, CatalogueError> {
        query::many(self.connection, TOTALS, params![Time(since), Time(before)], |row| {
            let mut fields = Fields::of(row);
            Ok(SubmissionTotal {
                kind: fields.next()?,
                verdict: fields.next()?,
                rehearsal: fields.next()?,
                count: fields.count()?,
                bytes: fields.count()?,
                records: RecordCounts { accepted: fields.count()?, rejected: fields.count()? },
                receipts: fields.count()?,
            })
        })
    }

    fn queue(&self) -> Result<Queue, CatalogueError> {
        let counts = query::many(self.connection, QUEUE, [], |row| {
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

    fn events(&self, submission: SubmissionId) -> Result<Vec<Event>, CatalogueError> {
        query::many(self.connection, EVENTS, params![submission], |row| {
            Ok(Event {
                submission: row.get("submission")?,
                at: row.get::<_, Time>("at")?.0,
                event: row.get("event")?,
                audit_seq: row.get::<_, Option<Count>>("audit_seq")?.map(|count| count.0),
            })
        })
    }

    fn first_accepted_with(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Result<Option<SubmissionId>, CatalogueError> {
        query::one(self.connection, FIRST_TAKEN, params![sender, sha256], |row| row.get(0))
    }

    fn find_recent_by_sha256(
        &self,
        sender: &SenderId,
        sha256: Sha256,
    ) -> Result<Option<Submission>, CatalogueError> {
        query::one(self.connection, RECENT_BYTES, params![sender, sha256], read)
    }
}

impl SubmissionLedger for Session<'_> {
    fn add_submission(&mut self, new: &Submission) -> Result<(), CatalogueError> {
        write(new, |params| query::add(self.connection, "submission", ADD, params))
    }

    fn save_submission(&mut self, new: &Submission) -> Result<(), CatalogueError> {
        must_follow(self.connection, new.id, new.state)?;
        let changed = write(new, |params| query::change(self.connection, SAVE, params))?;
        if changed == 1 { Ok(()) } else { Err(MISSING) }
    }

    fn submission_ended(
        &mut self,
        id: SubmissionId,
        state: State,
        at: Timestamp,
    ) -> Result<(), CatalogueError> {
        let keeps_name = state == State::Held;
        if query::change(self.connection, ENDED, params![id, state, Time(at), keeps_name])? == 1 {
            return Ok(());
        }
        must_follow(self.connection, id, state)?;
        Err(MISSING)
    }

    fn submission_concluded(&mut self, new: &Submission) -> Result<(), CatalogueError> {
        if new.duplicate_of.is_none() {
            let (findings, beyond) = kept(new);
            let row = params![
                new.id,
                new.kind,
                new.state,
                new.verdict,
                Count(new.bytes),
                new.sha256,
                new.evidence,
                Count(new.records.accepted),
                Count(new.records.rejected),
                Json(findings),
                Count(beyond),
                new.receipt.audit_seq.map(Count),
                Json(&new.notes),
                new.report.as_ref().map(Json),
                new.timings.sealed_at.map(Time),
                new.timings.stored_at.map(Time),
            ];
            if query::change(self.connection, CONCLUDED, row)? == 1 {
                return Ok(());
            }
        }
        self.save_submission(new)
    }

    fn void_submission(&mut self, id: SubmissionId) -> Result<bool, CatalogueError> {
        if query::one(self.connection, UNTOUCHED, params![id], |row| row.get::<_, bool>(0))?
            != Some(true)
        {
            return Ok(false);
        }
        query::change(self.connection, "DELETE FROM events WHERE submission = ?1", params![id])?;
        Ok(query::change(self.connection, "DELETE FROM submissions WHERE id = ?1", params![id])?
            == 1)
    }

    fn add_event(&mut self, event: &Event) -> Result<(), CatalogueError> {
        let Event { submission, at, event, audit_seq } = event;
        let seq = audit_seq.map(Count);
        query::add(self.connection, "event", ADD_EVENT, params![submission, Time(*at), event, seq])
    }
}

fn must_follow(conn: &Connection, id: SubmissionId, to: State) -> Result<(), CatalogueError> {
    let from: Option<State> = query::one(conn, STATE, params![id], |row| row.get(0))?;
    let from = from.ok_or(MISSING)?;
    if may_follow(from, to) { Ok(()) } else { Err(CatalogueError::Transition { from, to }) }
}

/// The statement for a filter.
pub(super) fn list_sql(filter: &SubmissionFilter) -> String {
    let conditions = [
        (filter.sender.is_some(), "sender = ?"),
        (filter.state.is_some(), "state = ?"),
        (filter.since.is_some(), "received_at >= ?"),
        (filter.refused, "(verdict = 'rejected' OR rejected > 0)"),
        (filter.inodes.is_some(), "claim_inode IN (SELECT value FROM json_each(?))"),
        (filter.after.is_some(), "(received_at, id) < (?, ?)"),
    ];
    query::filtered(
        concat!(columns!(), " FROM submissions"),
        &conditions,
        "received_at DESC, id DESC",
    )
}

/// Hands all columns to a statement, in the order of [`columns`]; both [`ADD`] and [`SAVE`] take
/// every one of them.
fn write<T>(new: &Submission, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
    let (kept, beyond) = kept(new);
    let Timings { claimed_at, sealed_at, stored_at, answered_at, done_at } = new.timings;
    run(params![
        new.id,
        new.sender,
        new.kind,
        new.state,
        new.verdict,
        new.rehearsal,
        Time(new.received_at),
        new.finished_at.map(Time),
        Count(new.bytes),
        new.sha256,
        new.evidence,
        Count(new.records.accepted),
        Count(new.records.rejected),
        Json(kept),
        Count(beyond),
        new.duplicate_of,
        new.sealed_name.as_ref().map(|name| &name.0),
        Bits(new.claim.dev),
        Bits(new.claim.inode),
        new.manifest_sha256,
        new.language,
        new.receipt.audit_seq.map(Count),
        new.receipt.published_at.map(Time),
        Json(&new.notes),
        new.report.as_ref().map(Json),
        claimed_at.map(Time),
        sealed_at.map(Time),
        stored_at.map(Time),
        answered_at.map(Time),
        done_at.map(Time),
    ])
}

/// The findings that are kept, and how many are not.
fn kept(new: &Submission) -> (&[Finding], u64) {
    let kept = &new.findings[..new.findings.len().min(Findings::MOST)];
    (kept, new.findings_beyond + (new.findings.len() - kept.len()) as u64)
}

/// In the order of [`columns`].
fn read(row: &Row<'_>) -> rusqlite::Result<Submission> {
    let mut fields = Fields::of(row);
    Ok(Submission {
        id: fields.next()?,
        sender: fields.next()?,
        kind: fields.next()?,
        state: fields.next()?,
        verdict: fields.next()?,
        rehearsal: fields.next()?,
        received_at: fields.next::<Time>()?.0,
        finished_at: fields.time()?,
        bytes: fields.count()?,
        sha256: fields.next()?,
        evidence: fields.next()?,
        records: RecordCounts { accepted: fields.count()?, rejected: fields.count()? },
        findings: fields.next::<Json<_>>()?.0,
        findings_beyond: fields.count()?,
        duplicate_of: fields.next()?,
        sealed_name: fields.next::<Option<Vec<u8>>>()?.map(SealedName),
        claim: Inode { dev: fields.next::<Bits>()?.0, inode: fields.next::<Bits>()?.0 },
        manifest_sha256: fields.next()?,
        language: fields.next()?,
        receipt: Receipt {
            audit_seq: fields.next::<Option<Count>>()?.map(|count| count.0),
            published_at: fields.time()?,
        },
        notes: fields.next::<Json<_>>()?.0,
        report: fields.next::<Option<Json<_>>>()?.map(|report| report.0),
        timings: Timings {
            claimed_at: fields.time()?,
            sealed_at: fields.time()?,
            stored_at: fields.time()?,
            answered_at: fields.time()?,
            done_at: fields.time()?,
        },
    })
}

const MISSING: CatalogueError = CatalogueError::NotFound { what: "submission" };

const UNTOUCHED: &str = "
    SELECT state = 'claimed' AND NOT EXISTS (SELECT 1 FROM objects WHERE submission = ?1)
    FROM submissions WHERE id = ?1";

const ADD: &str = concat!(
    "INSERT INTO submissions (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
     ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, \
     ?26, ?27, ?28, ?29, ?30)"
);

const SAVE: &str = "UPDATE submissions SET kind = ?3, state = ?4, verdict = ?5, \
    finished_at = ?8, bytes = ?9, sha256 = ?10, evidence = ?11, \
    accepted = ?12, rejected = ?13, findings = ?14, \
    findings_beyond = ?15, duplicate_of = ?16, \
    sealed_name = ?17, claim_dev = ?18, claim_inode = ?19, \
    manifest_sha256 = ?20, language = ?21, \
    receipt_audit_seq = ?22, receipt_published_at = ?23, \
    notes = ?24, report = ?25, claimed_at = ?26, sealed_at = ?27, stored_at = ?28, \
    answered_at = ?29, done_at = ?30 \
    WHERE id = ?1 AND sender = ?2 AND rehearsal = ?6 AND received_at = ?7";

// Not `duplicate_of`, which refers to another row: SQLite would keep a copy of each page that the
// statement changes, to undo it alone.
pub(super) const CONCLUDED: &str = "UPDATE submissions SET kind = ?2, state = ?3, verdict = ?4, \
    bytes = ?5, sha256 = ?6, evidence = ?7, accepted = ?8, rejected = ?9, findings = ?10, \
    findings_beyond = ?11, receipt_audit_seq = ?12, notes = ?13, report = ?14, \
    sealed_at = ?15, stored_at = ?16 \
    WHERE id = ?1 AND state IN ('claimed', 'sealed') AND duplicate_of IS NULL";

// Only the columns that change: every other index stays as it is.
const ENDED: &str = "UPDATE submissions SET state = ?2, done_at = ?3, finished_at = ?3, \
    answered_at = COALESCE(answered_at, ?3), \
    receipt_published_at = COALESCE(receipt_published_at, ?3), \
    sealed_name = iif(?4, sealed_name, NULL) \
    WHERE id = ?1 AND (state IN ('answered', 'stored') OR state = ?2)";

pub(super) const ONE: &str = concat!("SELECT ", columns!(), " FROM submissions WHERE id = ?1");

pub(super) const STATE: &str = "SELECT state FROM submissions WHERE id = ?1";

// In the order of their claims, which is that of their rows: those of one batch have one time,
// their ids are drawn, and the clock may have been set back between two. VACUUM numbers anew in the
// same order.
pub(super) const UNFINISHED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM submissions INDEXED BY submissions_unfinished \
    WHERE state IN ('answered', 'claimed', 'sealed', 'stored') ORDER BY rowid"
);

// Two halves, so that each is served by an index and neither counts the finished ones.
pub(super) const QUEUE: &str = "SELECT state, COUNT(*) FROM submissions \
    WHERE state IN ('answered', 'claimed', 'sealed', 'stored') GROUP BY state \
    UNION ALL SELECT 'held', COUNT(*) FROM submissions WHERE state = 'held'";

pub(super) const TOTALS: &str = "SELECT kind, verdict, rehearsal, COUNT(*), SUM(bytes), \
    SUM(accepted), SUM(rejected), COUNT(receipt_published_at) FROM submissions \
    WHERE received_at >= ?1 AND received_at < ?2 GROUP BY kind, verdict, rehearsal";

pub(super) const FIRST_TAKEN: &str = "SELECT id FROM submissions \
    WHERE sender = ?1 AND sha256 = ?2 AND rehearsal = 0 AND duplicate_of IS NULL \
    AND verdict IN ('accepted', 'held', 'partly') AND NOT EXISTS (SELECT 1 \
    FROM annual_documents WHERE submission = submissions.id \
    AND superseded_by IS NOT NULL AND superseded_by <> submission) \
    AND NOT EXISTS (SELECT 1 FROM objects WHERE submission = submissions.id \
    AND (due_rule GLOB 'task-done *' OR due_rule GLOB 'payload-missing *')) \
    AND NOT EXISTS (SELECT 1 FROM alarms WHERE code = 'payload-missing' \
    AND subject GLOB submissions.id || '.*') \
    ORDER BY received_at, id LIMIT 1";

pub(super) const RECENT_BYTES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM submissions \
    WHERE sender = ?1 AND sha256 = ?2 ORDER BY received_at DESC, id DESC LIMIT 1"
);

const ADD_EVENT: &str = "INSERT INTO events (submission, number, at, event, audit_seq) \
    VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM events WHERE submission = ?1), ?2, ?3, ?4)";

pub(super) const EVENTS: &str = "SELECT * FROM events WHERE submission = ?1 ORDER BY number";
