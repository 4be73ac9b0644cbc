//! Where results and words go: results to standard output, words to standard error.
//!
//! Colour only on a terminal, and never against `NO_COLOR`; the streams below see to that.

use std::{
    fmt::Display,
    io::{self, BufWriter, Write},
    path::Path,
};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

pub(super) use crate::{
    admin::readable::minute,
    cli::style::{BOLD, DIM, GREEN, RED, YELLOW},
};
use crate::{
    cli::{args::values::CONFIG, error::CliError, table::Table},
    demo::installation::quoted,
};

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads the result.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Writes a result: as JSON, or as the text that `words` makes of it.
    pub(super) fn result<T: Serialize>(
        self,
        result: &T,
        words: impl FnOnce(&T) -> String,
    ) -> Result<(), CliError> {
        if !self.json {
            return text(&words(result));
        }
        let json = serde_json::to_string_pretty(result)
            .map_err(|error| CliError::Output(io::Error::other(error)))?;
        text(&(json + "\n"))
    }

    /// Writes a list: as JSON, or as a table; `none` is said where it is empty.
    pub(super) fn list<T: Serialize>(
        self,
        rows: &[T],
        none: &str,
        table: impl FnOnce(&[T]) -> Table,
    ) -> Result<(), CliError> {
        if rows.is_empty() && !self.json {
            word(none);
            return Ok(());
        }
        self.result(&rows, |rows| table(rows).to_text())
    }
}

/// Writes a JSON array whose rows come one by one, each on a line of its own.
pub(super) fn array(
    rows: impl FnOnce(&mut dyn FnMut(&str) -> Result<(), CliError>) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut before = "[\n";
    rows(&mut |row| {
        let written = write!(out, "{before}  {row}").map_err(CliError::Output);
        before = ",\n";
        written
    })?;
    let end = if before == "[\n" { "[]\n" } else { "\n]\n" };
    out.write_all(end.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// Writes text to standard output.
pub(super) fn text(text: &str) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// Writes bytes to standard output as they are.
pub(super) fn raw(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(CliError::Output)
}

/// Says something to the person at the terminal.
pub(super) fn word(text: &str) {
    // Nobody is left to hear that nobody hears.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A loud word.
pub(super) fn warning(text: &str) {
    word(&format!("{YELLOW}warning:{YELLOW:#} {text}"));
}

/// An instant in the installation's zone, to the second.
pub(super) fn second(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// Each on a line of its own.
pub(super) fn lines(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().fold(String::new(), |text, item| text + &item.to_string() + "\n")
}

/// A count with its noun.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What a command to copy needs so that it asks the same installation; nothing for the usual one.
pub(super) fn config_flag(file: &Path) -> String {
    if file == Path::new(CONFIG) {
        return String::new();
    }
    format!(" --config {}", quoted(file))
}
