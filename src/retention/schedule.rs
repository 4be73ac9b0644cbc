//! Calendar arithmetic for deadlines: pure, in the installation's time zone.
//!
//! A deadline is counted in whole local days, as domstolloven § 148 counts (which forvaltningsloven
//! § 30 takes over): the day of the event is not counted, the last day is; months and years end on
//! the day of the same number, or on the month's last day. The thing must be gone when that last
//! day has ended, so `due_at` is the first instant of the day after it: a sweep before that erases
//! nothing, the first sweep at or after it does. § 149, which moves a deadline off holidays, is for
//! people who have to act; erasure runs on holidays too. A period of nothing means at once.

use jiff::{
    Timestamp,
    civil::{Date, date},
    tz::TimeZone,
};

use crate::{
    retention::profile::{
        ConfigurationError, ConfiguredPeriod, Erasable, Outcome, Profile, Rule, Start,
        check_configuration, erased_after,
    },
    types::period::{Period, PeriodError},
};

/// When the events happened that start clocks; `None` for what has not happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventTimes {
    /// The last list that confirmed the enrolment was received.
    pub confirmed: Option<Timestamp>,
    /// The clinician decided.
    pub decided: Option<Timestamp>,
    /// The operating year that the data are about.
    pub operating_year: Option<i16>,
    /// The submission was processed.
    pub processed: Option<Timestamp>,
    /// The submission was received.
    pub received: Option<Timestamp>,
    /// A later submission replaced it.
    pub superseded: Option<Timestamp>,
    /// The task is done.
    pub task_done: Option<Timestamp>,
    /// The registry had the withdrawal.
    pub withdrawal_delivered: Option<Timestamp>,
}

/// When something must happen, and which rule says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// From this instant on.
    pub at: Timestamp,
    /// The rule.
    pub rule: Rule,
}

/// A registry's clocks: its legal profile with the periods that are configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    profile: &'static Profile,
    rules: Vec<Rule>,
}

impl Schedule {
    /// The profile's clocks, with configured periods in place of the shipped ones.
    ///
    /// # Errors
    /// When a configured period passes a statutory limit, or starts at an event that the profile
    /// does not know.
    pub fn new(
        profile: &'static Profile,
        configured: &[ConfiguredPeriod],
    ) -> Result<Self, ConfigurationError> {
        let mut rules = profile.rules.to_vec();
        for change in configured {
            check_configuration(profile, change)?;
            for rule in &mut rules {
                if rule.outcome == Outcome::Erase && rule.from == change.from {
                    rule.after = change.after;
                }
            }
        }
        Ok(Self { profile, rules })
    }

    /// The same, with another period after which an operator is told of an object.
    #[must_use]
    pub fn escalating(mut self, after: Period) -> Self {
        let told = |rule: &&mut Rule| {
            rule.outcome == Outcome::Escalate && rule.subject == Erasable::Object
        };
        self.rules.iter_mut().filter(told).for_each(|rule| rule.after = after);
        self
    }

    /// The legal profile.
    pub fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// The rules as they are in force.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How long after an event something is erased; `None` where no such clock runs here.
    pub fn erased_after(&self, from: Start) -> Option<Period> {
        erased_after(&self.rules, from)
    }

    /// When it must be erased: the earliest of the clocks that run. `None` while none runs.
    ///
    /// # Errors
    /// [`PeriodError::Range`] past the year 9999.
    pub fn erasure(
        &self,
        subject: Erasable,
        events: &EventTimes,
        zone: &TimeZone,
    ) -> Result<Option<Deadline>, PeriodError> {
        self.earliest(subject, Outcome::Erase, events, zone)
    }

    /// When an operator must be told. `None` while no such clock runs.
    ///
    /// # Errors
    /// As [`Self::erasure`].
    pub fn escalation(
        &self,
        subject: Erasable,
        events: &EventTimes,
        zone: &TimeZone,
    ) -> Result<Option<Deadline>, PeriodError> {
        self.earliest(subject, Outcome::Escalate, events, zone)
    }

    /// The instant that no hold and no configuration can move an erasure past. `None` where no
    /// statute sets one, or its clock does not run yet.
    ///
    /// # Errors
    /// As [`Self::erasure`].
    pub fn statutory_limit(
        &self,
        events: &EventTimes,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, PeriodError> {
        self.profile.statutory_limit(events, zone)
    }

    fn earliest(
        &self,
        subject: Erasable,
        outcome: Outcome,
        events: &EventTimes,
        zone: &TimeZone,
    ) -> Result<Option<Deadline>, PeriodError> {
        let mut earliest: Option<Deadline> = None;
        let of_these = |rule: &&Rule| rule.subject == subject && rule.outcome == outcome;
        for rule in self.rules.iter().filter(of_these) {
            if let Some(at) = due(rule, events, zone)?
                && earliest.is_none_or(|known| at < known.at)
            {
                earliest = Some(Deadline { at, rule: *rule });
            }
        }
        Ok(earliest)
    }
}

impl Profile {
    /// The earliest statutory outer limit whose clock runs.
    ///
    /// # Errors
    /// [`PeriodError::Range`] past the year 9999.
    pub fn statutory_limit(
        &self,
        events: &EventTimes,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, PeriodError> {
        let mut earliest = None;
        for limit in self.limits {
            if let Some(at) = counted(limit.from, limit.after, events, zone)? {
                earliest = Some(earliest.map_or(at, |known: Timestamp| known.min(at)));
            }
        }
        Ok(earliest)
    }
}

/// The first instant at which a rule's last day has ended. `None` while its event has not happened.
///
/// # Errors
/// [`PeriodError::Range`] past the year 9999.
pub fn due(
    rule: &Rule,
    events: &EventTimes,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, PeriodError> {
    counted(rule.from, rule.after, events, zone)
}

fn counted(
    from: Start,
    after: Period,
    events: &EventTimes,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, PeriodError> {
    let happened = match from {
        Start::Confirmed => events.confirmed,
        Start::Decided => events.decided,
        Start::OperatingYearEnd => {
            let Some(year) = events.operating_year else { return Ok(None) };
            if !(1..=9999).contains(&year) {
                return Err(PeriodError::Range);
            }
            return end_of(after.after(date(year, 12, 31))?, zone).map(Some);
        }
        Start::Processed => events.processed,
        Start::Received => events.received,
        Start::Superseded => events.superseded,
        Start::TaskDone => events.task_done,
        Start::WithdrawalDelivered => events.withdrawal_delivered,
    };
    let Some(happened) = happened else { return Ok(None) };
    if after == Period::days(0) {
        return Ok(Some(happened));
    }
    let day = zone.to_datetime(happened).date();
    end_of(after.after(day)?, zone).map(Some)
}

/// The first instant of the next local day. Where clocks skip midnight, it is the first that is.
fn end_of(last: Date, zone: &TimeZone) -> Result<Timestamp, PeriodError> {
    let next = last.tomorrow().map_err(|_| PeriodError::Range)?;
    let first = next.to_zoned(zone.clone()).map_err(|_| PeriodError::Range)?;
    Ok(first.timestamp())
}
