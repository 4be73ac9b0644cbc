//! Annual IPLOS submissions in our own profile `urn:filsluse:iplos-annual:1`: each person with
//! services, scores and refusals of a year.

use std::io;

use super::{
    Order,
    defects::{Defect, Ledger, Plan},
    document::{Document, day_of},
    draw::Draw,
    people::{self, Person, Text},
    plan, services, shell,
};

/// Which time the document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    /// To see how many persons fit.
    Counting,
    /// For good, with so many persons.
    Writing(u64),
}

/// Writes the submission.
pub(crate) fn write(
    order: &Order,
    document: &mut Document<'_>,
    round: Round,
) -> io::Result<Ledger> {
    let mut plan = plan(order, BYTES_PER_PERSON);
    let mut ledger = Ledger::default();
    let mut draw = Draw::new(order.seed, HEAD);
    let year = Year::new(order, &mut draw);
    let level = shell::level(order);
    shell::open(order, document, &mut draw, i64::from(year.last + 20) * 86_400);
    let count = match round {
        // As wide as the number can get.
        Round::Counting => order.bytes / 100,
        Round::Writing(count) => count,
    };
    head(order, document, &year, count, &plan, &mut ledger);
    // What is still to come behind the last person, measured by writing it.
    let (mark, before) = (document.mark(), document.len());
    end(order, document);
    let budget = order.bytes.saturating_sub(document.len() - before);
    document.back_to(mark);
    loop {
        if round == Round::Writing(ledger.records) {
            break;
        }
        document.hand_on_full()?;
        let mark = document.mark();
        let record = ledger.records + 1;
        let defect = plan.at(record);
        let person = Person::new(order.seed, record, order.year);
        let mut writer = Writer::new(order, &year, document, level + 1, record, defect);
        let type_id = writer.person(person);
        let line = writer.line;
        if document.len() > budget {
            document.back_to(mark);
            break;
        }
        ledger.records = record;
        match defect.zip(line) {
            Some((defect, line)) => {
                ledger.plant(defect, Some(record), line);
                plan.done();
            }
            None => *ledger.by_id_type.entry(type_id).or_default() += 1,
        }
    }
    if ledger.records == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "nobody fits into this size"));
    }
    document.fill(budget);
    end(order, document);
    document.finish()?;
    ledger.bytes = document.len();
    Ok(ledger)
}

fn end(order: &Order, document: &mut Document<'_>) {
    document.close(shell::level(order), "IplosAar");
    shell::close(order, document);
}

fn head(
    order: &Order,
    document: &mut Document<'_>,
    year: &Year,
    count: u64,
    plan: &Plan,
    ledger: &mut Ledger,
) {
    let line = document.line();
    for defect in [Defect::Version, Defect::WrongMunicipality, Defect::CountDiffers] {
        if plan.wants(defect) {
            ledger.plant(defect, None, line);
        }
    }
    document.open(shell::level(order), "IplosAar");
    document.raw(" xmlns=\"urn:filsluse:iplos-annual:1\"");
    document.text("versjon", if plan.wants(Defect::Version) { "2" } else { "1" });
    let municipality =
        if plan.wants(Defect::WrongMunicipality) { other(order) } else { &order.municipality };
    document.text("kommuneNr", municipality);
    document.number("rapporteringsAar", u64::from(order.year.unsigned_abs()));
    document.date("uttakDato", year.last + 20);
    shell::system(document);
    document.text("komplett", "true");
    let differs = u64::from(plan.wants(Defect::CountDiffers));
    document.number("antallBrukere", count + differs);
    document.children();
}

/// A municipality that is not the sender's.
pub(crate) fn other(order: &Order) -> &'static str {
    if order.municipality == "1103" { "0301" } else { "1103" }
}

/// The service year, and who gives services in the municipality.
struct Year {
    first: i32,
    last: i32,
    providers: Vec<Text>,
}

impl Year {
    fn new(order: &Order, draw: &mut Draw) -> Self {
        Self {
            first: day_of(order.year, 1, 1),
            last: day_of(order.year, 12, 31),
            providers: (0..24).map(|_| people::organisation(draw)).collect(),
        }
    }
}

/// Writes one person.
struct Writer<'a, 'w> {
    order: &'a Order,
    year: &'a Year,
    document: &'a mut Document<'w>,
    level: usize,
    record: u64,
    draw: Draw,
    defect: Option<Defect>,
    /// Line of the defect, once it is written.
    line: Option<u64>,
    services: u64,
}

impl<'a, 'w> Writer<'a, 'w> {
    fn new(
        order: &'a Order,
        year: &'a Year,
        document: &'a mut Document<'w>,
        level: usize,
        record: u64,
        defect: Option<Defect>,
    ) -> Self {
        let draw = Draw::new(order.seed, RECORDS ^ record);
        Self { order, year, document, level, record, draw, defect, line: None, services: 0 }
    }

    /// Whether this is where the defect is wanted; it is then there.
    fn plants(&mut self, defect: Defect) -> bool {
        let here = self.defect == Some(defect) && self.line.is_none();
        if here {
            self.line = Some(self.document.line());
        }
        here
    }

    fn person(&mut self, person: Person) -> &'static str {
        let person = match self.defect {
            Some(defect) => with_defect(person, defect, self.order, self.record),
            None => person,
        };
        if self.defect.is_some_and(is_of_identity) {
            self.line = Some(self.document.line());
        }
        self.document.open(self.level, "Bruker");
        if self.plants(Defect::UserNumberLong) {
            self.document.text("brukerNr", &"9x".repeat(51));
        } else {
            self.document.key("brukerNr", "B", person.user_number);
        }
        if !self.plants(Defect::MissingFid) {
            self.document.ascii("fid", person.fid.bytes());
        }
        if !self.plants(Defect::MissingTypeId) {
            self.document.text("typeID", person.type_id);
        }
        if !self.plants(Defect::MissingAttribute) {
            self.document.number("fodselsar", u64::from(person.born.unsigned_abs()));
        }
        let sex = if self.plants(Defect::Sex) { "3" } else { person.sex };
        self.document.text("kjonn", sex);
        if self.plants(Defect::District) {
            self.document.code("bydel", other(self.order), 1);
        } else if let Some(district) = person.district {
            self.document.code("bydel", &self.order.municipality, district);
        }
        if self.plants(Defect::HomeMunicipality) {
            self.document.text("komNrHjem", "0000");
        } else if self.draw.chance(40) {
            let home = self.draw.one_of(services::HOMES);
            self.document.text("komNrHjem", home);
        }
        self.document.children();
        self.life(&person);
        self.document.close(self.level, "Bruker");
        person.type_id
    }

    fn life(&mut self, person: &Person) {
        let in_service = self.defect.is_some_and(is_of_service);
        let refused_all = self.draw.chance(30) && !in_service;
        let alive = if person.born == self.order.year {
            self.year.first + 6
        } else {
            day_of(person.born + 1, 1, 1)
        };
        if !refused_all {
            let count = self.draw.weighted(&[(1, 45), (2, 25), (3, 14), (4, 8), (5, 4), (7, 4)]);
            for _ in 0..count {
                self.service(alive);
            }
            self.scores(person, alive);
        }
        if refused_all || self.draw.chance(60) {
            for _ in 0..self.draw.between(1, 2) {
                let day = self.draw.between(self.year.first.max(alive), self.year.last);
                let service = self.draw.weighted(services::TYPES);
                self.document.open(self.level + 1, "Avslag");
                self.document.text("tjenesteType", service);
                self.document.date("vedtakDato", day);
                self.document.empty();
            }
        }
    }

    /// One service with its periods.
    fn service(&mut self, alive: i32) {
        let service = self.draw.weighted(services::TYPES);
        let recurs = services::RECURRING.contains(&service);
        let (first, last) = (self.year.first.max(alive), self.year.last);
        let quarters = services::BY_THE_HOUR.contains(&service).then(|| 1 + self.draw.below(120));
        let provider = self.draw.chance(700).then(|| self.draw.one_of(&self.year.providers));
        if recurs && self.draw.chance(600) {
            let mut from = first + self.draw.between(0, 120);
            for _ in 0..self.draw.between(2, 5) {
                let to = from + self.draw.between(2, 21);
                if to > last {
                    break;
                }
                self.period(service, from, Some(to), alive, quarters, provider);
                from = to + self.draw.between(7, 60);
            }
        }
        let from = if self.draw.chance(550) {
            (first - self.draw.between(1, 2900)).max(alive)
        } else {
            self.draw.between(first, last)
        };
        let ends = self.draw.chance(if recurs { 850 } else { 300 });
        let to = ends.then(|| self.draw.between(from.max(first), last));
        self.period(service, from, to, alive, quarters, provider);
    }

    fn period(
        &mut self,
        service: &'static str,
        from: i32,
        to: Option<i32>,
        alive: i32,
        quarters: Option<u32>,
        provider: Option<Text>,
    ) {
        self.services += 1;
        let decided = (from - self.draw.between(0, 60)).max(alive);
        let number = self.record * 64 + self.services % 64;
        self.document.open(self.level + 1, "Tjeneste");
        if self.plants(Defect::TextLong) {
            self.document.text("tjenesteID", &"ø".repeat(101));
        } else {
            let word = if number.is_multiple_of(61) { "Åsgård Ø" } else { "T" };
            self.document.key("tjenesteID", word, number);
        }
        let service = if self.plants(Defect::UnknownService) {
            "999"
        } else if self.plants(Defect::ExpiredService) {
            self.draw.one_of(services::EXPIRED)
        } else {
            service
        };
        self.document.text("tjenesteType", service);
        let (mut start, mut end) = (Some(from), to);
        if self.plants(Defect::BadDate) {
            self.document.text("startDato", &format!("{}-02-30", self.order.year));
            start = None;
        } else if self.plants(Defect::DateOrder) {
            start = Some(self.year.first + 40);
            end = Some(self.year.first + 39);
        } else if self.plants(Defect::OutsideYear) {
            (start, end) = (Some(self.year.last + 1), None);
        }
        if let Some(start) = start {
            self.document.date("startDato", start);
        }
        if let Some(end) = end {
            self.document.date("sluttDato", end);
        }
        if let Some(quarters) = quarters {
            self.document.hours("timerPerUke", quarters);
        }
        if let Some(provider) = provider {
            self.document.ascii("tjenesteOrgNr", provider.bytes());
        }
        self.document.date("vedtakDato", decided);
        self.document.empty();
    }

    fn scores(&mut self, person: &Person, alive: i32) {
        let age = self.order.year - person.born;
        let wanted = self.defect == Some(Defect::Score);
        let most = match self.draw.below(10) {
            0 if !wanted => return,
            1 | 2 => self.draw.one_of(&[4, 5, 6, 7, 8, 9]),
            _ => services::VARIABLES.len(),
        };
        let need = match age {
            85.. => self.draw.weighted(&[(0, 15), (1, 40), (2, 45)]),
            67..=84 => self.draw.weighted(&[(0, 30), (1, 45), (2, 25)]),
            _ => self.draw.weighted(&[(0, 45), (1, 35), (2, 20)]),
        };
        let scores: &[(&str, u32)] = services::SCORES[need];
        let assessed = self.draw.between((self.year.first - 300).max(alive), self.year.last);
        for variable in services::VARIABLES.iter().take(most) {
            let score = self.draw.weighted(scores);
            self.document.open(self.level + 1, "Funksjon");
            self.document.text("variabel", variable);
            let score = if self.plants(Defect::Score) { "7" } else { score };
            self.document.text("skar", score);
            self.document.date("vurdertDato", assessed);
            self.document.empty();
        }
    }
}

/// The person with another identifier, where the defect is in it.
pub(crate) fn with_defect(person: Person, defect: Defect, order: &Order, index: u64) -> Person {
    let fnr = |first| Person::with_number(order.seed, index, order.year, first);
    let mut draw = Draw::new(order.seed, HEAD ^ index);
    match defect {
        Defect::CheckDigit => {
            let person = fnr(None);
            Person { fid: people::with_wrong_check_digit(person.fid), ..person }
        }
        Defect::Placeholder => {
            let person = fnr(None);
            Person { fid: people::placeholder(person.fid), ..person }
        }
        Defect::LeadingZero => {
            let person = fnr(Some(b'0'));
            Person { fid: Text::new(&person.fid.bytes()[1..]), ..person }
        }
        Defect::Duf => {
            let fid = people::with_wrong_check_digit(people::duf(&mut draw));
            Person { fid, type_id: "10", ..person }
        }
        Defect::BirthDate => Person { fid: Text::new(b"310290"), type_id: "9", ..person },
        // There is no 11 in list 9032.
        Defect::TypeId => Person { type_id: "11", ..fnr(None) },
        _ => person,
    }
}

/// Whether the defect is in `fid` or `typeID` as they stand there.
pub(crate) fn is_of_identity(defect: Defect) -> bool {
    matches!(
        defect,
        Defect::BirthDate
            | Defect::CheckDigit
            | Defect::Duf
            | Defect::LeadingZero
            | Defect::Placeholder
            | Defect::TypeId
    )
}

fn is_of_service(defect: Defect) -> bool {
    matches!(
        defect,
        Defect::BadDate
            | Defect::DateOrder
            | Defect::ExpiredService
            | Defect::OutsideYear
            | Defect::Score
            | Defect::TextLong
            | Defect::UnknownService
    )
}

/// One person on average, with services and scores.
const BYTES_PER_PERSON: u64 = 1460;

const HEAD: u64 = 1 << 61;
const RECORDS: u64 = 1 << 60;
