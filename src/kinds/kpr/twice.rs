//! Finds what may stand once only in a document and stands in several records.
//!
//! Decided at the end, from a list of keys that may lie in a scratch: keys are GUIDs or the first bits
//! of pseudonyms. For breaches that cost nothing, since the records have left by then.
//!
//! Nearly every document repeats nothing, so a long list is not put in order to find that out: a
//! filter in memory says of each key, as it comes, whether it may have come before.

use std::{fmt, io};

use crate::{
    kinds::{
        Sinks,
        kpr::{pass::Tally, sorter::Sorter},
        scratch::Scratch,
    },
    types::{
        finding::{Finding, Place},
        rule::{Hint, Severity},
        rules::kpr as rules,
    },
};

/// Keys and where each was seen, in the order of the document.
#[derive(Default)]
pub struct Twice {
    /// The last of them.
    held: Vec<Entry>,
    /// Those before, once they are many.
    list: Option<List>,
}

/// A key, the record, line and column.
type Entry = [u8; LENGTH];

/// A list that is too long for memory.
struct List {
    scratch: Box<dyn Scratch>,
    /// Bytes in it.
    written: u64,
    filter: Filter,
}

/// Tells of most keys for certain that they have not come before.
struct Filter {
    /// Three bits of one word are a key's. Gone after [`Twice::rest`].
    words: Vec<u64>,
    /// Those that may have come before.
    suspects: Vec<Key>,
    /// They are too many to be told apart, or were not looked for.
    all_suspect: bool,
}

type Key = [u8; 16];

impl Twice {
    /// A key was seen.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn seen(
        &mut self,
        key: Key,
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
        self.held.push(entry);
        let most = match &mut self.list {
            Some(list) => {
                list.filter.see(&key);
                MOST_WITH_LIST
            }
            None => MOST_HELD,
        };
        if self.held.len() >= most { self.write_out(sinks) } else { Ok(()) }
    }

    /// No more keys come for now.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if self.list.is_some() && !self.held.is_empty() {
            self.write_out(sinks)?;
        }
        if let Some(list) = &mut self.list {
            list.filter.words = Vec::new();
        }
        self.held.shrink_to_fit();
        Ok(())
    }

    fn write_out(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        let list = match &mut self.list {
            Some(list) => list,
            none => {
                let mut filter = Filter::new();
                self.held.iter().for_each(|entry| filter.see(&key(entry)));
                none.insert(List { scratch: sinks.scratch()?, written: 0, filter })
            }
        };
        let bytes = self.held.as_flattened();
        list.scratch.append(bytes)?;
        list.written += bytes.len() as u64;
        self.held.clear();
        self.held.shrink_to(MOST_WITH_LIST);
        Ok(())
    }

    /// Tells of every record whose key an earlier one has, in the order of the document.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn tell(
        self,
        tally: &mut Tally,
        hint: &'static Hint,
        field: &'static str,
        sinks: &mut dyn Sinks,
    ) -> io::Result<()> {
        self.each_repeated(sinks, &mut |record, place| {
            let finding = Finding::new(&rules::KPR_06, place).severity(Severity::Warning);
            tally.push(finding.record(record).field(field).hint(hint));
        })
    }

    fn each_repeated(
        self,
        sinks: &mut dyn Sinks,
        tell: &mut dyn FnMut(u64, Place),
    ) -> io::Result<()> {
        let mut suspected = Sorter::<LENGTH>::default();
        self.each_suspected(&mut |entry| {
            suspected.push(*entry);
            suspected.ease(sinks)
        })?;
        let mut before = None;
        let mut repeated = Sorter::<{ LENGTH - 16 }>::default();
        // In order of key, then of record.
        suspected.finish()?.walk(&mut |entry| {
            let key = key(entry);
            if before == Some(key) {
                repeated.push(std::array::from_fn(|at| entry[16 + at]));
                repeated.ease(sinks)?;
            }
            before = Some(key);
            Ok(())
        })?;
        repeated.finish()?.walk(&mut |entry| {
            let number =
                |at: usize| u64::from(u32::from_be_bytes(std::array::from_fn(|n| entry[at + n])));
            let place = match (number(4), number(8)) {
                (0, _) => Place::File {},
                (line, column) => Place::Line { line, column },
            };
            tell(number(0), place);
            Ok(())
        })
    }

    /// Hands over every entry whose key may be another's too.
    fn each_suspected(self, take: &mut dyn FnMut(&Entry) -> io::Result<()>) -> io::Result<()> {
        let Some(List { scratch, written, filter }) = self.list else {
            return self.held.iter().try_for_each(take);
        };
        let Filter { mut suspects, all_suspect, .. } = filter;
        suspects.sort_unstable();
        // Nearly all keys are passed over with one look, at some bits of theirs.
        let mut marked = vec![false; 1 << 16];
        for key in &suspects {
            marked[some_bits(key)] = true;
        }
        let mut take = |entry: &Entry| {
            let key = key(entry);
            let suspected =
                all_suspect || marked[some_bits(&key)] && suspects.binary_search(&key).is_ok();
            if suspected { take(entry) } else { Ok(()) }
        };
        if suspects.is_empty() && !all_suspect {
            return Ok(());
        }
        let mut entries = vec![[0; LENGTH]; MOST_WITH_LIST];
        let mut at = 0;
        while at < written {
            let left = usize::try_from((written - at) / LENGTH as u64).map_err(io::Error::other)?;
            entries.truncate(left);
            scratch.read_at(at, entries.as_flattened_mut())?;
            at += entries.as_flattened().len() as u64;
            entries.iter().try_for_each(&mut take)?;
        }
        self.held.iter().try_for_each(take)
    }
}

impl Filter {
    fn new() -> Self {
        Self { words: vec![0; WORDS], suspects: Vec::new(), all_suspect: false }
    }

    fn see(&mut self, key: &Key) {
        let hash = mixed(key);
        let word = usize::try_from(hash >> 32).unwrap_or(0) % WORDS;
        let Some(word) = self.words.get_mut(word) else {
            self.all_suspect = true;
            return;
        };
        let bits = 1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63);
        if *word & bits == bits && !self.all_suspect {
            self.suspects.push(*key);
            self.all_suspect = self.suspects.len() > MOST_SUSPECTS;
        }
        *word |= bits;
    }
}

impl fmt::Debug for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Twice")
    }
}

fn key(entry: &Entry) -> Key {
    std::array::from_fn(|at| entry[at])
}

fn mixed(key: &Key) -> u64 {
    let (high, low) = key.split_at(8);
    let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_be_bytes);
    let (high, low) = (word(high), word(low));
    let hash = (high.rotate_left(29) ^ low).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (hash ^ hash >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

fn some_bits(key: &Key) -> usize {
    usize::try_from(mixed(key) >> 48).unwrap_or(0)
}

/// A key, the record, line and column.
const LENGTH: usize = 28;

/// Entries that are held before they are listed outside, and from then on: half a mebibyte, and the
/// eighth part of it.
const MOST_HELD: usize = (1 << 19) / LENGTH;
const MOST_WITH_LIST: usize = MOST_HELD / 8;

/// Words of a filter, one mebibyte: enough for a million keys.
const WORDS: usize = 1 << 17;

/// Keys that are held back as suspects, a quarter of a mebibyte: of a million keys that all differ,
/// one in a hundred.
const MOST_SUSPECTS: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        io::{self, Write},
    };

    use proptest::prelude::*;

    use super::{MOST_HELD, MOST_WITH_LIST, Twice};
    use crate::{
        kinds::Sinks,
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

    fn place(record: u64) -> Place {
        Place::Line { line: record + 7, column: 3 }
    }

    /// What is told of keys, and what one that remembers all of them would tell.
    fn told(keys: impl Iterator<Item = u128>, rests_after: u64) -> (Vec<u64>, Vec<u64>) {
        let (mut twice, mut known, mut want) = (Twice::default(), HashSet::new(), Vec::new());
        for (record, key) in (1..).zip(keys) {
            twice.seen(key.to_be_bytes(), record, place(record), &mut Nothing).unwrap();
            if !known.insert(key) {
                want.push(record);
            }
            if record == rests_after {
                twice.rest(&mut Nothing).unwrap();
            }
        }
        assert!(twice.held.len() < MOST_HELD);
        assert!(twice.list.is_none() || twice.held.capacity() <= MOST_WITH_LIST);
        let mut found = Vec::new();
        twice
            .each_repeated(&mut Nothing, &mut |record, at| {
                assert_eq!(at, place(record));
                found.push(record);
            })
            .unwrap();
        (found, want)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn tells_what_one_that_remembers_everything_would(
            count in prop_oneof![0..3_000_u64, 15_000..60_000_u64],
            distinct in prop_oneof![1..500_u64, 30_000..90_000_u64, Just(u64::MAX)],
            wide in any::<bool>(),
            rests_after in prop_oneof![Just(u64::MAX), 0..60_000_u64],
        ) {
            let keys = (0..count).map(|n| {
                let n = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % distinct;
                let key = u128::from(n.wrapping_mul(0xD6E8_FEB8_6659_FD93));
                if wide { key << 64 | u128::from(n) } else { key }
            });
            let (found, want) = told(keys, rests_after);
            prop_assert_eq!(found, want);
        }
    }

    #[test]
    fn more_suspects_than_can_be_told_apart_are_all_looked_at() {
        let (found, want) = told((0..100_000).map(|n| n % 60_000), u64::MAX);
        assert_eq!(found, want);
        assert_eq!(found.len(), 40_000);
    }

    #[test]
    fn a_long_list_without_repetitions_has_few_suspects() {
        let mut twice = Twice::default();
        for n in 0..200_000_u64 {
            let key = u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            twice.seen(key.to_be_bytes(), n, place(n), &mut Nothing).unwrap();
        }
        let filter = &twice.list.as_ref().unwrap().filter;
        assert!(!filter.all_suspect && filter.suspects.len() < 2000, "{}", filter.suspects.len());
    }
}
