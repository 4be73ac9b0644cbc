//! Names that may be printed: none of them is chosen by a sender.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de};

use crate::types::crockford;

/// One file that came, from its claim on: 26 characters that sort by time of claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubmissionId([u8; 16]);

impl SubmissionId {
    /// 48 bits of milliseconds, then 80 random bits.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        Self(bytes)
    }

    /// This one if it sorts behind `last`, else one that does: for ids that are drawn in the same
    /// millisecond, of which the time does not tell which came first. It follows `last` by a step
    /// that is drawn too, so that nobody can tell it from that one. Where the clock was set back,
    /// the time says so, and this one stays.
    #[must_use]
    pub fn behind(self, last: Self) -> Self {
        if self.0[..6] != last.0[..6] || self > last {
            return self;
        }
        let [.., a, b, c, d] = self.0;
        let step = u128::from(u32::from_be_bytes([a, b, c, d])) + 1;
        Self(u128::from_be_bytes(last.0).saturating_add(step).to_be_bytes())
    }

    /// One whose sixteen bytes are kept elsewhere.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its sixteen bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        crockford::decode(text)
            .map(Self)
            .ok_or(BadId("a submission id is 26 characters of 0-9 and a-z without i, l, o and u"))
    }
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crockford::encode(&self.0))
    }
}

/// Declares a short configured name: lower-case letters, digits and hyphens.
macro_rules! short_name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Takes 1 to 63 characters of `a-z`, `0-9` and `-`, the first and last not a hyphen.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                if is_short_name(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId(concat!($what, " is 1 to 63 of a-z, 0-9 and -, not - first or last")))
                }
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

        text_id!($type);
    };
}

/// `Debug`, and serde as text, for an id with `Display` and `parse`.
macro_rules! text_id {
    ($type:ident) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }
    };
}

text_id!(SubmissionId);
short_name!(
    /// A sender's short name: its directory and its account.
    SenderId,
    "a sender's id"
);
short_name!(
    /// A registry's short name.
    RegistryId,
    "a registry's id"
);
short_name!(
    /// What kind of submission a file is, such as `embassy-list`.
    KindId,
    "a kind"
);

/// What part of a submission an object holds (`docs/interface.md` section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The submission without identities.
    Content,
    /// What the registry must change: who is enrolled, changed, withdrawn.
    Difference,
    /// The map from pseudonym to identity.
    Identity,
    /// What the submission was worth: counts for the register's quality work, as JSON.
    Report,
    /// What leaves for another sender, sealed to that sender.
    Request,
    /// The whole submission.
    Whole,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Content, Self::Difference, Self::Identity, Self::Report, Self::Request, Self::Whole];

    /// The word used in names and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Difference => "difference",
            Self::Identity => "identity",
            Self::Report => "report",
            Self::Request => "request",
            Self::Whole => "whole",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == text)
    }
}

/// One sealed object in a registry's store: `<submission>.<registry>.<part>[-<n>]`.
///
/// Derived, never drawn: doing a step again gives the same name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// The submission that it came from.
    pub submission: SubmissionId,
    /// The registry that it is for.
    pub registry: RegistryId,
    /// What it holds.
    pub part: Part,
    /// 1 for the first or only one; a later decision or a cut gives 2, 3, …
    pub number: u32,
}

impl ObjectId {
    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Result<Self, BadId> {
        Self::split(text).ok_or(BadId(
            "an object id is <submission>.<registry>.<part>; `filsluse object list` shows them",
        ))
    }

    fn split(text: &str) -> Option<Self> {
        let mut pieces = text.split('.');
        let submission = SubmissionId::parse(pieces.next()?).ok()?;
        let registry = RegistryId::parse(pieces.next()?).ok()?;
        let last = pieces.next()?;
        let (part, number) = match last.split_once('-') {
            None => (last, 1),
            Some((part, digits)) => {
                let number: u32 = digits.parse().ok()?;
                if number < 2 || number.to_string() != digits {
                    return None;
                }
                (part, number)
            }
        };
        let part = Part::parse(part)?;
        pieces.next().is_none().then_some(Self { submission, registry, part, number })
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.submission, self.registry, self.part.as_str())?;
        if self.number > 1 {
            write!(f, "-{}", self.number)?;
        }
        Ok(())
    }
}

text_id!(ObjectId);

/// Why a text is no id. Says the shape that was wanted, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadId(&'static str);

fn is_short_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The place of what is set aside for whoever sent it; no registry is called so.
pub const QUARANTINE: &str = "quarantine";

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{ObjectId, Part, RegistryId, SenderId, SubmissionId};

    #[test]
    fn submission_ids_sort_by_time() {
        let at = |second| SubmissionId::new(Timestamp::from_second(second).unwrap(), [255; 10]);
        let (early, late) = (at(1_700_000_000), at(1_700_000_001));
        assert!(early.to_string() < late.to_string());
        assert_eq!(SubmissionId::parse(&early.to_string()), Ok(early));
    }

    #[test]
    fn submission_ids_of_one_millisecond_sort_as_they_were_drawn() {
        let id = |millis, random| {
            SubmissionId::new(Timestamp::from_millisecond(millis).unwrap(), [random; 10])
        };
        let last = id(5, 9);
        assert_eq!(id(5, 10).behind(last), id(5, 10));
        assert_eq!(id(6, 1).behind(last), id(6, 1));
        assert_eq!(id(4, 1).behind(last), id(4, 1), "the clock was set back");
        for random in [9, 1, 0] {
            let next = id(5, random).behind(last);
            assert!(last < next && next < id(6, 0), "{next}");
        }
    }

    #[test]
    fn object_ids_read_back() {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let registry = RegistryId::parse("fastlege").unwrap();
        for number in [1, 2, 13] {
            let id =
                ObjectId { submission, registry: registry.clone(), part: Part::Difference, number };
            assert_eq!(ObjectId::parse(&id.to_string()), Ok(id));
        }
        for bad in ["", "x.fastlege.whole", "00000000000000000000000000.fastlege.whole-1"] {
            assert!(ObjectId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn short_names() {
        for (text, good) in [
            ("oslo", true),
            ("a-1", true),
            ("-a", false),
            ("A", false),
            ("", false),
            ("../x", false),
        ] {
            assert_eq!(SenderId::parse(text).is_ok(), good, "{text}");
        }
    }
}
