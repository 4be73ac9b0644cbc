//! What stands behind the notifications: whom to ask, and whose message it is. Only here is it known
//! which municipality reports, and whether its number was in use.

use std::collections::BTreeSet;

use crate::{
    format::xml::event::Start,
    kinds::{
        kpr::{
            event::schema::{KOMMUNE, KONTAKTPERSON},
            hints, lists, output,
            pass::Pass,
            record::Record,
            schema::{Cost, Form},
        },
        refused::Refused,
    },
    types::{finding::Place, municipality::MunicipalityNumber, rules::kpr as rules},
};

/// The end of a message, as far as it has come.
#[derive(Debug, Default)]
pub struct Closing {
    contacts: BTreeSet<u16>,
    contact_count: u32,
    unit: Option<(MunicipalityNumber, Place)>,
    /// All of it as it leaves.
    tail: Vec<u8>,
}

impl Closing {
    /// A contact person.
    pub fn contact(
        &mut self,
        start: &Start<'_>,
        pass: &mut Pass<'_>,
        record: &mut Record,
    ) -> Result<(), Refused> {
        self.contact_count += 1;
        if self.contact_count > MOST_CONTACTS {
            let hint = &hints::CONTACTS_TOO_MANY;
            return Err(pass.refuse(&rules::KPR_05, hint, start.place(), None));
        }
        pass.take(start, &KONTAKTPERSON, record)?;
        record.close();
        self.contacts.extend(record.last_of(Form::ContactType).and_then(lists::number));
        output::plain(record, &mut self.tail);
        Ok(())
    }

    /// One reporting unit, and it is the sender's (KPR-02).
    pub fn unit(
        &mut self,
        start: &Start<'_>,
        pass: &mut Pass<'_>,
        record: &mut Record,
    ) -> Result<(), Refused> {
        let place = start.place();
        pass.take(start, &KOMMUNE, record)?;
        record.close();
        let text = record.last_of(Form::Municipality).unwrap_or_default();
        if let Some((before, _)) = self.unit {
            // The same unit named twice is one unit.
            if MunicipalityNumber::parse(text).is_ok_and(|number| number == before) {
                return Ok(());
            }
            let (hint, field) = (&hints::MUNICIPALITIES_MANY, Some("kommuneNr"));
            return Err(pass.refuse(&rules::KPR_02, hint, place, field));
        }
        let number = pass.municipality(text, place)?;
        self.unit = Some((number, place));
        output::plain(record, &mut self.tail);
        Ok(())
    }

    /// Whose message it is, and what leaves behind the notifications.
    pub fn finish(
        &mut self,
        pass: &mut Pass<'_>,
    ) -> Result<(MunicipalityNumber, Vec<u8>), Refused> {
        let Some((number, place)) = self.unit.filter(|_| self.contact_count > 0) else {
            let hint = &hints::ELEMENT_MISSING;
            return Err(pass.refuse(&rules::KPR_05, hint, Place::File {}, None));
        };
        let today = pass.context.today.year();
        let latest = pass.tally.years.last().copied().unwrap_or(today);
        pass.municipality_in_year(number, latest, place)?;
        if WANTED_CONTACTS.iter().any(|wanted| !self.contacts.contains(wanted)) {
            let (hint, field) = (&hints::CONTACT_MISSING, Some("typeKontaktperson"));
            pass.breach(Cost::Told, &rules::KPR_06, hint, place, field)?;
        }
        Ok((number, std::mem::take(&mut self.tail)))
    }
}

/// Types of contact person that an IPLOS message must have: production, supplier, contact, sender.
const WANTED_CONTACTS: [u16; 4] = [1, 15, 16, 17];

const MOST_CONTACTS: u32 = 100;
