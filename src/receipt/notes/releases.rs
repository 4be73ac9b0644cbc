//! Sentences of releases: what was left out, and groups that are small.

use crate::{
    receipt::words::{self, text},
    types::rule::Language,
};

/// Columns that the purpose does not need (NPR-04).
pub(super) fn left_out(language: Language, columns: &[String]) -> String {
    let columns = columns.join(", ");
    text!(
        language,
        nb = "Kolonner som formålet ikke trenger, er utelatt og ikke lagret: {columns} (NPR-04).",
        en = "Columns that are not needed for the purpose were left out and not stored: {columns} \
              (NPR-04).",
    )
}

/// Rows about another year.
pub(super) fn outside_year(language: Language, rows: u64, operating_year: i16) -> String {
    let rows = words::number(language, rows);
    text!(
        language,
        nb = "Rader med utDato utenfor driftsåret {operating_year}: {rows}.",
        en = "Rows with a utDato outside the operating year {operating_year}: {rows}.",
    )
}

/// How many groups are small; never which.
pub(super) fn small_groups(
    language: Language,
    small: u64,
    persons: u64,
    floor: u8,
    not_counted: u64,
) -> String {
    let floor = words::number(language, u64::from(floor));
    let small = words::number(language, small);
    let persons = words::persons(language, persons);
    let rows = words::number(language, not_counted);
    let counted = text!(
        language,
        nb = "Grupper med færre enn {floor} som deler hjemkommune, fødselsår, kjønn og DRG: \
              {small}, med {persons} i dem.",
        en = "Groups of fewer than {floor} who share home municipality, birth year, sex and DRG: \
              {small}, with {persons} in them.",
    );
    let beyond = text!(
        language,
        nb = " Rader ut over det som kunne telles: {rows}, så det kan være flere.",
        en = " Rows beyond what could be counted: {rows}, so there may be more.",
    );
    if not_counted > 0 { counted + &beyond } else { counted }
}
