//! Every rule the product enforces, one file per kind. Receipts and `docs/rules.md` are written from
//! this table, so a rule has one wording.

pub mod embassy;
pub mod intake;

use crate::types::rule::Rule;

/// All rules, in the order of `docs/rules.md`.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [embassy::ALL, intake::ALL].into_iter().flatten().copied()
}

/// The rule with this code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}
