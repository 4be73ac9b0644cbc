//! `submission list` and `submission show`. The sender's own file name is never shown.

use std::{fmt::Write as _, path::Path};

use anstyle::Style;
use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request,
        shapes::submission::{Submission, SubmissionWithEvents},
    },
    cli::{
        args::submissions::SubmissionVerb,
        error::CliError,
        output::{self, BOLD, DIM, GREEN, Output, RED, YELLOW, minute, second, size},
        station::Station,
        table::{Cell, Table},
    },
    kinds::{
        judgement::Report,
        kpr::state::{Identifiers, Quality},
        npr::state::ReleaseReport,
    },
    receipt::places,
    types::{
        finding::Finding,
        rule::{Language, Severity},
        verdict::Verdict,
    },
};

pub(super) fn run(file: &Path, out: Output, verb: &SubmissionVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        SubmissionVerb::List { state, sender, since, limit } => {
            let since = since.map(|since| since.instant(zone)).transpose();
            let since =
                since.map_err(|error| CliError::doing("find the beginning of that day", error))?;
            station.warn_of_unknown(sender.as_ref(), None);
            let limit = limit.or((!out.is_json()).then_some(SHOWN));
            let (state, sender) = (*state, sender.clone());
            let request = Request::SubmissionList { state, sender, since, limit };
            if out.is_json() {
                output::array(|line| station.rows(&request, line))?;
                return Ok(0);
            }
            let rows: Vec<Submission> = station.ask(&request)?;
            out.list(&rows, "No submission.", |rows| table(rows, zone))?;
            if limit.is_some_and(|limit| rows.len() as u64 >= u64::from(limit)) {
                output::word("There may be more; --limit shows them.");
            }
        }
        SubmissionVerb::Show { id } => {
            let found: SubmissionWithEvents = station.ask(&Request::SubmissionShow { id: *id })?;
            out.result(&found, |found| words(found, zone))?;
        }
    }
    Ok(0)
}

/// How a verdict looks on a terminal.
pub(super) fn verdict_style(verdict: Option<Verdict>) -> Style {
    match verdict {
        Some(Verdict::Accepted) => GREEN,
        Some(Verdict::Held | Verdict::Partly) => YELLOW,
        Some(Verdict::Rejected) => RED,
        Some(Verdict::Duplicate) | None => DIM,
    }
}

/// A finding in one line: where, which rule, and what to do.
pub(super) fn finding_line(finding: &Finding) -> String {
    let place = places::whole(Language::En, finding);
    let severity = match finding.severity {
        Severity::Warning => "warning",
        Severity::RejectRecord => "record not taken",
        Severity::RejectFile => "file not taken",
    };
    let hint = finding.hint.as_ref();
    let words = hint.map_or(finding.rule.demand.in_language(Language::En), |hint| &hint.en);
    format!("{} {place} ({severity}): {words}", finding.rule.code)
}

fn table(rows: &[Submission], zone: &TimeZone) -> Table {
    let mut table = Table::new(&[
        "received", "id", "sender", "kind", "state", "verdict", "taken", "not", "size",
    ]);
    for row in rows {
        let rehearsal = if row.rehearsal { " (rehearsal)" } else { "" };
        let verdict = row.verdict.map_or_else(|| "-".to_owned(), |verdict| verdict.to_string());
        table.row(vec![
            minute(row.received_at, zone).into(),
            row.id.to_string().into(),
            row.sender.to_string().into(),
            row.kind.as_ref().map_or("-".to_owned(), ToString::to_string).into(),
            row.state.to_string().into(),
            Cell::styled(verdict + rehearsal, verdict_style(row.verdict)),
            Cell::number(taken(row)),
            Cell::number(not_taken(row)),
            Cell::number(size(row.bytes)),
        ]);
    }
    table
}

/// Of a file that is rejected nothing was taken, however many of its records were sound.
fn taken(row: &Submission) -> u64 {
    if row.verdict == Some(Verdict::Rejected) { 0 } else { row.records.accepted }
}

fn not_taken(row: &Submission) -> u64 {
    row.records.accepted + row.records.rejected - taken(row)
}

fn words(found: &SubmissionWithEvents, zone: &TimeZone) -> String {
    let row = &found.submission;
    let mut text = format!("{BOLD}Submission {}{BOLD:#}\n", row.id);
    let mut say = |what: &str, words: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {what:<12}{words}");
    };
    let or_dash = |words: Option<String>| words.unwrap_or_else(|| "-".to_owned());
    say("sender", row.sender.to_string());
    say("kind", or_dash(row.kind.as_ref().map(ToString::to_string)));
    say("state", row.state.to_string());
    let style = verdict_style(row.verdict);
    let verdict = or_dash(row.verdict.map(|verdict| verdict.to_string()));
    let rehearsal = if row.rehearsal { " (rehearsal: nothing is stored)" } else { "" };
    say("verdict", format!("{style}{verdict}{style:#}{rehearsal}"));
    if let Some(first) = row.duplicate_of {
        say("first", first.to_string());
    }
    say("received", second(row.received_at, zone));
    say("finished", or_dash(row.finished_at.map(|at| second(at, zone))));
    say("size", format!("{} ({} bytes)", size(row.bytes), row.bytes));
    say("sha256", or_dash(row.sha256.map(|digest| digest.to_string())));
    say("evidence", or_dash(row.evidence.map(|evidence| evidence.to_string())));
    if let Some(key) = row.signed_by {
        say("signed by", key.to_string());
    }
    say("records", format!("{} taken, {} not", taken(row), not_taken(row)));
    say("receipt", or_dash(row.receipt.as_ref().map(|name| format!("outbound/*.{name}"))));
    for object in &row.objects {
        say("object", object.to_string());
    }
    for event in &found.events {
        let entry = event.audit_seq.map_or(String::new(), |seq| format!(" (audit entry {seq})"));
        say("event", format!("{} {}{entry}", second(event.at, zone), event.event));
    }
    if let Some(report) = &row.report {
        let (title, table) = match report {
            Report::Quality(report) => ("Quality report", quality(report)),
            Report::Release(report) => ("Release", release(report)),
        };
        let _ = writeln!(text, "\n{BOLD}{title}{BOLD:#}");
        text += &table.to_text();
    }
    if !row.findings.is_empty() {
        let _ = writeln!(text, "\n{BOLD}Findings{BOLD:#}");
        for finding in &row.findings {
            let _ = writeln!(text, "  {}", finding_line(finding));
        }
        if row.findings_beyond > 0 {
            let _ = writeln!(text, "  and {} more", row.findings_beyond);
        }
    }
    text
}

/// How large the smallest groups of a release are, a count a row.
fn release(report: &ReleaseReport) -> Table {
    let mut table = Table::new(&["what", "", "how many"]);
    let mut count = |what: &str, which: &str, number: u64| {
        table.row(vec![what.into(), which.into(), Cell::number(number)]);
    };
    let year = u64::try_from(report.operating_year).unwrap_or(0);
    count("operating year", &report.purpose, year);
    for (registry, groups) in &report.groups {
        let registry = registry.as_str();
        count("groups", registry, groups.groups);
        count("smallest group, persons", registry, groups.smallest.into());
        count(&format!("groups below {}", groups.floor), registry, groups.small);
        count("persons in those", registry, groups.persons_in_small);
        if groups.rows_not_counted > 0 {
            count("rows not counted", registry, groups.rows_not_counted);
        }
    }
    table
}

/// The report for the register's quality work, a count a row.
fn quality(report: &Quality) -> Table {
    let mut table = Table::new(&["what", "", "how many"]);
    let mut count = |what: &str, which: String, number: u64| {
        table.row(vec![what.into(), which.as_str().into(), Cell::number(number)]);
    };
    let Identifiers { fnr, d_number, h_number, fh_number, duf, other, none, invalid } =
        report.identifiers;
    for (which, number) in [
        ("fødselsnummer", fnr),
        ("D-number", d_number),
        ("hjelpenummer", h_number),
        ("felles hjelpenummer", fh_number),
        ("DUF number", duf),
        ("other, not checked", other),
        ("none", none),
        ("not valid", invalid),
    ] {
        count("identifier", which.to_owned(), number);
    }
    for (registry, persons) in &report.persons {
        count("persons", format!("{registry}, known from earlier years"), persons.linked);
        count("persons", format!("{registry}, new"), persons.unlinked);
    }
    for (rule, number) in &report.findings {
        count("findings", rule.clone(), *number);
    }
    if report.missing > 0 {
        count("missing", "notifications in the sequence".to_owned(), report.missing);
    }
    table
}

/// Rows that a list shows to people unless they ask for more.
pub(super) const SHOWN: u32 = 100;
