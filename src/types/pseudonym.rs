//! A pseudonym: what stands in a register in place of a person's identifier.
//!
//! May be printed; without the registry's key of its epoch it leads to nobody. Made only by
//! `protect::pseudonym` (`docs/interface.md` section 6).

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::types::crockford;

/// Sixteen bytes under the key of one epoch, written `k<epoch>.<26 characters>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym {
    /// Which of the registry's keys made it.
    pub epoch: u32,
    /// The first half of the keyed digest.
    pub bytes: [u8; 16],
}

impl Pseudonym {
    /// Reads what `Display` wrote, and nothing else.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &str) -> Result<Self, BadPseudonym> {
        let (epoch, rest) =
            text.strip_prefix('k').and_then(|t| t.split_once('.')).ok_or(BadPseudonym)?;
        let epoch = parse_epoch(epoch).ok_or(BadPseudonym)?;
        Ok(Self { epoch, bytes: crockford::decode(rest).ok_or(BadPseudonym)? })
    }
}

/// Reads an epoch in the one way it is written: decimal digits without a leading zero.
pub fn parse_epoch(text: &str) -> Option<u32> {
    let canonical =
        text.bytes().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = crockford::encode_bytes(&self.bytes);
        // Every byte is one of the alphabet's.
        write!(f, "k{}.{}", self.epoch, std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonym({self})")
    }
}

impl Serialize for Pseudonym {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pseudonym {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

/// A text that is not a pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pseudonym is k, an epoch, a full stop and 26 characters of 0-9 and a-z")]
pub struct BadPseudonym;

#[cfg(test)]
mod tests {
    use super::Pseudonym;

    #[test]
    fn one_text_for_one_pseudonym() {
        let text = "k1.g0000000000000000000000004";
        let read = Pseudonym::parse(text).unwrap();
        assert_eq!((read.epoch, read.bytes[0], read.bytes[15]), (1, 0x80, 1));
        assert_eq!(read.to_string(), text);
        for bad in [
            "",
            "g0000000000000000000000004",
            "k.g0000000000000000000000004",
            "k01.g0000000000000000000000004",
            "k+1.g0000000000000000000000004",
            "k4294967296.g0000000000000000000000004",
            "K1.g0000000000000000000000004",
            "k1.G0000000000000000000000004",
            "k1.g000000000000000000000000",
        ] {
            assert!(Pseudonym::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(epoch: u32, bytes: [u8; 16]) {
            let pseudonym = Pseudonym { epoch, bytes };
            proptest::prop_assert_eq!(Pseudonym::parse(&pseudonym.to_string()), Ok(pseudonym));
            let json = serde_json::to_string(&pseudonym).unwrap();
            proptest::prop_assert_eq!(serde_json::from_str::<Pseudonym>(&json).unwrap(), pseudonym);
        }
    }
}
