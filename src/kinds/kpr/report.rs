//! What the counts of a message add up to: its verdict, and the quality report.

use std::{collections::BTreeMap, io};

use crate::{
    kinds::{
        judgement::{Effect, Judgement, Note, Report},
        kpr::{
            output::Ending,
            spill::persons::{self, Persons},
            state::{Change, Linked, Quality, ReportHistory, Reported},
            tally::Tally,
        },
        sinks::Sinks,
    },
    types::{finding::Findings, ids::RegistryId, verdict::Verdict},
};

/// What the records of a message add up to, before any of what waits for it leaves.
pub struct Summary {
    /// Whether anything is taken.
    pub verdict: Verdict,
    /// The counts.
    pub quality: Quality,
    findings: Findings,
    /// Who was reported.
    persons: Vec<Change>,
}

impl Summary {
    /// Asks for the share of records that may be struck, and counts.
    pub fn of(
        tally: &mut Tally,
        endings: &mut [Ending],
        max_rejected_basis_points: u64,
        history: &mut dyn ReportHistory,
        sinks: &mut dyn Sinks,
    ) -> io::Result<Self> {
        tally.check_threshold(max_rejected_basis_points);
        let verdict = tally.records().verdict(&tally.findings, false);
        let persons = endings.iter_mut().map(Ending::reported);
        let (quality, persons) = quality(tally, persons, history, sinks)?;
        Ok(Self { verdict, quality, findings: std::mem::take(&mut tally.findings), persons })
    }

    /// The judgement when nothing is taken.
    pub fn rejected(self) -> Judgement {
        let quality = self.quality.of_nothing_taken();
        let report = Some(Report::Quality(quality.clone()));
        Judgement { report, ..Judgement::rejected(quality.records, self.findings) }
    }

    /// The judgement when something is: the message's own changes come before those of its persons.
    pub fn taken(self, notes: Vec<Note>, changes: Vec<Change>) -> Judgement {
        Judgement {
            verdict: self.verdict,
            records: self.quality.records,
            findings: self.findings,
            notes,
            effects: changes.into_iter().chain(self.persons).map(Effect::Report).collect(),
            report: Some(Report::Quality(self.quality)),
        }
    }
}

fn owned(per_rule: &BTreeMap<&'static str, u64>) -> BTreeMap<String, u64> {
    per_rule.iter().map(|(rule, count)| ((*rule).to_owned(), *count)).collect()
}

/// The report, and the changes that say who was reported to which registry in which year.
/// `persons`: per registry, with the epoch of the key that they were told apart by. Somebody who is
/// in several years of the message counts in the first of them.
fn quality<'p>(
    tally: &Tally,
    persons: impl Iterator<Item = (RegistryId, u32, &'p mut Persons)>,
    history: &mut dyn ReportHistory,
    sinks: &mut dyn Sinks,
) -> io::Result<(Quality, Vec<Change>)> {
    let mut changes = Vec::new();
    let mut known: BTreeMap<RegistryId, Linked> = BTreeMap::new();
    for (registry, epoch, persons) in persons {
        let of_registry = known.entry(registry.clone()).or_default();
        let years = std::mem::take(persons).finish()?;
        let reported = |persons| Reported { registry: registry.clone(), epoch, persons };
        for (year, persons) in persons::by_first_year(&years, sinks)? {
            let count = persons.count();
            let linked = history.linked(&reported(persons), year)?;
            of_registry.linked += linked;
            of_registry.unlinked += count.saturating_sub(linked);
        }
        let change = |(year, persons)| Change::Persons { year, persons: reported(persons) };
        changes.extend(years.into_iter().map(change));
    }
    let quality = Quality {
        identifiers: tally.identifiers,
        records: tally.records(),
        persons: known,
        findings: owned(tally.findings.per_rule()),
        years: tally.years.clone(),
        missing: 0,
    };
    Ok((quality, changes))
}
