//! Which notifications a sender may have sent before, for whoever has to ask about many: a filter
//! in memory, made by one walk along all of them. What it does not know was not sent; what it knows
//! has still to be looked up.

use std::{
    cell::{Cell, OnceCell},
    io,
};

use crate::{
    catalogue::records::reports::TakeGuid, kinds::kpr::spill::bloom_filter::BloomFilter,
    types::guid::Guid,
};

/// What is known of one sender's notifications while a document is read or held against the
/// history.
#[derive(Default)]
pub struct Sent {
    asked: Cell<u32>,
    filter: OnceCell<BloomFilter>,
}

impl Sent {
    /// Whether this one may have been sent. The first few are always looked up; then `walk` is
    /// called, once, and must hand over each that was sent.
    ///
    /// # Errors
    /// When the walk errs.
    pub fn may_hold(
        &self,
        guid: &Guid,
        walk: impl FnOnce(TakeGuid<'_>) -> io::Result<()>,
    ) -> io::Result<bool> {
        if let Some(filter) = self.filter.get() {
            return Ok(filter.may_hold(&guid.0));
        }
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() < FEW {
            return Ok(true);
        }
        let mut filter = BloomFilter::new(KIBIBYTES);
        walk(&mut |Guid(sent)| {
            filter.add(&sent);
        })?;
        Ok(self.filter.get_or_init(|| filter).may_hold(&guid.0))
    }
}

/// Looked up before a filter is made.
const FEW: u32 = 4096;

/// Of two million notifications, one question in fifteen is asked in vain.
const KIBIBYTES: usize = 1536;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{FEW, Sent};
    use crate::types::guid::Guid;

    #[test]
    fn a_filter_is_made_once_and_knows_all_that_were_sent_and_few_others() {
        let guid = |n: u128| Guid(n.to_be_bytes());
        let (sent, walks) = (Sent::default(), Cell::new(0));
        let ask = |n: u128| {
            sent.may_hold(&guid(n), |take| {
                walks.set(walks.get() + 1);
                (0..50_000).map(guid).for_each(take);
                Ok(())
            })
            .unwrap()
        };
        assert!((1..FEW.into()).map(|n| n + 1_000_000).all(ask), "too few to walk for");
        assert_eq!(walks.get(), 0);
        assert!((0..50_000).all(ask));
        let vain = (1_000_000..1_100_000).filter(|n| ask(*n)).count();
        assert!(vain < 500, "{vain} of 100,000 in vain");
        assert_eq!(walks.get(), 1);
    }
}
