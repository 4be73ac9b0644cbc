//! Finds what may stand once only in a document and stands in several records.
//!
//! Decided when reading ends, from a list of keys that may lie in a scratch: keys are GUIDs or the first bits
//! of pseudonyms. For breaches that cost nothing, since the records have left by then.

use std::io;

use crate::{
    kinds::{
        Sinks,
        kpr::{pass::Tally, sorter::Sorter},
    },
    types::{
        finding::{Finding, Place},
        rule::{Hint, Severity},
        rules::kpr as rules,
    },
};

/// Keys and where each was seen.
#[derive(Debug, Default)]
pub struct Twice {
    keys: Sorter<LENGTH>,
    /// Where those were seen that an earlier record had.
    repeated: Sorter<{ LENGTH - 16 }>,
}

impl Twice {
    /// A key was seen.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn seen(
        &mut self,
        key: [u8; 16],
        record: u64,
        place: Place,
        sinks: &mut dyn Sinks,
    ) -> io::Result<()> {
        let (line, column) = match place {
            Place::Line { line, column } => (line, column),
            Place::Cell { .. } | Place::File {} => (0, 0),
        };
        let mut entry = [0; LENGTH];
        entry[..16].copy_from_slice(&key);
        // A number of more than four bytes belongs to a document that is too large for its kind.
        for (at, number) in [(16, record), (20, line), (24, column)] {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            entry[at..at + 4].copy_from_slice(&number.to_be_bytes());
        }
        self.keys.push(entry);
        self.keys.ease(sinks)
    }

    /// No more keys come: finds those that came twice, before anybody waits for it.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        let mut before = None;
        // In order of key, then of record.
        std::mem::take(&mut self.keys).finish()?.walk(&mut |entry| {
            let key: [u8; 16] = std::array::from_fn(|at| entry[at]);
            if before == Some(key) {
                self.repeated.push(std::array::from_fn(|at| entry[16 + at]));
                self.repeated.ease(sinks)?;
            }
            before = Some(key);
            Ok(())
        })?;
        self.repeated.rest(sinks)
    }

    /// Tells of every record whose key an earlier one has, in the order of the document.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn tell(
        mut self,
        tally: &mut Tally,
        hint: &'static Hint,
        field: &'static str,
        sinks: &mut dyn Sinks,
    ) -> io::Result<()> {
        self.rest(sinks)?;
        self.repeated.finish()?.walk(&mut |entry| {
            let number =
                |at: usize| u64::from(u32::from_be_bytes(std::array::from_fn(|n| entry[at + n])));
            let place = match (number(4), number(8)) {
                (0, _) => Place::File {},
                (line, column) => Place::Line { line, column },
            };
            let finding = Finding::new(&rules::KPR_06, place).severity(Severity::Warning);
            tally.push(finding.record(number(0)).field(field).hint(hint));
            Ok(())
        })
    }
}

/// A key, the record, line and column.
const LENGTH: usize = 28;
