//! Seals one part, in a thread of its own once there is much of it: reading, judging and rendering go
//! on meanwhile. What is written comes out in the same order, and holds the writer back when the
//! thread does not keep up, so that memory stays bounded.

use std::{
    io::{self, Write},
    mem,
    sync::mpsc::{self, Receiver, SyncSender},
    thread::{self, JoinHandle},
};

use crate::seal::{Sealed, Sealer, piece::Piece};

/// A sealer that moves to a thread of its own when it is worth it.
pub struct PartSealer<W: Write>(Place<W>);

enum Place<W: Write> {
    Here(Box<Sealer<W>>, u64),
    There(Thread<W>),
    /// It failed and said so.
    Gone,
}

struct Thread<W: Write> {
    filling: Piece,
    /// Sealed where they lie: nothing is copied between the threads.
    full: SyncSender<Piece>,
    /// Emptied, to be filled again.
    empty: Receiver<Piece>,
    /// Pieces that there are.
    pieces: usize,
    handle: JoinHandle<io::Result<Sealer<W>>>,
}

impl<W: Write + Send + 'static> PartSealer<W> {
    /// Nothing was written yet.
    pub fn new(sealer: Sealer<W>) -> Self {
        Self(Place::Here(Box::new(sealer), 0))
    }

    /// Seals what is left.
    ///
    /// # Errors
    /// What sealing or writing met, now or before.
    pub fn finish(self) -> io::Result<Sealed<W>> {
        let sealed = match self.0 {
            Place::Here(sealer, _) => sealer.finish(),
            Place::There(thread) => {
                let (sealer, rest) = join(thread)?;
                sealer.finish_with(rest)
            }
            Place::Gone => return Err(stopped()),
        };
        sealed.map_err(io::Error::other)
    }
}

impl<W: Write + Send + 'static> Write for PartSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::Here(sealer, written) => {
                sealer.write_all(bytes)?;
                *written += bytes.len() as u64;
                if *written >= MUCH
                    && let Place::Here(sealer, _) = mem::replace(&mut self.0, Place::Gone)
                {
                    self.0 = Place::There(begin(*sealer)?);
                }
            }
            Place::There(thread) => {
                if !thread.take(bytes)
                    && let Place::There(thread) = mem::replace(&mut self.0, Place::Gone)
                {
                    join(thread)?;
                    return Err(stopped());
                }
            }
            Place::Gone => return Err(stopped()),
        }
        Ok(bytes.len())
    }

    /// Nothing leaves before its chunk is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W: Write> Thread<W> {
    /// Whether the thread still takes anything.
    fn take(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.filling.is_full() {
                let Some(mut next) = self.next() else { return false };
                next.follow(&self.filling);
                if self.full.send(mem::replace(&mut self.filling, next)).is_err() {
                    return false;
                }
            }
            bytes = &bytes[self.filling.take(bytes)..];
        }
        true
    }

    /// An empty piece; none when the thread is gone.
    fn next(&mut self) -> Option<Piece> {
        if self.pieces < PIECES {
            self.pieces += 1;
            return Some(self.filling.another());
        }
        self.empty.recv().ok()
    }
}

fn begin<W: Write + Send + 'static>(mut sealer: Sealer<W>) -> io::Result<Thread<W>> {
    let (full, pieces) = mpsc::sync_channel::<Piece>(PIECES);
    let (emptied, empty) = mpsc::channel();
    let filling = sealer.lend(CHUNKS);
    let seal = move || {
        for mut piece in pieces {
            sealer.seal(&mut piece)?;
            // At the end nobody fills it again.
            let _ = emptied.send(piece);
        }
        Ok(sealer)
    };
    let handle = thread::Builder::new().name("sealing".into()).spawn(seal)?;
    Ok(Thread { filling, full, empty, pieces: 1, handle })
}

/// Waits for the thread, which is done without a sender. Gives the piece that was not full.
fn join<W: Write>(thread: Thread<W>) -> io::Result<(Sealer<W>, Piece)> {
    let Thread { filling, full, empty, handle, .. } = thread;
    drop((full, empty));
    let sealer = handle.join().map_err(|_| stopped())??;
    Ok((sealer, filling))
}

fn stopped() -> io::Error {
    io::Error::other(Stopped)
}

/// The thread ended early; why was said when it did.
#[derive(Debug, thiserror::Error)]
#[error("the thread that seals has stopped; look for the reason before this")]
struct Stopped;

/// Bytes after which a thread is worth its while.
const MUCH: u64 = 4 << 20;

/// Chunks that change hands at once: some, so that threads wake each other rarely and the disk gets
/// large writes.
const CHUNKS: usize = 4;

/// How many pieces there are for one part.
const PIECES: usize = 3;

#[cfg(test)]
mod tests {
    use std::{
        fs::File,
        io::{Read, Seek, Write},
    };

    use super::{CHUNKS, MUCH, PartSealer};
    use crate::seal::{
        Sealer,
        identity::{self, Identity},
    };

    const PIECE: usize = CHUNKS << 16;

    #[test]
    fn what_goes_in_comes_out_however_much_it_is() {
        let identity = Identity::generate();
        let much = usize::try_from(MUCH).unwrap();
        for length in [
            0,
            1,
            much - 1,
            much,
            much + 1,
            much + PIECE,
            much + PIECE - 100_003,
            much + 5 * PIECE + 77,
        ] {
            let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let file = tempfile::tempfile().unwrap();
            let sealer = Sealer::new(&identity.to_recipients(), file).unwrap();
            let mut sealer = PartSealer::new(sealer);
            for piece in plain.chunks(100_003) {
                sealer.write_all(piece).unwrap();
            }
            let mut sealed = sealer.finish().unwrap();
            assert_eq!(sealed.plain_bytes, length as u64);
            sealed.out.rewind().unwrap();
            let mut opened = Vec::new();
            let mut reader = identity::open(sealed.header, sealed.out, &identity).unwrap();
            reader.read_to_end(&mut opened).unwrap();
            assert!(opened == plain, "{length} bytes");
        }
    }

    #[test]
    fn a_full_disk_is_told_to_the_writer() {
        let recipients = Identity::generate().to_recipients();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut sealer = PartSealer::new(Sealer::new(&recipients, full).unwrap());
        let error = sealer.write_all(&vec![0; 200_000]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_thread_that_fails_is_told_to_the_writer() {
        // Takes as much as fits into a pipe whose other end is closed after the first bytes.
        let (mut from, to) = std::io::pipe().unwrap();
        let to = File::from(std::os::fd::OwnedFd::from(to));
        let recipients = Identity::generate().to_recipients();
        let mut sealer = PartSealer::new(Sealer::new(&recipients, to).unwrap());
        let reader = std::thread::spawn(move || {
            let mut bytes = vec![0; usize::try_from(MUCH).unwrap() + 2 * PIECE];
            from.read_exact(&mut bytes).unwrap();
        });
        let piece = vec![0; PIECE];
        let first = (0..100).find_map(|_| sealer.write_all(&piece).err()).unwrap();
        assert_eq!(first.kind(), std::io::ErrorKind::BrokenPipe);
        assert!(sealer.write_all(&piece).is_err() && sealer.finish().is_err());
        reader.join().unwrap();
    }
}
