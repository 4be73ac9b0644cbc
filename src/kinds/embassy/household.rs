//! Who hangs on whom. A household's right is its principal's posting, so it goes with the
//! principal, and whoever hangs on one of the household goes too: a private servant's spouse, to
//! the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use crate::{
    kinds::embassy::state::{Enrolled, EnrolmentHistory},
    types::pseudonym::Pseudonym,
};

/// Those of `enrolled` who hang on one of `persons`, to the end, without `persons` themselves.
/// Whoever is to `stay` carries their own household with them.
pub fn hanging_on(
    enrolled: &BTreeMap<Pseudonym, Enrolled>,
    persons: &BTreeSet<Pseudonym>,
    stay: &BTreeSet<Pseudonym>,
) -> BTreeSet<Pseudonym> {
    let mut households: BTreeMap<&Pseudonym, Vec<Pseudonym>> = BTreeMap::new();
    for (person, of) in enrolled {
        if let Some(principal) = &of.principal {
            households.entry(principal).or_default().push(*person);
        }
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<Pseudonym> = persons.iter().copied().collect();
    while let Some(gone) = open.pop() {
        for member in households.remove(&gone).unwrap_or_default() {
            if !persons.contains(&member) && !stay.contains(&member) && found.insert(member) {
                open.push(member);
            }
        }
    }
    found
}

/// The same at one mission, asking the history only for those who are concerned.
pub fn of_mission_history(
    history: &dyn EnrolmentHistory,
    mission: &str,
    persons: &[Pseudonym],
) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
    let mut found = BTreeMap::new();
    let mut seen: BTreeSet<Pseudonym> = persons.iter().copied().collect();
    let mut open = persons.to_vec();
    while let Some(principal) = open.pop() {
        for (member, enrolled) in history.household(mission, &principal)? {
            if seen.insert(member) {
                open.push(member);
                found.insert(member, enrolled);
            }
        }
    }
    Ok(found)
}
