//! A release that was read, held against what went before: whether the task of its year is done
//! (NPR-05), and whether its smallest groups are too small.

use std::io;

use crate::{
    kinds::{
        judgement::{Effect, Judgement, Note, Records, Report},
        kind::{History, Reading},
        npr::{hints, output::Ended, state::ReleaseReport},
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Findings, Place},
        npr_release::{Purpose, terms::SmallGroups},
        rule::Severity,
        rules::npr as rules,
        verdict::Verdict,
    },
};

/// A release that was read.
pub struct NprReading {
    /// What was found in it.
    pub findings: Findings,
    /// Its rows.
    pub rows: u64,
    /// Those of them that did not leave.
    pub rejected: u64,
    /// What it is for.
    pub purpose: Purpose,
    /// The year that it is about.
    pub operating_year: i16,
    /// Rows that say that they are about another year.
    pub outside: u64,
    /// What each registry is to get.
    pub ended: Vec<Ended>,
    /// What small groups cost, registry by registry.
    pub on_small: Vec<SmallGroups>,
}

impl Reading for NprReading {
    fn conclude(
        mut self: Box<Self>,
        history: &mut dyn History,
        _sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let history = history.releases();
        let whole_file = |rule, hint| {
            Finding::new(rule, Place::File {}).severity(Severity::RejectFile).hint(hint)
        };
        for ended in &self.ended {
            if history.task_done(&ended.registry, self.operating_year)? {
                self.findings.push(whole_file(&rules::NPR_05, &hints::TASK_DONE));
                break;
            }
        }
        let mut notes = Vec::new();
        if self.outside > 0 {
            let (rows, operating_year) = (self.outside, self.operating_year);
            notes.push(Note::OutsideYear { rows, operating_year });
        }
        let not_shown = |(ended, _): &(&Ended, &SmallGroups)| !ended.groups.all_large();
        let mut small = self.ended.iter().zip(&self.on_small).filter(not_shown).peekable();
        if let Some((ended, _)) = small.peek() {
            let groups = ended.groups;
            notes.push(Note::SmallGroups {
                small: groups.small,
                persons: groups.persons_in_small,
                floor: groups.floor,
                not_counted: groups.rows_not_counted,
            });
            let refuses = small.any(|(_, on_small)| *on_small == SmallGroups::Refuse);
            let finding = whole_file(&rules::NPR_04, &hints::SMALL_GROUPS);
            let finding = if refuses { finding } else { finding.severity(Severity::Warning) };
            self.findings.push(finding);
        }
        let refused = self.findings.worst() == Some(Severity::RejectFile);
        let (accepted, rejected) =
            if refused { (0, self.rows) } else { (self.rows - self.rejected, self.rejected) };
        let records = Records { accepted, rejected };
        let verdict = records.verdict(&self.findings, false);
        for name in self.ended.iter().flat_map(|ended| &ended.left_out) {
            let note = Note::LeftOut(name);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        let report = ReleaseReport {
            purpose: self.purpose.as_str().to_owned(),
            operating_year: self.operating_year,
            records,
            groups: self.ended.iter().map(|ended| (ended.registry.clone(), ended.groups)).collect(),
        };
        let effects = match verdict {
            Verdict::Rejected => Vec::new(),
            _ => vec![Effect::Released { operating_year: self.operating_year }],
        };
        let findings = std::mem::take(&mut self.findings);
        let report = Some(Report::Release(report));
        Ok(Judgement { verdict, records, findings, notes, effects, report })
    }
}
