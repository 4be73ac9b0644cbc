//! The payload of an age v1 file, as age's format has it: STREAM with ChaCha20-Poly1305 over chunks
//! of 64 KiB.
//!
//! Ours because ring does it in half the processor time of the age crate; the header stays the
//! crate's. Each chunk is sealed where it lies, so no plain text is left behind, and leaves in whole
//! pages.

use std::io::{self, Write};

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use zeroize::Zeroizing;

use crate::{
    seal::piece::{PAGE, Piece, SEALED, TAG},
    types::digest::{Hasher, Sha256},
};

/// Seals pieces one after the other, where they lie.
pub(super) struct Payload<W> {
    out: W,
    key: LessSafeKey,
    nonce: [u8; NONCE],
    /// Chunks that were sealed.
    counter: u64,
    /// Cipher text of the page that is not whole yet.
    begun: Vec<u8>,
    /// Of all that was sealed, while that is little ([`DIGESTED`]).
    digest: Option<Hasher>,
    bytes: u64,
}

/// What came out.
pub(super) struct Written<W> {
    pub(super) out: W,
    pub(super) bytes: u64,
    pub(super) nonce: [u8; NONCE],
    pub(super) digest: Option<Sha256>,
}

impl<W: Write> Payload<W> {
    /// Derives the key of this payload from its nonce and the file key. Gives the first piece, with
    /// room for one chunk.
    pub(super) fn begin(
        file_key: &Zeroizing<[u8; FILE_KEY]>,
        nonce: [u8; NONCE],
        out: W,
    ) -> io::Result<(Self, Piece)> {
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &nonce).extract(&**file_key);
        let key = key.expand(&[b"payload"], &CHACHA20_POLY1305).map(UnboundKey::from);
        let key = LessSafeKey::new(key.map_err(|_| io::Error::other(CannotSeal))?);
        // The nonce comes first.
        let begun = nonce.to_vec();
        let mut digest = Hasher::new();
        digest.update(&nonce);
        let (digest, bytes) = (Some(digest), NONCE as u64);
        let first = Piece::new(1, NONCE);
        Ok((Self { out, key, nonce, counter: 0, begun, digest, bytes }, first))
    }

    /// Seals a full piece and writes the pages that are whole. The piece is empty then, and ready for
    /// what follows.
    pub(super) fn seal(&mut self, piece: &mut Piece) -> io::Result<()> {
        if piece.is_full() { self.pages(piece, false) } else { Err(io::Error::other(OutOfOrder)) }
    }

    /// Seals the last piece. Its last chunk is empty only where everything is.
    pub(super) fn finish(mut self, mut piece: Piece) -> io::Result<Written<W>> {
        self.pages(&mut piece, true)?;
        self.out.flush()?;
        let Self { out, nonce, digest, bytes, .. } = self;
        Ok(Written { out, bytes, nonce, digest: digest.map(Hasher::finish) })
    }

    fn pages(&mut self, piece: &mut Piece, last: bool) -> io::Result<()> {
        let (lead, pages) = piece.closed();
        let (before, chunks) = pages.split_at_mut(lead);
        if before.len() != self.begun.len() {
            return Err(io::Error::other(OutOfOrder));
        }
        before.copy_from_slice(&self.begun);
        let count = chunks.len().div_ceil(SEALED);
        for (number, chunk) in chunks.chunks_mut(SEALED).enumerate() {
            self.chunk(chunk, last && number + 1 == count)?;
        }
        self.bytes += chunks.len() as u64;
        self.digest.take_if(|_| self.bytes > DIGESTED);
        if let Some(digest) = &mut self.digest {
            digest.update(chunks);
        }
        let whole = if last { pages.len() } else { pages.len() - pages.len() % PAGE };
        let (whole, begun) = pages.split_at(whole);
        self.out.write_all(whole)?;
        self.begun.clear();
        self.begun.extend_from_slice(begun);
        piece.clear(self.begun.len());
        Ok(())
    }

    /// Seals one chunk; its tag takes its last bytes.
    fn chunk(&mut self, chunk: &mut [u8], last: bool) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.counter.to_be_bytes());
        nonce[11] = u8::from(last);
        self.counter += 1;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let (text, place) = chunk.split_at_mut(chunk.len() - TAG);
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::empty(), text);
        place.copy_from_slice(tag.map_err(|_| io::Error::other(CannotSeal))?.as_ref());
        Ok(())
    }
}

/// A piece came that does not follow the one before; only a fault of ours makes it.
#[derive(Debug, thiserror::Error)]
#[error("a piece to be sealed does not follow the one before; report this")]
struct OutOfOrder;

/// The crypto library refused; no input makes it.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library cannot seal; use the version that was tested")]
struct CannotSeal;

/// Bytes of age's file key and of the nonce before the chunks.
pub(super) const FILE_KEY: usize = 16;
pub(super) const NONCE: usize = 16;

/// Bytes of the longest payload that has a digest. A longer one would be hashed for nobody: each of
/// its chunks carries a tag, and its nonce tells it from every other.
const DIGESTED: u64 = 1 << 20;
