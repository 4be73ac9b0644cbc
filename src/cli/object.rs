//! `object list`, `object show` and `object get`.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use crate::{
    admin::{
        Request,
        hand_out::{self, To},
        shapes::{
            object::Object,
            push::{ObjectWithPushes, Push},
        },
    },
    catalogue::records::objects::ObjectState,
    cli::{
        args::registries::ObjectVerb,
        error::CliError,
        output::{self, BOLD, DIM, Output, YELLOW, count, minute, second, size},
        station::Station,
        submission::SHOWN,
        table::{Cell, Table},
    },
    seal::identity::{self, Identity},
    types::{ids::ObjectId, plain_file},
};

pub(super) fn run(file: &Path, out: Output, verb: &ObjectVerb) -> Result<u8, CliError> {
    let station = Station::open(file)?;
    let zone = &station.config.time_zone;
    match verb {
        ObjectVerb::List { registry, state, submission, limit } => {
            station.warn_of_unknown(None, registry.as_ref());
            let limit = limit.or((!out.is_json()).then_some(SHOWN));
            let (registry, state, submission) = (registry.clone(), *state, *submission);
            let request = Request::ObjectList { registry, state, submission, limit };
            if out.is_json() {
                output::array(|line| station.rows(&request, line))?;
                return Ok(0);
            }
            let rows: Vec<Object> = station.ask(&request)?;
            out.list(&rows, "No object.", |rows| table(rows, zone))?;
            if limit.is_some_and(|limit| rows.len() as u64 >= u64::from(limit)) {
                output::word("There may be more; --limit shows them.");
            }
        }
        ObjectVerb::Show { id } => {
            let shown: ObjectWithPushes = station.ask(&Request::ObjectShow { id: id.clone() })?;
            out.result(&shown, |shown| words(&shown.object, zone) + &pushes(&shown.pushes, zone))?;
        }
        ObjectVerb::Get { id, output, identity, .. } => {
            get(&station, id, output.as_deref(), identity.as_deref())?;
        }
    }
    Ok(0)
}

fn get(
    station: &Station,
    id: &ObjectId,
    to: Option<&Path>,
    identity: Option<&Path>,
) -> Result<(), CliError> {
    if to.is_none() && io::stdout().is_terminal() {
        let told = "this would fill the terminal; name a file with -o FILE, or pipe it on";
        return Err(CliError::Usage(told.to_owned()));
    }
    // Before the audit log hears of it: what fails here is no reading.
    let identity = identity.map(read_identity).transpose()?;
    if let Some(taken) = to.filter(|path| path.symlink_metadata().is_ok()) {
        return Err(in_the_way(taken));
    }
    if let Some(client) = station.connect()? {
        let body = client
            .object(id)
            .map_err(|error| CliError::doing("ask the daemon; it may have stopped", error))??;
        hand_over(body, to, identity.as_ref())
    } else {
        let (_lock, house) = station.open_house()?;
        let house = Arc::new(house);
        hand_over(hand_out::object(&house, id, To::Machine)?.file, to, identity.as_ref())
    }
}

fn in_the_way(path: &Path) -> CliError {
    CliError::Usage(format!("{} is there already; name a new file", path.display()))
}

fn read_identity(path: &Path) -> Result<Identity, CliError> {
    let failed = |error| CliError::doing(format!("read the identity {}", path.display()), error);
    let text = Zeroizing::new(plain_file::read_to_string(path).map_err(failed)?);
    Identity::parse(&text)
        .map_err(|error| CliError::doing(format!("use the identity {}", path.display()), error))
}

fn hand_over(
    file: impl Read,
    to: Option<&Path>,
    identity: Option<&Identity>,
) -> Result<(), CliError> {
    match identity {
        None => write(file, to),
        Some(identity) => {
            let plain = identity::open_file(file, identity)
                .map_err(|error| CliError::doing("decrypt the object", error))?;
            write(plain, to)
        }
    }
}

/// Writes to a new file, readable by its owner alone, or to standard output.
fn write(mut from: impl Read, to: Option<&Path>) -> Result<(), CliError> {
    let Some(path) = to else {
        return pass_on(&mut from, &mut io::stdout().lock(), CliError::Output);
    };
    let failed = |error| CliError::doing(format!("write {}", path.display()), error);
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(crate::durable::PRIVATE_FILE)
        .open(path)
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => in_the_way(path),
            _ => failed(error),
        })?;
    let written =
        pass_on(&mut from, &mut file, failed).and_then(|()| file.sync_all().map_err(failed));
    if written.is_err() {
        // Half an object must not pass for a whole one.
        let _ = fs::remove_file(path);
    }
    written
}

fn pass_on(
    from: &mut impl Read,
    to: &mut impl Write,
    unwritten: impl Fn(io::Error) -> CliError,
) -> Result<(), CliError> {
    let mut buffer = Zeroizing::new(vec![0; 1 << 16]);
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return to.flush().map_err(unwritten),
            Ok(count) => to.write_all(&buffer[..count]).map_err(&unwritten)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let doing = "read the object to its end; what was written is not whole";
                return Err(CliError::doing(doing, error));
            }
        }
    }
}

fn table(rows: &[Object], zone: &TimeZone) -> Table {
    let mut table = Table::new(&["made", "id", "state", "size", "gone by", "rule"]);
    for row in rows {
        let style = match row.state {
            ObjectState::Erased => DIM,
            ObjectState::Held => YELLOW,
            ObjectState::Stored => anstyle::Style::new(),
        };
        let due = row.due_at.map_or_else(|| "-".to_owned(), |at| minute(at, zone));
        table.row(vec![
            minute(row.created_at, zone).into(),
            row.id.to_string().into(),
            Cell::styled(row.state.to_string(), style),
            Cell::number(size(row.payload_bytes)),
            due.into(),
            row.rule.as_str().into(),
        ]);
    }
    table
}

fn pushes(pushes: &[Push], zone: &TimeZone) -> String {
    let mut text = String::new();
    for push in pushes {
        let at = push.done_at.unwrap_or(push.queued_at);
        let since = if push.done_at.is_some() { "" } else { "since " };
        let trouble =
            push.last_error.map_or_else(String::new, |why| format!("; last trouble: {why}"));
        let tries = count(push.attempts.into(), "attempt", "attempts");
        // Writing into a String cannot fail.
        let _ = std::fmt::Write::write_fmt(
            &mut text,
            format_args!(
                "  {:<16}{} {since}{} ({tries}{trouble}): {}\n",
                "push",
                push.state,
                second(at, zone),
                push.url
            ),
        );
    }
    text
}

fn words(row: &Object, zone: &TimeZone) -> String {
    use std::fmt::Write as _;

    let mut text = format!("{BOLD}Object {}{BOLD:#}\n", row.id);
    let mut say = |what: &str, words: String| {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {what:<16}{words}");
    };
    let time = |at: Option<_>| at.map_or_else(|| "-".to_owned(), |at| second(at, zone));
    say("registry", row.registry.to_string());
    say("submission", row.submission.to_string());
    say("part", row.part.as_str().to_owned());
    say("state", row.state.to_string());
    say("made", second(row.created_at, zone));
    say("size", format!("{} ({} bytes)", size(row.payload_bytes), row.payload_bytes));
    if let Some(digest) = row.payload_sha256 {
        say("payload sha256", digest.to_string());
    }
    for recipient in &row.recipients {
        say("sealed to", recipient.clone());
    }
    say("first fetched", time(row.handed_at));
    say("gone by", time(row.due_at));
    say("rule", row.rule.clone());
    say("statutory limit", time(row.statutory_limit));
    if let Some(why) = &row.hold_why {
        say("held because", why.clone());
    }
    if row.erased_at.is_some() {
        say("erased", time(row.erased_at));
    }
    text
}
