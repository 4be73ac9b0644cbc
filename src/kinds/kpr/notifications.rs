//! The notifications of one document, to find a GUID that stands twice and to remember them all.
//!
//! What is kept of each is its GUID and the digest of its content. The newest are held in memory, the
//! others lie in a scratch; in memory is a table with four bytes of each, so that a mebibyte holds
//! some two hundred thousand and a message of a gibibyte takes about ten of them.

use std::io;

use crate::{
    kinds::{
        Sinks,
        kpr::{
            sorter::{Sorted, Sorter},
            state::{Known, NotificationStatus},
        },
        scratch::Scratch,
    },
    types::guid::Guid,
};

/// GUIDs, each with what is kept of its notification.
#[derive(Default)]
pub struct Notifications {
    /// The older ones.
    scratch: Option<Box<dyn Scratch>>,
    written: usize,
    /// The newer ones.
    held: Vec<Entry>,
    /// Open addressing: 0 is free; else one more than a number in the order of arrival, and above it
    /// some bits of the GUID's hash, so that the scratch is asked for the right one only.
    table: Table,
}

/// There is no room for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Notifications {
    /// Most notifications of one message: more than a gibibyte holds.
    pub const MOST: usize = (1 << NUMBER_BITS) - 1;

    /// How many there are.
    fn len(&self) -> usize {
        self.written + self.held.len()
    }

    /// What is known of this GUID from earlier in the document.
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn find(&self, guid: &Guid) -> io::Result<Option<Known>> {
        if self.table.is_empty() {
            return Ok(None);
        }
        let (mut slot, mark) = place(guid, self.table.len());
        loop {
            let taken = self.table.at(slot);
            if taken == 0 {
                return Ok(None);
            }
            if taken >> NUMBER_BITS == mark {
                let (found, known) = read(&self.entry((taken & NUMBER) as usize - 1)?)?;
                if found == *guid {
                    return Ok(Some(known));
                }
            }
            slot = self.behind(slot);
        }
    }

    /// Remembers one that is not there yet. Call [`Self::ease`] after it.
    pub fn insert(&mut self, guid: Guid, known: Known) -> Result<(), Full> {
        if self.len() == Self::MOST {
            return Err(Full);
        }
        self.held.push(write(&guid, &known));
        let number = self.len();
        self.mark(&guid, number);
        Ok(())
    }

    /// Makes room: writes out what is held when that is much, and lets the table grow.
    ///
    /// # Errors
    /// When the scratch cannot be had, read or written.
    pub fn ease(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if self.held.len() >= MOST_HELD {
            let scratch = match &mut self.scratch {
                Some(scratch) => scratch,
                none => none.insert(sinks.scratch()?),
            };
            scratch.append(self.held.as_flattened())?;
            self.written += self.held.len();
            self.held.clear();
        }
        // Never full: the next one always finds a free slot.
        if self.len() + 1 >= self.table.len() / 20 * 17 {
            // Each time all of them are read again, so a table that is small grows faster.
            let slots = self.table.len();
            let more = if slots < LARGE_TABLE { slots * 2 } else { slots / 4 * 5 };
            self.rebuild(more.max(FIRST_TABLE))?;
        }
        Ok(())
    }

    /// All of them, in order of their GUIDs.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(mut self, sinks: &mut dyn Sinks) -> io::Result<Taken> {
        // It is as large as all the rest together.
        self.table = Table::default();
        let mut sorter = Sorter::default();
        self.each(&mut |_, entry| {
            sorter.push(*entry);
            sorter.ease(sinks)
        })?;
        sorter.rest(sinks)?;
        Ok(Taken { all: sorter.finish()?, struck: Vec::new() })
    }

    /// Each with its number, in the order in which they came.
    fn each(&self, take: &mut dyn FnMut(usize, &Entry) -> io::Result<()>) -> io::Result<()> {
        let mut block = Vec::new();
        let mut number = 0;
        while let Some(scratch) = self.scratch.as_ref().filter(|_| number < self.written) {
            block.resize((self.written - number).min(BLOCK), [0; LENGTH]);
            scratch.read_at((number * LENGTH) as u64, block.as_flattened_mut())?;
            for entry in &block {
                number += 1;
                take(number, entry)?;
            }
        }
        for entry in &self.held {
            number += 1;
            take(number, entry)?;
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> io::Result<Entry> {
        let mut entry = [0; LENGTH];
        match (index.checked_sub(self.written), &self.scratch) {
            (Some(held), _) => entry = self.held[held],
            (None, Some(scratch)) => scratch.read_at((index * LENGTH) as u64, &mut entry)?,
            (None, None) => unreachable!("what was written lies in the scratch"),
        }
        Ok(entry)
    }

    /// Marks in the table that the notification of this number, from 1, has this GUID.
    fn mark(&mut self, guid: &Guid, number: usize) {
        if self.table.is_empty() {
            self.table.renew(FIRST_TABLE);
        }
        let (mut slot, mark) = place(guid, self.table.len());
        while self.table.at(slot) != 0 {
            slot = self.behind(slot);
        }
        let number = u32::try_from(number).unwrap_or(NUMBER) & NUMBER;
        self.table.set(slot, mark << NUMBER_BITS | number);
    }

    /// The slot behind one.
    fn behind(&self, slot: usize) -> usize {
        // A division would cost more than all else.
        if slot + 1 == self.table.len() { 0 } else { slot + 1 }
    }

    fn rebuild(&mut self, slots: usize) -> io::Result<()> {
        let mut table = Self { table: std::mem::take(&mut self.table), ..Self::default() };
        table.table.renew(slots);
        self.each(&mut |number, entry| {
            table.mark(&read(entry)?.0, number);
            Ok(())
        })?;
        self.table = table.table;
        Ok(())
    }
}

/// Slots in chunks of one size: as it grows it gets more of them and gives none back, so that nothing
/// is held twice, and no holes are left in the heap.
#[derive(Default)]
struct Table {
    chunks: Vec<Vec<u32>>,
    slots: usize,
}

impl Table {
    fn len(&self) -> usize {
        self.slots
    }

    fn is_empty(&self) -> bool {
        self.slots == 0
    }

    fn at(&self, slot: usize) -> u32 {
        self.chunks[slot / CHUNK][slot % CHUNK]
    }

    fn set(&mut self, slot: usize, to: u32) {
        self.chunks[slot / CHUNK][slot % CHUNK] = to;
    }

    /// Empties it, and lets it have at least so many slots.
    fn renew(&mut self, slots: usize) {
        if slots < CHUNK {
            self.chunks = vec![vec![0; slots]];
            self.slots = slots;
            return;
        }
        self.chunks.retain(|chunk| chunk.len() == CHUNK);
        self.chunks.iter_mut().for_each(|chunk| chunk.fill(0));
        self.chunks.resize_with(slots.div_ceil(CHUNK), || vec![0; CHUNK]);
        self.slots = self.chunks.len() * CHUNK;
    }
}

/// The notifications that a document brought, in order of their GUIDs. A handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    all: Sorted<LENGTH>,
    /// Those among them that were not taken after all.
    struck: Vec<Guid>,
}

impl Taken {
    /// The same but for these, each of which is among them.
    #[must_use]
    pub fn without(self, mut struck: Vec<Guid>) -> Self {
        struck.sort_unstable();
        Self { struck, ..self }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.all.count() - self.struck.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Hands over each.
    ///
    /// # Errors
    /// When the scratch cannot be read, or whoever takes them errs.
    pub fn walk(&self, take: &mut dyn FnMut(Guid, Known) -> io::Result<()>) -> io::Result<()> {
        self.all.walk(&mut |entry| {
            let (guid, known) = read(entry)?;
            if self.struck.binary_search(&guid).is_ok() {
                return Ok(());
            }
            take(guid, known)
        })
    }
}

/// GUID, status, digest.
type Entry = [u8; LENGTH];

fn write(guid: &Guid, known: &Known) -> Entry {
    let mut entry = [0; LENGTH];
    entry[..16].copy_from_slice(&guid.0);
    entry[16] = u8::try_from(known.status.letter()).unwrap_or(0);
    entry[17..].copy_from_slice(&known.digest);
    entry
}

fn read(entry: &Entry) -> io::Result<(Guid, Known)> {
    let (mut guid, mut digest) = ([0; 16], [0; 8]);
    guid.copy_from_slice(&entry[..16]);
    digest.copy_from_slice(&entry[17..]);
    let mut letter = [0; 4];
    let status = NotificationStatus::parse(char::from(entry[16]).encode_utf8(&mut letter));
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    Ok((Guid(guid), Known { status, digest }))
}

/// Where a GUID stands in a table of so many slots if nobody was there before, and its mark. GUIDs
/// are random as a rule, but a sender may count them up: every bit has to matter. One who makes them
/// meet slows down his own file, and no more of it than [`Notifications::MOST`].
fn place(guid: &Guid, slots: usize) -> (usize, u32) {
    let half = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&guid.0[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let mut mixed = (half(0) ^ half(8).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^= mixed >> 32;
    let mark = u32::try_from(mixed & (u64::from(u32::MAX) >> NUMBER_BITS)).unwrap_or(0);
    let slot = (u128::from(mixed) * slots as u128) >> 64;
    (usize::try_from(slot).unwrap_or(0), mark)
}

const LENGTH: usize = 25;
/// Held before they are written out.
const MOST_HELD: usize = 1 << 14;
/// Read at once.
const BLOCK: usize = 1 << 11;
const FIRST_TABLE: usize = 2048;
/// Slots of a chunk: 128 KiB of them.
const CHUNK: usize = 1 << 15;
/// A mebibyte.
const LARGE_TABLE: usize = 1 << 18;
const NUMBER_BITS: u32 = 22;
const NUMBER: u32 = (1 << NUMBER_BITS) - 1;

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{Full, Notifications, Taken};
    use crate::{
        kinds::{
            Sinks,
            kpr::state::{Known, NotificationStatus},
        },
        types::{
            guid::Guid,
            ids::{Part, RegistryId},
        },
    };

    struct Nothing;

    impl Sinks for Nothing {
        fn sink(&mut self, _: &RegistryId, _: Part) -> io::Result<&mut dyn Write> {
            unreachable!("nothing is written")
        }
    }

    fn numbered(n: usize) -> (Guid, Known) {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
        let statuses = [
            NotificationStatus::Annulment,
            NotificationStatus::Original,
            NotificationStatus::Replacement,
        ];
        let digest = std::array::from_fn(|at| bytes[8 + at]);
        (Guid(bytes), Known { status: statuses[n % 3], digest })
    }

    fn filled(count: usize) -> Notifications {
        let mut store = Notifications::default();
        assert!(store.find(&Guid::ZERO).unwrap().is_none());
        for n in 1..=count {
            let (guid, known) = numbered(n);
            assert!(store.find(&guid).unwrap().is_none());
            store.insert(guid, known).unwrap();
            store.ease(&mut Nothing).unwrap();
        }
        assert_eq!(store.len(), count);
        store
    }

    fn all(taken: &Taken) -> Vec<(Guid, Known)> {
        let mut found = Vec::new();
        let mut take = |guid, known| {
            found.push((guid, known));
            Ok(())
        };
        taken.walk(&mut take).unwrap();
        found
    }

    #[test]
    fn finds_each_and_no_other() {
        for count in [1, 5, 1700, 3000, 70_000] {
            let store = filled(count);
            for n in (1..=count).step_by(count / 1000 + 1) {
                assert_eq!(store.find(&numbered(n).0).unwrap(), Some(numbered(n).1), "{n}");
            }
            assert!(store.find(&numbered(count + 1).0).unwrap().is_none());
            let fifth: Vec<_> = (5..=5.min(count)).map(|n| numbered(n).0).collect();
            let taken = store.finish(&mut Nothing).unwrap().without(fifth);
            let left = all(&taken);
            let want: Vec<_> = (1..=count).filter(|n| *n != 5).map(numbered).collect();
            assert_eq!(taken.count(), want.len() as u64);
            assert_eq!(left, want);
        }
    }

    #[test]
    fn the_table_takes_less_than_eight_bytes_of_each() {
        for count in [10_000, 100_000, 300_000] {
            let store = filled(count);
            assert!(store.held.len() <= super::MOST_HELD);
            assert!(store.table.len() * 4 < count * 8, "{} slots", store.table.len());
        }
    }

    #[test]
    fn there_is_a_bound() {
        let mut store = Notifications { written: Notifications::MOST, ..Notifications::default() };
        let (guid, known) = numbered(0);
        assert_eq!(store.insert(guid, known), Err(Full));
    }
}
