//! Puts entries of one length in order, however many there are: what does not fit into memory is
//! written to a scratch in sorted runs, and the runs are merged when they are read.
//!
//! Entries are numbers, GUIDs and keyed digests, never a value of a field.

use std::{fmt, io, sync::Arc};

use crate::kinds::{
    kpr::spill::merge_runs::{Merge, key},
    scratch::Scratch,
    sinks::Sinks,
};

/// Takes entries of `N` bytes in any order.
#[derive(Default)]
pub struct Sorter<const N: usize> {
    held: Vec<[u8; N]>,
    runs: Runs,
}

/// The entries in order, each once. A handle: copies of it share what they hold.
#[derive(Clone)]
pub struct Sorted<const N: usize>(Arc<Inner<N>>);

struct Inner<const N: usize> {
    held: Vec<[u8; N]>,
    runs: Runs,
    count: u64,
}

/// Sorted runs in a scratch, one behind the other.
#[derive(Default)]
struct Runs {
    scratch: Option<Box<dyn Scratch>>,
    /// The byte behind each run.
    ends: Vec<u64>,
}

impl<const N: usize> Sorter<N> {
    /// How many entries are held before they are written out: an eighth of a mebibyte of them.
    pub const MOST_HELD: usize = (1 << 17) / N;

    /// Of these, to begin with.
    pub fn of(held: Vec<[u8; N]>) -> Self {
        Self { held, ..Self::default() }
    }

    /// Adds an entry. Call [`Self::ease`] now and then: this one never writes anything out.
    pub fn push(&mut self, entry: [u8; N]) {
        if self.held.last() == Some(&entry) {
            return;
        }
        // Beyond a few there may be many: room that doubles leaves holes as large as itself. It may
        // be called some time before there is room again.
        if self.held.len() == FEW {
            self.held.reserve_exact(Self::MOST_HELD + Self::MOST_HELD / 4 - FEW);
        }
        self.held.push(entry);
    }

    /// Whether [`Self::ease`] has something to do.
    pub fn is_full(&self) -> bool {
        self.held.len() >= Self::MOST_HELD
    }

    /// Makes room when too much is held: repetitions go, and if that is not enough, a run is
    /// written.
    ///
    /// # Errors
    /// When the scratch cannot be had or written.
    pub fn ease(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if !self.is_full() {
            return Ok(());
        }
        sort_out(&mut self.held);
        if self.held.len() < Self::MOST_HELD / 2 {
            return Ok(());
        }
        self.write_out(sinks)
    }

    /// No more entries come for now: holds no more memory than what is held needs, and has the runs
    /// merged to one. Of an archive, many documents wait to be concluded, and whoever concludes one
    /// keeps the others waiting.
    ///
    /// # Errors
    /// When the scratch cannot be written.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        sort_out(&mut self.held);
        if !self.runs.ends.is_empty() && !self.held.is_empty() {
            self.write_out(sinks)?;
        }
        if self.runs.ends.len() > 1 {
            let runs = std::mem::take(&mut self.runs);
            let mut merged = sinks.scratch()?;
            let mut end = 0;
            // Room for a block is what is held anyway.
            let block = &mut self.held;
            let mut let_go = |block: &mut Vec<[u8; N]>| {
                merged.append(block.as_flattened())?;
                end += (block.len() * N) as u64;
                block.clear();
                Ok::<_, io::Error>(())
            };
            runs.walk(&[], &mut |entry| {
                block.push(*entry);
                if block.len() < Self::MOST_HELD { Ok(()) } else { let_go(block) }
            })?;
            let_go(block)?;
            self.runs = Runs { scratch: Some(merged), ends: vec![end] };
        }
        self.held.shrink_to_fit();
        Ok(())
    }

    /// Writes what is held, which is in order, as a run.
    fn write_out(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.runs.add(&self.held, sinks)?;
        self.held.clear();
        Ok(())
    }

    /// [`Self::rest`], and next to nothing stays in memory.
    ///
    /// # Errors
    /// When the scratch cannot be written.
    pub fn set_aside(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.rest(sinks)?;
        if self.held.len() * N > NEXT_TO_NOTHING {
            self.write_out(sinks)?;
            self.held = Vec::new();
        }
        Ok(())
    }

    /// No more entries come. Takes long for much that has not come to [`Self::rest`].
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn finish(mut self) -> io::Result<Sorted<N>> {
        sort_out(&mut self.held);
        self.held.shrink_to_fit();
        let Self { held, runs } = self;
        let mut count = 0;
        match (runs.ends.as_slice(), held.len()) {
            ([], held) => count = held as u64,
            ([end], 0) => count = end / N as u64,
            _ => runs.walk(&held, &mut |_| {
                count += 1;
                Ok(())
            })?,
        }
        Ok(Sorted(Arc::new(Inner { held, runs, count })))
    }
}

const FEW: usize = 1024;
/// Bytes of entries that may stay in memory.
const NEXT_TO_NOTHING: usize = 512;

fn sort_out<const N: usize>(entries: &mut Vec<[u8; N]>) {
    entries.sort_unstable_by(|one, other| {
        let first = key(one).cmp(&key(other));
        if first.is_eq() { one.cmp(other) } else { first }
    });
    entries.dedup();
}

impl<const N: usize> Sorted<N> {
    /// How many entries there are.
    pub fn count(&self) -> u64 {
        self.0.count
    }

    /// Hands over each entry, in order.
    ///
    /// # Errors
    /// When the scratch cannot be read, or whoever takes them errs.
    pub fn walk(&self, take: &mut dyn FnMut(&[u8; N]) -> io::Result<()>) -> io::Result<()> {
        let Inner { held, runs, .. } = &*self.0;
        runs.walk(held, take)
    }
}

impl<const N: usize> Sorted<N> {
    /// Writes out what is held, where nobody else holds it and it is more than next to nothing.
    ///
    /// # Errors
    /// When the scratch cannot be written.
    pub fn set_aside(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if let Some(inner) = Arc::get_mut(&mut self.0)
            && inner.held.len() * N > NEXT_TO_NOTHING
        {
            inner.runs.add(&inner.held, sinks)?;
            inner.held = Vec::new();
        }
        Ok(())
    }
}

impl Runs {
    /// Writes entries that are in order as one more run.
    fn add<const N: usize>(
        &mut self,
        entries: &[[u8; N]],
        sinks: &mut dyn Sinks,
    ) -> io::Result<()> {
        let end = self.ends.last().copied().unwrap_or(0);
        let scratch = match &mut self.scratch {
            Some(scratch) => scratch,
            none => none.insert(sinks.scratch()?),
        };
        scratch.append(entries.as_flattened())?;
        self.ends.push(end + (entries.len() * N) as u64);
        Ok(())
    }

    /// Hands over each entry of the runs and of what is held, in order and once.
    fn walk<const N: usize>(
        &self,
        held: &[[u8; N]],
        take: &mut dyn FnMut(&[u8; N]) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(scratch) = &self.scratch else { return held.iter().try_for_each(take) };
        let mut last = None;
        Merge::new(&**scratch, &self.ends, held)?.walk(&mut |entry| {
            if last == Some(*entry) {
                return Ok(());
            }
            last = Some(*entry);
            take(entry)
        })
    }
}

impl<const N: usize> PartialEq for Sorted<N> {
    /// The same entries of the same document.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<const N: usize> Eq for Sorted<N> {}

impl<const N: usize> fmt::Debug for Sorted<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sorted({})", self.count())
    }
}

impl<const N: usize> fmt::Debug for Sorter<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sorter")
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::Sorter;
    use crate::{
        kinds::sinks::Sinks,
        types::ids::{Part, RegistryId},
    };

    struct Nothing;

    impl Sinks for Nothing {
        fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
            unreachable!("nothing is written")
        }
    }

    fn sorted(numbers: impl Iterator<Item = u64>) -> (Vec<u64>, usize) {
        let mut sorter = Sorter::<8>::default();
        let mut most = 0;
        for number in numbers {
            sorter.push(number.to_be_bytes());
            sorter.ease(&mut Nothing).unwrap();
            most = most.max(sorter.held.len());
        }
        assert!(most <= Sorter::<8>::MOST_HELD);
        let runs = sorter.runs.ends.len();
        sorter.rest(&mut Nothing).unwrap();
        assert_eq!(sorter.held.capacity(), sorter.held.len());
        assert!(runs == 0 || sorter.held.is_empty());
        assert!(sorter.runs.ends.len() <= 1);
        // One more comes later: it is the smallest, or there already.
        sorter.push([0; 8]);
        let sorted = sorter.finish().unwrap();
        let mut found = Vec::new();
        let mut take = |entry: &[u8; 8]| {
            found.push(u64::from_be_bytes(*entry));
            Ok(())
        };
        sorted.walk(&mut take).unwrap();
        assert_eq!(found.len() as u64, sorted.count());
        (found, runs)
    }

    #[test]
    fn everything_comes_out_in_order_and_once() {
        // Multiplying by an odd number is a permutation; every fifth comes twice.
        let mixed = |n: u64| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 20;
        for (count, least_runs) in [(1, 0), (1000, 0), (300_000, 3), (1_000_000, 10)] {
            let (found, runs) = sorted((0..count).chain(0..count / 5).map(mixed));
            let mut want: Vec<u64> = (0..count).map(mixed).collect();
            want.sort_unstable();
            want.dedup();
            assert_eq!(found, want, "{count}");
            assert!(runs >= least_runs, "{count}: {runs}");
        }
    }

    #[test]
    fn repetitions_alone_need_no_scratch() {
        let (found, runs) = sorted((0..500_000).map(|n| n % 700));
        assert_eq!((found.len(), runs), (700, 0));
    }

    #[test]
    fn a_scratch_that_ends_early_is_an_error() {
        let mut sorter = Sorter::<8>::default();
        (0..Sorter::<8>::MOST_HELD as u64).for_each(|n| sorter.push(n.to_be_bytes()));
        sorter.ease(&mut Nothing).unwrap();
        sorter.runs.scratch = Some(Box::new(vec![0; 100]));
        let sorted = sorter.finish().unwrap();
        let error = sorted.walk(&mut |_| Ok(())).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
