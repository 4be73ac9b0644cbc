//! Every rule the product enforces, one file per kind. Receipts and `docs/rules.*.md` are written
//! from this table, so a rule has one wording.

pub mod embassy;
pub mod intake;
pub mod kpr;
pub mod npr;
pub mod page;
pub mod police;

use crate::types::rule::{Rule, Text};

/// The rules of one kind, under one heading.
pub struct Chapter {
    /// What their codes begin with, such as `EMB`.
    pub prefix: &'static str,
    /// What they are about.
    pub title: Text,
    /// In order of code.
    pub rules: &'static [&'static Rule],
}

/// One line for each kind, in the order in which the documentation has them.
pub static CHAPTERS: &[Chapter] = &[
    Chapter {
        prefix: "EMB",
        title: Text { nb: "Ambassadelister", en: "Embassy lists" },
        rules: embassy::ALL,
    },
    Chapter {
        prefix: "KPR",
        title: Text { nb: "KPR og IPLOS", en: "KPR and IPLOS" },
        rules: kpr::ALL,
    },
    Chapter {
        prefix: "NPR",
        title: Text { nb: "Utleveringer fra NPR", en: "Releases from NPR" },
        rules: npr::ALL,
    },
    Chapter {
        prefix: "POL",
        title: Text { nb: "Utveksling med politiet", en: "Exchange with the police" },
        rules: police::ALL,
    },
    Chapter {
        prefix: "IN",
        title: Text { nb: "Alle typer filer", en: "All kinds of files" },
        rules: intake::ALL,
    },
];

/// All rules, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    CHAPTERS.iter().flat_map(|chapter| chapter.rules).copied()
}

/// The rule with this code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CHAPTERS, all, by_code};
    use crate::types::rule::Text;

    #[test]
    fn every_rule_has_words_in_both_languages() {
        for rule in all() {
            for (what, Text { nb, en }) in
                [("demand", rule.demand), ("cause", rule.cause), ("cure", rule.cure)]
            {
                let code = rule.code;
                for text in [nb, en] {
                    assert!(text.len() > 20 && text.ends_with('.'), "{code} {what}: {text}");
                    assert!(!text.contains("  "), "{code} {what} has two spaces: {text}");
                }
                assert_ne!(nb, en, "{code} {what} is not translated");
            }
            assert!(!rule.source.is_empty(), "{} has no source", rule.code);
        }
    }

    #[test]
    fn codes_are_unique_sorted_and_found() {
        let codes: Vec<_> = all().map(|rule| rule.code).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        for chapter in CHAPTERS {
            assert!(chapter.rules.is_sorted_by_key(|rule| rule.code), "{}", chapter.prefix);
            for rule in chapter.rules {
                let digits =
                    rule.code.strip_prefix(chapter.prefix).and_then(|c| c.strip_prefix('-'));
                assert!(digits.is_some_and(|d| d.parse::<u32>().is_ok()), "{}", rule.code);
                assert_eq!(by_code(rule.code), Some(*rule));
            }
        }
    }
}
