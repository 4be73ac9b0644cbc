//! Short names and numbers that the configuration gives to senders, keys and the installation.

use std::fmt;

use crate::types::{
    mission_code::is_mission_code, municipality::MunicipalityNumber, org_number::OrgNumber,
};

/// Declares a checked text with `parse`, `as_str`, `Display` and `Debug`.
macro_rules! checked_text {
    ($(#[$doc:meta])* $type:ident, $is:path, $want:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Takes the text if it has the right shape.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                if $is(text) { Ok(Self(text.to_owned())) } else { Err(BadName($want)) }
            }

            /// As the configuration spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// A local system account.
    Account,
    is_account,
    "write a local account's name: 1 to 32 of a-z, 0-9, - and _, starting with a letter or _"
);
checked_text!(
    /// Short name of this installation, used in the audit log's origin.
    Installation,
    is_short,
    "write 1 to 63 of a-z, 0-9 and -, such as \"helfo-oslo\""
);
checked_text!(
    /// A key's name in the credentials directory, without its epoch.
    KeyName,
    is_short,
    "write 1 to 63 of a-z, 0-9 and -, such as \"pseudonym-fastlege\""
);
checked_text!(
    /// A foreign mission's or international organisation's code.
    MissionCode,
    is_mission_code,
    "write a letter of A-Z and then at most 15 of A-Z, 0-9 and -, with at most four digits, such as \"XEX\""
);

/// Reads a number that a municipality has or had; whether in a year is for the kinds to say.
pub(super) fn municipality(text: &str) -> Result<MunicipalityNumber, BadName> {
    let number = MunicipalityNumber::parse(text).ok();
    number.filter(|number| number.is_known()).ok_or(BadName(
        "write a number that a municipality has had since 2016, four digits in quotes, such as \"0301\"",
    ))
}

/// Reads an organisation number of Enhetsregisteret.
pub(super) fn org_number(text: &str) -> Result<OrgNumber, BadName> {
    OrgNumber::parse(text).map_err(|_| BadName(
        "write an organisation number, nine digits in quotes of which the last is the right check digit",
    ))
}

impl Installation {
    /// The name of an installation that has been given none.
    pub(super) fn default_name() -> Self {
        Self("default".to_owned())
    }
}

impl KeyName {
    /// The key's file in the credentials directory, `<key>.k<epoch>`; epochs count from 1.
    pub fn file(&self, epoch: u32) -> String {
        format!("{self}.k{epoch}")
    }
}

/// A text of the wrong shape; says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(&'static str);

fn is_account(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=32).contains(&text.len())
        && text.bytes().all(inner)
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
}

fn is_short(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{Account, MissionCode, municipality, org_number};

    #[test]
    fn organisation_numbers() {
        for (text, good) in [
            ("983544622", true),
            ("889640782", true),
            ("958935420", true),
            ("988077918", false),
            ("911000130", false),
            ("98354462", false),
            ("98354462x", false),
        ] {
            assert_eq!(org_number(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn other_names() {
        assert!(municipality("0301").is_ok());
        for none in ["301", "0000", "9998", "9999"] {
            assert!(municipality(none).is_err(), "{none}");
        }
        assert!(MissionCode::parse("XEX").is_ok());
        assert!(MissionCode::parse("xex").is_err());
        assert!(Account::parse("emb-xex").is_ok());
        assert!(Account::parse("1x").is_err());
    }
}
