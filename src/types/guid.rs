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

    /// Whether it has a version from 1 to 8 and the variant of RFC 9562 in their places.
    pub const fn is_uuid(&self) -> bool {
        matches!(self.0[6] >> 4, 1..=8) && self.0[8] >> 6 == 0b10
    }

    /// Reads 8-4-4-4-12 hexadecimal digits of either case, with or without braces around them.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = match text {
            [b'{', inner @ .., b'}'] => inner,
            bare => bare,
        };
        let digits: &[u8; 36] = text.try_into().ok()?;
        let hyphens = [8, 13, 18, 23].iter().all(|at| digits[*at] == b'-');
        let mut bytes = [0; 16];
        let mut wrong = 0;
        // Without a branch for each digit: digits and letters come as they like.
        for (byte, at) in bytes.iter_mut().zip(FIRST_DIGITS) {
            let [high, low] = [at, at + 1].map(|at| NIBBLES[usize::from(digits[at])]);
            wrong |= high | low;
            *byte = high << 4 | low;
        }
        (hyphens && wrong & NO_DIGIT == 0).then_some(Self(bytes))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guid(…)")
    }
}

/// Where the two digits of each byte begin.
const FIRST_DIGITS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// What a digit means; [`NO_DIGIT`] for what is none.
const NIBBLES: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut value: u8 = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// No nibble has this bit.
const NO_DIGIT: u8 = 0x80;

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
        assert!(!lower.is_uuid() && !Guid::ZERO.is_uuid());
        assert!(Guid::parse(b"0011a2b3-c4d5-46f7-b809-0a0b0c0d0eff").unwrap().is_uuid());
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
