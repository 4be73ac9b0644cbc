//! Holds an object past its deadline, and lets it go again. Never past a statutory limit: the
//! catalogue erases a held object whose limit has come, and no hold is set after it.

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::objects::{Object, ObjectState},
    },
    types::ids::ObjectId,
};

/// Holds an object; gives the statutory limit at which it is erased all the same. `why` is kept
/// beside the object until it is erased, and nowhere else.
pub fn hold(
    ledger: &mut dyn Ledger,
    id: &ObjectId,
    why: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, HoldError> {
    check_reason(why)?;
    let object = find(ledger, id)?;
    if let Some(limit) = object.statutory_limit.filter(|limit| *limit <= now) {
        return Err(HoldError::PastLimit { limit });
    }
    if !ledger.hold_object(id, why)? {
        return Err(HoldError::Erased);
    }
    audited::record(ledger, now, Event::HoldSet, |entry| entry.object(id.clone()))?;
    Ok(object.statutory_limit)
}

/// Ends a hold; gives the deadline that counts again. What is due already goes at the next sweep.
pub fn release(
    ledger: &mut dyn Ledger,
    id: &ObjectId,
    now: Timestamp,
) -> Result<Option<Timestamp>, HoldError> {
    let object = find(ledger, id)?;
    if !ledger.release_object(id)? {
        return Err(HoldError::NotHeld);
    }
    audited::record(ledger, now, Event::HoldReleased, |entry| entry.object(id.clone()))?;
    Ok(object.due_at)
}

fn find(ledger: &dyn Ledger, id: &ObjectId) -> Result<Object, HoldError> {
    let object = ledger.object(id)?.ok_or(HoldError::Unknown)?;
    if object.state == ObjectState::Erased { Err(HoldError::Erased) } else { Ok(object) }
}

/// A reason is shown wherever the object is, so it may not carry anybody's number.
fn check_reason(why: &str) -> Result<(), HoldError> {
    let mut run = 0;
    for character in why.chars() {
        match character {
            _ if character.is_numeric() => run += 1,
            // People write their numbers in groups.
            ' ' | '-' | '.' | '\u{a0}' => {}
            _ => run = 0,
        }
        if run >= ID_DIGITS || character.is_control() {
            return Err(HoldError::Reason);
        }
    }
    if why.trim().is_empty() || why.len() > LONGEST_REASON {
        Err(HoldError::Reason)
    } else {
        Ok(())
    }
}

/// Why an object is not held or released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HoldError {
    /// The catalogue failed.
    #[error("cannot change the hold")]
    Catalogue(#[from] CatalogueError),
    /// It is erased, or half-way there.
    #[error("the object is erased; there is nothing left to hold")]
    Erased,
    /// Nobody holds it.
    #[error("the object is not held; `filsluse object list` shows those that are")]
    NotHeld,
    /// A statute says that it must be gone.
    #[error("the object had to be gone by {limit} by statute; no hold passes that")]
    PastLimit {
        /// Since when.
        limit: Timestamp,
    },
    /// The reason cannot be kept.
    #[error("the reason must be one line of 1 to 500 bytes without identity numbers")]
    Reason,
    /// There is no such object.
    #[error("there is no such object; `filsluse object list` shows them")]
    Unknown,
}

/// Length of a national identity number.
const ID_DIGITS: u32 = 11;

const LONGEST_REASON: usize = 500;

#[cfg(test)]
mod tests {
    use super::check_reason;

    #[test]
    fn a_reason_is_a_line_without_identity_numbers() {
        let long = "x".repeat(501);
        let cases = [
            ("inquiry 2026/1234 by the county governor", true),
            ("case 2026-000123, page 4", true),
            ("about 41819077302", false),
            ("about 418190 77302", false),
            ("about 41.81.90 773-02", false),
            ("two\nlines", false),
            ("  ", false),
            ("", false),
            (&long, false),
        ];
        for (why, good) in cases {
            assert_eq!(check_reason(why).is_ok(), good, "{why}");
        }
    }
}
