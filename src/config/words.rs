//! The closed sets of words that may stand in the configuration.

use jiff::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    retention::profile::Start,
    types::{ids::KindId, verdict::Evidence, years::Years},
};

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
    /// The law that a registry stands under: what it takes, and how long it may keep it.
    pub LegalProfile {
        /// The GP scheme of those without a fødselsnummer (`rules.md` section 1).
        Fastlege = "fastlege",
        /// Individbasert pleie- og omsorgsstatistikk, service years up to 2017 (section 2).
        Iplos = "iplos",
        /// Kommunalt pasient- og brukerregister, service years from 2017 on (section 2).
        Kpr = "kpr",
        /// What goes to the police and what comes back, for the patient journal (section 3).
        Politisvar = "politisvar",
        /// Releases from Norsk pasientregister for financing, § 3-3 (section 4).
        HdirFinansiering = "hdir-finansiering",
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
    /// Which national ids are let in (`formats.md` section 5).
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

impl LegalProfile {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Fastlege, Self::Iplos, Self::Kpr, Self::Politisvar, Self::HdirFinansiering];

    /// The kinds that a registry of this profile takes.
    pub const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Fastlege => &["embassy-list", "departures"],
            Self::Iplos => &["iplos-annual"],
            Self::Kpr => &["kpr-event", "iplos-annual"],
            Self::Politisvar => &["police-request", "police-reply"],
            Self::HdirFinansiering => &["npr-release"],
        }
    }

    /// Its kinds whose documents are about a service year.
    pub fn kinds_by_year(self) -> impl Iterator<Item = &'static str> {
        self.kinds().iter().copied().filter(move |kind| self.years(kind).is_some())
    }

    /// The service years of its kinds that such a registry takes where the configuration does not
    /// say otherwise: 2017 fulfils the duty to both (KPR-03).
    pub const fn years(self, kind: &str) -> Option<Years> {
        match (self, kind.as_bytes()) {
            (Self::Iplos, b"iplos-annual") => Some(Years::until(2017)),
            (Self::Kpr, b"iplos-annual") => Some(Years::since(2017)),
            (Self::Kpr, b"kpr-event") => Some(Years::since(2018)),
            _ => None,
        }
    }

    /// The events from which its retention may be configured to count; the first where nothing is
    /// configured.
    pub const fn retention_starts(self) -> &'static [RetentionStart] {
        match self {
            Self::Fastlege => &[RetentionStart::Withdrawn],
            Self::Iplos | Self::Kpr => &[RetentionStart::Superseded],
            Self::Politisvar => &[RetentionStart::Received, RetentionStart::Decided],
            Self::HdirFinansiering => &[RetentionStart::OperatingYearEnd, RetentionStart::TaskDone],
        }
    }

    /// How long after that event, where nothing is configured (`rules.md`).
    pub fn retention_after(self) -> Span {
        match self {
            Self::Fastlege | Self::Iplos | Self::Kpr => Span::new().days(30),
            Self::Politisvar => Span::new().days(90),
            Self::HdirFinansiering => Span::new().years(5),
        }
    }

    /// Whether a registry of this profile takes a kind.
    pub fn takes(self, kind: &KindId) -> bool {
        self.kinds().contains(&kind.as_str())
    }
}
