//! An operator's decision on held withdrawals (EMB-13): approved ones leave as a difference of their
//! own, by pseudonym alone.

use std::io::{self, Write};

use jiff::civil::Date;

use crate::{
    kinds::embassy::{
        difference,
        state::{Change, EnrolmentBook, Hold, Reason, What},
    },
    types::ids::RegistryId,
};

/// Withdraws everybody whom the hold names and who is enrolled still. `open` gives the writer of the
/// difference when there is somebody to withdraw.
pub fn approve<'w>(
    hold: &Hold,
    book: &dyn EnrolmentBook,
    registry: &RegistryId,
    today: Date,
    open: impl FnOnce() -> io::Result<&'w mut dyn Write>,
) -> io::Result<Vec<Change>> {
    let enrolled = book.of_mission(&hold.mission)?;
    let changes: Vec<_> = hold
        .persons
        .iter()
        .filter(|person| enrolled.contains_key(person))
        .map(|person| {
            let what = What::Withdraw { on: today, reason: Reason::Missing };
            (Change { mission: hold.mission.clone(), person: *person, what }, None)
        })
        .collect();
    let about = difference::About { registry, mission: Some(&hold.mission), date: today };
    difference::write(&about, &changes, open)?;
    Ok(changes.into_iter().map(|(change, _)| change).collect())
}
