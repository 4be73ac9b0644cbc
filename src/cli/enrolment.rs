//! `enrolment list`, `pending`, `approve` and `refuse`. Persons are pseudonyms.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request,
        shapes::enrolment::{Decided, Enrolment, Pending},
    },
    cli::{
        args::registries::EnrolmentVerb,
        error::CliError,
        output::{self, Output, YELLOW, count, minute},
        station::Station,
        table::{Cell, Table},
    },
    config::sender::{Missions, Sender},
    kinds::embassy::state::WhyHeld,
    types::ids::SubmissionId,
};

pub(super) fn run(file: &Path, out: Output, verb: &EnrolmentVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        EnrolmentVerb::List { mission } => {
            let request = Request::EnrolmentList { mission: mission.clone() };
            let rows: Vec<Enrolment> = station.ask(&request)?;
            if let Some(mission) = mission.as_ref().filter(|_| rows.is_empty()) {
                let sends = |sender: &Sender| matches!(&sender.missions, Missions::Own(code) if code.as_str() == mission.as_str());
                if !station.config.senders.values().any(sends) {
                    output::warning(&format!(
                        "no sender is configured for the mission {mission}, and none is enrolled by it"
                    ));
                }
            }
            out.list(&rows, "Nobody is enrolled.", |rows| list(rows, zone))?;
        }
        EnrolmentVerb::Pending => {
            let rows: Vec<Pending> = station.ask(&Request::EnrolmentPending {})?;
            out.list(&rows, "Nothing waits for a decision.", |rows| pending(rows, zone))?;
        }
        EnrolmentVerb::Approve { id, by } => decide(&station, out, *id, true, by.as_ref())?,
        EnrolmentVerb::Refuse { id, by } => decide(&station, out, *id, false, by.as_ref())?,
    }
    Ok(0)
}

fn decide(
    station: &Station,
    out: Output,
    submission: SubmissionId,
    approve: bool,
    by: Option<&String>,
) -> Result<(), CliError> {
    let request = Request::EnrolmentDecide { submission, approve, by: by.cloned() };
    let decided: Decided = station.ask(&request)?;
    out.result(&decided, |decided| {
        let persons = count(decided.withdrawn, "person was withdrawn", "persons were withdrawn");
        let what = if decided.approved { persons } else { "Everybody stays enrolled".to_owned() };
        let text = format!("{what}; the mission has a second receipt.\n");
        text + &output::lines(&decided.objects)
    })
}

fn list(rows: &[Enrolment], zone: &TimeZone) -> Table {
    let mut table = Table::new(&[
        "registry",
        "mission",
        "person",
        "state",
        "effective",
        "confirmed",
        "erased by",
        "",
    ]);
    for row in rows {
        let review = if row.review { Cell::styled("review", YELLOW) } else { "".into() };
        let erased = row.erase_at.map_or_else(|| "-".to_owned(), |at| minute(at, zone));
        table.row(vec![
            row.registry.to_string().into(),
            row.mission.to_string().into(),
            row.person.as_str().into(),
            row.state.to_string().into(),
            row.effective_from.to_string().into(),
            minute(row.confirmed_at, zone).into(),
            erased.into(),
            review,
        ]);
    }
    table
}

fn pending(rows: &[Pending], zone: &TimeZone) -> Table {
    let headings =
        ["waits since", "submission", "registry", "mission", "withdraws", "enrolled", "why"];
    let mut table = Table::new(&headings);
    for row in rows {
        table.row(vec![
            minute(row.held_at, zone).into(),
            row.submission.to_string().into(),
            row.registry.to_string().into(),
            row.mission.to_string().into(),
            Cell::number(row.withdrawals),
            Cell::number(row.enrolled),
            row.reason.map_or("-", WhyHeld::as_str).into(),
        ]);
    }
    table
}
