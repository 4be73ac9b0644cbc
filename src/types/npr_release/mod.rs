//! What a release from Norsk pasientregister may hold, and how a configuration may narrow that
//! (NPR-04).
//!
//! One table: [`variables`] names what an extract may bring and what becomes of each column for
//! which purpose. The kind acts by it, the configuration is checked against it, and the sender's
//! guide is written from it. Whatever is not in it does not leave.

pub mod direct_identifiers;
pub mod form;
pub mod terms;
pub mod variables;

use std::fmt;

/// What a release is for, as far as it may leave at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Activity-based funding (innsatsstyrt finansiering).
    Isf,
    /// Municipal co-funding (kommunal medfinansiering).
    Kmf,
    /// Studies of substantial changes, under §§ 3-4, 3-5 or 3-6 (NPR-03).
    Utredning,
}

impl Purpose {
    /// All of them, in the order of [`variables::Variable::actions`].
    pub const ALL: [Self; 3] = [Self::Isf, Self::Kmf, Self::Utredning];

    /// The word of the file and of the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Isf => "isf",
            Self::Kmf => "kmf",
            Self::Utredning => "utredning",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is left out.
    Drop,
    /// Something coarser stands in its place.
    Generalise,
    /// It leaves as it is, if it has its form.
    Keep,
    /// It goes into the person's pseudonym, and nothing else of it leaves.
    Pseudonymise,
    /// A keyed digest stands in its place.
    ReKey,
    /// The release is refused.
    Refuse,
}

impl Action {
    /// The word of the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Generalise => "generalise",
            Self::Keep => "keep",
            Self::Pseudonymise => "pseudonymise",
            Self::ReKey => "re-key",
            Self::Refuse => "refuse",
        }
    }
}
