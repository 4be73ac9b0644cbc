//! A verdict that changes after the first receipt, and the second receipt that says so.
//!
//! What a held list waited for was decided, or a newer list has taken its place (EMB-13); the case
//! archive does not have a request's case (POL-05); a request could not be sent.

use std::io;

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            enrolments::DecisionOutcome,
            objects::Object,
            submissions::{Event as Happened, RecordCounts, Submission, SubmissionFilter},
        },
        view::View,
    },
    pipeline::{
        answer::{
            deliver,
            facts::{self, Facts},
            receipts::{self, ReceiptInput},
        },
        house::House,
    },
    receipt::{Decision, Erasure, Note},
    types::{
        finding::Finding,
        ids::{RegistryId, SubmissionId},
        rules::embassy::EMB_13,
        verdict::{State, Verdict},
    },
};

/// What a held list has come to, in place of its first verdict.
pub struct Decided<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// Sentences for the sender.
    pub notes: Vec<Note>,
    /// What was stored with the decision.
    pub objects: &'a [Object],
    /// What its history calls the decision.
    pub event: &'a str,
    /// The audit entry that says so.
    pub audit_seq: u64,
    /// When.
    pub at: Timestamp,
}

/// Lets a held list be answered a second time. What was refused stays a finding of it; what was
/// carried out, or came to nothing, is none any more.
///
/// # Errors
/// When the catalogue fails.
pub fn decide(
    house: &House,
    ledger: &mut dyn Ledger,
    mut row: Submission,
    decided: Decided<'_>,
) -> Result<(), CatalogueError> {
    let Decided { verdict, notes, objects, event, audit_seq, at } = decided;
    if !notes.contains(&Note::Decision(Decision::Refused)) {
        row.findings.retain(|finding| finding.rule.code != EMB_13.code);
    }
    let erasures = erasures(house, &row, objects, at);
    let answer = facts::SECOND;
    row.notes = Facts { notes, erasures, answer, ..Facts::of(&row) }.into_map();
    row.verdict = Some(verdict);
    row.timings.stored_at = Some(at);
    row.receipt.audit_seq = Some(audit_seq);
    ledger.save_submission(&row)?;
    let (event, audit_seq) = (event.to_owned(), Some(audit_seq));
    ledger.add_event(&Happened { submission: row.id, at, event, audit_seq })
}

/// What the second receipt says of erasure: the days of what it names. Where it names nothing, what
/// the first one said, as far as it lies ahead still.
fn erasures(house: &House, row: &Submission, objects: &[Object], now: Timestamp) -> Vec<Erasure> {
    if !objects.is_empty() {
        return receipts::erasures(house, row, objects.iter());
    }
    let mut first = Facts::of(row).erasures;
    let today = house.day(now);
    first.retain(|erasure| !matches!(erasure, Erasure::Objects { on, .. } if *on < today));
    first
}

/// Makes a submission one that was refused for this reason, to be answered a second time. `event`:
/// what its history calls it; `seq`: the audit entry that says so.
///
/// # Errors
/// When the catalogue fails.
pub fn refuse(
    ledger: &mut dyn Ledger,
    mut row: Submission,
    finding: Finding,
    event: &str,
    seq: u64,
    now: Timestamp,
) -> Result<Submission, CatalogueError> {
    let submission = row.id;
    let (notes, erasures) = (Vec::new(), Vec::new());
    row.notes = Facts { notes, erasures, answer: facts::SECOND, ..Facts::of(&row) }.into_map();
    row.findings.push(finding);
    row.verdict = Some(Verdict::Rejected);
    row.records =
        RecordCounts { accepted: 0, rejected: row.records.accepted + row.records.rejected };
    row.receipt.audit_seq = Some(seq);
    ledger.save_submission(&row)?;
    let event = event.to_owned();
    ledger.add_event(&Happened { submission, at: now, event, audit_seq: Some(seq) })?;
    Ok(row)
}

/// A list as it stands by what is on record, also while its second answer is not out yet: the
/// sender of the same file once more is told what was decided last.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn settled(view: &dyn View, mut row: Submission) -> Result<Submission, CatalogueError> {
    if row.verdict == Some(Verdict::Held)
        && let Some((_, by)) = successor(view, row.id)?
    {
        let notes = vec![Note::Decision(Decision::Superseded { by })];
        row.verdict = Some(of_superseded(&row));
        row.findings.retain(|finding| finding.rule.code != EMB_13.code);
        row.notes = Facts { notes, ..Facts::of(&row) }.into_map();
    }
    Ok(row)
}

/// What a list comes to whose place another has taken: all that it still counts for was done when
/// it came.
pub fn of_superseded(row: &Submission) -> Verdict {
    if row.records.rejected == 0 { Verdict::Accepted } else { Verdict::Partly }
}

/// The list that took the place of all that one holds, and in which registry.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn successor(
    view: &dyn View,
    id: SubmissionId,
) -> Result<Option<(RegistryId, SubmissionId)>, CatalogueError> {
    let held = view.held_withdrawals_of(id)?;
    if held.iter().any(|held| held.decision.is_none()) {
        return Ok(None);
    }
    Ok(held.into_iter().find_map(|held| {
        let decision = held.decision.filter(|d| d.outcome == DecisionOutcome::Superseded)?;
        Some((held.registry, SubmissionId::parse(&decision.by).ok()?))
    }))
}

/// Answers decisions whose second receipt a crash or a closed directory prevented: what is decided
/// and not yet done.
///
/// # Errors
/// When the catalogue, the log or the disk fails. What one sender's directory does not take is
/// remembered as owed, and keeps nobody else waiting.
pub fn answer_decided(house: &House) -> io::Result<()> {
    let filter = SubmissionFilter { state: Some(State::Held), ..SubmissionFilter::default() };
    let held = house.look(|view| view.submissions(&filter))?;
    let decided = held.iter().filter(|row| Facts::of(row).answer > facts::FIRST).map(|row| row.id);
    let decided: Vec<SubmissionId> = decided.collect();
    if decided.is_empty() { Ok(()) } else { answer_decisions(house, &decided) }
}

/// The second receipts of decisions. Come after these are on record; a crash in between is made good
/// by [`answer_decided`] at the next start, and so is a directory that does not take one.
///
/// # Errors
/// As [`answer_decided`].
pub fn answer_decisions(house: &House, submissions: &[SubmissionId]) -> io::Result<()> {
    let waiting = house.look(|view| {
        let mut waiting = Vec::new();
        for id in submissions {
            // Another thread may have answered it meanwhile, and its receipt would get another name
            // now.
            let row = view.submission(*id)?.filter(|row| row.state == State::Held);
            let Some(row) = row else { continue };
            let objects = view.objects_of(*id)?.into_iter().map(|object| object.id);
            // The first receipt named those of the first conclusion.
            let objects = objects.filter(|id| id.number > 1).collect();
            waiting.push(ReceiptInput { row, objects, first: None });
        }
        Ok::<_, CatalogueError>(waiting)
    })?;
    let count = waiting.len();
    let told = publish(house, waiting)?;
    if told.len() < count {
        house.pending.mark_decisions_pending();
    }
    let now = house.now();
    house
        .transact(|ledger| {
            for row in told {
                let row = ledger.submission(row.id)?.filter(|row| row.state == State::Held);
                let Some(mut row) = row else { continue };
                row.receipt.published_at = Some(now);
                row.sealed_name = None;
                row.state = State::Done;
                row.timings.done_at = Some(now);
                row.finished_at = Some(now);
                ledger.save_submission(&row)?;
            }
            Ok(())
        })
        .map_err(|error: CatalogueError| io::Error::from(error))
}

/// Publishes second receipts, durably, and gives the submissions whose sender's directory took
/// them. The others are owed theirs still, and keep nobody waiting.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
pub fn publish(house: &House, waiting: Vec<ReceiptInput>) -> io::Result<Vec<Submission>> {
    let (closed, unsynced) = deliver::deliver(house, &waiting.iter().collect::<Vec<_>>())?;
    unsynced.sync()?;
    let rows = waiting.into_iter().map(|full| full.row);
    Ok(rows.filter(|row| !closed.contains(&row.sender)).collect())
}
