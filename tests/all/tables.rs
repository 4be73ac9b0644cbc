//! Tables and what they come in: CSV, spreadsheets, archives, encrypted files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helper fails its test")]

mod csv;
mod envelope;
mod structure;
pub(crate) mod xlsx;
mod zip;

use std::io::Write;

use crate::resilience::fuzz_smoke::{envelope::age_of, xlsx::zip_of};

pub(crate) fn gzip_of(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// A reproducible stream of numbers for mutations.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*: good enough to choose what to break.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % sides
    }

    /// Breaks some bytes: overwritten, removed, doubled, cut off.
    pub(crate) fn break_up(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.roll(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.roll(bytes.len());
            match self.roll(6) {
                0 => bytes[at] = u8::try_from(self.roll(256)).unwrap(),
                1 => bytes[at] ^= 1 << self.roll(8),
                2 => {
                    bytes.remove(at);
                }
                3 => bytes.insert(at, bytes[at]),
                4 => bytes.truncate(at),
                _ => {
                    let end = (at + 1 + self.roll(16)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = self.roll(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
        }
    }
}
