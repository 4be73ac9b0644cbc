//! Keys of the catalogue that other rooms choose: a person's pseudonym and a mission's code.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::types::{
    crockford,
    ids::RegistryId,
    pseudonym::{Pseudonym, parse_epoch},
};

/// What tells one enrolment from the others.
pub type EnrolmentKey<'a> = (&'a RegistryId, &'a MissionCode, &'a PersonKey);

/// A person within one registry, as its pseudonym `k<epoch>.<26 characters>` (`docs/interface.md`
/// section 6). Not printed by `Debug`: it links a person's records.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PersonKey(String);

impl PersonKey {
    /// Takes the text of a pseudonym and nothing else: no identifier can get in.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let split = text.strip_prefix('k').and_then(|rest| rest.split_once('.'));
        let well_formed = split.is_some_and(|(epoch, body)| {
            parse_epoch(epoch).is_some() && crockford::decode(body).is_some()
        });
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadKey("a person's key is k<epoch>.<26 characters>"))
        }
    }

    /// The key of the person whom a pseudonym stands for.
    pub fn of(person: &Pseudonym) -> Self {
        Self(person.to_string())
    }

    /// The text of the pseudonym.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

impl<'de> Deserialize<'de> for PersonKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A mission's or organisation's code, as the configuration gives it to a sender.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct MissionCode(String);

impl MissionCode {
    /// Takes 1 to 63 printable ASCII characters without spaces: more than a code may have now, so
    /// that what an earlier version kept is read.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        if (1..=63).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadKey("a mission's code is 1 to 63 printable ASCII characters without spaces"))
        }
    }

    /// As the configuration spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MissionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MissionCode {
    type Error = BadKey;

    fn try_from(text: String) -> Result<Self, BadKey> {
        Self::parse(&text)
    }
}

/// Why a text is no key. Says the shape that was wanted, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(&'static str);

#[cfg(test)]
mod tests {
    use super::{MissionCode, PersonKey};

    #[test]
    fn only_a_pseudonym_is_a_persons_key() {
        let cases = [
            ("k1.0123456789abcdefghjkmnpqrs", false),
            ("k1.00000000000000000000000000", true),
            ("k12.zzzzzzzzzzzzzzzzzzzzzzzzzw", true),
            ("k01.00000000000000000000000000", false),
            ("k.00000000000000000000000000", false),
            ("k+1.00000000000000000000000000", false),
            ("1.00000000000000000000000000", false),
            ("41819077302", false),
            ("", false),
        ];
        for (text, good) in cases {
            assert_eq!(PersonKey::parse(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn debug_does_not_show_a_person() {
        let key = PersonKey::parse("k7.00000000000000000000000000").unwrap();
        assert_eq!(format!("{key:?}"), "PersonKey(…)");
    }

    #[test]
    fn mission_codes() {
        let long = "x".repeat(64);
        for (text, good) in [("BE-01", true), ("", false), ("a b", false), (&long, false)] {
            assert_eq!(MissionCode::parse(text).is_ok(), good, "{text}");
        }
    }
}
