//! A file that goes to the disk while it is written, so that whoever syncs the file system never
//! waits for more than a little of it. Not durable before it is synced like any other.
//!
//! Large pieces of whole pages go there without a copy in the system's cache (`O_DIRECT`), where
//! the file system knows how: nobody here reads them again, and the copy costs more than the
//! writing.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
};

use rustix::{
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io::Errno,
};

/// A file in the writing.
#[derive(Debug)]
pub struct Steady {
    file: File,
    /// Bytes that were written.
    at: u64,
    /// Of them, those that may only be in the cache.
    waiting: u64,
    way: Way,
}

/// How the last bytes were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Cached,
    /// Past the cache cannot be had.
    CachedOnly,
    Direct,
}

impl Steady {
    /// Takes a file that nothing was written to.
    pub fn new(file: File) -> Self {
        Self { file, at: 0, waiting: 0, way: Way::Cached }
    }

    /// Closes it, with bytes behind its end that [`Self::go_on`] gives back. Tells where its end
    /// is.
    ///
    /// # Errors
    /// What writing meets.
    pub fn leave(mut self, aside: &[u8]) -> io::Result<u64> {
        if self.way == Way::Direct {
            self.give_up_direct()?;
        }
        self.file.write_all_at(aside, self.at)?;
        Ok(self.at)
    }

    /// Goes on at the end that [`Self::leave`] told, in a file that is open to read and to write.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn go_on(mut file: File, at: u64) -> io::Result<(Self, Vec<u8>)> {
        let mut aside = Vec::new();
        file.seek(SeekFrom::Start(at))?;
        file.read_to_end(&mut aside)?;
        file.set_len(at)?;
        file.seek(SeekFrom::Start(at))?;
        Ok((Self { at, ..Self::new(file) }, aside))
    }

    /// Goes over to the way that suits these bytes; whether they go past the cache.
    fn turn(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let suits = bytes.len() >= LARGE
            && bytes.len().is_multiple_of(PAGE)
            && self.at.is_multiple_of(PAGE as u64)
            && bytes.as_ptr().align_offset(PAGE) == 0;
        let way = match self.way {
            Way::CachedOnly => Way::CachedOnly,
            _ if suits => Way::Direct,
            _ => Way::Cached,
        };
        if way != self.way {
            let flags = fcntl_getfl(&self.file)?;
            match fcntl_setfl(&self.file, with_direct(flags, suits)) {
                Ok(()) => self.way = way,
                Err(Errno::INVAL) if suits => self.way = Way::CachedOnly,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.way == Way::Direct)
    }

    /// Some file systems say only when it is written that they cannot.
    fn give_up_direct(&mut self) -> io::Result<()> {
        let flags = fcntl_getfl(&self.file)?;
        fcntl_setfl(&self.file, with_direct(flags, false))?;
        self.way = Way::CachedOnly;
        Ok(())
    }
}

fn with_direct(mut flags: OFlags, direct: bool) -> OFlags {
    flags.set(OFlags::DIRECT, direct);
    flags
}

impl Write for Steady {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.turn(bytes)? {
            match self.file.write(bytes) {
                Err(error) if error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => {
                    self.give_up_direct()?;
                }
                Err(error) => return Err(error),
                Ok(count) => {
                    self.at += count as u64;
                    return Ok(count);
                }
            }
        }
        if self.waiting >= AT_MOST {
            // What fails here fails the file: it is written anew, to another descriptor.
            self.file.sync_data()?;
            self.waiting = 0;
        }
        let count = self.file.write(bytes)?;
        self.at += count as u64;
        self.waiting += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes that may wait for the disk: some hundredths of a second of writing.
const AT_MOST: u64 = 4 << 20;

/// Bytes from which a write without the cache is worth the wait.
const LARGE: usize = 256 << 10;

/// Where memory, place and length must be whole to go past the cache.
const PAGE: usize = 4096;

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, File},
        io::Write,
    };

    use super::{LARGE, PAGE, Steady, Way};

    #[test]
    fn everything_is_written_whichever_way_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let bytes: Vec<u8> =
            (0..4 * LARGE + 2 * PAGE).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let base = bytes.as_ptr().align_offset(PAGE);
        // Lengths of one write after the other: whole pages, and what is none.
        for lengths in [
            [LARGE, LARGE, LARGE, 77],
            [PAGE, LARGE + PAGE, 1, LARGE],
            [3, PAGE - 3, LARGE, LARGE],
            [LARGE - 1, LARGE, 1, LARGE],
        ] {
            let mut file = Steady::new(File::create(&path).unwrap());
            let mut at = base;
            for length in lengths {
                file.write_all(&bytes[at..at + length]).unwrap();
                at += length;
            }
            assert_eq!(file.at, (at - base) as u64);
            assert!(fs::read(&path).unwrap() == bytes[base..at], "{lengths:?}");
        }
    }

    #[test]
    fn what_is_left_goes_on_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mut file = Steady::new(File::create(&path).unwrap());
        file.write_all(b"first").unwrap();
        let end = file.leave(b" and what waits").unwrap();
        let open = File::options().read(true).write(true).open(&path).unwrap();
        let (mut file, aside) = Steady::go_on(open, end).unwrap();
        assert_eq!(aside, b" and what waits");
        file.write_all(b" then").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first then");
    }

    #[test]
    fn what_cannot_go_past_the_cache_goes_through_it() {
        // A pipe takes no bytes in any other way.
        let (mut from, to) = std::io::pipe().unwrap();
        let mut file = Steady::new(File::from(std::os::fd::OwnedFd::from(to)));
        file.give_up_direct().unwrap();
        file.write_all(b"abc").unwrap();
        assert_eq!(file.way, Way::CachedOnly);
        drop(file);
        let mut read = String::new();
        std::io::Read::read_to_string(&mut from, &mut read).unwrap();
        assert_eq!(read, "abc");
    }
}
