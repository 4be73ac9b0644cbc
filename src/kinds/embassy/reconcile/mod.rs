//! Holds a list against what the mission had enrolled before: what is new, changed, confirmed,
//! withdrawn, and what waits for an operator. EMB-08 and EMB-10 to EMB-13. Pure.

mod holding;
mod newness;
mod principals;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::{ToSpan, civil::Date};

use crate::{
    kinds::embassy::{
        columns::{Action, Column, ListType},
        hints, household,
        person::Entry,
        state::{Change, Enrolled, EnrolmentHistory, Hold, Reason, Settings, Tally, What, WhyHeld},
    },
    types::{
        finding::{Finding, Findings},
        pseudonym::Pseudonym,
        rule::{Hint, Rule, Severity},
        rules::embassy as rules,
    },
};

/// A list whose rows were judged one by one.
pub struct List {
    /// Which mission it is for.
    pub mission: String,
    /// Snapshot or changes.
    pub list_type: ListType,
    /// The day that it describes.
    pub date: Date,
    /// The rows that were taken, in the order of the file.
    pub entries: Vec<Entry>,
    /// Everybody whom a row names by a D-number that could be read, taken or not: they are not
    /// missing.
    pub named: BTreeSet<Pseudonym>,
    /// Rows without a readable D-number: any of them may be somebody who seems to be missing.
    pub unreadable: u64,
}

impl List {
    /// The day by which lists are told older from newer: a snapshot dated 2099 would make every
    /// list to come an older one, so one from beyond the next change counts as of the day on which
    /// it came.
    pub fn stands_on(&self, today: Date) -> Date {
        if self.date > next_change(today) { today } else { self.date }
    }
}

/// What a list brings about.
#[derive(Default)]
pub struct Outcome<'a> {
    /// What changes, withdrawals first, with the row behind each where there is one.
    pub changes: Vec<(Change, Option<&'a Entry>)>,
    /// What waits for an operator.
    pub hold: Option<Hold>,
    /// What was found wrong.
    pub findings: Findings,
    /// Rows that were not taken after all.
    pub rejected: u64,
    /// How many of each.
    pub tally: Tally,
    /// The new days of enrolments that have not begun and were moved to another month.
    pub moved_to: Vec<Date>,
}

/// Holds a list against the history.
pub fn reconcile<'a>(
    list: &'a List,
    history: &dyn EnrolmentHistory,
    today: Date,
    settings: &Settings,
) -> io::Result<Outcome<'a>> {
    let enrolled = match list.list_type {
        ListType::Changes => concerned(list, history)?,
        ListType::Complete => history.of_mission(&list.mission)?,
    };
    let newest = history.newest_complete(&list.mission)?;
    let mut round = Round {
        list,
        history,
        today,
        is_older: newest.is_some_and(|day| list.stands_on(today) < day),
        enrolled,
        outdated: BTreeSet::new(),
        returned: BTreeSet::new(),
        withdrawn: BTreeMap::new(),
        kept: BTreeSet::new(),
        why_held: None,
        out: Outcome::default(),
    };
    round.put_aside_what_is_outdated()?;
    round.withdraw_stated();
    round.withdraw_missing();
    round.withdraw_households();
    // Before EMB-08: whose withdrawal waits is enrolled still, and a household may hang on them.
    round.why_held = round.why_held(settings);
    for entry in round.entries_with_known_principal() {
        round.enrol(entry)?;
    }
    // Once more: whom a row has given another principal stays, and so does who hangs on them.
    round.withdraw_households();
    round.settle_withdrawals();
    Ok(round.out)
}

/// Those enrolled whom a list of changes can touch: whom it names, and the households of whom it
/// withdraws, as far down as they hang together.
fn concerned(
    list: &List,
    history: &dyn EnrolmentHistory,
) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
    let mut found = BTreeMap::new();
    let mut withdrawn = Vec::new();
    for entry in &list.entries {
        for person in entry.person.iter().chain(&entry.principal) {
            if let Some(enrolled) = history.enrolled(&list.mission, person)? {
                found.insert(*person, enrolled);
            }
        }
        if entry.action == Action::Withdraw {
            withdrawn.extend(entry.person.iter().copied());
        }
    }
    found.extend(household::of_mission_history(history, &list.mission, &withdrawn)?);
    Ok(found)
}

/// The day on which an enrolment takes effect: GP lists change on the night to the 1st of a month,
/// so it is the 1st of a month that is later than today and not before the day asked for.
pub fn effective_from(today: Date, wanted: Option<Date>) -> Date {
    let earliest = next_change(today);
    match wanted {
        Some(day) if day > earliest && day.day() == 1 => day,
        Some(day) if day > earliest => next_change(day),
        _ => earliest,
    }
}

/// The next day on which GP lists change: the 1st of the next month. What lies beyond it is for a
/// later list or notice.
pub fn next_change(day: Date) -> Date {
    // Only a day in the year 9999 has no next month; it stays as it is.
    day.first_of_month().checked_add(1.month()).unwrap_or(day)
}

struct Round<'a, 'b> {
    list: &'a List,
    history: &'b dyn EnrolmentHistory,
    today: Date,
    /// Whether a newer snapshot of the mission came before it.
    is_older: bool,
    enrolled: BTreeMap<Pseudonym, Enrolled>,
    /// Numbers of rows against which something newer stands. They are not taken.
    outdated: BTreeSet<u64>,
    /// Numbers of rows that enrol somebody of whom the Ministry had said that they left.
    returned: BTreeSet<u64>,
    withdrawn: BTreeMap<Pseudonym, (Reason, Option<&'a Entry>)>,
    /// Whom a row keeps enrolled.
    kept: BTreeSet<Pseudonym>,
    /// Why withdrawals wait, if they do.
    why_held: Option<WhyHeld>,
    out: Outcome<'a>,
}

impl<'a> Round<'a, '_> {
    /// Under which pseudonym the mission's history knows the person.
    fn known(&self, person: &[Pseudonym]) -> Option<Pseudonym> {
        person.iter().find(|p| self.enrolled.contains_key(p)).copied()
    }

    /// The rows that enrol, without those that are outdated.
    fn enrolling(&self) -> Vec<&'a Entry> {
        let list = self.list;
        let enrols = |e: &&Entry| e.action == Action::Enrol && !self.outdated.contains(&e.number);
        list.entries.iter().filter(enrols).collect()
    }

    fn reject(&mut self, entry: &Entry, rule: &'static Rule, column: Column, hint: &'static Hint) {
        self.out.rejected += 1 + entry.repeats;
        let severity = Severity::RejectRecord;
        self.remark(entry, rule, column, hint, severity);
    }

    fn remark(
        &mut self,
        entry: &Entry,
        rule: &'static Rule,
        column: Column,
        hint: &'static Hint,
        severity: Severity,
    ) {
        let finding = Finding::new(rule, entry.place).record(entry.number).field(column.name());
        self.out.findings.push(finding.hint(hint).severity(severity));
    }

    fn withdraw_stated(&mut self) {
        for entry in self.list.entries.iter().filter(|e| e.action == Action::Withdraw) {
            match self.known(&entry.person) {
                Some(person) => {
                    self.withdrawn.insert(person, (Reason::Stated, Some(entry)));
                }
                None => self.reject(entry, &rules::EMB_12, Column::DNumber, &hints::NOT_ENROLLED),
            }
        }
    }

    /// A snapshot withdraws whom it does not name. A row that was not taken still names its person:
    /// a slip in an address must not cost anybody their GP.
    fn withdraw_missing(&mut self) {
        if self.list.list_type == ListType::Complete {
            for person in self.enrolled.keys().filter(|p| !self.list.named.contains(p)) {
                self.withdrawn.entry(*person).or_insert((Reason::Missing, None));
            }
        }
    }

    /// A household's right hangs on the posting. Whoever a row keeps stays with their own
    /// household.
    fn withdraw_households(&mut self) {
        self.withdrawn.retain(|_, (reason, _)| *reason != Reason::Household);
        let gone = self.names_of(&self.withdrawn.keys().copied().collect());
        for person in household::hanging_on(&self.enrolled, &gone, &self.kept) {
            self.withdrawn.insert(person, (Reason::Household, None));
        }
    }

    fn enrol(&mut self, entry: &'a Entry) -> io::Result<()> {
        let Some(particulars) = &entry.particulars else { return Ok(()) };
        let principal = self.known(&entry.principal).or_else(|| entry.principal.first().copied());
        let mut enrolled = Enrolled {
            principal,
            content: entry.content,
            effective_from: effective_from(self.today, particulars.wanted_from),
        };
        let (person, what) = if let Some(person) = self.known(&entry.person) {
            // A row that enrols outweighs a household's withdrawal: it names another principal.
            // Not where that one's own withdrawal waits: both go when it is approved.
            let waits = |p: Pseudonym| {
                let reason = self.withdrawn.get(&p).map(|(reason, _)| *reason);
                matches!(reason, Some(Reason::Missing | Reason::Stated))
            };
            if !principal.is_some_and(waits) {
                self.kept.insert(person);
            }
            let before = &self.enrolled[&person];
            // Until it begins, another day may be asked for.
            let moves = before.effective_from > self.today && particulars.wanted_from.is_some();
            if !moves {
                enrolled.effective_from = before.effective_from;
            }
            if *before == enrolled {
                self.out.tally.confirmed += 1;
                if self.is_older {
                    // It must not count as word against what a newer list holds.
                    return Ok(());
                }
                (person, What::Confirm)
            } else {
                self.out.tally.changed += 1;
                if enrolled.effective_from != before.effective_from {
                    self.out.moved_to.push(enrolled.effective_from);
                }
                (person, What::Change(enrolled))
            }
        } else {
            self.out.tally.enrolled += 1;
            let (person, review) = self.take_over(entry, enrolled.effective_from)?;
            (person, What::Enrol { enrolled, review })
        };
        let change = Change { mission: self.list.mission.clone(), person, what };
        self.out.changes.push((change, Some(entry)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::effective_from;

    #[test]
    fn gp_lists_change_on_the_night_to_the_first() {
        let cases: [(Date, Option<Date>, Date); 8] = [
            (date(2026, 11, 21), None, date(2026, 12, 1)),
            (date(2026, 12, 31), None, date(2027, 1, 1)),
            // The night to today's 1st has passed.
            (date(2026, 12, 1), None, date(2027, 1, 1)),
            (date(2028, 2, 29), None, date(2028, 3, 1)),
            (date(2026, 11, 21), Some(date(2026, 10, 1)), date(2026, 12, 1)),
            (date(2026, 11, 21), Some(date(2026, 12, 1)), date(2026, 12, 1)),
            (date(2026, 11, 21), Some(date(2027, 3, 1)), date(2027, 3, 1)),
            (date(2026, 11, 21), Some(date(2027, 3, 2)), date(2027, 4, 1)),
        ];
        for (today, wanted, want) in cases {
            assert_eq!(effective_from(today, wanted), want, "{today} {wanted:?}");
        }
    }
}
