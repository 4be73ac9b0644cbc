//! Whether a text is base64, as its pieces come: counts the bytes that it stands for and keeps the
//! first few of them. Never holds the text or what it decodes to.

use zeroize::Zeroizing;

/// Looks at one base64 text (RFC 4648 section 4, with padding; white space anywhere, as MIME wraps
/// its lines).
#[derive(Default)]
pub struct Base64 {
    head: Zeroizing<[u8; HEAD]>,
    bytes: u64,
    /// Bits of the group of four characters that is under way.
    group: u32,
    characters: u8,
    padding: u8,
    wrong: bool,
}

impl Base64 {
    /// Takes the next piece.
    pub fn feed(&mut self, piece: &str) {
        for byte in piece.bytes() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => {}
                b'=' if self.padding > 0 || self.characters >= 2 => self.pad(),
                _ => match value(byte) {
                    Some(value) if self.padding == 0 && !self.ended() => self.take(value),
                    _ => self.wrong = true,
                },
            }
            if self.wrong {
                return;
            }
        }
    }

    /// How many bytes it stands for; none when it is not base64, or was cut.
    pub fn finish(&self) -> Option<u64> {
        let whole = self.characters == 0 && (self.padding == 0 || self.ended());
        (!self.wrong && whole).then_some(self.bytes)
    }

    /// The first bytes that it stands for, at most eight.
    pub fn head(&self) -> &[u8] {
        let length = usize::try_from(self.bytes).unwrap_or(HEAD).min(HEAD);
        &self.head[..length]
    }

    fn take(&mut self, value: u8) {
        self.group = self.group << 6 | u32::from(value);
        self.characters += 1;
        if self.characters == 4 {
            let [_, first, second, third] = self.group.to_be_bytes();
            for byte in [first, second, third] {
                self.byte(byte);
            }
            (self.group, self.characters) = (0, 0);
        }
    }

    fn pad(&mut self) {
        self.padding += 1;
        if self.characters + self.padding > 4 {
            self.wrong = true;
        } else if self.characters + self.padding == 4 {
            let [_, first, second, rest] = (self.group << (6 * self.padding)).to_be_bytes();
            self.byte(first);
            // Bits behind the last byte must be zero: else two texts stand for the same bytes.
            if self.padding == 1 {
                self.byte(second);
                self.wrong = rest != 0;
            } else {
                self.wrong = second != 0 || rest != 0;
            }
            (self.group, self.characters, self.padding) = (0, 0, ENDED);
        }
    }

    fn ended(&self) -> bool {
        self.padding == ENDED
    }

    fn byte(&mut self, byte: u8) {
        if let Some(kept) = usize::try_from(self.bytes).ok().and_then(|at| self.head.get_mut(at)) {
            *kept = byte;
        }
        self.bytes += 1;
    }
}

const fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character - b'A'),
        b'a'..=b'z' => Some(character - b'a' + 26),
        b'0'..=b'9' => Some(character - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Bytes that are kept.
const HEAD: usize = 8;

/// Stands for a padding that is complete: nothing may follow.
const ENDED: u8 = 5;

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::Base64;

    fn look(pieces: &[&str]) -> (Option<u64>, Vec<u8>) {
        let mut text = Base64::default();
        for piece in pieces {
            text.feed(piece);
        }
        (text.finish(), text.head().to_vec())
    }

    #[test]
    fn takes_what_the_library_writes_in_any_pieces() {
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(89)).collect();
            let text = STANDARD.encode(&bytes);
            for cut in 0..=text.len() {
                let (found, head) = look(&[&text[..cut], "\r\n ", &text[cut..]]);
                assert_eq!(found, Some(u64::from(length)), "{length} {cut}");
                assert_eq!(head, bytes[..bytes.len().min(8)]);
            }
        }
    }

    #[test]
    fn refuses_what_the_library_refuses() {
        for bad in [
            "A", "AA", "AAA", "AA=", "A===", "=", "====", "AAAA=", "AA==AAAA", "AA==A", "AA== =",
            "AB==", "AAB=", "AA-A", "AAÅA", "A=AA", "AAA=A",
        ] {
            assert_eq!(look(&[bad]).0, None, "{bad}");
            let bare: String = bad.split_whitespace().collect();
            assert!(STANDARD.decode(bare).is_err(), "{bad}");
        }
        assert_eq!(look(&[]).0, Some(0));
    }
}
