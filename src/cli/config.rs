//! `config check`, `config show` and `config schema`.

use std::{fmt::Write as _, path::Path};

use serde::Serialize;

use crate::{
    cli::{
        args::installation::ConfigVerb,
        error::{CONFIGURATION, CliError, FINDINGS},
        output::{self, BOLD, GREEN, Output, RED, count},
    },
    config::{problem::Problem, schema},
    daemon::open,
};

pub(super) fn run(file: &Path, out: Output, verb: &ConfigVerb) -> Result<u8, CliError> {
    match verb {
        ConfigVerb::Check { no_environment } => check(file, out, !no_environment),
        ConfigVerb::Show => {
            let config = open::load(file)?;
            out.result(&config.to_json(), |_| config.to_toml())?;
            Ok(0)
        }
        ConfigVerb::Schema => {
            let schema = schema::schema();
            let text = serde_json::to_string_pretty(&schema)
                .map_err(|error| CliError::doing("write the schema", error))?;
            output::text(&(text + "\n"))?;
            Ok(0)
        }
    }
}

/// Every problem of the files; and when there is none, of what is around them.
fn check(file: &Path, out: Output, environment: bool) -> Result<u8, CliError> {
    let found = match open::load(file) {
        Ok(config) => {
            let around = if environment { open::environment(&config) } else { Vec::new() };
            let (senders, registries) = (config.senders.len(), config.registries.len());
            Found { configuration: Vec::new(), environment: around, senders, registries }
        }
        Err(error) => Found { configuration: error.problems, ..Found::default() },
    };
    let exit = if !found.configuration.is_empty() {
        CONFIGURATION
    } else if !found.environment.is_empty() {
        FINDINGS
    } else {
        0
    };
    out.result(&Checked { ok: exit == 0, found }, |checked| words(file, &checked.found))?;
    Ok(exit)
}

#[derive(Serialize)]
struct Checked {
    ok: bool,
    #[serde(flatten)]
    found: Found,
}

#[derive(Default, Serialize)]
struct Found {
    /// Problems of the files.
    configuration: Vec<Problem>,
    /// Problems of directories, accounts and keys.
    environment: Vec<Problem>,
    senders: usize,
    registries: usize,
}

fn words(file: &Path, found: &Found) -> String {
    let mut text = String::new();
    for (problems, what) in [
        (&found.configuration, "The configuration has"),
        (&found.environment, "The configuration is fine. What it stands on has"),
    ] {
        if problems.is_empty() {
            continue;
        }
        let number = count(problems.len() as u64, "problem", "problems");
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{BOLD}{what} {number}:{BOLD:#}");
        for problem in problems {
            let _ = writeln!(text, "  {}", shown(problem));
        }
    }
    if text.is_empty() {
        let senders = count(found.senders as u64, "sender", "senders");
        let registries = count(found.registries as u64, "registry", "registries");
        let file = file.display();
        text = format!("{GREEN}{file} is fine:{GREEN:#} {senders}, {registries}.\n");
    }
    text
}

/// `file:line: key: message`, as compilers write it.
fn shown(problem: &Problem) -> String {
    let whole = problem.to_string();
    match whole.strip_suffix(problem.message.as_str()) {
        Some(place) => format!("{RED}{place}{RED:#}{}", problem.message),
        None => whole,
    }
}
