//! `status`: is it well, what is under way, who is late, what is due, what must somebody do.

use std::{fmt::Write as _, path::Path};

use jiff::tz::TimeZone;

use crate::{
    admin::{
        Request, alarms,
        shapes::{
            police::{Overdue, Police, Undecided},
            push::PushQueue,
            status::{Alarm, ArchiveQueue, Deadline, Queue, Sender, Status},
        },
    },
    cli::{
        error::{CliError, FINDINGS},
        output::{self, BOLD, DIM, GREEN, Output, RED, YELLOW, count, minute, second},
        station::Station,
        table::{Cell, Table},
    },
    config::Config,
};

/// Exit 1 when the installation is not healthy, so that a script need not read the words.
pub(super) fn run(file: &Path, out: Output) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let status: Status = station.ask(&Request::Status {})?;
    out.result(&status, |status| words(status, &station.config))?;
    Ok(if status.healthy { 0 } else { FINDINGS })
}

fn words(status: &Status, config: &Config) -> String {
    let zone = &config.time_zone;
    let mut text = health(status);
    let mut section = |heading: &str, body: String| {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{BOLD}{heading}{BOLD:#}\n{body}");
    };
    if !status.alarms.is_empty() {
        section("Alarms", alarms_text(&status.alarms, config));
    }
    section("Queue", queue(&status.queue));
    if let Some(archive) = &status.archive {
        section("Case archive", self::archive(archive, zone));
    }
    if !status.pushes.is_empty() {
        section("Inboxes of registries", pushes(&status.pushes, zone).to_text());
    }
    section("Senders", senders(&status.senders, zone).to_text());
    if status.deadlines.is_empty() {
        section("Deadlines", "Nothing is due in the next 30 days.\n".to_owned());
    } else {
        section("Deadlines of the next 30 days", deadlines(status, zone).to_text());
    }
    let police = &status.police;
    if police.open > 0 || !police.undecided.is_empty() {
        section("Exchange with the police", exchange(police, zone));
    }
    section("Audit log", audit(status, zone));
    text
}

fn health(status: &Status) -> String {
    let version = &status.version;
    let grave = status.alarms.iter().filter(|alarm| alarm.grave).count() as u64;
    let alarms = count(grave, "grave alarm stands", "grave alarms stand");
    let (verdict, why) = match (status.running, grave) {
        (true, 0) => {
            return format!(
                "{GREEN}Healthy.{GREEN:#} The daemon is running (filsluse {version}).\n"
            );
        }
        (true, _) => (alarms, "The daemon is running"),
        (false, 0) => ("nothing is taken".to_owned(), "The daemon is not running"),
        (false, _) => (format!("{alarms}, and nothing is taken"), "The daemon is not running"),
    };
    format!("{RED}Not healthy:{RED:#} {verdict}. {why} (filsluse {version}).\n")
}

pub(super) fn alarms_text(alarms: &[Alarm], config: &Config) -> String {
    let zone = &config.time_zone;
    let flag = output::config_flag(&config.file);
    let mut text = String::new();
    for alarm in alarms {
        let style = if alarm.grave { RED } else { YELLOW };
        let (code, subject) = (&alarm.code, &alarm.subject);
        let since = minute(alarm.since, zone);
        let advice = alarms::advice(code);
        let why = alarm.detail.as_deref().map_or_else(String::new, |why| format!(" ({why})"));
        let whom = alarm.contact.as_deref().map_or_else(String::new, |to| format!(": {to}"));
        let _ = writeln!(
            text,
            "{style}{code}{style:#} {subject}, since {since}{why}{whom}\n    {advice}"
        );
        if alarms::needs_acknowledgement(code) {
            let _ =
                writeln!(text, "    Seen to: filsluse alarm acknowledge {code} {subject}{flag}");
        }
    }
    text
}

fn queue(queue: &Queue) -> String {
    let Queue { claimed, sealed, stored, answered, held } = *queue;
    let waiting = claimed + sealed + stored + answered;
    let mut text = if waiting == 0 {
        "Nothing is under way.\n".to_owned()
    } else {
        format!(
            "{} under way: {claimed} claimed, {sealed} sealed, {stored} stored, {answered} \
             answered.\n",
            count(waiting, "submission is", "submissions are")
        )
    };
    if held > 0 {
        let lists = count(held, "list waits", "lists wait");
        let _ =
            writeln!(text, "{YELLOW}{lists} for a decision{YELLOW:#}: filsluse enrolment pending");
    }
    text
}

fn archive(archive: &ArchiveQueue, zone: &TimeZone) -> String {
    let Some(oldest) = archive.oldest else { return "Nothing waits for it.\n".to_owned() };
    let requests = count(archive.waiting, "entry waits", "entries wait");
    let why = archive.last_error.map_or_else(String::new, |why| format!("; last trouble: {why}"));
    format!("{YELLOW}{requests}{YELLOW:#}, the oldest since {}{why}\n", minute(oldest, zone))
}

fn pushes(inboxes: &[PushQueue], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["registry", "waiting", "oldest", "last trouble", "inbox"]);
    for inbox in inboxes {
        let style = if inbox.last_error.is_some() { YELLOW } else { anstyle::Style::new() };
        let trouble = inbox.last_error.map_or("-", |trouble| trouble.as_str());
        table.row(vec![
            inbox.registry.to_string().into(),
            Cell::number(inbox.waiting.to_string()),
            inbox.oldest.map_or_else(|| "-".to_owned(), |at| minute(at, zone)).into(),
            Cell::styled(trouble.to_owned(), style),
            inbox.url.as_str().into(),
        ]);
    }
    table
}

fn senders(senders: &[Sender], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["sender", "submissions", "last", "next by", "", "name"]);
    for sender in senders {
        let or_dash = |at: Option<_>| at.map_or_else(|| "-".to_owned(), |at| minute(at, zone));
        let late = match &sender.contact {
            _ if !sender.overdue => None,
            Some(contact) => Some(format!("overdue: {contact}")),
            None => Some("overdue".to_owned()),
        };
        let waiting = sender.waiting.map(|waiting| {
            let files = count(waiting.count, "file waits", "files wait");
            format!("{files} since {}", minute(waiting.since, zone))
        });
        let style = if sender.overdue { RED } else { YELLOW };
        let marks: Vec<String> = [late, waiting].into_iter().flatten().collect();
        let mark = Cell::styled(marks.join("; "), style);
        let name = sender.name.as_deref().unwrap_or("(not configured any more)");
        table.row(vec![
            sender.id.to_string().into(),
            Cell::number(sender.submissions),
            or_dash(sender.last_received_at).into(),
            or_dash(sender.expected_at).into(),
            mark,
            name.into(),
        ]);
    }
    table
}

fn deadlines(status: &Status, zone: &TimeZone) -> Table {
    let mut table = Table::new(&["gone by", "registry", "how many", "rule", ""]);
    for Deadline { due_at, registry, what, rule, count } in &status.deadlines {
        let late = *due_at < status.at;
        let mark = if late { Cell::styled("due now", YELLOW) } else { "".into() };
        table.row(vec![
            minute(*due_at, zone).into(),
            registry.to_string().into(),
            self::count(*count, what, &format!("{what}s")).into(),
            rule.as_str().into(),
            mark,
        ]);
    }
    table
}

fn exchange(police: &Police, zone: &TimeZone) -> String {
    let mut text = format!("{} open.\n", count(police.open, "request is", "requests are"));
    for Overdue { id, hospital, district, needed_by, days, contact } in &police.overdue {
        let hospital = hospital.as_ref().map_or_else(String::new, |id| format!(" of {id}"));
        let contact = contact.as_deref().map_or_else(String::new, |to| format!(": {to}"));
        let days = count(u64::from(*days), "day", "days");
        let _ = writeln!(
            text,
            "{RED}overdue{RED:#} {id}{hospital}, needed by {needed_by}, {days} ago; write to \
             {district}{contact}"
        );
    }
    for Undecided { id, hospital, received_at, escalated, due_at, .. } in &police.undecided {
        let style = if *escalated { RED } else { YELLOW };
        let hospital = hospital.as_ref().map_or_else(String::new, |id| format!(" for {id}"));
        let erased = due_at.map_or_else(String::new, |at| format!(", erased {}", minute(at, zone)));
        let received = minute(*received_at, zone);
        let _ = writeln!(
            text,
            "{style}undecided{style:#} reply {id}{hospital}, received {received}{erased}: filsluse \
             police decide"
        );
    }
    text
}

fn audit(status: &Status, zone: &TimeZone) -> String {
    let audit = &status.audit;
    let Some(root) = audit.root else { return "No audit log has been begun.\n".to_owned() };
    let entries = count(audit.size, "entry", "entries");
    let newest = audit.checkpoint_at.map_or_else(String::new, |at| {
        let age = status.at.duration_since(at).max(jiff::SignedDuration::ZERO);
        format!(", the newest of {} ({} ago)", second(at, zone), ago(age))
    });
    format!("{entries}{newest}\n{DIM}root {root}{DIM:#}\n")
}

fn ago(age: jiff::SignedDuration) -> String {
    let (days, hours, minutes) = (age.as_hours() / 24, age.as_hours(), age.as_mins());
    let words = |number: i64, one, many| count(number.unsigned_abs(), one, many);
    match (days, hours, minutes) {
        (0, 0, 0) => words(age.as_secs(), "second", "seconds"),
        (0, 0, _) => words(minutes, "minute", "minutes"),
        (0, _, _) => words(hours, "hour", "hours"),
        _ => words(days, "day", "days"),
    }
}
