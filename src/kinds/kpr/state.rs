//! What the house remembers between a municipality's submissions, and what a submission changes.
//!
//! Persons are pseudonyms here, notifications are GUIDs and digests: never a value of any field.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde::{Deserialize, Serialize};

pub use super::notification::{Known, NotificationStatus};
use crate::{
    kinds::{
        kpr::spill::{notifications::KeptNotifications, sorter::Sorted},
        records::Records,
    },
    types::{
        finding::Findings,
        guid::Guid,
        ids::{RegistryId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

/// Thresholds of the municipal kinds, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// KPR-08: a document with a larger share of rejected records is rejected as a whole; in
    /// hundredths of a per cent.
    pub max_rejected_basis_points: u64,
    /// Service types (code list 9151) that are expected for now; others give a warning.
    pub expected_service_types: BTreeSet<u16>,
    /// The municipalities that other senders of the same kind report for (KPR-02).
    pub others: BTreeSet<MunicipalityNumber>,
}

/// What earlier submissions of the same sender left.
pub trait ReportHistory {
    /// Where the sequence of a municipality's notifications stands, whichever of its senders sent
    /// the last one; `None` before the first.
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>>;

    /// How many files of this sender were concluded so far, and documents before this one of the
    /// same archive: as long as it stays, nothing more has become known of the sender.
    fn concluded(&self) -> io::Result<u64>;

    /// A notification that this sender sent before.
    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>>;

    /// Whether what was stored of a notification that was sent before is lost: it may come again.
    ///
    /// # Errors
    /// When the history cannot be asked.
    fn is_lost(&self, guid: &Guid) -> io::Result<bool> {
        let _ = guid;
        Ok(false)
    }

    /// A notification of a document that came before this one in the same archive. Nobody has
    /// decided on that one yet, so it is nothing to refer to, but it need not come twice.
    fn beside(&self, guid: &Guid) -> Option<Known> {
        let _ = guid;
        None
    }

    /// Bytes of notifications that wait in documents that came before this one in the same archive.
    fn held_beside(&self) -> usize {
        0
    }

    /// The annual submissions of the municipality for the year that nothing has replaced, through
    /// whichever of its senders they came, the oldest first.
    fn annual(&self, municipality: MunicipalityNumber, year: i16) -> io::Result<Vec<Former>>;

    /// How many of these persons a registry has had in a service year before `before`. Each is the
    /// first 64 bits of a pseudonym under the key of one epoch, and compared within it.
    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64>;
}

/// An annual submission that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Former {
    /// Another submission.
    Earlier(SubmissionId),
    /// A document that came before in the same archive.
    SameArchive,
}

/// Where a sequence of notifications stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// `notifikasjonLopeNr` of the last one.
    pub last_number: u64,
    /// Its GUID.
    pub last_guid: Guid,
}

/// A change in what a municipality has reported. Made only by documents that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An annual submission was taken.
    Annual {
        /// Whose.
        municipality: MunicipalityNumber,
        /// The service year.
        year: i16,
        /// Where it went.
        registries: Vec<RegistryId>,
        /// What it says of itself (`komplett`), if anything. A complete one takes the place of
        /// earlier ones (KPR-09).
        complete: Option<bool>,
    },
    /// A municipality's sequence stands here now.
    Chain {
        /// Whose.
        municipality: MunicipalityNumber,
        /// Its last notification.
        chain: Chain,
    },
    /// Notifications are missing before or within a document, to be shown to the operator: also
    /// within one that came late, after which the sequence stands where it stood.
    Gap {
        /// Whose.
        municipality: MunicipalityNumber,
        /// How many.
        missing: u64,
    },
    /// These notifications were taken.
    Notifications(KeptNotifications),
    /// A registry has these persons in a service year.
    Persons {
        /// The service year.
        year: i16,
        /// Who.
        persons: Reported,
    },
}

/// Persons as a registry knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The registry, under whose key the pseudonyms are.
    pub registry: RegistryId,
    /// The epoch of that key: the oldest that can still be had, so that a person is known across a
    /// rotation.
    pub epoch: u32,
    /// The first 64 bits of each pseudonym, most significant byte first.
    pub persons: Sorted<8>,
}

/// What a submission was worth: counts for the register's quality work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Records by the identifier that they carry.
    pub identifiers: Identifiers,
    /// Records taken and not.
    pub records: Records,
    /// Distinct persons, per registry.
    pub persons: BTreeMap<RegistryId, Linked>,
    /// Findings per rule, all of them counted.
    pub findings: BTreeMap<String, u64>,
    /// The service years.
    pub years: BTreeSet<i16>,
    /// Notifications missing in the sequence.
    #[serde(default)]
    pub missing: u64,
}

/// How many records carry which identifier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifiers {
    /// Valid fødselsnummer.
    pub fnr: u64,
    /// Valid D-number.
    pub d_number: u64,
    /// Valid hjelpenummer, local to one institution.
    pub h_number: u64,
    /// Valid felles hjelpenummer.
    pub fh_number: u64,
    /// Valid DUF number.
    pub duf: u64,
    /// Any other, not checked.
    pub other: u64,
    /// None, with a reason that is allowed.
    pub none: u64,
    /// One that is not valid: the record was rejected.
    pub invalid: u64,
}

/// Whether a registry knew the persons from an earlier year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// Known from an earlier service year.
    pub linked: u64,
    /// New.
    pub unlinked: u64,
}

impl Quality {
    /// The same of a document that was not taken: its findings, and the identifiers that it was
    /// read with, but nobody of it has come to any registry.
    #[must_use]
    pub fn of_nothing_taken(self) -> Self {
        let Records { accepted, rejected } = self.records;
        Self {
            records: Records { accepted: 0, rejected: accepted + rejected },
            persons: BTreeMap::new(),
            years: BTreeSet::new(),
            missing: 0,
            ..self
        }
    }

    /// Adds documents of the same submission that were refused while they were read.
    pub fn add_refused(&mut self, records: u64, findings: &Findings) {
        self.records.rejected += records;
        for (rule, count) in findings.per_rule() {
            *self.findings.entry((*rule).to_owned()).or_default() += count;
        }
    }

    /// Takes over the counts of another document of the same submission. Persons in both count
    /// twice.
    pub fn add(&mut self, other: &Self) {
        let (mine, theirs) = (&mut self.identifiers, &other.identifiers);
        mine.fnr += theirs.fnr;
        mine.d_number += theirs.d_number;
        mine.h_number += theirs.h_number;
        mine.fh_number += theirs.fh_number;
        mine.duf += theirs.duf;
        mine.other += theirs.other;
        mine.none += theirs.none;
        mine.invalid += theirs.invalid;
        self.records.accepted += other.records.accepted;
        self.records.rejected += other.records.rejected;
        for (registry, theirs) in &other.persons {
            let mine = self.persons.entry(registry.clone()).or_default();
            mine.linked += theirs.linked;
            mine.unlinked += theirs.unlinked;
        }
        for (rule, count) in &other.findings {
            *self.findings.entry(rule.clone()).or_default() += count;
        }
        self.years.extend(&other.years);
        self.missing = self.missing.saturating_add(other.missing);
    }

    /// What one registry may be told: nothing of its neighbours' persons.
    #[must_use]
    pub fn for_registry(&self, registry: &RegistryId) -> Self {
        let mut own = self.clone();
        own.persons.retain(|known, _| known == registry);
        own
    }
}

#[cfg(test)]
mod tests {
    use super::{Linked, NotificationStatus, Quality};
    use crate::types::ids::RegistryId;

    #[test]
    fn a_registry_is_told_of_its_own_persons_only() {
        let [kpr, iplos] = ["kpr", "iplos"].map(|id| RegistryId::parse(id).unwrap());
        let mut one = Quality::default();
        one.persons.insert(kpr.clone(), Linked { linked: 1, unlinked: 2 });
        one.identifiers.fnr = 3;
        one.findings.insert("KPR-06".to_owned(), 1);
        let mut both = one.clone();
        both.persons.insert(iplos.clone(), Linked { linked: 0, unlinked: 3 });
        both.add(&one);
        assert_eq!(both.identifiers.fnr, 6);
        assert_eq!(both.findings["KPR-06"], 2);
        assert_eq!(both.persons[&kpr], Linked { linked: 2, unlinked: 4 });
        assert_eq!(both.for_registry(&iplos).persons.keys().collect::<Vec<_>>(), [&iplos]);
        let json = serde_json::to_value(&both).unwrap();
        assert_eq!(json["persons"]["kpr"]["unlinked"], 4);
        assert_eq!(serde_json::from_value::<Quality>(json).unwrap(), both);
    }

    #[test]
    fn status_letters() {
        for (letter, want) in
            [("N", Some('N')), ("M", Some('M')), ("C", Some('C')), ("T", None), ("", None)]
        {
            assert_eq!(NotificationStatus::parse(letter).map(NotificationStatus::letter), want);
        }
    }
}
