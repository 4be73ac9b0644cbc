//! What came of a submission, and how sure we were that it had arrived whole.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a submission was judged (`docs/interface.md` section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every record was taken.
    Accepted,
    /// The same bytes came from the same sender before (IN-03).
    Duplicate,
    /// Part of it waits for an operator (EMB-13).
    Held,
    /// Some records were taken, some were not.
    Partly,
    /// Nothing was taken.
    Rejected,
}

/// How far a submission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Recorded as ours; its file is, or is about to be, in the claimed directory.
    Claimed,
    /// Its objects are cipher text in the work directory. No longer set: what is sealed becomes
    /// durable in the same transaction. Catalogues of earlier versions may have it.
    Sealed,
    /// Its objects are durable in their stores.
    Stored,
    /// Its receipt is in the sender's outbound directory.
    Answered,
    /// Nothing is left to do.
    Done,
    /// Done but for the part that waits for an operator.
    Held,
    /// Refused and answered.
    Rejected,
    /// Set aside with an alarm: a fault of ours, or a reply of the police that answers nothing.
    Quarantined,
}

impl State {
    /// Whether a restart has nothing left to do for it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Held | Self::Rejected | Self::Quarantined)
    }
}

/// How sure we are that a file arrived whole, weakest first (`docs/interface.md` section 5).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Nothing but no change for the settle time.
    Quiet,
    /// The last writer is gone, and no change for the settle time.
    Closed,
    /// The content itself says that it is whole: closed root, declared rows, archive directory.
    Structure,
    /// A `sha256sum` file beside it names its digest.
    Manifest,
}

macro_rules! kebab_text {
    ($type:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $type {
            /// The word that JSON, the catalogue and the configuration use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }
    };
}

kebab_text!(Verdict {
    Accepted = "accepted",
    Duplicate = "duplicate",
    Held = "held",
    Partly = "partly",
    Rejected = "rejected",
});
kebab_text!(State {
    Claimed = "claimed",
    Sealed = "sealed",
    Stored = "stored",
    Answered = "answered",
    Done = "done",
    Held = "held",
    Rejected = "rejected",
    Quarantined = "quarantined",
});
kebab_text!(Evidence {
    Quiet = "quiet",
    Closed = "closed",
    Structure = "structure",
    Manifest = "manifest",
});

/// A word that is none of the closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is none of the words that may stand here")]
pub struct UnknownWord;

/// What the end of a file's content says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// It ends as it says it should: closed root, declared rows, archive directory.
    Complete,
    /// It does not end as it says it should: more is to come, or it was cut.
    Incomplete,
    /// It says nothing that could be held against it.
    Unknown,
    /// It says so only to whoever reads all of it: the one pass after the claim does.
    Unread,
}
