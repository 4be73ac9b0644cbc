//! A request under judgement: what the gates ask it, and what they tell.

use crate::{
    kinds::{
        context::Context,
        police::{
            basis::LegalBasis,
            free_text::says_something::says_nothing,
            hints,
            request::{fields::Field, filled_form::Filled},
            state::Form,
            words::{Purpose, TYPES, Type, YES_NO},
        },
    },
    types::{
        finding::{Finding, Findings},
        ids::SenderId,
        rule::{Hint, Rule, Severity},
        rules::intake,
    },
};

/// A request under judgement: the form, and what could be read of it so far.
pub struct Judge<'a> {
    /// The form.
    pub filled: &'a Filled,
    /// What may be known of the world.
    pub context: &'a Context<'a>,
    /// Asked or told. Where it cannot be read, asked: that demands the most.
    pub sort: Type,
    /// The same with oral disclosures apart.
    pub form: Form,
    /// The legal basis, where it is known.
    pub basis: Option<LegalBasis>,
    /// The purpose, where its code is known.
    pub purpose: Option<&'static Purpose>,
    /// What was found wrong.
    pub findings: Findings,
}

impl<'a> Judge<'a> {
    /// Before the first gate. `shape`: what was found wrong with the form already.
    pub fn new(filled: &'a Filled, shape: Findings, context: &'a Context<'a>) -> Self {
        Self {
            filled,
            context,
            sort: Type::Inquiry,
            form: Form::Inquiry,
            basis: None,
            purpose: None,
            findings: shape,
        }
    }

    /// A field breaks a rule.
    pub fn breach(&mut self, rule: &'static Rule, field: Field, hint: &'static Hint) {
        self.push(rule, field, hint, Severity::RejectFile);
    }

    /// The same, told only.
    pub fn warn(&mut self, rule: &'static Rule, field: Field, hint: &'static Hint) {
        self.push(rule, field, hint, Severity::Warning);
    }

    /// Whether the request is in anonymous form.
    pub fn is_anonymous(&self) -> bool {
        self.basis == Some(LegalBasis::Anonymised)
    }

    /// Whether a field is blank.
    pub fn is_blank(&self, field: Field) -> bool {
        self.filled.cell(field).is_none()
    }

    /// Whether a field is blank, or holds what says no more than a blank.
    pub fn is_unsaid(&self, field: Field) -> bool {
        self.filled.cell(field).is_none_or(|cell| says_nothing(cell.text()))
    }

    fn push(&mut self, rule: &'static Rule, field: Field, hint: &'static Hint, severity: Severity) {
        let finding = Finding::new(rule, self.filled.place(field)).field(field.shown());
        self.findings.push(finding.severity(severity).hint(hint));
    }

    /// What the form is: asked, told, or told already.
    pub fn form(&mut self) {
        match self.filled.word(Field::Type, TYPES) {
            Some(sort) => self.sort = sort,
            None => self.breach(&intake::IN_02, Field::Type, &hints::TYPE),
        }
        let oral = self.yes_no(&intake::IN_02, Field::Oral).unwrap_or(false);
        self.form = match (oral, self.sort) {
            (true, _) => Form::Oral,
            (false, Type::Inquiry) => Form::Inquiry,
            (false, Type::Notice) => Form::Notice,
        };
    }

    /// Yes, no, or nothing: what is neither has been told.
    pub fn yes_no(&mut self, rule: &'static Rule, field: Field) -> Option<bool> {
        let said = self.filled.word(field, YES_NO);
        if said.is_none() && !self.is_blank(field) {
            self.breach(rule, field, &hints::BOOLEAN);
        }
        said
    }

    /// The district's code, and the sender that it is.
    pub fn district(&mut self) -> Option<(String, SenderId)> {
        let districts = &self.context.police.districts;
        let wanted = self.filled.text(Field::PoliceDistrict).to_lowercase();
        let (found, hint) = if wanted.is_empty() {
            let mut all = districts.iter();
            match (all.next(), all.next()) {
                (Some(only), None) => (Some(only), &hints::DISTRICT_MISSING),
                (None, _) => (None, &hints::DISTRICT_NONE),
                (Some(_), Some(_)) => (None, &hints::DISTRICT_MISSING),
            }
        } else {
            (districts.get_key_value(&wanted), &hints::DISTRICT_UNKNOWN)
        };
        if found.is_none() {
            self.breach(&intake::IN_02, Field::PoliceDistrict, hint);
        }
        found.map(|(code, sender)| (code.clone(), sender.clone()))
    }
}
