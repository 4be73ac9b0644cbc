//! `alarm list` and `acknowledge`.

use std::path::Path;

use crate::{
    admin::{
        Request,
        shapes::status::{Acknowledged, Status},
    },
    cli::{
        args::oversight::AlarmVerb,
        error::CliError,
        output::{self, Output},
        station::Station,
        status::alarms_text,
    },
};

pub(super) fn run(file: &Path, out: Output, verb: &AlarmVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    match verb {
        AlarmVerb::List => {
            let status: Status = station.ask(&Request::Status {})?;
            out.result(&status.alarms, |alarms| match alarms.as_slice() {
                [] => "No alarm stands.\n".to_owned(),
                some => alarms_text(some, &station.config),
            })?;
        }
        AlarmVerb::Acknowledge { code, subject } => {
            let request =
                Request::AlarmAcknowledge { code: code.clone(), subject: subject.clone() };
            let ended: Vec<Acknowledged> = station.ask(&request)?;
            out.result(&ended, |ended| {
                let told = ended
                    .iter()
                    .map(|alarm| format!("The alarm {} {} is over.", alarm.code, alarm.subject));
                output::lines(told)
            })?;
        }
    }
    Ok(0)
}
