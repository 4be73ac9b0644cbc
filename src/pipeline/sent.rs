//! Which notifications a sender may have sent before, for whoever has to ask about many: a filter in
//! memory, made by one walk along all of them. What it does not know was not sent; what it knows has
//! still to be looked up.

use std::{
    cell::{Cell, OnceCell},
    io,
};

use crate::{catalogue::records::reports::TakeGuid, types::guid::Guid};

/// What is known of one sender's notifications while a document is read or held against the books.
#[derive(Default)]
pub struct Sent {
    asked: Cell<u32>,
    filter: OnceCell<Filter>,
}

impl Sent {
    /// Whether this one may have been sent. The first few are always looked up; then `walk` is called,
    /// once, and must hand over each that was sent.
    ///
    /// # Errors
    /// When the walk errs.
    pub fn may_hold(
        &self,
        guid: &Guid,
        walk: impl FnOnce(TakeGuid<'_>) -> io::Result<()>,
    ) -> io::Result<bool> {
        if let Some(filter) = self.filter.get() {
            return Ok(filter.may_hold(guid));
        }
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() < FEW {
            return Ok(true);
        }
        let mut filter = Filter(vec![[0; 8]; BLOCKS]);
        walk(&mut |sent| filter.add(&sent))?;
        Ok(self.filter.get_or_init(|| filter).may_hold(guid))
    }
}

/// A Bloom filter: a GUID sets a few bits of one block, which is a line of the processor's cache.
struct Filter(Vec<[u64; 8]>);

impl Filter {
    fn add(&mut self, guid: &Guid) {
        let (block, bits) = place(guid);
        bits.for_each(|bit| self.0[block][bit / 64] |= 1 << (bit % 64));
    }

    fn may_hold(&self, guid: &Guid) -> bool {
        let (block, mut bits) = place(guid);
        bits.all(|bit| self.0[block][bit / 64] >> (bit % 64) & 1 == 1)
    }
}

/// The block of a GUID and its bits there. One who makes GUIDs meet has his own looked up.
fn place(guid: &Guid) -> (usize, impl Iterator<Item = usize>) {
    let whole = u128::from_be_bytes(guid.0);
    let folded = (whole ^ whole >> 64 ^ whole << 40).wrapping_mul(MIX);
    let mixed = (folded ^ folded >> 67).wrapping_mul(MIX) >> 64;
    let part = move |from: u32, below: usize| {
        usize::try_from(mixed >> from).unwrap_or(usize::MAX) & (below - 1)
    };
    (part(0, BLOCKS), (0..BITS).map(move |bit| part(15 + 9 * bit, 512)))
}

const MIX: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// Looked up before a filter is made.
const FEW: u32 = 4096;

/// Two mebibytes: of two million notifications, one question in forty is asked in vain.
const BLOCKS: usize = 1 << 15;

const BITS: u32 = 5;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{FEW, Sent};
    use crate::types::guid::Guid;

    #[test]
    fn a_filter_is_made_once_and_knows_all_that_were_sent_and_few_others() {
        for spread in [1, 1 << 64, 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835] {
            let guid = |n: u128| Guid(n.wrapping_mul(spread).to_be_bytes());
            let (sent, walks) = (Sent::default(), Cell::new(0));
            let ask = |n: u128| {
                sent.may_hold(&guid(n), |take| {
                    walks.set(walks.get() + 1);
                    (0..500_000).map(guid).for_each(take);
                    Ok(())
                })
                .unwrap()
            };
            assert!((1..FEW.into()).map(|n| n + 1_000_000).all(ask), "too few to walk for");
            assert_eq!(walks.get(), 0);
            assert!((0..500_000).all(ask));
            let vain = (1_000_000..1_100_000).filter(|n| ask(*n)).count();
            assert!(vain < 500, "{vain} of 100,000 in vain");
            assert_eq!(walks.get(), 1);
        }
    }
}
