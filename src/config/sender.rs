//! One sender: who it is, what it may send, and how it is answered.

use std::fmt;

use jiff::civil::Date;

use crate::{
    config::names::{Account, MissionCode},
    signature::PublicKey,
    types::{
        ids::{KindId, SenderId},
        municipality::MunicipalityNumber,
        org_number::OrgNumber,
        period::Period,
        rule::Language,
        verdict::Evidence,
    },
};

/// One sender, checked.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Its directory below the drop root.
    pub id: SenderId,
    /// Its name in receipts and listings.
    pub name: String,
    /// What it may send (IN-02); never empty.
    pub kinds: Vec<KindId>,
    /// For whom it may send embassy lists (EMB-01).
    pub missions: Missions,
    /// A municipality's number.
    pub municipality: Option<MunicipalityNumber>,
    /// Number in Enhetsregisteret.
    pub org_number: Option<OrgNumber>,
    /// The police district that it is: the code by which requests and replies name it.
    pub police_district: Option<String>,
    /// Language of its receipts.
    pub language: Language,
    /// Its receipts are encrypted to this key, where it gave one.
    pub recipient: Option<age::x25519::Recipient>,
    /// The least evidence that a file has arrived whole.
    pub completeness: Evidence,
    /// How often something is expected; without it nothing is ever overdue.
    pub expect: Option<Expectation>,
    /// Whom the operator writes to.
    pub contact: Option<String>,
    /// Who must own its files.
    pub owner: Owner,
    /// The keys one of which must have signed each of its files (IN-06); none where nothing need be
    /// signed.
    pub signing_keys: Vec<PublicKey>,
}

impl Sender {
    /// A sender with every default: receipts in Norwegian, evidence `closed`, files owned by the
    /// account of its own name. `None` when the id is no account's name.
    pub fn new(id: SenderId, name: &str, kinds: Vec<KindId>, missions: Missions) -> Option<Self> {
        let owner = Owner::Account(Account::parse(id.as_str()).ok()?);
        Some(Self {
            id,
            name: name.to_owned(),
            kinds,
            missions,
            municipality: None,
            org_number: None,
            police_district: None,
            language: Language::Nb,
            recipient: None,
            completeness: Evidence::Closed,
            expect: None,
            contact: None,
            owner,
            signing_keys: Vec::new(),
        })
    }

    /// Whether it may send this kind (IN-02).
    pub fn may_send(&self, kind: &KindId) -> bool {
        self.kinds.contains(kind)
    }
}

/// For whom a sender may send embassy lists (EMB-01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missions {
    /// For every mission: a Helfo case handler.
    Any,
    /// For none: it sends no embassy lists.
    None,
    /// For itself.
    Own(MissionCode),
}

/// When something is expected of a sender; at least one of the two is there.
#[derive(Debug, Clone, Copy)]
pub struct Expectation {
    /// A submission of any kind, again and again.
    pub periodic: Option<Periodic>,
    /// The annual submission.
    pub yearly: Option<Yearly>,
}

/// How often something is expected. Calendar periods, counted in the configured zone.
#[derive(Debug, Clone, Copy)]
pub struct Periodic {
    /// The period in which at least one submission comes.
    pub every: Period,
    /// How much later it may be before the sender counts as overdue.
    pub grace: Period,
}

/// By when a year's annual submission is expected: days of the year after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yearly {
    /// The ordinary deadline; that day is the last one.
    pub deadline: MonthDay,
    /// Until when an exception may be had; later the sender counts as overdue.
    pub exception: Option<MonthDay>,
}

/// A day of any year, never 29 February.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// Reads `01-15`.
    ///
    /// # Errors
    /// When it is no day that every year has.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let bad = "write month and day of a day that every year has, \"01-15\"";
        let date: Date = format!("2023-{text}").parse().map_err(|_| bad)?;
        let well_formed = text.len() == 5;
        well_formed.then_some(Self { month: date.month(), day: date.day() }).ok_or(bad)
    }

    /// The day in a year.
    pub fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// Who must own a sender's files (IN-01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A local account, looked up in `/etc/passwd`.
    Account(Account),
    /// A user number.
    Uid(u32),
}
