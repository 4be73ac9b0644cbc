//! An operator's decision on held withdrawals (EMB-13): approved ones leave as a difference of their
//! own, by pseudonym alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use jiff::civil::Date;

use crate::{
    kinds::embassy::{
        difference, household,
        state::{Change, EnrolmentBook, Hold, Reason, What},
    },
    types::{ids::RegistryId, pseudonym::Pseudonym},
};

/// Whom an approval withdraws at a mission, and why: those of the held who are enrolled still, and
/// who hangs on them now. A list of changes may have enrolled a household since they were held.
pub fn concerned(hold: &Hold, book: &dyn EnrolmentBook) -> io::Result<BTreeMap<Pseudonym, Reason>> {
    let enrolled = book.of_mission(&hold.mission)?;
    let held = hold.persons.iter().filter(|person| enrolled.contains_key(person));
    let held: BTreeSet<Pseudonym> = held.copied().collect();
    let household = household::hanging_on(&enrolled, &held, &BTreeSet::new());
    let mut concerned: BTreeMap<_, _> =
        household.into_iter().map(|person| (person, Reason::Household)).collect();
    concerned.extend(held.into_iter().map(|person| (person, Reason::Missing)));
    Ok(concerned)
}

/// Withdraws them. `open` gives the writer of the difference when there is somebody to withdraw.
pub fn approve<'w>(
    hold: &Hold,
    book: &dyn EnrolmentBook,
    registry: &RegistryId,
    today: Date,
    open: impl FnOnce() -> io::Result<&'w mut dyn Write>,
) -> io::Result<Vec<Change>> {
    let changes: Vec<_> = concerned(hold, book)?
        .into_iter()
        .map(|(person, reason)| {
            let what = What::Withdraw { on: today, reason };
            (Change { mission: hold.mission.clone(), person, what }, None)
        })
        .collect();
    let about = difference::About { registry, mission: Some(&hold.mission), date: today };
    difference::write(&about, &changes, open)?;
    Ok(changes.into_iter().map(|(change, _)| change).collect())
}
