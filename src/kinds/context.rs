//! What a kind may know of the world while it reads: who sent a document, where it goes, what was
//! decided about it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    kinds::{
        embassy::state as embassy, kpr::state as kpr, npr::state as npr, police::state as police,
        says::Says,
    },
    protect::pseudonym::KeyRing,
    types::{
        identity_mode::IdentityMode,
        ids::{KindId, RegistryId, SenderId},
        municipality::MunicipalityNumber,
        national_id::IdPolicy,
        years::Years,
    },
};

/// What a kind may know of the world while it reads.
pub struct Context<'a> {
    /// Who sent it.
    pub sender: &'a Sender,
    /// The day it was received, Europe/Oslo.
    pub today: Date,
    /// Which national ids are let in.
    pub ids: IdPolicy,
    /// Where it goes. Never empty.
    pub targets: &'a [Target<'a>],
    /// Thresholds of the embassy kind.
    pub embassy: &'a embassy::Settings,
    /// Thresholds of the municipal kinds.
    pub kpr: &'a kpr::Settings,
    /// The police districts and the case archive.
    pub police: &'a police::Settings,
    /// The terms of releases.
    pub npr: &'a npr::Settings,
    /// Whether a service year's records of this kind go to exactly these targets (KPR-03).
    pub routed: &'a dyn Fn(i16) -> bool,
    /// What this sender had reported when reading began; none where nobody can look. What matters
    /// is held against the history again at the conclusion.
    pub past: Option<&'a dyn kpr::ReportHistory>,
    /// What the document says it is.
    pub says: &'a Says,
}

/// What the configuration says of a sender, as far as rules ask for it.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Its id.
    pub id: SenderId,
    /// What it may send.
    pub kinds: Vec<KindId>,
    /// The mission or organisation that it sends for.
    pub mission_code: Option<String>,
    /// A Helfo case handler, who may send for any mission.
    pub case_handler: bool,
    /// The municipality that it sends for.
    pub municipality: Option<MunicipalityNumber>,
    /// The police district that it is, by its code.
    pub police_district: Option<String>,
}

/// One registry that a submission goes to.
pub struct Target<'a> {
    /// The registry.
    pub registry: &'a RegistryId,
    /// Its pseudonym keys.
    pub keys: &'a KeyRing,
    /// How persons appear in it.
    pub mode: IdentityMode,
    /// What was decided about reporting to it, year by year, as it concerns this sender. The spans
    /// do not overlap.
    pub reporting: &'a [Reporting],
}

impl Target<'_> {
    /// What was decided for a service year; `None` where the sender reports nothing (KPR-01).
    pub fn reporting_in(&self, year: i16) -> Option<&Reporting> {
        self.reporting.iter().find(|reporting| reporting.years.contains(year))
    }

    /// The fields that were not decided for a service year (KPR-07). Where nothing is decided for
    /// it yet, what was decided last holds on.
    pub fn not_decided_in(&self, year: i16) -> &BTreeSet<String> {
        static NOTHING: BTreeSet<String> = BTreeSet::new();
        self.reporting_for(year).map_or(&NOTHING, |reporting| &reporting.not_decided)
    }

    /// What was decided for a year, or last before it, or else first after it.
    pub fn reporting_for(&self, year: i16) -> Option<&Reporting> {
        let spans = || self.reporting.iter();
        let last_before =
            || spans().filter(|span| span.years.begin_by(year)).max_by_key(|span| span.years);
        self.reporting_in(year)
            .or_else(last_before)
            .or_else(|| spans().min_by_key(|span| span.years))
    }
}

/// What a sender reports to a registry in some service years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporting {
    /// The service years.
    pub years: Years,
    /// Fields that were not decided to be collected: dropped, and named in the receipt (KPR-07).
    pub not_decided: BTreeSet<String>,
}
