//! The last step of a submission: its final state goes on record, and then its claimed file goes.

use std::io;

use crate::{
    catalogue::ledger::Ledger,
    durable,
    pipeline::{
        answer::unrecorded::{self, Unrecorded},
        claim::claimed::Claimed,
        house::House,
    },
};

/// Records what is left to be recorded of answered submissions, in a transaction of its own, and
/// removes what was claimed.
///
/// # Errors
/// When the catalogue fails; it is remembered, and done with the next.
pub fn close(house: &House) -> io::Result<()> {
    let Unrecorded { closing, left, logged, unsynced } = house.pending.take_unrecorded();
    if !closing.is_empty() || logged.is_some() {
        let copy = closing.clone();
        let work = move |ledger: &mut dyn Ledger| unrecorded::record(ledger, &copy, logged);
        let recorded = unsynced.sync().map_err(io::Error::other);
        let recorded =
            recorded.and_then(|()| house.record(Box::new(work)).map_err(io::Error::other));
        if let Err(error) = recorded {
            house.pending.add_unrecorded(Unrecorded { closing, left, logged, unsynced });
            return Err(error);
        }
        durable::fail_point("closed");
    }
    remove(house, left);
    Ok(())
}

/// Removes what was claimed, when its answer is on record. What cannot be removed is tried again.
pub fn remove(house: &House, left: Vec<Claimed>) {
    if left.is_empty() {
        return;
    }
    let mut kept = Vec::new();
    for subject in left {
        match subject.remove() {
            Ok(()) => durable::fail_point("removed-one"),
            Err(error) => {
                tracing::error!(submission = %subject.id(), %error, "Cannot remove a claimed file; it is tried again.");
                kept.push(subject);
            }
        }
    }
    house.pending.add_unanswered(kept);
    durable::fail_point("removed");
}
