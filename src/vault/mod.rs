//! The keys that seal age headers in the catalogue: one per registry and month of deadlines, each
//! in a file of its own outside the catalogue, so that no backup of the catalogue opens without it.
//!
//! A key lives only as long as everything that it ever sealed. When a header leaves it, because its
//! object was erased or its deadline moved, the key is *spent*: it seals nothing any more, the
//! sweep moves what it still seals to the month's next key, and destroys it. Knows nothing of
//! catalogues, and never prints a key.

mod files;
mod held;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use jiff::{Timestamp, tz::TimeZone};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::{
    catalogue::header_seal::{HeaderSeal, KeptKey, KeyState, SealFault},
    types::{
        clock_and_random::Random,
        digest::Sha256,
        header_key::{HeaderKey, KeyMonth},
        ids::{ObjectId, RegistryId},
        secret::Secret32,
        sync::lock,
    },
    vault::held::{Held, Keys},
};

/// The directory of keys, read once: `<directory>/<registry>/<key>`, 32 bytes each, mode 0600.
pub struct Vault {
    directory: PathBuf,
    zone: TimeZone,
    random: Random,
    keys: Mutex<Keys>,
}

impl Vault {
    /// Reads the keys; makes the directory when it is missing. `zone`: where months are counted.
    ///
    /// # Errors
    /// When the directory cannot be made or read.
    pub fn open(directory: &Path, zone: TimeZone, random: Random) -> Result<Self, SealFault> {
        let keys = Mutex::new(files::read_all(directory)?);
        Ok(Self { directory: directory.to_owned(), zone, random, keys })
    }

    fn held(&self) -> MutexGuard<'_, Keys> {
        // A panic elsewhere leaves the map as the disk has it: each change is one insertion.
        lock(&self.keys)
    }

    fn make(&self, registry: &RegistryId, key: HeaderKey) -> Result<Held, SealFault> {
        let mut bytes = Zeroizing::new([0; 32]);
        (self.random)(bytes.as_mut_slice());
        files::write(&self.directory, registry, key, &bytes)?;
        Ok(Held::Fresh(Secret32::new(bytes)))
    }
}

impl HeaderSeal for Vault {
    fn month(&self, gone_by: Option<Timestamp>) -> KeyMonth {
        KeyMonth::of(gone_by, &self.zone)
    }

    fn current(&self, registry: &RegistryId, month: KeyMonth) -> Result<HeaderKey, SealFault> {
        let mut keys = self.held();
        let first = (registry.clone(), HeaderKey { month, number: 1 });
        let last = (registry.clone(), HeaderKey { month, number: u32::MAX });
        let newest = keys.range(first..=last).next_back().map(|((_, key), held)| (*key, held));
        let number = match newest {
            Some((key, Held::Fresh(_))) => return Ok(key),
            Some((key, _)) => key.number.saturating_add(1),
            None => 1,
        };
        let key = HeaderKey { month, number };
        let made = self.make(registry, key)?;
        keys.insert((registry.clone(), key), made);
        Ok(key)
    }

    fn seal(&self, id: &ObjectId, key: HeaderKey, header: &[u8]) -> Result<Vec<u8>, SealFault> {
        let mut nonce = [0; NONCE];
        (self.random)(&mut nonce);
        let mut sealed = header.to_vec();
        let cipher = cipher(&self.held(), &id.registry, key)?;
        let (once, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(id.to_string()));
        if cipher.seal_in_place_append_tag(once, aad, &mut sealed).is_err() {
            return Err(SealFault::Malformed { registry: id.registry.clone(), key });
        }
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(
        &self,
        id: &ObjectId,
        key: HeaderKey,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let foreign = || SealFault::Foreign { registry: id.registry.clone(), key };
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or_else(foreign)?;
        let mut bytes = Zeroizing::new(rest.to_vec());
        let cipher = cipher(&self.held(), &id.registry, key)?;
        let (once, aad) = (Nonce::assume_unique_for_key(*nonce), Aad::from(id.to_string()));
        let opened = cipher.open_in_place(once, aad, &mut bytes);
        let length = opened.map_err(|_| foreign())?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    fn spend(&self, registry: &RegistryId, key: HeaderKey) -> Result<(), SealFault> {
        let mut keys = self.held();
        let place = (registry.clone(), key);
        match keys.remove(&place) {
            Some(Held::Fresh(secret)) => {
                let marked = files::mark_spent(&self.directory, registry, key);
                let held = match marked {
                    Ok(()) => Held::Spent(secret),
                    Err(_) => Held::Fresh(secret),
                };
                keys.insert(place, held);
                marked
            }
            Some(other) => {
                keys.insert(place, other);
                Ok(())
            }
            // Whatever it sealed is dead already.
            None => Ok(()),
        }
    }

    fn keys(&self) -> Vec<KeptKey> {
        let keys = self.held();
        let kept = keys.iter().filter_map(|((registry, key), held)| {
            let state = match held {
                Held::Damaged => return None,
                Held::Destroyed(_) => KeyState::Destroyed,
                Held::Fresh(_) => KeyState::Fresh,
                Held::Spent(_) => KeyState::Spent,
            };
            Some(KeptKey { registry: registry.clone(), key: *key, state })
        });
        kept.collect()
    }

    fn destroy(&self, registry: &RegistryId, key: HeaderKey) -> Result<Option<Sha256>, SealFault> {
        let mut keys = self.held();
        let place = (registry.clone(), key);
        let digest = match keys.get(&place) {
            Some(Held::Destroyed(digest)) => return Ok(*digest),
            Some(Held::Fresh(secret) | Held::Spent(secret)) => digest(secret),
            Some(Held::Damaged) | None => {
                return Err(SealFault::Gone { registry: registry.clone(), key });
            }
        };
        files::overwrite(&self.directory, registry, key, digest)?;
        keys.insert(place, Held::Destroyed(Some(digest)));
        Ok(Some(digest))
    }

    fn forget(&self, registry: &RegistryId, key: HeaderKey) -> Result<(), SealFault> {
        let mut keys = self.held();
        files::remove(&self.directory, registry, key)?;
        keys.remove(&(registry.clone(), key));
        Ok(())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

fn cipher(keys: &Keys, registry: &RegistryId, key: HeaderKey) -> Result<LessSafeKey, SealFault> {
    let secret = match keys.get(&(registry.clone(), key)) {
        Some(Held::Fresh(secret) | Held::Spent(secret)) => secret,
        Some(Held::Damaged) => {
            return Err(SealFault::Malformed { registry: registry.clone(), key });
        }
        Some(Held::Destroyed(_)) | None => {
            return Err(SealFault::Gone { registry: registry.clone(), key });
        }
    };
    let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, secret.expose_bytes()) else {
        unreachable!("ChaCha20-Poly1305 takes 32 bytes")
    };
    Ok(LessSafeKey::new(key))
}

/// By what a certificate knows a key: nobody finds 32 random bytes from it.
fn digest(secret: &Secret32) -> Sha256 {
    let text = Zeroizing::new([DIGEST_OF, secret.expose_bytes().as_slice()].concat());
    Sha256::of(&text)
}

const NONCE: usize = 12;
const DIGEST_OF: &[u8] = b"filsluse:header-key:v1:";

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::Path,
        sync::{
            Arc,
            atomic::{AtomicU8, Ordering},
        },
    };

    use jiff::{Timestamp, tz::TimeZone};

    use super::Vault;
    use crate::{
        catalogue::header_seal::{HeaderSeal as _, KeyState, SealFault},
        types::{
            clock_and_random::Random,
            header_key::KeyMonth,
            ids::{ObjectId, Part, RegistryId, SubmissionId},
        },
    };

    #[test]
    fn a_header_opens_with_its_own_key_for_its_own_object() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path());
        let key = vault.current(&registry(), MAY).unwrap();
        assert_eq!(vault.current(&registry(), MAY).unwrap(), key, "made once");
        let sealed = vault.seal(&object(1), key, b"age header").unwrap();
        assert!(!sealed.windows(3).any(|bytes| bytes == b"age"));
        assert_eq!(sealed.len(), b"age header".len() + 28);
        // What is on the disk is enough.
        let again = self::vault(dir.path());
        assert_eq!(*again.open(&object(1), key, &sealed).unwrap(), b"age header");
        let other = again.current(&registry(), KeyMonth::Open).unwrap();
        let mut bent = sealed.clone();
        bent[20] ^= 1;
        for (why, opened) in [
            ("another object", again.open(&object(2), key, &sealed)),
            ("another key", again.open(&object(1), other, &sealed)),
            ("damaged", again.open(&object(1), key, &bent)),
            ("cut", again.open(&object(1), key, &sealed[..11])),
        ] {
            assert!(matches!(opened, Err(SealFault::Foreign { .. })), "{why}");
        }
    }

    #[test]
    fn a_spent_key_opens_and_seals_no_more_and_a_destroyed_one_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let first = vault(dir.path());
        let key = first.current(&registry(), MAY).unwrap();
        let sealed = first.seal(&object(1), key, b"age header").unwrap();
        let file = dir.path().join("fastlege/2027-05");
        let bytes = fs::read(&file).unwrap();
        first.spend(&registry(), key).unwrap();
        let second = vault(dir.path());
        let next = second.current(&registry(), MAY).unwrap();
        assert_eq!(next.to_string(), "2027-05.2");
        assert!(second.open(&object(1), key, &sealed).is_ok(), "until it has moved");
        let states: Vec<_> = second.keys().into_iter().map(|kept| kept.state).collect();
        assert_eq!(states, [KeyState::Spent, KeyState::Fresh]);
        let digest = second.destroy(&registry(), key).unwrap();
        assert!(
            !fs::read(&file).unwrap().windows(4).any(|part| bytes.windows(4).any(|b| b == part))
        );
        // A stop in between leaves what tells of it.
        let third = vault(dir.path());
        assert_eq!(third.destroy(&registry(), key).unwrap(), digest);
        assert!(matches!(third.open(&object(1), key, &sealed), Err(SealFault::Gone { .. })));
        third.forget(&registry(), key).unwrap();
        let left: Vec<_> = fs::read_dir(dir.path().join("fastlege")).unwrap().collect();
        assert_eq!(left.len(), 1, "the marker is gone too");
        assert_eq!(vault(dir.path()).current(&registry(), MAY).unwrap(), next);
    }

    #[test]
    fn a_damaged_file_is_told_and_stops_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let key = vault(dir.path()).current(&registry(), MAY).unwrap();
        for bytes in [&b"short"[..], &[], &[0; 32]] {
            fs::write(dir.path().join("fastlege/2027-05"), bytes).unwrap();
            let vault = vault(dir.path());
            let sealed = vault.seal(&object(1), key, b"x");
            assert!(matches!(sealed, Err(SealFault::Malformed { .. })), "{bytes:?}");
        }
        fs::write(dir.path().join("fastlege/notes.txt"), "of an operator").unwrap();
        assert_eq!(vault(dir.path()).current(&registry(), MAY).unwrap().number, 2);
    }

    #[test]
    fn it_prints_no_key() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path());
        vault.current(&registry(), MAY).unwrap();
        assert_eq!(format!("{vault:?}"), "Vault(…)");
    }

    fn vault(directory: &Path) -> Vault {
        static DRAWN: AtomicU8 = AtomicU8::new(1);
        let random: Random = Arc::new(|buffer: &mut [u8]| {
            buffer.fill_with(|| DRAWN.fetch_add(1, Ordering::Relaxed));
        });
        Vault::open(directory, TimeZone::UTC, random).unwrap()
    }

    fn object(number: u32) -> ObjectId {
        let submission = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        ObjectId { submission, registry: registry(), part: Part::Whole, number }
    }

    fn registry() -> RegistryId {
        RegistryId::parse("fastlege").unwrap()
    }

    const MAY: KeyMonth = KeyMonth::Of { year: 2027, month: 5 };
}
