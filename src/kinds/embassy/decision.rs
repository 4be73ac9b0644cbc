//! An operator's decision on held withdrawals (EMB-13): approved ones leave as a difference of
//! their own, by pseudonym alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use jiff::civil::Date;

use crate::{
    kinds::embassy::{
        difference, household,
        state::{Change, EnrolmentHistory, Reason, What},
    },
    types::{ids::RegistryId, pseudonym::Pseudonym},
};

/// Whom an approval withdraws at a mission, and why: those of the held who are enrolled still, and
/// who hangs on them now. A list of changes may have enrolled a household since they were held.
pub fn concerned(
    mission: &str,
    held: &[Pseudonym],
    history: &dyn EnrolmentHistory,
) -> io::Result<BTreeMap<Pseudonym, Reason>> {
    let enrolled = history.of_mission(mission)?;
    let held = held.iter().filter(|person| enrolled.contains_key(person));
    let held: BTreeSet<Pseudonym> = held.copied().collect();
    let household = household::hanging_on(&enrolled, &held, &BTreeSet::new());
    let mut concerned: BTreeMap<_, _> =
        household.into_iter().map(|person| (person, Reason::Household)).collect();
    concerned.extend(held.into_iter().map(|person| (person, Reason::Missing)));
    Ok(concerned)
}

/// Withdraws them. `open` gives the writer of the difference when there is somebody to withdraw.
pub fn approve<'w>(
    mission: &str,
    held: &[Pseudonym],
    history: &dyn EnrolmentHistory,
    registry: &RegistryId,
    today: Date,
    open: impl FnOnce() -> io::Result<&'w mut dyn Write>,
) -> io::Result<Vec<Change>> {
    let changes: Vec<_> = concerned(mission, held, history)?
        .into_iter()
        .map(|(person, reason)| {
            let what = What::Withdraw { on: today, reason };
            (Change { mission: mission.to_owned(), person, what }, None)
        })
        .collect();
    let about = difference::About { registry, mission: Some(mission), date: today };
    difference::write(&about, &changes, open)?;
    Ok(changes.into_iter().map(|(change, _)| change).collect())
}
