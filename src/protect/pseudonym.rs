//! Replaces identifiers by pseudonyms under a registry's key (`docs/interface.md` section 6).
//!
//! Every function here takes a parsed identifier or says in its label what the text is; nothing
//! falls back to the raw value. Prints neither keys nor identifiers.

use std::{collections::BTreeMap, fmt};

use ring::hmac;
use zeroize::Zeroizing;

use crate::types::{
    duf::Duf, ids::RegistryId, national_id::NationalId, pseudonym::Pseudonym, secret::Secret32,
};

/// One registry's key of one epoch, ready for use. Cannot be cloned or printed.
///
/// The secret itself is wiped as soon as the key is made. What `ring` derives from it stays in
/// memory for the key's life and cannot be wiped from outside, which is why the daemon runs without
/// core dumps.
pub struct PseudonymKey {
    registry: RegistryId,
    epoch: u32,
    /// The key with what every digest of one sort begins with, which is taken in once.
    contents: hmac::Context,
    derived: hmac::Context,
    persons: hmac::Context,
    re_keyed: hmac::Context,
}

impl PseudonymKey {
    /// Makes a key of its secret, which is used up.
    pub fn new(registry: RegistryId, epoch: u32, secret: Secret32) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_bytes());
        drop(secret);
        let begun = |sort: &str| {
            let mut context = hmac::Context::with_key(&key);
            context.update(format!("filsluse:{sort}:v1:{registry}:").as_bytes());
            context
        };
        let [contents, derived, persons, re_keyed] =
            ["content", "derive", "pseudonym", "rekey"].map(begun);
        Self { registry, epoch, contents, derived, persons, re_keyed }
    }

    /// Whose key it is.
    pub fn registry(&self) -> &RegistryId {
        &self.registry
    }

    /// Which of the registry's keys it is.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// A key of its own for another primitive, by its purpose and label, neither with a colon.
    pub(super) fn derive(&self, purpose: &str, label: &str) -> Secret32 {
        debug_assert!(!(purpose.contains(':') || label.contains(':')), "two labels would meet");
        let mut context = self.derived.clone();
        for part in [purpose, ":", label] {
            context.update(part.as_bytes());
        }
        let mut derived = Zeroizing::new([0; 32]);
        derived.copy_from_slice(context.sign().as_ref());
        Secret32::new(derived)
    }

    fn pseudonym_of_digits(&self, digits: &[u8]) -> Pseudonym {
        Pseudonym { epoch: self.epoch, bytes: digest(&self.persons, &[digits]) }
    }
}

/// The first half of HMAC-SHA-256 over what was begun and the parts, which must be unambiguous when
/// joined.
fn digest(begun: &hmac::Context, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = begun.clone();
    for part in parts {
        context.update(part);
    }
    let tag = context.sign();
    let mut half = [0; 16];
    half.copy_from_slice(&tag.as_ref()[..16]);
    half
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PseudonymKey({} k{}, …)", self.registry, self.epoch)
    }
}

/// The pseudonym of a person with a fødselsnummer, D-, H- or FH-number: the same within one
/// registry and epoch, and unlinkable across two without both keys.
pub fn pseudonym(key: &PseudonymKey, id: &NationalId) -> Pseudonym {
    key.pseudonym_of_digits(id.expose_digits())
}

/// The pseudonym of a person who has a DUF-number only. Its twelve digits cannot meet the eleven of
/// a national identity number.
pub fn pseudonym_of_duf(key: &PseudonymKey, duf: &Duf) -> Pseudonym {
    key.pseudonym_of_digits(duf.expose_digits())
}

/// The re-keyed form of any other identifier, such as an episode's. `label` says what it is, is a
/// constant of ours, and holds no colon; the same text under two labels gives two results.
pub fn re_key(key: &PseudonymKey, label: &str, text: &[u8]) -> Pseudonym {
    debug_assert!(!label.contains(':'), "a colon would let two labels meet");
    let bytes = digest(&key.re_keyed, &[label.as_bytes(), b":", text]);
    Pseudonym { epoch: key.epoch, bytes }
}

/// A keyed digest of a record's content, to notice a change later without keeping the content.
/// `label` as for [`re_key`]. Compare only digests that the same epoch's key made.
pub fn content_digest(key: &PseudonymKey, label: &str, content: &[u8]) -> [u8; 16] {
    debug_assert!(!label.contains(':'), "a colon would let two labels meet");
    digest(&key.contents, &[label.as_bytes(), b":", content])
}

/// All keys of one registry: the current epoch's, and older ones so that a person who was given a
/// pseudonym then is still found. Never empty.
#[derive(Debug)]
pub struct KeyRing {
    older: BTreeMap<u32, PseudonymKey>,
    current: PseudonymKey,
}

impl KeyRing {
    /// A ring of one registry's keys; the highest epoch is the current one.
    ///
    /// # Errors
    /// When there is no key, an epoch comes twice, or a key is another registry's.
    pub fn new(keys: Vec<PseudonymKey>) -> Result<Self, KeyRingError> {
        let mut by_epoch = BTreeMap::new();
        for key in keys {
            let epoch = key.epoch;
            if by_epoch.insert(epoch, key).is_some() {
                return Err(KeyRingError::EpochTwice { epoch });
            }
        }
        let (_, current) = by_epoch.pop_last().ok_or(KeyRingError::Empty)?;
        if by_epoch.values().any(|key| key.registry != current.registry) {
            return Err(KeyRingError::TwoRegistries);
        }
        Ok(Self { older: by_epoch, current })
    }

    /// Whose keys they are.
    pub fn registry(&self) -> &RegistryId {
        &self.current.registry
    }

    /// The key that new pseudonyms are made with.
    pub fn current(&self) -> &PseudonymKey {
        &self.current
    }

    /// The key that the oldest pseudonyms of all that can be resolved were made with.
    pub fn oldest(&self) -> &PseudonymKey {
        self.older.values().next().unwrap_or(&self.current)
    }

    /// The key of one epoch.
    pub fn at(&self, epoch: u32) -> Option<&PseudonymKey> {
        if epoch == self.current.epoch { Some(&self.current) } else { self.older.get(&epoch) }
    }

    /// Every key, the current one first and the oldest last.
    pub fn all(&self) -> impl Iterator<Item = &PseudonymKey> {
        std::iter::once(&self.current).chain(self.older.values().rev())
    }

    /// Every pseudonym that a person may stand under, the current one first.
    pub fn pseudonyms(&self, id: &NationalId) -> impl Iterator<Item = Pseudonym> {
        self.all().map(|key| pseudonym(key, id))
    }
}

/// Why keys do not make a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// No key at all.
    #[error("there is no key: make one with `filsluse keys generate`")]
    Empty,
    /// Two keys of the same epoch.
    #[error("epoch {epoch} has two keys: keep the one that pseudonyms were made with")]
    EpochTwice {
        /// The epoch.
        epoch: u32,
    },
    /// Keys of different registries.
    #[error("the keys belong to more than one registry: a ring holds one registry's keys")]
    TwoRegistries,
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{
        KeyRing, KeyRingError, PseudonymKey, content_digest, pseudonym, pseudonym_of_duf, re_key,
    };
    use crate::types::{
        crockford,
        duf::Duf,
        ids::RegistryId,
        national_id::{IdPolicy, NationalId, Profile},
        secret::Secret32,
    };

    /// The key of `tests/scripts/pseudonym.py`: the bytes 0 to 31.
    fn key(registry: &str, epoch: u32) -> PseudonymKey {
        let secret = std::array::from_fn(|n| u8::try_from(n).unwrap());
        let registry = RegistryId::parse(registry).unwrap();
        PseudonymKey::new(registry, epoch, Secret32::new(Zeroizing::new(secret)))
    }

    fn id(text: &str) -> NationalId {
        NationalId::parse(text, &IdPolicy { profile: Profile::Test, new_rule: true }).unwrap()
    }

    // Computed by tests/scripts/pseudonym.py, which shares no code with this crate.
    #[test]
    fn known_answers() {
        let fastlege = key("fastlege", 1);
        let cases = [
            (
                "D-number",
                pseudonym(&fastlege, &id("63905842945")).to_string(),
                "k1.72cpzmr35cwq97qk7ryr5c6knw",
            ),
            (
                "fødselsnummer, other registry and epoch",
                pseudonym(&key("kpr", 12), &id("03851598730")).to_string(),
                "k12.ddf6q21axfkz7kqd8kfsyvemt8",
            ),
            (
                "DUF-number",
                pseudonym_of_duf(&fastlege, &Duf::parse("201800000110").unwrap()).to_string(),
                "k1.cw31xy4758wx9a3n4fbynpvt4g",
            ),
            (
                "re-keyed",
                re_key(&fastlege, "episode", b"E-1").to_string(),
                "k1.22bp2kpg0tj64bka56e6z128kr",
            ),
            (
                "content",
                crockford::encode(&content_digest(&fastlege, "enrolment", "æøå".as_bytes())),
                "vmvpk2155me4279vemdgyx23mm",
            ),
        ];
        for (name, got, want) in cases {
            assert_eq!(got, want, "case: {name}");
        }
    }

    #[test]
    fn a_ring_finds_the_same_person_in_every_epoch() {
        let ring = KeyRing::new(vec![key("kpr", 2), key("kpr", 10), key("kpr", 1)]).unwrap();
        assert_eq!((ring.current().epoch(), ring.oldest().epoch()), (10, 1));
        assert_eq!(ring.all().map(PseudonymKey::epoch).collect::<Vec<_>>(), [10, 2, 1]);
        assert_eq!(ring.at(2).map(PseudonymKey::epoch), Some(2));
        assert!(ring.at(3).is_none());
        let person = id("63905842945");
        for (key, found) in ring.all().zip(ring.pseudonyms(&person)) {
            assert_eq!(found, pseudonym(key, &person));
        }
        assert_eq!(ring.pseudonyms(&person).count(), 3);
    }

    #[test]
    fn a_ring_is_one_registrys_and_never_empty() {
        let fails = |keys| KeyRing::new(keys).map(drop).unwrap_err();
        assert_eq!(fails(vec![]), KeyRingError::Empty);
        assert_eq!(
            fails(vec![key("kpr", 1), key("kpr", 1)]),
            KeyRingError::EpochTwice { epoch: 1 }
        );
        assert_eq!(fails(vec![key("kpr", 1), key("npr", 2)]), KeyRingError::TwoRegistries);
    }

    #[test]
    fn debug_shows_whose_key_and_nothing_else() {
        let ring = KeyRing::new(vec![key("kpr", 3)]).unwrap();
        assert_eq!(format!("{:?}", ring.current()), "PseudonymKey(kpr k3, …)");
    }
}
