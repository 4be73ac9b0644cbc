//! The form of a request to the police as a person at the terminal fills it in: which questions a
//! legal basis asks, and the document that the answers make. In memory alone.

use std::{collections::BTreeMap, io};

use zeroize::Zeroizing;

use crate::{
    format::xml::write::XmlWriter,
    kinds::police::{
        basis::LegalBasis,
        request::{
            fields::{Field, GROUPS},
            filled_form::NAMESPACE,
            outgoing::ROOT,
        },
        words::Type,
    },
    types::secret::PersonalText,
};

/// The answers so far.
#[derive(Default)]
pub(super) struct Form(BTreeMap<Field, PersonalText>);

/// Whether a question must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The request is refused without it.
    Must,
    /// It may be left blank.
    May,
}

impl Form {
    /// Takes an answer; a blank one is none.
    pub(super) fn set(&mut self, field: Field, text: &str) {
        match text.trim() {
            "" => drop(self.0.remove(&field)),
            text => drop(self.0.insert(field, PersonalText::new(text.to_owned()))),
        }
    }

    /// An answer; blank where there is none.
    pub(super) fn text(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", PersonalText::expose_text)
    }

    /// Reads answers that were written down: a line each, `person.name = …`; blank lines and lines
    /// that begin with `#` say nothing.
    ///
    /// # Errors
    /// The number of the first line that is no answer, from 1. Never what stands in it.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let mut form = Self::default();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, answer) = line.split_once('=').ok_or(number)?;
            let field = Field::all().find(|field| field.shown() == name.trim()).ok_or(number)?;
            form.set(field, answer);
        }
        Ok(form)
    }

    /// The document that the hospital's own system would have sent.
    ///
    /// # Errors
    /// When an answer holds a character that XML cannot carry.
    pub(super) fn document(&self) -> io::Result<Zeroizing<Vec<u8>>> {
        // A vector that grows leaves copies behind unwiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        let mut xml = XmlWriter::with_declaration(&mut *bytes)?;
        xml.start(ROOT)?;
        xml.attr("xmlns", NAMESPACE)?;
        for (field, text) in self.0.iter().filter(|(field, _)| field.group().is_empty()) {
            xml.attr(field.name(), text.expose_text())?;
        }
        for group in GROUPS {
            let answers = self.0.iter().filter(|(field, _)| field.group() == group);
            let answers: Vec<_> =
                answers.map(|(field, text)| (field.name(), text.expose_text())).collect();
            if !answers.is_empty() {
                xml.empty(group, &answers)?;
            }
        }
        xml.end(ROOT)?;
        xml.finish()?;
        Ok(bytes)
    }
}

/// What is asked after the basis and the type are known, in the order of the form. Nothing that the
/// basis has no use for: what is not needed should not be written down.
pub(super) fn questions(
    basis: LegalBasis,
    sort: Type,
    several_districts: bool,
    archive_makes_cases: bool,
) -> Vec<(Field, Need)> {
    Field::all()
        .filter_map(|field| {
            Some((field, need(field, basis, sort, several_districts, archive_makes_cases)?))
        })
        .collect()
}

fn need(
    field: Field,
    basis: LegalBasis,
    sort: Type,
    several_districts: bool,
    archive_makes_cases: bool,
) -> Option<Need> {
    let (inquiry, named) = (sort == Type::Inquiry, basis != LegalBasis::Anonymised);
    let asked = match field {
        // Asked before, drawn here, or never true of what is sent.
        Field::Type | Field::RequestId | Field::LegalBasis | Field::Oral => return None,
        Field::CaseNumber if archive_makes_cases => return Some(Need::May),
        Field::HealthReference if inquiry || basis != LegalBasis::KnownPatient => {
            return Some(Need::May);
        }
        // One of the two is enough; the first one is asked for.
        Field::ContactEmail => return Some(Need::May),
        // Whoever must avert harm at once may not have the number at hand.
        Field::PersonNationalId if named && !inquiry => return Some(Need::May),
        Field::HealthReference => false,
        Field::PoliceDistrict => several_districts,
        Field::BasisDetails => {
            basis == LegalBasis::WeightyInterests || (!inquiry && basis == LegalBasis::AvertHarm)
        }
        Field::ConsentGivenBy
        | Field::ConsentDate
        | Field::ConsentInformed
        | Field::ConsentVoluntary
        | Field::ConsentCompetent => basis == LegalBasis::Consent,
        Field::PatientRelationship => inquiry && named,
        Field::PersonName | Field::PersonNationalId => named,
        Field::Register | Field::PeriodFrom | Field::PeriodTo | Field::NeededBy => inquiry,
        Field::CaseNumber
        | Field::RequesterName
        | Field::RequesterPosition
        | Field::RequesterDepartment
        | Field::ContactPhone
        | Field::Purpose
        | Field::PurposeCode
        | Field::PatientInformed => true,
    };
    asked.then_some(Need::Must)
}

/// Bytes that a filled-in form has room in.
const ROOM: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::{Form, Need, questions};
    use crate::kinds::police::{basis::LegalBasis, request::fields::Field, words::Type};

    fn asked(basis: LegalBasis, sort: Type) -> Vec<&'static str> {
        let all = questions(basis, sort, false, false).into_iter();
        all.filter(|(_, need)| *need == Need::Must).map(|(field, _)| field.shown()).collect()
    }

    #[test]
    fn only_what_the_basis_needs_is_asked() {
        let anonymous = asked(LegalBasis::Anonymised, Type::Inquiry);
        for never in ["person.name", "person.national_id", "patient_relationship", "consent.date"] {
            assert!(!anonymous.contains(&never), "{never}");
        }
        let consent = asked(LegalBasis::Consent, Type::Inquiry);
        assert!(consent.contains(&"consent.competent") && !consent.contains(&"basis_details"));
        assert!(asked(LegalBasis::WeightyInterests, Type::Inquiry).contains(&"basis_details"));
        let notice = asked(LegalBasis::AvertHarm, Type::Notice);
        assert!(notice.contains(&"basis_details") && notice.contains(&"person.name"));
        for never in ["register", "needed_by", "period.from", "person.national_id"] {
            assert!(!notice.contains(&never), "{never}");
        }
        let several = questions(LegalBasis::Consent, Type::Inquiry, true, true);
        assert!(several.contains(&(Field::PoliceDistrict, Need::Must)));
        assert!(several.contains(&(Field::CaseNumber, Need::May)));
    }

    #[test]
    fn answers_that_were_written_down() {
        let text = "# to be shredded\n\nperson.name = Rigmor <Prøvesen>\npurpose=a = b\n";
        let form = Form::read(text).ok().unwrap();
        assert_eq!(form.text(Field::PersonName), "Rigmor <Prøvesen>");
        assert_eq!(form.text(Field::Purpose), "a = b");
        let document = form.document().unwrap();
        let document = std::str::from_utf8(&document).unwrap();
        assert!(document.contains(r#"purpose="a = b""#), "{document}");
        assert!(document.contains(r#"<person name="Rigmor &lt;Prøvesen>"/>"#), "{document}");
        for (bad, line) in [("person.name", 1), ("\n\nnobody = x", 3), ("name = x", 1)] {
            assert_eq!(Form::read(bad).err(), Some(line), "{bad}");
        }
    }
}
