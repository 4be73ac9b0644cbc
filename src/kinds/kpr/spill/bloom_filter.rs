//! A filter in memory that says which keys were never added: a Bloom filter whose every key sets a
//! few bits of one block, which is a line of the processor's cache.

/// What it does not know was not added; what it knows may have been.
pub struct BloomFilter {
    blocks: Vec<[u64; 8]>,
}

impl BloomFilter {
    /// An empty one of so many kibibytes, 32 MiB at most. With ten bits for each key, one question
    /// in a hundred is answered wrongly.
    pub fn new(kibibytes: usize) -> Self {
        Self { blocks: vec![[0; 8]; kibibytes << 4] }
    }

    /// Adds a key; says whether it may have been there.
    pub fn add(&mut self, key: &[u8; 16]) -> bool {
        let (block, bits) = self.place(key);
        let block = &mut self.blocks[block];
        let mut known = 1;
        for bit in bits {
            let word = &mut block[bit / 64];
            known &= *word >> (bit % 64) & 1;
            *word |= 1 << (bit % 64);
        }
        known == 1
    }

    /// Whether a key may have been added.
    pub fn may_hold(&self, key: &[u8; 16]) -> bool {
        let (block, bits) = self.place(key);
        bits.fold(1, |known, bit| known & self.blocks[block][bit / 64] >> (bit % 64)) & 1 == 1
    }

    /// Forgets all keys.
    pub fn clear(&mut self) {
        self.blocks.fill([0; 8]);
    }

    /// The block of a key and its bits there. Keys may be counted up: every bit has to matter. A
    /// sender who makes his keys meet has them looked up in vain, and nothing else.
    fn place(&self, key: &[u8; 16]) -> (usize, impl Iterator<Item = usize> + use<>) {
        let whole = u128::from_be_bytes(*key);
        let folded = (whole ^ whole >> 64 ^ whole << 40).wrapping_mul(MIX);
        let mixed = (folded ^ folded >> 67).wrapping_mul(MIX) >> 64;
        let part = move |from: u32, bits: u32| {
            usize::try_from(mixed >> from & ((1 << bits) - 1)).unwrap_or(0)
        };
        // Any number of blocks, without a division.
        let block = (part(0, BLOCK_BITS) * self.blocks.len()) >> BLOCK_BITS;
        (block, (0..BITS).map(move |bit| part(BLOCK_BITS + 9 * bit, 9)))
    }
}

const MIX: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// Of a key; they and the block come from 64 bits.
const BITS: u32 = 5;

/// What is left of those for the block.
const BLOCK_BITS: u32 = 64 - 9 * BITS;

#[cfg(test)]
mod tests {
    use super::{BloomFilter, MIX};

    #[test]
    fn knows_all_that_were_added_and_few_others() {
        for spread in [1, 1 << 64, 1 << 72, MIX] {
            let key = |n: u128| n.wrapping_mul(spread).to_be_bytes();
            let mut filter = BloomFilter::new(1536);
            let repeated = (0..500_000).filter(|n| filter.add(&key(*n))).count();
            assert!(repeated < 1000, "{repeated} of half a million");
            assert!((0..500_000).all(|n| filter.may_hold(&key(n))));
            let vain = (1_000_000..1_100_000).filter(|n| filter.may_hold(&key(*n))).count();
            assert!(vain < 500, "{vain} of 100,000");
            filter.clear();
            assert!(!filter.may_hold(&key(7)) && !filter.add(&key(7)) && filter.add(&key(7)));
        }
    }
}
