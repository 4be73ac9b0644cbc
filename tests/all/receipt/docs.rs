//! The pages in `docs/` that are written from the rule table and from real receipts.

use filsluse::types::{rule::Language, rules::page};

use crate::receipt::{cases, fresh};

#[test]
fn the_rules_page_is_the_rule_table() {
    fresh("docs/rules.en.md", page::markdown(Language::En).as_bytes());
    fresh("docs/rules.nb.md", page::markdown(Language::Nb).as_bytes());
}

/// The guides show a receipt that the program really writes.
#[test]
fn the_guides_show_a_real_receipt() {
    for (path, name) in [("docs/sender.md", "partly.en"), ("docs/avsender.md", "partly.nb")] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let guide = std::fs::read_to_string(root.join(path)).unwrap();
        let (before, rest) = guide.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let mut want = String::new();
        cases::each(|case, receipt| {
            if case == name {
                let text = String::from_utf8(receipt.write().txt).unwrap();
                want = format!("{before}{BEGIN}\n```text\n{text}```\n{END}{after}");
            }
        });
        fresh(path, want.as_bytes());
    }
}

const BEGIN: &str = "<!-- receipt: begin -->";
const END: &str = "<!-- receipt: end -->";
