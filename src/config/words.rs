//! The closed sets of words that may stand in the configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Where a registry's objects are kept.
    pub StoreKind {
        /// A directory below the state directory.
        Directory = "directory",
    }
);
