//! What the house remembers of the exchange with the police, and what a submission changes.
//!
//! A patient is referred to by the case number alone; no name, no number, no text of a request.

use std::{
    collections::BTreeMap,
    io::{self},
};

use jiff::civil::Date;

use crate::{
    kinds::police::basis::LegalBasis,
    types::{case_number::CaseNumber, guid::Guid, ids::SenderId, ids::SubmissionId},
};

/// What the configuration says of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The police districts: the code by which requests and replies name them, and the sender that
    /// each one is. Only those that have a key to seal to.
    pub districts: BTreeMap<String, SenderId>,
    /// Whether the case archive makes a case for a request that names none (POL-05).
    pub archive_makes_cases: bool,
}

/// What went before.
pub trait ExchangeHistory {
    /// What was sent, or told, under this id by this installation.
    fn exchange(&self, id: &Guid) -> io::Result<Option<Known>>;

    /// The submission that brought the reply of this id.
    fn reply(&self, id: &Guid) -> io::Result<Option<SubmissionId>>;
}

/// What is known of a request that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub form: Form,
    /// Where it went.
    pub district: SenderId,
    /// Whether a reply may still come (POL-07).
    pub open: bool,
}

/// What kind of sharing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// The police are asked, and answer.
    Inquiry,
    /// The police are told, at once, and no reply is expected (POL-13).
    Notice,
    /// The police were told orally, and it is recorded afterwards (`muntlig`, POL-06).
    Oral,
}

impl Form {
    /// The word that catalogue and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Notice => "notice",
            Self::Oral => "oral",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Inquiry, Self::Notice, Self::Oral].into_iter().find(|form| form.as_str() == word)
    }
}

/// Whether the patient was informed (POL-10, pbrl. § 3-6 third paragraph).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Informed {
    /// Was informed.
    Yes,
    /// Was not, and will be.
    Later,
    /// Was not, and should not be.
    No,
}

impl Informed {
    /// The word that catalogue and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Later => "later",
            Self::No => "no",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Yes, Self::Later, Self::No].into_iter().find(|informed| informed.as_str() == word)
    }
}

/// How much the police shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// All that was asked for.
    Full,
    /// Some of it.
    Partial,
    /// Nothing.
    Refused,
}

impl Shared {
    /// The word of the reply.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Refused => "refused",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Full, Self::Partial, Self::Refused]
            .into_iter()
            .find(|shared| shared.as_str() == word)
    }
}

/// A change in the exchange. Made only by documents that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A request or a notice leaves, or an oral disclosure is recorded. What leaves was written to
    /// the part `request`, addressed to the district.
    Shared(Exchange),
    /// A reply came, and waits for the clinician's decision.
    Answered(Reply),
}

/// What is recorded of a request, a notice or an oral disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The sender's own id of it.
    pub id: Guid,
    /// What it is.
    pub form: Form,
    /// The police district, as a sender of ours.
    pub district: SenderId,
    /// The case in the case archive; `None` where the archive makes one.
    pub case: Option<CaseNumber>,
    /// The legal basis.
    pub basis: LegalBasis,
    /// The code of the purpose, `a-z`, `0-9` and `-`.
    pub purpose_code: String,
    /// Whether the patient was informed.
    pub informed: Informed,
    /// When an answer is needed; `None` where none is expected.
    pub needed_by: Option<Date>,
}

/// What is recorded of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The district's own id of it.
    pub id: Guid,
    /// What it answers.
    pub exchange: Guid,
    /// Who sent it.
    pub district: SenderId,
    /// How much was shared.
    pub shared: Shared,
    /// How many documents it holds.
    pub documents: u32,
}
