//! `task done`, `list` and `reopen`: the task that releases were given for (NPR-05).

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request,
        shapes::retention::{Swept, TaskEnded, TaskRow},
    },
    cli::{
        args::registries::TaskVerb,
        error::{CliError, FINDINGS},
        output::{self, GREEN, Output, RED, count, minute},
        station::Station,
        table::{Cell, Table},
    },
};

pub(super) fn run(file: &Path, out: Output, verb: &TaskVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        TaskVerb::Done { registry, operating_year, by } => {
            let (registry, by) = (registry.clone(), by.clone());
            let request = Request::TaskDone { registry, operating_year: *operating_year, by };
            let ended: TaskEnded = station.ask(&request)?;
            out.result(&ended, |ended| done(ended, zone))?;
            if let Some(why) = &ended.stopped {
                output::word(why);
            }
            if ended.waiting > 0 {
                return Ok(FINDINGS);
            }
        }
        TaskVerb::List => {
            let rows: Vec<TaskRow> = station.ask(&Request::TaskList {})?;
            out.list(&rows, "No task is done.", |rows| list(rows, zone))?;
        }
        TaskVerb::Reopen { registry, operating_year, by } => {
            let (registry, by) = (registry.clone(), by.clone());
            let request = Request::TaskReopen { registry, operating_year: *operating_year, by };
            let row: TaskRow = station.ask(&request)?;
            out.result(&row, |row| {
                let TaskRow { registry, operating_year, .. } = row;
                format!(
                    "{registry} takes releases for {operating_year} again. What was erased is gone.\n"
                )
            })?;
        }
    }
    Ok(0)
}

fn done(ended: &TaskEnded, zone: &TimeZone) -> String {
    let TaskEnded { task, objects, erased, waiting, .. } = ended;
    let what = match objects {
        0 => "nothing was kept for it".to_owned(),
        objects => {
            format!(
                "{} of {} erased",
                count(erased.len() as u64 - failed(erased), "object", "objects"),
                objects
            )
        }
    };
    let mut text = format!(
        "The task of {} in {} is done since {}: {what}.\n",
        task.operating_year,
        task.registry,
        minute(task.done_at, zone),
    );
    if !erased.is_empty() {
        let mut table = Table::new(&["outcome", "object", "rule", "reason"]);
        for Swept { planned, outcome, reason } in erased {
            let style = if outcome == ERASED { GREEN } else { RED };
            table.row(vec![
                Cell::styled(outcome.as_str(), style),
                planned.object.as_str().into(),
                planned.rule.as_str().into(),
                reason.clone().unwrap_or_default().into(),
            ]);
        }
        text += &table.to_text();
    }
    if *waiting > 0 {
        text += &count(*waiting, "object is", "objects are");
        text += " still there; an alarm says why, and the next sweep tries again.\n";
    }
    text
}

fn failed(swept: &[Swept]) -> u64 {
    swept.iter().filter(|one| one.outcome != ERASED).count() as u64
}

fn list(rows: &[TaskRow], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["registry", "operating year", "done", "by"]);
    for row in rows {
        table.row(vec![
            row.registry.to_string().into(),
            Cell::number(u64::try_from(row.operating_year).unwrap_or(0)),
            minute(row.done_at, zone).into(),
            row.done_by.as_str().into(),
        ]);
    }
    table
}

/// The outcome of an erasure that was done.
const ERASED: &str = "erased";
