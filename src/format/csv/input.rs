//! A bounded window on the bytes of a CSV file, with look-ahead for its first lines.

use std::io::{self, Read};

use zeroize::Zeroizing;

/// Bytes read and not yet taken.
pub(super) struct Input<R> {
    reader: R,
    window: Zeroizing<Box<[u8]>>,
    from: usize,
    to: usize,
    ended: bool,
}

impl<R: Read> Input<R> {
    /// Reads nothing yet.
    pub(super) fn new(reader: R) -> Self {
        let window = Zeroizing::new(vec![0; WINDOW].into_boxed_slice());
        Self { reader, window, from: 0, to: 0, ended: false }
    }

    /// What is at hand: empty only at the end of the file, after [`Self::more`] said so.
    pub(super) fn at_hand(&self) -> &[u8] {
        &self.window[self.from..self.to]
    }

    /// Marks bytes as taken.
    pub(super) fn take(&mut self, count: usize) {
        self.from = (self.from + count).min(self.to);
    }

    /// Reads on, keeping what is at hand. `false` when the file has ended or the window is full.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        if self.from > 0 {
            self.window.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        if self.ended || self.to == self.window.len() {
            return Ok(false);
        }
        loop {
            match self.reader.read(&mut self.window[self.to..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.to += count;
                    return Ok(true);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Whether the window holds as much as it can.
    pub(super) fn is_full(&self) -> bool {
        self.from == 0 && self.to == self.window.len()
    }
}

/// Bytes of the window, and so the longest preamble or header line that is looked at.
const WINDOW: usize = 64 << 10;
