//! The laws that a registry may stand under: which kinds and service years each takes where the
//! configuration does not say otherwise (KPR-03), and how long what it takes may be kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    config::words::words,
    retention::profile::{self, Profile},
    types::{ids::KindId, years::Years},
};

words!(
    /// The law that a registry stands under: what it takes, and how long it may keep it.
    pub LegalProfile {
        /// The GP scheme of those without a fødselsnummer.
        Fastlege = "fastlege",
        /// Individbasert pleie- og omsorgsstatistikk, service years up to 2017.
        Iplos = "iplos",
        /// Kommunalt pasient- og brukerregister, service years from 2017 on.
        Kpr = "kpr",
        /// What goes to the police and what comes back, for the patient journal.
        Politisvar = "politisvar",
        /// Releases from Norsk pasientregister for financing, § 3-3.
        HdirFinansiering = "hdir-finansiering",
    }
);

impl LegalProfile {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Fastlege, Self::Iplos, Self::Kpr, Self::Politisvar, Self::HdirFinansiering];

    /// The kinds that a registry of this profile takes.
    pub const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Fastlege => &["embassy-list", "departures"],
            Self::Iplos => &["iplos-annual"],
            Self::Kpr => &["kpr-event", "iplos-annual"],
            Self::Politisvar => &["police-request", "police-reply"],
            Self::HdirFinansiering => &["npr-release"],
        }
    }

    /// Its kinds whose documents are about a service year.
    pub fn kinds_by_year(self) -> impl Iterator<Item = &'static str> {
        self.kinds().iter().copied().filter(move |kind| self.years(kind).is_some())
    }

    /// The service years of its kinds that such a registry takes where the configuration does not
    /// say otherwise: 2017 fulfils the duty to both (KPR-03).
    pub const fn years(self, kind: &str) -> Option<Years> {
        match (self, kind.as_bytes()) {
            (Self::Iplos, b"iplos-annual") => Some(Years::until(2017)),
            (Self::Kpr, b"iplos-annual") => Some(Years::since(2017)),
            (Self::Kpr, b"kpr-event") => Some(Years::since(2018)),
            _ => None,
        }
    }

    /// How long it may keep what it takes.
    pub fn retention(self) -> &'static Profile {
        match self {
            Self::Fastlege => &profile::FASTLEGE,
            Self::Iplos => &profile::IPLOS,
            Self::Kpr => &profile::KPR,
            Self::Politisvar => &profile::POLITISVAR,
            Self::HdirFinansiering => &profile::HDIR_FINANSIERING,
        }
    }

    /// Whether a registry of this profile takes a kind.
    pub fn takes(self, kind: &KindId) -> bool {
        self.kinds().contains(&kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::LegalProfile;
    use crate::retention::profile::PROFILES;

    #[test]
    fn each_has_its_retention() {
        for law in LegalProfile::ALL {
            assert_eq!(law.retention().name, law.as_str());
            assert!(!law.retention().erasures().is_empty(), "{law:?}");
        }
        assert_eq!(LegalProfile::ALL.len(), PROFILES.len());
    }
}
