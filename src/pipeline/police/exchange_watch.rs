//! Looks after the exchange with the police by the clock: requests that nobody answers in time
//! (POL-09), and replies that nobody decides on (POL-08).

use std::{collections::BTreeMap, io};

use jiff::Timestamp;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        self, error::CatalogueError, ledger::Ledger, records::police::PoliceReply, view::View,
    },
    pipeline::house::House,
    retention::{profile::Erasable, schedule::EventTimes},
    types::{
        alarm::AlarmCode,
        ids::{Part, SenderId},
    },
};

/// Raises the alarms that the state of the exchange calls for, and clears those it does not.
///
/// # Errors
/// When the catalogue fails.
pub fn watch(house: &House) -> io::Result<()> {
    let now = house.now();
    let mut catalogue = house.catalogue();
    let seen = catalogue::read_with(&mut **catalogue, |view| look(house, view, now))?;
    if seen.is_nothing_new() {
        return Ok(());
    }
    Ok(catalogue::transact_with(&mut **catalogue, |ledger| seen.settle(ledger, now))?)
}

/// What is so, and what is on record of it. By subject, with the words for the operator.
#[derive(Default)]
struct Seen {
    overdue: BTreeMap<String, String>,
    undecided: BTreeMap<String, String>,
    to_escalate: Vec<PoliceReply>,
    standing: Vec<(AlarmCode, String)>,
}

fn look(house: &House, view: &dyn View, now: Timestamp) -> io::Result<Seen> {
    let mut seen = Seen::default();
    for exchange in view.overdue_exchanges(house.day(now), SEEN_AT_ONCE)? {
        let words = whom_to_ask(house, &exchange.district);
        seen.overdue.insert(exchange.reference().to_string(), words);
    }
    for reply in view.undecided_replies(SEEN_AT_ONCE)? {
        if escalates_at(house, view, &reply)?.is_none_or(|at| at > now) {
            // Oldest first, but another registry may have another period.
            continue;
        }
        let exchange = view.exchange(&reply.exchange)?;
        let hospital = exchange.and_then(|exchange| exchange.hospital);
        let words = hospital.map_or_else(String::new, |id| whom_to_ask(house, &id));
        seen.undecided.insert(reply.submission.to_string(), words);
        if reply.escalated_at.is_none() {
            seen.to_escalate.push(reply);
        }
    }
    for alarm in view.alarms()? {
        let of_ours = [AlarmCode::PoliceOverdue, AlarmCode::PoliceUndecided];
        if let Some(code) = of_ours.into_iter().find(|code| alarm.is(*code)) {
            seen.standing.push((code, alarm.subject));
        }
    }
    Ok(seen)
}

/// When an operator is told of a reply; `None` where no rule says so.
fn escalates_at(
    house: &House,
    view: &dyn View,
    reply: &PoliceReply,
) -> io::Result<Option<Timestamp>> {
    let objects = view.objects_of(reply.submission)?;
    let Some(object) = objects.into_iter().find(|object| object.id.part == Part::Whole) else {
        return Ok(None);
    };
    let events = EventTimes { received: Some(reply.received_at), ..EventTimes::default() };
    let schedule = house.registries.schedule(&object.id.registry)?;
    let zone = &house.config.time_zone;
    let due = schedule.escalation(Erasable::Object, &events, zone).map_err(io::Error::other)?;
    Ok(due.map(|due| due.at))
}

/// Whom the operator writes to, from the configuration.
fn whom_to_ask(house: &House, sender: &SenderId) -> String {
    let contact = house.sender(sender).and_then(|sender| sender.contact.as_deref());
    contact.map_or_else(|| sender.to_string(), |contact| format!("{sender}, {contact}"))
}

impl Seen {
    fn is_nothing_new(&self) -> bool {
        let wanted = self.overdue.len() + self.undecided.len();
        self.to_escalate.is_empty()
            && self.standing.len() == wanted
            && self.standing.iter().all(|(code, subject)| self.wants(*code, subject))
    }

    fn wants(&self, code: AlarmCode, subject: &str) -> bool {
        let of_code = match code {
            AlarmCode::PoliceOverdue => &self.overdue,
            _ => &self.undecided,
        };
        of_code.contains_key(subject)
    }

    fn settle(self, ledger: &mut dyn Ledger, now: Timestamp) -> Result<(), CatalogueError> {
        for (code, subject) in &self.standing {
            if !self.wants(*code, subject) {
                audited::clear(ledger, now, *code, subject)?;
            }
        }
        for (subject, words) in &self.overdue {
            audited::raise(ledger, now, AlarmCode::PoliceOverdue, subject, Some(words))?;
        }
        for (subject, words) in &self.undecided {
            audited::raise(ledger, now, AlarmCode::PoliceUndecided, subject, Some(words))?;
        }
        for reply in self.to_escalate {
            audited::record(ledger, now, Event::Escalated, |entry| {
                entry.submission(reply.submission).rule("POL-08")
            })?;
            ledger.put_reply(&PoliceReply { escalated_at: Some(now), ..reply })?;
        }
        Ok(())
    }
}

/// Rows looked at for one alarm: with more than so many, it stands for those first.
const SEEN_AT_ONCE: u32 = 1000;
