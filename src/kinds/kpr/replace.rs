//! What stands in the place of identifiers, for one registry: pseudonyms and re-keyed numbers.
//!
//! The same person comes many times in one document; what was worked out lately is kept, in a table
//! of fixed size that is wiped when dropped. Nothing falls back to the raw value.

use std::fmt;

use zeroize::Zeroize;

use crate::{
    kinds::kpr::identity::Identity,
    protect::pseudonym::{self, KeyRing, PseudonymKey},
    types::{guid::Guid, pseudonym::Pseudonym},
};

/// Replaces under one registry's current key.
pub struct Replacer<'a> {
    key: &'a PseudonymKey,
    /// Where the current key is not the oldest: the one that persons are linked by.
    oldest: Option<&'a PseudonymKey>,
    recent: Vec<Recent>,
}

/// What replaced an identifier, and whether it was worked out just now.
#[derive(Debug, Clone, Copy)]
pub struct Replaced {
    /// The pseudonym.
    pub pseudonym: Pseudonym,
    /// Of a person whom a registry may know from another year: the first 64 bits of the pseudonym
    /// under the oldest key, which a rotation does not change.
    pub link: u64,
    /// Not among what was worked out lately.
    pub fresh: bool,
}

impl<'a> Replacer<'a> {
    /// A replacer that has seen nothing yet.
    pub fn new(keys: &'a KeyRing) -> Self {
        Self { recent: vec![Recent::EMPTY; RECENT], ..Self::forgetful(keys) }
    }

    /// A replacer that remembers nothing.
    pub fn forgetful(keys: &'a KeyRing) -> Self {
        let (key, oldest) = (keys.current(), keys.oldest());
        let oldest = Some(oldest).filter(|oldest| oldest.epoch() != key.epoch());
        Self { key, oldest, recent: Vec::new() }
    }

    /// A person. `local` is what tells two apart whose identifiers nobody can check: the type, and
    /// where the identifier names nobody, the sender's own number for the person.
    pub fn person(&mut self, who: &Identity, id_type: &str, fid: &str, user: &str) -> Replaced {
        let key = self.key;
        match who {
            Identity::National(id) => {
                self.recall(b'n', fid.as_bytes(), |key| pseudonym::pseudonym(key, id))
            }
            Identity::Duf(duf) => {
                self.recall(b'd', fid.as_bytes(), |key| pseudonym::pseudonym_of_duf(key, duf))
            }
            Identity::Local => {
                let label = format!("fid-{id_type}");
                Replaced::new(pseudonym::re_key(key, &label, fid.as_bytes()))
            }
            Identity::Nobody => {
                let mut text = format!("{user}:{fid}");
                let pseudonym = pseudonym::re_key(key, "fid-9", text.as_bytes());
                text.zeroize();
                Replaced::new(pseudonym)
            }
        }
    }

    /// The sender's own number of a person.
    pub fn user_number(&mut self, text: &str) -> Pseudonym {
        let re_key = |key: &_| pseudonym::re_key(key, "brukerNr", text.as_bytes());
        self.recall(b'u', text.as_bytes(), re_key).pseudonym
    }

    /// A GUID that stands for a person, as another GUID: version 8 (RFC 9562), so that nobody takes
    /// it for the sender's. The same for either case of the digits.
    pub fn patient_guid(&mut self, guid: &Guid) -> Guid {
        let re_key = |key: &_| pseudonym::re_key(key, "pasientGUID", &written(guid));
        let mut bytes = self.recall(b'g', &guid.0, re_key).pseudonym.bytes;
        bytes[6] = bytes[6] & 0x0F | 0x80;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Guid(bytes)
    }

    fn recall(
        &mut self,
        sort: u8,
        text: &[u8],
        work_out: impl Fn(&PseudonymKey) -> Pseudonym,
    ) -> Replaced {
        let (key, oldest) = (self.key, self.oldest.filter(|_| is_person(sort)));
        let work_out = || {
            let replaced = Replaced::new(work_out(key));
            let link = oldest.map_or(replaced.link, |oldest| first_bits(&work_out(oldest)));
            Replaced { link, ..replaced }
        };
        let Some(slot) = slot(sort, text).and_then(|slot| self.recent.get_mut(slot)) else {
            return work_out();
        };
        if slot.sort == sort
            && usize::from(slot.length) == text.len()
            && slot.text.starts_with(text)
        {
            let pseudonym = Pseudonym { epoch: key.epoch(), bytes: slot.bytes };
            return Replaced { pseudonym, link: slot.link, fresh: false };
        }
        let replaced = work_out();
        slot.sort = sort;
        slot.length = u8::try_from(text.len()).unwrap_or(0);
        slot.text[..text.len()].copy_from_slice(text);
        slot.bytes = replaced.pseudonym.bytes;
        slot.link = replaced.link;
        replaced
    }
}

impl Replaced {
    /// Worked out just now, under the only key that counts.
    fn new(pseudonym: Pseudonym) -> Self {
        Self { pseudonym, link: first_bits(&pseudonym), fresh: true }
    }
}

/// Whether these are identifiers by which a registry may know a person from another year.
fn is_person(sort: u8) -> bool {
    matches!(sort, b'd' | b'n')
}

fn first_bits(pseudonym: &Pseudonym) -> u64 {
    u64::try_from(u128::from_be_bytes(pseudonym.bytes) >> 64).unwrap_or(0)
}

/// A GUID as it is written, in lower case.
pub fn written(guid: &Guid) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let mut at = 0;
    for byte in guid.0 {
        if matches!(at, 8 | 13 | 18 | 23) {
            at += 1;
        }
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    text
}

impl Drop for Replacer<'_> {
    fn drop(&mut self) {
        self.recent.iter_mut().for_each(|recent| recent.text.zeroize());
    }
}

impl fmt::Debug for Replacer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replacer").field("key", self.key).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Recent {
    sort: u8,
    length: u8,
    text: [u8; LONGEST],
    bytes: [u8; 16],
    link: u64,
}

impl Recent {
    const EMPTY: Self = Self { sort: 0, length: 0, text: [0; LONGEST], bytes: [0; 16], link: 0 };
}

/// Where a text is kept; none for one that is too long to be.
fn slot(sort: u8, text: &[u8]) -> Option<usize> {
    // A sender who makes texts meet has them worked out again, and nothing else.
    let step = |hash: u64, word: u64| {
        let mixed = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 32
    };
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(sort.into(), |hash, word| step(hash, u64::from_le_bytes(*word)));
    let hash = step(hash, rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
    let slot = usize::try_from(hash & (RECENT as u64 - 1)).ok()?;
    (text.len() <= LONGEST).then_some(slot)
}

/// 80 bytes each.
const RECENT: usize = 2048;
const LONGEST: usize = 48;
const HEX: &[u8; 16] = b"0123456789abcdef";
