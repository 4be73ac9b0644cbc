//! The verbs of the command line (`docs/interface.md` section 2).
//!
//! Results go to standard output, words to standard error. Nothing here decides anything: what a
//! verb asks or does stands in `admin` and in the house.

pub mod args;

mod alarm;
mod audit;
mod certificate;
mod config;
mod deliver;
mod demo;
mod enrolment;
mod error;
mod init;
mod journal;
mod keys;
mod manual;
mod object;
mod output;
mod police;
mod push;
mod retention;
mod run;
mod scratch;
mod station;
mod status;
mod style;
mod submission;
mod table;
mod task;
mod validate;

use std::{io, process::ExitCode};

use anstyle::{AnsiColor, Style};
use clap::Parser;

use crate::cli::{
    args::{Arguments, Verb, registries::ObjectVerb},
    error::{CliError, USAGE},
    output::Output,
};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => {
            // Help and version are answers; anything else was not understood.
            let exit = if told.use_stderr() { USAGE } else { 0 };
            return match told.print() {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(2),
                _ => ExitCode::from(exit),
            };
        }
    };
    match dispatch(&arguments) {
        Ok(exit) => ExitCode::from(exit),
        Err(error) => end(&error),
    }
}

/// Calls a verb; gives the exit code.
fn dispatch(arguments: &Arguments) -> Result<u8, CliError> {
    let file = arguments.config.as_path();
    let out = Output::new(arguments.json);
    without_json(arguments)?;
    match &arguments.verb {
        Verb::Alarm { verb } => alarm::run(file, out, verb),
        Verb::Audit { verb } => audit::run(file, out, verb),
        Verb::Completions { shell } => manual::completions(*shell),
        Verb::Config { verb } => config::run(file, out, verb),
        Verb::Deliver(asked) => deliver::run(file, out, asked),
        Verb::Demo(asked) => demo::run(asked),
        Verb::Enrolment { verb } => enrolment::run(file, out, verb),
        Verb::Init(asked) => init::run(out, asked),
        Verb::Journal { verb } => journal::run(file, out, verb),
        Verb::Keys { verb } => keys::run(file, out, verb),
        Verb::Man { directory } => manual::pages(out, directory),
        Verb::Object { verb } => object::run(file, out, verb),
        Verb::Police { verb } => police::run(file, out, verb),
        Verb::Push { verb } => push::run(file, out, verb),
        Verb::Retention { verb } => retention::run(file, out, verb),
        Verb::Run => run::run(file),
        Verb::Status => status::run(file, out),
        Verb::Submission { verb } => submission::run(file, out, verb),
        Verb::Task { verb } => task::run(file, out, verb),
        Verb::Validate(asked) => validate::run(file, out, asked),
    }
}

/// Refuses `--json` for what has no such form: a script would read something else for it.
fn without_json(arguments: &Arguments) -> Result<(), CliError> {
    let what = match &arguments.verb {
        _ if !arguments.json => return Ok(()),
        Verb::Completions { .. } => "a script for a shell",
        Verb::Demo(_) => "a story on standard output",
        Verb::Object { verb: ObjectVerb::Get { .. } } => "the object's own bytes",
        Verb::Run => "the daemon; [log] format = \"json\" is for its journal",
        _ => return Ok(()),
    };
    Err(CliError::Usage(format!("this gives {what}, and has no JSON form; leave --json out")))
}

/// Prints an error with its causes.
fn end(error: &CliError) -> ExitCode {
    if error.is_broken_pipe() {
        return ExitCode::SUCCESS;
    }
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    output::word(&format!("{red}error:{red:#} {error}"));
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        output::word(&format!("  because: {cause}"));
        source = cause.source();
    }
    ExitCode::from(error.exit())
}
