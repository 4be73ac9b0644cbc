//! The fingerprint of a public key, as `ssh-keygen -l` prints it. It names a key, and nobody: what
//! may name a person is the key's comment, which is never kept.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::types::digest::Sha256;

/// SHA-256 of a key's blob (RFC 4253).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyFingerprint(pub Sha256);

impl KeyFingerprint {
    /// Reads what it is printed as.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.strip_prefix(PREFIX)?).ok()?;
        Some(Self(Sha256(bytes.try_into().ok()?)))
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", BASE64.encode(self.0.0))
    }
}

impl Serialize for KeyFingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyFingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not SHA256: and 43 characters"))
    }
}

const PREFIX: &str = "SHA256:";

#[cfg(test)]
mod tests {
    use super::KeyFingerprint;
    use crate::types::digest::Sha256;

    #[test]
    fn it_reads_back_and_nothing_else_does() {
        let fingerprint = KeyFingerprint(Sha256::of(b"key"));
        let text = fingerprint.to_string();
        assert_eq!(text.len(), 50);
        assert_eq!(KeyFingerprint::parse(&text), Some(fingerprint));
        for bad in ["", "SHA256:", &text[1..], &text[..49], &format!("{text}=")] {
            assert_eq!(KeyFingerprint::parse(bad), None, "{bad}");
        }
    }
}
