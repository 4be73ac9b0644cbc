//! A GUID, as messages and notifications are numbered with.

use std::fmt;

/// Sixteen bytes, in the order in which they are written.
///
/// A sender draws it and may draw it from anything, so it is not printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Stands for "none": what the first notification names as the one before it.
    pub const ZERO: Self = Self([0; 16]);

    /// Reads 8-4-4-4-12 hexadecimal digits of either case, with or without braces around them.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = match text {
            [b'{', inner @ .., b'}'] => inner,
            bare => bare,
        };
        let digits: &[u8; 36] = text.try_into().ok()?;
        let mut bytes = [0; 16];
        let mut at = 0;
        for byte in &mut bytes {
            if matches!(at, 8 | 13 | 18 | 23) {
                if digits[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            *byte = nibble(digits[at])? << 4 | nibble(digits[at + 1])?;
            at += 2;
        }
        Some(Self(bytes))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guid(…)")
    }
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn reads_both_cases_and_nothing_else() {
        let lower = Guid::parse(b"0011a2b3-c4d5-e6f7-0809-0a0b0c0d0eff").unwrap();
        assert_eq!(lower.0[..4], [0x00, 0x11, 0xA2, 0xB3]);
        assert_eq!(Guid::parse(b"{0011A2B3-C4D5-E6F7-0809-0A0B0C0D0EFF}"), Some(lower));
        assert_eq!(Guid::parse(b"00000000-0000-0000-0000-000000000000"), Some(Guid::ZERO));
        assert_eq!(format!("{lower:?}"), "Guid(…)");
        for bad in [
            &b""[..],
            b"0011a2b3c4d5e6f708090a0b0c0d0eff",
            b"0011a2b3-c4d5-e6f7-0809-0a0b0c0d0ef",
            b"0011a2b3-c4d5-e6f7-0809-0a0b0c0d0efg",
            b"0011a2b3-c4d5-e6f7-0809_0a0b0c0d0eff",
            b"0011a2b3-c4d5-e6f7-0809-0a0b0c0d0efff",
        ] {
            assert_eq!(Guid::parse(bad), None);
        }
    }
}
