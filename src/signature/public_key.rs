//! A sender's public key, as a line of OpenSSH's `.pub` file.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use curve25519_dalek::edwards::CompressedEdwardsY;

use crate::{
    signature::ssh_wire::{Reader, put},
    types::{digest::Sha256, key_fingerprint::KeyFingerprint},
};

/// An Ed25519 key. The comment of its line is not kept: it may name a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads a line of a `.pub` file. Never repeats the text in what it says of it: that may be a
    /// secret in the wrong place.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(line: &str) -> Result<Self, &'static str> {
        if line.contains("PRIVATE KEY") {
            return Err(IS_PRIVATE);
        }
        let line = line.trim();
        if line.contains(['\n', '\r']) {
            return Err(ONE_LINE);
        }
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some(ED25519) => {}
            Some(other) if is_other_type(other) => return Err(OTHER_TYPE),
            _ => return Err(NO_KEY_LINE),
        }
        let blob = words.next().and_then(|text| BASE64.decode(text).ok()).ok_or(NOT_WHOLE)?;
        let key = Self::of_blob(&blob).ok_or(NOT_WHOLE)?;
        let point = CompressedEdwardsY(key.0).decompress().ok_or(NOT_WHOLE)?;
        // Under such a key anybody's signature would be valid.
        if point.is_small_order() { Err(WEAK) } else { Ok(key) }
    }

    /// Reads the blob that signatures carry; `None` for a key of another type.
    pub(super) fn of_blob(blob: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(blob);
        if reader.string()? != ED25519.as_bytes() {
            return None;
        }
        let key = reader.string()?.try_into().ok()?;
        reader.is_at_its_end().then_some(Self(key))
    }

    /// How people know it: `ssh-keygen -lf` prints the same.
    pub fn fingerprint(&self) -> KeyFingerprint {
        KeyFingerprint(Sha256::of(&self.blob()))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn blob(self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(51);
        put(&mut blob, ED25519.as_bytes());
        put(&mut blob, &self.0);
        blob
    }
}

/// The line of a `.pub` file, without a comment.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ED25519} {}", BASE64.encode(self.blob()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

/// Whether a word is what OpenSSH calls a type of keys, or a certificate.
fn is_other_type(word: &str) -> bool {
    word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-")
}

/// The type of key, and of signature, that is taken.
pub(super) const ED25519: &str = "ssh-ed25519";

const IS_PRIVATE: &str = "this is a private key and must not stand here; write the line of the \
                          sender's .pub file, and let the sender make a new pair: this one is lost";
const ONE_LINE: &str = "write each key as a text of its own, on one line: [\"ssh-ed25519 AAAA...\", \
                        \"ssh-ed25519 AAAA...\"]";
const OTHER_TYPE: &str = "only ssh-ed25519 keys are taken; let the sender make one with `ssh-keygen \
                          -t ed25519 -f filsluse-signing` and write the line of filsluse-signing.pub";
const NO_KEY_LINE: &str = "write the line of the sender's .pub file as it is, beginning with \
                           ssh-ed25519: \"ssh-ed25519 AAAA...\"";
const NOT_WHOLE: &str = "this is not a whole ssh-ed25519 key; copy the line of the sender's .pub file \
                         once more";
const WEAK: &str = "this key lets anybody sign; let the sender make a new one with `ssh-keygen -t \
                    ed25519 -f filsluse-signing` and write the line of filsluse-signing.pub";

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

    use super::{IS_PRIVATE, NO_KEY_LINE, NOT_WHOLE, ONE_LINE, OTHER_TYPE, PublicKey, WEAK};

    /// Made for these tests; its private half was thrown away.
    const LINE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3RDJP8pOtIysaGj/9VsGjHCVqE3VO2mucLh+SvGXuN";

    #[test]
    fn a_line_reads_back_without_its_comment() {
        for line in [LINE.to_owned(), format!("{LINE} kari@laptop\n"), format!("  {LINE}  a b ")] {
            assert_eq!(PublicKey::parse(&line).unwrap().to_string(), LINE, "{line}");
        }
    }

    #[test]
    fn what_is_no_such_line_is_told_what_to_write() {
        let short = &LINE[..LINE.len() - 4];
        let blob = |key: [u8; 32]| PublicKey::from_bytes(key).to_string();
        let mut one = [0; 32];
        one[0] = 1;
        let mut no_point = [0; 32];
        no_point[0] = 2;
        let longer = [&PublicKey::from_bytes([9; 32]).blob()[..], b"x"].concat();
        let cases: &[(&str, &str)] = &[
            ("-----BEGIN OPENSSH PRIVATE KEY-----", IS_PRIVATE),
            (&format!("{LINE}\n{LINE}"), ONE_LINE),
            ("ssh-rsa AAAAB3NzaC1yc2E=", OTHER_TYPE),
            ("ecdsa-sha2-nistp256 AAAA", OTHER_TYPE),
            ("sk-ssh-ed25519@openssh.com AAAA", OTHER_TYPE),
            ("ssh-ed25519-cert-v01@openssh.com AAAA", OTHER_TYPE),
            ("", NO_KEY_LINE),
            ("age1qqqq", NO_KEY_LINE),
            (&format!("oslo {LINE}"), NO_KEY_LINE),
            (&format!("namespaces=\"filsluse\" {LINE}"), NO_KEY_LINE),
            ("ssh-ed25519", NOT_WHOLE),
            ("ssh-ed25519 AAAA...", NOT_WHOLE),
            (short, NOT_WHOLE),
            (&format!("ssh-ed25519 {}", BASE64.encode(longer)), NOT_WHOLE),
            (&blob(no_point), NOT_WHOLE),
            (&blob(one), WEAK),
        ];
        for (line, want) in cases {
            assert_eq!(PublicKey::parse(line).unwrap_err(), *want, "{line}");
        }
    }
}
