//! What a message's records came to: findings, counts, and whether too many were struck (KPR-08).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    kinds::{
        judgement::{Note, Records},
        kpr::{hints, state::Identifiers},
    },
    types::{
        finding::{Finding, Findings, Place},
        ids::RegistryId,
        rule::Severity,
        rules::kpr as rules,
    },
};

/// What is kept of a message beyond its pass.
#[derive(Debug, Default)]
pub struct Tally {
    /// What was found wrong.
    pub findings: Findings,
    /// Records so far.
    pub records: u64,
    /// Those that were struck.
    pub rejected: u64,
    /// Those that were sent before and are taken once only.
    pub repeated: u64,
    /// Identifiers by type.
    pub identifiers: Identifiers,
    /// Fields that were dropped, from what which registry gets (KPR-07).
    pub dropped: BTreeMap<RegistryId, BTreeSet<&'static str>>,
    /// Service years of the records that were taken.
    pub years: BTreeSet<i16>,
}

impl Tally {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// How many records are taken, and how many are not.
    pub fn records(&self) -> Records {
        Records { accepted: self.records - self.rejected, rejected: self.rejected }
    }

    /// KPR-08, and the share that it allows.
    pub fn check_threshold(&mut self, most_basis_points: u64) {
        if self.is_too_much(self.rejected, most_basis_points) {
            let finding = Finding::new(&rules::KPR_08, Place::File {}).hint(&hints::THRESHOLD);
            self.push(finding);
        }
    }

    /// Whether so many records are more than may be struck. What is sent again makes a message no
    /// better.
    fn is_too_much(&self, rejected: u64, most_basis_points: u64) -> bool {
        let counted = self.records - self.repeated;
        u128::from(rejected) * 10_000 > u128::from(most_basis_points) * u128::from(counted)
    }

    /// Whether something of the message is taken even if so many more records are struck.
    pub fn is_taken_with(&self, more: u64, most_basis_points: u64) -> bool {
        let rejected = self.rejected + more;
        self.findings.worst() != Some(Severity::RejectFile)
            && !self.is_too_much(rejected, most_basis_points)
            && (rejected == 0 || rejected < self.records)
    }

    /// Notes that a field was dropped from what a registry gets; true when it is the first of all.
    pub fn drop_field(&mut self, registry: &RegistryId, field: &'static str) -> bool {
        // Asked of every record, so nothing is made that is there already.
        if self.dropped.get(registry).is_some_and(|fields| fields.contains(field)) {
            return false;
        }
        let is_first = !self.dropped.values().any(|fields| fields.contains(field));
        self.dropped.entry(registry.clone()).or_default().insert(field);
        is_first
    }

    /// What the sender should know of dropped fields.
    pub fn notes(&self) -> Vec<Note> {
        let of_registry = |(registry, fields): (&RegistryId, &BTreeSet<&'static str>)| {
            let registry = registry.clone();
            Note::Dropped { registry, fields: fields.iter().copied().collect() }
        };
        self.dropped.iter().map(of_registry).collect()
    }
}
