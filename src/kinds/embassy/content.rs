//! What a row says of its person, in one form for XML, CSV and spreadsheets, and a keyed digest of
//! it: to notice a change without keeping the particulars.

use crate::{
    kinds::{
        Context,
        embassy::{
            columns::{
                ACCREDITATIONS, ACTIONS, Action, CATEGORIES, CONSENTS, Column, YES_NO, in_english,
            },
            person::{date, digits, four_digits},
            rows::{Cell, Row},
        },
    },
    protect::pseudonym::content_digest,
};

/// Digest of every column of the record, in the order of the columns. The list's own head is left
/// out: the same row on the next list is the same.
pub fn digest(row: &Row, action: Option<Action>, context: &Context<'_>) -> [u8; 16] {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    // A snapshot's row may leave the action out.
    bytes.push(match action {
        None => 0,
        Some(Action::Enrol) => 1,
        Some(Action::Withdraw) => 2,
    });
    for (column, cell) in row.cells() {
        let text = zeroize::Zeroizing::new(in_one_form(column, cell));
        if action.is_some() && column == Column::Action {
            continue;
        }
        bytes.push(u8::try_from(column as usize).unwrap_or(u8::MAX));
        bytes.extend_from_slice(text.as_bytes());
        // No cell of any format holds this character.
        bytes.push(0);
    }
    // The oldest key, so that a rotation does not make everybody look changed.
    let keys = context.targets[0].keys;
    content_digest(keys.all().last().unwrap_or(keys.current()), "enrolment", &bytes)
}

/// What cannot be read stays as it was written.
fn in_one_form(column: Column, cell: &Cell) -> String {
    let text = cell.text();
    let read = match column {
        Column::AccreditationExpires
        | Column::BirthDate
        | Column::ConsentDate
        | Column::DepartureDate
        | Column::EffectiveFrom => date(cell).map(|day| day.to_string()),
        Column::AccreditationType => in_english(text, ACCREDITATIONS).map(str::to_owned),
        Column::Action => in_english(text, ACTIONS).map(str::to_owned),
        Column::Category => in_english(text, CATEGORIES).map(str::to_owned),
        Column::ConsentBy => in_english(text, CONSENTS).map(str::to_owned),
        Column::DNumber | Column::PrincipalDNumber => Some(digits(cell)),
        Column::EeaMission | Column::LocallyEmployed => in_english(text, YES_NO).map(str::to_owned),
        Column::MunicipalityNumber | Column::PostalCode => four_digits(cell),
        _ => None,
    };
    read.unwrap_or_else(|| text.to_owned())
}
