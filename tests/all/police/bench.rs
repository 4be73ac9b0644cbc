//! What the tests of the police kinds stand on: an installation with two districts, a book in
//! memory, and sinks that keep what is written and to whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use filsluse::{
    kinds::{
        Body, History, Kind, Reading, Sinks,
        context::{Context, Sender, Target},
        embassy::state::{EnrolmentHistory, Settings as EmbassySettings},
        judgement::{Effect, Judgement},
        kpr,
        police::{
            PoliceReply, PoliceRequest,
            state::{Change, Exchange, ExchangeHistory, Known, Reply, Settings},
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
        national_id::{IdPolicy, Profile},
        rule::Severity,
        secret::Secret32,
        verdict::Verdict,
    },
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use zeroize::Zeroizing;

use super::document::{self, Request};

/// The day on which everything is received.
pub(super) const TODAY: Date = date(2026, 11, 21);

/// One installation, as far as the kinds see it.
pub(super) struct Bench {
    pub(super) sender: Sender,
    pub(super) ids: IdPolicy,
    pub(super) settings: Settings,
    pub(super) book: Book,
    registry: RegistryId,
    keys: KeyRing,
}

/// What came of a document.
pub(super) struct Outcome {
    pub(super) judgement: Option<Judgement>,
    pub(super) refused: Option<Findings>,
    /// What was written, to whom.
    pub(super) written: BTreeMap<(Part, Option<SenderId>), Vec<u8>>,
}

impl Bench {
    /// A hospital; districts `oslo` and `vest` are configured.
    pub(super) fn new() -> Self {
        let registry = RegistryId::parse("politisvar").unwrap();
        let secret = Secret32::new(Zeroizing::new([1; 32]));
        let keys = KeyRing::new(vec![PseudonymKey::new(registry.clone(), 1, secret)]).unwrap();
        let district = |code: &str| (code.to_owned(), sender(&format!("politi-{code}")));
        Self {
            sender: hospital(),
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            settings: Settings {
                districts: ["oslo", "vest"].map(district).into(),
                archive_makes_cases: false,
            },
            book: Book::default(),
            registry,
            keys,
        }
    }

    /// The same as a district sends to, after [`document::inquiry`] has gone to `oslo`.
    pub(super) fn answering(code: &str) -> Self {
        let mut bench = Self::new();
        let sent = bench.send(&document::inquiry().xml());
        assert_eq!(sent.found(), Vec::<String>::new());
        bench.sender = district(code);
        bench
    }

    pub(super) fn read(&self, text: &str) -> Result<Box<dyn Reading>, Refused> {
        let targets = [Target {
            registry: &self.registry,
            keys: &self.keys,
            mode: IdentityMode::Identified,
            reporting: &[],
        }];
        let kind: &dyn Kind =
            if text.contains("police-reply") { &PoliceReply } else { &PoliceRequest };
        let says =
            Says::Xml { namespace: String::new(), root: String::new(), attributes: Vec::new() };
        let context = Context {
            sender: &self.sender,
            today: TODAY,
            ids: self.ids,
            targets: &targets,
            embassy: &EmbassySettings { hold_above_basis_points: 0, hold_above_count: 0 },
            kpr: &kpr::state::Settings {
                max_rejected_basis_points: 500,
                expected_service_types: BTreeSet::new(),
                others: BTreeSet::new(),
            },
            police: &self.settings,
            npr: &filsluse::kinds::npr::state::Settings::default(),
            routed: &|_| true,
            past: None,
            says: &says,
        };
        let mut bytes = text.as_bytes();
        let mut kept = Kept::default();
        let reading = kind.read(Body::Text(&mut bytes), &context, &mut kept);
        assert!(kept.0.is_empty(), "written before the books were asked");
        reading
    }

    /// Judges a document without applying what follows from it.
    pub(super) fn judge(&self, text: &str) -> Outcome {
        let reading = match self.read(text) {
            Ok(reading) => reading,
            Err(Refused::Document(refusal)) => {
                let refused = Some(refusal.findings);
                return Outcome { judgement: None, refused, written: BTreeMap::new() };
            }
            Err(Refused::Io(error)) => panic!("{error}"),
        };
        let mut kept = Kept::default();
        let judgement = reading.conclude(&mut self.book.clone(), &mut kept).unwrap();
        if judgement.verdict == Verdict::Rejected {
            assert!(judgement.effects.is_empty() && judgement.notes.is_empty());
            assert!(kept.0.is_empty(), "something leaves of what was refused");
        }
        Outcome { judgement: Some(judgement), refused: None, written: kept.0 }
    }

    /// Judges a document and applies what follows from it.
    pub(super) fn send(&mut self, text: &str) -> Outcome {
        let outcome = self.judge(text);
        for effect in outcome.judgement.iter().flat_map(|judgement| &judgement.effects) {
            match effect {
                Effect::Police(Change::Shared(exchange)) => self.book.share(exchange),
                Effect::Police(Change::Answered(reply)) => self.book.answer(reply),
                other => panic!("{other:?}"),
            }
        }
        outcome
    }

    /// What is found in a request.
    pub(super) fn found(&self, request: &Request) -> Vec<String> {
        self.judge(&request.xml()).found()
    }
}

impl Outcome {
    pub(super) fn verdict(&self) -> Verdict {
        self.judgement.as_ref().map_or(Verdict::Rejected, |judgement| judgement.verdict)
    }

    pub(super) fn findings(&self) -> &Findings {
        match (&self.judgement, &self.refused) {
            (Some(judgement), _) => &judgement.findings,
            (None, refused) => refused.as_ref().unwrap(),
        }
    }

    /// Every finding as `CODE hint field`, a warning with ` W`.
    pub(super) fn found(&self) -> Vec<String> {
        let shown = self.findings().as_slice().iter().map(|finding| {
            let hint = finding.hint.as_ref().map_or("", |hint| &*hint.key);
            let field = finding.field.as_deref().map(|f| format!(" {f}")).unwrap_or_default();
            let warning = if finding.severity == Severity::Warning { " W" } else { "" };
            format!("{} {hint}{field}{warning}", finding.rule.code)
        });
        shown.collect()
    }

    /// What is recorded of a request.
    pub(super) fn exchange(&self) -> Exchange {
        match self.judgement.as_ref().unwrap().effects.as_slice() {
            [Effect::Police(Change::Shared(exchange))] => exchange.clone(),
            other => panic!("{other:?} {:?}", self.found()),
        }
    }

    /// What leaves for a district.
    pub(super) fn sent(&self, to: &str) -> String {
        let key = (Part::Request, Some(sender(to)));
        assert_eq!(self.written.keys().collect::<Vec<_>>(), [&key], "{:?}", self.found());
        String::from_utf8(self.written[&key].clone()).unwrap()
    }
}

pub(super) fn sender(id: &str) -> SenderId {
    SenderId::parse(id).unwrap()
}

fn hospital() -> Sender {
    Sender {
        id: sender("sykehus-eksempel"),
        kinds: vec![KindId::parse("police-request").unwrap()],
        mission_code: None,
        case_handler: false,
        municipality: None,
        police_district: None,
    }
}

/// A police district.
pub(super) fn district(code: &str) -> Sender {
    Sender {
        id: sender(&format!("politi-{code}")),
        kinds: vec![KindId::parse("police-reply").unwrap()],
        police_district: Some(code.to_owned()),
        ..hospital()
    }
}

/// The exchange in memory.
#[derive(Default, Clone)]
pub(super) struct Book {
    pub(super) exchanges: BTreeMap<Guid, Known>,
    replies: BTreeMap<Guid, SubmissionId>,
}

impl Book {
    fn share(&mut self, exchange: &Exchange) {
        let Exchange { id, form, district, .. } = exchange.clone();
        let open = form == filsluse::kinds::police::state::Form::Inquiry;
        let before = self.exchanges.insert(id, Known { form, district, open });
        assert!(before.is_none(), "shared twice under one id");
    }

    fn answer(&mut self, reply: &Reply) {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        assert!(self.replies.insert(reply.id, submission).is_none(), "answered twice by one id");
    }
}

impl History for Book {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        unreachable!("the police know nothing of the GP scheme")
    }

    fn reports(&mut self) -> &mut dyn kpr::state::ReportHistory {
        unreachable!("the police know nothing of what municipalities report")
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeHistory {
        self
    }

    fn releases(&mut self) -> &mut dyn filsluse::kinds::npr::state::ReleaseHistory {
        unreachable!("only releases ask for operating years")
    }
}

impl ExchangeHistory for Book {
    fn exchange(&self, id: &Guid) -> io::Result<Option<Known>> {
        Ok(self.exchanges.get(id).cloned())
    }

    fn reply(&self, id: &Guid) -> io::Result<Option<SubmissionId>> {
        Ok(self.replies.get(id).copied())
    }
}

#[derive(Default)]
struct Kept(BTreeMap<(Part, Option<SenderId>), Vec<u8>>);

impl Sinks for Kept {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        assert_eq!(registry.as_str(), "politisvar");
        Ok(self.0.entry((part, None)).or_default())
    }

    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        assert_eq!(registry.as_str(), "politisvar");
        Ok(self.0.entry((part, Some(to.clone()))).or_default())
    }
}
