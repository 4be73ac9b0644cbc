//! The verdict and the quality report that counts add up to.

use std::{collections::BTreeMap, io};

use crate::{
    kinds::{
        judgement::Records,
        kpr::{
            persons::Persons,
            state::{Change, Linked, Quality, ReportBook, Reported},
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

/// The report, and the changes that say who was reported to which registry in which year. `persons`:
/// per registry, with the epoch of the key that they were told apart by.
pub fn quality<'p>(
    tally: &Tally,
    persons: impl Iterator<Item = (RegistryId, u32, &'p mut Persons)>,
    book: &mut dyn ReportBook,
) -> io::Result<(Quality, Vec<Change>)> {
    let mut changes = Vec::new();
    let mut known: BTreeMap<RegistryId, Linked> = BTreeMap::new();
    for (registry, epoch, persons) in persons {
        let of_registry = known.entry(registry.clone()).or_default();
        for (year, persons) in std::mem::take(persons).finish()? {
            let count = persons.count();
            let persons = Reported { registry: registry.clone(), epoch, persons };
            let linked = book.linked(&persons, year)?;
            of_registry.linked += linked;
            of_registry.unlinked += count.saturating_sub(linked);
            changes.push(Change::Persons { year, persons });
        }
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
