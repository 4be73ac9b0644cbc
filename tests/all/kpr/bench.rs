//! What is different for the municipal kinds on the bench of all kinds.

use filsluse::{
    kinds::{
        Body, Kind,
        context::{Reporting, Sender},
        kpr::{annual::IplosAnnual, event::KprEvent, state},
        says::Says,
    },
    types::{identity_mode::IdentityMode, ids::Part, municipality::MunicipalityNumber},
};
use jiff::civil::date;

use super::document::Node;
use crate::kinds::bench::{self, Column, Kept, Registry, Settings, Tested};

pub type Bench = bench::Bench<state::Settings>;
pub type Outcome = bench::Outcome<state::Settings>;

impl Tested for state::Settings {
    const SHOWN: &'static [Column] = &[Column::Severity, Column::Hint, Column::Record];

    fn settings(&self) -> Settings {
        Settings { kpr: self.clone(), ..Settings::default() }
    }

    fn is_routed(kind: &dyn Kind, year: i16) -> bool {
        kind.name() == IplosAnnual.name() || year >= 2018
    }
}

impl Bench {
    /// Oslo, reporting to `kpr`.
    pub fn new() -> Self {
        let settings = state::Settings {
            max_rejected_basis_points: 500,
            expected_service_types: [18, 19, 20, 21, 29].into(),
            ..state::Settings::default()
        };
        let sender = Sender {
            municipality: MunicipalityNumber::parse("0301").ok(),
            ..bench::sender("oslo", &["kpr-event", "iplos-annual"])
        };
        Self::of(sender, date(2024, 6, 1), settings, vec![registry("kpr", &[1])])
    }

    /// The same, reporting to both registries.
    pub fn both() -> Self {
        let mut bench = Self::new();
        bench.registries = vec![registry("iplos", &[3]), registry("kpr", &[1])];
        bench.today = date(2018, 2, 10);
        bench
    }

    pub fn read(&self, bytes: &[u8]) -> Outcome {
        let annual = bytes.windows(8).any(|window| window == b"IplosAar");
        let kind: &dyn Kind = if annual { &IplosAnnual } else { &KprEvent };
        let says =
            Says::Xml { namespace: String::new(), root: String::new(), attributes: Vec::new() };
        let (mut rest, mut kept) = (bytes, Kept::of(&self.registries));
        let reading = self.read_as(kind, &says, Body::Text(&mut rest), &mut kept);
        self.conclude(reading, kept)
    }

    pub fn judge(&self, message: &Node) -> Outcome {
        self.read(message.write().as_bytes())
    }

    /// Judges a document and applies what follows from it.
    pub fn send(&mut self, message: &Node) -> Outcome {
        let outcome = self.judge(message);
        self.remember(&outcome);
        outcome
    }
}

impl Outcome {
    pub fn text(&self, registry: &str, part: Part) -> String {
        self.part(registry, part).unwrap().to_owned()
    }

    pub fn content(&self, registry: &str) -> Node {
        Node::parse(&self.text(registry, Part::Content))
    }
}

/// A registry to which everything is reported.
pub fn registry(id: &str, epochs: &[u32]) -> Registry {
    let reporting = Reporting { years: "..".parse().unwrap(), not_decided: [].into() };
    let registry = Registry::new(id, epochs, IdentityMode::Pseudonym);
    Registry { reporting: vec![reporting], ..registry }
}
