//! One age X25519 recipient, and the quicker way to wrap a file key for one that is sealed to
//! often.
//!
//! Half of what a small object costs is two multiplications on the curve. age walks a ladder for
//! the one with the recipient's key; where that key stays the same, a table of its multiples gives
//! the same point in a third of the time, also without a branch or an address that depends on the
//! secret. Each file key still has an ephemeral secret of its own, drawn for it and used once.

use std::{collections::HashSet, fmt, str::FromStr, sync::Arc};

use age::{EncryptError, x25519};
use age_core::{
    format::{FileKey, Stanza},
    primitives,
    secrecy::ExposeSecret,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use curve25519_dalek::{
    constants::ED25519_BASEPOINT_TABLE,
    edwards::EdwardsBasepointTable,
    montgomery::MontgomeryPoint,
    traits::{BasepointTable, IsIdentity},
};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// Somebody who can open what is sealed.
#[derive(Clone)]
pub(super) struct Recipient {
    key: x25519::Recipient,
    table: Option<Arc<Table>>,
}

/// Multiples of a recipient's key.
struct Table {
    public: [u8; KEY],
    multiples: EdwardsBasepointTable,
}

impl Recipient {
    /// Makes ready to wrap for it often: 30 KiB, and the time of four wraps.
    pub(super) fn prepare(&mut self) {
        if self.table.is_none() {
            self.table = public(&self.key).and_then(Table::of).map(Arc::new);
        }
    }
}

impl From<x25519::Recipient> for Recipient {
    fn from(key: x25519::Recipient) -> Self {
        Self { key, table: None }
    }
}

impl FromStr for Recipient {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<x25519::Recipient>().map(Self::from)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

impl age::Recipient for Recipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        match &self.table {
            Some(table) => Ok((vec![table.wrap(file_key)?], HashSet::new())),
            None => self.key.wrap_file_key(file_key),
        }
    }
}

impl Table {
    /// None for a key that is no point of the curve itself; age's own way takes those too.
    fn of(public: [u8; KEY]) -> Option<Self> {
        // Either sign will do: the two points differ in what an X25519 key does not show.
        let point = MontgomeryPoint(public).to_edwards(0)?;
        (!point.is_small_order())
            .then(|| Self { public, multiples: EdwardsBasepointTable::create(&point) })
    }

    /// The stanza of age's format, <https://c2sp.org/age#x25519-recipient-stanza>.
    fn wrap(&self, file_key: &FileKey) -> Result<Stanza, EncryptError> {
        let mut secret = Zeroizing::new([0; KEY]);
        let drawn = SystemRandom::new().fill(&mut *secret);
        drawn.map_err(|_| EncryptError::Io(std::io::Error::other(NoRandomness)))?;
        let share = ED25519_BASEPOINT_TABLE.mul_base_clamped(*secret).to_montgomery();
        let shared = Zeroizing::new(self.multiply(&secret));
        if shared.is_identity() {
            return Err(EncryptError::Io(std::io::Error::other(NoRandomness)));
        }
        let salt = [share.0, self.public].concat();
        let key = Zeroizing::new(primitives::hkdf(&salt, LABEL, &shared.0));
        Ok(Stanza {
            tag: TAG.to_owned(),
            args: vec![STANDARD_NO_PAD.encode(share.0)],
            body: primitives::aead_encrypt(&key, file_key.expose_secret()),
        })
    }

    /// X25519 of a secret and this key.
    fn multiply(&self, secret: &[u8; KEY]) -> MontgomeryPoint {
        self.multiples.mul_base_clamped(*secret).to_montgomery()
    }
}

/// The bytes of a public key, which the age crate shows as its text alone.
fn public(key: &x25519::Recipient) -> Option<[u8; KEY]> {
    let bytes = |bytes: Vec<u8>| bytes.try_into().map_err(|_| ());
    primitives::bech32_decode(&key.to_string(), |_| (), |_| Ok(()), |_, data| bytes(data.collect()))
        .ok()
}

/// The system gave no randomness, or only zeros.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no randomness for a key; nothing is sealed without it")]
struct NoRandomness;

/// As the age format has them.
const TAG: &str = "X25519";
const LABEL: &[u8] = b"age-encryption.org/v1/X25519";
const KEY: usize = 32;

#[cfg(test)]
mod tests {
    use age::x25519;
    use curve25519_dalek::montgomery::MontgomeryPoint;
    use proptest::prelude::*;

    use super::{Recipient, Table, public};

    proptest! {
        /// Also where the key was not made from a secret and has a part of small order.
        #[test]
        fn the_table_gives_what_the_ladder_gives(key: [u8; 32], secret: [u8; 32]) {
            let ladder = MontgomeryPoint(key).mul_clamped(secret);
            if let Some(table) = Table::of(key) {
                prop_assert_eq!(table.multiply(&secret).0, ladder.0);
            }
        }
    }

    #[test]
    fn half_of_all_keys_are_no_points_and_are_left_to_age() {
        let tables = (0..=255_u8).filter_map(|n| Table::of([n; 32])).count();
        assert!((96..160).contains(&tables), "{tables}");
        assert!(Table::of([0; 32]).is_none() && Table::of(ONE).is_none());
    }

    #[test]
    fn a_real_key_has_a_table() {
        let identity = x25519::Identity::generate();
        let mut recipient = Recipient::from(identity.to_public());
        assert!(recipient.table.is_none());
        recipient.prepare();
        let table = recipient.table.as_ref().unwrap();
        assert_eq!(Some(table.public), public(&identity.to_public()));
        assert_eq!(recipient.to_string(), identity.to_public().to_string());
    }

    /// Of order four.
    const ONE: [u8; 32] = {
        let mut one = [0; 32];
        one[0] = 1;
        one
    };
}
