//! Whom the documents of one archive are about: gathered, and written when all of them have been
//! concluded. A list for each document would have the one before read and written again, and
//! "known from an earlier submission" would depend on the order of the files in the archive.

use std::{collections::BTreeMap, io};

use crate::{
    catalogue::ledger::Ledger,
    kinds::{
        Sinks,
        judgement::Effect,
        kpr::{
            spill::sorter::Sorter,
            state::{Change, Reported},
        },
    },
    pipeline::commit::reported,
    types::ids::{RegistryId, SubmissionId},
};

/// Persons per registry, service year and epoch of the key that tells them apart.
#[derive(Default)]
pub struct GatheredPersons(BTreeMap<(RegistryId, i16, u32), Sorter<8>>);

impl GatheredPersons {
    /// Takes the persons out of what a document changes, and gives back the rest. `sinks`: where
    /// many may be set aside.
    ///
    /// # Errors
    /// When what the document remembers cannot be read, or the scratch fails.
    pub fn take(&mut self, effects: Vec<Effect>, sinks: &mut dyn Sinks) -> io::Result<Vec<Effect>> {
        let mut rest = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Report(Change::Persons { year, persons }) => {
                    self.add(year, persons, sinks)?;
                }
                other => rest.push(other),
            }
        }
        Ok(rest)
    }

    fn add(&mut self, year: i16, persons: Reported, sinks: &mut dyn Sinks) -> io::Result<()> {
        let Reported { registry, epoch, persons } = persons;
        let gathered = self.0.entry((registry, year, epoch)).or_default();
        persons.walk(&mut |person| {
            gathered.push(*person);
            gathered.ease(sinks)
        })
    }

    /// Records them.
    ///
    /// # Errors
    /// When the scratch or the catalogue fails.
    pub fn record(
        self,
        ledger: &mut dyn Ledger,
        submission: SubmissionId,
        sinks: &mut dyn Sinks,
    ) -> io::Result<()> {
        for ((registry, year, epoch), mut gathered) in self.0 {
            gathered.rest(sinks)?;
            let persons = Reported { registry, epoch, persons: gathered.finish()? };
            reported::add_persons(ledger, submission, year, &persons)?;
        }
        Ok(())
    }
}
