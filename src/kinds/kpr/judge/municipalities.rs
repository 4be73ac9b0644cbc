//! Which municipality numbers, and districts, are the sender's to report for (KPR-02).

use jiff::civil::date;

use crate::{
    kinds::{
        kpr::{hints, judge::Judge},
        refused::Refused,
    },
    types::{finding::Place, municipality::MunicipalityNumber, rules::kpr as rules},
};

impl Judge<'_> {
    /// KPR-02: a municipality number that is the sender's to report for: its own, those that went
    /// over into its own, and what its own went over into as a whole, if nobody else has that
    /// number.
    pub fn municipality(
        &mut self,
        text: &str,
        place: Place,
    ) -> Result<MunicipalityNumber, Refused> {
        let field = Some("kommuneNr");
        let Some(own) = self.context.sender.municipality else {
            return Err(self.refuse(&rules::KPR_01, &hints::NOT_REPORTER, place, field));
        };
        match MunicipalityNumber::parse(text) {
            Ok(number) if is_of(own, number) && !self.is_others(own, number) => Ok(number),
            _ => Err(self.refuse(&rules::KPR_02, &hints::MUNICIPALITY_OTHER, place, field)),
        }
    }

    /// KPR-02: the number was in use at some time of the year.
    pub fn municipality_in_year(
        &mut self,
        number: MunicipalityNumber,
        year: i16,
        place: Place,
    ) -> Result<(), Refused> {
        if number.valid_on(date(year, 1, 1)) || number.valid_on(date(year, 12, 31)) {
            return Ok(());
        }
        Err(self.refuse(&rules::KPR_02, &hints::MUNICIPALITY_YEAR, place, Some("kommuneNr")))
    }

    /// The first four digits of a district are the municipality's number.
    pub(super) fn is_own_district(&self, district: &str) -> bool {
        let Some(own) = self.context.sender.municipality else { return true };
        district.as_bytes().starts_with(&self.own)
            || district
                .get(..4)
                .and_then(|four| MunicipalityNumber::parse(four).ok())
                .is_some_and(|number| is_of(own, number))
    }

    /// Whether a number that is not the sender's own, nor was once, is another sender's by now.
    fn is_others(&self, own: MunicipalityNumber, number: MunicipalityNumber) -> bool {
        number != own && !number.went_into(own) && self.context.kpr.others.contains(&number)
    }
}

/// Whether a number is that of the same municipality, or of what became a part of it. What one was
/// split into are others.
fn is_of(own: MunicipalityNumber, number: MunicipalityNumber) -> bool {
    number == own || number.went_into(own) || own.goes_on_as().any(|later| later == number)
}
