//! Adds up what came of the documents of one submission.

use std::collections::BTreeMap;

use crate::{
    kinds::judgement::{Effect, Judgement, Note},
    pipeline::{answer::receipts, commit::outcome::Outcome},
    receipt,
    types::{finding::Findings, ids::RegistryId, verdict::Verdict},
};

/// Adds up what came of the documents.
pub(super) struct Sum {
    outcome: Outcome,
    /// Of documents that were refused while they were read.
    refused: (u64, Findings),
    taken: bool,
    lost: bool,
    held: u64,
    dropped: BTreeMap<RegistryId, Vec<String>>,
    left_out: Vec<String>,
    missing: u64,
}

impl Sum {
    /// Of the documents that were refused while they were read.
    pub(super) fn of(refused: Findings, refused_records: u64) -> Self {
        let lost = refused.worst().is_some();
        let mut outcome = Outcome::plain(Verdict::Rejected, refused.clone());
        outcome.records.rejected = refused_records;
        let (dropped, left_out) = (BTreeMap::new(), Vec::new());
        let refused = (refused_records, refused);
        Self { outcome, refused, taken: false, lost, held: 0, dropped, left_out, missing: 0 }
    }

    /// Adds a document, and gives back what it changes.
    pub(super) fn add(&mut self, judgement: Judgement, entry: Option<u32>) -> Vec<Effect> {
        let Judgement { verdict, records, findings, notes, effects, report } = judgement;
        match verdict {
            Verdict::Rejected => self.lost = true,
            Verdict::Partly => (self.lost, self.taken) = (true, true),
            Verdict::Accepted | Verdict::Duplicate | Verdict::Held => self.taken = true,
        }
        self.outcome.records.accepted += records.accepted;
        self.outcome.records.rejected += records.rejected;
        let findings = if entry.is_some() { findings.in_entry(entry) } else { findings };
        self.outcome.findings.append(findings);
        for note in &notes {
            match note {
                Note::Dropped { registry, fields } => {
                    let sum = self.dropped.entry(registry.clone()).or_default();
                    for field in fields {
                        if !sum.iter().any(|known| known == field) {
                            sum.push((*field).to_owned());
                        }
                    }
                }
                Note::LeftOut(column) => self.left_out.push((*column).to_owned()),
                Note::Gap { missing } => self.missing = self.missing.saturating_add(*missing),
                other => {
                    let note = receipts::note(other);
                    self.outcome.notes.extend(note.filter(|n| !self.outcome.notes.contains(n)));
                }
            }
        }
        for effect in &effects {
            match effect {
                Effect::Hold(hold) => {
                    self.held += hold.persons.len() as u64;
                    self.outcome.held_for = Some(hold.why);
                }
                Effect::ListSeen { date, .. } => {
                    self.outcome.list_date = self.outcome.list_date.max(Some(*date));
                }
                Effect::Released { operating_year } => {
                    self.outcome.operating_year = Some(*operating_year);
                }
                _ => {}
            }
        }
        if let Some(report) = report {
            match &mut self.outcome.report {
                Some(sum) => sum.add(&report),
                None => self.outcome.report = Some(report),
            }
        }
        effects
    }

    /// What came of all of them.
    pub(super) fn outcome(self) -> Outcome {
        let Self { mut outcome, refused, taken, lost, held, dropped, left_out, missing } = self;
        if let Some(report) = &mut outcome.report {
            let (records, findings) = refused;
            report.add_refused(records, &findings);
        }
        outcome.verdict = match (taken, lost) {
            (false, _) => Verdict::Rejected,
            (true, _) if held > 0 => Verdict::Held,
            (true, true) => Verdict::Partly,
            (true, false) => Verdict::Accepted,
        };
        for (registry, fields) in dropped {
            let registry = Some(registry);
            outcome.notes.push(receipt::Note::Dropped { registry, fields });
        }
        if !left_out.is_empty() {
            outcome.notes.push(receipt::Note::LeftOut { columns: left_out });
        }
        if missing > 0 {
            outcome.notes.push(receipt::Note::Gap { missing });
        }
        if held > 0 {
            outcome.notes.push(receipt::Note::HeldWithdrawals { count: held });
        }
        outcome
    }
}
