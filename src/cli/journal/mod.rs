//! `journal export`: what was shared with the police, as a table, as JSON or as a page to print.

mod page;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{
    admin::{
        Request,
        shapes::police::{Decision, Direction, Journal, JournalEntry, Standing},
    },
    cli::{
        args::police::{JournalExport, JournalVerb, PageLanguage},
        error::CliError,
        output::{self, Output, minute},
        station::Station,
        table::Table,
    },
    types::rule::Language,
};

pub(super) fn run(file: &Path, out: Output, verb: &JournalVerb) -> Result<u8, CliError> {
    let JournalVerb::Export(asked) = verb;
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    let request = request(asked, zone)?;
    let journal: Journal = station.ask_recorded(&request)?;
    let text = if asked.html {
        let language = match asked.language {
            PageLanguage::En => Language::En,
            PageLanguage::Nb => Language::Nb,
        };
        page::page(&journal, language, zone)
    } else if out.is_json() || asked.output.is_some() {
        let json = serde_json::to_string_pretty(&journal);
        json.map_err(|error| CliError::Output(io::Error::other(error)))? + "\n"
    } else if journal.entries.is_empty() {
        output::word("Nothing was shared with the police, and nothing was to be.");
        return Ok(0);
    } else {
        text(&journal, zone)
    };
    match &asked.output {
        None => output::text(&text)?,
        Some(path) => {
            write(path, &text).map_err(|error| {
                let doing = format!("write {}; name a new file", path.display());
                CliError::doing(doing, error)
            })?;
            output::word(&format!("Wrote {}.", path.display()));
        }
    }
    Ok(0)
}

/// The days of the installation's zone as instants: the last day is whole.
fn request(asked: &JournalExport, zone: &TimeZone) -> Result<Request, CliError> {
    let start = |day: Date| -> Result<Timestamp, CliError> {
        let zoned = day.to_zoned(zone.clone());
        Ok(zoned.map_err(|error| CliError::doing("find that day", error))?.timestamp())
    };
    if asked.from.zip(asked.to).is_some_and(|(from, to)| from > to) {
        return Err(CliError::Usage("--from lies after --to; exchange them".to_owned()));
    }
    let from = asked.from.map(start).transpose()?;
    let after = asked.to.map(|day| day.checked_add(1.day())).transpose();
    let after = after.map_err(|error| CliError::doing("find the end of that day", error))?;
    let before = after.map(start).transpose()?;
    Ok(Request::JournalExport { case: asked.case.clone(), from, before })
}

/// The table, and under each row the rest of what an auditor asks for.
fn text(journal: &Journal, zone: &TimeZone) -> String {
    let table = table(journal, zone).to_text();
    let mut lines = table.lines();
    let mut text = lines.next().map(|heading| format!("{heading}\n")).unwrap_or_default();
    for (line, entry) in lines.zip(&journal.entries) {
        text.extend([line, "\n    ", &particulars(entry, zone), "\n"]);
    }
    text
}

/// Whose it is, what it is called, and of a reply how much was shared and what was decided.
fn particulars(entry: &JournalEntry, zone: &TimeZone) -> String {
    let mut said = vec![
        format!("hospital {}", entry.hospital.as_ref().map_or("-", |party| party.id.as_str())),
        format!("id {}", entry.id),
    ];
    said.extend(entry.answers.map(|request| format!("answers {request}")));
    said.extend(entry.recorded_by.as_ref().map(|by| format!("recorded by {by}")));
    said.extend(entry.shared.as_ref().map(|shared| {
        format!("shared {shared}, {} documents", entry.documents.unwrap_or_default())
    }));
    if entry.direction == Direction::FromPolice {
        said.push(entry.decision.as_ref().map_or("waits for a decision".to_owned(), |decision| {
            let Decision { outcome, by, at, audit_seq } = decision;
            let by = by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("{outcome}{by} at {}, entry {audit_seq}", minute(*at, zone))
        }));
    }
    said.join("; ")
}

fn table(journal: &Journal, zone: &TimeZone) -> Table {
    let headings =
        ["when", "what", "sent", "case", "basis", "purpose", "district", "informed", "entry"];
    let mut table = Table::new(&headings);
    for entry in &journal.entries {
        let way = match entry.direction {
            Direction::ToPolice => "to",
            Direction::FromPolice => "from",
        };
        table.row(vec![
            minute(entry.at, zone).into(),
            format!("{} {way} police", entry.form).into(),
            sent(entry, zone).into(),
            entry.case.as_ref().map_or("-".to_owned(), ToString::to_string).into(),
            entry.legal_basis.as_str().into(),
            entry.purpose_code.as_str().into(),
            entry.district.id.to_string().into(),
            entry.patient_informed.as_str().into(),
            entry.audit_seq.to_string().into(),
        ]);
    }
    table
}

/// When the police had it, or why they have not; of a reply there is nothing to say.
fn sent(entry: &JournalEntry, zone: &TimeZone) -> String {
    match (entry.standing, entry.sent_at) {
        (Some(Standing::Sent), Some(at)) => minute(at, zone),
        (Some(standing), _) => standing_words(standing).to_owned(),
        (None, _) => "-".to_owned(),
    }
}

/// Whether the police have something, in the words of the terminal.
pub(super) const fn standing_words(standing: Standing) -> &'static str {
    match standing {
        Standing::NotSent => "NOT SENT",
        Standing::Pending => "not yet",
        Standing::Sent => "yes",
        Standing::Told => "told orally",
        Standing::WaitsForArchive => "waits for the case archive",
    }
}

/// Writes a new file that nobody else can read.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(crate::durable::PRIVATE_FILE)
        .open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a journal must not pass for a whole one.
        let _ = fs::remove_file(path);
    }
    written
}
