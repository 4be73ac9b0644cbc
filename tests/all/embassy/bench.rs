//! What is different for the embassy kind on the bench of all kinds: missions, lists in three
//! clothes, and the difference that leaves.

use std::collections::BTreeMap;

use filsluse::{
    kinds::{
        Body, Kind, Reading,
        context::Sender,
        embassy::{
            EmbassyList,
            state::{self, Enrolled, EnrolmentHistory},
        },
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::KeyRing,
    types::{
        identity_mode::IdentityMode, ids::Part, national_id::NationalId, pseudonym::Pseudonym,
    },
};
use jiff::civil::{Date, date};
use quick_xml::{XmlVersion, events::Event};

use super::document::Document;
use crate::kinds::bench::{self, Column, Kept, Registry, Settings, Tested};

/// The day on which everything is received, unless a test says otherwise.
pub(super) const TODAY: Date = date(2026, 11, 21);

const REGISTRY: &str = "fastlege";

pub(super) type Bench = bench::Bench<state::Settings>;
pub(super) type Outcome = bench::Outcome<state::Settings>;

impl Tested for state::Settings {
    const SHOWN: &'static [Column] = &[Column::Hint, Column::Record];

    fn settings(&self) -> Settings {
        Settings { embassy: *self, ..Settings::default() }
    }
}

impl Bench {
    /// Mission `XEX`, nobody enrolled, key epoch 1.
    pub(super) fn new() -> Self {
        let settings = state::Settings { hold_above_basis_points: 2000, hold_above_count: 3 };
        let registry = Registry::new(REGISTRY, &[1], IdentityMode::Identified);
        let registry = Registry { keys: keys(&[1]), ..registry };
        Self::of(mission("embassy-xex", "XEX"), TODAY, settings, vec![registry])
    }

    /// The pseudonym that somebody new gets.
    pub(super) fn person(&self, d_number: &str) -> Pseudonym {
        let id = NationalId::parse(d_number, &self.ids).unwrap();
        self.registries[0].keys.pseudonyms(&id).next().unwrap()
    }

    /// Whom a mission has enrolled.
    pub(super) fn enrolled(&self, mission: &str) -> BTreeMap<Pseudonym, Enrolled> {
        self.history.enrolments.of_mission(mission).unwrap()
    }

    /// Reads a document up to where the history is needed.
    pub(super) fn read(&self, document: &Document) -> Result<Box<dyn Reading>, Refused> {
        let says = document.says();
        let kind = filsluse::kinds::of_document(&says).expect("a kind that knows it");
        let mut kept = Kept::of(&self.registries);
        let mut text = match document {
            Document::Sheet(bytes) => {
                return self.read_as(kind, &says, Body::Workbook(bytes), &mut kept);
            }
            Document::Text(text) | Document::Xml(text) => text.as_bytes(),
        };
        self.read_as(kind, &says, Body::Text(&mut text), &mut kept)
    }

    /// Judges a document that is not refused, without applying what follows from it.
    pub(super) fn judge(&self, document: &Document) -> Outcome {
        let outcome = self.conclude(self.read(document), Kept::of(&self.registries));
        assert!(outcome.judgement.is_some(), "refused: {:?}", outcome.found());
        assert!(outcome.written.keys().all(|(_, part, _)| *part == Part::Difference));
        outcome
    }

    /// Judges a document and applies what follows from it.
    pub(super) fn send(&mut self, document: &Document) -> Outcome {
        let outcome = self.judge(document);
        self.remember(&outcome);
        outcome
    }

    /// What a document was refused for before its end.
    pub(super) fn refused(&self, document: &Document) -> Vec<String> {
        let outcome = self.conclude(self.read(document), Kept::of(&self.registries));
        assert!(outcome.refused.is_some(), "it was not refused");
        outcome.found()
    }
}

impl Outcome {
    /// What leaves for the registry.
    pub(super) fn difference(&self) -> Option<String> {
        self.part(REGISTRY, Part::Difference).map(str::to_owned)
    }

    /// The elements of the difference below its root.
    pub(super) fn persons(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let Some(text) = self.difference() else { return Vec::new() };
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut persons = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) | Event::Empty(start) => {
                    let name = start.name().as_ref().to_owned();
                    let attributes = start.attributes().map(|attribute| {
                        let attribute = attribute.unwrap();
                        let key = attribute.key.as_ref().to_owned();
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap();
                        (key, value.into_owned())
                    });
                    persons.push((name, attributes.collect()));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(persons.remove(0).0, "EnrolmentDifference");
        persons
    }

    /// `Enrol`, `Change` and `Withdraw reason`, with the pseudonym, in order of the text.
    pub(super) fn changes(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .persons()
            .into_iter()
            .map(|(name, of)| match of.get("reason") {
                Some(reason) => format!("{name} {reason} {}", of["person"]),
                None => format!("{name} {}", of["person"]),
            })
            .collect();
        lines.sort();
        lines
    }
}

/// A mission that sends for itself.
pub(super) fn mission(id: &str, code: &str) -> Sender {
    Sender { mission_code: Some(code.to_owned()), ..bench::sender(id, &[EmbassyList.name()]) }
}

/// A Helfo case handler.
pub(super) fn helfo() -> Sender {
    Sender { case_handler: true, ..bench::sender("helfo", &[EmbassyList.name()]) }
}

/// The keys of these epochs, each with a secret of its own.
pub(super) fn keys(epochs: &[u32]) -> KeyRing {
    bench::keys(REGISTRY, epochs, |epoch| [u8::try_from(epoch).unwrap(); 32])
}

/// What a document says of itself.
pub(super) fn says_table(headings: &[String]) -> Says {
    Says::Table { headings: headings.to_vec(), preamble: Vec::new() }
}
