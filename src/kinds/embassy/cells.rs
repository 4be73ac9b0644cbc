//! What one cell says: a date, digits, four digits, a word of a closed set. Nothing that stands in a
//! formula.

use jiff::civil::Date;

use crate::{
    kinds::embassy::{
        columns::{Words, word},
        hints,
        rows::Cell,
    },
    types::rule::Hint,
};

/// A date as ISO 8601 writes it, or as Norwegians do: 2026-11-21 or 21.11.2026. None in a formula,
/// whose value may be another when the sheet is opened again.
pub fn date(cell: &Cell) -> Option<Date> {
    if cell.is_formula() {
        return None;
    }
    let text = cell.text();
    if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        return numbers(year, 4, month, 2, day, 2);
    }
    let (day, rest) = text.split_once('.')?;
    let (month, year) = rest.split_once('.')?;
    numbers(year, 4, month, month.len().min(2), day, day.len().min(2))
}

fn numbers(year: &str, y: usize, month: &str, m: usize, day: &str, d: usize) -> Option<Date> {
    let digits = |text: &str, length: usize| {
        (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())?
    };
    Date::new(
        digits(year, y)?,
        digits(month, m)?.try_into().ok()?,
        digits(day, d)?.try_into().ok()?,
    )
    .ok()
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
