//! What one cell says: a date, digits, four digits, a word of a closed set. Nothing that stands in
//! a formula.

use jiff::civil::Date;

use crate::{
    kinds::{
        embassy::{
            columns::{Words, word},
            hints,
            rows::Cell,
        },
        written_date::written_date,
    },
    types::rule::Hint,
};

/// A date as ISO 8601 writes it, or as Norwegians do: 2026-11-21 or 21.11.2026. None in a formula,
/// whose value may be another when the sheet is opened again.
pub fn date(cell: &Cell) -> Option<Date> {
    if cell.is_formula() { None } else { written_date(cell.text()) }
}

/// What was written without the spaces that group digits.
pub fn digits(cell: &Cell) -> String {
    cell.text().chars().filter(|c| !c.is_whitespace()).collect()
}

/// Four digits, with the leading zeroes that a spreadsheet's number has lost.
pub fn four_digits(cell: &Cell) -> Option<String> {
    let text = cell.text();
    let digits = !cell.is_formula() && text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        4 if digits => Some(text.to_owned()),
        1..4 if digits && cell.was_number() => Some(format!("{text:0>4}")),
        _ => None,
    }
}

/// What a word of a closed set means; nothing in a formula.
pub fn meaning<T: Copy>(cell: &Cell, words: Words<'_, T>) -> Option<T> {
    if cell.is_formula() { None } else { word(cell.text(), words) }
}

/// The hint, or that a formula stands where it must not.
pub fn or_formula(cell: &Cell, hint: &'static Hint) -> &'static Hint {
    if cell.is_formula() { &hints::FORMULA } else { hint }
}
