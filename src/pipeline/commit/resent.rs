//! What its sender has sent again because its payload was lost: the row of the lost one ends, and
//! so does the alarm about it. What the new one does not hold is missing still.

use jiff::Timestamp;

use crate::{
    audited,
    catalogue::{error::CatalogueError, ledger::Ledger, records::submissions::Submission},
    types::{alarm::AlarmCode, ids::ObjectId},
};

/// Lets the lost objects of the same bytes go, as far as a new one of their registry and part is
/// stored.
///
/// # Errors
/// When the catalogue fails.
pub(super) fn end_lost(
    ledger: &mut dyn Ledger,
    row: &Submission,
    stored: &[ObjectId],
    now: Timestamp,
) -> Result<(), CatalogueError> {
    if stored.is_empty() {
        return Ok(());
    }
    for alarm in ledger.alarms()?.into_iter().filter(|it| it.is(AlarmCode::PayloadMissing)) {
        let Ok(lost) = ObjectId::parse(&alarm.subject) else { continue };
        let is_there_again = |new: &ObjectId| {
            (&new.registry, new.part, new.number) == (&lost.registry, lost.part, lost.number)
        };
        let of_same_bytes = ledger.submission(lost.submission)?.is_some_and(|former| {
            former.id != row.id && former.sender == row.sender && former.sha256 == row.sha256
        });
        if of_same_bytes && stored.iter().any(is_there_again) {
            ledger.set_due(&lost, Some(now), RULE)?;
            audited::clear(ledger, now, AlarmCode::PayloadMissing, &alarm.subject)?;
        }
    }
    Ok(())
}

/// The rule that erases what is left of a lost object. The same bytes are no duplicates of it.
const RULE: &str = "payload-missing + P0D";
