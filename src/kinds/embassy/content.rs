//! What a row says of its person, in one form for XML, CSV and spreadsheets, and a keyed digest of
//! it: to notice a change without keeping the particulars.

use zeroize::Zeroizing;

use crate::{
    kinds::{
        context::Context,
        embassy::{
            cells::{date, digits, four_digits},
            columns::{
                ACCREDITATIONS, ACTIONS, Action, CATEGORIES, CONSENTS, Column, YES_NO, in_english,
            },
            rows::{Cell, Row},
        },
    },
    protect::pseudonym::content_digest,
    types::secret::make_room,
};

/// Digest of every column of the record, in the order of the columns. The list's own head is left
/// out: the same row on the next list is the same.
pub fn digest(row: &Row, action: Option<Action>, context: &Context<'_>) -> [u8; 16] {
    digest_without(row, action, None, context)
}

/// The same without the day that is asked for: once the enrolment has begun, another day there is
/// no change.
pub fn digest_of_person(row: &Row, action: Option<Action>, context: &Context<'_>) -> [u8; 16] {
    digest_without(row, action, Some(Column::EffectiveFrom), context)
}

fn digest_without(
    row: &Row,
    action: Option<Action>,
    left_out: Option<Column>,
    context: &Context<'_>,
) -> [u8; 16] {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut put = |piece: &[u8]| {
        make_room(&mut bytes, piece.len(), usize::MAX);
        bytes.extend_from_slice(piece);
    };
    // A snapshot's row may leave the action out.
    put(match action {
        None => &[0],
        Some(Action::Enrol) => &[1],
        Some(Action::Withdraw) => &[2],
    });
    for (column, cell) in row.cells() {
        if action.is_some() && column == Column::Action || left_out == Some(column) {
            continue;
        }
        put(&[u8::try_from(column as usize).unwrap_or(u8::MAX)]);
        in_one_form(column, cell, &mut put);
        // No cell of any format holds this character.
        put(&[0]);
    }
    // The oldest key, so that a rotation does not make everybody look changed.
    let keys = context.targets[0].keys;
    content_digest(keys.all().last().unwrap_or(keys.current()), "enrolment", &bytes)
}

/// What cannot be read stays as it was written.
fn in_one_form(column: Column, cell: &Cell, put: &mut impl FnMut(&[u8])) {
    let text = cell.text();
    let mut of_ours = |text: String| put(Zeroizing::new(text).as_bytes());
    match column {
        Column::AccreditationExpires
        | Column::BirthDate
        | Column::ConsentDate
        | Column::DepartureDate
        | Column::EffectiveFrom => match date(cell) {
            Some(day) => of_ours(day.to_string()),
            None => put(text.as_bytes()),
        },
        Column::DNumber | Column::PrincipalDNumber => of_ours(digits(cell)),
        Column::MunicipalityNumber | Column::PostalCode => match four_digits(cell) {
            Some(four) => of_ours(four),
            None => put(text.as_bytes()),
        },
        _ => put(in_our_word(column, text).unwrap_or(text).as_bytes()),
    }
}

fn in_our_word(column: Column, text: &str) -> Option<&'static str> {
    match column {
        Column::AccreditationType => in_english(text, ACCREDITATIONS),
        Column::Action => in_english(text, ACTIONS),
        Column::Category => in_english(text, CATEGORIES),
        Column::ConsentBy => in_english(text, CONSENTS),
        Column::EeaMission | Column::LocallyEmployed => in_english(text, YES_NO),
        _ => None,
    }
}
