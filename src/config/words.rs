//! The closed sets of words that may stand in the configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{retention::profile::Start, types::verdict::Evidence};

/// Declares a set of words: serde, JSON Schema and `as_str` from one list.
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis $type:ident { $($(#[$said:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
        $vis enum $type {
            $($(#[$said])* #[serde(rename = $word)] $variant),+
        }

        impl $type {
            /// As the configuration spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}
pub(super) use words;

words!(
    /// Where the state of submissions is kept.
    pub Backend {
        /// An embedded database in the state directory.
        Sqlite = "sqlite",
    }
);
words!(
    /// The least evidence that a file has arrived whole, weakest first.
    pub Completeness {
        /// Only no change.
        Quiet = "quiet",
        /// The last writer is gone.
        Closed = "closed",
        /// The content says that it is whole.
        Structure = "structure",
        /// A `sha256sum` file names its digest.
        Manifest = "manifest",
    }
);
words!(
    /// How persons appear in a registry.
    pub IdentityMode {
        /// With their identifiers.
        Identified = "identified",
        /// By pseudonym.
        Pseudonym = "pseudonym",
        /// Content by pseudonym, and the map to identities as an object of its own.
        Split = "split",
    }
);
words!(
    /// How the log is written.
    pub LogFormat {
        /// One JSON object a line.
        Json = "json",
        /// Lines for people and journald.
        Text = "text",
    }
);
words!(
    /// The least grave message that is written.
    pub LogLevel {
        /// Errors alone.
        Error = "error",
        /// And warnings.
        Warn = "warn",
        /// And what happened.
        Info = "info",
        /// And why.
        Debug = "debug",
        /// And every step.
        Trace = "trace",
    }
);
words!(
    /// Which national ids are let in.
    pub Profile {
        /// Real ones; synthetic ones are refused.
        Production = "production",
        /// Synthetic ones; real ones are refused.
        Test = "test",
    }
);
words!(
    /// The event from which a registry's retention counts.
    pub RetentionStart {
        /// A clinician has decided on a reply from the police (POL-08).
        Decided = "decided",
        /// The operating year has ended (NPR-05).
        OperatingYearEnd = "operating-year-end",
        /// It was received.
        Received = "received",
        /// A later submission has taken its place (KPR-09).
        Superseded = "superseded",
        /// The task that the data were released for is done (NPR-05).
        TaskDone = "task-done",
        /// The withdrawal has been delivered.
        Withdrawn = "withdrawn",
    }
);
words!(
    /// What becomes of a release whose smallest groups are too small (NPR-04).
    pub OnSmallGroups {
        /// It is refused.
        Refuse = "refuse",
        /// It leaves, and the receipt warns.
        Warn = "warn",
    }
);
words!(
    /// Where a registry's objects are kept.
    pub StoreKind {
        /// A directory below the state directory.
        Directory = "directory",
    }
);

impl Completeness {
    /// The evidence that the word stands for.
    pub const fn evidence(self) -> Evidence {
        match self {
            Self::Quiet => Evidence::Quiet,
            Self::Closed => Evidence::Closed,
            Self::Structure => Evidence::Structure,
            Self::Manifest => Evidence::Manifest,
        }
    }

    /// The word for an evidence.
    pub const fn of(evidence: Evidence) -> Self {
        match evidence {
            Evidence::Quiet => Self::Quiet,
            Evidence::Closed => Self::Closed,
            Evidence::Structure => Self::Structure,
            Evidence::Manifest => Self::Manifest,
        }
    }
}

impl RetentionStart {
    /// The event in the words of the legal profiles.
    pub const fn start(self) -> Start {
        match self {
            Self::Decided => Start::Decided,
            Self::OperatingYearEnd => Start::OperatingYearEnd,
            Self::Received => Start::Received,
            Self::Superseded => Start::Superseded,
            Self::TaskDone => Start::TaskDone,
            Self::Withdrawn => Start::WithdrawalDelivered,
        }
    }
}
