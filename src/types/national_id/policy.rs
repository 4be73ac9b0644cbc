//! Which numbers an installation lets in: whose, and by which rule.

use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which numbers an installation lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdPolicy {
    /// Real people or made-up ones.
    pub profile: Profile,
    /// Whether numbers that hold by the rule of 2032 alone are accepted.
    pub new_rule: bool,
}

impl IdPolicy {
    /// The policy on a day: the rule of 2032 applies from the configured day on, normally
    /// [`NEW_RULE_FROM`].
    pub fn on(profile: Profile, day: Date, new_rule_from: Date) -> Self {
        Self { profile, new_rule: new_rule_from <= day }
    }
}

/// Whose numbers an installation handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Real people; synthetic numbers are refused.
    Production,
    /// Made-up people; real numbers are refused.
    Test,
}

impl Profile {
    /// As the configuration spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// The first day on which numbers are issued by the rule of 2032.
pub const NEW_RULE_FROM: Date = date(2032, 1, 1);
