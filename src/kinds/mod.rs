//! One folder per kind of submission: its record, its rules, what leaves for which registry.
//!
//! A kind drives its own pass record by record in two steps. [`Kind::read`] sees the bytes and
//! nothing of the past, so that many files are read side by side. [`Reading::conclude`] sees what
//! was kept from earlier submissions and says what changes; it runs one at a time, in the order of
//! commit. Neither touches a file, a clock or a database.

pub mod embassy;
pub mod kpr;
pub mod leak;
pub mod npr;
pub mod police;
pub mod scratch;

use std::{
    collections::BTreeSet,
    fmt,
    io::{self, Read, Write},
};

use jiff::civil::Date;

use crate::{
    kinds::scratch::Scratch,
    protect::pseudonym::KeyRing,
    types::{
        finding::{Finding, Findings},
        ids::{KindId, Part, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        national_id::IdPolicy,
        rule::Text,
        verdict::Verdict,
        years::Years,
    },
};

/// All kinds that this version knows. A new kind is its folder and its line here.
pub fn all() -> &'static [&'static dyn Kind] {
    &[
        &embassy::EmbassyList,
        &embassy::Departures,
        &kpr::event::KprEvent,
        &kpr::annual::IplosAnnual,
        &npr::NprRelease,
        &police::PoliceRequest,
        &police::PoliceReply,
    ]
}

/// The kind whose name this is.
pub fn by_name(name: &str) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.name() == name)
}

/// The kind that a document says it is (IN-02).
pub fn of_document(says: &Says) -> Option<&'static dyn Kind> {
    all().iter().copied().find(|kind| kind.recognises(says))
}

/// What a document says it is; its name means nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum Says {
    /// CSV, or the first sheet of a workbook.
    Table {
        /// Its headings.
        headings: Vec<String>,
        /// The `#key=value` lines above them; a workbook has none.
        preamble: Vec<(String, String)>,
    },
    /// XML.
    Xml {
        /// The root element's namespace; empty for none.
        namespace: String,
        /// The root element's local name.
        root: String,
        /// The root element's attributes: name without prefix, and value with references as they
        /// are written.
        attributes: Vec<(String, String)>,
    },
}

impl Says {
    /// The value of a root element's attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let Self::Xml { attributes, .. } = self else { return None };
        attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a `#key=value` line above a table, whatever the case of the key.
    pub fn preamble(&self, key: &str) -> Option<&str> {
        let Self::Table { preamble, .. } = self else { return None };
        let found = preamble.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Says {
    /// Shows the sort only: a heading or an attribute may be somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table { .. } => "Table",
            Self::Xml { .. } => "Xml",
        })
    }
}

/// One kind of submission.
pub trait Kind: Send + Sync {
    /// As configuration, catalogue and JSON spell it.
    fn name(&self) -> &'static str;

    /// What people call it, as a heading.
    fn title(&self) -> Text;

    /// The name as an id.
    fn id(&self) -> KindId {
        let Ok(id) = KindId::parse(self.name()) else {
            unreachable!("the name of a kind is a short name; a test walks all of them")
        };
        id
    }

    /// Whether a document says that it is of this kind.
    fn recognises(&self, says: &Says) -> bool;

    /// Most bytes of one document, after decompression.
    fn max_bytes(&self) -> u64;

    /// The service year that the whole document is about, where its root element says so. It
    /// decides where the document goes.
    fn service_year(&self, _says: &Says) -> Option<i16> {
        None
    }

    /// Whether several documents in one archive may be one submission. Each is read and judged by
    /// itself, in the order of the archive; what one changes, the next one sees.
    fn takes_several(&self) -> bool {
        false
    }

    /// Reads and judges a whole document, as far as that needs nothing but the document.
    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused>;
}

/// A document that was read, and waits for its turn to be held against the past.
pub trait Reading: Send {
    /// The parts that the conclusion may write: they are made ready beside the reading, because
    /// drawing and wrapping a key takes longer than the rest of a small conclusion.
    fn writes_later(&self) -> Vec<(RegistryId, Part)> {
        Vec::new()
    }

    /// The notifications that it will have taken, for the documents behind it in the same archive.
    fn notifications(&self) -> Option<&kpr::notifications::Taken> {
        None
    }

    /// Decides, given what earlier submissions left, and writes what follows from it to the sinks.
    fn conclude(
        self: Box<Self>,
        books: &mut dyn Books,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error>;
}

/// The content of a document.
pub enum Body<'a> {
    /// UTF-8 text: XML or CSV. XML brings its own declaration; CSV was transcoded on the way.
    Text(&'a mut dyn Read),
    /// A guarded workbook, as its bytes.
    Workbook(&'a [u8]),
}

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
    pub embassy: &'a embassy::state::Settings,
    /// Thresholds of the municipal kinds.
    pub kpr: &'a kpr::state::Settings,
    /// The police districts and the case archive.
    pub police: &'a police::state::Settings,
    /// The terms of releases.
    pub npr: &'a npr::state::Settings,
    /// Whether a service year's records of this kind go to exactly these targets (KPR-03).
    pub routed: &'a dyn Fn(i16) -> bool,
    /// What this sender had reported when reading began; none where nobody can look. What matters
    /// is held against the books again at the conclusion.
    pub past: Option<&'a dyn kpr::state::ReportBook>,
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
    pub mode: Mode,
    /// What was decided about reporting to it, year by year, as it concerns this sender. The spans
    /// do not overlap.
    pub reporting: &'a [Reporting],
}

impl Target<'_> {
    /// What was decided for a service year; `None` where the sender reports nothing (KPR-01).
    pub fn reporting_in(&self, year: i16) -> Option<&Reporting> {
        self.reporting.iter().find(|reporting| reporting.years.contains(year))
    }
}

/// How persons appear in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// With their identifiers.
    Identified,
    /// By pseudonym.
    Pseudonym,
    /// By pseudonym, with the map from pseudonym to identifier as a part of its own
    /// ([`Part::Identity`]).
    Split,
}

/// What a sender reports to a registry in some service years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporting {
    /// The service years.
    pub years: Years,
    /// Fields that were not decided to be collected: dropped, and named in the receipt (KPR-07).
    pub not_decided: BTreeSet<String>,
}

/// Where a kind writes what leaves. Everything written is sealed on its way.
pub trait Sinks {
    /// The writer for one part of the submission; the same one at each call.
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write>;

    /// The same for a part that goes to another sender's outbound directory, sealed to that sender.
    ///
    /// # Errors
    /// When that sender has no key.
    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        let _ = (registry, part, to);
        Err(io::Error::new(io::ErrorKind::Unsupported, "these sinks know no other senders"))
    }

    /// Room for what a kind remembers of a document that is too large to be remembered in memory.
    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }
}

/// What earlier submissions left, one book per world.
pub trait Books {
    /// The GP scheme: who is enrolled by which mission.
    fn enrolments(&mut self) -> &mut dyn embassy::state::EnrolmentBook;

    /// What this sender has reported: notifications, annual submissions, persons.
    fn reports(&mut self) -> &mut dyn kpr::state::ReportBook;

    /// What was shared with the police, and what they answered.
    fn exchanges(&mut self) -> &mut dyn police::state::ExchangeBook;

    /// Which operating years' tasks are done.
    fn releases(&mut self) -> &mut dyn npr::state::ReleaseBook;
}

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
    /// What changes in the books. Empty when the verdict is `Rejected`.
    pub effects: Vec<Effect>,
    /// What the document was worth, in numbers, for the register.
    pub report: Option<Report>,
}

/// What a document was worth, in the shape of its kind. Counts alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// A release: how large its smallest groups are.
    Release(npr::state::ReleaseReport),
    /// A municipal report, for the register's quality work.
    Quality(kpr::state::Quality),
}

impl Report {
    /// Takes over the counts of another document of the same submission. Only municipal reports come
    /// several at a time.
    pub fn add(&mut self, other: &Self) {
        if let (Self::Quality(mine), Self::Quality(theirs)) = (self, other) {
            mine.add(theirs);
        }
    }

    /// The numbers of a municipal report.
    pub fn quality(&self) -> Option<&kpr::state::Quality> {
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

/// How many records of a document were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Records {
    /// Taken.
    pub accepted: u64,
    /// Not taken.
    pub rejected: u64,
}

/// A change in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// In the GP scheme.
    Enrolment(embassy::state::Change),
    /// Withdrawals wait for an operator (EMB-13).
    Hold(embassy::state::Hold),
    /// A list of this mission was taken; what waited from an earlier one is superseded.
    ListSeen {
        /// The mission's code.
        mission: String,
        /// The day that it describes, where it was a snapshot.
        complete: Option<Date>,
    },
    /// In the exchange with the police.
    Police(police::state::Change),
    /// In what a municipality has reported.
    Report(kpr::state::Change),
    /// A release for this operating year was taken: what is stored of it is erased by that year's
    /// deadline (NPR-05).
    Released {
        /// The operating year.
        operating_year: i16,
    },
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
    BothDuties,
    /// A field that was not decided to be collected was dropped (KPR-07).
    Dropped(&'static str),
    /// Enrolments of this list take effect on this day.
    EffectiveFrom(Date),
    /// A column that the purpose does not need was left out (NPR-04).
    LeftOut(&'static str),
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
    /// So many notifications are missing before or within this document.
    Gap {
        /// How many, by the sequence numbers.
        missing: u64,
    },
    /// What was told orally is recorded; nothing leaves (POL-06).
    OralRecorded,
    /// So many were newly enrolled, changed, confirmed and withdrawn.
    Reconciled(embassy::state::Tally),
    /// A complete annual submission: it takes the place of this earlier one (KPR-09).
    Replaces(SubmissionId),
    /// The police district was told, and no reply is expected (POL-13).
    ToldPolice {
        /// Its code, from the configuration.
        district: String,
    },
}

/// Why a document was not read to its end.
#[derive(Debug)]
pub enum Refused {
    /// A rule rejects the whole file: what was found, the gravest last.
    Document(Box<Refusal>),
    /// Reading or writing failed; nothing is known about the document.
    Io(io::Error),
}

/// What is known of a document that was refused before its end.
#[derive(Debug)]
pub struct Refusal {
    /// What was found wrong.
    pub findings: Findings,
    /// Records seen so far; none of them was taken.
    pub rejected: u64,
}

impl Refused {
    /// A refusal for one finding.
    pub fn because(finding: Finding) -> Self {
        let mut findings = Findings::default();
        findings.push(finding);
        Self::Document(Box::new(Refusal { findings, rejected: 0 }))
    }
}

impl Refused {
    /// A format's error: its finding, or a failure of ours where the sender has no part in it.
    pub fn by(
        finding: Option<Finding>,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        finding.map_or_else(|| Self::Io(io::Error::other(error)), Self::because)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
