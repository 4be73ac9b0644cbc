//! Books in which nothing stands yet.

use std::{collections::BTreeMap, io};

use jiff::civil::Date;

use crate::{
    kinds::{
        Books,
        embassy::state::{Enrolled, EnrolmentBook},
        kpr::state::{Chain, Known, ReportBook, Reported},
        npr::state::ReleaseBook,
        police::{self, state::ExchangeBook},
    },
    types::{
        guid::Guid,
        ids::{RegistryId, SubmissionId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};

/// Books in which nothing stands yet: a dry run on a machine without a catalogue.
pub struct EmptyBooks;

impl Books for EmptyBooks {
    fn enrolments(&mut self) -> &mut dyn EnrolmentBook {
        self
    }

    fn reports(&mut self) -> &mut dyn ReportBook {
        self
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeBook {
        self
    }

    fn releases(&mut self) -> &mut dyn ReleaseBook {
        self
    }
}

impl ReleaseBook for EmptyBooks {
    fn task_done(&self, _: &RegistryId, _: i16) -> io::Result<bool> {
        Ok(false)
    }
}

impl ExchangeBook for EmptyBooks {
    fn exchange(&self, _: &Guid) -> io::Result<Option<police::state::Known>> {
        Ok(None)
    }

    fn reply(&self, _: &Guid) -> io::Result<Option<SubmissionId>> {
        Ok(None)
    }
}

impl EnrolmentBook for EmptyBooks {
    fn of_mission(&self, _mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        Ok(BTreeMap::new())
    }

    fn newest_complete(&self, _mission: &str) -> io::Result<Option<Date>> {
        Ok(None)
    }

    fn missions_of(&self, _person: &Pseudonym) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

impl ReportBook for EmptyBooks {
    fn chain(&self, _: MunicipalityNumber) -> io::Result<Option<Chain>> {
        Ok(None)
    }

    fn notification(&self, _: &Guid) -> io::Result<Option<Known>> {
        Ok(None)
    }

    fn annual(&self, _: MunicipalityNumber, _: i16) -> io::Result<Option<SubmissionId>> {
        Ok(None)
    }

    fn linked(&self, _: &Reported, _: i16) -> io::Result<u64> {
        Ok(0)
    }
}
