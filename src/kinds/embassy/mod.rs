//! Embassy enrolment lists and departure notices for the GP scheme (rules EMB-01 to EMB-13).
//!
//! The reconciliation is the product: after each list the house knows, per mission and by pseudonym
//! only, who is enrolled, and the registry gets the difference.

pub mod cells;
pub mod columns;
pub mod content;
pub mod decision;
pub mod departure_notice;
pub mod difference;
pub mod guide;
pub mod hints;
pub mod household;
pub mod list;
pub mod nationality;
pub mod person;
pub mod reconcile;
pub mod rows;
pub mod state;

use std::{collections::BTreeMap, io};

use crate::{
    kinds::{
        context::Context,
        embassy::columns::Column,
        judgement::{Effect, Judgement, Note, Records},
        kind::{Body, History, Kind, Reading},
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::{
        ids::{Part, RegistryId},
        rule::Text,
        verdict::Verdict,
    },
};

/// Enrolment lists of missions and organisations, and single applications by a Helfo case handler.
pub struct EmbassyList;

/// Notices of departure from the Ministry of Foreign Affairs.
pub struct Departures;

impl Kind for EmbassyList {
    fn name(&self) -> &'static str {
        "embassy-list"
    }

    fn title(&self) -> Text {
        Text { nb: "Ambassadeliste", en: "Embassy list" }
    }

    fn recognises(&self, says: &Says) -> bool {
        // Only enrolments need consent; only a list of changes says what to do.
        is_of(says, &list::SHAPE, &[Column::DNumber, Column::ConsentBy])
            || is_of(says, &list::SHAPE, &[Column::DNumber, Column::Action])
    }

    fn max_bytes(&self) -> u64 {
        MAX_BYTES
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        _sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        let read = list::read(body, context, is_xml(context))?;
        Ok(Box::new(ListReading { read, settings: *context.embassy }))
    }
}

impl Kind for Departures {
    fn name(&self) -> &'static str {
        "departures"
    }

    fn title(&self) -> Text {
        Text { nb: "Utreisemelding", en: "Departure notice" }
    }

    fn recognises(&self, says: &Says) -> bool {
        is_of(says, &departure_notice::SHAPE, &[Column::DNumber, Column::DepartureDate])
    }

    fn max_bytes(&self) -> u64 {
        MAX_BYTES
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        _sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        departure_notice::read(body, context, is_xml(context))
    }
}

struct ListReading {
    read: list::ReadList,
    settings: state::Settings,
}

impl Reading for ListReading {
    fn writes_later(&self) -> Vec<(RegistryId, Part)> {
        vec![(self.read.registry.clone(), Part::Difference)]
    }

    fn conclude(
        self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let list::ReadList { registry, today, list, mut findings, rejected, rows, .. } = self.read;
        let mut outcome = reconcile::reconcile(&list, history.enrolments(), today, &self.settings)?;
        findings.append(std::mem::take(&mut outcome.findings));
        let rejected = rejected + outcome.rejected;
        let records = Records { accepted: rows.saturating_sub(rejected), rejected };
        let verdict = records.verdict(&findings, outcome.hold.is_some());
        if verdict == Verdict::Rejected {
            return Ok(Judgement::rejected(records, findings));
        }
        if let Some(hold) = &outcome.hold {
            findings.push(hold.finding());
        }
        let about =
            difference::About { registry: &registry, mission: Some(&list.mission), date: today };
        difference::write(&about, &outcome.changes, || sinks.sink(&registry, Part::Difference))?;
        let mut notes = vec![Note::Reconciled(outcome.tally)];
        notes.extend(days_of_effect(&outcome));
        let mut effects = vec![Effect::ListSeen {
            mission: list.mission.clone(),
            date: list.stands_on(today),
            complete: list.list_type == columns::ListType::Complete,
        }];
        effects.extend(outcome.changes.into_iter().map(|(change, _)| Effect::Enrolment(change)));
        effects.extend(outcome.hold.map(Effect::Hold));
        Ok(Judgement { verdict, records, findings, notes, effects, report: None })
    }
}

/// On which day the enrolments of a list take effect, those among them that it moves to another
/// day: one for all, or each day with its persons.
fn days_of_effect(outcome: &reconcile::Outcome<'_>) -> Vec<Note> {
    let mut days = BTreeMap::new();
    for (change, _) in &outcome.changes {
        if let state::What::Enrol { enrolled, .. } = &change.what {
            *days.entry(enrolled.effective_from).or_insert(0) += 1;
        }
    }
    for day in &outcome.moved_to {
        *days.entry(*day).or_insert(0) += 1;
    }
    if days.len() == 1 {
        return days.into_keys().map(Note::EffectiveFrom).collect();
    }
    let mut days = days.into_iter();
    let named = days.by_ref().take(MOST_DAYS);
    let mut notes: Vec<_> =
        named.map(|(day, persons)| Note::EffectiveFromFor { day, persons }).collect();
    if let Some((day, persons)) = days.next() {
        let persons = persons + days.map(|(_, persons)| persons).sum::<u64>();
        notes.push(Note::EffectiveFromLater { day, persons });
    }
    notes
}

/// Days of effect that a receipt names one by one: a year of them.
const MOST_DAYS: usize = 12;

/// Whether a document says that it has this shape: by namespace and root, or by the headings that
/// tell one table from another.
fn is_of(says: &Says, shape: &rows::Shape, telling: &[Column]) -> bool {
    match says {
        Says::Xml { namespace, root, .. } => namespace == shape.namespace && root == shape.root,
        Says::Table { headings, .. } => {
            let columns: Vec<_> = headings.iter().filter_map(|h| Column::by_heading(h)).collect();
            telling.iter().all(|column| columns.contains(column))
        }
    }
}

fn is_xml(context: &Context<'_>) -> bool {
    matches!(context.says, Says::Xml { .. })
}

/// The whole diplomatic corps is 1700 persons; a list of all of them is below 1 MiB.
const MAX_BYTES: u64 = 64 << 20;
