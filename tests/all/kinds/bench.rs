//! One installation as far as kinds see it, registries with keys, sinks that keep what is written,
//! and what came of a document.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    marker::PhantomData,
};

use filsluse::{
    kinds::{
        Body, Kind, Reading, Sinks,
        context::{Context, Reporting, Sender, Target},
        embassy,
        judgement::{Effect, Judgement},
        kpr, npr, police,
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        finding::{Finding, Findings},
        identity_mode::IdentityMode,
        ids::{KindId, Part, RegistryId, SenderId},
        national_id::{IdPolicy, Profile},
        rule::Severity,
        secret::Secret32,
        verdict::Verdict,
    },
};
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::history::Memory;

/// What is different for a kind: its own settings, whose type tells the benches apart.
pub trait Tested {
    /// What its tests compare of a finding, besides the rule's code.
    const SHOWN: &'static [Column];

    /// Everybody's settings, the others' as they come.
    fn settings(&self) -> Settings;

    /// Whether a service year goes to exactly the bench's registries.
    fn is_routed(_kind: &dyn Kind, _year: i16) -> bool {
        true
    }
}

/// The settings of all kinds.
#[derive(Default)]
pub struct Settings {
    pub embassy: embassy::state::Settings,
    pub kpr: kpr::state::Settings,
    pub npr: npr::state::Settings,
    pub police: police::state::Settings,
}

/// One installation, as far as kinds see it.
pub struct Bench<S> {
    pub sender: Sender,
    pub today: Date,
    pub ids: IdPolicy,
    pub settings: S,
    pub registries: Vec<Registry>,
    pub history: Memory,
    /// Whether the history can be looked into while reading.
    pub looks: bool,
    /// The history that it is held against, where something was concluded while it was read.
    pub meanwhile: Option<Memory>,
}

/// What came of a document.
pub struct Outcome<S> {
    pub judgement: Option<Judgement>,
    pub refused: Option<Findings>,
    pub written: Written,
    of: PhantomData<S>,
}

/// What was written, for whom.
pub type Written = BTreeMap<(RegistryId, Part, Option<SenderId>), Vec<u8>>;

impl<S: Tested> Bench<S> {
    /// A test installation without a past.
    pub fn of(sender: Sender, today: Date, settings: S, registries: Vec<Registry>) -> Self {
        Self {
            sender,
            today,
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            settings,
            registries,
            history: Memory::default(),
            looks: true,
            meanwhile: None,
        }
    }

    /// Reads a document up to where the history is needed.
    pub fn read_as(
        &self,
        kind: &dyn Kind,
        says: &Says,
        body: Body<'_>,
        kept: &mut Kept,
    ) -> Result<Box<dyn Reading>, Refused> {
        let targets: Vec<_> = self.registries.iter().map(Registry::target).collect();
        let settings = self.settings.settings();
        let context = Context {
            sender: &self.sender,
            today: self.today,
            ids: self.ids,
            targets: &targets,
            embassy: &settings.embassy,
            kpr: &settings.kpr,
            police: &settings.police,
            npr: &settings.npr,
            routed: &|year| S::is_routed(kind, year),
            past: self.looks.then_some(&self.history.reports),
            says,
        };
        kind.read(body, &context, kept)
    }

    /// Holds what was read against the history, and leaves the history as it is.
    pub fn conclude(
        &self,
        reading: Result<Box<dyn Reading>, Refused>,
        mut kept: Kept,
    ) -> Outcome<S> {
        let reading = match reading {
            Ok(reading) => reading,
            Err(Refused::Document(refusal)) => {
                let refused = Some(refusal.findings);
                let written = Written::new();
                return Outcome { judgement: None, refused, written, of: PhantomData };
            }
            Err(Refused::Io(error)) => panic!("{error}"),
        };
        let mut history = self.meanwhile.as_ref().unwrap_or(&self.history).clone();
        let judgement = reading.conclude(&mut history, &mut kept).unwrap();
        let written = kept.written;
        Outcome { judgement: Some(judgement), refused: None, written, of: PhantomData }
    }

    /// Applies what follows from a document.
    pub fn remember(&mut self, outcome: &Outcome<S>) {
        if let Some(judgement) = &outcome.judgement {
            self.history.apply(&judgement.effects);
        }
    }
}

impl<S: Tested> Outcome<S> {
    /// What a document that was read to its end was judged to be.
    pub fn judgement(&self) -> &Judgement {
        self.judgement.as_ref().unwrap_or_else(|| panic!("refused: {:?}", self.refused))
    }

    pub fn verdict(&self) -> Verdict {
        self.judgement.as_ref().map_or(Verdict::Rejected, |judgement| judgement.verdict)
    }

    pub fn findings(&self) -> &Findings {
        match (&self.judgement, &self.refused) {
            (Some(judgement), _) => &judgement.findings,
            (None, refused) => refused.as_ref().unwrap(),
        }
    }

    /// Every finding as its kind's tests compare it.
    pub fn found(&self) -> Vec<String> {
        found(self.findings(), S::SHOWN)
    }

    /// Taken and not taken.
    pub fn records(&self) -> (u64, u64) {
        let records = self.judgement().records;
        (records.accepted, records.rejected)
    }

    pub fn effects(&self) -> &[Effect] {
        &self.judgement().effects
    }

    /// A part that was written for one registry.
    pub fn part(&self, registry: &str, part: Part) -> Option<&str> {
        let registry = RegistryId::parse(registry).unwrap();
        let bytes = self.written.get(&(registry, part, None))?;
        Some(std::str::from_utf8(bytes).unwrap())
    }
}

/// Something of a finding.
#[derive(Clone, Copy)]
pub enum Column {
    /// `W`, `r` for a record that is rejected, `R` for a file.
    Severity,
    Hint,
    Field,
    /// `@` and its number; nothing without one.
    Record,
    /// `W`; nothing for what is worse.
    Warning,
}

impl Column {
    fn of(self, finding: &Finding) -> Option<String> {
        let text = match (self, finding.severity) {
            (Self::Severity | Self::Warning, Severity::Warning) => "W",
            (Self::Warning, _) => return None,
            (Self::Severity, Severity::RejectRecord) => "r",
            (Self::Severity, Severity::RejectFile) => "R",
            (Self::Hint, _) => finding.hint.as_ref().map_or("-", |hint| &*hint.key),
            (Self::Field, _) => finding.field.as_deref().unwrap_or("-"),
            (Self::Record, _) => return finding.record.map(|record| format!("@{record}")),
        };
        Some(text.to_owned())
    }
}

/// Every finding as its rule's code and these columns.
pub fn found(findings: &Findings, columns: &[Column]) -> Vec<String> {
    let line = |finding: &Finding| {
        let shown = columns.iter().filter_map(|column| column.of(finding));
        let words: Vec<_> = std::iter::once(finding.rule.code.to_string()).chain(shown).collect();
        words.join(" ")
    };
    findings.as_slice().iter().map(line).collect()
}

/// A sender that may send these kinds, and is nothing else.
pub fn sender(id: &str, kinds: &[&str]) -> Sender {
    Sender {
        id: SenderId::parse(id).unwrap(),
        kinds: kinds.iter().map(|kind| KindId::parse(kind).unwrap()).collect(),
        mission_code: None,
        case_handler: false,
        municipality: None,
        police_district: None,
    }
}

/// A registry that documents go to.
pub struct Registry {
    pub id: RegistryId,
    pub keys: KeyRing,
    pub mode: IdentityMode,
    pub reporting: Vec<Reporting>,
}

impl Registry {
    /// About which nothing was decided. Its keys are the bytes 0 to 31, as in
    /// `tests/scripts/pseudonym.py`.
    pub fn new(id: &str, epochs: &[u32], mode: IdentityMode) -> Self {
        let keys = keys(id, epochs, |_| std::array::from_fn(|n| u8::try_from(n).unwrap()));
        Self { id: RegistryId::parse(id).unwrap(), keys, mode, reporting: Vec::new() }
    }

    fn target(&self) -> Target<'_> {
        Target { registry: &self.id, keys: &self.keys, mode: self.mode, reporting: &self.reporting }
    }
}

/// A registry's keys, by the secret of each epoch.
pub fn keys(registry: &str, epochs: &[u32], secret: impl Fn(u32) -> [u8; 32]) -> KeyRing {
    let registry = RegistryId::parse(registry).unwrap();
    let key = |epoch: &u32| {
        let secret = Secret32::new(Zeroizing::new(secret(*epoch)));
        PseudonymKey::new(registry.clone(), *epoch, secret)
    };
    KeyRing::new(epochs.iter().map(key).collect()).unwrap()
}

/// Sinks that keep what is written, for the registries of a bench and nobody else.
pub struct Kept {
    pub written: Written,
    registries: Vec<RegistryId>,
}

impl Kept {
    pub fn of(registries: &[Registry]) -> Self {
        let registries = registries.iter().map(|registry| registry.id.clone()).collect();
        Self { written: Written::new(), registries }
    }

    fn entry(&mut self, registry: &RegistryId, part: Part, to: Option<SenderId>) -> &mut Vec<u8> {
        assert!(self.registries.contains(registry), "{registry} is no target");
        self.written.entry((registry.clone(), part, to)).or_default()
    }
}

impl Sinks for Kept {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        Ok(self.entry(registry, part, None))
    }

    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        Ok(self.entry(registry, part, Some(to.clone())))
    }
}
