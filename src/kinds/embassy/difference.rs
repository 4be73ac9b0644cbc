//! What leaves for the registry: who is enrolled, changed and withdrawn, in XML of our own profile
//! `urn:filsluse:enrolment-difference:1`. Written straight into the seal.
//!
//! Each person carries the registry's pseudonym. Enrolments and changes carry the D-number too; a
//! withdrawal of somebody whom a list no longer names carries the pseudonym alone, because the
//! house kept nothing else. The registry knows it from the enrolment.

use std::io::{self, Write};

use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::{
    format::xml::write::XmlWriter,
    kinds::embassy::{
        columns::{ACCREDITATIONS, CONSENTS, Category},
        person::{Entry, particulars::Particulars},
        state::{Change, Reason, What},
    },
    types::{
        ids::RegistryId,
        pseudonym::Pseudonym,
        secret::{make_room, wipe},
    },
};

/// Namespace of the difference.
pub const NAMESPACE: &str = "urn:filsluse:enrolment-difference:1";

const ROOT: &str = "EnrolmentDifference";

/// What the difference as a whole says.
pub struct About<'a> {
    /// Whom it is for.
    pub registry: &'a RegistryId,
    /// The mission whose list it follows from; none for a departure notice.
    pub mission: Option<&'a str>,
    /// The day it was made.
    pub date: Date,
}

/// Writes the difference, or nothing at all where nothing changes: a list that only confirms has
/// nothing to tell the registry. `open` gives the writer when it is needed.
pub fn write<'w>(
    about: &About<'_>,
    changes: &[(Change, Option<&Entry>)],
    open: impl FnOnce() -> io::Result<&'w mut dyn Write>,
) -> io::Result<()> {
    if changes.iter().all(|(change, _)| matches!(change.what, What::Confirm | What::Review)) {
        return Ok(());
    }
    let mut gathered = Gathered { to: open()?, bytes: Zeroizing::default() };
    let mut xml = XmlWriter::with_declaration(&mut gathered as &mut dyn Write)?;
    xml.start(ROOT)?;
    xml.attr("xmlns", NAMESPACE)?;
    xml.attr("registry", about.registry.as_str())?;
    if let Some(mission) = about.mission {
        xml.attr("mission_code", mission)?;
    }
    xml.attr("date", &about.date.to_string())?;
    for (change, entry) in changes {
        match &change.what {
            What::Confirm | What::Review => {}
            What::Withdraw { on, reason } => withdraw(&mut xml, change, *entry, *on, *reason)?,
            What::Enrol { enrolled, review } => {
                begin(&mut xml, "Enrol", change)?;
                xml.attr("effective_from", &enrolled.effective_from.to_string())?;
                if *review {
                    xml.attr("review", "true")?;
                }
                principal(&mut xml, enrolled.principal.as_ref())?;
                particulars(&mut xml, *entry)?;
                xml.end("Enrol")?;
            }
            What::Change(enrolled) => {
                begin(&mut xml, "Change", change)?;
                xml.attr("effective_from", &enrolled.effective_from.to_string())?;
                principal(&mut xml, enrolled.principal.as_ref())?;
                particulars(&mut xml, *entry)?;
                xml.end("Change")?;
            }
        }
    }
    xml.end(ROOT)?;
    xml.finish()?;
    gathered.leave()
}

/// What was written and has not left: an attribute is three pieces, and the seal takes each of them
/// as if it were many. Wiped when dropped.
struct Gathered<'w> {
    to: &'w mut dyn Write,
    bytes: Zeroizing<Vec<u8>>,
}

impl Gathered<'_> {
    fn leave(&mut self) -> io::Result<()> {
        self.to.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

impl Drop for Gathered<'_> {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl Write for Gathered<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() >= FULL {
            self.leave()?;
        }
        make_room(&mut self.bytes, piece.len(), FULL);
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    /// What waits leaves at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes that leave at once.
const FULL: usize = 16 << 10;

fn begin(
    xml: &mut XmlWriter<&mut dyn Write>,
    element: &'static str,
    change: &Change,
) -> io::Result<()> {
    xml.start(element)?;
    xml.attr("mission_code", &change.mission)?;
    xml.attr("person", &change.person.to_string())
}

fn withdraw(
    xml: &mut XmlWriter<&mut dyn Write>,
    change: &Change,
    entry: Option<&Entry>,
    on: Date,
    reason: Reason,
) -> io::Result<()> {
    begin(xml, "Withdraw", change)?;
    xml.attr("reason", reason.as_str())?;
    xml.attr("effective_from", &on.to_string())?;
    if let Some(entry) = entry {
        xml.attr("d_number", entry.d_number.expose_text())?;
    }
    xml.end("Withdraw")
}

fn principal(xml: &mut XmlWriter<&mut dyn Write>, person: Option<&Pseudonym>) -> io::Result<()> {
    match person {
        Some(person) => xml.attr("principal", &person.to_string()),
        None => Ok(()),
    }
}

fn particulars(xml: &mut XmlWriter<&mut dyn Write>, entry: Option<&Entry>) -> io::Result<()> {
    let Some(entry) = entry else { return Ok(()) };
    let Some(of) = &entry.particulars else { return Ok(()) };
    xml.attr("d_number", entry.d_number.expose_text())?;
    identity(xml, of)?;
    let (by, on) = of.consent;
    xml.attr("consent_by", first_word(by, CONSENTS))?;
    xml.attr("consent_date", &on.to_string())?;
    let (kind, number, expires) = &of.accreditation;
    xml.attr("accreditation_type", first_word(*kind, ACCREDITATIONS))?;
    xml.attr("accreditation_number", number.expose_text())?;
    if let Some(day) = expires {
        xml.attr("accreditation_expires", &day.to_string())?;
    }
    if !of.note.is_empty() {
        xml.attr("note", of.note.expose_text())?;
    }
    Ok(())
}

fn identity(xml: &mut XmlWriter<&mut dyn Write>, of: &Particulars) -> io::Result<()> {
    xml.attr("family_name", of.family_name.expose_text())?;
    xml.attr("given_name", of.given_name.expose_text())?;
    if let Some(day) = of.birth_date {
        xml.attr("birth_date", &day.to_string())?;
    }
    xml.attr("category", Category::as_str(of.category))?;
    if let Some(principal) = &of.principal {
        xml.attr("principal_d_number", principal.expose_text())?;
    }
    xml.attr("street_address", of.street_address.expose_text())?;
    xml.attr("postal_code", of.postal_code.expose_text())?;
    if !of.post_town.is_empty() {
        xml.attr("post_town", of.post_town.expose_text())?;
    }
    xml.attr("municipality_number", &of.municipality.to_string())?;
    if !of.nationality.is_empty() {
        xml.attr("nationality", of.nationality.expose_text())?;
    }
    if let Some(eea) = of.eea_mission {
        xml.attr("eea_mission", if eea { "true" } else { "false" })?;
    }
    Ok(())
}

/// The English word of a closed set.
fn first_word<T: Copy + PartialEq>(value: T, words: &[(T, &[&'static str])]) -> &'static str {
    words.iter().find(|(v, _)| *v == value).map_or("", |(_, names)| names[0])
}
