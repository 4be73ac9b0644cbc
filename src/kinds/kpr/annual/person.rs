//! The pass over one annual submission: its head, then each person with services, scores and
//! refusals. A person is one record: what is wrong in one part of it strikes the whole.

use std::io;

use jiff::civil::date;

use crate::{
    format::xml::event::Start,
    kinds::{
        context::Context,
        kpr::{
            annual::{
                conclude::AnnualReading,
                schema::{AVSLAG, BRUKER, FUNKSJON, IPLOS_AAR, NAMESPACE, TJENESTE},
            },
            hints,
            identity::Identity,
            judge::Judge,
            output::{About, Writer},
            record::Record,
            schema::{
                Cost,
                form::{self, Form},
                time::{self, Day},
            },
            spill::repeated_keys::RepeatedKeys,
            walk::Walker,
        },
        refused::Refused,
        sinks::Sinks,
    },
    types::{finding::Place, municipality::MunicipalityNumber, rule::Hint, rules::kpr as rules},
};

/// A submission that is being read.
pub struct Submission<'a> {
    /// The judge.
    pub judge: Judge<'a>,
    sinks: &'a mut dyn Sinks,
    writers: Vec<Writer<'a>>,
    record: Record,
    head: Option<Head>,
    who: Option<Identity>,
    persons_told: RepeatedKeys,
}

/// What the root says.
#[derive(Debug, Clone, Copy)]
struct Head {
    municipality: MunicipalityNumber,
    year: i16,
    complete: Option<bool>,
    /// How many persons there are to be.
    count: Option<u64>,
    place: Place,
}

impl<'a> Submission<'a> {
    /// Before the first byte.
    pub fn new(context: &'a Context<'a>, sinks: &'a mut dyn Sinks) -> Self {
        Self {
            judge: Judge::new(context),
            sinks,
            writers: context
                .targets
                .iter()
                .map(|target| Writer::of_each_once(target, context.sender.municipality))
                .collect(),
            record: Record::default(),
            head: None,
            who: None,
            persons_told: RepeatedKeys::default(),
        }
    }

    /// After the last byte.
    pub fn finish(mut self) -> Result<AnnualReading, Refused> {
        let Some(head) = self.head else {
            return Err(self.refuse(Place::File {}, &hints::ELEMENT_MISSING));
        };
        self.judge.check_struck()?;
        let persons = self.judge.tally.records;
        // A submission without anybody is a mistake: the profile has one person at least.
        if persons == 0 {
            return Err(self.refuse(head.place, &hints::USERS_NONE));
        }
        if head.count.is_some_and(|count| count != persons) {
            let (hint, field) = (&hints::COUNT_DIFFERS, Some("antallBrukere"));
            return Err(self.judge.refuse(&rules::KPR_05, hint, head.place, field));
        }
        let Self { judge, mut writers, mut persons_told, sinks, .. } = self;
        for writer in &mut writers {
            writer.persons.rest(sinks)?;
        }
        persons_told.rest(sinks)?;
        Ok(AnnualReading {
            endings: writers.into_iter().map(Writer::finish).collect(),
            tally: judge.tally,
            persons_told,
            municipality: head.municipality,
            year: head.year,
            complete: head.complete,
            max_rejected_basis_points: judge.context.kpr.max_rejected_basis_points,
        })
    }

    fn open(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        let place = start.place();
        self.record.clear();
        self.judge.take(start, &IPLOS_AAR, &mut self.record)?;
        self.record.close();
        let text = |name| self.record.last(name);
        let year = text("rapporteringsAar").and_then(form::year).unwrap_or(0);
        let complete = text("komplett").map(|said| matches!(said, "true" | "1"));
        let count = text("antallBrukere").and_then(|count| count.parse().ok());
        let number = text("kommuneNr").unwrap_or_default();
        let municipality = self.judge.municipality(number, place)?;
        let context = self.judge.context;
        let breach = if year > context.today.year() {
            Some((&rules::KPR_03, &hints::YEAR_NOT_ROUTED))
        } else {
            self.judge.year_breach(year)
        };
        if let Some((rule, hint)) = breach {
            return Err(self.judge.refuse(rule, hint, place, Some("rapporteringsAar")));
        }
        self.judge.municipality_in_year(municipality, year, place)?;
        self.head = Some(Head { municipality, year, complete, count, place });
        self.judge.place = place;
        self.judge.note_dropped(&self.record, year)?;
        for (writer, target) in self.writers.iter_mut().zip(context.targets) {
            let not_decided = target.not_decided_in(year);
            writer.open(NAMESPACE, &self.record, About { who: None, year, not_decided });
        }
        Ok(())
    }

    fn person(&mut self, start: &Start<'_>, year: i16) -> Result<(), Refused> {
        if start.local() != BRUKER.name {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        }
        let place = start.place();
        self.record.clear();
        self.judge.begin(place);
        self.judge.take(start, &BRUKER, &mut self.record)?;
        self.who = self.judge.identity(&self.record, || place)?;
        if let Some(home) = self.record.last_of(Form::HomeMunicipality) {
            let number = MunicipalityNumber::parse(home).ok();
            let on = |day| number.is_some_and(|number| number.valid_home_on(day));
            if number.is_some() && !on(date(year, 1, 1)) && !on(date(year, 12, 31)) {
                let (hint, field) = (&hints::HOME_MUNICIPALITY, Some("komNrHjem"));
                self.judge.breach(Cost::Record, &rules::KPR_06, hint, place, field)?;
            }
        }
        let born = self.record.last("fodselsar").and_then(form::year);
        if born.is_some_and(|born| born > year) {
            let (hint, field) = (&hints::YEAR, Some("fodselsar"));
            self.judge.breach(Cost::Record, &rules::KPR_06, hint, place, field)?;
        }
        Ok(())
    }

    fn part(&mut self, start: &Start<'_>, year: i16) -> Result<(), Refused> {
        // As bytes: a comparison of words would call a function for each.
        let element = match start.local().as_bytes() {
            b"Funksjon" => &FUNKSJON,
            b"Tjeneste" => &TJENESTE,
            b"Avslag" => &AVSLAG,
            _ => return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
        };
        self.judge.take(start, element, &mut self.record)?;
        // Only this element's own values count.
        let own = |place| self.record.latest(place);
        let dated = |place| own(place).and_then(time::date);
        let (first, last) = (Day::new(year, 1, 1), Day::new(year, 12, 31));
        let (breach, in_use) = match element.name {
            "Tjeneste" => {
                let (from, to) = (dated(START), dated(END));
                (service(from, to, first, last), from.map(|from| from.max(first)))
            }
            "Funksjon" => {
                let after = own(ASSESSED).is_some_and(|text| time::is_after_year(text, year));
                (after.then_some((&hints::OUTSIDE_YEAR, "vurdertDato")), None)
            }
            _ => {
                let day = dated(DECIDED);
                let outside = day.is_some_and(|day| day < first || day > last);
                (outside.then_some((&hints::OUTSIDE_YEAR, "vedtakDato")), day)
            }
        };
        let code = match element.name {
            "Tjeneste" => own(SERVICE_TYPE),
            "Avslag" => own(REFUSED_TYPE),
            _ => None,
        };
        let code = code.zip(in_use);
        if let Some((hint, field)) = breach {
            self.judge.breach(Cost::Record, &rules::KPR_06, hint, start.place(), Some(field))?;
        }
        match code {
            Some((code, day)) => self.judge.service_type(code, day, false, || start.place()),
            None => Ok(()),
        }
    }

    fn persons_end(&mut self, year: i16) -> Result<(), Refused> {
        self.record.close();
        self.judge.check_repeated(&self.record, self.who.as_ref())?;
        self.judge.note_dropped(&self.record, year)?;
        if !self.judge.end() {
            return Ok(());
        }
        self.judge.tally.years.insert(year);
        Ok(self.write(year)?)
    }

    fn write(&mut self, year: i16) -> Result<(), io::Error> {
        let mut person = None;
        for (writer, target) in self.writers.iter_mut().zip(self.judge.context.targets) {
            let not_decided = target.not_decided_in(year);
            let about = About { who: self.who.as_ref(), year, not_decided };
            person = person.or(writer.write(&self.record, about));
            writer.flush_full(&mut *self.sinks)?;
        }
        let Some(person) = person else { return Ok(()) };
        let (record, place) = (self.judge.tally.records, self.judge.place);
        let key = u128::from(person).to_be_bytes();
        self.persons_told.seen(key, record, place, &mut *self.sinks)
    }
}

/// A service starts before it ends, and some of it is in the year.
fn service(
    from: Option<Day>,
    to: Option<Day>,
    first: Day,
    last: Day,
) -> Option<(&'static Hint, &'static str)> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Some((&hints::DATE_ORDER, "sluttDato")),
        (Some(from), _) if from > last => Some((&hints::OUTSIDE_YEAR, "startDato")),
        (_, Some(to)) if to < first => Some((&hints::OUTSIDE_YEAR, "sluttDato")),
        _ => None,
    }
}

impl Walker for Submission<'_> {
    fn start(&mut self, level: usize, start: &Start<'_>) -> Result<(), Refused> {
        let year = self.head.map_or(0, |head| head.year);
        match level {
            0 => self.open(start),
            1 => self.person(start, year),
            2 => self.part(start, year),
            _ => Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
        }
    }

    fn end(&mut self, level: usize) -> Result<(), Refused> {
        let year = self.head.map_or(0, |head| head.year);
        match level {
            1 => self.persons_end(year),
            2 => {
                self.record.close();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn refuse(&mut self, place: Place, hint: &'static Hint) -> Refused {
        self.judge.refuse(&rules::KPR_05, hint, place, None)
    }
}

// Places of fields among those of their element.
const SERVICE_TYPE: usize = TJENESTE.place_of("tjenesteType");
const START: usize = TJENESTE.place_of("startDato");
const END: usize = TJENESTE.place_of("sluttDato");
const ASSESSED: usize = FUNKSJON.place_of("vurdertDato");
const REFUSED_TYPE: usize = AVSLAG.place_of("tjenesteType");
const DECIDED: usize = AVSLAG.place_of("vedtakDato");
