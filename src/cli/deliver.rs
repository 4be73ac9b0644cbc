//! `deliver`: the process that makes the calls to other systems.

use std::{fmt::Write as _, path::Path};

use crate::{
    cli::{
        args::Deliver,
        error::{CliError, FINDINGS},
        output::{self, Output, count},
    },
    deliver::{
        check::{self, Checked},
        service::{self, Tally},
    },
};

/// With `--once`, exit 1 when something could not be delivered.
pub(super) fn run(file: &Path, out: Output, asked: &Deliver) -> Result<u8, CliError> {
    if asked.check {
        let checked = check::check(file)?;
        out.result(&checked, |checked| output::lines(checked.iter().map(found)))?;
        let reached = checked.iter().all(|system| system.trouble.is_none());
        return Ok(if reached { 0 } else { FINDINGS });
    }
    if !asked.once {
        service::run(file)?;
        return Ok(0);
    }
    let tally = service::once(file)?;
    out.result(&tally, words)?;
    Ok(if tally.failed.is_empty() && tally.refused == 0 { 0 } else { FINDINGS })
}

fn found(system: &Checked) -> String {
    let Checked { system, url, trouble, status } = system;
    let found = match (trouble, status) {
        (Some(trouble), _) => format!("not reached ({trouble})"),
        (None, Some(status @ (401 | 403))) => {
            format!("reached, and answered {status}: look whether it lets this certificate in")
        }
        (None, Some(status)) => format!("reached, and answered {status}"),
        (None, None) => "reached".to_owned(),
    };
    format!("{system} {url}: {found}")
}

fn words(tally: &Tally) -> String {
    // Writing into a String cannot fail.
    let entered = count(tally.entered, "entry", "entries");
    let delivered = count(tally.delivered, "object", "objects");
    let mut text = format!("{entered} in the case archive, {delivered} delivered to registries.\n");
    if tally.refused > 0 {
        let requests = count(tally.refused, "request names", "requests name");
        let _ = writeln!(text, "{requests} a case that is not there; see `filsluse status`.");
    }
    for trouble in tally.failed.keys() {
        let _ = writeln!(text, "Not delivered ({trouble}); it is tried again.");
    }
    text
}
