//! After a start: takes up what a stopped daemon left, wherever it was stopped.

use std::io;

use crate::{
    audit::entry::Event,
    catalogue::{self, error::CatalogueError},
    durable,
    intake::{
        Intake,
        claim::{ClaimedFile, Outcome, SetAside},
        recover::Orphan,
    },
    pipeline::{
        answer, claiming,
        commit::{self, Ready},
        house::House,
        subject::Subject,
        trail,
    },
    types::{
        ids::{ObjectId, Part, SubmissionId},
        verdict::State,
    },
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
    trail::flush(house)?;
    let (intents, states): (Vec<_>, Vec<_>) = claiming::unfinished(house)?.into_iter().unzip();
    let ids: Vec<_> = intents.iter().map(|intent| intent.id).collect();
    let recovery = intake.recover(intents).map_err(io::Error::other)?;
    let mut again = Recovered::default();
    let unsettled = states.iter().zip(&ids).filter(|(state, _)| is_read_again(**state));
    forget_payloads(house, unsettled.map(|(_, id)| *id), 1)?;
    forget_payloads(house, undecided(house)?.into_iter(), 2)?;
    let mut answered = Vec::new();
    let mut void = Vec::new();
    for ((outcome, state), id) in recovery.outcomes.into_iter().zip(states).zip(ids) {
        let read_again = is_read_again(state);
        match outcome {
            Outcome::Claimed(file) if read_again => again.files.push(file),
            Outcome::Refused(aside) if read_again => again.refused.push(refusal(aside)),
            Outcome::Void { .. } if read_again => void.push(id),
            Outcome::Claimed(file) => answered.push(Subject::File(file)),
            Outcome::Refused(aside) => answered.push(Subject::Aside(aside)),
            // Its file went before the last state was written.
            Outcome::Void { .. } => answered.push(Subject::Gone(id)),
        }
    }
    claiming::void(house, &void)?;
    answer::answer(house, answered);
    answer::close(house, &house.take_closing())?;
    recovery.orphans.into_iter().try_for_each(|orphan| sort(house, orphan))?;
    Ok(again)
}

/// Whether nothing of a submission is on record but its claim.
fn is_read_again(state: State) -> bool {
    matches!(state, State::Claimed | State::Sealed)
}

/// Removes payloads whose transaction did not come. Nobody can open them, and the next try may end
/// otherwise, for instance when a file of the same bytes is first now: they would lie there for ever.
fn forget_payloads(
    house: &House,
    submissions: impl Iterator<Item = SubmissionId>,
    number: u32,
) -> io::Result<()> {
    let submissions: Vec<SubmissionId> = submissions.collect();
    if submissions.is_empty() {
        return Ok(());
    }
    for registry in house.registries.iter() {
        let object = |submission, part| ObjectId {
            submission,
            registry: registry.configured.id.clone(),
            part,
            number,
        };
        let all = submissions.iter().flat_map(|id| PARTS.map(|part| object(*id, part)));
        registry.store.erase_many(&all.collect::<Vec<_>>()).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Submissions that wait for an operator's decision.
fn undecided(house: &House) -> io::Result<Vec<SubmissionId>> {
    let mut catalogue = house.catalogue();
    let pending = catalogue::read_with(&mut **catalogue, |view| view.pending_withdrawals())
        .map_err(|error: CatalogueError| io::Error::other(error))?;
    Ok(pending.into_iter().map(|held| held.submission).collect())
}

/// A refused thing as the committer takes it.
pub fn refusal(aside: SetAside) -> Ready {
    let passed = commit::refused(aside.why.finding());
    Ready { subject: Subject::Aside(aside), passed }
}

/// Work files without a transaction are void, and so is what was half written for a sender.
fn clear(house: &House) -> io::Result<()> {
    let places = &house.config.places;
    let work = places.work();
    durable::create_dir_all(&work, 0o700).map_err(io::Error::other)?;
    for entry in std::fs::read_dir(&work)? {
        std::fs::remove_file(entry?.path())?;
    }
    for sender in house.config.senders.keys() {
        let outbound = places.outbound(sender);
        if outbound.is_dir() {
            durable::remove_temporary_files(&outbound).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// A file in the claimed directory that no unfinished submission knows: its removal was undone by
/// the crash, or it is a riddle for the operator.
fn sort(house: &House, orphan: Orphan) -> io::Result<()> {
    let row = match orphan.id {
        None => None,
        Some(id) => {
            let mut catalogue = house.catalogue();
            catalogue::read_with(&mut **catalogue, |view| view.submission(id))
                .map_err(|error: CatalogueError| io::Error::other(error))?
        }
    };
    match row {
        Some(row) if row.state.is_final() => orphan.remove(),
        _ => {
            let now = house.now();
            let mut catalogue = house.catalogue();
            catalogue::transact_with(&mut **catalogue, |ledger| {
                let subject = orphan.sender.to_string();
                if ledger.raise_alarm("claimed-orphan", &subject, now, None)? {
                    trail::record(ledger, now, Event::AlarmRaised, |entry| {
                        entry.rule("claimed-orphan").sender(orphan.sender.clone())
                    })?;
                }
                Ok::<(), CatalogueError>(())
            })
            .map_err(io::Error::other)
        }
    }
}

/// What a submission may become in a store.
const PARTS: [Part; 4] = [Part::Content, Part::Difference, Part::Identity, Part::Whole];
