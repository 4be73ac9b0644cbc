//! The judge of one message: takes each attribute as it comes, keeps what was found, and counts.
//!
//! A breach costs what its field's table says: nothing, the value, the record or the message. Only
//! the last one ends the pass; whether too many records were struck is decided after it (KPR-08).

use std::collections::BTreeSet;

use jiff::civil::date;

use crate::{
    format::xml::event::{Attribute, KnownAttribute, KnownStart, Start},
    kinds::{
        context::Context,
        kpr::{
            fields::{Fields, Found},
            hints,
            identity::{self, Breach, Identity},
            lists::{self, Standing},
            record::Record,
            schema::{Cost, Element, Field, Form, Need},
            tally::Tally,
            time::Day,
        },
        refused::{Refusal, Refused},
    },
    types::{
        finding::{Finding, Place},
        municipality::MunicipalityNumber,
        rule::{Hint, Rule, Severity},
        rules::kpr as rules,
    },
};

/// What one message came to so far.
pub struct Judge<'a> {
    /// What may be known of the world.
    pub context: &'a Context<'a>,
    /// What was found, and what was counted.
    pub tally: Tally,
    /// The current record is struck.
    pub struck: bool,
    /// So is the message, by something within a record.
    message_struck: bool,
    /// Where the current record begins.
    pub place: Place,
    /// Within a record, not before or behind the records.
    pub within: bool,
    /// The municipality as its four digits, to be compared with a district's.
    own: [u8; 4],
    fields: Fields,
    phase_told: BTreeSet<u16>,
}

impl<'a> Judge<'a> {
    /// Before the first byte.
    pub fn new(context: &'a Context<'a>) -> Self {
        let own = context.sender.municipality.map(|number| number.to_string());
        let own = own.and_then(|text| text.into_bytes().try_into().ok()).unwrap_or_default();
        Self {
            context,
            tally: Tally::default(),
            struck: false,
            message_struck: false,
            place: Place::File {},
            within: false,
            own,
            fields: Fields::default(),
            phase_told: BTreeSet::new(),
        }
    }

    /// A record begins.
    pub fn begin(&mut self, place: Place) {
        self.tally.records += 1;
        (self.struck, self.place, self.within) = (false, place, true);
    }

    /// The record has ended; true when it is to be written.
    pub fn end(&mut self) -> bool {
        self.within = false;
        self.tally.rejected += u64::from(self.struck);
        !self.struck
    }

    /// Something is wrong. What strikes the message ends the pass at once, but within a record:
    /// there the rest is read all the same, so that the sender is told everything at once.
    pub fn breach(
        &mut self,
        cost: Cost,
        rule: &'static Rule,
        hint: &'static Hint,
        place: Place,
        field: Option<&'static str>,
    ) -> Result<(), Refused> {
        let severity = match cost {
            Cost::Field | Cost::Told => Severity::Warning,
            Cost::Record => Severity::RejectRecord,
            Cost::Message => Severity::RejectFile,
        };
        let mut finding = Finding::new(rule, place).severity(severity).hint(hint);
        finding.record = self.within.then_some(self.tally.records);
        finding.field = field.map(std::borrow::Cow::Borrowed);
        self.tally.push(finding);
        self.struck |= matches!(cost, Cost::Record | Cost::Message);
        if cost == Cost::Message && !self.within {
            return Err(self.refused());
        }
        self.message_struck |= cost == Cost::Message;
        Ok(())
    }

    /// After the last record: whether any of them has struck the message.
    pub fn check_struck(&mut self) -> Result<(), Refused> {
        if self.message_struck { Err(self.refused()) } else { Ok(()) }
    }

    /// The current record breaks a rule as a whole.
    pub fn strike(&mut self, rule: &'static Rule, hint: &'static Hint) -> Result<(), Refused> {
        self.breach(Cost::Record, rule, hint, self.place, None)
    }

    /// Ends the pass for one breach.
    pub fn refuse(
        &mut self,
        rule: &'static Rule,
        hint: &'static Hint,
        place: Place,
        field: Option<&'static str>,
    ) -> Refused {
        match self.breach(Cost::Message, rule, hint, place, field) {
            Err(refused) => refused,
            Ok(()) => self.refused(),
        }
    }

    /// What was found, as the end of the pass.
    fn refused(&mut self) -> Refused {
        let findings = std::mem::take(&mut self.tally.findings);
        Refused::Document(Box::new(Refusal { findings, rejected: self.tally.records }))
    }

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

    /// Who the record is about, when its `fid` and `typeID` have come. Both may be wrong, and a
    /// record that is struck may still have to strike the message.
    pub fn identity(
        &mut self,
        record: &Record,
        place: impl FnOnce() -> Place,
    ) -> Result<Option<Identity>, Refused> {
        let (Some(fid), Some(id_type)) = (record.last_of(Form::Fid), record.last_of(Form::IdType))
        else {
            return Ok(None);
        };
        if !lists::is_id_type(id_type) {
            // Struck for it already, and nobody can say what it would have been.
            self.tally.identifiers.invalid += 1;
            return Ok(None);
        }
        let identity::Judged { identity, breach } =
            identity::judge(id_type, fid, &self.context.ids);
        match &identity {
            Some(identity) => identity.count(&mut self.tally.identifiers),
            None => self.tally.identifiers.invalid += 1,
        }
        let told = match breach {
            None => None,
            Some(Breach::Defect(hint)) => Some((Cost::Told, hint)),
            Some(Breach::Record(hint)) => Some((Cost::Record, hint)),
            Some(Breach::Message(hint)) => Some((Cost::Message, hint)),
        };
        if let Some((cost, hint)) = told {
            self.breach(cost, &rules::KPR_04, hint, place(), Some("fid"))?;
        }
        Ok(identity)
    }

    /// The identifier must stand nowhere but in `fid` (and in `brukerNr`, which is replaced too),
    /// and what is re-keyed in `pasientGUID` in no other GUID or text.
    pub fn check_repeated(
        &mut self,
        record: &Record,
        who: Option<&Identity>,
    ) -> Result<(), Refused> {
        let in_groups = || match who {
            // Any national identity number in groups was found already, whoever's it is.
            Some(Identity::Duf(duf)) => record.repeats_apart(duf.expose_digits()),
            _ => None,
        };
        let fid = record.last_of(Form::Fid).and_then(|fid| record.repeats(fid)).or_else(in_groups);
        let guid = || record.last_of(Form::PatientGuid).and_then(|guid| record.says_again(guid));
        let found = match fid {
            Some(field) => Some((field, &hints::IDENTITY_INSIDE_KEY)),
            None => guid().map(|field| (field, &hints::PATIENT_GUID_ELSEWHERE)),
        };
        let Some((field, hint)) = found else { return Ok(()) };
        self.breach(Cost::Record, &rules::KPR_04, hint, self.place, Some(field.name))
    }

    /// A service type that has its day: not expired on it, and expected in this phase.
    pub fn service_type(
        &mut self,
        code: &str,
        on: Day,
        phased: bool,
        place: impl FnOnce() -> Place,
    ) -> Result<(), Refused> {
        let field = Some("tjenesteType");
        if lists::service_type(code, on) == Standing::Expired {
            let hint = &hints::SERVICE_EXPIRED;
            return self.breach(Cost::Record, &rules::KPR_06, hint, place(), field);
        }
        let expected = &self.context.kpr.expected_service_types;
        match lists::number(code) {
            Some(number)
                if phased
                    && lists::is_service_type(code)
                    && !expected.is_empty()
                    && !expected.contains(&number)
                    && self.phase_told.insert(number) =>
            {
                self.breach(Cost::Told, &rules::KPR_06, &hints::PHASE, place(), field)
            }
            _ => Ok(()),
        }
    }

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

    /// KPR-07: notes what the record holds that was not decided for its year, for each registry; a
    /// finding says it once for each field.
    pub fn note_dropped(&mut self, record: &Record, year: i16) -> Result<(), Refused> {
        for target in self.context.targets {
            let Some(reporting) = target.reporting_for(year) else { continue };
            if reporting.not_decided.is_empty() {
                continue;
            }
            for value in record.values() {
                let field = value.field;
                if value.is_there()
                    && reporting.not_decided.contains(field.name)
                    && self.tally.drop_field(target.registry, field.name)
                {
                    let (place, name) = (self.place, Some(field.name));
                    let (rule, hint) = (&rules::KPR_07, &hints::NOT_DECIDED);
                    self.breach(Cost::Told, rule, hint, place, name)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the sender reports to every registry that the message goes to (KPR-01).
    pub fn is_reporter(&self, year: i16) -> bool {
        self.context.targets.iter().all(|target| target.reporting_in(year).is_some())
    }

    /// The first four digits of a district are the municipality's number.
    fn is_own_district(&self, district: &str) -> bool {
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

/// Whether a value says nothing.
#[inline]
fn is_blank(value: &str) -> bool {
    match value.as_bytes() {
        [] => true,
        [first, ..] if *first > b' ' && first.is_ascii() => false,
        _ => value.trim().is_empty(),
    }
}

/// Whether a number is that of the same municipality, or of what became a part of it. What one was
/// split into are others.
fn is_of(own: MunicipalityNumber, number: MunicipalityNumber) -> bool {
    number == own || number.went_into(own) || own.goes_on_as().any(|later| later == number)
}

/// More than any person's services and scores of a year.
const LONGEST_RECORD: usize = 1 << 20;
