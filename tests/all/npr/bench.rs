//! What is different for releases on the bench of all kinds, and a table to change.

use filsluse::{
    format::recognise::{Recognised, recognise},
    kinds::{
        self, Body, Kind,
        judgement::Report,
        npr::{
            NprRelease,
            state::{self, Agreed, ReleaseReport},
        },
        says::Says,
    },
    types::{
        identity_mode::IdentityMode,
        ids::{Part, RegistryId},
        npr_release::terms::Terms,
        period::Period,
    },
};
use jiff::civil::date;

use crate::kinds::bench::{self, Column, Kept, Registry, Settings, Tested};

const REGISTRY: &str = "hdir-finansiering";

pub type Bench = bench::Bench<Agreed>;
pub type Outcome = bench::Outcome<Agreed>;

impl Tested for Agreed {
    const SHOWN: &'static [Column] =
        &[Column::Severity, Column::Hint, Column::Field, Column::Record];

    fn settings(&self) -> Settings {
        let registries = [(RegistryId::parse(REGISTRY).unwrap(), self.clone())].into();
        Settings { npr: state::Settings { registries }, ..Settings::default() }
    }
}

impl Bench {
    /// In 2026, asking nothing of small groups.
    pub fn new() -> Self {
        let mut agreed = Agreed { terms: Terms::default(), kept_for: Period::years(5) };
        agreed.terms.smallest_group = 0;
        let registry = Registry::new(REGISTRY, &[1], IdentityMode::Pseudonym);
        let sender = bench::sender("npr", &[NprRelease.name()]);
        Self::of(sender, date(2026, 11, 22), agreed, vec![registry])
    }

    pub fn read(&self, text: &str) -> Outcome {
        let says = says(text);
        let kind = kinds::of_document(&says).expect("some kind recognises it");
        assert_eq!(kind.name(), NprRelease.name());
        let (mut rest, mut kept) = (text.as_bytes(), Kept::of(&self.registries));
        let reading = self.read_as(kind, &says, Body::Text(&mut rest), &mut kept);
        self.conclude(reading, kept)
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
    pub fn text(&self) -> String {
        self.part(REGISTRY, Part::Content).unwrap().to_owned()
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
