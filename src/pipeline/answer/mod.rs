//! Answers what is on record: audit log, then receipts. Every step can be done again, from the
//! catalogue alone.

pub mod close;
mod deliver;
pub mod facts;
pub mod receipts;
pub mod second_receipts;
pub mod unrecorded;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use crate::{
    catalogue::{error::CatalogueError, records::submissions::Submission},
    durable::{self, file_system::Unsynced},
    pipeline::{
        answer::{
            receipts::ReceiptInput,
            unrecorded::{Closing, Unrecorded},
        },
        audit_queue,
        claim::claimed::Claimed,
        house::House,
    },
    types::{
        causes::chain,
        ids::SubmissionId,
        verdict::{State, Verdict},
    },
};

/// Answers submissions whose state is `stored` or `answered`. What was claimed is removed when that
/// is on record, which [`close`](crate::pipeline::answer::close::close) or the next commit sees to.
/// What fails stays as it is, and the house remembers that it is owed. `known`: those whose rows
/// need not be read again. Gives those whose sender's directory does not take their receipts, or
/// nothing where the failure was no sender's.
pub fn answer(
    house: &House,
    subjects: Vec<Claimed>,
    known: Vec<ReceiptInput>,
) -> Option<BTreeSet<SubmissionId>> {
    let ids: Vec<SubmissionId> = subjects.iter().map(Claimed::id).collect();
    let Answered { owed, closing, unsynced } = match publish(house, &ids, known) {
        Ok(answered) => answered,
        Err(error) => {
            // The batch was recorded; only its answers are owed.
            tracing::error!(code = "answer-failed", error = %chain(&error), "Cannot answer a batch; it is tried again.");
            house.pending.add_unanswered(subjects);
            return None;
        }
    };
    let (refused, subjects): (Vec<Claimed>, _) =
        subjects.into_iter().partition(|subject| owed.contains(&subject.id()));
    house.pending.add_unanswered(refused);
    durable::fail_point("answered");
    let left = subjects.into_iter().map(Claimed::let_go).collect();
    house.pending.add_unrecorded(Unrecorded { closing, left, logged: None, unsynced });
    Some(owed)
}

/// What came of publishing receipts.
struct Answered {
    /// Those whose sender's outbound directory does not take them: they keep nobody else waiting.
    owed: BTreeSet<SubmissionId>,
    /// What is to be recorded of the others.
    closing: Vec<Closing>,
    /// The names of their receipts.
    unsynced: Unsynced,
}

/// Publishes the receipts of those of these submissions that wait for one.
///
/// The audit entries and the receipts are synced together. Then the log's checkpoint takes its
/// name, durably, and only then do the receipts take theirs, to be synced before the end is on
/// record.
///
/// # Errors
/// When the log, the disk or the catalogue fails: all of it can be done again.
fn publish(house: &House, ids: &[SubmissionId], known: Vec<ReceiptInput>) -> io::Result<Answered> {
    let rows = rows(house, ids, known)?;
    let now = house.now();
    let (waiting, others): (Vec<&ReceiptInput>, Vec<&ReceiptInput>) =
        rows.iter().partition(|full| full.row.state == State::Stored);
    let of_others = others.iter().filter(|full| full.row.state == State::Answered);
    let mut closing: Vec<Closing> = of_others.map(|full| Closing::of(&full.row, now)).collect();
    if waiting.is_empty() {
        audit_queue::flush(house)?;
        return Ok(Answered { owed: BTreeSet::new(), closing, unsynced: Unsynced::default() });
    }
    let (closed, unsynced) = deliver::deliver(house, &waiting)?;
    let (owed, published): (Vec<&ReceiptInput>, Vec<&ReceiptInput>) =
        waiting.into_iter().partition(|full| closed.contains(&full.row.sender));
    for full in &published {
        tell(&full.row);
    }
    closing.extend(published.iter().map(|full| Closing::of(&full.row, now)));
    let owed = owed.into_iter().map(|full| full.row.id).collect();
    Ok(Answered { owed, closing, unsynced })
}

/// Reads what receipts are made of; `known` need not be read.
fn rows(
    house: &House,
    ids: &[SubmissionId],
    known: Vec<ReceiptInput>,
) -> io::Result<Vec<ReceiptInput>> {
    let mut known: BTreeMap<SubmissionId, ReceiptInput> =
        known.into_iter().map(|full| (full.row.id, full)).collect();
    house
        .look(|view| {
            let mut rows = Vec::new();
            for id in ids {
                if let Some(full) = known.remove(id) {
                    rows.push(full);
                    continue;
                }
                let Some(row) = view.submission(*id)? else { continue };
                let objects = view.objects_of(*id)?.into_iter().map(|object| object.id).collect();
                let first = match row.duplicate_of {
                    Some(first) => view
                        .submission(first)?
                        .map(|row| second_receipts::settled(view, row))
                        .transpose()?,
                    None => None,
                };
                rows.push(ReceiptInput { row, objects, first });
            }
            Ok(rows)
        })
        .map_err(|error: CatalogueError| io::Error::from(error))
}

/// One line in the journal for each answer: what came, from whom, and what became of it.
fn tell(row: &Submission) {
    let kind = row.kind.as_ref().map_or("unknown", |kind| kind.as_str());
    let verdict = row.verdict.map_or("none", Verdict::as_str);
    let (accepted, rejected) = (row.records.accepted, row.records.rejected);
    tracing::info!(
        submission = %row.id, sender = %row.sender, kind, verdict, accepted, rejected,
        rehearsal = row.rehearsal, bytes = row.bytes, "Answered."
    );
}
