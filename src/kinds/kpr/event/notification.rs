//! The pass over one event message: its head, each notification in turn, whom to ask, whose it is.
//!
//! What a notification's fate depends on beyond the message is looked up in the books as they stood
//! when reading began: whether its GUID was sent before, and whether what it refers to was. A
//! reference that is not known then may be to a file that waits for its turn just before this one;
//! such a notification is held back, and [`super::conclude`] decides.

use std::{collections::BTreeSet, io};

use crate::{
    format::xml::event::Start,
    kinds::{
        Context, Refused, Sinks,
        kpr::{
            event::{
                closing::Closing,
                conclude::{Before, EventReading, Held},
                schema::{BRUKER, EVENTS, MELDING, NAMESPACE, NOTIFIKASJON, place_in_events},
            },
            hints,
            identity::Identity,
            lists,
            notifications::Notifications,
            output::{self, About, Writer},
            pass::Pass,
            record::Record,
            schema::Cost,
            sequence::{Link, Sequence},
            state::{Known, NotificationStatus},
            time,
            twice::Twice,
            walk::Walker,
        },
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
    pub pass: Pass<'a>,
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
    sequence: Sequence,
    /// Where the sequence stood when reading began.
    before: Before,
    /// GUIDs of the events that originals tell of. A correction tells of the same event again.
    events_told: Twice,
    held: Vec<Held>,
    held_bytes: usize,
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
        let before = match (context.past, context.sender.municipality) {
            (Some(past), Some(own)) => Before::At(past.chain(own)?),
            _ => Before::Unknown,
        };
        Ok(Self {
            pass: Pass::new(context),
            sinks,
            writers: context.targets.iter().map(Writer::new).collect(),
            record: Record::default(),
            stage: Stage::Notifications,
            said: Said::default(),
            year_judged: None,
            notifications: Notifications::default(),
            marks: Marks::new(context.targets[0].keys, LABEL),
            sequence: Sequence::default(),
            before,
            events_told: Twice::default(),
            held: Vec::new(),
            held_bytes: 0,
            closing: Closing::default(),
        })
    }

    /// After the last byte.
    pub fn finish(mut self) -> Result<EventReading, Refused> {
        let (municipality, tail) = self.closing.finish(&mut self.pass)?;
        let Self {
            pass,
            mut writers,
            notifications,
            sequence,
            before,
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
        let is_own = pass.context.sender.municipality == Some(municipality);
        let before = if is_own { before } else { Before::Unknown };
        Ok(EventReading {
            endings: writers.into_iter().map(Writer::finish).collect(),
            tally: pass.tally,
            notifications,
            sequence,
            before,
            events_told,
            held,
            municipality,
            tail,
            max_rejected_basis_points: pass.context.kpr.max_rejected_basis_points,
        })
    }

    /// The root: everything that is known before the first record.
    fn open(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.pass.context.sender.municipality.is_none() {
            let (place, hint) = (start.place(), &hints::NOT_REPORTER);
            return Err(self.pass.refuse(&rules::KPR_01, hint, place, None));
        }
        self.record.clear();
        self.pass.take(start, &MELDING, &mut self.record)?;
        self.record.close();
        let nobody = About { who: None, year: 0, not_decided: &BTreeSet::new() };
        for writer in &mut self.writers {
            writer.open(NAMESPACE, &self.record, nobody);
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
                self.pass.begin(start.place());
                self.pass.take(start, &NOTIFIKASJON, &mut self.record)?;
                let record = &self.record;
                let guid = |place| record.latest(place).and_then(|t| Guid::parse(t.as_bytes()));
                let number =
                    record.latest(NUMBER).filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
                self.said = Said {
                    status: record.latest(STATUS).and_then(NotificationStatus::parse),
                    guid: guid(GUID),
                    previous: guid(PREVIOUS),
                    number: number.and_then(|number| number.parse().ok()),
                    reference: guid(REFERENCE),
                    ..Said::default()
                };
                Ok(())
            }
            Stage::Contacts => self.closing.contact(start, &mut self.pass, &mut self.record),
            Stage::Municipality => self.closing.unit(start, &mut self.pass, &mut self.record),
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
            self.pass.breach(
                Cost::Record,
                &rules::KPR_05,
                &hints::EVENTS_MANY,
                start.place(),
                None,
            )?;
        }
        self.pass.take(start, element, &mut self.record)?;
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
        let later =
            (day > self.pass.context.today.into()).then_some((&rules::KPR_06, &hints::EVENT_LATER));
        if let Some((rule, hint)) = self.judge_year(day.year()).or(later) {
            self.pass.breach(Cost::Record, rule, hint, place(), field)?;
        }
        match self.record.latest(SERVICE_TYPE) {
            // The message's own version of the list marks what has expired, and no day since when.
            Some(code) => self.pass.service_type(code, day.max(lists::EXPIRED_FROM), true, place),
            None => Ok(()),
        }
    }

    /// Whether a year has a registry, and the sender reports for it. Most events are of one year.
    fn judge_year(&mut self, year: i16) -> Option<Wrong> {
        if let Some((_, wrong)) = self.year_judged.filter(|(judged, _)| *judged == year) {
            return wrong;
        }
        let wrong: Option<Wrong> = if !(self.pass.context.routed)(year) {
            Some((&rules::KPR_03, &hints::YEAR_NOT_ROUTED))
        } else if !self.pass.is_reporter(year) {
            Some((&rules::KPR_01, &hints::NOT_REPORTER))
        } else {
            None
        };
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
            self.pass.breach(Cost::Record, &rules::KPR_05, hint, start.place(), None)?;
        }
        self.pass.take(start, &BRUKER, &mut self.record)?;
        self.said.who = self.pass.identity(&self.record, || start.place())?;
        Ok(())
    }

    /// A notification is complete.
    fn notified(&mut self) -> Result<(), Refused> {
        if self.said.events == 0 {
            self.pass.strike(&rules::KPR_05, &hints::EVENT_MISSING)?;
        }
        self.pass.check_repeated(&self.record)?;
        let Said { status, number, reference, year, .. } = self.said;
        let Some((guid, previous)) = self.said.guid.zip(self.said.previous) else {
            // Struck for it already. It came all the same, so the next one follows it.
            self.sequence.pass_over(number, self.said.guid);
            self.pass.end();
            return Ok(());
        };
        if !self.pass.struck
            && let Some(same) = self.sent_before(&guid)?
        {
            let (cost, hint) = if same {
                (Cost::Told, &hints::DUPLICATE_SAME)
            } else {
                (Cost::Record, &hints::DUPLICATE_DIFFERS)
            };
            let place = self.pass.place;
            self.pass.breach(cost, &rules::KPR_06, hint, place, Some("notifikasjonGUID"))?;
            if same {
                self.pass.end();
                return Ok(());
            }
        }
        self.follow(Link { number, guid, previous })?;
        let resolved = self.resolve(status, reference)?;
        self.pass.note_dropped(&self.record, year.unwrap_or(0))?;
        if !self.pass.end() {
            return Ok(());
        }
        let (Some(status), Some(year)) = (status, year) else { return Ok(()) };
        let known = Known { status, digest: self.marks.of(self.record.text().as_bytes()) };
        if self.notifications.insert(guid, known).is_err() {
            return Err(self.refuse(self.pass.place, &hints::NOTIFICATIONS_TOO_MANY));
        }
        self.notifications.ease(&mut *self.sinks)?;
        self.pass.tally.years.insert(year);
        self.tell_event(status)?;
        match (resolved, reference) {
            (Resolved::Later, Some(reference)) => self.hold(guid, reference, year),
            _ => self.write(year)?,
        }
        Ok(())
    }

    /// Whether this GUID was sent before, and if so, whether with the same content.
    fn sent_before(&mut self, guid: &Guid) -> Result<Option<bool>, Refused> {
        let past = self.pass.context.past;
        let known = match self.notifications.find(guid)? {
            Some(known) => Some(known),
            None => match past {
                Some(past) => past.notification(guid)?.or_else(|| past.beside(guid)),
                None => None,
            },
        };
        let Some(known) = known else { return Ok(None) };
        let content = self.record.text().as_bytes();
        Ok(Some(self.marks.is_of(content, known.digest)))
    }

    fn tell_event(&mut self, status: NotificationStatus) -> Result<(), io::Error> {
        match self.said.event.filter(|_| status == NotificationStatus::Original) {
            Some(Guid(key)) => {
                let (record, place) = (self.pass.tally.records, self.pass.place);
                self.events_told.seen(key, record, place, &mut *self.sinks)
            }
            None => Ok(()),
        }
    }

    fn follow(&mut self, link: Link) -> Result<(), Refused> {
        let (record, place) = (self.pass.tally.records, self.pass.place);
        match self.sequence.step(link, record, place) {
            Some(hint) => {
                let field = Some("notifikasjonLopeNr");
                self.pass.breach(Cost::Told, &rules::KPR_06, hint, place, field)
            }
            None => Ok(()),
        }
    }

    /// A replacement or an annulment names an original that this sender has sent.
    fn resolve(
        &mut self,
        status: Option<NotificationStatus>,
        reference: Option<Guid>,
    ) -> Result<Resolved, Refused> {
        let (cost, hint) = match (status, reference) {
            // All zeros refer to nothing, as in the first notification of a sequence.
            (Some(NotificationStatus::Original), Some(Guid::ZERO)) => {
                self.record.null_last("notifikasjonRef");
                (Cost::Field, &hints::REFERENCE_UNWANTED)
            }
            // Whether it is an original or corrects another, only the sender knows.
            (Some(NotificationStatus::Original), Some(_)) => {
                (Cost::Record, &hints::REFERENCE_UNWANTED)
            }
            (Some(NotificationStatus::Original) | None, _) => return Ok(Resolved::Now),
            (Some(_), None) => (Cost::Record, &hints::REFERENCE_MISSING),
            (Some(_), Some(reference)) => {
                let past = self.pass.context.past;
                let known = match self.notifications.find(&reference)? {
                    Some(known) => Some(known),
                    None => past.map(|past| past.notification(&reference)).transpose()?.flatten(),
                };
                match known {
                    Some(Known { status: NotificationStatus::Original, .. }) => {
                        return Ok(Resolved::Now);
                    }
                    None if self.held_bytes < MOST_HELD => return Ok(Resolved::Later),
                    _ => (Cost::Record, &hints::REFERENCE_UNKNOWN),
                }
            }
        };
        let place = self.pass.place;
        self.pass.breach(cost, &rules::KPR_06, hint, place, Some("notifikasjonRef"))?;
        Ok(Resolved::Now)
    }

    fn write(&mut self, year: i16) -> Result<(), io::Error> {
        let nothing = BTreeSet::new();
        for (writer, target) in self.writers.iter_mut().zip(self.pass.context.targets) {
            let not_decided = target.reporting_in(year).map_or(&nothing, |r| &r.not_decided);
            writer.write(&self.record, About { who: self.said.who.as_ref(), year, not_decided });
            writer.flush_full(&mut *self.sinks)?;
        }
        Ok(())
    }

    fn hold(&mut self, guid: Guid, reference: Guid, year: i16) {
        let nothing = BTreeSet::new();
        let rendered: Vec<_> = self
            .writers
            .iter_mut()
            .zip(self.pass.context.targets)
            .map(|(writer, target)| {
                let not_decided = target.reporting_in(year).map_or(&nothing, |r| &r.not_decided);
                writer.hold(&self.record, About { who: self.said.who.as_ref(), year, not_decided })
            })
            .collect();
        self.held_bytes += rendered.iter().map(output::Rendered::bytes).sum::<usize>();
        let (record, place) = (self.pass.tally.records, self.pass.place);
        self.held.push(Held { guid, reference, known: None, record, place, rendered });
    }
}

/// When it is known whether a reference holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resolved {
    Later,
    Now,
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
                    self.pass.strike(&rules::KPR_05, &hints::USER_MISSING)?;
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
        self.pass.refuse(&rules::KPR_05, hint, place, None)
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

/// Bytes of notifications that wait for the books; beyond it an unknown reference is unknown.
const MOST_HELD: usize = 4 << 20;

/// What the marks of notifications' contents are made for.
const LABEL: &str = "notification";
