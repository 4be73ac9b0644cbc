//! Plain text in, age v1 cipher text out, with the header apart.
//!
//! Knows X25519 recipients only. Opens no file and holds at most one 64 KiB chunk of plain text
//! itself; more where it is lent to whoever fills it elsewhere.
//! The header wraps the file key: who deletes every copy of it has erased the payload.

mod error;
mod header;
pub mod identity;
mod payload;
pub mod piece;
mod recipient;

use std::{
    fmt,
    io::{self, Read, Write},
    sync::Arc,
};

pub use error::SealError;

use crate::{
    seal::{header::Head, payload::Payload, piece::Piece, recipient::Recipient},
    types::digest::{Hasher, Sha256},
};

/// The public keys that one registry's objects are sealed to. Never empty.
#[derive(Clone)]
pub struct Recipients(Arc<[Recipient]>);

impl Recipients {
    /// Parses `age1…` keys; the first bad one is named by its place in the list.
    pub fn parse<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, SealError> {
        let parse = |(index, key): (usize, &str)| {
            key.parse().map_err(|why| SealError::BadRecipient { number: index + 1, why })
        };
        let parsed: Vec<_> =
            keys.into_iter().enumerate().map(parse).collect::<Result<_, SealError>>()?;
        if parsed.is_empty() {
            return Err(SealError::NoRecipients);
        }
        Ok(Self(parsed.into()))
    }

    /// The same, made ready for many objects: each is sealed in less time.
    #[must_use]
    pub fn prepared(self) -> Self {
        let mut all = self.0.to_vec();
        all.iter_mut().for_each(Recipient::prepare);
        Self(all.into())
    }

    /// The keys as they are configured and listed.
    pub fn as_strings(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_strings()).finish()
    }
}

/// Seals what is written to it. Dropped without [`Sealer::finish`], the last chunk is missing and
/// the payload never opens.
pub struct Sealer<W: Write> {
    header: Vec<u8>,
    payload: Payload<W>,
    /// Plain text that waits.
    piece: Piece,
    plain: Plain,
}

/// A sealer that rests: a header, a key and some counts.
pub struct Resting {
    header: Vec<u8>,
    payload: payload::Resting,
    plain: Plain,
}

impl Resting {
    /// Goes on where [`Sealer::rest`] stopped, given what that set aside.
    ///
    /// # Errors
    /// When it is not what was set aside.
    pub fn wake<W: Write>(self, out: W, aside: Vec<u8>) -> io::Result<Sealer<W>> {
        let Self { header, payload, plain } = self;
        let (payload, piece) = payload.wake(out, aside)?;
        Ok(Sealer { header, payload, piece, plain })
    }
}

/// What is to be known of the plain text.
#[derive(Default)]
struct Plain {
    digest: Option<Hasher>,
    bytes: u64,
}

impl<W: Write> Sealer<W> {
    /// Draws a file key and wraps it for the recipients; the payload goes to `out`.
    pub fn new(recipients: &Recipients, out: W) -> Result<Self, SealError> {
        let Head { text, nonce, file_key } = header::draw(&recipients.0)?;
        let (payload, piece) = Payload::begin(&file_key, nonce, out)
            .map_err(|source| SealError::io("begin the payload", source))?;
        Ok(Self { header: text, payload, piece, plain: Plain::default() })
    }

    /// Takes the digest of the plain text too; to be said before the first byte.
    #[must_use]
    pub fn digesting(mut self) -> Self {
        self.plain.digest = Some(Hasher::new());
        self
    }

    /// What waits to be sealed, in a piece for more chunks: to be filled elsewhere, and given back
    /// to
    /// [`Sealer::seal`] and [`Sealer::take_back`].
    pub fn lend(&mut self, chunks: usize) -> Piece {
        let empty = Piece::new(0, 0);
        std::mem::replace(&mut self.piece, empty).into_larger(chunks)
    }

    /// Seals a full piece that was filled elsewhere, once something follows it.
    ///
    /// # Errors
    /// What writing meets.
    pub fn seal(&mut self, piece: &mut Piece) -> io::Result<()> {
        self.plain.read(piece);
        self.payload.seal(piece)
    }

    /// Takes back what was lent, as far as it was filled.
    pub fn take_back(&mut self, piece: Piece) {
        self.piece = piece;
    }

    /// Lets go of what it holds in memory. Gives `out` back and what waits, as cipher text, to be
    /// kept for [`Resting::wake`].
    ///
    /// # Errors
    /// When the crypto library refuses.
    pub fn rest(self) -> io::Result<(Resting, W, Vec<u8>)> {
        let Self { mut header, payload, piece, plain } = self;
        header.shrink_to_fit();
        let (payload, out, aside) = payload.rest(&piece)?;
        Ok((Resting { header, payload, plain }, out, aside))
    }

    /// Writes the last chunk and gives `out` back, so that the caller can sync and publish it.
    pub fn finish(self) -> Result<Sealed<W>, SealError> {
        let Self { header, payload, piece, mut plain } = self;
        plain.read(&piece);
        let written = payload.finish(piece);
        let written = written.map_err(|source| SealError::io("write the last chunk", source))?;
        Ok(Sealed {
            header,
            out: written.out,
            payload_bytes: written.bytes,
            nonce: written.nonce,
            payload_sha256: written.digest,
            plain_bytes: plain.bytes,
            plain_sha256: plain.digest.map(Hasher::finish),
        })
    }
}

impl Plain {
    fn read(&mut self, piece: &Piece) {
        for text in piece.plain() {
            if let Some(digest) = &mut self.digest {
                digest.update(text);
            }
            self.bytes += text.len() as u64;
        }
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { payload, piece, plain, .. } = self;
        if piece.is_full() && !bytes.is_empty() {
            plain.read(piece);
            payload.seal(piece)?;
        }
        Ok(piece.take(bytes))
    }

    /// Nothing leaves before its chunk is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What came out of sealing.
pub struct Sealed<W> {
    /// The age header: text up to and with the line of its MAC. Erasing it erases the object.
    pub header: Vec<u8>,
    /// Where the payload went.
    pub out: W,
    /// Length of the payload: nonce and chunks.
    pub payload_bytes: u64,
    /// Its first bytes, drawn for this sealing alone.
    pub nonce: [u8; 16],
    /// Digest of the payload, up to one of 1 MiB.
    pub payload_sha256: Option<Sha256>,
    /// Length of the plain text.
    pub plain_bytes: u64,
    /// Digest of the plain text, where it was asked for ([`Sealer::digesting`]).
    pub plain_sha256: Option<Sha256>,
}

/// Header and payload as the one age file that every age tool opens.
pub fn join<R: Read>(header: Vec<u8>, payload: R) -> impl Read {
    io::Cursor::new(header).chain(payload)
}
