//! The judge of one message: takes each attribute as it comes, keeps what was found, and counts.
//!
//! A breach costs what its field's table says: nothing, the value, the record or the message. Only
//! the last one ends the pass; whether too many records were struck is decided after it (KPR-08).

mod attributes;
mod identifiers;
mod municipalities;

use std::collections::BTreeSet;

use crate::{
    kinds::{
        context::Context,
        kpr::{
            hints,
            record::Record,
            schema::{
                Cost,
                fields::Fields,
                lists::{self, Standing},
                time::Day,
            },
            tally::Tally,
        },
        refused::{Refusal, Refused},
    },
    types::{
        finding::{Finding, Place},
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

    /// Why a service year is not the sender's to report: no registry takes it (KPR-03), or one that
    /// does knows no such reporter (KPR-01).
    pub fn year_breach(&self, year: i16) -> Option<(&'static Rule, &'static Hint)> {
        if !(self.context.routed)(year) {
            Some((&rules::KPR_03, &hints::YEAR_NOT_ROUTED))
        } else if !self.is_reporter(year) {
            Some((&rules::KPR_01, &hints::NOT_REPORTER))
        } else {
            None
        }
    }

    /// Whether the sender reports to every registry that the message goes to (KPR-01).
    pub fn is_reporter(&self, year: i16) -> bool {
        self.context.targets.iter().all(|target| target.reporting_in(year).is_some())
    }
}
