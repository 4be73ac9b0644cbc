//! The laws that a registry may stand under: which kinds and service years each takes where the
//! configuration does not say otherwise (KPR-03), and how long what it takes may be kept.

use jiff::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    config::words::{RetentionStart, words},
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

    /// The events from which its retention may be configured to count; the first where nothing is
    /// configured.
    pub const fn retention_starts(self) -> &'static [RetentionStart] {
        match self {
            Self::Fastlege => &[RetentionStart::Withdrawn],
            Self::Iplos | Self::Kpr => &[RetentionStart::Superseded],
            Self::Politisvar => &[RetentionStart::Received, RetentionStart::Decided],
            Self::HdirFinansiering => &[RetentionStart::OperatingYearEnd, RetentionStart::TaskDone],
        }
    }

    /// How long after that event, where nothing is configured.
    pub fn retention_after(self) -> Span {
        match self {
            Self::Fastlege | Self::Iplos | Self::Kpr => Span::new().days(30),
            Self::Politisvar => Span::new().days(90),
            Self::HdirFinansiering => Span::new().years(5),
        }
    }

    /// Whether a registry of this profile takes a kind.
    pub fn takes(self, kind: &KindId) -> bool {
        self.kinds().contains(&kind.as_str())
    }
}
