//! What the tests of the municipal kinds stand on: registries with keys, books in memory, and sinks
//! that keep what is written.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use filsluse::{
    kinds::{
        Body, History, Kind, Sinks,
        context::{Context, Reporting, Sender, Target},
        embassy::state::{EnrolmentHistory, Settings as EmbassySettings},
        judgement::{Effect, Judgement},
        kpr::{
            annual::IplosAnnual,
            event::KprEvent,
            state::{Chain, Change, Former, Known, ReportHistory, Reported, Settings},
        },
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        finding::Findings,
        guid::Guid,
        identity_mode::IdentityMode,
        ids::{KindId, Part, RegistryId, SenderId, SubmissionId},
        municipality::MunicipalityNumber,
        national_id::{IdPolicy, Profile},
        rule::Severity,
        secret::Secret32,
        verdict::Verdict,
    },
};
use jiff::{Timestamp, civil::Date, civil::date};
use zeroize::Zeroizing;

use super::document::Node;

/// One installation, as far as the kinds see it.
pub struct Bench {
    pub sender: Sender,
    pub today: Date,
    pub ids: IdPolicy,
    pub settings: Settings,
    pub registries: Vec<(RegistryId, KeyRing, IdentityMode, Vec<Reporting>)>,
    pub book: Book,
    /// Whether the books can be looked into while reading.
    pub looks: bool,
    /// The books that it is held against, where something was concluded while it was read.
    pub meanwhile: Option<Book>,
}

/// What came of a document.
pub struct Outcome {
    pub judgement: Option<Judgement>,
    pub refused: Option<Findings>,
    pub written: BTreeMap<(String, Part), Vec<u8>>,
}

impl Bench {
    /// Oslo, reporting to `kpr`, in a test installation.
    pub fn new() -> Self {
        let kinds = ["kpr-event", "iplos-annual"].map(|kind| KindId::parse(kind).unwrap());
        Self {
            sender: Sender {
                id: SenderId::parse("oslo").unwrap(),
                kinds: kinds.to_vec(),
                mission_code: None,
                case_handler: false,
                municipality: MunicipalityNumber::parse("0301").ok(),
                police_district: None,
            },
            today: date(2024, 6, 1),
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            settings: Settings {
                max_rejected_basis_points: 500,
                expected_service_types: [18, 19, 20, 21, 29].into(),
                others: std::collections::BTreeSet::new(),
            },
            registries: vec![registry("kpr", &[1])],
            book: Book::default(),
            looks: true,
            meanwhile: None,
        }
    }

    /// The same, reporting to both registries.
    pub fn both() -> Self {
        let mut bench = Self::new();
        bench.registries = vec![registry("iplos", &[3]), registry("kpr", &[1])];
        bench.today = date(2018, 2, 10);
        bench
    }

    pub fn read(&self, bytes: &[u8]) -> Outcome {
        let targets: Vec<_> = self
            .registries
            .iter()
            .map(|(registry, keys, mode, reporting)| Target {
                registry,
                keys,
                mode: *mode,
                reporting,
            })
            .collect();
        let annual = bytes.windows(8).any(|window| window == b"IplosAar");
        let kind: &dyn Kind = if annual { &IplosAnnual } else { &KprEvent };
        let says =
            Says::Xml { namespace: String::new(), root: String::new(), attributes: Vec::new() };
        let embassy = EmbassySettings { hold_above_basis_points: 0, hold_above_count: 0 };
        let context = Context {
            sender: &self.sender,
            today: self.today,
            ids: self.ids,
            targets: &targets,
            embassy: &embassy,
            kpr: &self.settings,
            police: &filsluse::kinds::police::state::Settings::default(),
            npr: &filsluse::kinds::npr::state::Settings::default(),
            routed: &|year| annual || year >= 2018,
            past: self.looks.then_some(&self.book),
            says: &says,
        };
        let mut sinks = Kept::default();
        let mut rest = bytes;
        let reading = match kind.read(Body::Text(&mut rest), &context, &mut sinks) {
            Ok(reading) => reading,
            Err(Refused::Document(refusal)) => {
                let refused = Some(refusal.findings);
                return Outcome { judgement: None, refused, written: BTreeMap::new() };
            }
            Err(Refused::Io(error)) => panic!("{error}"),
        };
        let mut book = self.meanwhile.as_ref().unwrap_or(&self.book).clone();
        let judgement = reading.conclude(&mut book, &mut sinks).unwrap();
        Outcome { judgement: Some(judgement), refused: None, written: sinks.0 }
    }

    pub fn judge(&self, message: &Node) -> Outcome {
        self.read(message.write().as_bytes())
    }

    /// Judges a document and applies what follows from it.
    pub fn send(&mut self, message: &Node) -> Outcome {
        let outcome = self.judge(message);
        if let Some(judgement) = &outcome.judgement {
            self.book.apply(&judgement.effects);
        }
        outcome
    }
}

impl Outcome {
    pub fn verdict(&self) -> Verdict {
        self.judgement.as_ref().map_or(Verdict::Rejected, |judgement| judgement.verdict)
    }

    pub fn findings(&self) -> &Findings {
        match (&self.judgement, &self.refused) {
            (Some(judgement), _) => &judgement.findings,
            (None, refused) => refused.as_ref().unwrap(),
        }
    }

    /// Every finding as `CODE severity hint @record`.
    pub fn found(&self) -> Vec<String> {
        let shown = self.findings().as_slice().iter().map(|finding| {
            let severity = match finding.severity {
                Severity::Warning => "W",
                Severity::RejectRecord => "r",
                Severity::RejectFile => "R",
            };
            let hint = finding.hint.as_ref().map_or("", |hint| &*hint.key);
            let record = finding.record.map_or(String::new(), |record| format!(" @{record}"));
            format!("{} {severity} {hint}{record}", finding.rule.code)
        });
        shown.collect()
    }

    pub fn records(&self) -> (u64, u64) {
        let records = self.judgement.as_ref().unwrap().records;
        (records.accepted, records.rejected)
    }

    pub fn text(&self, registry: &str, part: Part) -> String {
        String::from_utf8(self.written[&(registry.to_owned(), part)].clone()).unwrap()
    }

    pub fn content(&self, registry: &str) -> Node {
        Node::parse(&self.text(registry, Part::Content))
    }

    pub fn effects(&self) -> &[Effect] {
        &self.judgement.as_ref().unwrap().effects
    }
}

/// A registry whose keys are the bytes 0 to 31, as in `tests/scripts/pseudonym.py`.
pub fn registry(id: &str, epochs: &[u32]) -> (RegistryId, KeyRing, IdentityMode, Vec<Reporting>) {
    let id = RegistryId::parse(id).unwrap();
    let key = |epoch: &u32| {
        let secret = std::array::from_fn(|n| u8::try_from(n).unwrap());
        PseudonymKey::new(id.clone(), *epoch, Secret32::new(Zeroizing::new(secret)))
    };
    let keys = KeyRing::new(epochs.iter().map(key).collect()).unwrap();
    let reporting = Reporting { years: "..".parse().unwrap(), not_decided: [].into() };
    (id, keys, IdentityMode::Pseudonym, vec![reporting])
}

#[derive(Default)]
pub struct Kept(pub BTreeMap<(String, Part), Vec<u8>>);

impl Sinks for Kept {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        Ok(self.0.entry((registry.to_string(), part)).or_default())
    }
}

/// History in memory.
#[derive(Default, Clone)]
pub struct Book {
    pub concluded: u64,
    pub chains: BTreeMap<MunicipalityNumber, Chain>,
    pub notifications: BTreeMap<Guid, Known>,
    pub annual: BTreeMap<(MunicipalityNumber, i16), SubmissionId>,
    /// With the epoch of the key that they are told apart by.
    pub persons: BTreeMap<(RegistryId, i16), (u32, Vec<u64>)>,
}

impl Book {
    pub fn apply(&mut self, effects: &[Effect]) {
        self.concluded += 1;
        for effect in effects {
            match effect {
                Effect::Report(Change::Chain { municipality, chain }) => {
                    self.chains.insert(*municipality, *chain);
                }
                Effect::Report(Change::Gap { .. }) => {}
                Effect::Report(Change::Notifications(taken)) => {
                    taken
                        .walk(&mut |guid, known| {
                            self.notifications.insert(guid, known);
                            Ok(())
                        })
                        .unwrap();
                }
                Effect::Report(Change::Annual { municipality, year, .. }) => {
                    let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [7; 10]);
                    self.annual.insert((*municipality, *year), id);
                }
                Effect::Report(Change::Persons { year, persons }) => {
                    let key = (persons.registry.clone(), *year);
                    self.persons.insert(key, (persons.epoch, listed(persons)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

impl ReportHistory for Book {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        Ok(self.chains.get(&municipality).copied())
    }

    fn concluded(&self) -> io::Result<u64> {
        Ok(self.concluded)
    }

    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>> {
        Ok(self.notifications.get(guid).copied())
    }

    fn annual(&self, number: MunicipalityNumber, year: i16) -> io::Result<Vec<Former>> {
        Ok(self.annual.get(&(number, year)).copied().map(Former::Earlier).into_iter().collect())
    }

    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64> {
        let known = |person: &&u64| {
            self.persons.iter().any(|((registry, year), (epoch, known))| {
                *registry == persons.registry
                    && *epoch == persons.epoch
                    && *year < before
                    && known.contains(person)
            })
        };
        Ok(listed(persons).iter().filter(known).count() as u64)
    }
}

/// Them as numbers, in order and each once.
fn listed(persons: &Reported) -> Vec<u64> {
    let mut list = Vec::new();
    let mut take = |person: &[u8; 8]| {
        list.push(u64::from_be_bytes(*person));
        Ok(())
    };
    persons.persons.walk(&mut take).unwrap();
    assert!(list.is_sorted_by(|a, b| a < b));
    list
}

impl History for Book {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        unreachable!("no municipal kind asks for enrolments")
    }

    fn reports(&mut self) -> &mut dyn ReportHistory {
        self
    }

    fn exchanges(&mut self) -> &mut dyn filsluse::kinds::police::state::ExchangeHistory {
        unreachable!("municipal reports know nothing of the police")
    }

    fn releases(&mut self) -> &mut dyn filsluse::kinds::npr::state::ReleaseHistory {
        unreachable!("only releases ask for operating years")
    }
}
