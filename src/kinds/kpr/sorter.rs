//! Puts entries of one length in order, however many there are: what does not fit into memory is
//! written to a scratch in sorted runs, and the runs are merged when they are read.
//!
//! Entries are numbers, GUIDs and keyed digests, never a value of a field.

use std::{cmp::Reverse, collections::BinaryHeap, fmt, io, sync::Arc};

use crate::kinds::{Sinks, scratch::Scratch};

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
    /// How many entries are held before they are written out: half a mebibyte of them.
    pub const MOST_HELD: usize = (1 << 19) / N;

    /// Adds an entry. Call [`Self::ease`] now and then: this one never writes anything out.
    pub fn push(&mut self, entry: [u8; N]) {
        if self.held.last() != Some(&entry) {
            self.held.push(entry);
        }
    }

    /// Whether [`Self::ease`] has something to do.
    pub fn is_full(&self) -> bool {
        self.held.len() >= Self::MOST_HELD
    }

    /// Makes room when too much is held: repetitions go, and if that is not enough, a run is written.
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

    /// No more entries come for now: holds no more memory than what is held needs. Of an archive,
    /// many documents wait to be concluded.
    ///
    /// # Errors
    /// When the scratch cannot be written.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        sort_out(&mut self.held);
        if !self.runs.ends.is_empty() && !self.held.is_empty() {
            self.write_out(sinks)?;
        }
        self.held.shrink_to_fit();
        Ok(())
    }

    /// Writes what is held, which is in order, as a run.
    fn write_out(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        let end = self.runs.ends.last().copied().unwrap_or(0);
        let scratch = match &mut self.runs.scratch {
            Some(scratch) => scratch,
            none => none.insert(sinks.scratch()?),
        };
        scratch.append(self.held.as_flattened())?;
        self.runs.ends.push(end + (self.held.len() * N) as u64);
        self.held.clear();
        Ok(())
    }

    /// No more entries come.
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn finish(mut self) -> io::Result<Sorted<N>> {
        sort_out(&mut self.held);
        self.held.shrink_to_fit();
        let Self { held, runs } = self;
        let mut inner = Inner { held, runs, count: 0 };
        let mut count = 0;
        if inner.runs.ends.is_empty() {
            count = inner.held.len() as u64;
        } else {
            inner.walk(&mut |_| {
                count += 1;
                Ok(())
            })?;
        }
        inner.count = count;
        Ok(Sorted(Arc::new(inner)))
    }
}

fn sort_out<const N: usize>(entries: &mut Vec<[u8; N]>) {
    entries.sort_unstable();
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
        self.0.walk(take)
    }
}

impl<const N: usize> Inner<N> {
    fn walk(&self, take: &mut dyn FnMut(&[u8; N]) -> io::Result<()>) -> io::Result<()> {
        let starts = std::iter::once(0).chain(self.runs.ends.iter().copied());
        let mut sources: Vec<Source<'_, N>> = starts
            .zip(&self.runs.ends)
            .map(|(at, end)| Source { runs: &self.runs, at, end: *end, held: Vec::new(), next: 0 })
            .collect();
        let mut held = self.held.iter();
        let mut heap = BinaryHeap::new();
        for (number, source) in sources.iter_mut().enumerate() {
            heap.extend(source.next()?.map(|entry| Reverse((entry, number))));
        }
        let memory = sources.len();
        heap.extend(held.next().map(|entry| Reverse((*entry, memory))));
        let mut last = None;
        while let Some(Reverse((entry, number))) = heap.pop() {
            let following = match sources.get_mut(number) {
                Some(source) => source.next()?,
                None => held.next().copied(),
            };
            heap.extend(following.map(|entry| Reverse((entry, number))));
            if last != Some(entry) {
                take(&entry)?;
                last = Some(entry);
            }
        }
        Ok(())
    }
}

/// One run while it is read.
struct Source<'a, const N: usize> {
    runs: &'a Runs,
    at: u64,
    end: u64,
    held: Vec<[u8; N]>,
    next: usize,
}

impl<const N: usize> Source<'_, N> {
    fn next(&mut self) -> io::Result<Option<[u8; N]>> {
        if self.next == self.held.len() {
            let left =
                usize::try_from((self.end - self.at) / N as u64).map_err(io::Error::other)?;
            self.held.resize(left.min(READ_AT_ONCE / N), [0; N]);
            self.next = 0;
            let Some(scratch) = self.runs.scratch.as_ref().filter(|_| left > 0) else {
                return Ok(None);
            };
            scratch.read_at(self.at, self.held.as_flattened_mut())?;
            self.at += (self.held.len() * N) as u64;
        }
        self.next += 1;
        Ok(Some(self.held[self.next - 1]))
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

/// Bytes of a run that are in memory while runs are merged.
const READ_AT_ONCE: usize = 1 << 13;

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::Sorter;
    use crate::{
        kinds::Sinks,
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
        for (count, least_runs) in [(0, 0), (1, 0), (1000, 0), (300_000, 3), (1_000_000, 10)] {
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
        assert_eq!(sorter.finish().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
