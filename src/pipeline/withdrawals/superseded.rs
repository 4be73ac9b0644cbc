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
        records::{enrolments::DecisionOutcome, submissions::SubmissionFilter},
    },
    pipeline::{
        answer::{
            facts::{self, Facts},
            second_receipts::{self, Decided},
        },
        house::House,
    },
    receipt::{Decision, Note},
    types::{ids::SubmissionId, verdict::State},
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
            if Facts::answer_of(&row) <= facts::FIRST
                && second_receipts::successor(view, row.id)?.is_some()
            {
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
            Ok(true) => house.pending.mark_decisions_pending(),
            Ok(false) => {}
            Err(error) => {
                let error: CatalogueError = error;
                failed = Err(io::Error::other(error));
            }
        }
    }
    failed
}

fn record(
    house: &House,
    ledger: &mut dyn Ledger,
    id: SubmissionId,
) -> Result<bool, CatalogueError> {
    let Some((registry, by)) = second_receipts::successor(&*ledger, id)? else { return Ok(false) };
    let Some(row) = ledger.submission(id)? else { return Ok(false) };
    if row.state != State::Held || Facts::answer_of(&row) > facts::FIRST {
        return Ok(false);
    }
    let now = house.now();
    let seq = audited::record(ledger, now, Event::Decided, |entry| {
        let entry = entry.submission(id).registry(registry.clone()).rule("EMB-13");
        entry.count("superseded", 1).count("withdrawn", 0)
    })?;
    let decided = Decided {
        verdict: second_receipts::of_superseded(&row),
        notes: vec![Note::Decision(Decision::Superseded { by })],
        objects: &[],
        event: DecisionOutcome::Superseded.as_str(),
        audit_seq: seq,
        at: now,
    };
    second_receipts::decide(house, ledger, row, decided)?;
    Ok(true)
}
