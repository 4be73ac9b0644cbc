//! What stands in the place of identifiers, for one registry: pseudonyms and re-keyed numbers.
//!
//! The same person comes many times in one document; what was worked out lately is kept, in a table
//! of bounded size that is wiped when dropped. Nothing falls back to the raw value.

use std::{fmt, ops::Range};

use zeroize::Zeroize;

use crate::{
    kinds::kpr::identity::Identity,
    protect::pseudonym::{self, KeyRing, PseudonymKey},
    types::{guid::Guid, municipality::MunicipalityNumber, pseudonym::Pseudonym},
};

/// Replaces under one registry's current key.
pub struct Replacer<'a> {
    key: &'a PseudonymKey,
    /// Where the current key is not the oldest: the one that persons are linked by.
    oldest: Option<&'a PseudonymKey>,
    /// The municipality that reports.
    unit: Option<MunicipalityNumber>,
    recent: Vec<Recent>,
    /// Where the last one of each sort is there, by [`number`].
    latest: [usize; 8],
    /// How often something was not found there.
    missed: usize,
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
    pub fn new(keys: &'a KeyRing, unit: Option<MunicipalityNumber>) -> Self {
        Self { recent: vec![Recent::EMPTY; FIRST], ..Self::forgetful(keys, unit) }
    }

    /// A replacer that remembers nothing.
    pub fn forgetful(keys: &'a KeyRing, unit: Option<MunicipalityNumber>) -> Self {
        let (key, oldest) = (keys.current(), keys.oldest());
        let oldest = Some(oldest).filter(|oldest| oldest.epoch() != key.epoch());
        Self { key, oldest, unit, recent: Vec::new(), latest: [0; 8], missed: 0 }
    }

    /// A person. `local` is what tells two apart whose identifiers nobody can check: the type, and
    /// where the identifier names nobody, the sender's own number for the person.
    pub fn person(&mut self, who: &Identity, id_type: &str, fid: &str, user: &str) -> Replaced {
        let key = self.key;
        match who {
            Identity::National(id) | Identity::Help(id) => {
                self.recall(b'n', fid.as_bytes(), |key| pseudonym::pseudonym(key, id))
            }
            Identity::Duf(duf) => {
                self.recall(b'd', fid.as_bytes(), |key| pseudonym::pseudonym_of_duf(key, duf))
            }
            Identity::Local if id_type == HELP_NUMBER => {
                self.of_this_unit("fid-3", &mut fid.to_owned())
            }
            Identity::Local => {
                let label = format!("fid-{id_type}");
                Replaced::new(pseudonym::re_key(key, &label, fid.as_bytes()))
            }
            Identity::Nobody => self.of_this_unit("fid-9", &mut format!("{user}:{fid}")),
        }
    }

    /// What tells two persons apart within one municipality only: another may use it too.
    fn of_this_unit(&self, label: &str, own: &mut String) -> Replaced {
        let unit = self.unit.map(|unit| unit.to_string()).unwrap_or_default();
        let mut text = format!("{unit}:{own}");
        let pseudonym = pseudonym::re_key(self.key, label, text.as_bytes());
        text.zeroize();
        own.zeroize();
        Replaced::new(pseudonym)
    }

    /// The sender's own number of a person.
    pub fn user_number(&mut self, text: &str) -> Pseudonym {
        let re_key = |key: &_| pseudonym::re_key(key, "brukerNr", text.as_bytes());
        self.recall(b'u', text.as_bytes(), re_key).pseudonym
    }

    /// A GUID that stands for a person, as another GUID: version 8 (RFC 9562), so that nobody takes
    /// it for the sender's. The same for either case of the digits.
    pub fn patient_guid(&mut self, guid: &Guid) -> Guid {
        let re_key = |key: &PseudonymKey| {
            let Guid(bytes) = keyed_guid(key, "pasientGUID", guid);
            Pseudonym { epoch: key.epoch(), bytes }
        };
        Guid(self.recall(b'g', &guid.0, re_key).pseudonym.bytes)
    }

    /// A GUID in which somebody's number stands, as another GUID: the same wherever it comes, so
    /// that what refers to it still does. Under the oldest key, so that this holds across a
    /// rotation.
    pub fn guid(&self, guid: &Guid) -> Guid {
        keyed_guid(self.oldest.unwrap_or(self.key), "guid", guid)
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
        let epoch = key.epoch();
        let recall = |kept: &Recent| {
            let pseudonym = Pseudonym { epoch, bytes: kept.bytes };
            Replaced { pseudonym, link: kept.link, fresh: false }
        };
        // What is sent of one person is often sent together.
        let latest = &mut self.latest[number(sort)];
        if let Some(kept) = self.recent.get(*latest).filter(|kept| kept.is(sort, text)) {
            return recall(kept);
        }
        let Some(group) = group(sort, text, self.recent.len()) else { return work_out() };
        if let Some(at) = group.clone().find(|at| self.recent[*at].is(sort, text)) {
            *latest = at;
            return recall(&self.recent[at]);
        }
        let replaced = work_out();
        let mut kept = Recent { sort, ..Recent::EMPTY };
        kept.length = u8::try_from(text.len()).unwrap_or(0);
        kept.text[..text.len()].copy_from_slice(text);
        kept.bytes = replaced.pseudonym.bytes;
        kept.link = replaced.link;
        *latest = group.start + keep(&mut self.recent[group], kept, self.missed);
        kept.text.zeroize();
        self.missed += 1;
        if self.missed >= self.recent.len() / 4 && self.recent.len() < RECENT {
            self.grow();
        }
        replaced
    }

    /// A larger table for a document with more persons.
    fn grow(&mut self) {
        let places = (self.recent.len() * 4).min(RECENT);
        let mut larger = vec![Recent::EMPTY; places];
        for kept in self.recent.iter().filter(|kept| kept.sort != 0) {
            let text = &kept.text[..usize::from(kept.length)];
            if let Some(group) = group(kept.sort, text, places) {
                keep(&mut larger[group], *kept, 0);
            }
        }
        self.wipe();
        self.recent = larger;
    }

    fn wipe(&mut self) {
        self.recent.iter_mut().for_each(|recent| recent.text.zeroize());
    }
}

impl Replaced {
    /// Worked out just now, under the only key that counts.
    fn new(pseudonym: Pseudonym) -> Self {
        Self { pseudonym, link: first_bits(&pseudonym), fresh: true }
    }
}

/// Another GUID in the place of one: of version 8 (RFC 9562), so that nobody takes it for the
/// sender's, and without anything in it that looks like somebody's number.
fn keyed_guid(key: &PseudonymKey, label: &str, guid: &Guid) -> Guid {
    let mut text = written(guid).to_vec();
    let mut attempt = 0_u32;
    loop {
        let mut bytes = pseudonym::re_key(key, label, &text).bytes;
        bytes[6] = bytes[6] & 0x0F | 0x80;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        if !Guid(bytes).holds_national_id() {
            return Guid(bytes);
        }
        // One in some thousands comes here, and hardly any a second time.
        attempt = attempt.wrapping_add(1);
        text.truncate(WRITTEN);
        text.extend_from_slice(format!(":{attempt}").as_bytes());
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
pub fn written(guid: &Guid) -> [u8; WRITTEN] {
    let mut text = [b'-'; WRITTEN];
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
        self.wipe();
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

    fn is(&self, sort: u8, text: &[u8]) -> bool {
        self.sort == sort && self.text.get(..usize::from(self.length)) == Some(text)
    }
}

/// In a place that is free, or else in the place of one of the others, in turn; tells in which.
fn keep(group: &mut [Recent], kept: Recent, turn: usize) -> usize {
    let free = group.iter().position(|recent| recent.sort == 0);
    let place = free.unwrap_or(turn % GROUP);
    group[place] = kept;
    place
}

/// A number below eight for each sort.
fn number(sort: u8) -> usize {
    usize::from(sort % 8)
}

/// The places where a text may be kept in a table of so many, a power of two; none for one that is
/// too long to be, or where nothing is kept.
fn group(sort: u8, text: &[u8], places: usize) -> Option<Range<usize>> {
    let last = (places as u64).checked_sub(1)?;
    if text.len() > LONGEST {
        return None;
    }
    // A sender who makes texts meet has them worked out again, and nothing else.
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ hash >> 32
    };
    let (words, rest) = text.as_chunks::<8>();
    let hash =
        words.iter().fold(u64::from(sort), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(1, |rest, byte| rest << 8 | u64::from(*byte));
    let first = usize::try_from(mix(hash, rest) & last).ok()? & !(GROUP - 1);
    Some(first..first + GROUP)
}

/// The type of a help number, which one institution has given: another may give it to somebody
/// else.
const HELP_NUMBER: &str = "3";
/// 80 bytes each. Making and wiping them all cost a small file more than its identifiers.
const RECENT: usize = 2048;
/// Places of the first table.
const FIRST: usize = 32;
/// Places that one text may have.
const GROUP: usize = 4;
const LONGEST: usize = 48;
/// A GUID with its hyphens.
const WRITTEN: usize = 36;
const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{FIRST, RECENT, Replacer};
    use crate::{
        protect::pseudonym::{KeyRing, PseudonymKey},
        types::{ids::RegistryId, secret::Secret32},
    };

    #[test]
    fn a_table_that_grows_replaces_as_one_that_remembers_nothing() {
        let registry = RegistryId::parse("kpr").unwrap();
        let secret = Secret32::new(Zeroizing::new([7; 32]));
        let keys = KeyRing::new(vec![PseudonymKey::new(registry, 1, secret)]).unwrap();
        let (mut kept, mut forgetful) =
            (Replacer::new(&keys, None), Replacer::forgetful(&keys, None));
        assert_eq!(kept.recent.len(), FIRST);
        for round in 0..3 {
            for number in 0..2 * RECENT {
                let text = format!("{}", number % (RECENT / (round + 1)));
                assert_eq!(kept.user_number(&text), forgetful.user_number(&text), "{text}");
            }
        }
        assert_eq!(kept.recent.len(), RECENT);
        assert!(forgetful.recent.is_empty());
        let long = "9".repeat(49);
        assert_eq!(kept.user_number(&long), forgetful.user_number(&long));
    }
}
