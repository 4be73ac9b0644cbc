//! POL-03: what is sent in anonymous form tells nowhere who the patient is.

use crate::{
    kinds::police::{
        free_text::{
            identity::{holds_address, holds_duf, holds_email, holds_name, holds_number},
            introduced_names::{holds_stated_name, holds_stated_number},
        },
        hints,
        request::{fields::Field, judge::Judge},
    },
    types::{finding::Finding, rule::Hint, rules::police as rules},
};

/// "Helsepersonellet må sørge for tilstrekkelig anonymisering."
pub fn pol_03_identifies_nobody(judge: &mut Judge<'_>) {
    if !judge.is_anonymous() {
        return;
    }
    for (group, fields, hint) in [
        ("person", &[Field::PersonName, Field::PersonNationalId][..], &hints::ANONYMOUS_PERSON),
        ("consent", &[Field::ConsentGivenBy][..], &hints::ANONYMOUS_CONSENT),
    ] {
        let there = judge.filled.group(group).is_some();
        if there || fields.iter().any(|field| !judge.is_blank(*field)) {
            judge.breach(&rules::POL_03, fields[0], hint);
        }
    }
    let filled = judge.filled;
    let name = filled.text(Field::PersonName);
    let mut found = Vec::new();
    for (field, cell) in filled.cells() {
        let text = cell.text();
        let mut finds = |hint: &'static Hint| {
            let finding = Finding::new(&rules::POL_03, cell.place).field(field.shown());
            found.push(finding.hint(hint));
        };
        // How soon an answer is needed leaves in the words that were written.
        let is_free_text = field.is_free_text() || field == Field::NeededBy;
        if holds_number(text) || is_free_text && (holds_duf(text) || holds_stated_number(text)) {
            finds(&hints::ANONYMOUS_NUMBER);
        }
        if !is_free_text {
            continue;
        }
        if holds_name(text, name) || holds_stated_name(text) {
            finds(&hints::ANONYMOUS_NAME);
        }
        if holds_email(text) {
            finds(&hints::ANONYMOUS_EMAIL);
        }
        if holds_address(text) {
            finds(&hints::ANONYMOUS_ADDRESS);
        }
    }
    for finding in found {
        judge.findings.push(finding);
    }
}
