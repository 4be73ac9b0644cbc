//! What a rule is: a stable code, a severity, and words for the person who broke it.
//!
//! The rules themselves stand in [`crate::types::rules`], one file per kind. Receipts, `docs/` and
//! the code read the same table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One rule of `docs/rules.en.md`, compared by its code.
pub struct Rule {
    /// Stable: what receipts, logs, tests and documentation call it, such as `EMB-02`.
    pub code: &'static str,
    /// What a breach does, unless the finding says otherwise.
    pub severity: Severity,
    /// The `AppRec` error code (code list 8221) that carries a breach.
    pub apprec: &'static str,
    /// What is demanded, in one sentence.
    pub demand: Text,
    /// What usually causes a breach.
    pub cause: Text,
    /// What the sender does about it.
    pub cure: Text,
    /// Where the rule comes from.
    pub source: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// The same words in the two languages of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Norwegian bokmål.
    pub nb: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The words in one language.
    pub const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Nb => self.nb,
        }
    }
}

/// A receipt's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    En,
    /// Norwegian bokmål.
    Nb,
}

/// What exactly is wrong, where a rule has several ways to be broken. Stands beside the code that
/// finds it; holds no value of any field.
#[derive(Debug, PartialEq, Eq)]
pub struct Hint {
    /// Stable key, such as `check-digit`: lower-case kebab, unique within its rule.
    pub key: &'static str,
    /// What is wrong and what to write instead, in one sentence.
    pub text: Text,
    /// Overrides the rule's `AppRec` code.
    pub apprec: Option<&'static str>,
    /// What the sender does about it, where the rule's own cure is for another fault.
    pub cure: Option<Text>,
}

/// Declares one hint: its name, key, and words in both languages.
macro_rules! hint {
    ($(#[$doc:meta])* $vis:vis $name:ident, $key:literal, $nb:literal, $en:literal
        $(, cure: $cure_nb:literal, $cure_en:literal)?) => {
        $(#[$doc])*
        $vis static $name: $crate::types::rule::Hint = $crate::types::rule::Hint {
            key: $key,
            text: $crate::types::rule::Text { nb: $nb, en: $en },
            apprec: None,
            cure: $crate::types::rule::cure!($($cure_nb, $cure_en)?),
        };
    };
}

/// Declares a room's hints, each with the `AppRec` code that it overrides and the cure that it has
/// of its own, if any, and `ALL` of them.
macro_rules! hints {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $apprec:expr, $nb:literal, $en:literal
        $(, cure: $cure_nb:literal, $cure_en:literal)?;)+) => {
        $($(#[$doc])* pub static $name: $crate::types::rule::Hint = $crate::types::rule::Hint {
            key: $key,
            text: $crate::types::rule::Text { nb: $nb, en: $en },
            apprec: $apprec,
            cure: $crate::types::rule::cure!($($cure_nb, $cure_en)?),
        };)+

        /// All of them, for the tests of the words.
        pub static ALL: &[&$crate::types::rule::Hint] = &[$(&$name),+];
    };
}

/// The cure of a hint that has one of its own, and of one that has none.
macro_rules! cure {
    () => {
        None
    };
    ($nb:literal, $en:literal) => {
        Some($crate::types::rule::Text { nb: $nb, en: $en })
    };
}

pub(crate) use {cure, hint, hints};

/// What a breach does to the submission (`docs/interface.md` section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Taken all the same.
    Warning,
    /// The one record is not taken.
    RejectRecord,
    /// Nothing of the file is taken.
    RejectFile,
}

/// The source of a rule that no published text states.
pub const OURS: &str = "own decision";
