//! Pseudo-random draws (SplitMix64): the same seed gives the same draws on every machine.

/// A stream of draws.
#[derive(Debug, Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    /// The stream number `stream` of a seed: streams of one seed have nothing to do with each
    /// other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut draw = Self(seed);
        let mixed = draw.bits();
        let mut draw = Self(mixed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        draw.bits();
        draw
    }

    /// 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `most`, which is not 0.
    pub(crate) fn below(&mut self, most: u32) -> u32 {
        // The upper half of the product; the bias of a part in 2^32 matters to nobody here.
        let product = (self.bits() >> 32) * u64::from(most);
        (product >> 32) as u32
    }

    /// From `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: i32, most: i32) -> i32 {
        let span = u32::try_from(i64::from(most) - i64::from(least) + 1).unwrap_or(1);
        least + self.below(span).cast_signed()
    }

    /// True this many times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(u32::try_from(choices.len()).unwrap_or(1)) as usize]
    }

    /// One of these, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let mut left = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// A random GUID (version 4), in which no eleven digits follow each other: one in ten thousand
    /// would otherwise hold a number that could be somebody's.
    pub(crate) fn guid(&mut self) -> Guid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&self.bits().to_be_bytes());
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let digits = |byte: &u8| usize::from(byte >> 4 < 10) + usize::from(byte & 15 < 10);
        if bytes[10..].iter().map(digits).sum::<usize>() >= 11 {
            bytes[13] |= 0xA0;
        }
        Guid(bytes)
    }
}

/// A GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guid(pub(crate) [u8; 16]);

impl Guid {
    /// All zero: before the first notification there is none.
    pub(crate) const ZERO: Self = Self([0; 16]);

    /// 36 characters.
    pub(crate) fn text(self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 15)];
            at += 2;
        }
        text
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";
