//! What the main file's values mean. Structure has been checked: keys, types, words.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    config::{
        Config, Embassy, Intake, Kpr, Log, Sweep,
        check::{
            admin, archive,
            values::{directory, line, period, read, within, word},
        },
        layout::Places,
        names::Installation,
        problem::Page,
        quantity::{Share, parse_size},
        raw::{
            at::At,
            main_file::{RawIntake, RawMain},
        },
        words::{LogFormat, LogLevel},
    },
    retention::profile::STALE_AFTER,
    types::national_id::{NEW_RULE_FROM, Profile},
};

/// The main file's part of a configuration; senders and registries are still empty. Where a value
/// is missing or bad there is a problem on the page, and the result is not for use.
pub(in crate::config) fn main(page: &mut Page<'_>, file: &Path, raw: &RawMain) -> Config {
    let drop_root = read(page, "drop-root", raw.drop_root.as_ref(), directory).unwrap_or_default();
    let state_dir = read(page, "state-dir", raw.state_dir.as_ref(), directory).unwrap_or_default();
    apart(page, raw, &drop_root, &state_dir);
    let places = Places { drop_root, state_dir };
    Config {
        file: file.to_owned(),
        configured_credentials_dir: credentials_dir(page, raw, &places),
        control_socket: control_socket(page, raw, &places),
        places,
        time_zone: read(page, "time-zone", raw.time_zone.as_ref(), time_zone)
            .or_else(|| time_zone("Europe/Oslo").ok())
            .unwrap_or(TimeZone::UTC),
        profile: word(raw.profile.as_ref(), Profile::Production),
        installation: read(page, "installation", raw.installation.as_ref(), Installation::parse)
            .unwrap_or_else(Installation::default_name),
        name: read(page, "name", raw.name.as_ref(), line).unwrap_or_else(|| "filsluse".to_owned()),
        contact: read(page, "contact", raw.contact.as_ref(), line),
        intake: intake(page, &raw.intake),
        new_check_digits_from: read(
            page,
            "identifiers.new-check-digits-from",
            raw.identifiers.new_check_digits_from.as_ref(),
            date,
        )
        .unwrap_or(NEW_RULE_FROM),
        embassy: embassy(page, raw),
        kpr: kpr(page, raw),
        routes: Vec::new(),
        reporting: Vec::new(),
        retention: sweep(page, raw),
        archive: raw.archive.as_ref().and_then(|raw| archive::archive(page, raw)),
        admin: raw.admin.as_ref().and_then(|raw| admin::admin(page, raw)),
        log: Log {
            format: word(raw.log.format.as_ref(), LogFormat::Text),
            level: word(raw.log.level.as_ref(), LogLevel::Info),
        },
        senders: std::collections::BTreeMap::new(),
        registries: std::collections::BTreeMap::new(),
    }
}

fn intake(page: &mut Page<'_>, raw: &RawIntake) -> Intake {
    let settle = Duration::from_millis(100)..=HOUR;
    let rescan = Duration::from_secs(1)..=HOUR;
    Intake {
        settle: read(page, "intake.settle", raw.settle.as_ref(), |text| within(text, &settle))
            .unwrap_or(Duration::from_secs(1)),
        rescan: read(page, "intake.rescan", raw.rescan.as_ref(), |text| within(text, &rescan))
            .unwrap_or(Duration::from_secs(30)),
        min_free_disk: read(page, "intake.min-free-disk", raw.min_free_disk.as_ref(), |text| {
            share_up_to(text, 90)
        })
        .unwrap_or(Share::percent(5)),
        max_file_size: read(page, "intake.max-file-size", raw.max_file_size.as_ref(), file_size)
            .unwrap_or(2 << 30),
        workers: raw
            .workers
            .as_ref()
            .and_then(|workers| NonZeroUsize::new(usize::try_from(*workers.value()).ok()?))
            .or_else(|| thread::available_parallelism().ok())
            .unwrap_or(NonZeroUsize::MIN),
        owner_check: word(raw.owner_check.as_ref(), true),
    }
}

fn embassy(page: &mut Page<'_>, raw: &RawMain) -> Embassy {
    let raw = &raw.embassy;
    Embassy {
        hold_withdrawals_above: read(
            page,
            "embassy.hold-withdrawals-above",
            raw.hold_withdrawals_above.as_ref(),
            Share::parse,
        )
        .unwrap_or(Share::percent(20)),
        hold_withdrawals_more_than: word(raw.hold_withdrawals_more_than.as_ref(), 3),
        stale_after: read(page, "embassy.stale-after", raw.stale_after.as_ref(), period)
            .unwrap_or(STALE_AFTER),
    }
}

fn kpr(page: &mut Page<'_>, raw: &RawMain) -> Kpr {
    let raw = &raw.kpr;
    let mut types = BTreeSet::new();
    for given in raw.expected_service_types.as_ref().map_or(&[][..], |raw| raw.value()) {
        match u16::try_from(*given.value()).ok().filter(|number| (1..=999).contains(number)) {
            Some(number) => drop(types.insert(number)),
            None => page.problem(
                "kpr.expected-service-types",
                Some(given.place()),
                "write numbers of code list 9151, from 1 to 999",
            ),
        }
    }
    Kpr {
        max_rejected: read(page, "kpr.max-rejected", raw.max_rejected.as_ref(), Share::parse)
            .unwrap_or(Share::percent(5)),
        expected_service_types: match raw.expected_service_types {
            Some(_) => types,
            None => [18, 19, 20, 21, 29].into(),
        },
    }
}

fn sweep(page: &mut Page<'_>, raw: &RawMain) -> Sweep {
    let raw = &raw.retention;
    // Deadlines are days: a sweep that runs less often than daily would miss them.
    let every = Duration::from_mins(1)..=Duration::from_hours(24);
    Sweep {
        sweep_every: read(page, "retention.sweep-every", raw.sweep_every.as_ref(), |text| {
            within(text, &every)
        })
        .unwrap_or(HOUR),
        max_share: read(page, "retention.max-share", raw.max_share.as_ref(), |text| {
            Share::parse(text).map_err(|error| error.to_string()).and_then(|share| {
                let some = share.basis_points() > 0;
                some.then_some(share).ok_or_else(|| "write more than 0%".to_owned())
            })
        })
        .unwrap_or(Share::percent(20)),
    }
}

/// A directory that senders can write to must not hold the daemon's own, nor the other way about.
fn apart(page: &mut Page<'_>, raw: &RawMain, drop_root: &Path, state_dir: &Path) {
    let given = !drop_root.as_os_str().is_empty() && !state_dir.as_os_str().is_empty();
    if given && (drop_root.starts_with(state_dir) || state_dir.starts_with(drop_root)) {
        let message = "it must lie neither in drop-root nor around it; write another directory";
        page.problem("state-dir", raw.state_dir.as_ref().map(At::place), message);
    }
}

fn credentials_dir(page: &mut Page<'_>, raw: &RawMain, places: &Places) -> Option<PathBuf> {
    let given = raw.credentials_dir.as_ref();
    let directory = read(page, "credentials-dir", given, directory)?;
    if !places.drop_root.as_os_str().is_empty() && directory.starts_with(&places.drop_root) {
        let message = "keys must not lie where senders write; write a directory outside drop-root";
        page.problem("credentials-dir", given.map(At::place), message);
    }
    Some(directory)
}

fn control_socket(page: &mut Page<'_>, raw: &RawMain, places: &Places) -> PathBuf {
    let given = raw.control_socket.as_ref();
    let socket = read(page, "control-socket", given, directory).unwrap_or_else(|| {
        if places.state_dir == Path::new("/var/lib/filsluse") {
            "/run/filsluse/control.sock".into()
        } else {
            places.state_dir.join("control.sock")
        }
    });
    // sockaddr_un holds 108 bytes with the closing zero.
    if socket.as_os_str().len() > 107 {
        let message = "its path is longer than the 107 bytes a socket may have; \
                       write control-socket with a shorter path";
        page.problem("control-socket", given.map(At::place), message);
    }
    socket
}

fn time_zone(text: &str) -> Result<TimeZone, &'static str> {
    TimeZone::get(text).map_err(|_| "no such time zone; write an IANA name, \"Europe/Oslo\"")
}

fn date(text: &str) -> Result<Date, &'static str> {
    text.parse().map_err(|_| "write a date as year-month-day, \"2032-01-01\"")
}

fn share_up_to(text: &str, percent: u8) -> Result<Share, String> {
    let share = Share::parse(text).map_err(|error| error.to_string())?;
    let fits = share <= Share::percent(percent);
    fits.then_some(share).ok_or_else(|| format!("write a share of at most {percent}%"))
}

fn file_size(text: &str) -> Result<u64, String> {
    let size = parse_size(text).map_err(|error| error.to_string())?;
    let fits = (1 << 10..=1 << 40).contains(&size);
    fits.then_some(size).ok_or_else(|| "write a size from 1 KiB to 1 TiB".to_owned())
}

const HOUR: Duration = Duration::from_hours(1);
