//! EMB-13: which withdrawals wait for an operator.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kinds::embassy::{
        columns::ListType,
        hints, household,
        reconcile::Round,
        state::{Change, Hold, Reason, Settings, What, WhyHeld},
    },
    types::{
        finding::{Finding, Place},
        pseudonym::Pseudonym,
        rule::Severity,
        rules::embassy as rules,
    },
};

impl Hold {
    /// What the sender is told of it.
    pub fn finding(&self) -> Finding {
        let hint = match self.why {
            WhyHeld::OlderList => &hints::OLDER_LIST,
            WhyHeld::TooMany => &hints::TOO_MANY,
            WhyHeld::UnreadableRows => &hints::UNREADABLE_ROWS,
        };
        Finding::new(&rules::EMB_13, Place::File {}).hint(hint).severity(Severity::Warning)
    }
}

impl Round<'_, '_> {
    /// Why this list's withdrawals are to wait, by those that it would bring if none of them
    /// waited.
    pub(super) fn why_held(&self, settings: &Settings) -> Option<WhyHeld> {
        let (gone, missing) = self.would_go();
        if self.list.list_type == ListType::Complete && self.too_many(gone, settings) {
            Some(WhyHeld::TooMany)
        } else if self.is_older && missing {
            Some(WhyHeld::OlderList)
        } else if self.list.unreadable > 0 && missing {
            Some(WhyHeld::UnreadableRows)
        } else {
            None
        }
    }

    /// How many, and whether somebody among them is missing rather than withdrawn by a row.
    fn would_go(&self) -> (usize, bool) {
        let taken = self.judged_by_principal().into_iter().filter(|(_, fault)| fault.is_none());
        let kept = taken.filter_map(|(entry, _)| self.known(&entry.person)).collect();
        let roots = self.withdrawn.iter().filter(|(_, (reason, _))| *reason != Reason::Household);
        let roots: BTreeSet<Pseudonym> = roots.map(|(person, _)| *person).collect();
        let household = household::hanging_on(&self.enrolled, &self.names_of(&roots), &kept);
        // The household of whom a row withdraws is not in doubt.
        let along = self.household_of_stated();
        let missing = self
            .withdrawn
            .iter()
            .any(|(person, (reason, _))| *reason == Reason::Missing && !along.contains(person));
        (roots.union(&household).count(), missing)
    }

    /// The same persons under every key that their rows give: a household may hang on an older one.
    pub(super) fn names_of(&self, persons: &BTreeSet<Pseudonym>) -> BTreeSet<Pseudonym> {
        let entries = persons.iter().filter_map(|person| self.withdrawn.get(person)?.1);
        let mut names = persons.clone();
        names.extend(entries.flat_map(|entry| entry.person.iter().copied()));
        names
    }

    /// Who is withdrawn as the household of a person whom a row withdraws.
    pub(super) fn household_of_stated(&self) -> BTreeSet<Pseudonym> {
        let stated = self.withdrawn.iter().filter(|(_, (reason, _))| *reason == Reason::Stated);
        let stated = stated.map(|(person, _)| *person).collect();
        household::hanging_on(&self.enrolled, &self.names_of(&stated), &self.kept)
    }

    /// Puts aside what waits, and lets the other withdrawals go.
    pub(super) fn settle_withdrawals(&mut self) {
        let along = self.household_of_stated();
        let mut withdrawn = std::mem::take(&mut self.withdrawn);
        if let Some(why) = self.why_held {
            // Too many are too many, whoever said so. In any other doubt, what a row states goes,
            // and the household with it.
            let goes: BTreeMap<_, _> = withdrawn
                .extract_if(.., |person, (reason, _)| {
                    why != WhyHeld::TooMany && (*reason == Reason::Stated || along.contains(person))
                })
                .collect();
            let held = std::mem::replace(&mut withdrawn, goes);
            self.out.tally.held = held.len() as u64;
            let persons = held.into_keys().collect();
            self.out.hold = Some(Hold { mission: self.list.mission.clone(), persons, why });
        }
        self.out.tally.withdrawn = withdrawn.len() as u64;
        let withdrawals = withdrawn.into_iter().map(|(person, (reason, entry))| {
            let what = What::Withdraw { on: self.today, reason };
            (Change { mission: self.list.mission.clone(), person, what }, entry)
        });
        self.out.changes.splice(0..0, withdrawals.collect::<Vec<_>>());
    }

    fn too_many(&self, withdrawals: usize, settings: &Settings) -> bool {
        let (withdrawals, enrolled) = (withdrawals as u64, self.enrolled.len() as u64);
        withdrawals > settings.hold_above_count
            && withdrawals * 10_000 > enrolled * settings.hold_above_basis_points
    }
}
