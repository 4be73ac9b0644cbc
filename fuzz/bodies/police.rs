//! What must hold for any bytes that are read as a request to the police or as their reply; shared
//! by the fuzz target and the tests.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use filsluse::{
    kinds::{
        Body, History, Kind, Sinks,
        context::{Context, Sender, Target},
        embassy::state::{EnrolmentHistory, Settings as EmbassySettings},
        kpr::state::{ReportHistory, Settings as KprSettings},
        npr::state::{ReleaseHistory, Settings as NprSettings},
        police::{
            PoliceReply, PoliceRequest,
            state::{ExchangeHistory, Form, Known, Settings},
        },
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        guid::Guid,
        identity_mode::IdentityMode,
        ids::{Part, RegistryId, SenderId, SubmissionId},
        national_id::{IdPolicy, Profile},
        rule::Severity,
        secret::Secret32,
        verdict::Verdict,
    },
};
use jiff::civil::date;
use zeroize::Zeroizing;

/// Judges `data` as both kinds.
pub(crate) fn run(data: &[u8]) {
    let (Ok(registry), Ok(hospital), Ok(district)) = (
        RegistryId::parse("politisvar"),
        SenderId::parse("sykehus-eksempel"),
        SenderId::parse("politi-oslo"),
    ) else {
        unreachable!("these are short names")
    };
    let secret = Secret32::new(Zeroizing::new([1; 32]));
    let Ok(keys) = KeyRing::new(vec![PseudonymKey::new(registry.clone(), 1, secret)]) else {
        unreachable!("one key is a ring")
    };
    let kinds: [(&dyn Kind, SenderId, Option<&str>); 2] =
        [(&PoliceRequest, hospital, None), (&PoliceReply, district.clone(), Some("oslo"))];
    for (kind, id, police_district) in kinds {
        let sender = Sender {
            id,
            kinds: vec![kind.id()],
            mission_code: None,
            case_handler: false,
            municipality: None,
            police_district: police_district.map(str::to_owned),
        };
        let targets = [Target {
            registry: &registry,
            keys: &keys,
            mode: IdentityMode::Identified,
            reporting: &[],
        }];
        let says =
            Says::Xml { namespace: String::new(), root: String::new(), attributes: Vec::new() };
        let context = Context {
            sender: &sender,
            today: date(2026, 11, 21),
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            targets: &targets,
            embassy: &EmbassySettings::default(),
            kpr: &KprSettings::default(),
            police: &Settings {
                districts: BTreeMap::from([("oslo".to_owned(), district.clone())]),
                archive_makes_cases: false,
            },
            npr: &NprSettings::default(),
            routed: &|_| true,
            past: None,
            says: &says,
        };
        judge(kind, data, &context, &district);
    }
}

fn judge(kind: &dyn Kind, mut data: &[u8], context: &Context<'_>, district: &SenderId) {
    let mut kept = Kept(Vec::new());
    let reading = match kind.read(Body::Text(&mut data), context, &mut kept) {
        Ok(reading) => reading,
        Err(Refused::Document(refusal)) => {
            assert!(refusal.findings.worst().is_some(), "refused without a finding");
            return;
        }
        Err(Refused::Io(error)) => panic!("bytes in memory cannot fail: {error}"),
    };
    let Ok(judgement) = reading.conclude(&mut Asked(district.clone()), &mut kept) else {
        panic!("nothing here can fail");
    };
    let refused = judgement.findings.worst() == Some(Severity::RejectFile);
    assert_eq!(judgement.verdict == Verdict::Rejected, refused);
    if refused {
        assert!(kept.0.is_empty() && judgement.effects.is_empty(), "something of it leaves");
    }
    if !kept.0.is_empty() {
        // What leaves is a request that would be taken again, and leave as it is.
        let mut again = Kept(Vec::new());
        let mut sent = kept.0.as_slice();
        let Ok(reading) = kind.read(Body::Text(&mut sent), context, &mut again) else {
            panic!("what leaves cannot be read");
        };
        let concluded = reading.conclude(&mut Asked(district.clone()), &mut again);
        let verdict = concluded.map(|judgement| judgement.verdict);
        // An anonymous one leaves without its case and the patient's knowledge of it.
        if kept.0.windows(11).all(|window| window != b"anonymisert") {
            assert!(matches!(verdict, Ok(Verdict::Accepted)), "what leaves is not taken");
            assert_eq!(again.0, kept.0);
        }
    }
}

/// A book in which an id that ends in `fe` is an open inquiry, and nothing else is known.
struct Asked(SenderId);

impl History for Asked {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        unreachable!("the police know nothing of the GP scheme")
    }

    fn reports(&mut self) -> &mut dyn ReportHistory {
        unreachable!("the police know nothing of municipalities")
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeHistory {
        self
    }

    fn releases(&mut self) -> &mut dyn ReleaseHistory {
        unreachable!("the police know nothing of releases")
    }
}

impl ExchangeHistory for Asked {
    fn exchange(&self, id: &Guid) -> io::Result<Option<Known>> {
        let known = Known { form: Form::Inquiry, district: self.0.clone(), open: true };
        Ok((id.0[15] == 0xFE).then_some(known))
    }

    fn reply(&self, _: &Guid) -> io::Result<Option<SubmissionId>> {
        Ok(None)
    }
}

struct Kept(Vec<u8>);

impl Sinks for Kept {
    fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
        panic!("nothing is written for the registry")
    }

    fn addressed(
        &mut self,
        _: &RegistryId,
        part: Part,
        _: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        assert_eq!(part, Part::Request);
        Ok(&mut self.0)
    }
}
