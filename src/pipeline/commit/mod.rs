//! Concludes a batch of passed files in one transaction: what came before, what is stored, what is
//! audited. One fsync serves them all.
//!
//! Claims and payloads are durable before the transaction commits, and the transaction is what
//! makes them exist. A crash in between leaves payloads that nobody can open, under names that the
//! next try takes again.

mod conclude;
pub mod conclude_documents;
pub mod effect_context;
pub mod effects;
pub mod gathered_persons;
pub mod outcome;
pub mod quarantine;
mod replaced;
pub mod reported;
mod resent;
pub mod stored_objects;
mod sum;
pub mod superseded;

use std::{collections::BTreeMap, io};

use crate::{
    catalogue::{self, error::CatalogueError, ledger::Ledger},
    durable::{self, file_system::Unsynced},
    pipeline::{
        answer::{receipts::ReceiptInput, unrecorded::Unrecorded},
        claim::claimed::Claimed,
        commit::conclude::conclude,
        house::{House, group_commit::Applied},
        pass::Passed,
        recover::orphaned_payloads,
    },
    store::Upload,
    types::{
        causes,
        ids::{RegistryId, SubmissionId},
        permit::Permit,
    },
};

/// One member of a batch.
pub struct Ready {
    /// What was claimed.
    pub subject: Claimed,
    /// What reading it gave.
    pub passed: Passed,
    /// How often it was part of a batch that was undone, or could not be read.
    pub tries: u32,
    /// Of an archive of many documents: others wait until it is committed.
    pub turn: Option<Permit>,
}

/// A batch that is on record, to be answered.
#[derive(Default)]
pub struct Committed {
    /// Its members.
    pub subjects: Vec<Claimed>,
    /// What their receipts need.
    pub known: Vec<ReceiptInput>,
    /// What was answered before, and is on record with them: to be removed.
    pub left: Vec<Claimed>,
}

impl Committed {
    /// Adds another batch.
    pub fn append(&mut self, other: Self) {
        self.subjects.extend(other.subjects);
        self.known.extend(other.known);
        self.left.extend(other.left);
    }
}

/// A batch that could not be committed: nothing of it has happened.
pub struct Undone {
    /// Why.
    pub cause: io::Error,
    /// To be read again, in the order of the batch.
    pub subjects: Vec<Claimed>,
}

/// Commits a batch, and gives back what is to be answered now.
///
/// # Errors
/// When the disk, a store or the catalogue fails: the members that are not committed come back.
pub fn commit(house: &House, batch: Vec<Ready>) -> Result<Committed, Undone> {
    let (subjects, passes): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|Ready { subject, passed, .. }| (subject, passed)).unzip();
    let now = house.now_on_record();
    let unrecorded = house.pending.take_unrecorded();
    let done = {
        let mut catalogue = house.catalogue();
        let (mut applied, mut is_recorded) = (Applied::default(), false);
        let done = catalogue::transact_with(&mut **catalogue, |ledger| {
            let mut uploads: BTreeMap<RegistryId, Vec<Upload>> = BTreeMap::new();
            let mut known = Vec::with_capacity(subjects.len());
            for (subject, passed) in subjects.iter().zip(passes) {
                known.extend(conclude(house, ledger, subject, passed, now, &mut uploads)?);
            }
            // One sync for the claims and for the payloads of all registries.
            let mut unsynced = Unsynced::default();
            for (registry, uploads) in uploads {
                unsynced.append(house.store(&registry)?.place(&uploads).map_err(io::Error::other)?);
            }
            for dir in subjects.iter().filter_map(Claimed::dir) {
                unsynced.add_open(dir, &house.config.places.drop_root)?;
            }
            // And for the names of receipts whose submissions end with this transaction.
            unsynced.add_too(&unrecorded.unsynced)?;
            unsynced.sync().map_err(io::Error::other)?;
            durable::fail_point("published");
            // What was answered meanwhile, and what other threads want recorded, comes along.
            is_recorded = record_answers(ledger, &unrecorded);
            applied = house.changes().apply_all(ledger);
            Ok::<_, io::Error>(known)
        });
        applied.notify(done.is_ok());
        let mut left = Vec::new();
        if is_recorded && done.is_ok() {
            left = unrecorded.left;
        } else {
            house.pending.add_unrecorded(unrecorded);
        }
        done.map(|known| (known, left))
    };
    let ids: Vec<SubmissionId> = subjects.iter().map(Claimed::id).collect();
    let (known, left) = match done {
        Ok(done) => done,
        Err(cause) => {
            house.pending.expect_again(ids);
            return Err(Undone { cause, subjects });
        }
    };
    durable::fail_point("stored");
    // The second time a file may have been judged otherwise, as when its twin was first now.
    if let Err(error) = orphaned_payloads::remove(house, &house.pending.take_expected(&ids)) {
        tracing::error!(error = %causes::chain(&error), "Cannot remove payloads that nothing names.");
    }
    // From here on everything is on record: what fails now is taken up by the next answering.
    Ok(Committed { subjects, known, left })
}

/// Whether what was answered meanwhile is part of this transaction; a failure stops nothing else.
fn record_answers(ledger: &mut dyn Ledger, answered: &Unrecorded) -> bool {
    let recorded: Result<(), CatalogueError> =
        catalogue::savepoint_with(ledger, |ledger| answered.record(ledger));
    if let Err(error) = &recorded {
        tracing::error!(error = %causes::chain(error), "Cannot record what was answered; trying again.");
    }
    recorded.is_ok()
}
