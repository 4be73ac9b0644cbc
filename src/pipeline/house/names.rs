//! The sender's file name between claim and receipt: cipher text everywhere but in memory.
//!
//! A file name may hold a person's name or number, and the catalogue is no place for either. The
//! key is derived from the audit key, so there is no further secret to keep.

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hmac,
};

use crate::{
    intake::name::SenderFileName,
    types::{ids::SubmissionId, secret::Secret32},
};

/// Seals and opens file names.
pub struct NameSeal(LessSafeKey);

impl NameSeal {
    /// Derives the key from the installation's audit key.
    pub fn new(audit_key: &Secret32) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, audit_key.expose_bytes());
        let derived = hmac::sign(&key, b"filsluse:file-name:v1");
        let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, derived.as_ref()) else {
            unreachable!("HMAC-SHA-256 gives the 32 bytes that ChaCha20-Poly1305 takes")
        };
        Self(LessSafeKey::new(key))
    }

    /// Nonce and cipher text of a name, bound to its submission.
    pub fn seal(
        &self,
        name: &SenderFileName,
        submission: SubmissionId,
        nonce: [u8; 12],
    ) -> Vec<u8> {
        let mut sealed = name.expose_bytes().to_vec();
        let aad = Aad::from(submission.to_string());
        let whole = Nonce::assume_unique_for_key(nonce);
        // Only a name of many gigabytes could fail; a receipt under the submission's own id is then
        // what the sender gets.
        if self.0.seal_in_place_append_tag(whole, aad, &mut sealed).is_err() {
            return Vec::new();
        }
        [nonce.as_slice(), &sealed].concat()
    }

    /// The name again; `None` when it was sealed under another key or for another submission.
    pub fn open(&self, sealed: &[u8], submission: SubmissionId) -> Option<SenderFileName> {
        let (nonce, rest) = sealed.split_first_chunk::<12>()?;
        let mut rest = rest.to_vec();
        let aad = Aad::from(submission.to_string());
        let plain =
            self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut rest).ok()?;
        Some(SenderFileName::new(plain.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use zeroize::Zeroizing;

    use super::NameSeal;
    use crate::{
        intake::name::SenderFileName,
        types::{ids::SubmissionId, secret::Secret32},
    };

    #[test]
    fn opens_for_its_own_submission_only() {
        let seal = NameSeal::new(&Secret32::new(Zeroizing::new([9; 32])));
        let [one, two] = [1, 2].map(|n| SubmissionId::new(Timestamp::UNIX_EPOCH, [n; 10]));
        let name = SenderFileName::new("Innmelding æøå.xml".as_bytes().to_vec());
        let sealed = seal.seal(&name, one, [3; 12]);
        assert!(!sealed.windows(4).any(|w| w == b"Innm"));
        assert_eq!(seal.open(&sealed, one), Some(name.clone()));
        assert_eq!(seal.open(&sealed, two), None);
        assert_eq!(seal.open(&sealed[..10], one), None);
    }
}
