//! What the tests of the embassy kind stand on: made-up people, lists in three clothes, books in
//! memory, and sinks that keep what is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use filsluse::{
    kinds::{
        Body, History, Kind, Reading, Sinks,
        context::{Context, Sender, Target},
        embassy::{
            EmbassyList,
            state::{Enrolled, EnrolmentHistory, Last, Settings, Told, What},
        },
        judgement::{Effect, Judgement},
        kpr,
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        finding::Findings,
        identity_mode::IdentityMode,
        ids::{Part, RegistryId, SenderId},
        national_id::{IdPolicy, NationalId, Profile},
        pseudonym::Pseudonym,
        secret::Secret32,
    },
};
use jiff::civil::{Date, date};
use quick_xml::{XmlVersion, events::Event};
use zeroize::Zeroizing;

use super::document::Document;

/// The day on which everything is received, unless a test says otherwise.
pub(super) const TODAY: Date = date(2026, 11, 21);

/// One installation, as far as the kind sees it.
pub(super) struct Bench {
    pub(super) sender: Sender,
    pub(super) today: Date,
    pub(super) ids: IdPolicy,
    pub(super) settings: Settings,
    pub(super) keys: KeyRing,
    pub(super) book: Book,
    registry: RegistryId,
}

/// What came of a document that was read to its end.
pub(super) struct Outcome {
    pub(super) judgement: Judgement,
    pub(super) difference: Option<String>,
}

impl Bench {
    /// Mission `XEX`, nobody enrolled, key epoch 1.
    pub(super) fn new() -> Self {
        Self {
            sender: mission("embassy-xex", "XEX"),
            today: TODAY,
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            settings: Settings { hold_above_basis_points: 2000, hold_above_count: 3 },
            keys: keys(&[1]),
            book: Book::default(),
            registry: RegistryId::parse("fastlege").unwrap(),
        }
    }

    /// The pseudonym that somebody new gets.
    pub(super) fn person(&self, d_number: &str) -> Pseudonym {
        let id = NationalId::parse(d_number, &self.ids).unwrap();
        self.keys.pseudonyms(&id).next().unwrap()
    }

    /// Whom a mission has enrolled.
    pub(super) fn enrolled(&self, mission: &str) -> BTreeMap<Pseudonym, Enrolled> {
        self.book.of_mission(mission).unwrap()
    }

    /// Reads a document up to where the books are needed.
    pub(super) fn read(&self, document: &Document) -> Result<Box<dyn Reading>, Refused> {
        let says = document.says();
        let kind = filsluse::kinds::of_document(&says).expect("a kind that knows it");
        let targets = [Target {
            registry: &self.registry,
            keys: &self.keys,
            mode: IdentityMode::Identified,
            reporting: &[],
        }];
        let context = Context {
            sender: &self.sender,
            today: self.today,
            ids: self.ids,
            targets: &targets,
            embassy: &self.settings,
            kpr: &kpr::state::Settings {
                max_rejected_basis_points: 500,
                expected_service_types: BTreeSet::new(),
                others: BTreeSet::new(),
            },
            police: &filsluse::kinds::police::state::Settings::default(),
            npr: &filsluse::kinds::npr::state::Settings::default(),
            routed: &|_| true,
            past: None,
            says: &says,
        };
        let body = match document {
            Document::Sheet(bytes) => {
                return kind.read(Body::Workbook(bytes), &context, &mut Kept::default());
            }
            Document::Text(text) | Document::Xml(text) => text.as_bytes(),
        };
        let mut body = body;
        kind.read(Body::Text(&mut body), &context, &mut Kept::default())
    }

    /// Judges a document without applying what follows from it.
    pub(super) fn judge(&self, document: &Document) -> Outcome {
        let reading = match self.read(document) {
            Ok(reading) => reading,
            Err(Refused::Document(refusal)) => panic!("refused: {:?}", refusal.findings),
            Err(Refused::Io(error)) => panic!("{error}"),
        };
        let mut kept = Kept::default();
        let judgement = reading.conclude(&mut self.book.clone(), &mut kept).unwrap();
        assert!(kept.0.keys().all(|part| *part == Part::Difference));
        let difference = kept.0.into_values().next();
        Outcome { judgement, difference: difference.map(|bytes| String::from_utf8(bytes).unwrap()) }
    }

    /// Judges a document and applies what follows from it.
    pub(super) fn send(&mut self, document: &Document) -> Outcome {
        let outcome = self.judge(document);
        self.book.apply(&outcome.judgement.effects);
        outcome
    }

    /// What a document was refused for before its end.
    pub(super) fn refused(&self, document: &Document) -> Vec<String> {
        match self.read(document) {
            Ok(_) => panic!("it was not refused"),
            Err(Refused::Document(refusal)) => found(&refusal.findings),
            Err(Refused::Io(error)) => panic!("{error}"),
        }
    }
}

impl Outcome {
    /// Every finding as `CODE hint @record`.
    pub(super) fn found(&self) -> Vec<String> {
        found(&self.judgement.findings)
    }

    /// Taken and not taken.
    pub(super) fn records(&self) -> (u64, u64) {
        (self.judgement.records.accepted, self.judgement.records.rejected)
    }

    /// The elements of the difference below its root.
    pub(super) fn persons(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let Some(text) = &self.difference else { return Vec::new() };
        let mut reader = quick_xml::Reader::from_str(text);
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

/// Every finding as `CODE hint @record`.
pub(super) fn found(findings: &Findings) -> Vec<String> {
    let line = |f: &filsluse::types::finding::Finding| {
        let hint = f.hint.as_ref().map_or("", |hint| &*hint.key);
        let record = f.record.map(|record| format!(" @{record}")).unwrap_or_default();
        format!("{} {hint}{record}", f.rule.code)
    };
    findings.as_slice().iter().map(line).collect()
}

/// A mission that sends for itself.
pub(super) fn mission(id: &str, code: &str) -> Sender {
    Sender {
        id: SenderId::parse(id).unwrap(),
        kinds: vec![EmbassyList.id()],
        mission_code: Some(code.to_owned()),
        case_handler: false,
        municipality: None,
        police_district: None,
    }
}

/// A Helfo case handler.
pub(super) fn helfo() -> Sender {
    Sender {
        id: SenderId::parse("helfo").unwrap(),
        kinds: vec![EmbassyList.id()],
        mission_code: None,
        case_handler: true,
        municipality: None,
        police_district: None,
    }
}

/// The keys of these epochs.
pub(super) fn keys(epochs: &[u32]) -> KeyRing {
    let key = |&epoch: &u32| {
        let secret = Secret32::new(Zeroizing::new([u8::try_from(epoch).unwrap(); 32]));
        PseudonymKey::new(RegistryId::parse("fastlege").unwrap(), epoch, secret)
    };
    KeyRing::new(epochs.iter().map(key).collect()).unwrap()
}

/// Enrolments in memory, by mission and person.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub(super) struct Book(
    BTreeMap<(String, Pseudonym), Enrolled>,
    BTreeMap<String, Date>,
    BTreeMap<(String, Pseudonym), (Last, Option<Date>)>,
);

impl Book {
    /// Does what a conclusion asks for; a change of somebody who is not enrolled is a fault.
    pub(super) fn apply(&mut self, effects: &[Effect]) {
        let list_date = effects.iter().find_map(|effect| match effect {
            Effect::ListSeen { date, .. } => Some(*date),
            _ => None,
        });
        for effect in effects {
            if let Effect::ListSeen { mission, date, complete: true } = effect {
                let newest = self.1.entry(mission.clone()).or_insert(*date);
                *newest = (*newest).max(*date);
            }
            let Effect::Enrolment(change) = effect else { continue };
            let key = (change.mission.clone(), change.person);
            let told = match &change.what {
                What::Review => None,
                What::Enrol { .. } | What::Change(_) | What::Confirm => {
                    Some((Last::Enrolled, list_date))
                }
                What::Withdraw { on, .. } if list_date.is_none() => {
                    Some((Last::Departed, Some(*on)))
                }
                What::Withdraw { .. } => Some((Last::Withdrawn, list_date)),
            };
            if let Some(told) = told {
                self.2.insert(key.clone(), told);
            }
            let before = self.0.remove(&key);
            match &change.what {
                What::Enrol { enrolled, .. } => {
                    assert!(before.is_none(), "enrolled twice");
                    self.0.insert(key, enrolled.clone());
                }
                What::Change(enrolled) => {
                    assert!(before.is_some(), "changed though not enrolled");
                    self.0.insert(key, enrolled.clone());
                }
                What::Confirm => {
                    self.0.insert(key, before.expect("confirmed though not enrolled"));
                }
                // Somebody who moves too may be gone by then.
                What::Review => {
                    before.map(|before| self.0.insert(key, before));
                }
                What::Withdraw { .. } => assert!(before.is_some(), "withdrawn though not enrolled"),
            }
        }
    }
}

impl History for Book {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        self
    }

    fn reports(&mut self) -> &mut dyn kpr::state::ReportHistory {
        unreachable!("embassy lists know nothing of what municipalities report")
    }

    fn exchanges(&mut self) -> &mut dyn filsluse::kinds::police::state::ExchangeHistory {
        unreachable!("embassy lists know nothing of the police")
    }

    fn releases(&mut self) -> &mut dyn filsluse::kinds::npr::state::ReleaseHistory {
        unreachable!("only releases ask for operating years")
    }
}

impl EnrolmentHistory for Book {
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let of = self.0.iter().filter(|((code, _), _)| code == mission);
        Ok(of.map(|((_, person), enrolled)| (*person, enrolled.clone())).collect())
    }

    fn missions(&self) -> io::Result<Vec<String>> {
        let missions: BTreeSet<_> = self.0.keys().map(|(mission, _)| mission.clone()).collect();
        Ok(missions.into_iter().collect())
    }

    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>> {
        let of = self.0.keys().filter(|(_, other)| other == person);
        Ok(of.map(|(mission, _)| mission.clone()).collect())
    }

    fn told_of(&self, person: &Pseudonym) -> io::Result<Vec<Told>> {
        let of = self.2.iter().filter(|((_, other), _)| other == person);
        let told = |((mission, _), (last, on)): (&(String, _), &(Last, _))| Told {
            mission: mission.clone(),
            last: *last,
            on: *on,
        };
        Ok(of.map(told).collect())
    }

    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>> {
        Ok(self.1.get(mission).copied())
    }
}

#[derive(Default)]
struct Kept(BTreeMap<Part, Vec<u8>>);

impl Sinks for Kept {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        assert_eq!(registry.as_str(), "fastlege");
        Ok(self.0.entry(part).or_default())
    }
}

/// What a document says of itself.
pub(super) fn says_table(headings: &[String]) -> Says {
    Says::Table { headings: headings.to_vec(), preamble: Vec::new() }
}
