//! The digest of what passes, taken in a thread of its own once there is much of it: reading and judging
//! go on meanwhile. The thread works on copies, in the order in which they come, and holds the reader
//! back when it does not keep up, so that memory stays bounded.

use std::{
    io, mem,
    sync::mpsc::{self, Receiver, SyncSender},
    thread::{self, JoinHandle},
};

use zeroize::Zeroizing;

use crate::types::digest::{Hasher, Sha256};

/// A digest that moves to a thread of its own when it is worth it.
pub(super) enum Hashing {
    Here(Hasher, u64),
    There(Thread),
    /// It failed and said so.
    Gone,
}

/// Pieces of the input; wiped when they are dropped, since they are what a sender wrote.
type Piece = Zeroizing<Vec<u8>>;

pub(super) struct Thread {
    filling: Piece,
    full: SyncSender<Piece>,
    /// Taken in, to be filled again.
    empty: Receiver<Piece>,
    handle: JoinHandle<Hasher>,
}

impl Hashing {
    /// Nothing has passed.
    pub(super) fn new() -> Self {
        Self::Here(Hasher::new(), 0)
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    /// The thread cannot be started, or has stopped.
    pub(super) fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Here(hasher, passed) => {
                hasher.update(bytes);
                *passed += bytes.len() as u64;
                if *passed >= MUCH
                    && let Self::Here(hasher, _) = mem::replace(self, Self::Gone)
                {
                    *self = Self::There(begin(hasher)?);
                }
                Ok(())
            }
            Self::There(thread) => thread.take(bytes).ok_or_else(stopped),
            Self::Gone => Err(stopped()),
        }
    }

    /// The digest of all that has passed.
    ///
    /// # Errors
    /// The thread has stopped.
    pub(super) fn finish(self) -> io::Result<Sha256> {
        match self {
            Self::Here(hasher, _) => Ok(hasher.finish()),
            Self::There(Thread { filling, full, handle, .. }) => {
                drop(full);
                let mut hasher = handle.join().map_err(|_| stopped())?;
                hasher.update(&filling);
                Ok(hasher.finish())
            }
            Self::Gone => Err(stopped()),
        }
    }
}

impl Thread {
    /// None when the thread is gone.
    fn take(&mut self, mut bytes: &[u8]) -> Option<()> {
        while !bytes.is_empty() {
            let room = PIECE - self.filling.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.filling.extend_from_slice(now);
            bytes = later;
            if self.filling.len() == PIECE {
                let next = self.empty.recv().ok()?;
                self.full.send(mem::replace(&mut self.filling, next)).ok()?;
            }
        }
        Some(())
    }
}

fn begin(mut hasher: Hasher) -> io::Result<Thread> {
    let (full, pieces) = mpsc::sync_channel::<Piece>(1);
    let (emptied, empty) = mpsc::channel();
    let new = || Zeroizing::new(Vec::with_capacity(PIECE));
    let filling = new();
    // One is filled while the other is taken in.
    let _ = emptied.send(new());
    let hash = move || {
        for mut piece in pieces {
            hasher.update(&piece);
            piece.clear();
            // At the end nobody fills it again.
            let _ = emptied.send(piece);
        }
        hasher
    };
    let handle = thread::Builder::new().name("hashing".into()).spawn(hash)?;
    Ok(Thread { filling, full, empty, handle })
}

fn stopped() -> io::Error {
    io::Error::other(Stopped)
}

/// The thread ended early; why was said when it did.
#[derive(Debug, thiserror::Error)]
#[error("the thread that takes the digest has stopped; look for the reason before this")]
struct Stopped;

/// Bytes after which a thread is worth its while.
const MUCH: u64 = 4 << 20;

/// Bytes that change hands at once: enough for threads to wake each other rarely.
const PIECE: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::{Hashing, MUCH, PIECE};
    use crate::types::digest::Sha256;

    #[test]
    fn the_digest_is_that_of_all_bytes_however_many_and_however_cut() {
        let much = usize::try_from(MUCH).unwrap();
        for length in [
            0,
            1,
            much - 1,
            much,
            much + 1,
            much + PIECE - 1,
            much + PIECE,
            much + 3 * PIECE,
            much + 7 * PIECE + 99,
        ] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            for cut in [PIECE / 4, 100_003, 3 * PIECE + 1, usize::MAX] {
                let mut hashing = Hashing::new();
                for piece in bytes.chunks(cut) {
                    hashing.update(piece).unwrap();
                }
                assert!(matches!(hashing, Hashing::There(_)) == (length >= much));
                assert_eq!(hashing.finish().unwrap(), Sha256::of(&bytes), "{length} by {cut}");
            }
        }
    }

    #[test]
    fn a_thread_that_stopped_is_told() {
        let mut hashing = Hashing::new();
        hashing.update(&vec![0; usize::try_from(MUCH).unwrap()]).unwrap();
        let Hashing::There(thread) = &mut hashing else { panic!("not in a thread") };
        // The other ends of both channels go with a thread that ends.
        let (full, _) = std::sync::mpsc::sync_channel(1);
        thread.full = full;
        let error = (0..9).find_map(|_| hashing.update(&vec![0; PIECE]).err()).unwrap();
        assert!(error.to_string().contains("stopped"));
    }
}
