//! What stands against a row that enrols somebody (EMB-12): a newer list that withdrew the person,
//! a newer list of another mission, and the Ministry's word that the person has left. And who comes
//! from another mission (EMB-11).
//!
//! Newer is what describes a later day, not what came later: a list may lie in somebody's outbox.

use std::io;

use jiff::civil::Date;

use crate::{
    kinds::embassy::{
        columns::Column,
        hints, household,
        person::Entry,
        reconcile::Round,
        state::{Change, Last, Reason, Told, What},
    },
    types::{
        pseudonym::Pseudonym,
        rule::{Hint, Severity},
        rules::embassy as rules,
    },
};

impl<'a> Round<'a, '_> {
    /// Rejects the rows that would enrol somebody against newer word. Comes first, because nobody's
    /// household can hang on such a row.
    pub(super) fn put_aside_what_is_outdated(&mut self) -> io::Result<()> {
        for entry in self.enrolling() {
            if self.known(&entry.person).is_some() {
                continue;
            }
            let told = self.told(entry)?;
            if let Some(hint) = self.newer_word(&told) {
                self.outdated.insert(entry.number);
                self.reject(entry, &rules::EMB_12, Column::DNumber, hint);
                if hint == &hints::NEWER_ELSEWHERE {
                    for (person, told) in told.iter().filter(|(_, t)| t.last == Last::Enrolled) {
                        let mission = told.mission.clone();
                        let change = Change { mission, person: *person, what: What::Review };
                        self.out.changes.push((change, None));
                    }
                }
            } else if told.iter().any(|(_, told)| told.last == Last::Departed) {
                self.returned.insert(entry.number);
            }
        }
        Ok(())
    }

    /// What is on record of a person, under every key.
    fn told(&self, entry: &Entry) -> io::Result<Vec<(Pseudonym, Told)>> {
        let mut all = Vec::new();
        for person in &entry.person {
            all.extend(self.history.told_of(person)?.into_iter().map(|told| (*person, told)));
        }
        Ok(all)
    }

    fn newer_word(&self, told: &[(Pseudonym, Told)]) -> Option<&'static Hint> {
        let day = self.list.stands_on(self.today);
        let any = |stands: &dyn Fn(&Told) -> bool| told.iter().any(|(_, told)| stands(told));
        // On the very day that the list describes the person may have been here, and left.
        if any(&|t| t.last == Last::Departed && t.on.is_some_and(|left| day <= left)) {
            return Some(&hints::DEPARTED_SINCE);
        }
        let is_newer = |told: &Told| told.on.is_some_and(|on| day < on);
        if any(&|t| t.last == Last::Enrolled && is_newer(t)) {
            return Some(&hints::NEWER_ELSEWHERE);
        }
        let here = |told: &Told| told.mission == self.list.mission;
        if any(&|t| t.last == Last::Withdrawn && here(t) && is_newer(t)) {
            return Some(&hints::WITHDRAWN_SINCE);
        }
        None
    }

    /// EMB-11: the newer list wins over another mission's enrolment, and both are marked. Enrols
    /// under the newest key, as the household does that names this person. Somebody of whom the
    /// Ministry had said that they left is marked too: one of the two may be wrong. The right there
    /// ends on the day on which it begins here, so that nobody is without a GP between.
    pub(super) fn take_over(
        &mut self,
        entry: &'a Entry,
        begins: Date,
    ) -> io::Result<(Pseudonym, bool)> {
        let mut moves = false;
        for pseudonym in &entry.person {
            for mission in self.history.missions_of(pseudonym)? {
                let what = What::Withdraw { on: begins, reason: Reason::OtherMission };
                self.review_household(&mission, &entry.person)?;
                let change = Change { mission, person: *pseudonym, what };
                self.out.changes.push((change, None));
                moves = true;
            }
        }
        let returns = self.returned.contains(&entry.number);
        let warning = Severity::Warning;
        if moves {
            self.remark(entry, &rules::EMB_11, Column::DNumber, &hints::OTHER_MISSION, warning);
        }
        if returns {
            self.remark(entry, &rules::EMB_12, Column::DNumber, &hints::DEPARTED_BEFORE, warning);
        }
        // Every entry has at least one pseudonym: its D-number was read.
        Ok((entry.person[0], moves || returns))
    }

    /// What hangs there on somebody who comes from another mission: without a principal there, no
    /// list of that mission can confirm them.
    fn review_household(&mut self, mission: &str, person: &[Pseudonym]) -> io::Result<()> {
        for (person, _) in household::of_mission_history(self.history, mission, person)? {
            let change = Change { mission: mission.to_owned(), person, what: What::Review };
            self.out.changes.push((change, None));
        }
        Ok(())
    }
}
