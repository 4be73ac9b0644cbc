//! EMB-08: on whom a household can hang.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kinds::embassy::{
        columns::Column,
        hints,
        person::Entry,
        reconcile::Round,
        state::{Reason, WhyHeld},
    },
    types::{pseudonym::Pseudonym, rule::Hint, rules::embassy as rules},
};

impl<'a> Round<'a, '_> {
    /// The rows that enrol and whose principal counts; the others are rejected.
    pub(super) fn entries_with_known_principal(&mut self) -> Vec<&'a Entry> {
        let judged = self.judged_by_principal();
        // A list of which nothing is taken withdraws nobody, and says of nobody that it does.
        let takes_nothing = judged.iter().all(|(_, fault)| fault.is_some())
            && self.withdrawn.values().all(|(_, row)| row.is_none());
        let mut taken = Vec::new();
        for (entry, fault) in judged {
            match fault {
                None => taken.push(entry),
                Some(hint) if takes_nothing && hint == &hints::PRINCIPAL_WITHDRAWN => {
                    let hint = &hints::PRINCIPAL_LEFT_OUT;
                    self.reject(entry, &rules::EMB_08, Column::PrincipalDNumber, hint);
                }
                Some(hint) => self.reject(entry, &rules::EMB_08, Column::PrincipalDNumber, hint),
            }
        }
        taken
    }

    /// The rows that enrol, with what is wrong with the principal. A principal counts who is on
    /// this list, or enrolled and not withdrawn by it, and nobody's household.
    pub(super) fn judged_by_principal(&self) -> Vec<(&'a Entry, Option<&'static Hint>)> {
        let along = self.household_of_stated();
        let standing = self.standing(&along);
        let fault = |entry: &Entry| {
            let named = |of: &BTreeSet<Pseudonym>| entry.principal.iter().any(|p| of.contains(p));
            if entry.principal.is_empty() || named(&standing.posted) {
                None
            } else if named(&standing.families) {
                Some(&hints::HOUSEHOLD_OF_HOUSEHOLD)
            } else if named(&standing.others) {
                Some(&hints::PRINCIPAL_UNKNOWN)
            } else {
                self.fault_of_enrolled(&entry.principal, &along)
            }
        };
        self.enrolling().into_iter().map(|entry| (entry, fault(entry))).collect()
    }

    /// What is wrong with a principal whom this list does not enrol. `along` are those who go with
    /// whom a row withdraws.
    fn fault_of_enrolled(
        &self,
        principal: &[Pseudonym],
        along: &BTreeSet<Pseudonym>,
    ) -> Option<&'static Hint> {
        let Some(principal) = self.known(principal) else {
            return Some(&hints::PRINCIPAL_UNKNOWN);
        };
        if self.goes(&principal, along) {
            return Some(&hints::PRINCIPAL_WITHDRAWN);
        }
        let is_member = self.enrolled.get(&principal).is_some_and(|e| e.principal.is_some());
        is_member.then_some(&hints::PRINCIPAL_ENROLLED_AS_MEMBER)
    }

    /// Whether this list withdraws the person at once. Who waits for an operator is enrolled still.
    fn goes(&self, person: &Pseudonym, along: &BTreeSet<Pseudonym>) -> bool {
        self.withdrawn.get(person).is_some_and(|(reason, _)| match self.why_held {
            None => true,
            Some(WhyHeld::TooMany) => false,
            Some(WhyHeld::OlderList | WhyHeld::UnreadableRows) => {
                *reason == Reason::Stated || along.contains(person)
            }
        })
    }

    /// Who of this list can carry a household. A private servant whose own principal is unknown
    /// carries nobody, so the circle is widened from those who hang on nobody.
    fn standing(&self, along: &BTreeSet<Pseudonym>) -> Standing {
        let mut standing = Standing::default();
        let mut servants = Vec::new();
        for entry in self.enrolling() {
            let household = entry.particulars.as_ref().is_some_and(|p| p.category.is_household());
            if household {
                standing.families.extend(entry.person.iter().copied());
            } else if entry.principal.is_empty() {
                standing.posted.extend(entry.person.iter().copied());
            } else {
                standing.others.extend(entry.person.iter().copied());
                servants.push(entry);
            }
        }
        // Each is looked at once more for each key of the principal, however long the chain is.
        let mut of_principal: BTreeMap<Pseudonym, Vec<&Entry>> = BTreeMap::new();
        let mut open: Vec<&Entry> = Vec::new();
        for entry in servants {
            let named = |of: &BTreeSet<Pseudonym>| entry.principal.iter().any(|p| of.contains(p));
            // What the list says of a principal outweighs what the history said before.
            let stands = named(&standing.posted)
                || (!named(&standing.others)
                    && !named(&standing.families)
                    && self.fault_of_enrolled(&entry.principal, along).is_none());
            if stands {
                open.push(entry);
            } else {
                for principal in &entry.principal {
                    of_principal.entry(*principal).or_default().push(entry);
                }
            }
        }
        while let Some(entry) = open.pop() {
            for person in &entry.person {
                standing.posted.insert(*person);
                open.extend(of_principal.remove(person).unwrap_or_default());
            }
        }
        standing
    }
}

/// The persons of a list who are to be enrolled, by what hangs on them.
#[derive(Default)]
struct Standing {
    /// Household members, who carry nobody.
    families: BTreeSet<Pseudonym>,
    /// Those in service with somebody, whether that is known or not.
    others: BTreeSet<Pseudonym>,
    /// Who can carry a household.
    posted: BTreeSet<Pseudonym>,
}
