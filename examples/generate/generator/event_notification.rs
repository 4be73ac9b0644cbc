//! One notification of an event message as it is written, with its defect.

use super::{
    Order, annual,
    defects::Defect,
    document::Document,
    draw::Guid,
    event_stream::{Event, Notice, Phase, Service},
    people::Person,
};

/// Writes one notification, with its defect.
pub(super) struct Writer<'a, 'w> {
    pub(super) order: &'a Order,
    pub(super) level: usize,
    pub(super) document: &'a mut Document<'w>,
    pub(super) defect: Option<Defect>,
    /// Line of the defect.
    pub(super) line: u64,
}

impl Writer<'_, '_> {
    fn plants(&mut self, defect: Defect) -> bool {
        let here = self.defect == Some(defect);
        if here {
            self.line = self.document.line();
        }
        here
    }

    pub(super) fn notification(&mut self, whole: &Whole<'_>, link: &Link) {
        self.line = self.document.line();
        self.document.open(self.level, "Notifikasjon");
        let status = if self.plants(Defect::StatusT) { "T" } else { whole.notice.status };
        self.document.text("statusNotifikasjon", status);
        self.document.moment("notifikasjonTid", link.now);
        if !self.plants(Defect::MissingGuid) {
            self.document.guid("notifikasjonGUID", link.own);
        }
        self.document.guid("notifikasjonForrigeGUID", link.previous);
        self.document.number("notifikasjonLopeNr", link.number);
        if let Some(reference) = whole.notice.reference {
            self.document.guid("notifikasjonRef", reference);
        }
        self.document.children();
        // What is not there is told where the notification begins.
        if self.defect != Some(Defect::EventMissing) {
            self.event(whole, link.now);
        }
        if self.plants(Defect::EventsTwo) {
            self.event(whole, link.now);
        }
        self.document.close(self.level, "Notifikasjon");
    }

    fn event(&mut self, whole: &Whole<'_>, now: i64) {
        let Whole { notice, service, .. } = *whole;
        let name = notice.event.name();
        self.document.open(self.level + 1, name);
        self.document.guid("hendelseGUID", notice.event_guid);
        if self.plants(Defect::TextLong) {
            self.document.text("tjenesteID", &"å".repeat(101));
        } else if !self.plants(Defect::MissingAttribute) {
            let word = if service.number.is_multiple_of(61) { "Åsgård Ø" } else { "T" };
            self.document.key("tjenesteID", word, service.number);
        }
        if self.defect.is_some_and(is_of_code) {
            self.line = self.document.line();
        }
        self.document.text("tjenesteType", whole.code);
        let morning = i64::from(notice.day) * 86_400 + 25_200 + i64::from(whole.seconds);
        self.document.moment("hendelseRegTid", morning.min(now));
        if self.plants(Defect::BadDate) {
            self.document.text("hendelseDato", &format!("{}-02-30", self.order.year));
        } else if self.plants(Defect::EventYear) {
            self.document.text("hendelseDato", "2016-12-31");
        } else {
            self.document.date("hendelseDato", notice.day);
        }
        if notice.event == Event::Move || !service.number.is_multiple_of(3) {
            self.document.ascii("tjenesteOrgNr", service.provider.bytes());
        }
        if matches!(notice.event, Event::Pause | Event::Resume) {
            // A correction of a pause speaks of the same pause.
            let counted = matches!(service.phase, Phase::Paused) || notice.status != "N";
            let pause = service.pauses + u64::from(!counted);
            self.document.key("midlertidigStoppID", "S", service.number * 100 + pause % 100);
        }
        self.document.children();
        if self.defect != Some(Defect::UserMissing) {
            self.user(whole.person);
        }
        if self.plants(Defect::UsersTwo) {
            self.user(whole.person);
        }
        self.document.close(self.level + 1, name);
    }

    fn user(&mut self, person: &Person) {
        if self.defect.is_some_and(annual::is_of_identity) {
            self.line = self.document.line();
        }
        self.document.open(self.level + 2, "Bruker");
        self.document.guid("pasientGUID", person.patient);
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
        if self.plants(Defect::District) {
            self.document.code("bydel", annual::other(self.order), 1);
        } else if let Some(district) = person.district {
            self.document.code("bydel", &self.order.municipality, district);
        }
        self.document.empty();
    }
}

/// All that stands in one notification.
pub(super) struct Whole<'a> {
    pub(super) notice: &'a Notice,
    pub(super) service: &'a Service,
    pub(super) person: &'a Person,
    pub(super) code: &'static str,
    /// Second of the day on which it was registered, from seven o'clock.
    pub(super) seconds: u32,
}

/// A notification's place in the sequence.
pub(super) struct Link {
    pub(super) own: Guid,
    pub(super) previous: Guid,
    pub(super) number: u64,
    pub(super) now: i64,
}

fn is_of_code(defect: Defect) -> bool {
    matches!(defect, Defect::ExpiredService | Defect::Phase | Defect::UnknownService)
}
