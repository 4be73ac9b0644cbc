//! After a start: takes up what a stopped daemon left, wherever it was stopped.

pub mod orphaned_payloads;
pub mod restored;

use std::io;

use crate::{
    audited, durable,
    intake::{
        Intake,
        claim::{ClaimedFile, Outcome, SetAside},
        recover::Orphan,
    },
    pipeline::{
        answer::{self, close},
        audit_queue,
        claim::{self, claimed::Claimed},
        commit::Ready,
        house::House,
        pass::Passed,
    },
    types::{alarm::AlarmCode, causes, ids::SubmissionId, verdict::State},
};

/// What is to be done again.
#[derive(Default)]
pub struct Recovered {
    /// To be read again.
    pub files: Vec<ClaimedFile>,
    /// To be refused again.
    pub refused: Vec<Ready>,
}

/// Brings the house to where it would be had nothing happened, except for what must be read again.
///
/// # Errors
/// When the disk or the catalogue fails; starting again is safe.
pub fn recover(house: &House, intake: &Intake) -> io::Result<Recovered> {
    clear(house)?;
    audit_queue::flush(house)?;
    let (intents, states): (Vec<_>, Vec<_>) = claim::unfinished(house)?.into_iter().unzip();
    let ids: Vec<_> = intents.iter().map(|intent| intent.id).collect();
    let recovery = intake.recover(intents).map_err(io::Error::other)?;
    let mut again = Recovered::default();
    // Of a file that is not here something may have been stored too: on two file systems, a power
    // cut takes its claim back and leaves what was stored of it. Unless the catalogue was restored:
    // then that is the only trace of a submission that it has forgotten, and no stray.
    let is_restored = house.look(|view| restored::stands(view))?;
    let here = recovery.outcomes.iter().zip(&ids);
    let here =
        here.filter(|(outcome, _)| !(is_restored && matches!(outcome, Outcome::Void { .. })));
    let here: Vec<SubmissionId> = here.map(|(_, id)| *id).collect();
    orphaned_payloads::remove(house, &[here, undecided(house)?].concat())?;
    let mut answered = Vec::new();
    let mut void = Vec::new();
    for ((outcome, state), id) in recovery.outcomes.into_iter().zip(states).zip(ids) {
        let read_again = matches!(state, State::Claimed | State::Sealed);
        match outcome {
            Outcome::Claimed(file) if read_again => again.files.push(file),
            Outcome::Refused(aside) if read_again => again.refused.push(refusal(aside)),
            Outcome::Void { .. } if read_again => void.push(id),
            Outcome::Claimed(file) => answered.push(Claimed::File(file)),
            Outcome::Refused(aside) => answered.push(Claimed::Aside(aside)),
            // Its file went before the last state was written.
            Outcome::Void { .. } => answered.push(Claimed::Gone(id)),
        }
    }
    claim::void(house, &void)?;
    // Whom it could not be given is owed it.
    let _ = answer::answer(house, answered, Vec::new());
    close::close(house)?;
    recovery.orphans.into_iter().try_for_each(|orphan| sort(house, orphan))?;
    Ok(again)
}

/// Submissions that wait for an operator's decision, of which a stray may lie in a store. None
/// after a restore: somebody may have decided after the copy was made.
fn undecided(house: &House) -> io::Result<Vec<SubmissionId>> {
    let pending = house.look(|view| {
        if restored::stands(view)? { Ok(Vec::new()) } else { view.pending_withdrawals() }
    })?;
    Ok(pending.into_iter().map(|held| held.submission).collect())
}

/// A refused thing as the committer takes it.
pub fn refusal(aside: SetAside) -> Ready {
    let passed = Passed::refused(aside.why.finding());
    Ready { subject: Claimed::Aside(aside), passed, tries: 0, turn: None }
}

/// Work files without a transaction are void, and so is what was half written for a sender.
fn clear(house: &House) -> io::Result<()> {
    let places = &house.config.places;
    let work = places.work();
    durable::create_dir_all(&work, durable::PRIVATE_DIR)?;
    for entry in std::fs::read_dir(&work)? {
        std::fs::remove_file(entry?.path())?;
    }
    for sender in house.config.senders.keys() {
        let outbound = places.outbound(sender);
        // One sender's directory keeps nobody else's files waiting. Receipts that cannot be put
        // there raise an alarm of their own; what is left half written there has no name that
        // counts.
        if outbound.is_dir()
            && let Err(error) = durable::remove_temporary_files(&outbound)
        {
            tracing::error!(%sender, error = %causes::chain(&error), "Cannot clear an outbound directory of what is half written; run add-sender again to set owner and mode right. The next start tries again.");
        }
    }
    Ok(())
}

/// A file in the claimed directory that no unfinished submission knows: its removal was undone by
/// the crash, or it is a riddle for the operator.
fn sort(house: &House, orphan: Orphan) -> io::Result<()> {
    let row = match orphan.id {
        None => None,
        Some(id) => house.look(|view| view.submission(id))?,
    };
    match row {
        Some(row) if row.state.is_final() => orphan.remove(),
        _ => {
            let now = house.now();
            house
                .transact(|ledger| {
                    let subject = orphan.sender.to_string();
                    audited::raise(ledger, now, AlarmCode::ClaimedOrphan, &subject, None)
                })
                .map(drop)
                .map_err(io::Error::other)
        }
    }
}
