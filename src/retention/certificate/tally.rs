//! Counts erasures among the entries of the audit log, in their order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    audit::entry::{Entry, Event},
    types::{
        digest::Sha256,
        header_key::HeaderKey,
        ids::{KindId, Part, RegistryId},
    },
};

/// What a certificate is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// This registry alone.
    pub registry: Option<RegistryId>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to and with this day.
    pub to: Option<Date>,
    /// Releases of this operating year alone.
    pub operating_year: Option<i16>,
}

/// What was erased so far, as far as a certificate is about it.
#[derive(Debug)]
pub struct Tally {
    scope: Scope,
    from: Timestamp,
    /// The first instant that does not count any more.
    until: Timestamp,
    lines: BTreeMap<Group, Line>,
    keys: Vec<DestroyedKey>,
    known_keys: BTreeSet<(RegistryId, HeaderKey, Option<[u8; 32]>)>,
    following: BTreeMap<RegistryId, Following>,
    counted: Option<(u64, u64)>,
}

/// Which keys follow what was counted last in a registry.
#[derive(Debug, Default)]
struct Following {
    /// Whether none has followed yet.
    is_awaited: bool,
    /// When the last one did: the others of that sweep bear the same time.
    with: Option<Timestamp>,
}

type Group = (RegistryId, Thing, Option<KindId>, String);

/// What kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// A person's enrolment record in the catalogue.
    Enrolment,
    /// An object in a store, by its part of the submission.
    Object(Part),
}

/// Erasures of one kind of thing in one registry under one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The registry.
    pub registry: RegistryId,
    /// What.
    pub thing: Thing,
    /// Of which kind of submission, where the log says so.
    pub kind: Option<KindId>,
    /// The rule.
    pub rule: String,
    /// How many.
    pub number: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// When the first of them went.
    pub first: Timestamp,
    /// When the last of them went.
    pub last: Timestamp,
    /// How many went more than a day after their deadline.
    pub late: u64,
}

/// A key that sealed headers and is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestroyedKey {
    /// Whose headers.
    pub registry: RegistryId,
    /// Its name.
    pub key: HeaderKey,
    /// When it was destroyed.
    pub at: Timestamp,
    /// The digest that it was known by.
    pub digest: Option<Sha256>,
}

impl Tally {
    /// Nothing yet. `zone`: where the scope's days are counted.
    pub fn new(scope: &Scope, zone: &TimeZone) -> Self {
        let start = |day: Date| day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        let after = |day: Date| day.checked_add(1.day()).ok().and_then(start);
        Self {
            scope: scope.clone(),
            from: scope.from.and_then(start).unwrap_or(Timestamp::MIN),
            until: scope.to.and_then(after).unwrap_or(Timestamp::MAX),
            lines: BTreeMap::new(),
            keys: Vec::new(),
            known_keys: BTreeSet::new(),
            following: BTreeMap::new(),
            counted: None,
        }
    }

    /// Looks at the next entry.
    pub fn add(&mut self, entry: &Entry) {
        let Some(registry) = entry.registry.clone() else { return };
        let other = self.scope.registry.as_ref().is_some_and(|only| *only != registry);
        if other || !(self.from..self.until).contains(&entry.time) {
            return;
        }
        let counts = match (entry.event, &entry.object) {
            (Event::ObjectErased, Some(object)) => {
                self.is_of_the_year(entry)
                    && self.count(entry, registry, Thing::Object(object.part), 1)
            }
            (Event::EnrolmentErased, _) if self.scope.operating_year.is_none() => {
                let number = entry.counts.get("enrolments").copied().unwrap_or(0);
                self.count(entry, registry, Thing::Enrolment, number)
            }
            (Event::MonthKeyDestroyed, _) => self.key(entry, registry),
            _ => false,
        };
        if counts {
            let first = self.counted.map_or(entry.seq, |(first, _)| first);
            self.counted = Some((first, entry.seq));
        }
    }

    /// What was erased, by registry, thing and rule.
    pub fn lines(&self) -> Vec<Line> {
        self.lines.values().cloned().collect()
    }

    /// The keys that were destroyed, in their order.
    pub fn keys(&self) -> &[DestroyedKey] {
        &self.keys
    }

    /// The first and the last entry that counts; `None` when nothing was erased.
    pub fn counted(&self) -> Option<(u64, u64)> {
        self.counted
    }

    fn is_of_the_year(&self, entry: &Entry) -> bool {
        let Some(wanted) = self.scope.operating_year else { return true };
        entry
            .counts
            .get(OPERATING_YEAR)
            .is_some_and(|year| i64::try_from(*year) == Ok(wanted.into()))
    }

    fn count(&mut self, entry: &Entry, registry: RegistryId, thing: Thing, number: u64) -> bool {
        let late = entry.due.is_some_and(|due| entry.time.duration_since(due) > DAY);
        let rule = entry.rule.as_deref().unwrap_or_default().to_owned();
        let group = (registry.clone(), thing, entry.kind.clone(), rule.clone());
        self.following.entry(registry.clone()).or_default().is_awaited = true;
        let line = self.lines.entry(group).or_insert_with(|| Line {
            registry,
            thing,
            kind: entry.kind.clone(),
            rule,
            number: 0,
            bytes: 0,
            first: entry.time,
            last: entry.time,
            late: 0,
        });
        line.number += number;
        line.bytes += entry.counts.get("bytes").copied().unwrap_or(0);
        line.first = line.first.min(entry.time);
        line.last = line.last.max(entry.time);
        line.late += if late { number } else { 0 };
        true
    }

    /// A certificate of a year tells of the keys that went with the year's own erasures: those of
    /// the same sweep, or of the next where a crash came between.
    fn key(&mut self, entry: &Entry, registry: RegistryId) -> bool {
        let Some(key) = entry.header_key else { return false };
        if self.scope.operating_year.is_some() {
            let Some(following) = self.following.get_mut(&registry) else { return false };
            if following.is_awaited {
                (following.is_awaited, following.with) = (false, Some(entry.time));
            } else if following.with != Some(entry.time) {
                return false;
            }
        }
        let digest = entry.detail_sha256;
        if !self.known_keys.insert((registry.clone(), key, digest.map(|digest| digest.0))) {
            return false;
        }
        self.keys.push(DestroyedKey { registry, key, at: entry.time, digest });
        true
    }
}

/// What an entry calls the operating year of a release that was erased.
pub(in crate::retention) const OPERATING_YEAR: &str = "operating-year";

const DAY: SignedDuration = SignedDuration::from_hours(24);
