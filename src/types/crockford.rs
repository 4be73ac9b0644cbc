//! Crockford base32 in lower case, for 128-bit values: 26 characters.
//!
//! The bits go most significant first and two zero bits are appended (`docs/interface.md` section
//! 6).

/// Characters in the text of a 128-bit value.
pub const TEXT_LEN: usize = 26;

/// Writes 16 bytes as 26 characters.
pub fn encode(bytes: &[u8; 16]) -> String {
    let text = encode_bytes(bytes);
    let mut owned = String::with_capacity(TEXT_LEN);
    // Every byte is one of the alphabet's.
    owned.push_str(std::str::from_utf8(&text).unwrap_or_default());
    owned
}

/// The same without allocating: 26 ASCII characters.
pub fn encode_bytes(bytes: &[u8; 16]) -> [u8; TEXT_LEN] {
    let value = u128::from_be_bytes(*bytes);
    let word = |value: u128| u64::try_from(value & u128::from(u64::MAX)).unwrap_or(0);
    let (high, low) = (word(value >> 64), word(value));
    // 26 x 5 = 130 bits: twelve characters of each half but for the bits at its end; the last
    // character has three bits of the value and two zeroes.
    let character = |five: u64| ALPHABET[usize::try_from(five & 31).unwrap_or(0)];
    let mut text = [0; TEXT_LEN];
    for n in 0..12 {
        text[n] = character(high >> (59 - 5 * n));
        text[13 + n] = character(low >> (58 - 5 * n));
    }
    text[12] = character(high << 1 | low >> 63);
    text[25] = character(low << 2);
    text
}

/// Reads 26 lower-case characters; `None` for anything that [`encode`] would not write.
pub fn decode(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != TEXT_LEN {
        return None;
    }
    let mut value: u128 = 0;
    for (position, byte) in text.iter().enumerate() {
        let five = u128::from(VALUES[usize::from(*byte)]);
        if five == u128::from(NONE) {
            return None;
        }
        if position == TEXT_LEN - 1 {
            if five & 3 != 0 {
                return None;
            }
            value = (value << 3) | (five >> 2);
        } else {
            value = (value << 5) | five;
        }
    }
    Some(value.to_be_bytes())
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What each byte stands for; [`NONE`] where it stands for nothing.
static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0_u8;
    while (value as usize) < ALPHABET.len() {
        values[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    values
};

const NONE: u8 = u8::MAX;

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn known_values() {
        let cases = [
            ([0u8; 16], "00000000000000000000000000"),
            ([0xff; 16], "zzzzzzzzzzzzzzzzzzzzzzzzzw"),
            ([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "g0000000000000000000000004"),
        ];
        for (bytes, text) in cases {
            assert_eq!(encode(&bytes), text);
            assert_eq!(decode(text), Some(bytes), "{text}");
        }
        for bad in [
            "",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "ZZZZZZZZZZZZZZZZZZZZZZZZZW",
            "u0000000000000000000000000",
        ] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(bytes: [u8; 16]) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn order_of_bytes_is_order_of_text(a: [u8; 16], b: [u8; 16]) {
            proptest::prop_assert_eq!(a.cmp(&b), encode(&a).cmp(&encode(&b)));
        }
    }
}
