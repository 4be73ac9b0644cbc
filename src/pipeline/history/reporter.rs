//! Who reports for a municipality, and which annual submissions of it are in force (KPR-09).

use crate::{
    catalogue::{error::CatalogueError, records::reports::AnnualSubmission, view::View},
    pipeline::house::House,
    types::{ids::SenderId, municipality::MunicipalityNumber},
};

/// A sender, as one of those that report for its municipality.
pub struct Reporter<'a> {
    sender: &'a SenderId,
    /// Its own municipality.
    municipality: Option<MunicipalityNumber>,
    others: Vec<&'a SenderId>,
}

impl<'a> Reporter<'a> {
    /// As the configuration has it now.
    pub fn of(house: &'a House, sender: &'a SenderId) -> Self {
        Self {
            sender,
            municipality: house.sender(sender).and_then(|sender| sender.municipality),
            others: house.others_of_its_municipality(sender).collect(),
        }
    }

    /// One that reports for nobody.
    pub fn nobody(sender: &'a SenderId) -> Self {
        Self { sender, municipality: None, others: Vec::new() }
    }

    /// Who it is.
    pub fn sender(&self) -> &'a SenderId {
        self.sender
    }

    /// Its own municipality.
    pub fn municipality(&self) -> Option<MunicipalityNumber> {
        self.municipality
    }

    /// What its municipality has sent for a year under this number and nothing has replaced, the
    /// oldest first within each registry.
    ///
    /// # Errors
    /// When the catalogue fails.
    pub fn in_force(
        &self,
        view: &dyn View,
        number: MunicipalityNumber,
        year: i16,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError> {
        let mut rows = view.annual_submissions(number, year)?;
        rows.retain(|row| row.superseded.is_none() && self.may_replace(row));
        rows.reverse();
        Ok(rows)
    }

    /// Its own, what came for the same municipality, under a number that this one went on from as a
    /// whole too, through a sender that may not be configured any more, and what came through one
    /// that is and had another number then. Two municipalities that one was parted into may both
    /// write its number: neither replaces the other's.
    fn may_replace(&self, row: &AnnualSubmission) -> bool {
        let lasting = MunicipalityNumber::lasting;
        row.sender == *self.sender
            || self.municipality.is_some_and(|own| lasting(own) == lasting(row.reporter))
            || self.others.contains(&&row.sender)
    }
}
