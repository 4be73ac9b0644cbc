//! The payload of an age v1 file, as age's format has it: STREAM with ChaCha20-Poly1305 over chunks
//! of 64 KiB.
//!
//! Ours because ring does it in half the processor time of the age crate; the header stays the
//! crate's. Each chunk is sealed where it lies, so no plain text is left behind, and leaves in
//! whole pages.

use std::io::{self, Write};

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use zeroize::Zeroizing;

use crate::{
    seal::piece::{CHUNK, PAGE, Piece, SEALED, TAG},
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
    /// How often it has rested.
    rests: u64,
}

/// What stays of a payload that rests: its key, its counts, and how much of what it has set aside
/// is cipher text.
pub(super) struct Resting {
    payload: Payload<()>,
    begun: usize,
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
        Ok((Self { out, key, nonce, counter: 0, begun, digest, bytes, rests: 0 }, first))
    }

    /// Holds next to nothing until [`Resting::wake`]. Gives what waits, to lie anywhere: the page
    /// that is begun, and the piece under the payload's own key, with a nonce that no chunk has.
    pub(super) fn rest(mut self, piece: &Piece) -> io::Result<(Resting, W, Vec<u8>)> {
        self.rests += 1;
        let length: usize = piece.plain().map(<[u8]>::len).sum();
        // Room for all of it: what grows leaves a copy of itself behind.
        let mut aside = Zeroizing::new(Vec::with_capacity(self.begun.len() + length + TAG));
        aside.extend_from_slice(&self.begun);
        piece.plain().for_each(|text| aside.extend_from_slice(text));
        let text = &mut aside[self.begun.len()..];
        let tag = self.key.seal_in_place_separate_tag(aside_nonce(self.rests), Aad::empty(), text);
        aside.extend_from_slice(tag.map_err(|_| io::Error::other(CannotSeal))?.as_ref());
        // Cipher text by now.
        let aside = std::mem::take(&mut *aside);
        let Self { out, key, nonce, counter, begun, digest, bytes, rests } = self;
        let none = Vec::new();
        let payload = Payload { out: (), key, nonce, counter, begun: none, digest, bytes, rests };
        Ok((Resting { payload, begun: begun.len() }, out, aside))
    }

    /// Seals a full piece and writes the pages that are whole. The piece is empty then, and ready
    /// for what follows.
    pub(super) fn seal(&mut self, piece: &mut Piece) -> io::Result<()> {
        if piece.is_full() { self.pages(piece, false) } else { Err(out_of_order()) }
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
            return Err(out_of_order());
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

impl Resting {
    /// Goes on, given what was set aside.
    pub(super) fn wake<W>(self, out: W, aside: Vec<u8>) -> io::Result<(Payload<W>, Piece)> {
        let Self { payload, begun: length } = self;
        let Payload { key, nonce, counter, digest, bytes, rests, .. } = payload;
        let mut aside = Zeroizing::new(aside);
        let (begun, sealed) = aside.split_at_mut_checked(length).ok_or_else(out_of_order)?;
        let plain = key.open_in_place(aside_nonce(rests), Aad::empty(), sealed);
        let plain = plain.map_err(|_| out_of_order())?;
        let mut piece = Piece::new(plain.len().div_ceil(CHUNK).max(1), length);
        piece.take(plain);
        let begun = begun.to_vec();
        Ok((Payload { out, key, nonce, counter, begun, digest, bytes, rests }, piece))
    }
}

/// Of what is set aside for the `rests`th time: the nonces of chunks begin with three zeros.
fn aside_nonce(rests: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[0] = 1;
    nonce[4..].copy_from_slice(&rests.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

fn out_of_order() -> io::Error {
    io::Error::other(OutOfOrder)
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
