//! Texts of the command line that become values, and what to write where they do not.

use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::records::objects::ObjectState,
    types::{ids::RegistryId, verdict::State},
};

/// A day, which begins at midnight in the installation's zone, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The day's first instant.
    Day(Date),
    /// This instant.
    Instant(Timestamp),
}

pub(super) fn since(text: &str) -> Result<Since, String> {
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

pub(in crate::cli) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day such as 2026-12-31".to_owned())
}

pub(super) fn year(text: &str) -> Result<i16, String> {
    let year = text.parse().ok().filter(|year| (1000..=9999).contains(year));
    year.ok_or_else(|| "write a year such as 2025".to_owned())
}

pub(super) fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| {
        "write claimed, sealed, stored, answered, done, held, rejected or quarantined".to_owned()
    })
}

pub(super) fn object_state(text: &str) -> Result<ObjectState, String> {
    text.parse().map_err(|_| "write stored, held or erased".to_owned())
}

pub(super) fn recipient(text: &str) -> Result<(RegistryId, age::x25519::Recipient), String> {
    let (registry, key) =
        text.split_once('=').ok_or("write REGISTRY=age1..., such as fastlege=age1...")?;
    let registry = RegistryId::parse(registry).map_err(|error| error.to_string())?;
    // A secret key pasted here must not come back in a message.
    let key = key.parse().map_err(|_| {
        "this is no age public key; it begins with age1, and its secret half never belongs here"
    })?;
    Ok((registry, key))
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
