//! Days, instants and states, as people write them when they ask: on the command line and in the
//! address of a request.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{catalogue::records::objects::ObjectState, types::verdict::State};

/// A day, which begins at midnight in the installation's zone, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The day's first instant.
    Day(Date),
    /// This instant.
    Instant(Timestamp),
}

impl Since {
    /// The instant that is meant.
    ///
    /// # Errors
    /// For a day at the end of time.
    pub fn instant(self, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Instant(at) => Ok(at),
            Self::Day(day) => Ok(day.to_zoned(zone.clone())?.timestamp()),
        }
    }
}

/// Reads it.
///
/// # Errors
/// Says what to write instead.
pub fn since(text: &str) -> Result<Since, String> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == "2026-01-01".len()
    {
        return Ok(Since::Day(day));
    }
    let instant = text.parse::<Timestamp>().map(Since::Instant);
    instant.map_err(|_| {
        "write a day such as 2026-12-31 or a time such as 2026-12-31T10:00:00Z".to_owned()
    })
}

/// Reads a day.
///
/// # Errors
/// Says what to write instead.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day such as 2026-12-31".to_owned())
}

/// Reads the state of a submission.
///
/// # Errors
/// Says what to write instead.
pub fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| {
        "write claimed, sealed, stored, answered, done, held, rejected or quarantined".to_owned()
    })
}

/// Reads the state of an object.
///
/// # Errors
/// Says what to write instead.
pub fn object_state(text: &str) -> Result<ObjectState, String> {
    text.parse().map_err(|_| "write stored, held or erased".to_owned())
}

/// The first instant after a day: what is due up to it, is due on that day or before.
///
/// # Errors
/// For a day at the end of time.
pub fn end_of(day: Date, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    Ok(day.tomorrow()?.to_zoned(zone.clone())?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Since, since};

    #[test]
    fn days_and_instants() {
        assert_eq!(since("2026-11-21"), Ok(Since::Day(date(2026, 11, 21))));
        assert!(matches!(since("2026-11-21T10:00:00Z"), Ok(Since::Instant(_))));
        for bad in ["", "yesterday", "2026-13-01", "21.11.2026"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
