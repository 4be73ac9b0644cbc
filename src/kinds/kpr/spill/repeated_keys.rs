//! Finds what may stand once only in a document and stands in several records.
//!
//! Decided when reading ends: keys are GUIDs or the first bits of pseudonyms. For breaches that
//! cost nothing, since the records have left by then. Hardly any key comes twice; so of a large
//! document a filter tells which keys may have, and only these are looked for among the others and
//! put in order.

use std::{fmt, io};

use crate::{
    kinds::{
        kpr::{
            spill::{
                bloom_filter::BloomFilter,
                sorter::{Sorted, Sorter},
            },
            tally::Tally,
        },
        scratch::Scratch,
        sinks::Sinks,
    },
    types::{
        finding::{Finding, Place},
        rule::{Hint, Severity},
        rules::kpr as rules,
    },
};

/// Keys and where each was seen.
#[derive(Default)]
pub struct RepeatedKeys {
    held: Vec<Entry>,
    /// What is not held any more, in the order of the document.
    written: Option<Written>,
    /// Where those were seen that an earlier record had.
    repeated: Sorter<{ LENGTH - 16 }>,
}

/// The entries that lie in a scratch.
struct Written {
    scratch: Box<dyn Scratch>,
    count: usize,
    /// Their keys.
    filter: BloomFilter,
    /// Keys that may have come twice.
    suspected: Sorter<16>,
}

/// A key, the record, line and column.
type Entry = [u8; LENGTH];

impl RepeatedKeys {
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
        if self.held.len() == FEW {
            self.held.reserve_exact(MOST_HELD - FEW);
        }
        self.held.push(entry);
        if self.held.len() < MOST_HELD { Ok(()) } else { self.write_out(sinks) }
    }

    /// No more keys come: finds those that came twice, before anybody waits for it.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if self.written.is_some() {
            self.write_out(sinks)?;
        }
        let candidates = if let Some(written) = self.written.take() {
            written.candidates(sinks)?
        } else {
            Sorter::of(std::mem::take(&mut self.held)).finish()?
        };
        let mut before = None;
        // In order of key, then of record.
        candidates.walk(&mut |entry| {
            let key = key(entry);
            if before == Some(key) {
                self.repeated.push(std::array::from_fn(|at| entry[16 + at]));
                self.repeated.ease(sinks)?;
            }
            before = Some(key);
            Ok(())
        })?;
        self.repeated.rest(sinks)
    }

    /// Holds little in memory: after [`Self::rest`].
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn set_aside(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.repeated.set_aside(sinks)
    }

    fn write_out(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        let written = match &mut self.written {
            Some(written) => written,
            none => none.insert(Written {
                scratch: sinks.scratch()?,
                count: 0,
                filter: BloomFilter::new(1024),
                suspected: Sorter::default(),
            }),
        };
        for entry in &self.held {
            if written.filter.add(&key(entry)) {
                written.suspected.push(key(entry));
            }
        }
        written.suspected.ease(sinks)?;
        written.scratch.append(self.held.as_flattened())?;
        written.count += self.held.len();
        self.held.clear();
        Ok(())
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

impl Written {
    /// Every entry whose key may have come twice, in order.
    fn candidates(mut self, sinks: &mut dyn Sinks) -> io::Result<Sorted<LENGTH>> {
        let mut candidates = Sorter::default();
        let suspected = self.suspected.finish()?;
        if suspected.count() == 0 {
            return candidates.finish();
        }
        self.filter.clear();
        suspected.walk(&mut |key| {
            self.filter.add(key);
            Ok(())
        })?;
        let mut block = Vec::new();
        let mut read = 0;
        while read < self.count {
            block.resize((self.count - read).min(BLOCK), [0; LENGTH]);
            self.scratch.read_at((read * LENGTH) as u64, block.as_flattened_mut())?;
            read += block.len();
            for entry in block.iter().filter(|entry| self.filter.may_hold(&key(entry))) {
                candidates.push(*entry);
            }
            candidates.ease(sinks)?;
        }
        candidates.rest(sinks)?;
        candidates.finish()
    }
}

fn key(entry: &Entry) -> [u8; 16] {
    std::array::from_fn(|at| entry[at])
}

impl fmt::Debug for RepeatedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RepeatedKeys")
    }
}

const LENGTH: usize = 28;
/// More than these may be many: room that doubles leaves holes as large as itself.
const FEW: usize = 256;
/// Held before they are written out.
const MOST_HELD: usize = 1 << 12;
/// Read at once.
const BLOCK: usize = 1 << 11;

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io::{self, Write},
    };

    use proptest::prelude::*;

    use super::{MOST_HELD, RepeatedKeys};
    use crate::{
        kinds::sinks::Sinks,
        types::{
            finding::Place,
            ids::{Part, RegistryId},
        },
    };

    struct Nothing;

    impl Sinks for Nothing {
        fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
            unreachable!("nothing is written")
        }
    }

    /// The records whose key an earlier one has.
    fn repeated(keys: &[u128]) -> Vec<u64> {
        let mut twice = RepeatedKeys::default();
        for (record, key) in (1..).zip(keys) {
            let place = Place::Line { line: record, column: 1 };
            twice.seen(key.to_be_bytes(), record, place, &mut Nothing).unwrap();
        }
        twice.rest(&mut Nothing).unwrap();
        let mut found = Vec::new();
        let mut take = |entry: &[u8; 12]| {
            found.push(u64::from(u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]])));
            Ok(())
        };
        twice.repeated.finish().unwrap().walk(&mut take).unwrap();
        found
    }

    fn expected(keys: &[u128]) -> Vec<u64> {
        let mut seen = BTreeSet::new();
        (1..).zip(keys).filter(|(_, key)| !seen.insert(**key)).map(|(record, _)| record).collect()
    }

    #[test]
    fn a_repetition_is_found_however_far_it_is() {
        let many = 3 * MOST_HELD as u128;
        let mixed = |n: u128| n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let mut keys: Vec<u128> = (0..many).map(mixed).collect();
        assert!(repeated(&keys).is_empty());
        keys.extend([mixed(0), mixed(many - 1), mixed(0)]);
        assert_eq!(repeated(&keys), expected(&keys));
        assert_eq!(repeated(&[keys.clone(), keys.clone()].concat()).len(), keys.len() + 3);
        assert_eq!(repeated(&vec![5; 2 * MOST_HELD]).len(), 2 * MOST_HELD - 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

        #[test]
        fn finds_what_a_plain_set_finds(
            keys in prop_oneof![
                proptest::collection::vec(0_u128..200, 0..300),
                proptest::collection::vec(0_u128..60_000, MOST_HELD - 10..2 * MOST_HELD + 10),
            ],
        ) {
            prop_assert_eq!(repeated(&keys), expected(&keys));
        }
    }
}
