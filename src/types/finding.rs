//! What was found wrong, and where: never what stood there.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::types::rule::{Hint, Language, Rule, Severity, Text};

/// One breach of one rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// What the breach does; the rule's own severity unless the kind decided otherwise.
    pub severity: Severity,
    /// Which document of an archive, from 1; `None` for a file that is one document.
    pub entry: Option<u32>,
    /// Where it stands in the document.
    pub place: Place,
    /// Number of the record in the file, from 1.
    pub record: Option<u64>,
    /// The column or attribute, by the format's own name and never by the sender's.
    pub field: Option<Cow<'static, str>>,
    /// What exactly is wrong.
    pub hint: Option<HintText>,
}

impl Finding {
    /// A breach with the rule's own severity.
    pub fn new(rule: &'static Rule, place: Place) -> Self {
        let severity = rule.severity;
        Self { rule, severity, entry: None, place, record: None, field: None, hint: None }
    }

    /// Says which document of an archive.
    #[must_use]
    pub fn entry(mut self, number: u32) -> Self {
        self.entry = Some(number);
        self
    }

    /// Says which record.
    #[must_use]
    pub fn record(mut self, number: u64) -> Self {
        self.record = Some(number);
        self
    }

    /// Says which column or attribute.
    #[must_use]
    pub fn field(mut self, name: &'static str) -> Self {
        self.field = Some(Cow::Borrowed(name));
        self
    }

    /// Says what exactly is wrong.
    #[must_use]
    pub fn hint(mut self, hint: &'static Hint) -> Self {
        self.hint = Some(HintText::from(hint));
        self
    }

    /// Overrides the rule's severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// A hint as it is kept with the finding: words of ours, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HintText {
    /// Stable key.
    pub key: Cow<'static, str>,
    /// Norwegian bokmål.
    pub nb: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
    /// Overrides the rule's `AppRec` code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apprec: Option<Cow<'static, str>>,
    /// What to do, where the rule's own cure is for another fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<CureText>,
}

/// A cure as it is kept with the finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CureText {
    /// Norwegian bokmål.
    pub nb: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl CureText {
    /// The words in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Nb => &self.nb,
        }
    }
}

impl From<&'static Hint> for HintText {
    fn from(hint: &'static Hint) -> Self {
        Self {
            key: Cow::Borrowed(hint.key),
            nb: Cow::Borrowed(hint.text.nb),
            en: Cow::Borrowed(hint.text.en),
            apprec: hint.apprec.map(Cow::Borrowed),
            cure: hint
                .cure
                .map(|Text { nb, en }| CureText { nb: Cow::Borrowed(nb), en: Cow::Borrowed(en) }),
        }
    }
}

/// Where in a file a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Place {
    /// A cell of a spreadsheet, as the spreadsheet program shows it.
    Cell {
        /// Sheet, from 1.
        sheet: u32,
        /// Row, from 1.
        row: u64,
        /// Column, from 1 (`A`); 0 for the row as a whole.
        column: u32,
    },
    /// A place in a text: XML or CSV.
    Line {
        /// Line, from 1.
        line: u64,
        /// Column in characters, from 1; 0 for the line as a whole.
        column: u64,
    },
    /// The file as a whole.
    File {},
}

/// A bounded list of findings, with a count of all of them.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    beyond: u64,
    worst: Option<Severity>,
    per_rule: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// Most findings that are kept one by one; the rest are counted.
    pub const MOST: usize = 1000;

    /// Adds one. What is graver pushes out the last of what is least grave: whoever reads the list
    /// must find in it why the file is rejected.
    pub fn push(&mut self, finding: Finding) {
        *self.per_rule.entry(finding.rule.code).or_default() += 1;
        self.keep(finding);
    }

    fn keep(&mut self, finding: Finding) {
        self.worst = self.worst.max(Some(finding.severity));
        if self.kept.len() < Self::MOST {
            self.kept.push(finding);
            return;
        }
        self.beyond += 1;
        let mut lesser = [Severity::Warning, Severity::RejectRecord]
            .into_iter()
            .take_while(|severity| *severity < finding.severity);
        let last_of = |severity| self.kept.iter().rposition(|kept| kept.severity == severity);
        let last = lesser.find_map(last_of);
        if let Some(last) = last {
            self.kept.remove(last);
            self.kept.push(finding);
        }
    }

    /// Keeps at most so many, the gravest of them and always one; the others are counted. Says how
    /// many are kept.
    pub fn shorten(&mut self, most: usize) -> usize {
        let mut excess = self.kept.len().saturating_sub(most.max(1));
        self.beyond += excess as u64;
        for severity in [Severity::Warning, Severity::RejectRecord, Severity::RejectFile] {
            let of_it = self.kept.iter().filter(|kept| kept.severity == severity).count();
            // Those found last go.
            let mut stay = of_it.saturating_sub(excess);
            excess -= of_it - stay;
            self.kept.retain(|kept| {
                let stays = kept.severity != severity || stay > 0;
                if kept.severity == severity {
                    stay = stay.saturating_sub(1);
                }
                stays
            });
        }
        self.kept.shrink_to_fit();
        self.kept.len()
    }

    /// The ones kept, in the order found.
    pub fn as_slice(&self) -> &[Finding] {
        &self.kept
    }

    /// How many more there were.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// How many there were of each rule, all of them counted.
    pub fn per_rule(&self) -> &BTreeMap<&'static str, u64> {
        &self.per_rule
    }

    /// The gravest severity among all of them.
    pub fn worst(&self) -> Option<Severity> {
        self.worst
    }

    /// Says of all of them which document of an archive they are in.
    #[must_use]
    pub fn in_entry(mut self, number: Option<u32>) -> Self {
        self.kept.iter_mut().for_each(|finding| finding.entry = number);
        self
    }

    /// Takes over the findings of another list.
    pub fn append(&mut self, other: Self) {
        self.beyond += other.beyond;
        self.worst = self.worst.max(other.worst);
        for (rule, count) in other.per_rule {
            *self.per_rule.entry(rule).or_default() += count;
        }
        other.kept.into_iter().for_each(|finding| self.keep(finding));
    }
}

/// A finding as JSON carries it and the catalogue keeps it.
#[derive(Serialize, Deserialize)]
struct Shape {
    rule: Cow<'static, str>,
    severity: Severity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<u32>,
    place: Place,
    record: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<Cow<'static, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<HintText>,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { rule, severity, entry, place, record, field, hint } = self.clone();
        Shape { rule: Cow::Borrowed(rule.code), severity, entry, place, record, field, hint }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Shape { rule, severity, entry, place, record, field, hint } =
            Shape::deserialize(deserializer)?;
        let rule = crate::types::rules::by_code(&rule).ok_or_else(|| {
            serde::de::Error::custom("a rule code that this version does not know")
        })?;
        Ok(Self { rule, severity, entry, place, record, field, hint })
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Findings, Place};
    use crate::types::{rule::Severity, rules::kpr};

    #[test]
    fn why_a_file_is_rejected_is_always_among_those_kept() {
        let of = |severity| Finding::new(&kpr::KPR_06, Place::File {}).severity(severity);
        let mut findings = Findings::default();
        for _ in 0..Findings::MOST {
            findings.push(of(Severity::RejectRecord));
        }
        findings.push(of(Severity::Warning));
        findings.push(of(Severity::RejectFile));
        let kept = findings.as_slice();
        assert_eq!((kept.len(), findings.beyond()), (Findings::MOST, 2));
        assert_eq!(kept.last().map(|found| found.severity), Some(Severity::RejectFile));
        assert!(kept.iter().all(|found| found.severity > Severity::Warning));
    }

    #[test]
    fn the_gravest_stay_and_all_are_counted() {
        let of = |severity| Finding::new(&kpr::KPR_06, Place::File {}).severity(severity);
        let mut findings = Findings::default();
        for (number, severity) in [
            (1, Severity::Warning),
            (2, Severity::RejectRecord),
            (3, Severity::Warning),
            (4, Severity::RejectFile),
            (5, Severity::RejectRecord),
        ] {
            findings.push(of(severity).record(number));
        }
        let kept = |findings: &Findings| -> Vec<_> {
            findings.as_slice().iter().filter_map(|found| found.record).collect()
        };
        assert_eq!(findings.clone().shorten(9), 5);
        assert_eq!(findings.shorten(4), 4);
        assert_eq!((kept(&findings), findings.beyond()), (vec![1, 2, 4, 5], 1));
        assert_eq!(findings.shorten(2), 2);
        assert_eq!(kept(&findings), [2, 4]);
        assert_eq!(findings.shorten(0), 1, "why it is rejected");
        assert_eq!((kept(&findings), findings.beyond()), (vec![4], 4));
        assert_eq!(findings.per_rule()[kpr::KPR_06.code], 5);
    }
}
