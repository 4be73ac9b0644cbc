//! Seeded mutations of example files, for the differential tests and the fuzz smoke tests: the same
//! in every run.

/// Makes mutants of its seeds.
pub(crate) struct Mutator<'a> {
    state: u64,
    seeds: &'a [&'a [u8]],
    /// What is put into a mutant now and then: the words of the format.
    words: &'a [&'a [u8]],
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(seed: u64, seeds: &'a [&'a [u8]], words: &'a [&'a [u8]]) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, seeds, words }
    }

    /// The next mutant: one of the seeds with one to four changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seeds[self.below(self.seeds.len())].to_vec();
        for _ in 0..=self.below(2) * self.below(4) {
            self.change(&mut bytes);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let end = at + self.below((bytes.len() - at).min(12) + 1);
        match self.below(10) {
            0 | 1 => drop(bytes.splice(at..at, self.words[self.below(self.words.len())].to_vec())),
            2 | 3 => drop(bytes.splice(at..end, self.words[self.below(self.words.len())].to_vec())),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let copied = bytes[at..end].to_vec();
                let to = self.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            6 => bytes.insert(at, u8::try_from(self.below(256)).unwrap_or_default()),
            7 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            8 if at < bytes.len() => {
                bytes[at] = MARKUP[self.below(MARKUP.len())];
            }
            9 => bytes.truncate(at.max(bytes.len() / 2)),
            _ => {
                let to = self.below(bytes.len() + 1);
                let moved: Vec<u8> = bytes.drain(at..end).collect();
                let to = to.min(bytes.len());
                bytes.splice(to..to, moved);
            }
        }
    }

    /// A number below `bound`, which is above zero.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let high = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or_default() % bound
    }
}

const MARKUP: &[u8] = b"<>&\"'/=!?-[]:; \n\r\t\0x";
