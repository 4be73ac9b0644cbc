//! What stands behind the notifications: whom to ask, and whose message it is. Only here is it
//! known which municipality reports, and whether its number was in use.

use std::collections::BTreeSet;

use crate::{
    format::xml::event::Start,
    kinds::{
        kpr::{
            event::schema::{KOMMUNE, KONTAKTPERSON},
            hints,
            judge::Judge,
            output::{About, Rendered, Writer},
            record::Record,
            schema::{Cost, form::Form, lists},
        },
        refused::Refused,
    },
    types::{finding::Place, municipality::MunicipalityNumber, rule::Hint, rules::kpr as rules},
};

/// The end of a message, as far as it has come.
#[derive(Debug, Default)]
pub struct Closing {
    contacts: BTreeSet<u16>,
    contact_count: u32,
    unit: Option<(MunicipalityNumber, Place)>,
    /// All of it as it leaves, per registry.
    tail: Vec<Vec<Rendered>>,
}

impl Closing {
    /// A contact person.
    pub fn contact(
        &mut self,
        start: &Start<'_>,
        judge: &mut Judge<'_>,
        record: &mut Record,
        writers: &[Writer<'_>],
    ) -> Result<(), Refused> {
        self.contact_count += 1;
        if self.contact_count > MOST_CONTACTS {
            let hint = &hints::CONTACTS_TOO_MANY;
            return Err(judge.refuse(&rules::KPR_05, hint, start.place(), None));
        }
        judge.take(start, &KONTAKTPERSON, record)?;
        record.close();
        self.contacts.extend(record.last_of(Form::ContactType).and_then(lists::number));
        self.leave(judge, record, start.place(), writers)
    }

    /// One reporting unit, and it is the sender's (KPR-02).
    pub fn unit(
        &mut self,
        start: &Start<'_>,
        judge: &mut Judge<'_>,
        record: &mut Record,
        writers: &[Writer<'_>],
    ) -> Result<(), Refused> {
        let place = start.place();
        judge.take(start, &KOMMUNE, record)?;
        record.close();
        let text = record.last_of(Form::Municipality).unwrap_or_default();
        if let Some((before, _)) = self.unit {
            // The same unit named twice is one unit.
            if MunicipalityNumber::parse(text).is_ok_and(|number| number == before) {
                return Ok(());
            }
            let (hint, field) = (&hints::MUNICIPALITIES_MANY, Some("kommuneNr"));
            return Err(judge.refuse(&rules::KPR_02, hint, place, field));
        }
        let number = judge.municipality(text, place)?;
        self.unit = Some((number, place));
        self.leave(judge, record, place, writers)
    }

    /// Keeps what leaves of a record, as it was decided for what belongs to no event.
    fn leave(
        &mut self,
        judge: &mut Judge<'_>,
        record: &Record,
        place: Place,
        writers: &[Writer<'_>],
    ) -> Result<(), Refused> {
        let year = judge.context.today.year();
        judge.place = place;
        judge.note_dropped(record, year)?;
        let decided = judge.context.targets.iter().map(|target| target.not_decided_in(year));
        let rendered = writers.iter().zip(decided).map(|(writer, not_decided)| {
            writer.hold(record, About { who: None, year, not_decided })
        });
        self.tail.push(rendered.collect());
        Ok(())
    }

    /// Whose message it is, and what leaves behind the notifications.
    pub fn finish(
        &mut self,
        judge: &mut Judge<'_>,
    ) -> Result<(MunicipalityNumber, Vec<Vec<Rendered>>), Refused> {
        let Some((number, place)) = self.unit.filter(|_| self.contact_count > 0) else {
            let hint = &hints::ELEMENT_MISSING;
            return Err(judge.refuse(&rules::KPR_05, hint, Place::File {}, None));
        };
        let mut years = judge.tally.years.clone();
        if years.is_empty() {
            // It reports that nothing happened, in January perhaps of the year before.
            let today = judge.context.today.year();
            if ![today, today - 1].into_iter().any(|year| judge.is_reporter(year)) {
                let hint = &hints::NOT_REPORTER;
                return Err(judge.refuse(&rules::KPR_01, hint, Place::File {}, None));
            }
            years.insert(today);
        }
        for year in years {
            judge.municipality_in_year(number, year, place)?;
        }
        judge.check_struck()?;
        for (wanted, hint) in WANTED_CONTACTS {
            if !self.contacts.contains(&wanted) {
                let field = Some("typeKontaktperson");
                judge.breach(Cost::Told, &rules::KPR_06, hint, place, field)?;
            }
        }
        Ok((number, std::mem::take(&mut self.tail)))
    }
}

/// Types of contact person that an IPLOS message must have: production, supplier, contact, sender.
/// Each with what is said where it is missing.
static WANTED_CONTACTS: [(u16, &Hint); 4] = [
    (1, &hints::CONTACT_1_MISSING),
    (15, &hints::CONTACT_15_MISSING),
    (16, &hints::CONTACT_16_MISSING),
    (17, &hints::CONTACT_17_MISSING),
];

const MOST_CONTACTS: u32 = 100;
