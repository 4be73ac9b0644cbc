//! What is different for the police kinds on the bench of all kinds: two districts, and what leaves
//! for each.

use filsluse::{
    kinds::{
        Body, Kind,
        context::Sender,
        judgement::Effect,
        police::{
            PoliceReply, PoliceRequest,
            state::{self, Change, Exchange},
        },
        says::Says,
    },
    types::{
        identity_mode::IdentityMode,
        ids::{Part, RegistryId, SenderId},
        verdict::Verdict,
    },
};
use jiff::civil::{Date, date};

use super::document::{self, Request};
use crate::kinds::bench::{self, Column, Kept, Registry, Settings, Tested};

/// The day on which everything is received.
pub(super) const TODAY: Date = date(2026, 11, 21);

const REGISTRY: &str = "politisvar";

pub(super) type Bench = bench::Bench<state::Settings>;
pub(super) type Outcome = bench::Outcome<state::Settings>;

impl Tested for state::Settings {
    const SHOWN: &'static [Column] = &[Column::Hint, Column::Field, Column::Warning];

    fn settings(&self) -> Settings {
        Settings { police: self.clone(), ..Settings::default() }
    }
}

impl Bench {
    /// A hospital; districts `oslo` and `vest` are configured.
    pub(super) fn new() -> Self {
        let district = |code: &str| (code.to_owned(), sender(&format!("politi-{code}")));
        let settings = state::Settings {
            districts: ["oslo", "vest"].map(district).into(),
            archive_makes_cases: false,
        };
        let hospital = bench::sender("sykehus-eksempel", &[PoliceRequest.name()]);
        let registry = Registry::new(REGISTRY, &[1], IdentityMode::Identified);
        Self::of(hospital, TODAY, settings, vec![registry])
    }

    /// The same as a district sends to, after [`document::inquiry`] has gone to `oslo`.
    pub(super) fn answering(code: &str) -> Self {
        let mut bench = Self::new();
        let sent = bench.send(&document::inquiry().xml());
        assert_eq!(sent.found(), Vec::<String>::new());
        bench.sender = district(code);
        bench
    }

    /// Judges a document without applying what follows from it.
    pub(super) fn judge(&self, text: &str) -> Outcome {
        let kind: &dyn Kind =
            if text.contains("police-reply") { &PoliceReply } else { &PoliceRequest };
        let says =
            Says::Xml { namespace: String::new(), root: String::new(), attributes: Vec::new() };
        let (mut rest, mut kept) = (text.as_bytes(), Kept::of(&self.registries));
        let reading = self.read_as(kind, &says, Body::Text(&mut rest), &mut kept);
        assert!(kept.written.is_empty(), "written before the history was asked");
        let outcome = self.conclude(reading, kept);
        if let Some(judgement) = &outcome.judgement
            && judgement.verdict == Verdict::Rejected
        {
            assert!(judgement.effects.is_empty() && judgement.notes.is_empty());
            assert!(outcome.written.is_empty(), "something leaves of what was refused");
        }
        outcome
    }

    /// Judges a document and applies what follows from it.
    pub(super) fn send(&mut self, text: &str) -> Outcome {
        let outcome = self.judge(text);
        self.remember(&outcome);
        outcome
    }

    /// What is found in a request.
    pub(super) fn found(&self, request: &Request) -> Vec<String> {
        self.judge(&request.xml()).found()
    }
}

impl Outcome {
    /// What is recorded of a request.
    pub(super) fn exchange(&self) -> Exchange {
        match self.effects() {
            [Effect::Police(Change::Shared(exchange))] => exchange.clone(),
            other => panic!("{other:?} {:?}", self.found()),
        }
    }

    /// What leaves for a district.
    pub(super) fn sent(&self, to: &str) -> String {
        let key = (RegistryId::parse(REGISTRY).unwrap(), Part::Request, Some(sender(to)));
        assert_eq!(self.written.keys().collect::<Vec<_>>(), [&key], "{:?}", self.found());
        String::from_utf8(self.written[&key].clone()).unwrap()
    }
}

pub(super) fn sender(id: &str) -> SenderId {
    SenderId::parse(id).unwrap()
}

/// A police district.
pub(super) fn district(code: &str) -> Sender {
    Sender {
        police_district: Some(code.to_owned()),
        ..bench::sender(&format!("politi-{code}"), &[PoliceReply.name()])
    }
}
