//! The attributes of one element: taken as they stand where nothing is wrong with them, and judged
//! one by one where something is.

use crate::{
    format::xml::event::{Attribute, KnownAttribute, KnownStart, Start},
    kinds::{
        kpr::{
            hints,
            judge::Judge,
            record::Record,
            schema::{Cost, Element, Field, Need, fields::Found, form::Form},
        },
        refused::Refused,
    },
    types::rules::kpr as rules,
};

impl Judge<'_> {
    /// Takes an element and judges its attributes, into the record.
    pub fn take(
        &mut self,
        start: &Start<'_>,
        element: &'static Element,
        record: &mut Record,
    ) -> Result<(), Refused> {
        if record.bytes() > LONGEST_RECORD {
            if !self.struck || !self.within {
                self.breach(
                    if self.within { Cost::Record } else { Cost::Message },
                    &rules::KPR_05,
                    &hints::RECORD_TOO_LONG,
                    self.place,
                    None,
                )?;
            }
            // What is struck need not be kept, but is still judged.
            record.clear();
        }
        let (done, mut there) = if let Some(tag) = start.known() {
            self.take_known(&tag, element, record)
        } else {
            record.open(element.name);
            (0, 0)
        };
        for attribute in start.attributes().skip(done) {
            there |= self.take_one(start, &attribute, element, record)?;
        }
        if element.required & !there != 0 {
            self.miss(start, element, there, record)?;
        }
        Ok(())
    }

    /// Takes a tag as it stands, up to the first attribute that needs a longer look. Tells how many
    /// it took, and which.
    fn take_known(
        &self,
        tag: &KnownStart<'_>,
        element: &'static Element,
        record: &mut Record,
    ) -> (usize, u32) {
        let at = record.open_ahead(element.name);
        let (mut done, mut there, mut end) = (0, 0, tag.name());
        for KnownAttribute { number, value, place } in tag.attributes() {
            let Some((index, field)) = self.fields.known(number, element) else { break };
            let foreign =
                || field.form == Form::District && !value.as_bytes().starts_with(&self.own);
            if is_blank(value) || !field.form.accepts(value) || foreign() {
                break;
            }
            record.note_ahead(field, index, at + place.start..at + place.end);
            (done, there, end) = (done + 1, there | 1 << index, place.end);
        }
        record.append(tag.text(end));
        (done, there)
    }

    /// Takes any attribute; a bit says which field it is, if it has a value.
    fn take_one(
        &mut self,
        start: &Start<'_>,
        attribute: &Attribute<'_>,
        element: &'static Element,
        record: &mut Record,
    ) -> Result<u32, Refused> {
        let Some((index, field)) = self.find(attribute, element)? else { return Ok(0) };
        // An attribute that is empty, or blank, says nothing, as one that is not there.
        let value = attribute.value();
        if is_blank(value) {
            return Ok(0);
        }
        if !self.judge(attribute, value, field)? {
            record.nulled(field, index);
        } else if let Some(place) = attribute.written_at() {
            let end = record.text().len();
            record.note_ahead(field, index, end..end + place.len());
            record.append(start.piece(place));
        } else {
            record.value(field, index, value);
        }
        if field.form.is_keyed(value) {
            record.key_last();
        }
        Ok(1 << index)
    }

    /// The field that an attribute is; none where it says nothing about anybody.
    fn find(
        &mut self,
        attribute: &Attribute<'_>,
        element: &'static Element,
    ) -> Result<Option<(usize, &'static Field)>, Refused> {
        let (hint, name) = match self.fields.look_up(attribute, element) {
            Found::Ignored => return Ok(None),
            Found::Field(_, field) if field.need == Need::Prohibited => {
                (&hints::ATTRIBUTE_PROHIBITED, Some(field.name))
            }
            Found::Field(index, field) => return Ok(Some((index, field))),
            Found::Unknown => (&hints::ATTRIBUTE_UNKNOWN, None),
        };
        Err(self.refuse(&rules::KPR_05, hint, attribute.place(), name))
    }

    /// Demanded attributes are not `there`.
    #[cold]
    fn miss(
        &mut self,
        start: &Start<'_>,
        element: &'static Element,
        there: u32,
        record: &mut Record,
    ) -> Result<(), Refused> {
        for (index, field) in element.fields.iter().enumerate() {
            if field.need == Need::Required && there & 1 << index == 0 {
                let (rule, hint) = match field.form {
                    Form::Fid | Form::IdType => (&rules::KPR_04, &hints::ID_MISSING),
                    _ if field.missing == Cost::Field => {
                        (&rules::KPR_05, &hints::ATTRIBUTE_MISSING_SET)
                    }
                    _ => (&rules::KPR_05, &hints::ATTRIBUTE_MISSING),
                };
                self.breach(field.missing, rule, hint, start.place(), Some(field.name))?;
                record.nulled(field, index);
            }
        }
        Ok(())
    }

    /// Whether the value is kept.
    fn judge(
        &mut self,
        attribute: &Attribute<'_>,
        value: &str,
        field: &'static Field,
    ) -> Result<bool, Refused> {
        if let Err((rule, hint)) = field.form.judge(value) {
            // Version 56 lets a district have one to six digits; what is longer may be anything.
            let is_kept =
                field.wrong != Cost::Field && (field.wrong != Cost::Told || value.len() <= 6);
            let is_demanded = field.need == Need::Required;
            let hint = if is_kept { hint } else { hints::of_lost(hint, is_demanded) };
            self.breach(field.wrong, rule, hint, attribute.place(), Some(field.name))?;
            return Ok(is_kept);
        }
        if field.form == Form::District && !self.is_own_district(value) {
            let (place, name) = (attribute.place(), Some(field.name));
            self.breach(field.wrong, &rules::KPR_06, &hints::DISTRICT, place, name)?;
        }
        Ok(true)
    }
}

/// Whether a value says nothing.
#[inline]
fn is_blank(value: &str) -> bool {
    match value.as_bytes() {
        [] => true,
        [first, ..] if *first > b' ' && first.is_ascii() => false,
        _ => value.trim().is_empty(),
    }
}

/// More than any person's services and scores of a year.
const LONGEST_RECORD: usize = 1 << 20;
