//! Where the notifications of one document stand, by their GUIDs, in four bytes for each: sixteen
//! bits of a GUID's hash and the block of 64 that it came in.
//!
//! The table consists of parts, one for each beginning of a hash, and a part holds its entries in
//! order of the bits that follow. So a look for what is not there ends at the first larger entry;
//! and since these bits say all about an entry's place, the table grows where it lies, from its
//! last part to its first, without a look at any GUID.

use std::hash::{BuildHasher, RandomState};

use crate::types::guid::Guid;

/// The blocks that GUIDs may stand in.
pub struct GuidIndex {
    /// What hashes depend on: nobody can choose GUIDs that meet.
    seeds: [u64; 2],
    /// Slots in chunks of one size: as it grows it gets more of them and gives none back, so that
    /// nothing is held twice, and no holes are left in the heap.
    chunks: Vec<Vec<u32>>,
    /// Slots of a part. 0 is free; else a hash and one more than a block.
    width: usize,
    count: usize,
}

impl GuidIndex {
    /// Most blocks.
    pub const MOST_BLOCKS: usize = (1 << 16) - 1;

    /// A table without anything in it.
    #[expect(clippy::new_without_default, reason = "each is another one: its seeds are drawn")]
    pub fn new() -> Self {
        let state = RandomState::new();
        Self {
            seeds: [0, 1].map(|number: u8| state.hash_one(number)),
            chunks: vec![vec![0; CHUNK]],
            width: STEP,
            count: 0,
        }
    }

    /// Remembers that a GUID stands in a block.
    pub fn insert(&mut self, guid: &Guid, block: usize) {
        let (part, hash) = self.place(guid);
        let block = u32::try_from(block + 1).unwrap_or(u32::MAX) & BLOCK;
        let most = if self.width < TIGHT { 85 } else { 92 };
        if self.count >= PARTS * self.width / 100 * most {
            self.grow();
        }
        while !self.put(part, hash << BLOCK_BITS | block) {
            self.grow();
        }
        self.count += 1;
    }

    /// Asks `is_there` of each block that a GUID may stand in, until it is.
    pub fn any<E>(
        &self,
        guid: &Guid,
        mut is_there: impl FnMut(usize) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let (part, hash) = self.place(guid);
        let base = part * self.width;
        for slot in base + home(hash, self.width)..base + self.width {
            let entry = self.at(slot);
            if entry == 0 || entry >> BLOCK_BITS > hash {
                break;
            }
            if entry >> BLOCK_BITS == hash && is_there((entry & BLOCK) as usize - 1)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The part that a GUID belongs to, and what is kept of its hash.
    fn place(&self, guid: &Guid) -> (usize, u32) {
        let (halves, _) = guid.0.as_chunks::<8>();
        let half = |at: usize| u128::from(u64::from_le_bytes(halves[at]) ^ self.seeds[at]);
        let product = half(0) * half(1);
        let mixed = u64::try_from((product ^ product >> 64) & u128::from(u64::MAX)).unwrap_or(0);
        let mixed = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let part = usize::try_from(mixed >> (64 - PART_BITS)).unwrap_or(0);
        (part, u32::try_from(mixed >> (64 - PART_BITS - 16) & 0xFFFF).unwrap_or(0))
    }

    /// Puts an entry where it belongs; false when there is no room behind that.
    fn put(&mut self, part: usize, entry: u32) -> bool {
        let (base, end) = (part * self.width, (part + 1) * self.width);
        let mut slot = base + home(entry >> BLOCK_BITS, self.width);
        while slot < end && self.at(slot) != 0 && self.at(slot) < entry {
            slot += 1;
        }
        let Some(free) = (slot..end).find(|slot| self.at(*slot) == 0) else { return false };
        let mut carried = entry;
        for slot in slot..=free {
            std::mem::swap(&mut carried, self.at_mut(slot));
        }
        true
    }

    fn at(&self, slot: usize) -> u32 {
        self.chunks[slot / CHUNK][slot % CHUNK]
    }

    fn at_mut(&mut self, slot: usize) -> &mut u32 {
        &mut self.chunks[slot / CHUNK][slot % CHUNK]
    }

    /// Makes all parts wider. Each moves up, and no entry by more than its part grows, since where
    /// they begin grows by no more than that.
    fn grow(&mut self) {
        let before = self.width;
        // A table that is small may be half empty.
        let share = match before {
            ..LARGE => before / 4,
            LARGE..TIGHT => before / 8,
            TIGHT.. => before / 32,
        };
        self.width += share.next_multiple_of(STEP).max(STEP);
        self.chunks.resize_with(self.width * PARTS / CHUNK, || vec![0; CHUNK]);
        let mut entries = Vec::with_capacity(before);
        for part in (0..PARTS).rev() {
            let old = part * before..(part + 1) * before;
            entries.extend(old.map(|slot| std::mem::take(self.at_mut(slot))).filter(|e| *e != 0));
            let mut next = part * self.width;
            for entry in entries.drain(..) {
                next = next.max(part * self.width + home(entry >> BLOCK_BITS, self.width));
                *self.at_mut(next) = entry;
                next += 1;
            }
        }
    }
}

/// Where in its part an entry stands if nobody is in its way. The last few slots are for those
/// whose way is barred; there are never fewer of them in a wider part.
fn home(hash: u32, width: usize) -> usize {
    let last = (width / 16).min(128);
    (hash as usize * (width - last)) >> 16
}

/// Slots of a chunk: 256 KiB of them, which go back to the system as soon as they are free.
const CHUNK: usize = 1 << 16;
const PART_BITS: u32 = 9;
const PARTS: usize = 1 << PART_BITS;
/// What a part grows by at least: a chunk for all of them.
const STEP: usize = CHUNK / PARTS;
/// Slots of a part in a table of two mebibytes.
const LARGE: usize = 1 << 10;
/// In one of four: there memory counts more than the time of each look.
const TIGHT: usize = 1 << 11;
const BLOCK_BITS: u32 = 16;
const BLOCK: u32 = (1 << BLOCK_BITS) - 1;

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{GuidIndex, PARTS};
    use crate::types::guid::Guid;

    fn blocks(places: &GuidIndex, guid: u128) -> Vec<usize> {
        let mut found = Vec::new();
        let is_there = |block| {
            found.push(block);
            Ok::<_, Infallible>(false)
        };
        places.any(&Guid(guid.to_be_bytes()), is_there).unwrap();
        found
    }

    #[test]
    fn all_are_found_in_every_size_and_few_others() {
        for spread in [1, 1 << 64, 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835] {
            let guid = |n: usize| (n as u128).wrapping_mul(spread);
            let mut places = GuidIndex::new();
            let mut width = 0;
            for n in 0..300_000 {
                places.insert(&Guid(guid(n).to_be_bytes()), n / 64);
                if places.width == width && n % 50_000 != 0 {
                    continue;
                }
                width = places.width;
                assert!(places.chunks.len() * super::CHUNK == PARTS * width);
                for n in (0..=n).step_by(n / 1000 + 1) {
                    assert!(blocks(&places, guid(n)).contains(&(n / 64)), "{n} at {width}");
                }
            }
            let vain: usize = (1_000_000..1_010_000).map(|n| blocks(&places, guid(n)).len()).sum();
            assert!(vain < 400, "{vain} blocks for 10,000 that are not there");
            // Six bytes of each, or one size more where a part was full before its time.
            assert!(PARTS * width * 4 < 300_000 * 7, "{width} slots");
        }
    }

    #[test]
    fn one_guid_may_stand_in_many_blocks() {
        let mut places = GuidIndex::new();
        (0..500).for_each(|block| places.insert(&Guid([7; 16]), block));
        let mut found = blocks(&places, u128::from_be_bytes([7; 16]));
        found.sort_unstable();
        assert_eq!(found, (0..500).collect::<Vec<_>>());
        let last = GuidIndex::MOST_BLOCKS - 1;
        places.insert(&Guid([8; 16]), last);
        assert!(blocks(&places, u128::from_be_bytes([8; 16])).contains(&last));
    }
}
