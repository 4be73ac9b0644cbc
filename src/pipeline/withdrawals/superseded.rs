//! Ends a held list (EMB-13) whose place a newer complete one has taken: nothing of it waits any
//! more, so its mission is answered a second time, as after a person's decision.
//!
//! Looked for on record and not told from list to list: the first receipt may not be out yet when
//! the newer list is committed, and a stop may come in between.

use std::io;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::{
            enrolments::DecisionOutcome,
            submissions::{Event as Happened, Submission, SubmissionFilter},
        },
        view::View,
    },
    pipeline::{answer::facts::Facts, house::House, withdrawals::decide},
    receipt::{Decision, Note},
    types::{
        ids::{RegistryId, SubmissionId},
        rules::embassy::EMB_13,
        verdict::{State, Verdict},
    },
};

/// Concludes every such list whose first receipt is out, and remembers that it is to be answered.
///
/// # Errors
/// When the catalogue fails for one of them: the others are concluded, and doing it again is safe.
pub fn conclude(house: &House) -> io::Result<()> {
    let moot = house.look(|view| {
        let filter = SubmissionFilter { state: Some(State::Held), ..SubmissionFilter::default() };
        let mut moot = Vec::new();
        for row in view.submissions(&filter)? {
            if Facts::answer_of(&row) <= FIRST && successor(view, row.id)?.is_some() {
                moot.push(row.id);
            }
        }
        Ok::<_, io::Error>(moot)
    });
    let mut failed = Ok(());
    for id in moot? {
        let recorded = house.transact(|ledger| record(house, ledger, id));
        match recorded {
            // From here on it is a decision on record like any other.
            Ok(true) => house.mark_decisions_pending(),
            Ok(false) => {}
            Err(error) => {
                let error: CatalogueError = error;
                failed = Err(io::Error::other(error));
            }
        }
    }
    failed
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
        row.verdict = Some(verdict(&row));
        row.findings.retain(|finding| finding.rule.code != EMB_13.code);
        row.notes = Facts { notes, ..Facts::of(&row) }.into_map();
    }
    Ok(row)
}

/// The list that took the place of all that one holds, and in which registry.
fn successor(
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

fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    id: SubmissionId,
) -> Result<bool, CatalogueError> {
    let Some((registry, by)) = successor(&*ledger, id)? else { return Ok(false) };
    let Some(mut row) = ledger.submission(id)? else { return Ok(false) };
    if row.state != State::Held || Facts::answer_of(&row) > FIRST {
        return Ok(false);
    }
    let now = house.now();
    let seq = audited::record(ledger, now, Event::Decided, |entry| {
        let entry = entry.submission(id).registry(registry.clone()).rule("EMB-13");
        entry.count("superseded", 1).count("withdrawn", 0)
    })?;
    let decision = Decision::Superseded { by };
    let verdict = verdict(&row);
    let erasures = decide::erasures(house, &row, &[], now);
    decide::second_answer(&mut row, vec![Note::Decision(decision)], verdict, now, seq);
    row.notes = Facts { erasures, ..Facts::of(&row) }.into_map();
    ledger.save_submission(&row)?;
    let event = DecisionOutcome::Superseded.as_str().to_owned();
    ledger.add_event(&Happened { submission: id, at: now, event, audit_seq: Some(seq) })?;
    Ok(true)
}

/// All that this list still counts for was done when it came.
fn verdict(row: &Submission) -> Verdict {
    if row.records.rejected == 0 { Verdict::Accepted } else { Verdict::Partly }
}

/// What was answered once says 1, or nothing.
const FIRST: u32 = 1;
