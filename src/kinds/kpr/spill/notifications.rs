//! The notifications of one document, to find a GUID that stands twice and to remember them all.
//!
//! What is kept of each is its GUID and the mark of its content. The newest are held in memory, the
//! others lie in a scratch; in memory is a table that says in which block each may stand.

use std::io;

use crate::{
    kinds::{
        kpr::{
            notification::{Known, NotificationStatus},
            spill::{
                guid_index::GuidIndex,
                sorter::{Sorted, Sorter},
            },
        },
        scratch::Scratch,
        sinks::Sinks,
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
    /// None as long as there are few.
    places: Option<GuidIndex>,
}

/// There is no room for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Notifications {
    /// Most notifications of one message: more than a gibibyte holds.
    pub const MOST: usize = GuidIndex::MOST_BLOCKS * BLOCK;

    /// How many there are.
    fn len(&self) -> usize {
        self.written + self.held.len()
    }

    /// What is known of this GUID from earlier in the document.
    ///
    /// # Errors
    /// When the scratch cannot be read.
    pub fn find(&self, guid: &Guid) -> io::Result<Option<Known>> {
        let Some(places) = &self.places else { return search(&self.held, guid) };
        let mut found = None;
        places.any(guid, |block| {
            found = self.search_block(block, guid)?;
            Ok::<_, io::Error>(found.is_some())
        })?;
        Ok(found)
    }

    /// Remembers one that is not there yet. Call [`Self::ease`] after it.
    pub fn insert(&mut self, guid: Guid, known: Known) -> Result<(), Full> {
        if self.len() == Self::MOST {
            return Err(Full);
        }
        self.held.push(write(&guid, &known));
        if let Some(places) = &mut self.places {
            places.insert(&guid, (self.written + self.held.len() - 1) / BLOCK);
        } else if self.held.len() > FEW {
            // There may be many: room that doubles leaves holes as large as itself.
            self.held.reserve_exact(MOST_HELD - self.held.len());
            let places = self.places.insert(GuidIndex::new());
            for (number, entry) in self.held.iter().enumerate() {
                places.insert(&guid_of(entry), number / BLOCK);
            }
        }
        Ok(())
    }

    /// Makes room: writes out what is held when that is much.
    ///
    /// # Errors
    /// When the scratch cannot be had or written.
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
        Ok(())
    }

    /// All of them, in order of their GUIDs.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(mut self, sinks: &mut dyn Sinks) -> io::Result<KeptNotifications> {
        // It is as large as all the rest together.
        self.places = None;
        let mut sorter = Sorter::default();
        self.each(&mut |entry| {
            sorter.push(*entry);
            sorter.ease(sinks)
        })?;
        sorter.rest(sinks)?;
        Ok(KeptNotifications { all: sorter.finish()?, struck: Vec::new() })
    }

    /// Each, in the order in which they came.
    fn each(&self, take: &mut dyn FnMut(&Entry) -> io::Result<()>) -> io::Result<()> {
        let mut piece = Vec::new();
        let mut read = 0;
        while let Some(scratch) = self.scratch.as_ref().filter(|_| read < self.written) {
            piece.resize((self.written - read).min(PIECE), [0; LENGTH]);
            scratch.read_at((read * LENGTH) as u64, piece.as_flattened_mut())?;
            read += piece.len();
            piece.iter().try_for_each(&mut *take)?;
        }
        self.held.iter().try_for_each(take)
    }

    /// Looks for a GUID in one block. What is written out are whole blocks.
    fn search_block(&self, block: usize, guid: &Guid) -> io::Result<Option<Known>> {
        let first = block * BLOCK;
        match (first.checked_sub(self.written), &self.scratch) {
            (Some(held), _) => {
                let held = self.held.get(held..).unwrap_or_default();
                search(&held[..held.len().min(BLOCK)], guid)
            }
            (None, Some(scratch)) => {
                let mut entries = [[0; LENGTH]; BLOCK];
                scratch.read_at((first * LENGTH) as u64, entries.as_flattened_mut())?;
                search(&entries, guid)
            }
            (None, None) => unreachable!("what was written lies in the scratch"),
        }
    }
}

/// The notifications that a document brought, in order of their GUIDs. A handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptNotifications {
    all: Sorted<LENGTH>,
    /// Those among them that were not taken after all.
    struck: Vec<Guid>,
}

impl KeptNotifications {
    /// The same but for these, each of which is among them.
    #[must_use]
    pub fn without(self, mut struck: Vec<Guid>) -> Self {
        struck.sort_unstable();
        Self { struck, ..self }
    }

    /// Holds few in memory, where nobody else holds them.
    ///
    /// # Errors
    /// When the scratch cannot be written.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.all.set_aside(sinks)
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

fn search(entries: &[Entry], guid: &Guid) -> io::Result<Option<Known>> {
    let found = entries.iter().find(|entry| guid_of(entry) == *guid);
    Ok(found.map(read).transpose()?.map(|(_, known)| known))
}

fn guid_of(entry: &Entry) -> Guid {
    Guid(std::array::from_fn(|at| entry[at]))
}

const LENGTH: usize = 25;
/// Held before they are written out.
const MOST_HELD: usize = 1 << 12;
/// Read at once.
const PIECE: usize = 1 << 11;
/// Those that the table does not tell apart.
const BLOCK: usize = 64;
/// Without a table.
const FEW: usize = 256;

const _: () = assert!(MOST_HELD.is_multiple_of(BLOCK), "a block would be torn");

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use super::{Full, KeptNotifications, Notifications};
    use crate::{
        kinds::{
            kpr::notification::{Known, NotificationStatus},
            sinks::Sinks,
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

    fn all(taken: &KeptNotifications) -> Vec<(Guid, Known)> {
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
    fn few_are_held() {
        let store = filled(100_000);
        assert!(store.held.len() <= super::MOST_HELD);
        assert_eq!(store.written % super::BLOCK, 0);
    }

    #[test]
    fn there_is_a_bound() {
        let mut store = Notifications { written: Notifications::MOST, ..Notifications::default() };
        let (guid, known) = numbered(0);
        assert_eq!(store.insert(guid, known), Err(Full));
    }
}
