//! What must hold for any bytes that are read as a release from NPR; shared by the fuzz target and
//! the tests.

use std::io::{self, Write};

use filsluse::{
    format::recognise::{Recognised, recognise},
    kinds::{
        Body, Kind, Sinks,
        context::{Context, Sender, Target},
        embassy, kpr,
        npr::{NprRelease, gates, state::Settings},
        police,
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        identity_mode::IdentityMode,
        ids::{Part, RegistryId, SenderId},
        national_id::{IdPolicy, Profile},
        secret::Secret32,
    },
};

/// Reads `data` whole. What leaves holds no number of the input, and says as many rows as it has.
pub(crate) fn run(data: &[u8]) {
    let Recognised::Csv { header, preamble, .. } = recognise(data) else { return };
    let says = Says::Table { headings: header, preamble };
    let kind: &dyn Kind = &NprRelease;
    if !kind.recognises(&says) {
        return;
    }
    let year = kind.service_year(&says);
    assert!(year.is_none_or(|year| (1..=9999).contains(&year)));
    for (_, value) in match &says {
        Says::Table { preamble, .. } => preamble,
        Says::Xml { .. } => unreachable!("a table was made above"),
    } {
        assert!(gates::cited(value).len() <= value.len());
    }
    let registry = RegistryId::parse("hdir-finansiering").expect("a name");
    let key = PseudonymKey::new(registry.clone(), 1, Secret32::new([7; 32].into()));
    let keys = KeyRing::new(vec![key]).expect("one key");
    let targets = [Target {
        registry: &registry,
        keys: &keys,
        mode: IdentityMode::Pseudonym,
        reporting: &[],
    }];
    let sender = Sender {
        id: SenderId::parse("npr").expect("a name"),
        kinds: Vec::new(),
        mission_code: None,
        case_handler: false,
        municipality: None,
        police_district: None,
    };
    let context = Context {
        sender: &sender,
        today: jiff::civil::date(2026, 11, 22),
        ids: IdPolicy { profile: Profile::Test, new_rule: true },
        targets: &targets,
        embassy: &embassy::state::Settings::default(),
        kpr: &kpr::state::Settings::default(),
        police: &police::state::Settings::default(),
        npr: &Settings::default(),
        routed: &|_| true,
        past: None,
        says: &says,
    };
    let mut kept = Kept(Vec::new());
    let mut rest = data;
    match kind.read(Body::Text(&mut rest), &context, &mut kept) {
        Ok(_) => {}
        Err(Refused::Document(refusal)) => {
            assert!(refusal.findings.worst().is_some());
            return;
        }
        Err(Refused::Io(error)) => panic!("nothing fails here: {error}"),
    }
    let text = String::from_utf8(kept.0).expect("text");
    assert!(!text.contains("03851598730"), "a number left");
    let rows = text.lines().filter(|line| !line.starts_with('#')).count();
    let told = text.lines().last().and_then(|line| line.strip_prefix("#rows="));
    assert_eq!(told.and_then(|told| told.parse().ok()), Some(rows - 1));
}

struct Kept(Vec<u8>);

impl Sinks for Kept {
    fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
        Ok(&mut self.0)
    }
}
