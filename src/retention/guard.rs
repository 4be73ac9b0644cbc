//! Whether a sweep may run at all: a wrong clock must not empty a registry.
//!
//! A sweep that is refused leaves an alarm. It erases nothing under a doubted clock, and else only
//! what no guard may hold: what has come to its statutory limit. An operator who has looked
//! confirms, and the sweep runs. The guard can only hold erasure up, never hasten it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    audit::{
        AuditError,
        entry::{Entry, Event},
        log::Log,
    },
    audited,
    catalogue::{
        Catalogue, error::CatalogueError, ledger::Ledger, records::objects::ObjectState,
        transact_with, view::View,
    },
    retention::alarms::SWEEP,
    types::alarm::AlarmCode,
};

/// What the wall clock showed when it was last taken for right, and when that was by a clock that
/// nobody can set.
#[derive(Debug, Default)]
pub struct ClockWatch {
    right: Option<(Timestamp, Duration)>,
    before: Option<Timestamp>,
}

impl ClockWatch {
    /// For a process whose forerunner was at work at `before` for the last time. Nobody can tell a
    /// clock that leapt ahead from a machine that stood still for days, so an operator is asked.
    pub fn after(before: Option<Timestamp>) -> Self {
        Self { right: None, before }
    }

    /// Whether the wall clock has moved by more than a day against `monotonic`, the time since some
    /// fixed moment of this process (suspend included, or waking up looks like a jump). Before the
    /// first sweep it is held against `newest`, the time of the newest audit entry: it cannot be a
    /// day earlier than what has happened already; nor, for a process that says when its forerunner
    /// was at work ([`Self::after`]), a day later than that.
    pub fn has_jumped(
        &self,
        now: Timestamp,
        monotonic: Duration,
        newest: Option<Timestamp>,
    ) -> bool {
        let Some((then, since)) = self.right else {
            let behind = newest.is_some_and(|newest| newest.duration_since(now) > DAY);
            return behind || self.before.is_some_and(|then| now.duration_since(then) > DAY);
        };
        let passed = SignedDuration::try_from(monotonic.saturating_sub(since));
        let moved = now.duration_since(then).checked_sub(passed.unwrap_or(SignedDuration::MAX));
        moved.is_none_or(|moved| moved.abs() > DAY)
    }

    /// A sweep has run. From the first one on the clock is held against what it showed then, so
    /// that several leaps of less than a day are seen as what they come to.
    pub fn swept(&mut self, now: Timestamp, monotonic: Duration) {
        self.right.get_or_insert((now, monotonic));
    }

    /// Takes the clock as it is now for right: somebody has looked.
    pub fn trust(&mut self, now: Timestamp, monotonic: Duration) {
        self.right = Some((now, monotonic));
    }
}

/// The latest time among the newest entries of the log, as far back as an operator's word that the
/// clock is right. `None` for an empty log.
pub fn newest_time(log: &Log) -> Result<Option<Timestamp>, AuditError> {
    let mut newest = None;
    for entry in newest_first(log)? {
        newest = newest.max(Some(entry.time));
        if is_confirmation(&entry) {
            break;
        }
    }
    Ok(newest)
}

/// What the clock showed when an operator last confirmed it, if that is among the newest entries.
pub fn confirmed_at(log: &Log) -> Result<Option<Timestamp>, AuditError> {
    Ok(newest_first(log)?.iter().find(|entry| is_confirmation(entry)).map(|entry| entry.time))
}

/// Whether no leap lies between the two.
pub fn is_within_a_day(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() <= DAY
}

fn is_confirmation(entry: &Entry) -> bool {
    entry.event == Event::Decided && entry.rule.as_deref() == Some(AlarmCode::ClockJump.as_str())
}

/// The newest entries, without those of a later version: they are none that this one can judge by.
fn newest_first(log: &Log) -> Result<Vec<Entry>, AuditError> {
    let size = log.size();
    let count = size.min(LOOKED_BACK);
    let entries = log.entries(size - count, usize::try_from(count).unwrap_or(0))?;
    Ok(entries.iter().rev().filter_map(|bytes| Entry::parse(bytes)).collect())
}

/// Whether enrolment records were erased among the newest entries of the log.
pub fn erased_enrolments_lately(log: &Log) -> Result<bool, AuditError> {
    Ok(newest_first(log)?.iter().any(|entry| entry.event == Event::EnrolmentErased))
}

/// How large a sweep may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MostAtOnce {
    /// Hundredths of a per cent of all objects that are there.
    pub basis_points: u16,
}

impl MostAtOnce {
    /// How many objects out of `there` one sweep may erase unconfirmed: the share, but never less
    /// than a handful, and never more than a sweep that went wrong could be repaired from.
    pub fn of(self, there: u64) -> u64 {
        let share = u128::from(there) * u128::from(self.basis_points) / 10_000;
        u64::try_from(share).unwrap_or(u64::MAX).clamp(HANDFUL, LARGEST)
    }
}

/// Why a sweep did not do all of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The clock has moved by more than a day, now or at an earlier sweep.
    #[error(
        "the clock has moved by more than a day, so nothing was erased; check the clock, then \
         confirm with `filsluse retention run`"
    )]
    ClockJump,
    /// Too much at once.
    #[error(
        "more than {most} of {there} objects would be erased at once, so none was that may wait; \
         look at `filsluse retention plan`, then confirm with `filsluse retention run`"
    )]
    TooLarge {
        /// How many one sweep may erase.
        most: u64,
        /// How many objects there are.
        there: u64,
    },
}

/// Decides whether a sweep may run, and keeps the alarms that say so.
pub(super) fn admit(
    catalogue: &mut dyn Catalogue,
    now: Timestamp,
    clock_jumped: bool,
    confirmed: bool,
    most: MostAtOnce,
) -> Result<Option<Refusal>, CatalogueError> {
    transact_with(catalogue, |ledger| {
        let alarms = ledger.alarms()?;
        let stands = alarms.iter().any(|alarm| alarm.is(AlarmCode::ClockJump));
        if clock_jumped || stands {
            if !confirmed {
                audited::raise(ledger, now, AlarmCode::ClockJump, SWEEP, None)?;
                return Ok(Some(Refusal::ClockJump));
            }
            trust_clock(ledger, now)?;
        }
        let refusal = if confirmed { None } else { too_large(&*ledger, now, most)? };
        match refusal {
            Some(_) => audited::raise(ledger, now, AlarmCode::SweepTooLarge, SWEEP, None)?,
            None => audited::clear(ledger, now, AlarmCode::SweepTooLarge, SWEEP)?,
        }
        Ok(refusal)
    })
}

/// Puts the operator's word on record: from here on the clock is held against this entry.
fn trust_clock(ledger: &mut dyn Ledger, now: Timestamp) -> Result<(), CatalogueError> {
    audited::clear(ledger, now, AlarmCode::ClockJump, SWEEP)?;
    audited::record(ledger, now, Event::Decided, |entry| entry.rule(AlarmCode::ClockJump.as_str()))
        .map(drop)
}

fn too_large(
    view: &dyn View,
    now: Timestamp,
    most: MostAtOnce,
) -> Result<Option<Refusal>, CatalogueError> {
    let counts = view.object_counts()?;
    let present = counts.iter().filter(|count| count.state != ObjectState::Erased);
    let there = present.map(|count| count.objects).sum();
    let most = most.of(there);
    // What has come to its limit goes in any case, and asks nobody: a year's releases all have the
    // same, and are many. One more than is allowed tells as much as all of them.
    let asked = u32::try_from(most).unwrap_or(u32::MAX).saturating_add(1);
    let exceeds = view.count_due_within_limit(now, asked)? > most;
    Ok(exceeds.then_some(Refusal::TooLarge { most, there }))
}

/// More than clock changes and leap seconds, less than a retention period.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// So many may always go: a share of very few is less than one.
const HANDFUL: u64 = 20;

/// More than that could not be had back from the senders.
const LARGEST: u64 = 50_000;

/// Entries of the log that are looked at; one bundle of it.
const LOOKED_BACK: u64 = 256;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{ClockWatch, MostAtOnce};

    #[test]
    fn a_clock_that_moves_against_the_monotonic_one_has_jumped() {
        let hour = |n: i64| Timestamp::from_second(1_790_000_000 + n * 3600).unwrap();
        let passed = |n: u64| Duration::from_secs(n * 3600);
        // (wall clock at the second sweep, monotonic clock then, jumped), first sweep at 0 and 0.
        let cases = [
            ("an hour later", 1, 1, false),
            ("a month later", 720, 720, false),
            ("set right by an hour", 2, 1, false),
            ("a day ahead", 25, 1, false),
            ("more than a day ahead", 26, 1, true),
            ("a month ahead", 721, 1, true),
            ("a day back", -23, 1, false),
            ("more than a day back", -24, 1, true),
        ];
        for (name, wall, monotonic, want) in cases {
            let mut watch = ClockWatch::default();
            watch.trust(hour(0), passed(0));
            // Once it has swept, what the log says does not matter.
            let newest = Some(hour(9999));
            assert_eq!(watch.has_jumped(hour(wall), passed(monotonic), newest), want, "{name}");
        }
    }

    #[test]
    fn leaps_of_less_than_a_day_add_up() {
        let hour = |n: i64| Timestamp::from_second(1_790_000_000 + n * 3600).unwrap();
        let passed = |n: u64| Duration::from_secs(n * 3600);
        let mut watch = ClockWatch::default();
        watch.swept(hour(0), passed(0));
        assert!(!watch.has_jumped(hour(21), passed(1), None), "twenty hours ahead");
        watch.swept(hour(21), passed(1));
        assert!(watch.has_jumped(hour(42), passed(2), None), "and twenty more");
        watch.trust(hour(42), passed(2));
        assert!(!watch.has_jumped(hour(43), passed(3), None), "somebody has looked");
        assert!(!watch.has_jumped(hour(23), passed(3), None), "set back by twenty");
        assert!(!watch.has_jumped(hour(9043), passed(9003), None), "a year in which both went on");
    }

    #[test]
    fn the_first_sweep_is_held_against_the_log() {
        let hour = |n: i64| Timestamp::from_second(1_790_000_000 + n * 3600).unwrap();
        let watch = ClockWatch::default();
        for (newest, want) in [
            (None, false),
            (Some(hour(-9999)), false),
            (Some(hour(0)), false),
            (Some(hour(24)), false),
            (Some(hour(25)), true),
        ] {
            assert_eq!(watch.has_jumped(hour(0), Duration::ZERO, newest), want, "{newest:?}");
        }
    }

    #[test]
    fn a_daemon_is_held_against_its_forerunner_too() {
        let hour = |n: i64| Timestamp::from_second(1_790_000_000 + n * 3600).unwrap();
        for (before, want) in [
            (None, false),
            (Some(-24), false),
            (Some(-25), true),
            (Some(-9999), true),
            (Some(1), false),
        ] {
            let mut watch = ClockWatch::after(before.map(hour));
            assert_eq!(watch.has_jumped(hour(0), Duration::ZERO, None), want, "{before:?}");
            watch.trust(hour(0), Duration::ZERO);
            assert!(!watch.has_jumped(hour(1), Duration::from_hours(1), None), "once is enough");
        }
    }

    #[test]
    fn how_many_may_go_at_once() {
        let twenty = MostAtOnce { basis_points: 2000 };
        for (there, want) in [(0, 20), (50, 20), (100, 20), (105, 21), (1000, 200)] {
            assert_eq!(twenty.of(there), want, "of {there}");
        }
        assert_eq!(twenty.of(u64::MAX), 50_000);
        assert_eq!(MostAtOnce { basis_points: 0 }.of(1_000_000), 20);
    }
}
