//! The books that kinds conclude against, read from the catalogue.

use std::{collections::BTreeMap, io};

use jiff::civil::Date;

use crate::{
    catalogue::{
        error::CatalogueError,
        keys::{MissionCode, PersonKey},
        records::enrolments::{Enrolment, EnrolmentState},
        view::View,
    },
    kinds::{
        Books,
        embassy::state::{Enrolled, EnrolmentBook},
    },
    types::{ids::RegistryId, pseudonym::Pseudonym},
};

/// The catalogue as a kind sees it, for one registry.
pub struct CatalogueBooks<'a> {
    view: &'a dyn View,
    registry: &'a RegistryId,
}

impl<'a> CatalogueBooks<'a> {
    /// The books of one registry.
    pub fn new(view: &'a dyn View, registry: &'a RegistryId) -> Self {
        Self { view, registry }
    }
}

impl Books for CatalogueBooks<'_> {
    fn enrolments(&mut self) -> &mut dyn EnrolmentBook {
        self
    }
}

impl EnrolmentBook for CatalogueBooks<'_> {
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let mission = mission_code(mission)?;
        let rows = self.view.enrolled(self.registry, &mission).map_err(io::Error::other)?;
        rows.iter().map(enrolled).collect()
    }

    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>> {
        let mission = mission_code(mission)?;
        let row = self.view.mission(self.registry, &mission).map_err(io::Error::other)?;
        Ok(row.and_then(|row| row.last_list_date))
    }

    fn enrolled(&self, mission: &str, person: &Pseudonym) -> io::Result<Option<Enrolled>> {
        let (mission, person) = (mission_code(mission)?, person_key(person)?);
        let row =
            self.view.enrolment(self.registry, &mission, &person).map_err(io::Error::other)?;
        let in_force = row.filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(in_force.as_ref().map(enrolled).transpose()?.map(|(_, enrolled)| enrolled))
    }

    fn household(
        &self,
        mission: &str,
        principal: &Pseudonym,
    ) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let (mission, principal) = (mission_code(mission)?, person_key(principal)?);
        let rows =
            self.view.household(self.registry, &mission, &principal).map_err(io::Error::other)?;
        rows.iter().map(enrolled).collect()
    }

    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>> {
        let person = person_key(person)?;
        let rows = self.view.enrolments_of(self.registry, &person).map_err(io::Error::other)?;
        let now = rows.into_iter().filter(|row| row.state == EnrolmentState::Enrolled);
        Ok(now.map(|row| row.mission.as_str().to_owned()).collect())
    }
}

/// A pseudonym as the catalogue keeps it.
pub fn person_key(person: &Pseudonym) -> io::Result<PersonKey> {
    PersonKey::parse(&person.to_string()).map_err(io::Error::other)
}

/// A mission's code as the catalogue keeps it.
pub fn mission_code(code: &str) -> io::Result<MissionCode> {
    MissionCode::parse(code).map_err(io::Error::other)
}

/// A pseudonym that the catalogue kept.
pub fn pseudonym(person: &PersonKey) -> io::Result<Pseudonym> {
    let unreadable = CatalogueError::Unreadable { what: "pseudonym" };
    Pseudonym::parse(person.as_str()).map_err(|_| io::Error::other(unreadable))
}

fn enrolled(row: &Enrolment) -> io::Result<(Pseudonym, Enrolled)> {
    let enrolled = Enrolled {
        principal: row.principal.as_ref().map(pseudonym).transpose()?,
        content: row.content,
        effective_from: row.effective_from,
    };
    Ok((pseudonym(&row.person)?, enrolled))
}
