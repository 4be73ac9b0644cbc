//! The fields of a request: their names, the groups that they stand in, and how long each may be.

use crate::kinds::police::words::plain;

/// A field, in the order of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `inquiry` or `notice`.
    Type,
    /// GUID, the sender's own.
    RequestId,
    /// Number of the case in the case archive.
    CaseNumber,
    /// The district that is asked or told, by its code.
    PoliceDistrict,
    /// Code of the provision.
    LegalBasis,
    /// The written assessment that some bases need; whom a threat is against.
    BasisDetails,
    /// Who consented.
    ConsentGivenBy,
    /// The day of the consent.
    ConsentDate,
    /// Whether it was informed.
    ConsentInformed,
    /// Whether it was voluntary.
    ConsentVoluntary,
    /// Whether it was given with decision-making competence.
    ConsentCompetent,
    /// What patient relationship there is.
    PatientRelationship,
    /// The patient's name.
    PersonName,
    /// The patient's national id.
    PersonNationalId,
    /// Who asks.
    RequesterName,
    /// Position of who asks.
    RequesterPosition,
    /// Department of who asks.
    RequesterDepartment,
    /// Telephone of who asks.
    ContactPhone,
    /// E-mail of who asks.
    ContactEmail,
    /// What the information is for.
    Purpose,
    /// The same by its code.
    PurposeCode,
    /// Reference to health legislation.
    HealthReference,
    /// Which police register.
    Register,
    /// First day of the period.
    PeriodFrom,
    /// Its last day.
    PeriodTo,
    /// By when an answer is needed.
    NeededBy,
    /// Whether it was told orally, and is recorded afterwards.
    Oral,
    /// Whether the patient was informed.
    PatientInformed,
}

/// How many fields there are.
pub const COUNT: usize = TABLE.len();

/// The groups that fields stand in.
pub const GROUPS: [&str; 5] = ["consent", "person", "requester", "contact", "period"];

impl Field {
    /// All of them, in the order of the form.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The group that it stands in; empty for none.
    pub fn group(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// Its name within the group.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].2
    }

    /// Its name in findings, such as `person.name`.
    pub fn shown(self) -> &'static str {
        TABLE[self as usize].3
    }

    /// Most characters of its text.
    pub fn longest(self) -> usize {
        TABLE[self as usize].4
    }

    /// The field at a place of the document: names without hyphens, underscores and capitals, with
    /// a slash between group and field.
    pub fn at(path: &str) -> Option<Self> {
        let (group, name) = path.split_once('/').unwrap_or(("", path));
        let field = TABLE.iter().find(|row| row.1 == group && plain(row.2) == name);
        field.map(|row| row.0)
    }

    /// Whether it is text in somebody's own words, which may hold anything (POL-03).
    pub fn is_free_text(self) -> bool {
        matches!(
            self,
            Self::BasisDetails
                | Self::HealthReference
                | Self::PatientRelationship
                | Self::Purpose
                | Self::Register
        )
    }
}

const WORD: usize = 100;
const LINE: usize = 300;
const PAGE: usize = 10_000;

type Row = (Field, &'static str, &'static str, &'static str, usize);

const TABLE: &[Row] = &[
    (Field::Type, "", "type", "type", WORD),
    (Field::RequestId, "", "request_id", "request_id", WORD),
    (Field::CaseNumber, "", "case_number", "case_number", WORD),
    (Field::PoliceDistrict, "", "police_district", "police_district", WORD),
    (Field::LegalBasis, "", "legal_basis", "legal_basis", WORD),
    (Field::BasisDetails, "", "basis_details", "basis_details", PAGE),
    (Field::ConsentGivenBy, "consent", "given_by", "consent.given_by", LINE),
    (Field::ConsentDate, "consent", "date", "consent.date", WORD),
    (Field::ConsentInformed, "consent", "informed", "consent.informed", WORD),
    (Field::ConsentVoluntary, "consent", "voluntary", "consent.voluntary", WORD),
    (Field::ConsentCompetent, "consent", "competent", "consent.competent", WORD),
    (Field::PatientRelationship, "", "patient_relationship", "patient_relationship", PAGE),
    (Field::PersonName, "person", "name", "person.name", LINE),
    (Field::PersonNationalId, "person", "national_id", "person.national_id", WORD),
    (Field::RequesterName, "requester", "name", "requester.name", LINE),
    (Field::RequesterPosition, "requester", "position", "requester.position", LINE),
    (Field::RequesterDepartment, "requester", "department", "requester.department", LINE),
    (Field::ContactPhone, "contact", "phone", "contact.phone", WORD),
    (Field::ContactEmail, "contact", "email", "contact.email", LINE),
    (Field::Purpose, "", "purpose", "purpose", PAGE),
    (Field::PurposeCode, "", "purpose_code", "purpose_code", WORD),
    (Field::HealthReference, "", "health_reference", "health_reference", LINE),
    (Field::Register, "", "register", "register", LINE),
    (Field::PeriodFrom, "period", "from", "period.from", WORD),
    (Field::PeriodTo, "period", "to", "period.to", WORD),
    (Field::NeededBy, "", "needed_by", "needed_by", WORD),
    (Field::Oral, "", "oral", "oral", WORD),
    (Field::PatientInformed, "", "patient_informed", "patient_informed", WORD),
];

#[cfg(test)]
mod tests {
    use super::{COUNT, Field, GROUPS, TABLE};

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (index, (field, group, name, shown, _)) in TABLE.iter().enumerate() {
            assert_eq!(*field as usize, index, "{shown}");
            let want =
                if group.is_empty() { (*name).to_owned() } else { format!("{group}.{name}") };
            assert_eq!(*shown, want);
            assert!(group.is_empty() || GROUPS.contains(group), "{group}");
        }
        assert_eq!(COUNT, 28);
    }

    #[test]
    fn fields_are_found_by_their_place() {
        assert_eq!(Field::at("requestid"), Some(Field::RequestId));
        assert_eq!(Field::at("person/nationalid"), Some(Field::PersonNationalId));
        for bad in ["nationalid", "person", "name", "person/person/name", "", "/"] {
            assert_eq!(Field::at(bad), None, "{bad}");
        }
    }
}
