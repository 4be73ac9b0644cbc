//! What a certificate says beside its counts.

use jiff::{Timestamp, tz::TimeZone};

use crate::{retention::certificate::tally::Scope, types::ids::RegistryId};

/// Everything that a certificate says beside its counts.
pub struct Facts<'a> {
    /// What it is about.
    pub scope: &'a Scope,
    /// Name of the log: `filsluse/<installation>`.
    pub origin: &'a str,
    /// When it is issued.
    pub now: Timestamp,
    /// Where days are counted.
    pub zone: &'a TimeZone,
    /// Entries of the log, all of them read.
    pub size: u64,
    /// The last entry that was counted, verbatim, and the proof file that the log holds it; without
    /// one, nothing was erased.
    pub last: Option<(&'a str, &'a str)>,
    /// The log's signed checkpoint.
    pub checkpoint: &'a str,
    /// The provision behind a registry's rule.
    pub provision: &'a dyn Fn(&RegistryId, &str) -> Option<&'static str>,
}
