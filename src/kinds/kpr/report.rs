//! The verdict and the quality report that counts add up to.

use std::{collections::BTreeMap, io};

use crate::{
    kinds::{
        Sinks,
        judgement::Records,
        kpr::{
            spill::persons::{self, Persons},
            state::{Change, Linked, Quality, ReportHistory, Reported},
            tally::Tally,
        },
    },
    types::{finding::Findings, ids::RegistryId, rule::Severity, verdict::Verdict},
};

/// The verdict: all, some or none of it was taken.
pub fn verdict(tally: &Tally) -> Verdict {
    if tally.findings.worst() == Some(Severity::RejectFile)
        || (tally.rejected > 0 && tally.rejected == tally.records)
    {
        Verdict::Rejected
    } else if tally.rejected > 0 {
        Verdict::Partly
    } else {
        Verdict::Accepted
    }
}

/// Findings per rule, as a report has them.
pub fn per_rule(findings: &Findings) -> BTreeMap<String, u64> {
    findings.per_rule().iter().map(|(rule, count)| ((*rule).to_owned(), *count)).collect()
}

/// The report, and the changes that say who was reported to which registry in which year.
/// `persons`: per registry, with the epoch of the key that they were told apart by. Somebody who is
/// in several years of the message counts in the first of them.
pub fn quality<'p>(
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
        records: Records { accepted: tally.records - tally.rejected, rejected: tally.rejected },
        persons: known,
        findings: per_rule(&tally.findings),
        years: tally.years.clone(),
        missing: 0,
    };
    Ok((quality, changes))
}
