//! What came of a document: the verdict, what the sender should know, and what changes in the
//! history.

use jiff::civil::Date;

pub use super::records::Records;
use crate::{
    kinds::{
        embassy::state as embassy, kpr::state as kpr, npr::state as npr, police::state as police,
    },
    types::{finding::Findings, ids::RegistryId, verdict::Verdict},
};

/// What came of a submission, and what it changes.
#[derive(Debug)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// How many records were taken and how many were not.
    pub records: Records,
    /// What was found wrong.
    pub findings: Findings,
    /// What the sender should know beyond the findings.
    pub notes: Vec<Note>,
    /// What changes in the history. Empty when the verdict is `Rejected`.
    pub effects: Vec<Effect>,
    /// What the document was worth, in numbers, for the register.
    pub report: Option<Report>,
}

impl Judgement {
    /// Nothing is taken, and nothing changes.
    pub fn rejected(records: Records, findings: Findings) -> Self {
        Self {
            verdict: Verdict::Rejected,
            records,
            findings,
            notes: Vec::new(),
            effects: Vec::new(),
            report: None,
        }
    }
}

/// Something the sender should know that is not a breach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The police district was asked (POL-06).
    AskedPolice {
        /// Its code, from the configuration.
        district: String,
        /// By when an answer is needed.
        needed_by: Option<Date>,
    },
    /// The case archive makes the case that none was given for (POL-05).
    AwaitsCase,
    /// The reply waits for the clinician's decision (POL-08).
    AwaitsClinician,
    /// The duty to report to both registries is fulfilled by this one file (service year 2017).
    BothDuties {
        /// Whether the file says that it is complete; if it says that it is not, as far as it goes.
        complete: Option<bool>,
        /// Whether some of its records were struck: those are missing in both.
        struck: bool,
    },
    /// Fields that were not decided to be collected were dropped (KPR-07).
    Dropped {
        /// From what this registry gets.
        registry: RegistryId,
        /// By the format's own names.
        fields: Vec<&'static str>,
    },
    /// Enrolments of this list take effect on this day.
    EffectiveFrom(Date),
    /// So many of them take effect on this day, and others on another.
    EffectiveFromFor {
        /// The day.
        day: Date,
        /// How many persons.
        persons: u64,
    },
    /// So many of them take effect on this day or on the first of a later month.
    EffectiveFromLater {
        /// The earliest of the days.
        day: Date,
        /// How many persons.
        persons: u64,
    },
    /// A column that the purpose does not need was left out (NPR-04).
    LeftOut(&'static str),
    /// Rows of a release that were discharged in another year than it is about (NPR-06).
    OutsideYear {
        /// How many rows.
        rows: u64,
        /// The year that the release is about.
        operating_year: i16,
    },
    /// So many groups of persons are smaller than the floor.
    SmallGroups {
        /// Groups.
        small: u64,
        /// Persons in them.
        persons: u64,
        /// The floor.
        floor: u8,
        /// Rows whose group there was no room to count.
        not_counted: u64,
    },
    /// An annual submission that says of itself that it is a part of the year.
    PartOfYear,
    /// So many notifications are missing before or within this document.
    Gap {
        /// How many at most, by the sequence numbers, which need only rise.
        missing: u64,
    },
    /// What was told orally is recorded; nothing leaves (POL-06).
    OralRecorded,
    /// So many were newly enrolled, changed, confirmed and withdrawn.
    Reconciled(embassy::Tally),
    /// A complete annual submission: it takes the place of this earlier one (KPR-09).
    Replaces(kpr::Former),
    /// The police district was told, and no reply is expected (POL-13).
    ToldPolice {
        /// Its code, from the configuration.
        district: String,
    },
}

/// A change in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// In the GP scheme.
    Enrolment(embassy::Change),
    /// Withdrawals wait for an operator (EMB-13).
    Hold(embassy::Hold),
    /// A list of this mission was taken.
    ListSeen {
        /// The mission's code.
        mission: String,
        /// The day that it describes.
        date: Date,
        /// Whether it was a snapshot: what waited from an earlier one is superseded.
        complete: bool,
    },
    /// In the exchange with the police.
    Police(police::Change),
    /// In what a municipality has reported.
    Report(kpr::Change),
    /// A release for this operating year was taken: what is stored of it is erased by that year's
    /// deadline (NPR-05).
    Released {
        /// The operating year.
        operating_year: i16,
    },
}

/// What a document was worth, in the shape of its kind. Counts alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// A release: how large its smallest groups are.
    Release(npr::ReleaseReport),
    /// A municipal report, for the register's quality work.
    Quality(kpr::Quality),
}

impl Report {
    /// Takes over the counts of another document of the same submission. Only municipal reports
    /// come several at a time.
    pub fn add(&mut self, other: &Self) {
        if let (Self::Quality(mine), Self::Quality(theirs)) = (self, other) {
            mine.add(theirs);
        }
    }

    /// Takes over what is known of documents of the same submission that were refused while they
    /// were read.
    pub fn add_refused(&mut self, records: u64, findings: &Findings) {
        if let Self::Quality(quality) = self {
            quality.add_refused(records, findings);
        }
    }

    /// The numbers of a municipal report.
    pub fn quality(&self) -> Option<&kpr::Quality> {
        match self {
            Self::Quality(quality) => Some(quality),
            Self::Release(_) => None,
        }
    }

    /// What one registry may be told: nothing of its neighbours' persons.
    #[must_use]
    pub fn for_registry(&self, registry: &RegistryId) -> Self {
        match self {
            Self::Quality(quality) => Self::Quality(quality.for_registry(registry)),
            Self::Release(release) => Self::Release(release.for_registry(registry)),
        }
    }
}
