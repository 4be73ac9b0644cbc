//! One pass over an archive, first byte to last, inflating and checking each entry.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zeroize::Zeroizing;

use crate::format::zip_guard::{
    Limits, Meter, ZipError, directory::Directory, entry::Entry, is_archive,
};

/// Reads every entry and hands each piece of content to `look`; an archive within is refused.
///
/// # Errors
/// The first thing that an honest archive would not have, or what `look` says.
pub fn check<S: Read + Seek, E: From<ZipError>>(
    source: &mut S,
    limits: &Limits,
    mut look: impl FnMut(&Entry, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let directory = Directory::read(source, limits)?;
    source.seek(SeekFrom::Start(0)).map_err(ZipError::Read)?;
    let mut archive = Archive::new(source, directory, *limits);
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    while archive.next_entry()?.is_some() {
        let mut is_first = true;
        loop {
            let mut filled = 0;
            while filled < piece.len() {
                match archive.read(&mut piece[filled..])? {
                    0 => break,
                    count => filled += count,
                }
            }
            if std::mem::take(&mut is_first) && is_archive(&piece[..filled]) {
                return Err(ZipError::Archive.into());
            }
            if filled == 0 {
                break;
            }
            if let Some(entry) = archive.entry() {
                look(entry, &piece[..filled])?;
            }
        }
    }
    Ok(())
}

/// An archive being read in the order in which it lies in the file.
pub struct Archive<S> {
    source: S,
    directory: Directory,
    next: usize,
    current: Option<Current>,
    meter: Meter,
    window: Zeroizing<Vec<u8>>,
    from: usize,
    to: usize,
    ended: bool,
}

/// How far the entry at hand has been read.
struct Current {
    header: u64,
    left: u64,
    plain: u64,
    crc: Crc,
    inflate: Option<Decompress>,
    done: bool,
}

impl<S: Read> Archive<S> {
    /// `source` stands at the archive's first byte.
    pub fn new(source: S, directory: Directory, limits: Limits) -> Self {
        let window = Zeroizing::new(vec![0; PIECE]);
        let meter = Meter::new(limits);
        Self {
            source,
            directory,
            next: 0,
            current: None,
            meter,
            window,
            from: 0,
            to: 0,
            ended: false,
        }
    }

    /// Goes to the next entry that is not a folder, reading the one at hand to its end first.
    /// `None` after the last, when the directory and the end record have been read as well.
    pub fn next_entry(&mut self) -> Result<Option<&Entry>, ZipError> {
        let mut rest = Zeroizing::new(vec![0; PIECE]);
        loop {
            while self.read(&mut rest)? > 0 {}
            self.current = None;
            let Some(entry) = self.directory.entries().get(self.next) else {
                self.read_end()?;
                return Ok(None);
            };
            let header = entry.read_local_header(&mut self.source)?;
            self.current = Some(Current {
                header,
                left: entry.compressed(),
                plain: 0,
                crc: Crc::new(),
                inflate: entry.is_deflated().then(|| Decompress::new(false)),
                done: false,
            });
            (self.from, self.to) = (0, 0);
            self.next += 1;
            if !entry.is_folder() {
                return Ok(self.entry());
            }
        }
    }

    /// The entry at hand.
    pub fn entry(&self) -> Option<&Entry> {
        self.directory.entries().get(self.next.checked_sub(1)?)
    }

    /// Reads on in the entry at hand; 0 when it has ended and was what the directory claims.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, ZipError> {
        loop {
            let Some(current) = &mut self.current else { return Ok(0) };
            let entry = &self.directory.entries()[self.next - 1];
            if current.done || out.is_empty() {
                return Ok(0);
            }
            if self.from == self.to && current.left > 0 {
                let most = usize::try_from(current.left).unwrap_or(PIECE).min(PIECE);
                let count = read_some(&mut self.source, &mut self.window[..most])?;
                if count == 0 {
                    return Err(ZipError::NoEnd);
                }
                current.left -= count as u64;
                (self.from, self.to) = (0, count);
            }
            let input = &self.window[self.from..self.to];
            let (taken, given, ended) = match &mut current.inflate {
                None => {
                    let count = input.len().min(out.len());
                    out[..count].copy_from_slice(&input[..count]);
                    (count, count, current.left == 0 && count == input.len())
                }
                Some(inflate) => {
                    let (taken, given) = (inflate.total_in(), inflate.total_out());
                    let status = inflate
                        .decompress(input, out, FlushDecompress::None)
                        .map_err(|_| ZipError::Inconsistent)?;
                    let taken = usize::try_from(inflate.total_in() - taken).unwrap_or(usize::MAX);
                    let given = usize::try_from(inflate.total_out() - given).unwrap_or(usize::MAX);
                    (taken, given, status == Status::StreamEnd)
                }
            };
            self.from += taken;
            current.plain += given as u64;
            current.crc.update(&out[..given]);
            let unread = (self.to - self.from) as u64 + current.left;
            self.meter.count(given as u64, current.plain, entry.compressed() - unread)?;
            if current.plain > entry.claimed_size() {
                return Err(ZipError::Inconsistent);
            }
            if ended {
                if unread > 0 || !entry.matches(current.plain, current.crc.sum()) {
                    return Err(ZipError::Inconsistent);
                }
                current.done = true;
                entry.read_descriptor(&mut self.source, current.header + entry.compressed())?;
            } else if taken == 0 && given == 0 {
                // The content has run out in the middle of the compressed stream.
                return Err(ZipError::Inconsistent);
            }
            if given > 0 || ended {
                return Ok(given);
            }
        }
    }

    /// What follows the entries must be the directory that was read first: a sender that still
    /// holds the file open could have changed it between.
    fn read_end(&mut self) -> Result<(), ZipError> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        let expected = self.directory.raw();
        let mut found = Zeroizing::new(Vec::with_capacity(expected.len()));
        let length = expected.len() as u64;
        (&mut self.source).take(length).read_to_end(&mut found).map_err(ZipError::Read)?;
        if *found != *expected {
            return Err(ZipError::Inconsistent);
        }
        let most = LONGEST_END + 1;
        let end = io::copy(&mut (&mut self.source).take(most), &mut io::sink())
            .map_err(ZipError::Read)?;
        if end < most { Ok(()) } else { Err(ZipError::NoEnd) }
    }
}

fn read_some(source: &mut impl Read, into: &mut [u8]) -> Result<usize, ZipError> {
    loop {
        match source.read(into) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map_err(ZipError::Read),
        }
    }
}

/// Bytes read at a time.
const PIECE: usize = 64 << 10;
/// End record with its comment, zip64 record and locator.
const LONGEST_END: u64 = 22 + 65_535 + 56 + 20;
