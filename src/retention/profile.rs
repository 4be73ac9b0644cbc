//! Legal profiles: which law or decision says how long what may be kept, as one table.
//!
//! A configuration may change a period that the table ships; it may not pass a statutory limit,
//! and [`check_configuration`] refuses one that tries.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::types::{ids, period::Period};

/// What starts a clock. With serde as `from` in a configuration has it, which may not name what is
/// skipped here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// The last list that confirmed the enrolment was received.
    #[serde(skip)]
    Confirmed,
    /// A clinician has decided on a reply from the police (POL-08).
    Decided,
    /// The operating year has ended, with its 31 December (NPR-05).
    OperatingYearEnd,
    /// The submission was processed: `lists`, in a configuration.
    #[serde(skip)]
    Processed,
    /// It was received.
    Received,
    /// A later submission has taken its place (KPR-09).
    Superseded,
    /// The task that the data were released for is done (NPR-05).
    TaskDone,
    /// The withdrawal has been delivered.
    #[serde(rename = "withdrawn")]
    WithdrawalDelivered,
}

impl Start {
    /// The word that a configuration has for it.
    pub const fn configured_as(self) -> &'static str {
        match self {
            Self::WithdrawalDelivered => "withdrawn",
            _ => self.as_str(),
        }
    }

    /// The word that rules are told by, in plans, receipts and the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Decided => "decided",
            Self::OperatingYearEnd => "operating-year-end",
            Self::Processed => "processed",
            Self::Received => "received",
            Self::Superseded => "superseded",
            Self::TaskDone => "task-done",
            Self::WithdrawalDelivered => "withdrawal-delivered",
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Erasable {
    /// A person's enrolment record in the catalogue.
    Enrolment,
    /// An object in the registry's store.
    Object,
}

/// What happens when a rule's time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is erased.
    Erase,
    /// An operator is told.
    Escalate,
}

/// One clock: what happens to what, how long after which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub subject: Erasable,
    /// What happens then.
    pub outcome: Outcome,
    /// What starts the clock.
    pub from: Start,
    /// How long it runs.
    pub after: Period,
    /// Who says so.
    pub source: &'static str,
}

impl fmt::Display for Rule {
    /// `processed + P90D`: what the catalogue, the plan and the audit log call it by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} + {}", self.from, self.after)
    }
}

/// An outer limit that a statute sets: nobody can hold or configure past it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What starts the clock.
    pub from: Start,
    /// How long it runs.
    pub after: Period,
    /// The provision.
    pub paragraph: &'static str,
}

/// What the law and the shipped decisions say about one registry.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that `legal-profile` takes.
    pub name: &'static str,
    /// Clocks with their shipped periods; no two of one outcome start at the same event.
    pub rules: &'static [Rule],
    /// Statutory outer limits, empty where no statute sets one.
    pub limits: &'static [Limit],
}

impl Profile {
    /// The profile of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILES.into_iter().find(|profile| profile.name == name)
    }

    /// How long after an event it erases, as shipped; `None` where it has no such clock.
    pub fn erased_after(&self, from: Start) -> Option<Period> {
        erased_after(self.rules, from)
    }

    /// How long after it was received an operator is told of an object, as shipped; `None` where
    /// nothing waits for one.
    pub fn escalated_after(&self) -> Option<Period> {
        let told =
            |rule: &&Rule| (rule.outcome, rule.subject) == (Outcome::Escalate, Erasable::Object);
        self.rules.iter().find(told).map(|rule| rule.after)
    }

    /// Its erasures as shipped, those at once last.
    pub fn erasures(&self) -> Vec<ConfiguredPeriod> {
        let erasures = self.rules.iter().filter(|rule| rule.outcome == Outcome::Erase);
        let mut erasures: Vec<_> =
            erasures.map(|rule| ConfiguredPeriod { from: rule.from, after: rule.after }).collect();
        erasures.sort_by_key(|clock| clock.after.is_zero());
        erasures
    }

    /// The provision behind a rule as the catalogue and the log call it: `processed + P90D`.
    pub fn provision(&self, rule: &str) -> Option<&'static str> {
        let start = rule.split(" + ").next().unwrap_or(rule);
        let limits = self.limits.iter().filter(|limit| limit.from.as_str() == start);
        let rules = self.rules.iter().filter(|known| known.outcome == Outcome::Erase);
        let known = rules.filter(|known| known.from.as_str() == start).map(|known| known.source);
        limits.map(|limit| limit.paragraph).chain(known).next()
    }
}

/// A period that the configuration sets in place of the shipped one for the erasure that starts at
/// the same event: `from = "superseded"`, `after = "P30D"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfiguredPeriod {
    /// What starts the clock.
    pub from: Start,
    /// How long it runs.
    pub after: Period,
}

/// Why a configured period is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// It would keep something longer than a statute allows.
    #[error(
        "`after` passes the limit of {paragraph}; write {longest} or less for `from = \"{from}\"`"
    )]
    PassesLimit {
        /// The provision.
        paragraph: &'static str,
        /// What starts the clock.
        from: Start,
        /// The longest period that is lawful.
        longest: Period,
    },
    /// The profile has no such clock.
    #[error("profile `{profile}` has no erasure that starts at `{from}`; write {instead}")]
    UnknownStart {
        /// The profile.
        profile: &'static str,
        /// What was configured.
        from: Start,
        /// What may stand there.
        instead: String,
    },
}

/// Whether a configured period is one that the profile has and that no statute forbids.
///
/// # Errors
/// Names the provision that the period would pass.
pub fn check_configuration(
    profile: &Profile,
    configured: &ConfiguredPeriod,
) -> Result<(), ConfigurationError> {
    let erasures = || profile.rules.iter().filter(|rule| rule.outcome == Outcome::Erase);
    if !erasures().any(|rule| rule.from == configured.from) {
        let starts: Vec<String> = erasures().map(|rule| format!("`{}`", rule.from)).collect();
        let (from, instead) = (configured.from, starts.join(" or "));
        return Err(ConfigurationError::UnknownStart { profile: profile.name, from, instead });
    }
    let same_start = profile.limits.iter().filter(|limit| limit.from == configured.from);
    for &Limit { from, after: longest, paragraph } in same_start {
        if !never_longer(configured.after, longest) {
            return Err(ConfigurationError::PassesLimit { paragraph, from, longest });
        }
    }
    Ok(())
}

/// Whether `one` ends no later than `other` from whatever day both run. Days and months have no
/// fixed ratio, so it is tried on each day of the years around a leap year and around 2100.
pub fn never_longer(one: Period, other: Period) -> bool {
    [jiff::civil::date(2023, 1, 1), jiff::civil::date(2095, 1, 1)].into_iter().all(|first| {
        let ends_in_time = |day: Date| match (one.after(day), other.after(day)) {
            (Ok(one), Ok(other)) => one <= other,
            // Past the end of the calendar is past every limit.
            (Err(_), _) => false,
            (Ok(_), Err(_)) => true,
        };
        first.series(jiff::Span::new().days(1)).take(10 * 366).all(ends_in_time)
    })
}

/// How long after an event rules erase.
pub(super) fn erased_after(rules: &[Rule], from: Start) -> Option<Period> {
    let erases = |rule: &&Rule| rule.outcome == Outcome::Erase && rule.from == from;
    rules.iter().find(erases).map(|rule| rule.after)
}

const fn erase(subject: Erasable, from: Start, after: Period, source: &'static str) -> Rule {
    Rule { subject, outcome: Outcome::Erase, from, after, source }
}

const fn escalate(subject: Erasable, from: Start, after: Period, source: &'static str) -> Rule {
    Rule { subject, outcome: Outcome::Escalate, from, after, source }
}

/// All of them. The rules stand in the order in which they are explained in the documentation.
pub static PROFILES: [&Profile; 5] = [&FASTLEGE, &HDIR_FINANSIERING, &IPLOS, &KPR, &POLITISVAR];

/// The GP scheme of those without a fødselsnummer.
pub static FASTLEGE: Profile = Profile {
    name: "fastlege",
    rules: &[
        erase(Erasable::Enrolment, Start::WithdrawalDelivered, Period::days(30), OURS),
        erase(Erasable::Object, Start::Processed, Period::days(90), OURS),
        escalate(Erasable::Enrolment, Start::Confirmed, STALE_AFTER, OURS),
    ],
    limits: &[],
};

/// Releases from Norsk pasientregister for financing, § 3-3.
pub static HDIR_FINANSIERING: Profile = Profile {
    name: "hdir-finansiering",
    rules: &[
        erase(Erasable::Object, Start::TaskDone, Period::days(0), NPR_3_3),
        erase(Erasable::Object, Start::OperatingYearEnd, Period::years(5), NPR_3_3),
    ],
    limits: &[
        Limit { from: Start::TaskDone, after: Period::days(0), paragraph: NPR_3_3 },
        Limit { from: Start::OperatingYearEnd, after: Period::years(5), paragraph: NPR_3_3 },
    ],
};

/// Individbasert pleie- og omsorgsstatistikk.
pub static IPLOS: Profile = Profile {
    name: "iplos",
    rules: &[erase(Erasable::Object, Start::Superseded, Period::days(30), OURS)],
    limits: &[],
};

/// Kommunalt pasient- og brukerregister.
pub static KPR: Profile = Profile {
    name: "kpr",
    rules: &[erase(Erasable::Object, Start::Superseded, Period::days(30), OURS)],
    limits: &[],
};

/// What goes to the police and what comes back.
pub static POLITISVAR: Profile = Profile {
    name: "politisvar",
    rules: &[
        erase(Erasable::Object, Start::Decided, Period::days(0), OURS),
        erase(Erasable::Object, Start::Received, Period::days(90), OURS),
        escalate(Erasable::Object, Start::Received, Period::days(30), OURS),
    ],
    limits: &[],
};

/// An operator is told of an enrolment that no list has confirmed for so long.
pub const STALE_AFTER: Period = Period::years(5);

/// What is set aside for the one who sent it, in no registry's store (POL-07). No law names it, so
/// no registry can be configured to it.
pub static QUARANTINE: Profile = Profile {
    name: ids::QUARANTINE,
    rules: &[erase(Erasable::Object, Start::Received, Period::days(90), OURS)],
    limits: &[],
};

/// How long a reply that was delivered lies in the hospital's outbound directory, counted from when
/// it was laid out there.
pub const DELIVERED: Rule = erase(Erasable::Object, Start::Decided, Period::days(30), OURS);

const OURS: &str = "filsluse, docs/rules.en.md";

const NPR_3_3: &str = "Norsk pasientregisterforskriften § 3-3 second paragraph";

#[cfg(test)]
mod tests {
    use super::{
        ConfigurationError, ConfiguredPeriod, PROFILES, Profile, Start, check_configuration,
    };

    #[test]
    fn a_statutory_limit_cannot_be_configured_away() {
        let cases = [
            ("fastlege", Start::Processed, "P20Y", "ok"),
            ("fastlege", Start::WithdrawalDelivered, "P60D", "ok"),
            ("fastlege", Start::TaskDone, "P1D", "start"),
            ("fastlege", Start::Confirmed, "P1Y", "start"),
            ("kpr", Start::Superseded, "P1Y", "ok"),
            ("iplos", Start::Superseded, "P0D", "ok"),
            ("politisvar", Start::Received, "P60D", "ok"),
            ("hdir-finansiering", Start::OperatingYearEnd, "P5Y", "ok"),
            ("hdir-finansiering", Start::OperatingYearEnd, "P60M", "ok"),
            ("hdir-finansiering", Start::OperatingYearEnd, "P1825D", "ok"),
            // Five years without a leap day between them exist only around 2100.
            ("hdir-finansiering", Start::OperatingYearEnd, "P1826D", "limit"),
            ("hdir-finansiering", Start::OperatingYearEnd, "P5Y1D", "limit"),
            ("hdir-finansiering", Start::OperatingYearEnd, "P7999Y", "limit"),
            ("hdir-finansiering", Start::TaskDone, "P0D", "ok"),
            ("hdir-finansiering", Start::TaskDone, "P1D", "limit"),
            ("hdir-finansiering", Start::Superseded, "P30D", "start"),
        ];
        for (name, from, after, want) in cases {
            let profile = Profile::named(name).unwrap();
            let configured = ConfiguredPeriod { from, after: after.parse().unwrap() };
            let got = match check_configuration(profile, &configured) {
                Ok(()) => "ok",
                Err(ConfigurationError::PassesLimit { paragraph, .. }) => {
                    assert!(paragraph.contains("§ 3-3"), "{paragraph}");
                    "limit"
                }
                Err(ConfigurationError::UnknownStart { .. }) => "start",
            };
            assert_eq!(got, want, "{name}: {from} + {after}");
        }
    }

    #[test]
    fn the_table_obeys_its_own_limits_and_has_no_clock_twice() {
        for profile in PROFILES {
            for (index, rule) in profile.rules.iter().enumerate() {
                let same =
                    |other: &&super::Rule| (other.outcome, other.from) == (rule.outcome, rule.from);
                assert_eq!(profile.rules.iter().position(|other| same(&other)), Some(index));
                if rule.outcome == super::Outcome::Erase {
                    let shipped = ConfiguredPeriod { from: rule.from, after: rule.after };
                    assert_eq!(check_configuration(profile, &shipped), Ok(()), "{}", profile.name);
                }
            }
        }
        assert_eq!(Profile::named("nobody"), None);
    }

    #[test]
    fn each_rule_has_its_provision() {
        let named = |profile, rule| Profile::named(profile).unwrap().provision(rule);
        assert_eq!(named("fastlege", "processed + P20D"), Some(super::OURS));
        assert_eq!(named("fastlege", "withdrawal-delivered"), Some(super::OURS));
        assert_eq!(named("hdir-finansiering", "task-done + P0D"), Some(super::NPR_3_3));
        assert_eq!(named("fastlege", "task-done + P0D"), None);
        assert_eq!(named("politisvar", "received + P90D"), Some(super::OURS));
    }
}
