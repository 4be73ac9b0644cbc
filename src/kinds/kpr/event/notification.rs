//! The pass over one event message: its head, each notification in turn, whom to ask, whose it is.
//!
//! What a notification's fate depends on beyond the message is looked up in the books as they stood
//! when reading began: whether its GUID was sent before, and whether what it refers to was. A
//! reference that is not known then may be to a file that waits for its turn just before this one;
//! such a notification is held back, and [`super::conclude`] decides.

use std::{collections::BTreeSet, io};

use crate::{
    format::xml::Start,
    kinds::{
        Context, Refused, Sinks,
        kpr::{
            event::{
                closing::Closing,
                conclude::{Before, EventReading, Held},
                schema::{BRUKER, EVENTS, MELDING, NAMESPACE, NOTIFIKASJON},
            },
            hints,
            identity::Identity,
            notifications::Notifications,
            output::{self, About, Writer},
            pass::Pass,
            record::Record,
            schema::{Cost, Form},
            sequence::{Link, Sequence},
            state::{Known, NotificationStatus},
            time,
            twice::Twice,
            walk::Walker,
        },
    },
    protect::pseudonym::{PseudonymKey, content_digest},
    types::{finding::Place, guid::Guid, rule::Hint, rules::kpr as rules},
};

/// A message that is being read.
pub struct Message<'a> {
    /// The judge.
    pub pass: Pass<'a>,
    sinks: &'a mut dyn Sinks,
    writers: Vec<Writer<'a>>,
    record: Record,
    stage: Stage,
    /// Events in this notification, and users in its event.
    events: u32,
    users: u32,
    year: Option<i16>,
    who: Option<Identity>,
    notifications: Notifications,
    sequence: Sequence,
    /// Where the sequence stood when reading began.
    before: Before,
    /// GUIDs of the events that originals tell of. A correction tells of the same event again.
    events_told: Twice,
    held: Vec<Held>,
    held_bytes: usize,
    closing: Closing,
}

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
            events: 0,
            users: 0,
            year: None,
            who: None,
            notifications: Notifications::default(),
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
        let stage = match start.name().local {
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
                (self.events, self.users, self.year, self.who) = (0, 0, None, None);
                self.pass.take(start, &NOTIFIKASJON, &mut self.record)
            }
            Stage::Contacts => self.closing.contact(start, &mut self.pass, &mut self.record),
            Stage::Municipality => self.closing.unit(start, &mut self.pass, &mut self.record),
        }
    }

    fn event(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.stage != Stage::Notifications {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        }
        let Some(element) = EVENTS.iter().find(|e| e.name == start.name().local) else {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        };
        self.events += 1;
        self.users = 0;
        if self.events == 2 {
            self.pass.breach(
                Cost::Record,
                &rules::KPR_05,
                &hints::EVENTS_MANY,
                start.place(),
                None,
            )?;
        }
        self.pass.take(start, element, &mut self.record)?;
        self.dated(start)
    }

    /// What follows from the day of the event: its year has a registry, the sender reports for it,
    /// and the service type is in use.
    fn dated(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        let Some(day) = self.record.last("hendelseDato").and_then(time::date) else {
            return Ok(());
        };
        let (place, field) = (start.place(), Some("hendelseDato"));
        self.year = Some(day.year());
        let breach = if !(self.pass.context.routed)(day.year()) {
            Some((&rules::KPR_03, &hints::YEAR_NOT_ROUTED))
        } else if !self.pass.is_reporter(day.year()) {
            Some((&rules::KPR_01, &hints::NOT_REPORTER))
        } else if day > self.pass.context.today {
            Some((&rules::KPR_06, &hints::EVENT_LATER))
        } else {
            None
        };
        if let Some((rule, hint)) = breach {
            self.pass.breach(Cost::Record, rule, hint, place, field)?;
        }
        match self.record.last_of(Form::ServiceType) {
            Some(code) => self.pass.service_type(code, day, true, || place),
            None => Ok(()),
        }
    }

    fn user(&mut self, start: &Start<'_>) -> Result<(), Refused> {
        if self.stage != Stage::Notifications || start.name().local != BRUKER.name {
            return Err(self.refuse(start.place(), &hints::ELEMENT_UNKNOWN));
        }
        let place = start.place();
        self.users += 1;
        if self.users == 2 {
            self.pass.breach(Cost::Record, &rules::KPR_05, &hints::USER_MANY, place, None)?;
        }
        self.pass.take(start, &BRUKER, &mut self.record)?;
        self.who = self.pass.identity(&self.record, place)?;
        Ok(())
    }

    /// A notification is complete.
    fn notified(&mut self) -> Result<(), Refused> {
        if self.events == 0 {
            self.pass.strike(&rules::KPR_05, &hints::EVENT_MISSING)?;
        }
        self.pass.check_repeated(&self.record)?;
        let field = |name| self.record.last(name).and_then(|text| Guid::parse(text.as_bytes()));
        let guids = field("notifikasjonGUID").zip(field("notifikasjonForrigeGUID"));
        let reference = field("notifikasjonRef");
        let Some((guid, previous)) = guids else {
            // Struck for it already.
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
        self.follow(guid, previous)?;
        let status = self.record.last_of(Form::Status).and_then(NotificationStatus::parse);
        let resolved = self.resolve(status, reference)?;
        self.pass.note_dropped(&self.record, self.year.unwrap_or(0))?;
        if !self.pass.end() {
            return Ok(());
        }
        let (Some(status), Some(year)) = (status, self.year) else { return Ok(()) };
        let known = Known { status, digest: self.digest() };
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
    fn sent_before(&self, guid: &Guid) -> Result<Option<bool>, Refused> {
        let past = self.pass.context.past;
        let known = match self.notifications.find(guid)? {
            Some(known) => Some(known),
            None => past.map(|past| past.notification(guid)).transpose()?.flatten(),
        };
        let Some(known) = known else { return Ok(None) };
        // The digest may have been made under an older key.
        let ring = self.pass.context.targets[0].keys;
        Ok(Some(ring.all().any(|key| digest(key, &self.record) == known.digest)))
    }

    fn tell_event(&mut self, status: NotificationStatus) -> Result<(), io::Error> {
        let guid = self.record.last("hendelseGUID").and_then(|text| Guid::parse(text.as_bytes()));
        match guid.filter(|_| status == NotificationStatus::Original) {
            Some(Guid(key)) => {
                let (record, place) = (self.pass.tally.records, self.pass.place);
                self.events_told.seen(key, record, place, &mut *self.sinks)
            }
            None => Ok(()),
        }
    }

    fn digest(&self) -> [u8; 8] {
        digest(self.pass.context.targets[0].keys.current(), &self.record)
    }

    fn follow(&mut self, guid: Guid, previous: Guid) -> Result<(), Refused> {
        let number = self.record.last("notifikasjonLopeNr");
        let number = number.filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let number = number.and_then(|number| number.parse().ok());
        let link = Link { number, guid, previous };
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
            (Some(NotificationStatus::Original), Some(_)) => {
                self.record.null_last("notifikasjonRef");
                (Cost::Field, &hints::REFERENCE_UNWANTED)
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
            writer.write(&self.record, About { who: self.who.as_ref(), year, not_decided });
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
                writer.hold(&self.record, About { who: self.who.as_ref(), year, not_decided })
            })
            .collect();
        self.held_bytes += rendered.iter().map(output::Rendered::bytes).sum::<usize>();
        let (record, place) = (self.pass.tally.records, self.pass.place);
        self.held.push(Held { guid, reference, known: None, record, place, rendered });
    }
}

/// Of all that a notification says.
fn digest(key: &PseudonymKey, record: &Record) -> [u8; 8] {
    let digest = content_digest(key, DIGEST, record.text().as_bytes());
    std::array::from_fn(|at| digest[at])
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
                if self.users == 0 {
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

/// Bytes of notifications that wait for the books; beyond it an unknown reference is unknown.
const MOST_HELD: usize = 4 << 20;

/// What the digest of a notification's content is made for.
pub const DIGEST: &str = "notification";
