//! What goes out to other systems over the network: why an attempt failed, and what waits.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An enumeration whose variants are words, in JSON and in the catalogue.
macro_rules! words {
    ($(#[$doc:meta])+ $name:ident { $($(#[$of:meta])+ $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$of])+ $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that JSON and the catalogue use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::types::verdict::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or($crate::types::verdict::UnknownWord)
            }
        }
    };
}

pub(super) use words;

/// What waits to go to one other system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many things.
    pub count: u64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// When the newest of them was, by the clock of that time.
    pub newest: Option<Timestamp>,
    /// Why the newest failed attempt of one that waits failed.
    pub last_error: Option<Trouble>,
    /// Whether any of them waits for somebody to put something right.
    pub needs_somebody: Option<Trouble>,
}

impl Waiting {
    /// Whether one has waited for longer than `patience`. One that was queued on a day that has not
    /// come was queued while the clock was ahead: nobody knows since when it waits.
    pub fn is_late(&self, patience: SignedDuration, now: Timestamp) -> bool {
        let late = |oldest: Timestamp| oldest.saturating_add(patience).is_ok_and(|end| end <= now);
        self.oldest.is_some_and(late) || self.newest.is_some_and(|newest| newest > now)
    }
}

words! {
    /// Why an attempt failed. The other system's own words are never kept: they may quote.
    Trouble {
        /// It answered that it is too busy (429 or 503).
        Busy = "busy",
        /// It refuses us: the auth key, the client certificate, or a right of its user (401, 403).
        NotAuthorised = "not-authorised",
        /// It wants us to ask somewhere else, which we do not.
        Redirected = "redirected",
        /// It will not take what it is given, and would not the next time (409, 413, …).
        Refused = "refused",
        /// It answered with an HTTP error.
        ServerError = "server-error",
        /// What it answered is not what such a system answers, or not what was asked.
        StrangeAnswer = "strange-answer",
        /// No answer, or only half of one, came in time.
        Timeout = "timeout",
        /// Its certificate, or the way it speaks TLS, is not to be trusted.
        Tls = "tls",
        /// Its answer is larger than any should be.
        TooLarge = "too-large",
        /// The connection could not be made, or broke.
        Unreachable = "unreachable",
        /// We cannot read what is to go out.
        Unreadable = "unreadable",
        /// It answered `Successful: false`.
        Unsuccessful = "unsuccessful",
    }
}

impl Trouble {
    /// Whether it is about the one thing that was to go out, and not about the other system.
    pub const fn is_about_the_thing(self) -> bool {
        matches!(self, Self::Refused | Self::Unreadable)
    }

    /// Whether waiting alone will not help: somebody must put configuration, key or certificate
    /// right.
    pub const fn needs_somebody(self) -> bool {
        matches!(
            self,
            Self::NotAuthorised
                | Self::Redirected
                | Self::Refused
                | Self::StrangeAnswer
                | Self::Tls
                | Self::TooLarge
                | Self::Unreadable
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Trouble, Waiting};

    #[test]
    fn words_read_back_and_are_what_json_says() {
        for trouble in Trouble::ALL {
            assert_eq!(trouble.as_str().parse(), Ok(*trouble));
            assert_eq!(serde_json::to_value(trouble).unwrap(), trouble.as_str());
        }
        assert!("gone".parse::<Trouble>().is_err());
    }

    #[test]
    fn late() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let patience = SignedDuration::from_secs(60);
        for (oldest, newest, now, want) in [
            (None, None, 100, false),
            (Some(40), Some(50), 99, false),
            (Some(40), Some(50), 100, true),
            (Some(40), Some(101), 100, true),
            (Some(140), Some(140), 100, true),
        ] {
            let waiting =
                Waiting { oldest: oldest.map(at), newest: newest.map(at), ..Waiting::default() };
            assert_eq!(waiting.is_late(patience, at(now)), want, "{oldest:?} {newest:?} {now}");
        }
    }
}
