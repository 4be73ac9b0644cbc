//! `retention plan`, `certificate`, `run`, `hold` and `release`.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request, asked,
        shapes::retention::{Hold, Planned, Swept},
    },
    cli::{
        args::registries::RetentionVerb,
        certificate,
        error::{CliError, FINDINGS},
        output::{self, GREEN, Output, RED, YELLOW, minute},
        station::Station,
        table::{Cell, Table},
    },
};

pub(super) fn run(file: &Path, out: Output, verb: &RetentionVerb) -> Result<u8, CliError> {
    if let RetentionVerb::Certificate(asked) = verb {
        return certificate::run(file, out, asked);
    }
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        RetentionVerb::Plan { at } => {
            // A deadline is the first instant after the last day.
            let until = at
                .map(|day| asked::end_of(day, zone))
                .transpose()
                .map_err(|error| CliError::doing("find the end of that day", error))?;
            if out.is_json() {
                let all = Request::RetentionPlan { until, limit: None };
                output::array(|line| station.rows(&all, line))?;
                return Ok(0);
            }
            // Nobody reads a million lines.
            let request = Request::RetentionPlan { until, limit: Some(SHOWN) };
            let rows: Vec<Planned> = station.ask(&request)?;
            out.list(&rows, "Nothing is due.", |rows| plan(rows, zone))?;
            if rows.len() as u64 >= u64::from(SHOWN) {
                output::word("There may be more; --json lists all, --at those up to a day.");
            }
        }
        // Answered above: to check one needs no installation.
        RetentionVerb::Certificate(_) => {}
        RetentionVerb::Run => {
            let rows: Vec<Swept> = station.ask(&Request::RetentionRun {})?;
            out.list(&rows, "Nothing is due.", |rows| swept(rows, zone))?;
            if rows.iter().any(|row| row.outcome != ERASED) {
                return Ok(FINDINGS);
            }
        }
        RetentionVerb::Hold { id, why } => {
            let request = Request::RetentionHold { id: id.clone(), why: why.clone() };
            held(&station, out, &request)?;
        }
        RetentionVerb::Release { id } => {
            held(&station, out, &Request::RetentionRelease { id: id.clone() })?;
        }
    }
    Ok(0)
}

fn held(station: &Station, out: Output, request: &Request) -> Result<(), CliError> {
    let hold: Hold = station.ask(request)?;
    let zone = &station.config.time_zone;
    out.result(&hold, |hold| {
        let object = &hold.object;
        match (hold.held, hold.until) {
            (true, Some(until)) => {
                let until = minute(until, zone);
                format!("{object} is held, until its statutory limit at {until} at the latest.\n")
            }
            (true, None) => format!("{object} is held until it is released.\n"),
            (false, Some(until)) => {
                format!("{object} is held no longer; it is erased at {}.\n", minute(until, zone))
            }
            (false, None) => format!("{object} is held no longer; no deadline runs for it.\n"),
        }
    })
}

fn plan(rows: &[Planned], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["gone by", "object", "rule", "statutory limit", ""]);
    for row in rows {
        table.row(vec![
            minute(row.due_at, zone).into(),
            row.object.as_str().into(),
            row.rule.as_str().into(),
            limit(row, zone),
            if row.held { Cell::styled("held", YELLOW) } else { "".into() },
        ]);
    }
    table
}

fn swept(rows: &[Swept], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["outcome", "object", "was due", "rule", "reason"]);
    for Swept { planned, outcome, reason } in rows {
        let style = if outcome == ERASED { GREEN } else { RED };
        table.row(vec![
            Cell::styled(outcome.as_str(), style),
            planned.object.as_str().into(),
            minute(planned.due_at, zone).into(),
            planned.rule.as_str().into(),
            reason.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

fn limit(row: &Planned, zone: &TimeZone) -> Cell {
    row.statutory_limit.map_or_else(|| "-".to_owned(), |at| minute(at, zone)).into()
}

/// The outcome of an erasure that was done.
const ERASED: &str = "erased";

/// Rows of a plan that people are shown: the nearest deadlines.
const SHOWN: u32 = 1000;
