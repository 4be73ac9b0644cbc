//! How persons appear in a registry.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How persons appear in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityMode {
    /// With their identifiers.
    Identified,
    /// By pseudonym.
    Pseudonym,
    /// Content by pseudonym, and the map to identities as an object of its own.
    Split,
}

impl IdentityMode {
    /// As configuration and JSON spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Pseudonym => "pseudonym",
            Self::Split => "split",
        }
    }
}
