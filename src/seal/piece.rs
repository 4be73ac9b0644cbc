//! Plain text that waits to be sealed, laid out as its cipher text will stand in the file: it is
//! sealed where it lies, and whole pages go to the disk without having been copied.

use std::fmt;

use zeroize::Zeroizing;

use crate::types::secret::wipe;

/// Room for some chunks, each with the place of its tag behind it. Wiped when dropped, and where it
/// has to grow.
pub struct Piece {
    bytes: Zeroizing<Vec<u8>>,
    /// Where in `bytes` the first page begins, which is one of the memory too.
    base: usize,
    /// Bytes of the first page that an earlier piece has sealed.
    lead: usize,
    chunks: usize,
}

impl Piece {
    /// Room for `chunks` chunks, of which the first comes `lead` bytes behind a page's start.
    pub(super) fn new(chunks: usize, lead: usize) -> Self {
        let mut piece = Self { bytes: Zeroizing::default(), base: 0, lead: 0, chunks };
        // Most of what comes in a piece for one chunk is far from filling it.
        piece.make_room(if chunks > 1 { chunks * SEALED } else { LEAST_ROOM });
        piece.clear(lead);
        piece
    }

    fn make_room(&mut self, more: usize) {
        if self.bytes.len() + more > self.bytes.capacity() {
            self.grow(more);
        }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        let held = &self.bytes[self.base..];
        let most = PAGE + self.chunks * SEALED;
        let room = (held.len() + more).max(most.min(2 * self.bytes.capacity()));
        let mut larger = Zeroizing::new(Vec::<u8>::with_capacity(PAGE + room));
        let base = larger.as_ptr().align_offset(PAGE).min(PAGE);
        larger.resize(base, 0);
        larger.extend_from_slice(held);
        wipe(&mut self.bytes);
        (self.bytes, self.base) = (larger, base);
    }

    /// Takes what there is room for, and tells how much.
    pub fn take(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_full() {
            let begun = self.length() % SEALED;
            let (now, later) = rest.split_at(rest.len().min(CHUNK - begun));
            self.make_room(now.len() + TAG);
            self.bytes.extend_from_slice(now);
            if begun + now.len() == CHUNK {
                self.bytes.extend_from_slice(&[0; TAG]);
            }
            rest = later;
        }
        bytes.len() - rest.len()
    }

    /// Whether there is no room. It is sealed once something follows: the last chunk is marked.
    pub fn is_full(&self) -> bool {
        self.length() == self.chunks * SEALED
    }

    /// Begins anew as the piece behind `other`.
    pub fn follow(&mut self, other: &Self) {
        let lead = (other.lead + other.length()) % PAGE;
        self.clear(lead);
    }

    /// An empty piece of the same size.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(self.chunks, 0)
    }

    /// The same in a piece for more chunks.
    pub(super) fn into_larger(self, chunks: usize) -> Self {
        let mut larger = Self::new(chunks.max(self.chunks), self.lead);
        larger.make_room(self.length());
        larger.bytes.extend_from_slice(&self.bytes[self.base + self.lead..]);
        larger
    }

    /// Forgets all; the next chunk comes `lead` bytes behind a page's start.
    pub(super) fn clear(&mut self, lead: usize) {
        self.lead = lead;
        self.bytes.truncate(self.base);
        self.make_room(lead);
        self.bytes.resize(self.base + lead, 0);
    }

    /// Its chunks from the first page on, behind the `lead` bytes that an earlier piece has sealed.
    /// Each has its tag's place behind it, the last one too, however long it is.
    pub(super) fn closed(&mut self) -> (usize, &mut [u8]) {
        let length = self.length();
        if length == 0 || !length.is_multiple_of(SEALED) {
            self.make_room(TAG);
            self.bytes.extend_from_slice(&[0; TAG]);
        }
        (self.lead, &mut self.bytes[self.base..])
    }

    /// The plain text of each chunk.
    pub(super) fn plain(&self) -> impl Iterator<Item = &[u8]> {
        let chunks = self.bytes[self.base + self.lead..].chunks(SEALED);
        chunks.map(|chunk| &chunk[..chunk.len().min(CHUNK)])
    }

    /// Bytes of its chunks, with the places of tags.
    fn length(&self) -> usize {
        self.bytes.len() - self.base - self.lead
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("chunks", &self.chunks).finish_non_exhaustive()
    }
}

/// What is made room for at first: a small file.
const LEAST_ROOM: usize = 8 * 1024;

/// Bytes of a page of memory and of the file, where both are whole.
pub(super) const PAGE: usize = 4096;

/// Bytes of plain text in a chunk, of its tag, and of both.
pub(super) const CHUNK: usize = 64 * 1024;
pub(super) const TAG: usize = 16;
pub(super) const SEALED: usize = CHUNK + TAG;
