//! Merges sorted runs of entries of one length that lie in a scratch, with a tree of losers: for
//! each entry the way from its run to the root is played again, and nothing else is compared or
//! moved.

use std::io;

use crate::kinds::scratch::Scratch;

/// The runs that are being merged.
pub struct Merge<'a, const N: usize> {
    sources: Vec<Source<'a, N>>,
    /// The next entry of each run by its first bytes; `true` before it for a run that has ended.
    keys: Vec<(bool, u128)>,
    /// At 0 the run whose entry comes next; behind it, for each match of the tree, the run that
    /// lost.
    tree: Vec<usize>,
}

impl<'a, const N: usize> Merge<'a, N> {
    /// Of runs that lie one behind the other in a scratch, each up to one of the `ends`, and of one
    /// in memory.
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn new(scratch: &'a dyn Scratch, ends: &[u64], held: &[[u8; N]]) -> io::Result<Self> {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let sources = starts.zip(ends).map(|(at, end)| {
            let mut source = Source { scratch, at, end: *end, block: Vec::new(), next: 0 };
            source.fill()?;
            Ok(source)
        });
        let mut sources = sources.collect::<io::Result<Vec<_>>>()?;
        if !held.is_empty() {
            sources.push(Source { scratch, at: 0, end: 0, block: held.to_vec(), next: 0 });
        }
        let keys = sources.iter().map(Source::key).collect();
        let mut merge = Self { tree: vec![0; sources.len().max(1)], sources, keys };
        merge.tree[0] = merge.play(1);
        Ok(merge)
    }

    /// Hands over each entry in order; one that is in several runs as often.
    ///
    /// # Errors
    /// When the scratch cannot be read, or whoever takes them errs.
    pub fn walk(&mut self, take: &mut dyn FnMut(&[u8; N]) -> io::Result<()>) -> io::Result<()> {
        while let Some(source) = self.sources.get_mut(self.tree[0]) {
            let Some(entry) = source.block.get(source.next) else { break };
            take(entry)?;
            source.next += 1;
            if source.next == source.block.len() {
                source.fill()?;
            }
            let mut winner = self.tree[0];
            self.keys[winner] = source.key();
            let mut game = (winner + self.tree.len()) >> 1;
            while game > 0 {
                if self.is_before(self.tree[game], winner) {
                    std::mem::swap(&mut self.tree[game], &mut winner);
                }
                game /= 2;
            }
            self.tree[0] = winner;
        }
        Ok(())
    }

    /// Plays all matches below one, and gives who won it.
    fn play(&mut self, game: usize) -> usize {
        let runs = self.tree.len();
        if game >= runs {
            return game - runs;
        }
        let (one, other) = (self.play(2 * game), self.play(2 * game + 1));
        let (winner, loser) = if self.is_before(other, one) { (other, one) } else { (one, other) };
        self.tree[game] = loser;
        winner
    }

    fn is_before(&self, one: usize, other: usize) -> bool {
        if N <= KEY || self.keys[one] != self.keys[other] {
            return self.keys[one] < self.keys[other];
        }
        let rest = |run: usize| {
            let source = &self.sources[run];
            source.block.get(source.next).map(|entry| &entry[KEY..])
        };
        rest(one) < rest(other)
    }
}

/// One run while it is read.
struct Source<'a, const N: usize> {
    scratch: &'a dyn Scratch,
    at: u64,
    end: u64,
    block: Vec<[u8; N]>,
    next: usize,
}

impl<const N: usize> Source<'_, N> {
    fn fill(&mut self) -> io::Result<()> {
        let left = usize::try_from((self.end - self.at) / N as u64).map_err(io::Error::other)?;
        self.block.resize(left.min(READ_AT_ONCE / N), [0; N]);
        self.next = 0;
        self.scratch.read_at(self.at, self.block.as_flattened_mut())?;
        self.at += (self.block.len() * N) as u64;
        Ok(())
    }

    fn key(&self) -> (bool, u128) {
        self.block.get(self.next).map_or((true, 0), |entry| (false, key(entry)))
    }
}

/// The first bytes of an entry as a number: entries stand in its order, and in that of the bytes
/// behind it where it is the same.
pub fn key<const N: usize>(entry: &[u8; N]) -> u128 {
    let mut first = [0; KEY];
    let length = N.min(KEY);
    first[..length].copy_from_slice(&entry[..length]);
    u128::from_be_bytes(first)
}

const KEY: usize = 16;

/// Bytes of a run that are in memory while runs are merged.
const READ_AT_ONCE: usize = 1 << 13;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Merge;

    /// Longer than the key, and with few values in each part, so that much is the same.
    fn entries() -> impl Strategy<Value = Vec<[u8; 18]>> {
        let entry = (0_u8..4, 0_u8..3, 0_u8..3).prop_map(|(first, middle, last)| {
            std::array::from_fn(|at| match at {
                0 => first,
                15 => middle,
                _ => last,
            })
        });
        proptest::collection::vec(entry, 0..1000)
    }

    proptest! {
        #[test]
        fn gives_everything_in_order(runs in proptest::collection::vec(entries(), 0..9)) {
            let (mut scratch, mut ends, mut want) = (Vec::new(), Vec::new(), Vec::new());
            for mut run in runs {
                run.sort_unstable();
                scratch.extend_from_slice(run.as_flattened());
                ends.push(scratch.len() as u64);
                want.extend(run);
            }
            want.sort_unstable();
            let mut found = Vec::new();
            let mut take = |entry: &[u8; 18]| {
                found.push(*entry);
                Ok(())
            };
            let held: Vec<_> = want.iter().copied().step_by(3).collect();
            want.extend(&held);
            want.sort_unstable();
            Merge::new(&scratch, &ends, &held).unwrap().walk(&mut take).unwrap();
            prop_assert_eq!(found, want);
        }
    }
}
