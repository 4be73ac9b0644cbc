//! What becomes of a notification that is complete.
//!
//! What its fate depends on beyond the message is looked up in the history as they stood when
//! reading began: whether its GUID was sent before, and whether what it refers to was. A reference
//! that is not known then may be to a file that waits for its turn just before this one; such a
//! notification is held back, and [`conclude`](crate::kinds::kpr::event::conclude) decides.

use std::io;

use crate::{
    kinds::{
        kpr::{
            event::{
                conclude::Held,
                sequence::{self, Link},
            },
            hints,
            output::{self, About},
            schema::Cost,
            state::{Known, NotificationStatus},
            walk::Walker,
        },
        refused::Refused,
    },
    types::{guid::Guid, rules::kpr as rules},
};

use super::{Message, Said};

impl Message<'_> {
    /// A notification is complete.
    pub(super) fn notified(&mut self) -> Result<(), Refused> {
        if self.said.events == 0 {
            self.judge.strike(&rules::KPR_05, &hints::EVENT_MISSING)?;
        }
        self.judge.check_repeated(&self.record, self.said.who.as_ref())?;
        let Said { status, number, reference, year, .. } = self.said;
        let Some((guid, previous)) = self.said.guid.zip(self.said.previous) else {
            // Struck for it already. It came all the same, so the next one follows it.
            self.sequence.pass_over(number, self.said.guid);
            self.judge.end();
            return Ok(());
        };
        if !self.judge.struck
            && let Some(same) = self.sent_before(&guid)?
        {
            let (cost, hint) = if same {
                (Cost::Told, &hints::DUPLICATE_SAME)
            } else {
                (Cost::Record, &hints::DUPLICATE_DIFFERS)
            };
            let place = self.judge.place;
            self.judge.breach(cost, &rules::KPR_06, hint, place, Some("notifikasjonGUID"))?;
            if same {
                self.sequence.repeat(Link { number, guid, previous });
                self.judge.tally.repeated += 1;
                self.judge.end();
                return Ok(());
            }
        }
        self.follow(Link { number, guid, previous })?;
        let resolved = self.resolve(status, reference)?;
        self.judge.note_dropped(&self.record, year.unwrap_or(0))?;
        if !self.judge.end() {
            return Ok(());
        }
        let (Some(status), Some(year)) = (status, year) else { return Ok(()) };
        let content = self.record.content(&mut self.turned).as_bytes();
        let known = Known { status, digest: self.marks.of(content) };
        if self.notifications.insert(guid, known).is_err() {
            return Err(self.refuse(self.judge.place, &hints::NOTIFICATIONS_TOO_MANY));
        }
        self.notifications.ease(&mut *self.sinks)?;
        self.judge.tally.years.insert(year);
        self.tell_event(status)?;
        match (resolved, reference) {
            (Resolved::Later, Some(reference)) => self.hold(guid, reference, year),
            _ => self.write(year)?,
        }
        Ok(())
    }

    /// Whether this GUID was sent before, and if so, whether with the same content.
    fn sent_before(&mut self, guid: &Guid) -> Result<Option<bool>, Refused> {
        let past = self.judge.context.past;
        let known = match self.notifications.find(guid)? {
            Some(known) => Some(known),
            None => match past {
                Some(past) => match past.notification(guid)? {
                    Some(known) if !past.is_lost(guid)? => Some(known),
                    _ => past.beside(guid),
                },
                None => None,
            },
        };
        let Some(known) = known else { return Ok(None) };
        let content = self.record.content(&mut self.turned).as_bytes();
        let is_same = self.marks.is_of(content, known.digest);
        // What was marked before attributes were put in order was marked as it stood.
        let stood = self.record.text().as_bytes();
        Ok(Some(is_same || self.marks.is_of(stood, known.digest)))
    }

    fn tell_event(&mut self, status: NotificationStatus) -> Result<(), io::Error> {
        match self.said.event.filter(|_| status == NotificationStatus::Original) {
            Some(Guid(key)) => {
                let (record, place) = (self.judge.tally.records, self.judge.place);
                self.events_told.seen(key, record, place, &mut *self.sinks)
            }
            None => Ok(()),
        }
    }

    fn follow(&mut self, link: Link) -> Result<(), Refused> {
        let (record, place) = (self.judge.tally.records, self.judge.place);
        match self.sequence.step(link, record, place) {
            Some(hint) => {
                let field = Some(sequence::field_of(hint));
                self.judge.breach(Cost::Told, &rules::KPR_06, hint, place, field)
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
                (Cost::Field, &hints::REFERENCE_ZERO)
            }
            // Whether it is an original or corrects another, only the sender knows.
            (Some(NotificationStatus::Original), Some(_)) => {
                (Cost::Record, &hints::REFERENCE_UNWANTED)
            }
            (Some(NotificationStatus::Original) | None, _) => return Ok(Resolved::Now),
            (Some(_), None) => (Cost::Record, &hints::REFERENCE_MISSING),
            (Some(_), Some(reference)) => {
                let past = self.judge.context.past;
                let known = match self.notifications.find(&reference)? {
                    Some(known) => Some(known),
                    None => past.map(|past| past.notification(&reference)).transpose()?.flatten(),
                };
                match known {
                    Some(Known { status: NotificationStatus::Original, .. }) => {
                        return Ok(Resolved::Now);
                    }
                    None if self.held_beside + self.held_bytes < MOST_HELD => {
                        return Ok(Resolved::Later);
                    }
                    _ => (Cost::Record, &hints::REFERENCE_UNKNOWN),
                }
            }
        };
        let place = self.judge.place;
        self.judge.breach(cost, &rules::KPR_06, hint, place, Some("notifikasjonRef"))?;
        Ok(Resolved::Now)
    }

    fn write(&mut self, year: i16) -> Result<(), io::Error> {
        for (writer, target) in self.writers.iter_mut().zip(self.judge.context.targets) {
            let not_decided = target.not_decided_in(year);
            writer.write(&self.record, About { who: self.said.who.as_ref(), year, not_decided });
            writer.flush_full(&mut *self.sinks)?;
        }
        Ok(())
    }

    fn hold(&mut self, guid: Guid, reference: Guid, year: i16) {
        let rendered: Vec<_> = self
            .writers
            .iter_mut()
            .zip(self.judge.context.targets)
            .map(|(writer, target)| {
                let not_decided = target.not_decided_in(year);
                writer.hold(&self.record, About { who: self.said.who.as_ref(), year, not_decided })
            })
            .collect();
        self.held_bytes += rendered.iter().map(output::Rendered::bytes).sum::<usize>();
        let (record, place) = (self.judge.tally.records, self.judge.place);
        self.held.push(Held { guid, reference, known: None, record, place, rendered });
    }
}

/// When it is known whether a reference holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resolved {
    Later,
    Now,
}

/// Bytes of notifications that wait for the history, of all documents of an archive together;
/// beyond it an unknown reference is unknown.
const MOST_HELD: usize = 4 << 20;
