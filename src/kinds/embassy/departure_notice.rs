//! Departure notices: the Ministry of Foreign Affairs tells who has left (5.2.1). Each named person
//! is withdrawn from whichever mission has them, and the household with them, wherever it hangs:
//! the principal may have gone to another mission since, and the household not.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use jiff::{ToSpan, civil::Date};

use crate::{
    kinds::{
        context::Context,
        embassy::{
            cells,
            columns::Column,
            difference, hints, household, person,
            reconcile::next_change,
            rows::{self, Row, Shape},
            state::{Change, Enrolled, Reason, Tally, What},
        },
        judgement::{Effect, Judgement, Note, Records},
        kind::{Body, History, Reading},
        refused::Refused,
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Findings, Place},
        ids::{Part, RegistryId},
        pseudonym::Pseudonym,
        rule::{Hint, Severity},
        rules::{embassy as rules, intake},
    },
};

/// The names of profile `urn:filsluse:departures:1`.
pub const SHAPE: Shape = Shape {
    namespace: "urn:filsluse:departures:1",
    root: "Departures",
    record: "Departure",
    head: &[Column::NoticeId, Column::NoticeDate],
    is_of_record: |column| matches!(column, Column::DNumber | Column::DepartureDate),
};

/// Reads a whole notice.
pub fn read(
    body: Body<'_>,
    context: &Context<'_>,
    is_xml: bool,
) -> Result<Box<dyn Reading>, Refused> {
    let mut notice = Notice {
        registry: context.targets[0].registry.clone(),
        today: context.today,
        departures: Vec::new(),
        findings: Findings::default(),
        rejected: 0,
    };
    let mut seen = BTreeMap::new();
    let (head, warnings) = rows::read(
        body,
        &SHAPE,
        &mut |_, row| {
            notice.row(row, context, &mut seen);
            Ok(())
        },
        is_xml,
    )?;
    notice.findings.append(warnings);
    let refused = |column: Column, hint| {
        let place = head.cell(column).map_or(head.place, |cell| cell.place);
        let finding = Finding::new(&intake::IN_02, place).field(column.name()).hint(hint);
        Err(Refused::because(finding))
    };
    if head.cell(Column::NoticeId).is_none() {
        return refused(Column::NoticeId, &hints::NOTICE_ID);
    }
    match head.cell(Column::NoticeDate).and_then(cells::date) {
        None => return refused(Column::NoticeDate, &hints::NOTICE_DATE),
        Some(day) if day > next_change(context.today) => {
            return refused(Column::NoticeDate, &hints::NOTICE_DATE_AHEAD);
        }
        Some(_) => {}
    }
    if notice.departures.is_empty() && notice.rejected == 0 {
        return refused(Column::DNumber, &hints::EMPTY);
    }
    Ok(Box::new(notice))
}

/// Years. As long as a posting lasts (three to five years), and as an enrolment that no list
/// confirms.
const LONGEST_AGO: i16 = 5;

struct Departure {
    number: u64,
    place: Place,
    person: Vec<Pseudonym>,
    left: Date,
    /// This row, and those that say the same (EMB-10).
    rows: u64,
}

struct Notice {
    registry: RegistryId,
    today: Date,
    departures: Vec<Departure>,
    findings: Findings,
    rejected: u64,
}

/// Whom one mission has enrolled.
type Everybody = BTreeMap<Pseudonym, Enrolled>;

/// Places of the departures in the notice, by person.
type Seen = BTreeMap<Pseudonym, usize>;

impl Notice {
    fn row(&mut self, row: &Row, context: &Context<'_>, seen: &mut Seen) {
        let (id, mut findings) = person::d_number(row, context);
        let left = row.cell(Column::DepartureDate).and_then(cells::date);
        let left = left.ok_or(&hints::DATE).and_then(|day| self.in_reach(day));
        if let Err(hint) = left {
            let (place, hint) = row.fault(Column::DepartureDate, hint);
            let finding = Finding::new(&intake::IN_02, place).severity(Severity::RejectRecord);
            findings
                .push(finding.record(row.number).field(Column::DepartureDate.name()).hint(hint));
        }
        for finding in findings {
            self.findings.push(finding);
        }
        let (Some(id), Ok(left)) = (id, left) else {
            self.rejected += 1;
            return;
        };
        let person = person::pseudonyms(context, &id);
        let Some(before) = seen.get(&person[0]).map(|at| &mut self.departures[*at]) else {
            seen.insert(person[0], self.departures.len());
            let (number, place) = (row.number, row.place);
            self.departures.push(Departure { number, place, person, left, rows: 1 });
            return;
        };
        let finding = Finding::new(&rules::EMB_10, row.place)
            .record(row.number)
            .field(Column::DNumber.name());
        if before.left == left {
            before.rows += 1;
            let finding = finding.severity(Severity::Warning);
            self.findings.push(finding.hint(&hints::DUPLICATE_SAME));
        } else {
            self.rejected += 1;
            self.findings.push(finding.hint(&hints::DUPLICATE_DIFFERS));
        }
    }

    /// A withdrawal counts at once and is erased soon after, so the day must be near: no later than
    /// the next change of GP lists, or somebody who is still here would lose their GP, and no
    /// longer ago than a posting lasts, since a year that was mistyped costs somebody theirs too.
    fn in_reach(&self, day: Date) -> Result<Date, &'static Hint> {
        let earliest = self.today.saturating_sub(LONGEST_AGO.years());
        match day {
            day if day > next_change(self.today) => Err(&hints::DEPARTURE_AHEAD),
            day if day < earliest => Err(&hints::DEPARTURE_LONG_AGO),
            day => Ok(day),
        }
    }

    /// Who goes with one departure: the person, and the household, at each mission.
    fn withdrawals(departure: &Departure, missions: &[(String, Everybody)]) -> Vec<Change> {
        // Under every key, because the household may hang on an older one.
        let person: BTreeSet<Pseudonym> = departure.person.iter().copied().collect();
        let mut changes = Vec::new();
        for (mission, enrolled) in missions {
            let left = person.iter().filter(|person| enrolled.contains_key(person));
            let household = household::hanging_on(enrolled, &person, &BTreeSet::new());
            let gone = left
                .map(|person| (*person, Reason::Departed))
                .chain(household.into_iter().map(|person| (person, Reason::Household)));
            changes.extend(gone.map(|(person, reason)| Change {
                mission: mission.clone(),
                person,
                what: What::Withdraw { on: departure.left, reason },
            }));
        }
        changes
    }

    fn not_enrolled(departure: &Departure, hint: &'static Hint) -> Finding {
        Finding::new(&rules::EMB_12, departure.place)
            .record(departure.number)
            .field(Column::DNumber.name())
            .hint(hint)
    }
}

impl Reading for Notice {
    fn conclude(
        mut self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let history = history.enrolments();
        let mut missions = Vec::new();
        for mission in history.missions()? {
            let enrolled = history.of_mission(&mission)?;
            missions.push((mission, enrolled));
        }
        let mut gone = BTreeSet::new();
        let mut changes = Vec::new();
        let mut accepted = 0;
        for departure in std::mem::take(&mut self.departures) {
            let withdrawals = Self::withdrawals(&departure, &missions);
            if withdrawals.is_empty() {
                self.rejected += departure.rows;
                self.findings.push(Self::not_enrolled(&departure, &hints::NOT_ENROLLED_ANYWHERE));
                continue;
            }
            accepted += departure.rows;
            // A spouse named beside the principal would go twice.
            let fresh = withdrawals
                .into_iter()
                .filter(|change| gone.insert((change.mission.clone(), change.person)));
            changes.extend(fresh.map(|change| (change, None)));
        }
        let about = difference::About { registry: &self.registry, mission: None, date: self.today };
        difference::write(&about, &changes, || sinks.sink(&self.registry, Part::Difference))?;
        let records = Records { accepted, rejected: self.rejected };
        let tally = Tally { withdrawn: changes.len() as u64, ..Tally::default() };
        Ok(Judgement {
            verdict: records.verdict(&self.findings, false),
            records,
            findings: self.findings,
            notes: vec![Note::Reconciled(tally)],
            effects: changes.into_iter().map(|(change, _)| Effect::Enrolment(change)).collect(),
            report: None,
        })
    }
}
