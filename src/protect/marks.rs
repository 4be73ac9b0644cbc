//! Keyed marks of contents: eight bytes that tell a repetition from another content, and that tell
//! whoever reads them nothing. For what is marked by the million;
//! [`super::pseudonym::content_digest`] says the same at several times the cost.
//!
//! A mark is a hash under one secret key, made unreadable under another. The hash is the tag of
//! AES-256-GCM with a nonce that never changes: it is never given out, and two contents have the
//! same one by a chance of less than 2⁻⁷⁵ for whoever does not know the key. The mark is the tag of
//! an empty message whose nonce is that hash: AES of it, which is a random function of the hash to
//! anybody without the key. So nothing depends on a number that the sender draws, there is nothing
//! that could be lengthened, and a mark can neither be made nor be tried on a guess without the
//! registry's key.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroize;

use crate::protect::pseudonym::{KeyRing, PseudonymKey, content_digest};

/// Marks contents under one registry's keys.
pub struct Marks<'a> {
    keys: &'a KeyRing,
    label: &'static str,
    current: ContentMarks,
    older: Vec<ContentMarks>,
}

impl<'a> Marks<'a> {
    /// Under the current key. `label` says what is marked, is a constant of ours, and holds no
    /// colon; the same content under two labels gets two marks.
    pub fn new(keys: &'a KeyRing, label: &'static str) -> Self {
        let older = keys.all().skip(1).map(|key| ContentMarks::new(key, label)).collect();
        Self { keys, label, current: ContentMarks::new(keys.current(), label), older }
    }

    /// The mark of a content.
    pub fn of(&mut self, content: &[u8]) -> [u8; 8] {
        self.current.of(content)
    }

    /// Whether a mark is this content's. It may have been made under an older key; and before marks
    /// there were the first halves of digests, which are still in the history.
    pub fn is_of(&mut self, content: &[u8], mark: [u8; 8]) -> bool {
        let Self { keys, label, current, older } = self;
        std::iter::once(current).chain(older).any(|marks| marks.of(content) == mark)
            || keys.all().any(|key| content_digest(key, label, content).starts_with(&mark))
    }
}

impl fmt::Debug for Marks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marks(…)")
    }
}

/// Marks contents under one key.
struct ContentMarks {
    hash: LessSafeKey,
    mark: LessSafeKey,
    /// A copy of what is being marked; cipher text between two of them.
    room: Vec<u8>,
}

impl ContentMarks {
    fn new(key: &PseudonymKey, label: &str) -> Self {
        let key = |purpose| {
            let derived = key.derive(purpose, label);
            let Ok(key) = UnboundKey::new(&AES_256_GCM, derived.expose_bytes()) else {
                unreachable!("HMAC-SHA-256 gives the 32 bytes that AES-256-GCM takes")
            };
            LessSafeKey::new(key)
        };
        Self { hash: key("content-hash"), mark: key("content-mark"), room: Vec::new() }
    }

    fn of(&mut self, content: &[u8]) -> [u8; 8] {
        let padded = (content.len() + 1).next_multiple_of(BLOCK);
        if self.room.capacity() < padded {
            self.room.zeroize();
            self.room.reserve(padded.next_power_of_two());
        }
        self.room.clear();
        self.room.extend_from_slice(content);
        // A one and zeros up to a whole block: a piece of one takes as long as eight of them.
        self.room.push(0x80);
        self.room.resize(padded, 0);
        let hash = tag(&self.hash, [0; 12], &mut self.room);
        let mark = tag(&self.mark, first(&hash), &mut []);
        first(&mark)
    }
}

/// Bytes of AES.
const BLOCK: usize = 16;

/// The tag of a text, which is cipher text after it.
fn tag(key: &LessSafeKey, nonce: [u8; 12], text: &mut [u8]) -> Tag {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let Ok(tag) = key.seal_in_place_separate_tag(nonce, Aad::empty(), text) else {
        unreachable!("nothing that is marked is longer than AES-GCM takes, 64 GiB")
    };
    tag
}

fn first<const N: usize>(tag: &Tag) -> [u8; N] {
    std::array::from_fn(|at| tag.as_ref()[at])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use zeroize::Zeroizing;

    use super::{ContentMarks, Marks};
    use crate::{
        protect::pseudonym::{KeyRing, PseudonymKey, content_digest},
        types::{ids::RegistryId, secret::Secret32},
    };

    fn key(registry: &str, epoch: u32, first: u8) -> PseudonymKey {
        let secret = std::array::from_fn(|at| first + u8::try_from(at).unwrap());
        let secret = Secret32::new(Zeroizing::new(secret));
        PseudonymKey::new(RegistryId::parse(registry).unwrap(), epoch, secret)
    }

    // Computed by tests/scripts/marks.py, which shares no code with this crate: marks are kept for
    // years, so they must not change.
    #[test]
    fn known_answers() {
        let mut marks = ContentMarks::new(&key("kpr", 1, 0), "notification");
        let long: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for (content, want) in [
            (&b""[..], 0x59b2_6460_2104_5225_u64),
            (b"<Notifikasjon/>", 0xd352_aeee_9597_0cb8),
            ("æøå".as_bytes(), 0xb624_34ab_86c0_ed4e),
            (&long, 0xaa07_8ee2_e063_0c85),
            (b"<Notifikasjon/>", 0xd352_aeee_9597_0cb8),
        ] {
            assert_eq!(marks.of(content), want.to_be_bytes(), "{} bytes", content.len());
        }
        // It is the key that counts, not its number.
        let mut marks = ContentMarks::new(&key("kpr", 9, 0), "notification");
        assert_eq!(marks.of(b"<Notifikasjon/>"), 0xd352_aeee_9597_0cb8_u64.to_be_bytes());
    }

    #[test]
    fn every_bit_the_length_the_key_and_the_label_count() {
        let key = key("kpr", 1, 0);
        let mut seen = BTreeSet::new();
        let mut marks = ContentMarks::new(&key, "notification");
        for length in [0, 1, 15, 16, 17, 100, 600] {
            let mut content = vec![0; length];
            assert!(seen.insert(marks.of(&content)), "{length} bytes");
            for bit in 0..length * 8 {
                content[bit / 8] ^= 1 << (bit % 8);
                assert!(seen.insert(marks.of(&content)), "bit {bit} of {length} bytes");
                content[bit / 8] ^= 1 << (bit % 8);
            }
            assert!(!seen.insert(marks.of(&content)), "the same again");
        }
        for (key, label) in [
            (&self::key("npr", 1, 0), "notification"),
            (&self::key("kpr", 1, 1), "notification"),
            (&key, "another"),
        ] {
            assert!(seen.insert(ContentMarks::new(key, label).of(&[0; 100])), "{label}");
        }
    }
    #[test]
    fn a_mark_is_known_under_every_key_and_so_is_what_was_kept_before_marks() {
        let ring = |keys| KeyRing::new(keys).unwrap();
        let (before, now) =
            (ring(vec![key("kpr", 1, 0)]), ring(vec![key("kpr", 1, 0), key("kpr", 2, 7)]));
        let mut marks = Marks::new(&now, "notification");
        let (one, other) = (&b"<Notifikasjon/>"[..], &b"<Notifikasjon />"[..]);
        let old_digest = |key| {
            let digest = content_digest(key, "notification", one);
            std::array::from_fn(|at| digest[at])
        };
        let old_mark = Marks::new(&before, "notification").of(one);
        for mark in
            [marks.of(one), old_mark, old_digest(now.current()), old_digest(before.current())]
        {
            assert!(marks.is_of(one, mark));
            assert!(!marks.is_of(other, mark));
        }
        assert_ne!(marks.of(one), old_mark);
    }
}
