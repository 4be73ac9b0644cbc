//! The pass over one event message: its head, each notification in turn, whom to ask, whose it is.
//! What becomes of a notification that is complete stands in `notification`.

mod notification;

use std::io;

use zeroize::Zeroizing;

use crate::{
    format::xml::event::Start,
    kinds::{
        context::Context,
        kpr::{
            event::{
                closing::Closing,
                conclude::{EventReading, Held},
                schema::{BRUKER, EVENTS, MELDING, NAMESPACE, NOTIFIKASJON, place_in_events},
                sequence::Sequence,
            },
            hints,
            identity::Identity,
            judge::Judge,
            output::{About, Writer},
            record::Record,
            schema::{Cost, lists, time},
            spill::{notifications::Notifications, repeated_keys::RepeatedKeys},
            state::{NotificationStatus, ReportHistory},
            walk::Walker,
        },
        refused::Refused,
        sinks::Sinks,
    },
    protect::marks::Marks,
    types::{
        finding::Place,
        guid::Guid,
        rule::{Hint, Rule},
        rules::kpr as rules,
    },
};

/// A message that is being read.
pub struct Message<'a> {
    /// The judge.
    pub judge: Judge<'a>,
    sinks: &'a mut dyn Sinks,
    writers: Vec<Writer<'a>>,
    record: Record,
    stage: Stage,
    said: Said,
    /// A year that was asked about lately, and what is wrong with it.
    year_judged: Option<(i16, Option<Wrong>)>,
    notifications: Notifications,
    /// Under the keys of the first registry.
    marks: Marks<'a>,
    /// The content of a record whose attributes stand in another order than the schema's.
    turned: Zeroizing<String>,
    sequence: Sequence,
    /// How much of the sender was concluded when reading began.
    concluded: Option<u64>,
    /// GUIDs of the events that originals tell of. A correction tells of the same event again.
    events_told: RepeatedKeys,
    held: Vec<Held>,
    held_bytes: usize,
    /// The same in the documents before this one in the archive.
    held_beside: usize,
    closing: Closing,
}

/// What a notification has said so far.
#[derive(Default)]
struct Said {
    status: Option<NotificationStatus>,
    guid: Option<Guid>,
    previous: Option<Guid>,
    number: Option<u64>,
    reference: Option<Guid>,
    /// Events, and users in the last one.
    events: u32,
    users: u32,
    /// Of the last event.
    event: Option<Guid>,
    year: Option<i16>,
    who: Option<Identity>,
}

/// A rule that is broken, and how.
type Wrong = (&'static Rule, &'static Hint);

/// The three sorts of children, in the order of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Notifications,
    Contacts,
    Municipality,
}

impl<'a> Message<'a> {
    /// Before the first byte.
    pub fn new(context: &'a Context<'a>, sinks: &'a mut dyn Sinks) -> Result<Self, io::Error> {
        let concluded = context.past.map(ReportHistory::concluded).transpose()?;
        Ok(Self {
            judge: Judge::new(context),
            sinks,
            writers: context
                .targets
                .iter()
                .map(|target| Writer::new(target, context.sender.municipality))
                .collect(),
            record: Record::default(),
            stage: Stage::Notifications,
            said: Said::default(),
            year_judged: None,
            notifications: Notifications::default(),
            marks: Marks::new(context.targets[0].keys, LABEL),
            turned: Zeroizing::default(),
            sequence: Sequence::default(),
            concluded,
            events_told: RepeatedKeys::default(),
            held: Vec::new(),
            held_bytes: 0,
            held_beside: context.past.map_or(0, ReportHistory::held_beside),
            closing: Closing::default(),
        })
    }

    /// After the last byte.
    pub fn finish(mut self) -> Result<EventReading, Refused> {
        let (municipality, tail) = self.closing.finish(&mut self.judge)?;
        let Self {
            judge,
            mut writers,
            notifications,
            sequence,
            concluded,
            mut events_told,
            mut held,
            sinks,
            ..
        } = self;
        for writer in &mut writers {
            writer.persons.rest(sinks)?;
        }
        events_told.rest(sinks)?;
        // An original may have come behind what refers to it.
        for held in &mut held {
            held.known = notifications.find(&held.reference)?.map(|known| known.status);
        }
        let notifications = notifications.finish(sinks)?;
        Ok(EventReading {
            endings: writers.into_iter().map(Writer::finish).collect(),
            tally: judge.tally,
            notifications,
            sequence,
            concluded,
            events_told,
            held,
            municipality,
            tail,
            max_rejected_basis_points: judge.context.kpr.max_rejected_basis_points,
        })
    }

    /// The root: everything that is known before the first record.
    fn open(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.judge.context.sender.municipality.is_none() {
            let (place, hint) = (start.place(), &hints::NOT_REPORTER);
            return Err(self.judge.refuse(&rules::KPR_01, hint, place, None));
        }
        self.record.clear();
        self.judge.take(start, &MELDING, &mut self.record)?;
        self.record.close();
        // It belongs to no event: what was decided for the year in which it comes counts.
        let year = self.judge.context.today.year();
        self.judge.place = start.place();
        self.judge.note_dropped(&self.record, year)?;
        for (writer, target) in self.writers.iter_mut().zip(self.judge.context.targets) {
            let not_decided = target.not_decided_in(year);
            writer.open(NAMESPACE, &self.record, About { who: None, year, not_decided });
        }
        Ok(())
    }

    fn child(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        let stage = match start.local() {
            "Notifikasjon" => Stage::Notifications,
            "Kontaktperson" => Stage::Contacts,
            "Kommune" => Stage::Municipality,
            _ => return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
        };
        if stage < self.stage {
            return Err(self.refuse(start.place(), &hints::ELEMENT_ORDER));
        }
        self.stage = stage;
        self.record.clear();
        match stage {
            Stage::Notifications => {
                self.judge.begin(start.place());
                self.judge.take(start, &NOTIFIKASJON, &mut self.record)?;
                let record = &self.record;
                let guid = |place| record.latest(place).and_then(|t| Guid::parse(t.as_bytes()));
                let number =
                    record.latest(NUMBER).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
                self.said = Said {
                    status: record.latest(STATUS).and_then(NotificationStatus::parse),
                    guid: guid(GUID),
                    previous: guid(PREVIOUS),
                    number: number
                        .and_then(|number| number.parse().ok())
                        .filter(|n| *n <= MOST_NUMBER),
                    reference: guid(REFERENCE),
                    ..Said::default()
                };
                // All zeros stand for "none": as the name of a notification, for a GUID that is
                // none.
                if self.said.guid == Some(Guid::ZERO) {
                    self.said.guid = None;
                    let (hint, field) = (&hints::GUID_ZERO, Some("notifikasjonGUID"));
                    self.judge.breach(Cost::Record, &rules::KPR_06, hint, start.place(), field)?;
                }
                Ok(())
            }
            Stage::Contacts => {
                let (judge, record) = (&mut self.judge, &mut self.record);
                self.closing.contact(start, judge, record, &self.writers)
            }
            Stage::Municipality => {
                let (judge, record) = (&mut self.judge, &mut self.record);
                self.closing.unit(start, judge, record, &self.writers)
            }
        }
    }

    fn event(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.stage != Stage::Notifications {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        }
        let Some(element) = EVENTS.iter().find(|e| e.name == start.local()) else {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        };
        self.said.events += 1;
        self.said.users = 0;
        if self.said.events == 2 {
            self.judge.breach(
                Cost::Record,
                &rules::KPR_05,
                &hints::EVENTS_MANY,
                start.place(),
                None,
            )?;
        }
        self.judge.take(start, element, &mut self.record)?;
        let guid = self.record.latest(EVENT_GUID);
        self.said.event = guid.and_then(|text| Guid::parse(text.as_bytes()));
        self.dated(start)
    }

    /// What follows from the day of the event: its year has a registry, the sender reports for it,
    /// and the service type is in use.
    fn dated(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        let Some(day) = self.record.latest(EVENT_DAY).and_then(time::date) else {
            return Ok(());
        };
        let (place, field) = (|| start.place(), Some("hendelseDato"));
        self.said.year = Some(day.year());
        if let Some((rule, hint)) = self.judge_year(day.year()) {
            self.judge.breach(Cost::Message, rule, hint, place(), field)?;
        } else if day > self.judge.context.today.into() {
            let hint = &hints::EVENT_LATER;
            self.judge.breach(Cost::Record, &rules::KPR_06, hint, place(), field)?;
        }
        match self.record.latest(SERVICE_TYPE) {
            // The message's own version of the list marks what has expired, and no day since when.
            Some(code) => self.judge.service_type(code, day.max(lists::EXPIRED_FROM), true, place),
            None => Ok(()),
        }
    }

    /// Whether a year has a registry, and the sender reports for it. Most events are of one year.
    fn judge_year(&mut self, year: i16) -> Option<Wrong> {
        if let Some((_, wrong)) = self.year_judged.filter(|(judged, _)| *judged == year) {
            return wrong;
        }
        let wrong = self.judge.year_breach(year);
        self.year_judged = Some((year, wrong));
        wrong
    }

    fn user(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.stage != Stage::Notifications || start.local() != BRUKER.name {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        }
        self.said.users += 1;
        if self.said.users == 2 {
            let hint = &hints::USER_MANY;
            self.judge.breach(Cost::Record, &rules::KPR_05, hint, start.place(), None)?;
        }
        self.judge.take(start, &BRUKER, &mut self.record)?;
        self.said.who = self.judge.identity(&self.record, || start.place())?;
        Ok(())
    }
}

impl Walker for Message<'_> {
    fn start(&mut self, level: usize, start: &Start<'_>) -> Result<(), Refused> {
        match level {
            0 => self.open(start),
            1 => self.child(start),
            2 => self.event(start),
            3 => self.user(start),
            _ => Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN)),
        }
    }

    fn end(&mut self, level: usize) -> Result<(), Refused> {
        match level {
            1 if self.stage == Stage::Notifications => {
                self.record.close();
                self.notified()
            }
            2 => {
                if self.said.users == 0 {
                    self.judge.strike(&rules::KPR_05, &hints::USER_MISSING)?;
                }
                // What an event is called matters only in a record that is written, and such a
                // record has one.
                self.record.close();
                Ok(())
            }
            3 => {
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

const STATUS: usize = NOTIFIKASJON.place_of("statusNotifikasjon");
const GUID: usize = NOTIFIKASJON.place_of("notifikasjonGUID");
const PREVIOUS: usize = NOTIFIKASJON.place_of("notifikasjonForrigeGUID");
const NUMBER: usize = NOTIFIKASJON.place_of("notifikasjonLopeNr");
const REFERENCE: usize = NOTIFIKASJON.place_of("notifikasjonRef");
const EVENT_GUID: usize = place_in_events("hendelseGUID");
const EVENT_DAY: usize = place_in_events("hendelseDato");
const SERVICE_TYPE: usize = place_in_events("tjenesteType");

/// Highest number that the catalogue can hold; a municipality never comes near it.
const MOST_NUMBER: u64 = i64::MAX.unsigned_abs();
/// What the marks of notifications' contents are made for.
const LABEL: &str = "notification";
