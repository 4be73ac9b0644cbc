//! The history of all kinds, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use filsluse::{
    kinds::{
        History,
        embassy::state::{Enrolled, EnrolmentHistory, Last, Told, What},
        judgement::Effect,
        kpr::state::{Chain, Change, Former, Known, ReportHistory, Reported},
        npr::state::ReleaseHistory,
        police::state::{self as police, Exchange, ExchangeHistory, Form, Reply},
    },
    types::{
        guid::Guid,
        ids::{RegistryId, SubmissionId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};
use jiff::{Timestamp, civil::Date};

/// What earlier documents left.
#[derive(Default, Clone)]
pub struct Memory {
    pub enrolments: Enrolments,
    pub reports: Reports,
    pub exchanges: Exchanges,
    pub releases: Releases,
}

impl Memory {
    /// Does what a conclusion asks for. Decisions that wait, and deadlines, are nobody's history.
    pub fn apply(&mut self, effects: &[Effect]) {
        self.enrolments.apply(effects);
        self.reports.concluded += 1;
        for effect in effects {
            match effect {
                Effect::Report(change) => self.reports.apply(change),
                Effect::Police(police::Change::Shared(exchange)) => self.exchanges.share(exchange),
                Effect::Police(police::Change::Answered(reply)) => self.exchanges.answer(reply),
                Effect::Enrolment(_)
                | Effect::Hold(_)
                | Effect::ListSeen { .. }
                | Effect::Released { .. } => {}
            }
        }
    }
}

impl History for Memory {
    fn enrolments(&mut self) -> &mut dyn EnrolmentHistory {
        &mut self.enrolments
    }

    fn reports(&mut self) -> &mut dyn ReportHistory {
        &mut self.reports
    }

    fn exchanges(&mut self) -> &mut dyn ExchangeHistory {
        &mut self.exchanges
    }

    fn releases(&mut self) -> &mut dyn ReleaseHistory {
        &mut self.releases
    }
}

/// Enrolments, by mission and person.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Enrolments {
    enrolled: BTreeMap<(String, Pseudonym), Enrolled>,
    /// The newest complete list of each mission.
    newest: BTreeMap<String, Date>,
    told: BTreeMap<(String, Pseudonym), (Last, Option<Date>)>,
}

impl Enrolments {
    /// Does what a conclusion asks for; a change of somebody who is not enrolled is a fault.
    pub fn apply(&mut self, effects: &[Effect]) {
        let list_date = effects.iter().find_map(|effect| match effect {
            Effect::ListSeen { date, .. } => Some(*date),
            _ => None,
        });
        for effect in effects {
            if let Effect::ListSeen { mission, date, complete: true } = effect {
                let newest = self.newest.entry(mission.clone()).or_insert(*date);
                *newest = (*newest).max(*date);
            }
            let Effect::Enrolment(change) = effect else { continue };
            let key = (change.mission.clone(), change.person);
            let told = match &change.what {
                What::Review => None,
                What::Enrol { .. } | What::Change(_) | What::Confirm => {
                    Some((Last::Enrolled, list_date))
                }
                What::Withdraw { on, .. } if list_date.is_none() => {
                    Some((Last::Departed, Some(*on)))
                }
                What::Withdraw { .. } => Some((Last::Withdrawn, list_date)),
            };
            if let Some(told) = told {
                self.told.insert(key.clone(), told);
            }
            let before = self.enrolled.remove(&key);
            match &change.what {
                What::Enrol { enrolled, .. } => {
                    assert!(before.is_none(), "enrolled twice");
                    self.enrolled.insert(key, enrolled.clone());
                }
                What::Change(enrolled) => {
                    assert!(before.is_some(), "changed though not enrolled");
                    self.enrolled.insert(key, enrolled.clone());
                }
                What::Confirm => {
                    self.enrolled.insert(key, before.expect("confirmed though not enrolled"));
                }
                // Somebody who moves too may be gone by then.
                What::Review => {
                    before.map(|before| self.enrolled.insert(key, before));
                }
                What::Withdraw { .. } => assert!(before.is_some(), "withdrawn though not enrolled"),
            }
        }
    }
}

impl EnrolmentHistory for Enrolments {
    fn of_mission(&self, mission: &str) -> io::Result<BTreeMap<Pseudonym, Enrolled>> {
        let of = self.enrolled.iter().filter(|((code, _), _)| code == mission);
        Ok(of.map(|((_, person), enrolled)| (*person, enrolled.clone())).collect())
    }

    fn missions(&self) -> io::Result<Vec<String>> {
        let missions: BTreeSet<_> =
            self.enrolled.keys().map(|(mission, _)| mission.clone()).collect();
        Ok(missions.into_iter().collect())
    }

    fn missions_of(&self, person: &Pseudonym) -> io::Result<Vec<String>> {
        let of = self.enrolled.keys().filter(|(_, other)| other == person);
        Ok(of.map(|(mission, _)| mission.clone()).collect())
    }

    fn told_of(&self, person: &Pseudonym) -> io::Result<Vec<Told>> {
        let of = self.told.iter().filter(|((_, other), _)| other == person);
        let told = |((mission, _), (last, on)): (&(String, _), &(Last, _))| Told {
            mission: mission.clone(),
            last: *last,
            on: *on,
        };
        Ok(of.map(told).collect())
    }

    fn newest_complete(&self, mission: &str) -> io::Result<Option<Date>> {
        Ok(self.newest.get(mission).copied())
    }
}

/// What a municipality has reported.
#[derive(Default, Clone)]
pub struct Reports {
    pub concluded: u64,
    pub chains: BTreeMap<MunicipalityNumber, Chain>,
    pub notifications: BTreeMap<Guid, Known>,
    pub annual: BTreeMap<(MunicipalityNumber, i16), SubmissionId>,
    /// With the epoch of the key that they are told apart by.
    pub persons: BTreeMap<(RegistryId, i16), (u32, Vec<u64>)>,
}

impl Reports {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Chain { municipality, chain } => {
                self.chains.insert(*municipality, *chain);
            }
            Change::Gap { .. } => {}
            Change::Notifications(taken) => {
                taken
                    .walk(&mut |guid, known| {
                        self.notifications.insert(guid, known);
                        Ok(())
                    })
                    .unwrap();
            }
            Change::Annual { municipality, year, .. } => {
                let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [7; 10]);
                self.annual.insert((*municipality, *year), id);
            }
            Change::Persons { year, persons } => {
                let key = (persons.registry.clone(), *year);
                self.persons.insert(key, (persons.epoch, listed(persons)));
            }
        }
    }
}

impl ReportHistory for Reports {
    fn chain(&self, municipality: MunicipalityNumber) -> io::Result<Option<Chain>> {
        Ok(self.chains.get(&municipality).copied())
    }

    fn concluded(&self) -> io::Result<u64> {
        Ok(self.concluded)
    }

    fn notification(&self, guid: &Guid) -> io::Result<Option<Known>> {
        Ok(self.notifications.get(guid).copied())
    }

    fn annual(&self, number: MunicipalityNumber, year: i16) -> io::Result<Vec<Former>> {
        Ok(self.annual.get(&(number, year)).copied().map(Former::Earlier).into_iter().collect())
    }

    fn linked(&self, persons: &Reported, before: i16) -> io::Result<u64> {
        let known = |person: &&u64| {
            self.persons.iter().any(|((registry, year), (epoch, known))| {
                *registry == persons.registry
                    && *epoch == persons.epoch
                    && *year < before
                    && known.contains(person)
            })
        };
        Ok(listed(persons).iter().filter(known).count() as u64)
    }
}

/// Them as numbers, in order and each once.
fn listed(persons: &Reported) -> Vec<u64> {
    let mut list = Vec::new();
    let mut take = |person: &[u8; 8]| {
        list.push(u64::from_be_bytes(*person));
        Ok(())
    };
    persons.persons.walk(&mut take).unwrap();
    assert!(list.is_sorted_by(|a, b| a < b));
    list
}

/// The exchange with the police.
#[derive(Default, Clone)]
pub struct Exchanges {
    pub shared: BTreeMap<Guid, police::Known>,
    replies: BTreeMap<Guid, SubmissionId>,
}

impl Exchanges {
    fn share(&mut self, exchange: &Exchange) {
        let Exchange { id, form, district, .. } = exchange.clone();
        let open = form == Form::Inquiry;
        let before = self.shared.insert(id, police::Known { form, district, open });
        assert!(before.is_none(), "shared twice under one id");
    }

    fn answer(&mut self, reply: &Reply) {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        assert!(self.replies.insert(reply.id, submission).is_none(), "answered twice by one id");
    }
}

impl ExchangeHistory for Exchanges {
    fn exchange(&self, id: &Guid) -> io::Result<Option<police::Known>> {
        Ok(self.shared.get(id).cloned())
    }

    fn reply(&self, id: &Guid) -> io::Result<Option<SubmissionId>> {
        Ok(self.replies.get(id).copied())
    }
}

/// Operating years whose task is done.
#[derive(Default, Clone)]
pub struct Releases {
    pub done: BTreeSet<i16>,
}

impl ReleaseHistory for Releases {
    fn task_done(&self, _: &RegistryId, operating_year: i16) -> io::Result<bool> {
        Ok(self.done.contains(&operating_year))
    }
}
