//! The notifications of one document, to find a GUID that stands twice and to remember them all.
//!
//! Bounded: beyond [`Notifications::MOST`] the message must be split. 33 bytes each and a table of
//! indexes, so that a full store takes below 20 MB.

use crate::{kinds::kpr::state::Known, types::guid::Guid};

/// GUIDs, each with what is kept of its notification.
#[derive(Debug, Default)]
pub struct Notifications {
    entries: Vec<(Guid, Known)>,
    /// Open addressing: 0 is free, else one more than an index of `entries`.
    table: Vec<u32>,
}

/// There is no room for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Notifications {
    /// Most notifications of one message.
    pub const MOST: usize = 400_000;

    /// What is known of this GUID from earlier in the document.
    pub fn find(&self, guid: &Guid) -> Option<&Known> {
        if self.table.is_empty() {
            return None;
        }
        let index = self.table[self.slot(guid)];
        index.checked_sub(1).map(|index| &self.entries[index as usize].1)
    }

    /// Remembers one that is not there yet.
    pub fn insert(&mut self, guid: Guid, known: Known) -> Result<(), Full> {
        if self.entries.len() == Self::MOST {
            return Err(Full);
        }
        if self.entries.len() == self.entries.capacity() {
            // By a quarter, so that what is reserved stays near what is needed.
            self.entries.reserve_exact((self.entries.len() / 4).max(1024));
        }
        self.entries.push((guid, known));
        if self.entries.len() * 2 > self.table.len() {
            self.rebuild((self.table.len() * 2).max(2048));
        } else {
            let slot = self.slot(&guid);
            self.table[slot] = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// All of them but those that are to be forgotten.
    pub fn into_entries(mut self, forget: &[Guid]) -> Vec<(Guid, Known)> {
        if !forget.is_empty() {
            self.entries.retain(|(guid, _)| !forget.contains(guid));
        }
        self.entries
    }

    /// All of them.
    pub fn entries(&self) -> &[(Guid, Known)] {
        &self.entries
    }

    /// Where the GUID stands in the table, or would.
    fn slot(&self, guid: &Guid) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = mixed(guid) & mask;
        loop {
            match self.table[slot] {
                0 => return slot,
                index if self.entries[index as usize - 1].0 == *guid => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn rebuild(&mut self, slots: usize) {
        self.table.clear();
        self.table.resize(slots, 0);
        for index in 0..self.entries.len() {
            let slot = self.slot(&self.entries[index].0);
            self.table[slot] = u32::try_from(index + 1).unwrap_or(u32::MAX);
        }
    }
}

/// GUIDs are random as a rule, but a sender may count them up: every bit has to matter. One who
/// makes them meet slows down his own file, and no more of it than [`Notifications::MOST`].
fn mixed(guid: &Guid) -> usize {
    let half = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&guid.0[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let folded = (half(0) ^ half(8).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(folded >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Full, Notifications};
    use crate::{
        kinds::kpr::state::{Known, NotificationStatus},
        types::guid::Guid,
    };

    fn numbered(n: usize) -> (Guid, Known) {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
        (Guid(bytes), Known { status: NotificationStatus::Original, digest: bytes })
    }

    #[test]
    fn finds_each_and_no_other_up_to_its_bound() {
        let mut store = Notifications::default();
        assert!(store.find(&Guid::ZERO).is_none());
        for n in 1..=Notifications::MOST {
            let (guid, known) = numbered(n);
            assert!(store.find(&guid).is_none());
            store.insert(guid, known).unwrap();
        }
        let (guid, known) = numbered(0);
        assert_eq!(store.insert(guid, known), Err(Full));
        assert_eq!(store.find(&numbered(77).0), Some(&numbered(77).1));
        assert!(store.find(&numbered(Notifications::MOST + 1).0).is_none());
        let left = store.into_entries(&[numbered(5).0]);
        assert_eq!(left.len(), Notifications::MOST - 1);
    }
}
