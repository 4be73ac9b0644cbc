//! The same look at one text alone: a field, or what a person wrote.

use crate::protect::scan::{
    direct::{DirectScanner, phone::first_phone},
    short, value,
};

/// Whether one short text holds anything that the scanners look for, identity numbers included: a
/// field, before it is decided what its being wrong costs.
pub fn holds_identifier(text: &str) -> bool {
    if short::holds_number(text.as_bytes()) {
        return true;
    }
    let mut scanner = DirectScanner { before_headings: false, ..DirectScanner::new() };
    scanner.look(text.as_bytes());
    scanner.first.is_some()
}

/// Whether a text that a person wrote holds somebody's number, in any form that such a text may
/// have; a telephone number also where nothing but it is there.
pub fn text_holds_number(text: &str) -> bool {
    value::holds_number(text) || value::holds_duf(text) || first_phone(text.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::text_holds_number;

    #[test]
    fn a_text_column_is_free_text_whatever_stands_in_it() {
        for text in ["22 00 00 00", "91234567", "912 34 567", "2017 0000 0108", "038 515 987 30"] {
            assert!(text_holds_number(text), "{text}");
        }
        for text in ["", "20190301", "45 000 000", "tre uker", "12345678", "venter til uke 12"] {
            assert!(!text_holds_number(text), "{text}");
        }
    }
}
