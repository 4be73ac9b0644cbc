//! Seals one part, in a thread of its own once there is much of it: reading, judging and rendering
//! go on meanwhile. What is written comes out in the same order, and holds the writer back when the
//! thread does not keep up, so that memory stays bounded.

use std::{
    io::{self, Write},
    mem,
    sync::{
        LazyLock,
        mpsc::{self, Receiver, SyncSender},
    },
    thread::{self, JoinHandle},
};

use crate::{
    seal::{Sealed, Sealer, piece::Piece},
    types::permit::{Permit, Permits},
};

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
    /// To have a thread.
    _permit: Permit,
}

impl<W: Write + Send + 'static> PartSealer<W> {
    /// Nothing was written yet.
    pub fn new(sealer: Sealer<W>) -> Self {
        Self(Place::Here(Box::new(sealer), 0))
    }

    /// The sealer alone, with all that was written: its thread ends.
    ///
    /// # Errors
    /// What sealing or writing met, now or before.
    pub fn into_sealer(self) -> io::Result<Sealer<W>> {
        match self.0 {
            Place::Here(sealer, _) => Ok(*sealer),
            Place::There(thread) => {
                let (mut sealer, rest) = join(thread)?;
                sealer.take_back(rest);
                Ok(sealer)
            }
            Place::Gone => Err(stopped()),
        }
    }

    /// Seals what is left.
    ///
    /// # Errors
    /// What sealing or writing met, now or before.
    pub fn finish(self) -> io::Result<Sealed<W>> {
        self.into_sealer()?.finish().map_err(io::Error::other)
    }
}

impl<W: Write + Send + 'static> Write for PartSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::Here(sealer, written) => {
                sealer.write_all(bytes)?;
                *written += bytes.len() as u64;
                if *written >= MUCH {
                    *written = 0;
                    // Where there are threads enough, it goes on here, and asks again after as
                    // much.
                    if let Some(permit) = THREADS.take()
                        && let Place::Here(sealer, _) = mem::replace(&mut self.0, Place::Gone)
                    {
                        self.0 = begin(sealer, permit);
                    }
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

/// Moves a sealer to a thread. Where the system gives none, it stays.
fn begin<W: Write + Send + 'static>(sealer: Box<Sealer<W>>, permit: Permit) -> Place<W> {
    let (full, pieces) = mpsc::sync_channel::<Piece>(PIECES);
    let (emptied, empty) = mpsc::channel();
    // Handed over only once there is a thread.
    let (hand_over, handed_over) = mpsc::channel::<Box<Sealer<W>>>();
    let seal = move || {
        let mut sealer = handed_over.recv().map_err(|_| stopped())?;
        for mut piece in pieces {
            sealer.seal(&mut piece)?;
            // At the end nobody fills it again.
            let _ = emptied.send(piece);
        }
        Ok(*sealer)
    };
    let Ok(handle) = thread::Builder::new().name("sealing".into()).spawn(seal) else {
        return Place::Here(sealer, 0);
    };
    let mut sealer = sealer;
    let filling = sealer.lend(CHUNKS);
    match hand_over.send(sealer) {
        Ok(()) => Place::There(Thread { filling, full, empty, pieces: 1, handle, _permit: permit }),
        Err(mpsc::SendError(mut sealer)) => {
            sealer.take_back(filling);
            Place::Here(sealer, 0)
        }
    }
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

/// Threads that seal at a time: many more than there are processors, and few beside what the system
/// lets the daemon have. A part keeps its own until it is committed, and its file may wait for
/// others.
static THREADS: LazyLock<Permits> = LazyLock::new(|| Permits::new(MOST_THREADS));
const MOST_THREADS: usize = 32;

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

    use super::{CHUNKS, MOST_THREADS, MUCH, PartSealer, Place};
    use crate::{
        durable::steady::Steady,
        seal::{
            Sealer,
            identity::{self, Identity},
        },
        types::digest::Sha256,
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
    fn what_comes_when_there_are_threads_enough_is_sealed_all_the_same() {
        let identity = Identity::generate();
        let plain = vec![b'x'; usize::try_from(MUCH).unwrap()];
        let mut sealers: Vec<_> = std::iter::repeat_with(|| {
            let sealer = Sealer::new(&identity.to_recipients(), tempfile::tempfile().unwrap());
            PartSealer::new(sealer.unwrap())
        })
        .take(MOST_THREADS + 3)
        .collect();
        for sealer in &mut sealers {
            sealer.write_all(&plain).unwrap();
        }
        let threads = sealers.iter().filter(|it| matches!(it.0, Place::There(_))).count();
        assert!(threads <= MOST_THREADS, "{threads}");
        assert!(matches!(sealers.last().unwrap().0, Place::Here(..)));
        // What comes later may find one.
        drop(sealers.drain(..5));
        let last = sealers.last_mut().unwrap();
        last.write_all(&plain).unwrap();
        assert!(matches!(last.0, Place::There(_)));
        let mut sealed = sealers.pop().unwrap().finish().unwrap();
        sealed.out.rewind().unwrap();
        let mut opened = Vec::new();
        let mut reader = identity::open(sealed.header, sealed.out, &identity).unwrap();
        reader.read_to_end(&mut opened).unwrap();
        assert!(opened.len() == 2 * plain.len() && opened.iter().all(|byte| *byte == b'x'));
    }

    #[test]
    fn what_rests_in_between_comes_out_as_it_went_in() {
        let identity = Identity::generate();
        let much = usize::try_from(MUCH).unwrap();
        let pieces = [0, 1, 5_000, 65_536, 70_000, 131_072, much, PIECE + 7, much - 3, 12];
        let plain: Vec<u8> =
            (0..pieces.iter().sum()).map(|n: usize| u8::try_from(n % 251).unwrap()).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("part");
        let sealer =
            Sealer::new(&identity.to_recipients(), Steady::new(File::create(&path).unwrap()));
        let mut sealer = PartSealer::new(sealer.unwrap().digesting());
        let mut rest = plain.as_slice();
        for length in pieces {
            let (now, later) = rest.split_at(length);
            sealer.write_all(now).unwrap();
            rest = later;
            let (resting, file, aside) = sealer.into_sealer().unwrap().rest().unwrap();
            assert!(size_of_val(&resting) < 2048, "{}", size_of_val(&resting));
            assert!(aside.len() <= PIECE + 8192, "{}", aside.len());
            // Plain text neither in memory nor in the open.
            let waits = &now[now.len().saturating_sub(40)..];
            assert!(waits.len() < 40 || !aside.windows(40).any(|window| window == waits));
            let end = file.leave(&aside).unwrap();
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let (file, aside) = Steady::go_on(file, end).unwrap();
            sealer = PartSealer::new(resting.wake(file, aside).unwrap());
        }
        let sealed = sealer.finish().unwrap();
        assert_eq!(sealed.plain_bytes, plain.len() as u64);
        assert_eq!(sealed.plain_sha256, Some(Sha256::of(&plain)));
        let payload = File::open(&path).unwrap();
        assert_eq!(payload.metadata().unwrap().len(), sealed.payload_bytes);
        let mut opened = Vec::new();
        let mut reader = identity::open(sealed.header, payload, &identity).unwrap();
        reader.read_to_end(&mut opened).unwrap();
        assert!(opened == plain);
    }

    #[test]
    fn what_was_set_aside_is_not_taken_when_it_was_changed() {
        let recipients = Identity::generate().to_recipients();
        let mut sealer = Sealer::new(&recipients, Vec::new()).unwrap();
        sealer.write_all(b"a text").unwrap();
        let (resting, out, mut aside) = sealer.rest().unwrap();
        *aside.last_mut().unwrap() ^= 1;
        assert!(resting.wake(out, aside).is_err());
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
