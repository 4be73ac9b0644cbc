//! Takes the age file apart while it is written: the header is kept, the payload passes through.

use std::io::{self, Write};

use crate::types::digest::{Hasher, Sha256};

/// Keeps everything up to and with the `---` line, and lets the rest through.
pub(super) struct Splitter<W> {
    out: W,
    header: Vec<u8>,
    line_start: usize,
    in_payload: bool,
    payload: Hasher,
    payload_bytes: u64,
}

/// The two parts, and what was measured of the payload.
pub(super) struct Split<W> {
    pub(super) header: Vec<u8>,
    pub(super) out: W,
    pub(super) payload_bytes: u64,
    pub(super) payload_sha256: Sha256,
}

impl<W: Write> Splitter<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            header: Vec::new(),
            line_start: 0,
            in_payload: false,
            payload: Hasher::new(),
            payload_bytes: 0,
        }
    }

    /// The two parts; `None` when the header never ended.
    pub(super) fn finish(self) -> Option<Split<W>> {
        self.in_payload.then(|| Split {
            header: self.header,
            out: self.out,
            payload_bytes: self.payload_bytes,
            payload_sha256: self.payload.finish(),
        })
    }

    /// Takes header bytes up to the end of the first line among them.
    fn take_header(&mut self, bytes: &[u8]) -> usize {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.header.extend_from_slice(bytes);
            return bytes.len();
        };
        self.header.extend_from_slice(&bytes[..=end]);
        self.in_payload = self.header[self.line_start..].starts_with(LAST_LINE);
        self.line_start = self.header.len();
        end + 1
    }
}

impl<W: Write> Write for Splitter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.in_payload {
            return Ok(self.take_header(bytes));
        }
        let count = self.out.write(bytes)?;
        self.payload.update(&bytes[..count]);
        self.payload_bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How the line begins that ends an age v1 header.
const LAST_LINE: &[u8] = b"---";

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Splitter;

    #[test]
    fn the_parts_do_not_depend_on_how_they_are_written() {
        let file = b"age-encryption.org/v1\n-> X25519 x\ny\n--- mac\nnonce\n--- not a header\n";
        for piece in 1..=file.len() {
            let mut splitter = Splitter::new(Vec::new());
            for bytes in file.chunks(piece) {
                splitter.write_all(bytes).unwrap();
            }
            let split = splitter.finish().unwrap();
            assert!(split.header.ends_with(b"\n--- mac\n"), "pieces of {piece}");
            assert_eq!(split.out, b"nonce\n--- not a header\n", "pieces of {piece}");
            assert_eq!(split.payload_bytes, split.out.len() as u64);
        }
    }

    #[test]
    fn a_header_without_end_is_none() {
        let mut splitter = Splitter::new(Vec::new());
        splitter.write_all(b"age-encryption.org/v1\n-> X25519 x\n").unwrap();
        assert!(splitter.finish().is_none());
    }
}
