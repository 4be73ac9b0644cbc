//! The payload of an age v1 file, as age's format has it: STREAM with ChaCha20-Poly1305 over chunks
//! of 64 KiB.
//!
//! Ours because ring does it in half the processor time of the age crate; the header stays the
//! crate's. Each chunk is sealed where it lies, so no plain text is left behind.

use std::io::{self, Write};

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use zeroize::Zeroizing;

use crate::types::{
    digest::{Hasher, Sha256},
    secret::make_room,
};

/// Seals what is written to it, chunk by chunk.
pub(super) struct Payload<W> {
    out: W,
    key: LessSafeKey,
    nonce: [u8; NONCE],
    /// Chunks before the one that is being filled.
    counter: u64,
    /// Plain text that waits. A full chunk waits until something follows: the last one is marked.
    chunk: Zeroizing<Vec<u8>>,
    /// Of all that left, while that is little ([`DIGESTED`]).
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
    /// Derives the key of this payload from its nonce and the file key.
    pub(super) fn begin(
        file_key: &Zeroizing<[u8; FILE_KEY]>,
        nonce: [u8; NONCE],
        out: W,
    ) -> io::Result<Self> {
        let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &nonce).extract(&**file_key);
        let key = key.expand(&[b"payload"], &CHACHA20_POLY1305).map(UnboundKey::from);
        let key = LessSafeKey::new(key.map_err(|_| io::Error::other(CannotSeal))?);
        let chunk = Zeroizing::default();
        let digest = Some(Hasher::new());
        Ok(Self { out, key, nonce, counter: 0, chunk, digest, bytes: 0 })
    }

    /// Takes all of it.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.chunk.len() == CHUNK {
                self.seal(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            make_room(&mut self.chunk, now.len() + TAG, CHUNK + TAG);
            self.chunk.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals the last chunk, which is empty only where everything is.
    pub(super) fn finish(mut self) -> io::Result<Written<W>> {
        self.seal(true)?;
        self.out.flush()?;
        let Self { out, nonce, digest, bytes, .. } = self;
        Ok(Written { out, bytes, nonce, digest: digest.map(Hasher::finish) })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.counter.to_be_bytes());
        nonce[11] = u8::from(last);
        self.counter += 1;
        make_room(&mut self.chunk, TAG, CHUNK + TAG);
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut *self.chunk)
            .map_err(|_| io::Error::other(CannotSeal))?;
        // The nonce leaves with the first chunk, in one write.
        let first = (self.bytes == 0).then(|| [&self.nonce, self.chunk.as_slice()].concat());
        let sealed = first.as_ref().unwrap_or(&self.chunk);
        self.out.write_all(sealed)?;
        self.bytes += sealed.len() as u64;
        self.digest.take_if(|_| self.bytes > DIGESTED);
        if let Some(digest) = &mut self.digest {
            digest.update(sealed);
        }
        self.chunk.clear();
        Ok(())
    }
}

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

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
