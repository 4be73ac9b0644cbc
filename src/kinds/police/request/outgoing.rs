//! What leaves for the police district: the request, written anew in one form.
//!
//! Only the fields of the form, and of them only what the basis lets leave: nobody is identified in
//! an anonymous request, and under `kjent-pasientforhold` the assessment stays here (POL-12).
//! Nothing that a sender wrote beside the fields, in comments or otherwise, gets this far.

use std::io;

use zeroize::Zeroizing;

use crate::{
    format::xml::write::XmlWriter,
    kinds::{
        leak::IdentityLeak,
        police::{
            basis::LegalBasis,
            request::{
                fields::Field,
                filled_form::{Filled, NAMESPACE},
                legal_gates::Passed,
            },
            state::Form,
            words::Type,
        },
    },
    protect::scan::{ScanPolicy, Uuids, scanner::Scanner},
};

/// The root element.
pub const ROOT: &str = "PoliceRequest";

/// The request as it leaves.
///
/// # Errors
/// [`IdentityLeak`], when the last look at an anonymous one finds an identity number: a fault of
/// ours, since the gate has looked before.
pub fn write(filled: &Filled, passed: &Passed) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    let mut page = Page { xml: XmlWriter::with_declaration(&mut *bytes)?, filled };
    page.root(passed)?;
    page.content(passed)?;
    page.xml.end(ROOT)?;
    page.xml.finish()?;
    if passed.exchange.basis == LegalBasis::Anonymised {
        let mut scanner = Scanner::new(ScanPolicy { uuids: Uuids::Pass });
        scanner.feed(&bytes);
        if let Some(hit) = scanner.finish().first() {
            return Err(io::Error::other(IdentityLeak { offset: hit.offset }));
        }
    }
    Ok(bytes)
}

struct Page<'a> {
    xml: XmlWriter<&'a mut Vec<u8>>,
    filled: &'a Filled,
}

impl Page<'_> {
    /// What is a word, a number or a day.
    fn root(&mut self, passed: &Passed) -> io::Result<()> {
        let exchange = &passed.exchange;
        let sort = if exchange.form == Form::Notice { Type::Notice } else { Type::Inquiry };
        self.xml.start(ROOT)?;
        self.xml.attr("xmlns", NAMESPACE)?;
        self.xml.attr("type", sort.as_str())?;
        let id = self.filled.text(Field::RequestId).trim_matches(['{', '}']).to_ascii_lowercase();
        self.xml.attr("request_id", &id)?;
        self.xml.attr("police_district", &passed.district)?;
        if exchange.basis != LegalBasis::Anonymised {
            // The case is a patient's.
            if let Some(case) = &exchange.case {
                self.xml.attr("case_number", case.as_str())?;
            }
            self.xml.attr("patient_informed", exchange.informed.as_str())?;
        }
        self.xml.attr("legal_basis", exchange.basis.code())?;
        self.xml.attr("purpose_code", &exchange.purpose_code)?;
        match exchange.needed_by {
            Some(day) => self.xml.attr("needed_by", &day.to_string()),
            // No day, and still how soon: "at once".
            None if exchange.form == Form::Inquiry => {
                self.xml.attr("needed_by", self.filled.text(Field::NeededBy).trim())
            }
            None => Ok(()),
        }
    }

    /// What is in somebody's own words, and the groups.
    fn content(&mut self, passed: &Passed) -> io::Result<()> {
        let basis = passed.exchange.basis;
        if basis != LegalBasis::Anonymised {
            let number = self.filled.text(Field::PersonNationalId);
            let number = Zeroizing::new(number.split_whitespace().collect::<String>());
            let name = self.filled.text(Field::PersonName);
            self.group("person", &[("name", name), ("national_id", &number)])?;
        }
        if let Some(day) = passed.consented_on {
            let by = self.filled.text(Field::ConsentGivenBy);
            let day = day.to_string();
            let said = ["informed", "voluntary", "competent"].map(|name| (name, "true"));
            self.group("consent", &[&[("given_by", by), ("date", &day)][..], &said].concat())?;
        }
        self.fields(
            "requester",
            &[Field::RequesterName, Field::RequesterPosition, Field::RequesterDepartment],
        )?;
        self.fields("contact", &[Field::ContactPhone, Field::ContactEmail])?;
        if basis != LegalBasis::KnownPatient {
            self.text(Field::BasisDetails)?;
        }
        self.text(Field::PatientRelationship)?;
        self.text(Field::Purpose)?;
        self.text(Field::HealthReference)?;
        self.text(Field::Register)?;
        match passed.period {
            Some((from, to)) => {
                let (from, to) = (from.to_string(), to.to_string());
                self.group("period", &[("from", &from), ("to", &to)])
            }
            None => Ok(()),
        }
    }

    fn fields(&mut self, name: &str, fields: &[Field]) -> io::Result<()> {
        let filled = self.filled;
        let values: Vec<_> =
            fields.iter().map(|field| (field.name(), filled.text(*field))).collect();
        self.group(name, &values)
    }

    /// A group whose fields are attributes; nothing where all of them are blank.
    fn group(&mut self, name: &str, fields: &[(&str, &str)]) -> io::Result<()> {
        let said: Vec<_> = fields.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
        if said.is_empty() { Ok(()) } else { self.xml.empty(name, &said) }
    }

    fn text(&mut self, field: Field) -> io::Result<()> {
        let text = self.filled.text(field);
        if text.is_empty() { Ok(()) } else { self.xml.element(field.name(), text) }
    }
}

/// Bytes that most requests have room in: a vector that grows leaves copies behind unwiped.
const ROOM: usize = 64 << 10;
