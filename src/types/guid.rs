//! A GUID, as messages and notifications are numbered with.

use std::fmt;

use crate::types::national_id::check;

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

    /// Whether eleven of its digits in a row, whatever hyphens stand between them, are somebody's
    /// national identity number. One random GUID in some thousands holds one by chance.
    #[inline]
    pub fn holds_national_id(&self) -> bool {
        // Most have no such row, which is seen without a look at any digit.
        let rows = self.rows_of_eleven();
        rows != 0 && self.is_number_in(rows)
    }

    /// Whether these digits stand in it in a row, whatever hyphens stand between them.
    pub fn has_digits(&self, digits: &[u8]) -> bool {
        !digits.is_empty() && self.written().windows(digits.len()).any(|row| row == digits)
    }

    /// One bit for each hexadecimal digit, the lowest of its four: set where it is the last of
    /// eleven in a row that are all 0 to 9.
    #[inline]
    const fn rows_of_eleven(&self) -> u128 {
        const EACH: u128 = u128::MAX / 15;
        let bits = u128::from_be_bytes(self.0);
        let letters = bits >> 3 & (bits >> 2 | bits >> 1);
        let one = !letters & EACH;
        let two = one & one >> 4;
        let four = two & two >> 8;
        let eight = four & four >> 16;
        eight & eight >> 12
    }

    #[cold]
    fn is_number_in(&self, mut rows: u128) -> bool {
        let written = self.written();
        while rows != 0 {
            let behind = rows.trailing_zeros() as usize / 4;
            rows &= rows - 1;
            let row = written[..32 - behind].last_chunk();
            if row.is_some_and(check::is_any_valid) {
                return true;
            }
        }
        false
    }

    /// Its hexadecimal digits in lower case, without hyphens.
    fn written(&self) -> [u8; 32] {
        let mut text = [0; 32];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
        }
        text
    }

    /// Reads 8-4-4-4-12 hexadecimal digits of either case, with or without braces around them.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = match text {
            [b'{', inner @ .., b'}'] => inner,
            bare => bare,
        };
        let text: &[u8; 36] = text.try_into().ok()?;
        if [8, 13, 18, 23].iter().any(|at| text[*at] != b'-') {
            return None;
        }
        let mut digits = [0; 32];
        for (to, from) in [(0..8, 0), (8..12, 9), (12..16, 14), (16..20, 19), (20..32, 24)] {
            let from = from..from + to.len();
            digits[to].copy_from_slice(&text[from]);
        }
        // Without a branch or a table, so that many are worked out at once.
        let mut wrong = 0;
        for digit in &mut digits {
            let number = digit.wrapping_sub(b'0');
            let letter = (*digit | b' ').wrapping_sub(b'a');
            wrong |= u8::from(number > 9) & u8::from(letter > 5);
            *digit = if number > 9 { letter.wrapping_add(10) } else { number };
        }
        let mut bytes = [0; 16];
        for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
            *byte = high << 4 | low;
        }
        (wrong == 0).then_some(Self(bytes))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guid(…)")
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::Guid;
    use crate::types::national_id::check;

    // All numbers are synthetic: the month is raised by 80.
    #[test]
    fn a_number_is_seen_wherever_it_stands() {
        for (text, holds) in [
            ("03851598-730b-4c1e-9f3a-5ad0cafe1234", true),
            ("a0385159-8730-4c1e-9f3a-5ad0cafe1234", true),
            ("3f2504e0-4f89-41d3-9a0c-03851598730a", true),
            ("3f2504e0-4f89-41d3-9a0c-a03851598730", true),
            ("3f2504e0-4f89-41d3-9a0c-903851598730", true),
            ("{3F2504E0-4F89-41D3-9A03-851598730ABC}", true),
            ("3f2504e0-4f89-41d3-9a0c-03851598731a", false),
            ("3f2504e0-4f89-41d3-9a0c-0385159873a0", false),
            ("00000000-0000-0000-0000-000000000000", false),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", false),
        ] {
            let guid = Guid::parse(text.as_bytes()).unwrap();
            assert_eq!(guid.holds_national_id(), holds, "{text}");
            assert_eq!(guid.has_digits(b"03851598730"), holds, "{text}");
        }
    }

    #[test]
    fn the_quick_look_agrees_with_a_slow_one() {
        let mut state = 1_u128;
        let mut found = 0;
        for _ in 0..200_000 {
            state = state.wrapping_mul(0xDA94_2042_E4DD_58B5_D842_90B9_5F0B_1D2B).wrapping_add(99);
            let guid = Guid((state ^ state >> 61).to_be_bytes());
            let text = format!("{:032x}", u128::from_be_bytes(guid.0));
            let holds = (0..22)
                .any(|at| text.as_bytes()[at..].first_chunk().is_some_and(check::is_any_valid));
            assert_eq!(guid.holds_national_id(), holds, "{text}");
            found += u32::from(holds);
        }
        assert!((20..400).contains(&found), "one in some thousands: {found}");
    }

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

    #[test]
    fn every_digit_counts_and_nothing_else_is_one() {
        let text = *b"0123456F-89ab-4def-89AB-cdefABCDEF01";
        assert!(Guid::parse(&text).is_some());
        for at in 0..36 {
            for byte in 0..=u8::MAX {
                let mut other = text;
                other[at] = byte;
                let digit = char::from(byte).to_digit(16);
                let hyphen = text[at] == b'-';
                let parsed = Guid::parse(&other);
                let want = if hyphen { byte == b'-' } else { digit.is_some() };
                assert_eq!(parsed.is_some(), want, "{byte} at {at}");
                let (Some(parsed), Some(digit)) = (parsed, digit) else { continue };
                let before = other[..at].iter().filter(|byte| **byte != b'-').count();
                let shift = if before % 2 == 0 { 4 } else { 0 };
                assert_eq!(u32::from(parsed.0[before / 2] >> shift & 15), digit);
            }
        }
    }
}
