//! A row under judgement: its D-numbers, and what is found wrong with it.

use jiff::civil::Date;

use crate::{
    kinds::{
        context::Context,
        embassy::{cells::digits, columns::Column, hints, rows::Row},
    },
    types::{
        finding::Finding,
        national_id::{IdKind, NationalId, NationalIdError},
        rule::{Hint, Rule, Severity},
        rules::{embassy as rules, intake},
    },
};

/// A row under judgement.
pub(super) struct Judge<'a> {
    pub(super) row: &'a Row,
    pub(super) list_date: Date,
    pub(super) context: &'a Context<'a>,
    pub(super) findings: Vec<Finding>,
}

impl Judge<'_> {
    /// EMB-02, and EMB-03 for a number that says that its owner is resident.
    pub(super) fn d_number(&mut self, column: Column, rule: &'static Rule) -> Option<NationalId> {
        let Some(cell) = self.row.cell(column) else {
            self.found(rule, column, &hints::D_NUMBER_MISSING);
            return None;
        };
        if cell.is_formula() {
            self.found(rule, column, &hints::FORMULA);
            return None;
        }
        let digits = zeroize::Zeroizing::new(digits(cell));
        match NationalId::parse(&digits, &self.context.ids) {
            Ok(id) if id.kind() == IdKind::D => Some(id),
            Ok(id) if id.kind() == IdKind::Fnr && column == Column::DNumber => {
                self.found(&rules::EMB_03, column, &hints::FNR);
                None
            }
            Ok(_) => {
                self.found(rule, column, &hints::NOT_D_NUMBER);
                None
            }
            Err(error) => {
                self.found(rule, column, number_hint(error));
                None
            }
        }
    }

    pub(super) fn found(&mut self, rule: &'static Rule, column: Column, hint: &'static Hint) {
        let (place, hint) = self.row.fault(column, hint);
        self.findings.push(
            Finding::new(rule, place).record(self.row.number).field(column.name()).hint(hint),
        );
    }

    /// A record that does not say what it is: the file's rule IN-02, for this record alone.
    pub(super) fn reject_shape(&mut self, column: Column, hint: &'static Hint) {
        self.found(&intake::IN_02, column, hint);
        if let Some(last) = self.findings.last_mut() {
            last.severity = Severity::RejectRecord;
        }
    }
}

fn number_hint(error: NationalIdError) -> &'static Hint {
    match error {
        NationalIdError::CheckDigit => &hints::CHECK_DIGIT,
        NationalIdError::Date => &hints::NO_SUCH_DAY,
        NationalIdError::LeadingZeroLost | NationalIdError::Length => &hints::LENGTH,
        NationalIdError::NotDigits => &hints::NOT_DIGITS,
        NationalIdError::Placeholder => &hints::PLACEHOLDER,
        NationalIdError::RealInTest => &hints::REAL_IN_TEST,
        NationalIdError::SyntheticInProduction => &hints::SYNTHETIC,
    }
}
