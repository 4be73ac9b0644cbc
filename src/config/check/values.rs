//! What single values mean, whichever file they stand in.

use std::{
    fmt::Display,
    ops::RangeInclusive,
    path::{Component, PathBuf},
    time::Duration,
};

use crate::{
    config::{
        problem::Page,
        quantity::{parse_duration, parse_period, show_duration},
        raw::at::At,
    },
    types::period::Period,
};

/// Reads a text where one is given; a bad one is noted and gives `None`.
pub(in crate::config) fn read<T, E: Display>(
    page: &mut Page<'_>,
    key: &str,
    raw: Option<&At<String>>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let raw = raw?;
    parse(raw.value()).map_err(|why| page.problem(key, Some(raw.place()), why.to_string())).ok()
}

/// A value whose type says all, or its default.
pub(in crate::config) fn word<T: Copy>(raw: Option<&At<T>>, default: T) -> T {
    raw.map_or(default, |raw| *raw.value())
}

/// A name or address that stands in receipts: one line.
pub(in crate::config) fn line(text: &str) -> Result<String, &'static str> {
    let fits = !text.trim().is_empty() && text.chars().count() <= 200;
    if fits && !text.chars().any(char::is_control) {
        Ok(text.trim().to_owned())
    } else {
        Err("write one line of 1 to 200 characters")
    }
}

/// A calendar period of at least a day.
pub(in crate::config) fn period(text: &str) -> Result<Period, String> {
    let period = parse_period(text).map_err(|error| error.to_string())?;
    if period.is_zero() { Err("write at least one day, \"P1D\"".to_owned()) } else { Ok(period) }
}

/// A calendar period that may be none, `P0D`.
pub(in crate::config) fn period_or_none(text: &str) -> Result<Period, String> {
    parse_period(text).map_err(|error| error.to_string())
}

/// An absolute path.
pub(in crate::config) fn directory(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    let plain = |part| matches!(part, Component::RootDir | Component::Normal(_));
    if !path.is_absolute() || !path.components().all(plain) || text.chars().any(char::is_control) {
        return Err("write an absolute path, one that starts with / and has no ..");
    }
    if path.parent().is_none() {
        return Err("write a directory below /, not / itself");
    }
    // `components` drops doubled and trailing slashes, so that paths compare as they should.
    Ok(path.components().collect())
}

/// A technical time within bounds.
pub(in crate::config) fn within(
    text: &str,
    range: &RangeInclusive<Duration>,
) -> Result<Duration, String> {
    let duration = parse_duration(text).map_err(|error| error.to_string())?;
    if range.contains(&duration) {
        return Ok(duration);
    }
    let (least, most) = (show_duration(*range.start()), show_duration(*range.end()));
    Err(format!("write a time from {least} to {most}"))
}
