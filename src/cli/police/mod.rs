//! `police show`, `decide` and `disclose`; `open` has a file of its own. A patient is referred to
//! by case number.

mod form;
mod open;

use std::{fmt::Write as _, path::Path};

use anstyle::Style;
use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

use crate::{
    admin::{
        Request,
        shapes::police::{Exchange, Reply, ReplyDecided, Standing},
    },
    catalogue::records::police::{ExchangeState, ReplyOutcome},
    cli::{
        args::police::{Disclose, InformedWord, Moment, PoliceVerb},
        error::CliError,
        journal::standing_words,
        output::{BOLD, DIM, GREEN, Output, RED, YELLOW, minute, second},
        station::Station,
        table::{Cell, Table},
    },
    daemon,
    types::ids::SubmissionId,
};

pub(super) fn run(file: &Path, out: Output, verb: &PoliceVerb) -> Result<u8, CliError> {
    if let PoliceVerb::Open(asked) = verb {
        return open::run(file, out, asked);
    }
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        PoliceVerb::Show { id: None } => {
            let rows: Vec<Exchange> = station.ask(&Request::PoliceList {})?;
            out.list(&rows, "Nothing was shared with the police.", |rows| table(rows, zone))?;
        }
        PoliceVerb::Show { id: Some(id) } => {
            let found: Exchange = station.ask(&Request::PoliceShow { id: *id })?;
            out.result(&found, |found| words(found, zone))?;
        }
        PoliceVerb::Decide { id, relevant, by, .. } => decide(&station, out, *id, *relevant, by)?,
        PoliceVerb::Open(_) => {}
        PoliceVerb::Disclose(told) => disclose(&station, out, told)?,
    }
    Ok(0)
}

fn decide(
    station: &Station,
    out: Output,
    id: SubmissionId,
    relevant: bool,
    by: &str,
) -> Result<(), CliError> {
    let request = Request::PoliceDecide { id, relevant, by: Some(by.to_owned()) };
    let decided: ReplyDecided = station.ask(&request)?;
    out.result(&decided, |decided| {
        let ReplyDecided { reply, delivered_to, file, erased, held, .. } = decided;
        let here = match (*erased, *held) {
            (true, _) => "nothing of it is left here",
            (false, true) => "it is held, and is erased here when the hold is released",
            (false, false) => "it is erased here next",
        };
        match (delivered_to, file) {
            (Some(hospital), Some(file)) => format!(
                "Reply {reply} is relevant: {file} lies in the outbound directory of {hospital}, \
                 sealed for the patient journal; {here}.\n"
            ),
            _ if relevant => format!(
                "Reply {reply} is relevant. It could not be laid out for the hospital yet; it is \
                 tried again, and `filsluse status` tells what is in the way.\n"
            ),
            _ => format!("Reply {reply} is not relevant; {here}.\n"),
        }
    })
}

fn disclose(station: &Station, out: Output, told: &Disclose) -> Result<(), CliError> {
    let zone = &station.config.time_zone;
    let at = match told.at {
        None => daemon::open::system_clock()(),
        Some(Moment::Instant(at)) => at,
        Some(Moment::Local(local)) => on_the_wall(local, zone)?,
    };
    let informed = match told.informed {
        InformedWord::Yes => "yes",
        InformedWord::Later => "later",
        InformedWord::No => "no",
    };
    let request = Request::PoliceDisclose {
        case: told.case.clone(),
        basis: told.basis.clone(),
        purpose: told.purpose.clone(),
        hospital: told.hospital.clone(),
        district: told.district.clone(),
        at,
        informed: informed.to_owned(),
        documented: told.documented,
        beyond_known: told.beyond_known,
        by: told.by.clone(),
    };
    let recorded: Exchange = station.ask(&request)?;
    out.result(&recorded, |recorded| {
        format!(
            "Recorded as {} (audit entry {}). What was told belongs in the patient journal.\n",
            recorded.id, recorded.audit_seq
        )
    })
}

/// What the clock on the wall showed once. When clocks are changed it shows some times never and
/// others twice, and a journal must not guess.
fn on_the_wall(local: DateTime, zone: &TimeZone) -> Result<Timestamp, CliError> {
    let name = zone.iana_name().unwrap_or("this time zone");
    let moment = zone.to_ambiguous_timestamp(local);
    match moment.offset() {
        AmbiguousOffset::Gap { .. } => Err(CliError::Usage(format!(
            "the clock never showed that time in {name}: it was put forward over it; check --at"
        ))),
        AmbiguousOffset::Fold { before, after } => {
            let [first, second] = [before, after].map(|offset| {
                let at = offset.to_timestamp(local).unwrap_or_default();
                at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string()
            });
            Err(CliError::Usage(format!(
                "the clock showed that time twice in {name}, because it was put back; write which: \
                 --at {first} for the first, --at {second} for the second"
            )))
        }
        AmbiguousOffset::Unambiguous { .. } => moment
            .unambiguous()
            .map_err(|error| CliError::doing("find that time in this zone", error)),
    }
}

fn table(rows: &[Exchange], zone: &TimeZone) -> Table {
    let headings = ["when", "id", "form", "case", "basis", "district", "state", "due"];
    let mut table = Table::new(&headings);
    for row in rows {
        let (state, style) = state(row);
        table.row(vec![
            minute(row.at, zone).into(),
            row.id.to_string().into(),
            row.form.as_str().into(),
            row.case.as_ref().map_or("-".to_owned(), ToString::to_string).into(),
            row.legal_basis.as_str().into(),
            row.district.to_string().into(),
            Cell::styled(state, style),
            due(row, zone).into(),
        ]);
    }
    table
}

/// How it fares, in one word or two.
fn state(row: &Exchange) -> (String, Style) {
    if let Some(days) = row.overdue_days {
        return (format!("overdue {days} d"), RED);
    }
    let last = row.replies.last().map(|reply| reply.decision.as_ref());
    match (row.state, last) {
        (ExchangeState::Answered, Some(None)) => ("undecided".to_owned(), YELLOW),
        (ExchangeState::Closed, Some(Some(decision))) => (decision.outcome.to_string(), DIM),
        (ExchangeState::Closed, _) if row.standing == Standing::NotSent => {
            ("not sent".to_owned(), YELLOW)
        }
        (ExchangeState::Closed, _) => ("closed".to_owned(), DIM),
        (state, _) => (state.to_string(), GREEN),
    }
}

/// What it waits for: the day of the answer, or the erasure of a reply.
fn due(row: &Exchange, zone: &TimeZone) -> String {
    let waiting = row.replies.iter().find(|reply| reply.decision.is_none());
    let erased = waiting.and_then(|reply| reply.due_at).map(|at| minute(at, zone));
    let open = matches!(row.state, ExchangeState::Open | ExchangeState::Waiting);
    let answer = row.needed_by.filter(|_| open).map(|day| day.to_string());
    erased.or(answer).unwrap_or_else(|| "-".to_owned())
}

fn words(row: &Exchange, zone: &TimeZone) -> String {
    let mut text = format!("{BOLD}Exchange {}{BOLD:#}\n", row.id);
    let mut say = |what: &str, words: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {what:<18}{words}");
    };
    let or_dash = |words: Option<String>| words.unwrap_or_else(|| "-".to_owned());
    let time = |at: Option<_>| at.map_or_else(|| "-".to_owned(), |at| second(at, zone));
    let (state, style) = state(row);
    say("form", row.form.clone());
    say("state", format!("{style}{state}{style:#}"));
    let taken = if row.standing == Standing::Told { "told" } else { "received" };
    say(taken, format!("{} (audit entry {})", second(row.at, zone), row.audit_seq));
    say("hospital", or_dash(row.hospital.as_ref().map(ToString::to_string)));
    say("police district", row.district.to_string());
    say("case", or_dash(row.case.as_ref().map(ToString::to_string)));
    say("legal basis", format!("{}, {}", row.legal_basis, row.provision));
    say("purpose", row.purpose_code.clone());
    say("patient informed", row.patient_informed.clone());
    if let Some(by) = &row.recorded_by {
        say("recorded by", by.clone());
    } else {
        let standing = || standing_words(row.standing).to_owned();
        say("sent", row.sent_at.map_or_else(standing, |at| second(at, zone)));
    }
    if let Some(day) = row.needed_by {
        say("answer needed by", day.to_string());
    }
    say("closed", time(row.closed_at));
    for reply in &row.replies {
        text += &reply_words(reply, zone);
    }
    text
}

fn reply_words(reply: &Reply, zone: &TimeZone) -> String {
    let mut text = format!("\n{BOLD}Reply {}{BOLD:#}\n", reply.id);
    let mut say = |what: &str, words: String| {
        let _ = writeln!(text, "  {what:<18}{words}");
    };
    let received = second(reply.received_at, zone);
    say("received", format!("{received} (audit entry {})", reply.audit_seq));
    say("shared", format!("{}, {} documents", reply.shared, reply.documents));
    match &reply.decision {
        None => {
            let (id, due) = (reply.id, reply.due_at.map(|at| minute(at, zone)));
            say("decision", format!("{YELLOW}waits{YELLOW:#}: filsluse police decide {id} …"));
            say("erased undecided", due.unwrap_or_else(|| "-".to_owned()));
        }
        Some(decision) => {
            let by = decision.by.as_deref().map_or_else(String::new, |by| format!(" by {by}"));
            let (at, seq) = (second(decision.at, zone), decision.audit_seq);
            say("decision", format!("{}{by}, {at} (audit entry {seq})", decision.outcome));
            if decision.outcome == ReplyOutcome::Relevant {
                let delivered = reply.delivered_at.map(|at| second(at, zone));
                say("delivered", delivered.unwrap_or_else(|| "not yet".to_owned()));
            }
        }
    }
    if let Some(at) = reply.escalated_at {
        say("escalated", second(at, zone));
    }
    if let Some(object) = &reply.object {
        say("object", object.to_string());
    }
    text
}
