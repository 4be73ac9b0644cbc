//! What can be planted, what a reader must find for each, and the list of what was planted.
//!
//! Rule codes are those of the product's own table; where they come from stands there.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Value, json};

use super::{Kind, Order};

/// One sort of defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Defect {
    /// A date that does not exist.
    BadDate,
    /// Type 9 with something other than ddmmyy.
    BirthDate,
    /// A fødselsnummer with a wrong check digit.
    CheckDigit,
    /// No contact person of type 16.
    ContactMissing,
    /// A type of contact person that the list does not have.
    ContactType,
    /// `antallBrukere` is one too high.
    CountDiffers,
    /// A service that ends before it starts.
    DateOrder,
    /// A district of another municipality.
    District,
    /// A GUID a second time, with other content.
    DuplicateDiffers,
    /// The same notification twice.
    DuplicateSame,
    /// A DUF number with a wrong check number.
    Duf,
    /// A notification without an event.
    EventMissing,
    /// A notification with two events.
    EventsTwo,
    /// An event of before event messages.
    EventYear,
    /// A service type that has expired.
    ExpiredService,
    /// A home municipality that does not exist.
    HomeMunicipality,
    /// A fødselsnummer that lost its leading zero.
    LeadingZero,
    /// A demanded attribute of a record is not there.
    MissingAttribute,
    /// No `fid`.
    MissingFid,
    /// No `notifikasjonGUID`.
    MissingGuid,
    /// No `typeID`.
    MissingTypeId,
    /// Two municipalities.
    MunicipalityTwo,
    /// A service outside of the year.
    OutsideYear,
    /// A service type of a later phase; each is told once.
    Phase,
    /// A made-up ending in place of a number.
    Placeholder,
    /// A replacement that does not say of what.
    ReferenceMissing,
    /// A replacement of something that was never sent.
    ReferenceUnknown,
    /// A score that the scale does not have.
    Score,
    /// Numbers are left out.
    SequenceGap,
    /// A number a second time.
    SequenceRepeat,
    /// A sex that the list does not have.
    Sex,
    /// Status T, which is not in use.
    StatusT,
    /// A text of over 100 characters.
    TextLong,
    /// A type of identification that the list does not have.
    TypeId,
    /// A service type that the list does not have.
    UnknownService,
    /// An event with two users.
    UsersTwo,
    /// An event without a user.
    UserMissing,
    /// A `brukerNr` of over 100 characters.
    UserNumberLong,
    /// Another version than the namespace says.
    Version,
    /// The number of another municipality.
    WrongMunicipality,
}

/// What a breach costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The message is struck.
    Message,
    /// The record is struck.
    Record,
    /// The sender is told, or a field is nulled.
    Told,
}

/// What a reader must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    /// The rule.
    pub(crate) rule: &'static str,
    /// What it costs.
    pub(crate) severity: Severity,
    /// The attribute, where it is about one.
    pub(crate) field: Option<&'static str>,
}

impl Defect {
    /// What a reader must find in this kind of message; none if the defect does not fit into it.
    pub(crate) fn expected(self, kind: Kind) -> Option<Expected> {
        use Severity::{Message, Record, Told};
        let event = kind == Kind::KprEvent;
        let date = if event { "hendelseDato" } else { "startDato" };
        let demanded = if event { "tjenesteID" } else { "fodselsar" };
        let (only, rule, severity, field) = match self {
            Self::BadDate => (None, "KPR-06", Record, Some(date)),
            Self::BirthDate
            | Self::CheckDigit
            | Self::Duf
            | Self::LeadingZero
            | Self::Placeholder => (None, "KPR-04", Record, Some("fid")),
            Self::ContactMissing | Self::ContactType => {
                (Some(true), "KPR-06", Told, Some("typeKontaktperson"))
            }
            Self::CountDiffers => (Some(false), "KPR-05", Message, Some("antallBrukere")),
            Self::DateOrder => (Some(false), "KPR-06", Record, Some("sluttDato")),
            Self::District => (None, "KPR-06", Told, Some("bydel")),
            Self::DuplicateDiffers => (Some(true), "KPR-06", Record, Some("notifikasjonGUID")),
            Self::DuplicateSame => (Some(true), "KPR-06", Told, Some("notifikasjonGUID")),
            Self::EventMissing | Self::EventsTwo | Self::UserMissing | Self::UsersTwo => {
                (Some(true), "KPR-05", Record, None)
            }
            Self::EventYear => (Some(true), "KPR-03", Message, Some("hendelseDato")),
            Self::ExpiredService | Self::UnknownService => {
                (None, "KPR-06", Record, Some("tjenesteType"))
            }
            Self::HomeMunicipality => (Some(false), "KPR-06", Record, Some("komNrHjem")),
            Self::MissingAttribute => (None, "KPR-05", Record, Some(demanded)),
            Self::MissingFid => (None, "KPR-04", Message, Some("fid")),
            Self::MissingGuid => (Some(true), "KPR-05", Message, Some("notifikasjonGUID")),
            Self::MissingTypeId => (None, "KPR-04", Message, Some("typeID")),
            Self::MunicipalityTwo => (Some(true), "KPR-02", Message, Some("kommuneNr")),
            Self::OutsideYear => (Some(false), "KPR-06", Record, Some("startDato")),
            Self::Phase => (Some(true), "KPR-06", Told, Some("tjenesteType")),
            Self::ReferenceMissing | Self::ReferenceUnknown => {
                (Some(true), "KPR-06", Record, Some("notifikasjonRef"))
            }
            Self::Score => (Some(false), "KPR-06", Record, Some("skar")),
            Self::SequenceGap => (Some(true), "KPR-06", Told, Some("notifikasjonForrigeGUID")),
            Self::SequenceRepeat => (Some(true), "KPR-06", Told, Some("notifikasjonLopeNr")),
            Self::Sex => (Some(false), "KPR-06", Record, Some("kjonn")),
            Self::StatusT => (Some(true), "KPR-06", Record, Some("statusNotifikasjon")),
            Self::TextLong => (None, "KPR-06", Told, Some("tjenesteID")),
            Self::TypeId => (None, "KPR-06", Record, Some("typeID")),
            Self::UserNumberLong => (None, "KPR-06", Record, Some("brukerNr")),
            Self::Version => (None, "KPR-05", Message, Some("versjon")),
            Self::WrongMunicipality => (None, "KPR-02", Message, Some("kommuneNr")),
        };
        let fits = only.is_none_or(|only_event| only_event == event);
        fits.then_some(Expected { rule, severity, field })
    }

    /// Whether it is in one record, and not in what stands around the records.
    pub(crate) fn is_in_record(self) -> bool {
        !matches!(
            self,
            Self::ContactMissing
                | Self::ContactType
                | Self::CountDiffers
                | Self::MunicipalityTwo
                | Self::Version
                | Self::WrongMunicipality
        )
    }

    /// Those that take turns when none is named: all that fit and do not strike the message.
    pub(crate) fn usual(kind: Kind, year: i32) -> Vec<Self> {
        let fits = |defect: &Self| {
            defect.expected(kind).is_some_and(|expected| expected.severity != Severity::Message)
                && (*defect != Self::ExpiredService || year >= super::services::EXPIRED_FROM)
        };
        <Self as clap::ValueEnum>::value_variants().iter().copied().filter(fits).collect()
    }

    /// Its name on the command line and in the list.
    pub(crate) fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}

/// Which record gets which defect.
#[derive(Debug)]
pub(crate) struct Plan {
    sorts: Vec<Defect>,
    around: Vec<Defect>,
    count: u64,
    planted: u64,
    /// Records between two defects, and those before the first.
    every: u64,
}

impl Plan {
    /// So many defects over so many records; those around the records come once each, first.
    pub(crate) fn new(count: usize, sorts: &[Defect], records: u64) -> Self {
        let (sorts, mut around): (Vec<_>, Vec<_>) =
            sorts.iter().copied().partition(|defect| defect.is_in_record());
        around.truncate(count);
        let count = if sorts.is_empty() { 0 } else { count - around.len() } as u64;
        // The number of records is an estimate: nine tenths of it, so that all defects find a
        // place.
        let every = (records * 9 / 10 / (count + 1)).max(1);
        Self { sorts, around, count, planted: 0, every }
    }

    /// What record number `record` is to get.
    pub(crate) fn at(&self, record: u64) -> Option<Defect> {
        let due = self.planted < self.count && record >= (self.planted + 1) * self.every;
        let turn = usize::try_from(self.planted).ok()?;
        if due { self.sorts.get(turn % self.sorts.len().max(1)).copied() } else { None }
    }

    /// It was planted, or cannot be any more.
    pub(crate) fn done(&mut self) {
        self.planted += 1;
    }

    /// Whether one that stands outside of the records is wanted.
    pub(crate) fn wants(&self, defect: Defect) -> bool {
        self.around.contains(&defect)
    }
}

/// A defect in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planted {
    /// What.
    pub(crate) defect: Defect,
    /// Number of the record, from 1; none around the records.
    pub(crate) record: Option<u64>,
    /// Line of the start tag that is wrong, or that something is missing in.
    pub(crate) line: u64,
}

/// What a document holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// Size of the document.
    pub(crate) bytes: u64,
    /// Records in it.
    pub(crate) records: u64,
    /// Records without a planted defect, by `typeID`.
    pub(crate) by_id_type: BTreeMap<&'static str, u64>,
    /// What was planted, in the order of the document.
    pub(crate) planted: Vec<Planted>,
}

impl Ledger {
    /// Notes a defect.
    pub(crate) fn plant(&mut self, defect: Defect, record: Option<u64>, line: u64) {
        self.planted.push(Planted { defect, record, line });
    }

    /// As JSON, one defect on a line.
    pub(crate) fn json(&self, order: &Order) -> String {
        let head = json!({
            "kind": order.kind.name(),
            "seed": order.seed,
            "year": order.year,
            "municipality": order.municipality,
            "bytes": self.bytes,
            "records": self.records,
            "struck-records": self.struck(),
            "message-struck": self.is_message_struck(order),
            "sound-records-by-id-type": self.by_id_type,
        });
        let mut text = serde_json::to_string_pretty(&head).unwrap_or_default();
        text.truncate(text.trim_end_matches("\n}").len());
        text.push_str(",\n  \"defects\": [");
        for (index, planted) in self.planted.iter().enumerate() {
            let separator = if index == 0 { "\n" } else { ",\n" };
            // Writing to a string does not fail.
            let _ = write!(text, "{separator}    {}", row(planted, order.kind));
        }
        text.push_str("\n  ]\n}\n");
        text
    }

    /// Records that must be struck. No record has two defects.
    pub(crate) fn struck(&self) -> usize {
        self.planted
            .iter()
            .filter(|planted| {
                let expected = planted.defect.expected(Kind::KprEvent);
                let expected = expected.or(planted.defect.expected(Kind::IplosAnnual));
                expected.is_some_and(|expected| expected.severity == Severity::Record)
            })
            .count()
    }

    fn is_message_struck(&self, order: &Order) -> bool {
        self.planted.iter().any(|planted| {
            let expected = planted.defect.expected(order.kind);
            expected.is_some_and(|expected| expected.severity == Severity::Message)
        })
    }
}

fn row(planted: &Planted, kind: Kind) -> Value {
    let expected = planted.defect.expected(kind);
    let severity = expected.map(|expected| match expected.severity {
        Severity::Message => "message",
        Severity::Record => "record",
        Severity::Told => "told",
    });
    json!({
        "defect": planted.defect.name(),
        "record": planted.record,
        "line": planted.line,
        "rule": expected.map(|expected| expected.rule),
        "severity": severity,
        "field": expected.and_then(|expected| expected.field),
    })
}
