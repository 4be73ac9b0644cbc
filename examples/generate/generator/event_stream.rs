//! Where the notifications of an event message come from: a pool of services that start, pause, go
//! on, move and end.

use std::io;

use super::{
    Order, annual,
    defects::{Defect, Ledger, Plan, Severity},
    document::{Document, day_of},
    draw::{Draw, Guid},
    event_notification::{Link, Whole, Writer},
    people::{self, Person, Text},
    services, shell,
};

/// Where the notifications come from.
pub(super) struct Stream<'a> {
    order: &'a Order,
    pub(super) plan: Plan,
    draw: Draw,
    pool: Vec<Service>,
    providers: Vec<Text>,
    people: u64,
    services: u64,
    /// How many more services the last person gets.
    more: u32,
    /// Seconds since 1970.
    now: i64,
    /// Seconds between two notifications.
    step: u32,
    /// Last of the year, which the clock does not pass.
    latest: i64,
    number: u64,
    previous: Guid,
    /// GUIDs of sound notifications, the latest last.
    sent: [Guid; 4],
    phases_told: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(order: &'a Order, plan: Plan, mut draw: Draw) -> Self {
        let expected = (order.bytes / BYTES_PER_NOTIFICATION).max(1);
        let seconds = 350 * 86_400 / expected;
        let providers = (0..24).map(|_| people::organisation(&mut draw)).collect();
        Self {
            order,
            plan,
            draw,
            pool: Vec::new(),
            providers,
            people: 0,
            services: 0,
            more: 0,
            now: i64::from(day_of(order.year, 1, 8)) * 86_400 + 28_800,
            step: u32::try_from(2 * seconds + 1).unwrap_or(u32::MAX),
            latest: i64::from(day_of(order.year + 1, 1, 1)) * 86_400 - 1,
            number: 0,
            previous: Guid::ZERO,
            sent: [Guid::ZERO; 4],
            phases_told: 0,
        }
    }

    pub(super) fn run(
        &mut self,
        document: &mut Document<'_>,
        ledger: &mut Ledger,
        budget: u64,
    ) -> io::Result<()> {
        loop {
            document.hand_on_full()?;
            let mark = document.mark();
            let planted = ledger.planted.len();
            self.now = (self.now + i64::from(self.draw.below(self.step))).min(self.latest);
            let record = ledger.records + 1;
            let defect = self.plan.at(record).filter(|defect| self.fits(*defect));
            if defect.is_none() && self.plan.at(record).is_some() {
                self.plan.done();
            }
            let at = self.choose();
            let mut service = self.pool[at].clone();
            let (type_id, records) = self.notify(document, &mut service, defect, record, ledger);
            if document.len() > budget {
                document.back_to(mark);
                ledger.planted.truncate(planted);
                return Ok(());
            }
            self.pool[at] = service;
            ledger.records += records;
            if defect.is_some() {
                self.plan.done();
            }
            // The first of two equal ones is sound.
            if defect.is_none() || records == 2 {
                *ledger.by_id_type.entry(type_id).or_default() += 1;
            }
        }
    }

    /// Whether a defect can be planted now; what it needs may not have been sent yet.
    fn fits(&self, defect: Defect) -> bool {
        match defect {
            Defect::DuplicateDiffers => self.sent[0] != Guid::ZERO,
            // A first notification has no number before it.
            Defect::SequenceRepeat => self.number > 0,
            Defect::Phase => self.phases_told < services::LATER_PHASES.len(),
            _ => true,
        }
    }

    /// A place in the pool whose service has something to tell.
    fn choose(&mut self) -> usize {
        // The pool grows first to the size of the message, then to its bound.
        let wanted = (self.services / 4 + 3).min(POOL);
        if (self.pool.len() as u64) < wanted {
            let service = self.agree();
            self.pool.push(service);
            return self.pool.len() - 1;
        }
        let at = self.draw.below(u32::try_from(self.pool.len()).unwrap_or(1)) as usize;
        let over = self.pool[at].phase == Phase::Ended;
        // What has ended is corrected afterwards now and then.
        if over && (self.pool[at].last.is_none() || !self.draw.chance(30)) {
            self.pool[at] = self.agree();
        }
        at
    }

    /// A new service, for the same person or the next.
    fn agree(&mut self) -> Service {
        if self.more == 0 {
            self.people += 1;
            self.more = self.draw.weighted(&[(1, 60), (2, 25), (3, 10), (5, 5)]);
        }
        self.more -= 1;
        self.services += 1;
        Service {
            person: Person::new(self.order.seed, self.people, self.order.year),
            number: self.services,
            code: self.draw.weighted(services::FIRST_PHASE),
            provider: self.draw.one_of(&self.providers),
            phase: Phase::Agreed,
            pauses: 0,
            day: self.today() - 5,
            last: None,
        }
    }

    /// Writes one notification, or two equal ones; gives the type of identification and how many.
    fn notify(
        &mut self,
        document: &mut Document<'_>,
        service: &mut Service,
        defect: Option<Defect>,
        record: u64,
        ledger: &mut Ledger,
    ) -> (&'static str, u64) {
        let notice = self.happen(service, defect);
        let own = match defect {
            // Not the last one, which this one must name as the one before it.
            Some(Defect::DuplicateDiffers) => self.sent[0],
            _ => self.draw.guid(),
        };
        match defect {
            Some(Defect::SequenceGap) => {
                self.number += 4;
                self.previous = self.draw.guid();
            }
            Some(Defect::SequenceRepeat) => {}
            _ => self.number += 1,
        }
        let person = match defect {
            Some(defect) => annual::with_defect(service.person.clone(), defect, self.order, record),
            None => service.person.clone(),
        };
        let seconds = self.draw.below(36_000);
        let code = match defect {
            Some(Defect::Phase) => {
                self.phases_told += 1;
                services::LATER_PHASES[self.phases_told - 1]
            }
            Some(Defect::ExpiredService) => self.draw.one_of(services::EXPIRED),
            Some(Defect::UnknownService) => "999",
            _ => service.code,
        };
        let mark = document.mark();
        let mut writer = Writer {
            order: self.order,
            level: shell::level(self.order) + 1,
            document,
            defect,
            line: 0,
        };
        let link = Link { own, previous: self.previous, number: self.number, now: self.now };
        writer.notification(
            &Whole { notice: &notice, service, person: &person, code, seconds },
            &link,
        );
        let line = writer.line;
        self.previous = own;
        self.settle(service, &notice, defect, own);
        match defect {
            Some(Defect::DuplicateSame) => {
                ledger.plant(Defect::DuplicateSame, Some(record + 1), document.line());
                document.repeat(mark);
                (person.type_id, 2)
            }
            Some(defect) => {
                ledger.plant(defect, Some(record), line);
                (person.type_id, 1)
            }
            None => (person.type_id, 1),
        }
    }

    /// What the service has to tell next.
    fn happen(&mut self, service: &Service, defect: Option<Defect>) -> Notice {
        let original = service.last;
        let corrects = matches!(defect, Some(Defect::ReferenceMissing | Defect::ReferenceUnknown));
        if let Some(last) = original
            && defect.is_none()
        {
            let over = service.phase == Phase::Ended;
            let status = match self.draw.below(100) {
                0 => Some("C"),
                1..=3 => Some("M"),
                _ if over => Some("M"),
                _ => None,
            };
            if let Some(status) = status {
                return Notice {
                    status,
                    event: last.event,
                    event_guid: last.event_guid,
                    day: last.day,
                    reference: Some(last.notification),
                    after: if status == "C" { last.before } else { service.phase },
                };
            }
        }
        let (event, after) = match service.phase {
            Phase::Agreed => (Event::Start, Phase::Running),
            Phase::Paused => (Event::Resume, Phase::Running),
            Phase::Running | Phase::Ended => self.draw.weighted(&[
                ((Event::Pause, Phase::Paused), 35),
                ((Event::Move, Phase::Running), 20),
                ((Event::End, Phase::Ended), 45),
            ]),
        };
        let day = (self.today() - self.draw.between(0, 5)).max(service.day);
        Notice {
            status: if corrects { "M" } else { "N" },
            event,
            event_guid: self.draw.guid(),
            day,
            reference: (defect == Some(Defect::ReferenceUnknown)).then(|| self.draw.guid()),
            after,
        }
    }

    /// What the notification leaves behind. One that will be struck tells nothing: the same event
    /// comes again later, and nothing refers to it.
    fn settle(
        &mut self,
        service: &mut Service,
        notice: &Notice,
        defect: Option<Defect>,
        own: Guid,
    ) {
        let expected = defect.and_then(|defect| defect.expected(self.order.kind));
        if expected.is_some_and(|expected| expected.severity != Severity::Told) {
            return;
        }
        let before = service.phase;
        service.phase = notice.after;
        service.last = None;
        if notice.status == "N" {
            let Notice { event, event_guid, day, .. } = *notice;
            service.pauses += u64::from(event == Event::Pause);
            service.day = day;
            service.last = Some(Original { notification: own, event, event_guid, day, before });
            if defect.is_none() {
                self.sent.rotate_left(1);
                self.sent[3] = own;
            }
        }
    }

    fn today(&self) -> i32 {
        i32::try_from(self.now.div_euclid(86_400)).unwrap_or(0)
    }
}

/// The five events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Start,
    Pause,
    Resume,
    Move,
    End,
}

impl Event {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Start => "TjenesteStart",
            Self::Pause => "MidlertidigStoppFra",
            Self::Resume => "MidlertidigStoppTil",
            Self::Move => "TjenesteutforerEndret",
            Self::End => "TjenesteSlutt",
        }
    }
}

/// Where a service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Agreed,
    Running,
    Paused,
    Ended,
}

/// A service somebody gets.
#[derive(Debug, Clone)]
pub(super) struct Service {
    person: Person,
    pub(super) number: u64,
    code: &'static str,
    pub(super) provider: Text,
    pub(super) phase: Phase,
    pub(super) pauses: u64,
    /// Day of the last event.
    day: i32,
    /// The last original, as long as nothing replaced or annulled it.
    last: Option<Original>,
}

/// What may be replaced or annulled.
#[derive(Debug, Clone, Copy)]
struct Original {
    notification: Guid,
    event: Event,
    event_guid: Guid,
    day: i32,
    before: Phase,
}

/// One notification before it is written.
pub(super) struct Notice {
    pub(super) status: &'static str,
    pub(super) event: Event,
    pub(super) event_guid: Guid,
    pub(super) day: i32,
    pub(super) reference: Option<Guid>,
    after: Phase,
}

/// One notification on average.
pub(super) const BYTES_PER_NOTIFICATION: u64 = 605;

/// Most services that are followed at a time.
const POOL: u64 = 4096;
