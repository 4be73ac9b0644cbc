//! One row of an embassy list, judged by the rules that need nothing but the row, the list's head
//! and the calendar: whose it is and what it asks for (EMB-02, EMB-03). What it says of the person
//! beyond that is judged in [`particulars`].

mod judge;
pub mod particulars;

use jiff::civil::Date;

use crate::{
    kinds::{
        context::Context,
        embassy::{
            cells::{meaning, or_formula},
            columns::{ACTIONS, Action, Column, ListType, YES_NO},
            content, hints,
            nationality::is_norwegian,
            person::{judge::Judge, particulars::Particulars},
            rows::Row,
        },
    },
    types::{
        finding::{Finding, Place},
        national_id::NationalId,
        pseudonym::Pseudonym,
        rule::Severity,
        rules::embassy as rules,
    },
};

/// A row whose person is known, whether or not the row was taken.
pub struct Judged {
    /// The person by pseudonym per key epoch, the newest first. Empty where no D-number could be
    /// read.
    pub person: Vec<Pseudonym>,
    /// Keyed digest of everything that the row says of the person.
    pub content: [u8; 16],
    /// The entry, when no rule rejects the row.
    pub entry: Option<Entry>,
    /// What was found wrong.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether the row was found to belong to the ordinary scheme (EMB-03).
    pub fn is_resident(&self) -> bool {
        self.findings.iter().any(|f| f.rule == &rules::EMB_03)
    }
}

/// A row that was taken.
pub struct Entry {
    /// Number of the record, from 1.
    pub number: u64,
    /// Where it stands.
    pub place: Place,
    /// What it asks for.
    pub action: Action,
    /// The person's D-number.
    pub d_number: NationalId,
    /// The person by pseudonym per key epoch, the newest first. Never empty.
    pub person: Vec<Pseudonym>,
    /// Whose household, likewise; empty for none.
    pub principal: Vec<Pseudonym>,
    /// The rest, for an enrolment.
    pub particulars: Option<Particulars>,
    /// Keyed digest of everything that the row says of the person, without the day that it asks
    /// for.
    pub content: [u8; 16],
    /// How many more rows say the same (EMB-10). They share this one's fate.
    pub repeats: u64,
}

/// Judges one row of a list of this type and date.
pub fn judge(row: &Row, list_type: ListType, list_date: Date, context: &Context<'_>) -> Judged {
    let mut judge = Judge { row, list_date, context, findings: Vec::new() };
    let action = judge.action(list_type);
    let d_number = judge.d_number(Column::DNumber, &rules::EMB_02);
    let person = d_number.as_ref().map(|id| pseudonyms(context, id)).unwrap_or_default();
    let of_person = content::digest_of_person(row, action, context);
    let entry = match action {
        // Whoever has become resident must be possible to withdraw.
        Some(Action::Withdraw) => d_number.map(|id| judge.withdrawal(id, of_person)),
        _ if judge.is_resident() => None,
        Some(Action::Enrol) => judge.enrolment(d_number, of_person),
        None => None,
    };
    let rejected = judge.findings.iter().any(|f| f.severity > Severity::Warning);
    let content = content::digest(row, action, context);
    Judged { person, content, entry: entry.filter(|_| !rejected), findings: judge.findings }
}

/// The D-number of a row, by EMB-02 and EMB-03 alone.
pub fn d_number(row: &Row, context: &Context<'_>) -> (Option<NationalId>, Vec<Finding>) {
    let mut judge = Judge { row, list_date: context.today, context, findings: Vec::new() };
    let id = judge.d_number(Column::DNumber, &rules::EMB_02);
    (id, judge.findings)
}

/// The person under every key epoch, the newest first: who was enrolled under an older key is
/// still found.
pub fn pseudonyms(context: &Context<'_>, id: &NationalId) -> Vec<Pseudonym> {
    context.targets[0].keys.pseudonyms(id).collect()
}

impl Judge<'_> {
    fn action(&mut self, list_type: ListType) -> Option<Action> {
        match (self.row.cell(Column::Action), list_type) {
            (Some(cell), _) => {
                let action = meaning(cell, ACTIONS);
                if action.is_none() {
                    self.reject_shape(Column::Action, or_formula(cell, &hints::ACTION));
                }
                action
            }
            // A snapshot names who is there: a row without an action enrols.
            (None, ListType::Complete) => Some(Action::Enrol),
            (None, ListType::Changes) => {
                self.reject_shape(Column::Action, &hints::ACTION);
                None
            }
        }
    }

    /// EMB-03. Says so once, and nothing more of the row: the person belongs elsewhere.
    fn is_resident(&mut self) -> bool {
        if self.row.cell(Column::LocallyEmployed).is_some_and(|c| meaning(c, YES_NO) == Some(true))
        {
            self.found(&rules::EMB_03, Column::LocallyEmployed, &hints::LOCALLY_EMPLOYED);
        }
        if self.row.cell(Column::Nationality).is_some_and(|c| is_norwegian(c.text())) {
            self.found(&rules::EMB_03, Column::Nationality, &hints::NORWEGIAN_CITIZEN);
        }
        self.findings.iter().any(|f| f.rule == &rules::EMB_03)
    }

    fn withdrawal(&mut self, d_number: NationalId, digest: [u8; 16]) -> Entry {
        Entry {
            number: self.row.number,
            place: self.row.place,
            action: Action::Withdraw,
            content: digest,
            repeats: 0,
            person: pseudonyms(self.context, &d_number),
            d_number,
            principal: Vec::new(),
            particulars: None,
        }
    }

    fn enrolment(&mut self, d_number: Option<NationalId>, digest: [u8; 16]) -> Option<Entry> {
        let particulars = self.particulars(d_number.as_ref());
        let (d_number, particulars) = (d_number?, particulars?);
        let principal = particulars.principal.as_ref().map(|id| pseudonyms(self.context, id));
        Some(Entry {
            number: self.row.number,
            place: self.row.place,
            action: Action::Enrol,
            content: digest,
            repeats: 0,
            person: pseudonyms(self.context, &d_number),
            d_number,
            principal: principal.unwrap_or_default(),
            particulars: Some(particulars),
        })
    }
}
