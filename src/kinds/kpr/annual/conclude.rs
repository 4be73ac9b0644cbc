//! Holds an annual submission against the history: whether it takes the place of an earlier one
//! (KPR-09), and who is known from earlier years.

use std::io;

use crate::{
    kinds::{
        judgement::{Judgement, Note},
        kind::{History, Reading},
        kpr::{
            annual::schema::IPLOS_AAR, hints, output::Ending, report::Summary,
            spill::repeated_keys::RepeatedKeys, state::Change, tally::Tally,
        },
        sinks::Sinks,
    },
    types::{
        ids::{Part, RegistryId},
        municipality::MunicipalityNumber,
        verdict::Verdict,
    },
};

/// An annual submission that was read.
pub struct AnnualReading {
    /// What leaves, per registry.
    pub endings: Vec<Ending>,
    /// What was found and counted.
    pub tally: Tally,
    /// Who was in it, to find those who stand in it twice.
    pub persons_told: RepeatedKeys,
    /// Whose it is.
    pub municipality: MunicipalityNumber,
    /// The service year.
    pub year: i16,
    /// Whether it says that it is all of the year, if it says anything.
    pub complete: Option<bool>,
    /// KPR-08.
    pub max_rejected_basis_points: u64,
}

impl Reading for AnnualReading {
    fn writes_later(&self) -> Vec<(RegistryId, Part)> {
        self.endings.iter().flat_map(Ending::writes_later).collect()
    }

    fn rest(&mut self, most_findings: usize, sinks: &mut dyn Sinks) -> io::Result<usize> {
        self.endings.iter_mut().try_for_each(|ending| ending.rest(sinks))?;
        self.persons_told.set_aside(sinks)?;
        Ok(self.tally.findings.shorten(most_findings))
    }

    fn conclude(
        mut self: Box<Self>,
        history: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let history = history.reports();
        let persons_told = std::mem::take(&mut self.persons_told);
        persons_told.tell(&mut self.tally, &hints::PERSON_TWICE, "fid", sinks)?;
        let share = self.max_rejected_basis_points;
        let summary = Summary::of(&mut self.tally, &mut self.endings, share, history, sinks)?;
        if summary.verdict == Verdict::Rejected {
            return Ok(summary.rejected());
        }
        let former = if self.is_complete() {
            history.annual(self.municipality, self.year)?
        } else {
            Vec::new()
        };
        for ending in &mut self.endings {
            ending.end(IPLOS_AAR.name, sinks)?;
        }
        let mut notes = self.tally.notes();
        if self.endings.len() > 1 {
            let struck = summary.quality.records.rejected > 0;
            notes.push(Note::BothDuties { complete: self.complete, struck });
        } else if self.complete == Some(false) {
            notes.push(Note::PartOfYear);
        }
        notes.extend(former.into_iter().rev().take(MOST_NAMED).map(Note::Replaces));
        let annual = Change::Annual {
            municipality: self.municipality,
            year: self.year,
            registries: self.endings.iter().map(|e| e.stream.registry.clone()).collect(),
            complete: self.complete,
        };
        Ok(summary.taken(notes, vec![annual]))
    }
}

impl AnnualReading {
    fn is_complete(&self) -> bool {
        self.complete == Some(true)
    }
}

/// How many of the submissions that it replaces a receipt names.
const MOST_NAMED: usize = 5;
