//! The task that releases were given for is done: from then on nothing of its operating year may be
//! kept (NPR-05). An operator's word, and so no sweep asks for another.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{error::CatalogueError, ledger::Ledger, records::objects::TaskDone},
    retention::{
        profile::Erasable,
        schedule::{EventTimes, Schedule},
    },
    types::{ids::RegistryId, period::PeriodError},
};

/// Records that a task is done and lets everything of its year be due now, held or not. Gives how
/// many objects that are; what was due before stays due under its own rule.
///
/// # Errors
/// When the registry's law knows no task, or the year has not begun.
pub fn done(
    ledger: &mut dyn Ledger,
    schedule: &Schedule,
    zone: &TimeZone,
    task: &TaskDone,
) -> Result<u64, TaskError> {
    let now = task.done_at;
    if !(FIRST_YEAR..=zone.to_datetime(now).year()).contains(&task.operating_year) {
        return Err(TaskError::Year);
    }
    let events = EventTimes { task_done: Some(now), ..EventTimes::default() };
    let deadline = schedule.erasure(Erasable::Object, &events, zone)?.ok_or(TaskError::NoTask)?;
    let rule = deadline.rule.to_string();
    let objects = ledger.end_task(task, deadline.at, &rule)?;
    audited::record(ledger, now, Event::TaskDone, |entry| {
        let entry = entry.registry(task.registry.clone()).rule(NPR_05).due(deadline.at);
        entry.count("operating_year", year(task.operating_year)).count("objects", objects)
    })?;
    Ok(objects)
}

/// Lets a year be worked on again: later releases of it are taken. What is due stays due.
///
/// # Errors
/// When the task was not done.
pub fn reopen(
    ledger: &mut dyn Ledger,
    registry: &RegistryId,
    operating_year: i16,
    now: Timestamp,
) -> Result<(), TaskError> {
    if !ledger.reopen_task(registry, operating_year)? {
        return Err(TaskError::NotDone);
    }
    audited::record(ledger, now, Event::TaskReopened, |entry| {
        let entry = entry.registry(registry.clone()).rule(NPR_05);
        entry.count("operating_year", year(operating_year))
    })?;
    Ok(())
}

fn year(year: i16) -> u64 {
    u64::try_from(year).unwrap_or(0)
}

/// Why a task is not ended or reopened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The catalogue failed.
    #[error("cannot record that the task is done")]
    Catalogue(#[from] CatalogueError),
    /// The registry's law has no such clock.
    #[error("no task is awaited in this registry; name one that gets releases from NPR")]
    NoTask,
    /// The year is open.
    #[error("the task of that year is not done; `filsluse task list` shows those that are")]
    NotDone,
    /// A period cannot be reckoned.
    #[error("the registry's periods cannot be reckoned")]
    Period(#[from] PeriodError),
    /// No such operating year, or one that has not begun.
    #[error("the operating year is a year that has begun; write it with four digits")]
    Year,
}

const NPR_05: &str = "NPR-05";

/// Before it there was no register.
const FIRST_YEAR: i16 = 1990;
