//! Holds a list against what the mission had enrolled before: what is new, changed, confirmed,
//! withdrawn, and what waits for an operator. EMB-08 and EMB-10 to EMB-13. Pure.

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
        state::{Change, Enrolled, EnrolmentBook, Hold, Reason, Settings, Tally, What},
    },
    types::{
        finding::{Finding, Findings, Place},
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
    /// The day by which lists are told older from newer: a snapshot dated 2099 would make every list to
    /// come an older one, so one from beyond the next change counts as of the day on which it came.
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
}

/// Holds a list against the book.
pub fn reconcile<'a>(
    list: &'a List,
    book: &dyn EnrolmentBook,
    today: Date,
    settings: &Settings,
) -> io::Result<Outcome<'a>> {
    let enrolled = match list.list_type {
        ListType::Changes => concerned(list, book)?,
        ListType::Complete => book.of_mission(&list.mission)?,
    };
    let (withdrawn, kept, out) = (BTreeMap::new(), BTreeSet::new(), Outcome::default());
    let mut round = Round { list, book, today, enrolled, withdrawn, kept, out };
    round.withdraw_stated();
    round.withdraw_missing();
    round.withdraw_households();
    let entries = round.entries_with_known_principal();
    for entry in entries {
        round.enrol(entry)?;
    }
    // Once more: whom a row has given another principal stays, and so does who hangs on them.
    round.withdraw_households();
    let newest = book.newest_complete(&list.mission)?;
    round.settle_withdrawals(settings, newest.is_some_and(|day| list.stands_on(today) < day));
    Ok(round.out)
}

/// Those enrolled whom a list of changes can touch: whom it names, and the households of whom it
/// withdraws, as far down as they hang together.
fn concerned(list: &List, book: &dyn EnrolmentBook) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
    let mut found = BTreeMap::new();
    let mut withdrawn = Vec::new();
    for entry in &list.entries {
        for person in entry.person.iter().chain(&entry.principal) {
            if let Some(enrolled) = book.enrolled(&list.mission, person)? {
                found.insert(*person, enrolled);
            }
        }
        if entry.action == Action::Withdraw {
            withdrawn.extend(entry.person.iter().copied());
        }
    }
    found.extend(household::of_book(book, &list.mission, &withdrawn)?);
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

/// The next day on which GP lists change: the 1st of the next month. What lies beyond it is for a later
/// list or notice.
pub fn next_change(day: Date) -> Date {
    // Only a day in the year 9999 has no next month; it stays as it is.
    day.first_of_month().checked_add(1.month()).unwrap_or(day)
}

struct Round<'a, 'b> {
    list: &'a List,
    book: &'b dyn EnrolmentBook,
    today: Date,
    enrolled: BTreeMap<Pseudonym, Enrolled>,
    withdrawn: BTreeMap<Pseudonym, (Reason, Option<&'a Entry>)>,
    /// Whom a row keeps enrolled.
    kept: BTreeSet<Pseudonym>,
    out: Outcome<'a>,
}

impl<'a> Round<'a, '_> {
    /// Under which pseudonym the mission's book knows the person.
    fn known(&self, person: &[Pseudonym]) -> Option<Pseudonym> {
        person.iter().find(|p| self.enrolled.contains_key(p)).copied()
    }

    fn reject(&mut self, entry: &Entry, rule: &'static Rule, column: Column, hint: &'static Hint) {
        self.out.rejected += 1 + entry.repeats;
        self.out.findings.push(
            Finding::new(rule, entry.place).record(entry.number).field(column.name()).hint(hint),
        );
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

    /// A household's right hangs on the posting. Whoever a row keeps stays with their own household.
    fn withdraw_households(&mut self) {
        self.withdrawn.retain(|_, (reason, _)| *reason != Reason::Household);
        let mut gone: BTreeSet<Pseudonym> = self.withdrawn.keys().copied().collect();
        // The household may hang on the same person under an older key.
        let entries = self.withdrawn.values().filter_map(|(_, entry)| *entry);
        gone.extend(entries.flat_map(|entry| entry.person.iter().copied()));
        for person in household::hanging_on(&self.enrolled, &gone, &self.kept) {
            self.withdrawn.insert(person, (Reason::Household, None));
        }
    }

    /// EMB-08. A principal counts who is on this list, or enrolled and neither withdrawn by it nor
    /// somebody's household.
    fn entries_with_known_principal(&mut self) -> Vec<&'a Entry> {
        let list = self.list;
        let standing = self.standing();
        let mut taken = Vec::new();
        for entry in list.entries.iter().filter(|e| e.action == Action::Enrol) {
            let named = |of: &BTreeSet<Pseudonym>| entry.principal.iter().any(|p| of.contains(p));
            if entry.principal.is_empty() || named(&standing.posted) {
                taken.push(entry);
            } else if named(&standing.families) {
                let hint = &hints::HOUSEHOLD_OF_HOUSEHOLD;
                self.reject(entry, &rules::EMB_08, Column::PrincipalDNumber, hint);
            } else if !named(&standing.others) && self.counts(entry) {
                taken.push(entry);
            } else {
                let hint = &hints::PRINCIPAL_UNKNOWN;
                self.reject(entry, &rules::EMB_08, Column::PrincipalDNumber, hint);
            }
        }
        taken
    }

    /// Whether the principal of an entry was enrolled before, and stays so.
    fn counts(&self, entry: &Entry) -> bool {
        self.known(&entry.principal).is_some_and(|p| {
            !self.withdrawn.contains_key(&p)
                && self.enrolled.get(&p).is_some_and(|e| e.principal.is_none())
        })
    }

    /// Who of this list can carry a household. A private servant whose own principal is unknown
    /// carries nobody, so the circle is widened from those who hang on nobody.
    fn standing(&self) -> Standing {
        let mut standing = Standing::default();
        let mut open = Vec::new();
        for entry in self.list.entries.iter().filter(|e| e.action == Action::Enrol) {
            let household = entry.particulars.as_ref().is_some_and(|p| p.category.is_household());
            if household {
                standing.families.extend(entry.person.iter().copied());
            } else if entry.principal.is_empty() {
                standing.posted.extend(entry.person.iter().copied());
            } else {
                standing.others.extend(entry.person.iter().copied());
                open.push(entry);
            }
        }
        loop {
            let before = open.len();
            open.retain(|entry| {
                let named =
                    |of: &BTreeSet<Pseudonym>| entry.principal.iter().any(|p| of.contains(p));
                // What the list says of a principal outweighs what the book said before.
                let stands = named(&standing.posted)
                    || (!named(&standing.others)
                        && !named(&standing.families)
                        && self.counts(entry));
                if stands {
                    standing.posted.extend(entry.person.iter().copied());
                }
                !stands
            });
            if open.len() == before {
                return standing;
            }
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
            self.kept.insert(person);
            let before = &self.enrolled[&person];
            if before.content == entry.content && before.principal == enrolled.principal {
                self.out.tally.confirmed += 1;
                (person, What::Confirm)
            } else {
                self.out.tally.changed += 1;
                enrolled.effective_from = before.effective_from;
                (person, What::Change(enrolled))
            }
        } else {
            self.out.tally.enrolled += 1;
            let (person, review) = self.take_over(entry)?;
            (person, What::Enrol { enrolled, review })
        };
        let change = Change { mission: self.list.mission.clone(), person, what };
        self.out.changes.push((change, Some(entry)));
        Ok(())
    }

    /// EMB-11: the newer list wins over another mission's enrolment, and both are marked. Enrols
    /// under the newest key, as the household does that names this person.
    fn take_over(&mut self, entry: &'a Entry) -> io::Result<(Pseudonym, bool)> {
        let mut review = false;
        for pseudonym in &entry.person {
            for mission in self.book.missions_of(pseudonym)? {
                let what = What::Withdraw { on: self.today, reason: Reason::OtherMission };
                self.review_household(&mission, &entry.person)?;
                let change = Change { mission, person: *pseudonym, what };
                self.out.changes.push((change, None));
                review = true;
            }
        }
        if review {
            self.out.findings.push(
                Finding::new(&rules::EMB_11, entry.place)
                    .record(entry.number)
                    .field(Column::DNumber.name())
                    .hint(&hints::OTHER_MISSION),
            );
        }
        // Every entry has at least one pseudonym: its D-number was read.
        Ok((entry.person[0], review))
    }

    /// What hangs there on somebody who comes from another mission: without a principal there, no list
    /// of that mission can confirm them.
    fn review_household(&mut self, mission: &str, person: &[Pseudonym]) -> io::Result<()> {
        for (person, _) in household::of_book(self.book, mission, person)? {
            let change = Change { mission: mission.to_owned(), person, what: What::Review };
            self.out.changes.push((change, None));
        }
        Ok(())
    }

    /// EMB-13, and the withdrawals that it does not hold.
    fn settle_withdrawals(&mut self, settings: &Settings, is_older: bool) {
        let mut withdrawn = std::mem::take(&mut self.withdrawn);
        let complete = self.list.list_type == ListType::Complete;
        let missing = withdrawn.values().any(|(reason, _)| *reason == Reason::Missing);
        let why = if complete && self.too_many(withdrawn.len(), settings) {
            Some(&hints::TOO_MANY)
        } else if is_older && missing {
            Some(&hints::OLDER_LIST)
        } else if self.list.unreadable > 0 && missing {
            Some(&hints::UNREADABLE_ROWS)
        } else {
            None
        };
        if let Some(hint) = why {
            // Too many are too many, whoever said so. In any other doubt, what a row states goes.
            let stated = if hint == &hints::TOO_MANY {
                BTreeMap::new()
            } else {
                let stated =
                    |_: &Pseudonym, (reason, _): &mut (Reason, _)| *reason == Reason::Stated;
                withdrawn.extract_if(.., stated).collect()
            };
            let held = std::mem::replace(&mut withdrawn, stated);
            self.out.tally.held = held.len() as u64;
            let persons = held.into_keys().collect();
            self.out.hold = Some(Hold { mission: self.list.mission.clone(), persons });
            let finding = Finding::new(&rules::EMB_13, Place::File {}).hint(hint);
            self.out.findings.push(finding.severity(Severity::Warning));
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
