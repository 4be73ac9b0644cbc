//! What the tests of releases stand on: a registry with its key, a book in memory, sinks that keep
//! what is written, and a table to change.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use filsluse::{
    format::recognise::{Recognised, recognise},
    kinds::{
        self, Body, History, Kind, Sinks,
        context::{Context, Sender, Target},
        embassy::state::{EnrolmentHistory, Settings as EmbassySettings},
        judgement::{Effect, Judgement, Report},
        kpr,
        npr::{
            NprRelease,
            state::{Agreed, ReleaseHistory, ReleaseReport, Settings},
        },
        police,
        refused::Refused,
        says::Says,
    },
    protect::pseudonym::{KeyRing, PseudonymKey},
    types::{
        finding::Findings,
        identity_mode::IdentityMode,
        ids::{KindId, Part, RegistryId, SenderId},
        national_id::{IdPolicy, Profile},
        npr_release::terms::Terms,
        period::Period,
        rule::Severity,
        secret::Secret32,
        verdict::Verdict,
    },
};
use jiff::civil::{Date, date};
use zeroize::Zeroizing;

/// One installation, as far as the kind sees it.
pub struct Bench {
    pub today: Date,
    pub ids: IdPolicy,
    pub registry: RegistryId,
    pub keys: KeyRing,
    pub agreed: Agreed,
    pub book: Book,
}

/// What came of a table.
pub struct Outcome {
    pub judgement: Option<Judgement>,
    pub refused: Option<Findings>,
    pub written: BTreeMap<Part, Vec<u8>>,
}

impl Bench {
    /// A test installation in 2026 that asks nothing of small groups.
    pub fn new() -> Self {
        let registry = RegistryId::parse("hdir-finansiering").unwrap();
        let secret = std::array::from_fn(|n| u8::try_from(n).unwrap());
        let key = PseudonymKey::new(registry.clone(), 1, Secret32::new(Zeroizing::new(secret)));
        let mut agreed = Agreed { terms: Terms::default(), kept_for: Period::years(5) };
        agreed.terms.smallest_group = 0;
        Self {
            today: date(2026, 11, 22),
            ids: IdPolicy { profile: Profile::Test, new_rule: false },
            keys: KeyRing::new(vec![key]).unwrap(),
            registry,
            agreed,
            book: Book::default(),
        }
    }

    pub fn read(&self, text: &str) -> Outcome {
        let targets = [Target {
            registry: &self.registry,
            keys: &self.keys,
            mode: IdentityMode::Pseudonym,
            reporting: &[],
        }];
        let says = says(text);
        let kind = kinds::of_document(&says).expect("some kind recognises it");
        assert_eq!(kind.name(), "npr-release");
        let mut settings = Settings::default();
        settings.registries.insert(self.registry.clone(), self.agreed.clone());
        let embassy = EmbassySettings { hold_above_basis_points: 0, hold_above_count: 0 };
        let municipal = kpr::state::Settings {
            max_rejected_basis_points: 0,
            expected_service_types: BTreeSet::new(),
            others: BTreeSet::new(),
        };
        let sender = Sender {
            id: SenderId::parse("npr").unwrap(),
            kinds: vec![KindId::parse("npr-release").unwrap()],
            mission_code: None,
            case_handler: false,
            municipality: None,
            police_district: None,
        };
        let context = Context {
            sender: &sender,
            today: self.today,
            ids: self.ids,
            targets: &targets,
            embassy: &embassy,
            kpr: &municipal,
            police: &police::state::Settings::default(),
            npr: &settings,
            routed: &|_| true,
            past: None,
            says: &says,
        };
        let mut sinks = Kept::default();
        let mut rest = text.as_bytes();
        let reading = match NprRelease.read(Body::Text(&mut rest), &context, &mut sinks) {
            Ok(reading) => reading,
            Err(Refused::Document(refusal)) => {
                let refused = Some(refusal.findings);
                return Outcome { judgement: None, refused, written: BTreeMap::new() };
            }
            Err(Refused::Io(error)) => panic!("{error}"),
        };
        let judgement = reading.conclude(&mut self.book.clone(), &mut sinks).unwrap();
        Outcome { judgement: Some(judgement), refused: None, written: sinks.0 }
    }
}

/// What a table says it is, as the pipeline finds out.
pub fn says(text: &str) -> Says {
    match recognise(text.as_bytes()) {
        Recognised::Csv { header, preamble, .. } => Says::Table { headings: header, preamble },
        other => panic!("{other:?}"),
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

    /// Every finding as `CODE severity hint field @record`.
    pub fn found(&self) -> Vec<String> {
        let shown = self.findings().as_slice().iter().map(|finding| {
            let severity = match finding.severity {
                Severity::Warning => "W",
                Severity::RejectRecord => "r",
                Severity::RejectFile => "R",
            };
            let hint = finding.hint.as_ref().map_or("-", |hint| &*hint.key);
            let field = finding.field.as_deref().unwrap_or("-");
            let record = finding.record.map_or(String::new(), |record| format!(" @{record}"));
            format!("{} {severity} {hint} {field}{record}", finding.rule.code)
        });
        shown.collect()
    }

    pub fn records(&self) -> (u64, u64) {
        let records = self.judgement.as_ref().unwrap().records;
        (records.accepted, records.rejected)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.written[&Part::Content].clone()).unwrap()
    }

    /// Headings and rows of what leaves.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let text = self.text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    /// The values of one column of what leaves.
    pub fn column(&self, heading: &str) -> Vec<String> {
        let rows = self.rows();
        let at = rows[0].iter().position(|name| name == heading).expect("it leaves");
        rows[1..].iter().map(|row| row[at].clone()).collect()
    }

    pub fn report(&self) -> &ReleaseReport {
        match self.judgement.as_ref().unwrap().report.as_ref().unwrap() {
            Report::Release(report) => report,
            Report::Quality(_) => panic!("no municipal report"),
        }
    }

    pub fn effects(&self) -> &[Effect] {
        &self.judgement.as_ref().unwrap().effects
    }
}

/// A table to change. Persons are synthetic: the month is raised by 80.
#[derive(Clone)]
pub struct Table {
    pub lines: Vec<(String, String)>,
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub trailer: bool,
}

impl Table {
    /// Three rows about two persons, for activity-based funding of 2025.
    pub fn new() -> Self {
        let text = |text: &str| text.to_owned();
        let split = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
        Self {
            lines: [("purpose", "isf"), ("legal_basis", "§ 3-3"), ("operating_year", "2025")]
                .map(|(key, value)| (text(key), text(value)))
                .to_vec(),
            headings: split(
                "pasientNr;fid;typeID;fodselsdato;kjonn;komNrHjem;institusjonID;episodeID;innDato;\
                 liggetid;tilstand_1;NCMP_1;drg;isf_poeng;debitor",
            ),
            rows: [
                "P1;03851598730;1;2015-05-03;2;0301;974760673;E1;2025-03-01;4;E702;WBGC00;107A;1,25;1",
                "P2;41819077302;2;1990-01-01;1;4601;974760673;E2;20250401;0;I210;;121;0,5;1",
                "P1;03851598730;1;2015-05-03;2;0301;974760673;E3;2025-05-01;;;;107A;;1",
            ]
            .map(split)
            .to_vec(),
            trailer: true,
        }
    }

    pub fn line(&mut self, key: &str, value: &str) -> &mut Self {
        self.lines.retain(|(known, _)| known != key);
        self.lines.push((key.to_owned(), value.to_owned()));
        self
    }

    pub fn without_line(&mut self, key: &str) -> &mut Self {
        self.lines.retain(|(known, _)| known != key);
        self
    }

    pub fn at(&self, heading: &str) -> usize {
        self.headings.iter().position(|known| known == heading).unwrap()
    }

    pub fn set(&mut self, row: usize, heading: &str, value: &str) -> &mut Self {
        let at = self.at(heading);
        value.clone_into(&mut self.rows[row][at]);
        self
    }

    pub fn add_column(&mut self, heading: &str, value: &str) -> &mut Self {
        self.headings.push(heading.to_owned());
        self.rows.iter_mut().for_each(|row| row.push(value.to_owned()));
        self
    }

    pub fn remove_column(&mut self, heading: &str) -> &mut Self {
        let at = self.at(heading);
        self.headings.remove(at);
        self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
        self
    }

    pub fn write(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.lines {
            text.extend(["#", key, "=", value, "\r\n"]);
        }
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            text += &(row.join(";") + "\r\n");
        }
        if self.trailer {
            text.extend(["#rows=", &self.rows.len().to_string(), "\r\n"]);
        }
        text
    }
}

/// Judges a changed table on a bench of today.
pub fn judge(change: impl FnOnce(&mut Table)) -> Outcome {
    judge_on(&Bench::new(), change)
}

/// The same on a bench of one's own.
pub fn judge_on(bench: &Bench, change: impl FnOnce(&mut Table)) -> Outcome {
    let mut table = Table::new();
    change(&mut table);
    bench.read(&table.write())
}

#[derive(Default)]
pub struct Kept(pub BTreeMap<Part, Vec<u8>>);

impl Sinks for Kept {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        assert_eq!(registry.as_str(), "hdir-finansiering");
        Ok(self.0.entry(part).or_default())
    }
}

/// Operating years whose task is done.
#[derive(Default, Clone)]
pub struct Book(pub BTreeSet<i16>);

impl ReleaseHistory for Book {
    fn task_done(&self, _: &RegistryId, operating_year: i16) -> io::Result<bool> {
        Ok(self.0.contains(&operating_year))
    }
}

impl History for Book {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        unreachable!("no release asks for enrolments")
    }

    fn reports(&mut self) -> &mut dyn kpr::state::ReportHistory {
        unreachable!("no release asks for municipal reports")
    }

    fn exchanges(&mut self) -> &mut dyn police::state::ExchangeHistory {
        unreachable!("no release asks for the police")
    }

    fn releases(&mut self) -> &mut dyn ReleaseHistory {
        self
    }
}
