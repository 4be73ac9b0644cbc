//! `push list`, `now` and `drop`: what waits for registries' inboxes.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request,
        shapes::push::{Dropped, Hurried, Queued},
    },
    cli::{
        args::registries::PushVerb,
        error::CliError,
        output::{self, Output, count, minute},
        station::Station,
        table::{Cell, Table},
    },
};

pub(super) fn run(file: &Path, out: Output, verb: &PushVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        PushVerb::List { registry, limit } => {
            let limit = limit.or((!out.is_json()).then_some(USUAL));
            let request = Request::PushList { registry: registry.clone(), limit };
            let rows: Vec<Queued> = station.ask(&request)?;
            out.list(&rows, "Nothing waits for an inbox.", |rows| list(rows, zone))?;
        }
        PushVerb::Now { registry } => {
            let request = Request::PushNow { registry: registry.clone() };
            let rows: Vec<Hurried> = station.ask(&request)?;
            out.result(&rows, |rows| match rows.as_slice() {
                [] => "No inbox is in use.\n".to_owned(),
                rows => output::lines(rows.iter().map(hurried)),
            })?;
        }
        PushVerb::Drop { id, inbox } => {
            let request = Request::PushDrop { object: id.clone(), url: inbox.clone() };
            let dropped: Dropped = station.ask(&request)?;
            out.result(&dropped, |dropped| {
                format!(
                    "Not delivered any more to:\n{}It is erased by its deadline as before; \
                     `filsluse object get` still hands it out.\n",
                    output::lines(&dropped.urls)
                )
            })?;
        }
    }
    Ok(0)
}

fn hurried(row: &Hurried) -> String {
    let objects = count(row.objects, "object that was put off", "objects that were put off");
    format!("{} {}: {objects}, tried at once", row.registry, row.url)
}

fn list(rows: &[Queued], zone: &TimeZone) -> Table {
    let mut table =
        Table::new(&["waits since", "object", "inbox", "attempts", "last error", "next"]);
    for row in rows {
        table.row(vec![
            minute(row.queued_at, zone).into(),
            row.object.to_string().into(),
            row.url.as_str().into(),
            Cell::number(row.attempts),
            row.last_error.map_or("-", |trouble| trouble.as_str()).into(),
            minute(row.next_at, zone).into(),
        ]);
    }
    table
}

const USUAL: u32 = 100;
