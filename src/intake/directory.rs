//! Directories held by descriptor, and entries reached by a single name below one.
//!
//! No path of more than one component is ever resolved below the drop root, and no link is
//! followed, so a sender cannot steer any of these calls out of its own directory.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, openat, statat};

use crate::intake::name::SenderFileName;

/// What kind of thing an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A character or block device.
    Device,
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A plain file.
    Plain,
    /// A socket.
    Socket,
    /// A symbolic link.
    Symlink,
}

/// What one look at an entry saw.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// What it is.
    pub kind: EntryKind,
    /// Its file system.
    pub dev: u64,
    /// Its inode.
    pub ino: u64,
    /// Whether this is its only name.
    pub single: bool,
    /// Who owns it.
    pub uid: u32,
    /// Bytes.
    pub size: u64,
    /// Whether fewer blocks are allocated than its size needs. Not asked of files below 4 KiB,
    /// which some file systems keep inside the inode.
    pub holed: bool,
    /// Nanoseconds since 1970; the sender may set it.
    pub mtime: i128,
    /// Nanoseconds since 1970; only the kernel sets it.
    pub ctime: i128,
}

impl Seen {
    /// Whether nothing that a write, rename or link would change is different. Allocation is left
    /// out: the file system may allocate late, long after the last write.
    pub fn same(&self, other: &Self) -> bool {
        self.same_inode(other)
            && self.single == other.single
            && self.uid == other.uid
            && self.same_content(other)
            && self.ctime == other.ctime
    }

    /// Whether it is the same thing, whatever was done to it.
    pub fn same_inode(&self, other: &Self) -> bool {
        (self.kind, self.dev, self.ino) == (other.kind, other.dev, other.ino)
    }

    /// Whether nobody wrote, as far as times tell that a rename does not touch.
    pub fn same_content(&self, other: &Self) -> bool {
        (self.size, self.mtime) == (other.size, other.mtime)
    }

    /// Reads it from an open file.
    pub fn of_file(file: impl AsFd) -> io::Result<Self> {
        Ok(Self::from_stat(&fstat(file)?))
    }

    /// Reads it of an entry, without following or opening it.
    pub fn of_entry(dir: impl AsFd, name: &[u8]) -> io::Result<Self> {
        Ok(Self::from_stat(&statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    fn from_stat(stat: &Stat) -> Self {
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        Self {
            kind: match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => EntryKind::Plain,
                FileType::Directory => EntryKind::Directory,
                FileType::Symlink => EntryKind::Symlink,
                FileType::Fifo => EntryKind::Fifo,
                FileType::Socket => EntryKind::Socket,
                FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => {
                    EntryKind::Device
                }
            },
            dev: stat.st_dev,
            ino: stat.st_ino,
            single: stat.st_nlink == 1,
            uid: stat.st_uid,
            size,
            holed: size >= SMALL && i128::from(stat.st_blocks) * 512 < i128::from(size),
            mtime: nanoseconds(stat.st_mtime.into(), stat.st_mtime_nsec.into()),
            ctime: nanoseconds(stat.st_ctime.into(), stat.st_ctime_nsec.into()),
        }
    }
}

/// Opens the drop root: the one path that comes from the configuration, not from a sender.
pub(crate) fn open_root(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(CWD, path, flags, Mode::empty())?)
}

/// Opens a directory by a single name, never through a link.
pub(crate) fn open_directory(dir: impl AsFd, name: &str) -> io::Result<OwnedFd> {
    Ok(openat(dir, name, DIRECTORY, Mode::empty())?)
}

/// Opens an entry to read it: no link is followed, no pipe waited for, no terminal taken over.
/// What was opened is still to be looked at with [`Seen::of_file`].
pub(crate) fn open_file(dir: impl AsFd, name: &[u8]) -> io::Result<File> {
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(openat(dir, name, flags, Mode::empty())?))
}

fn nanoseconds(seconds: i128, nanos: i128) -> i128 {
    seconds * 1_000_000_000 + nanos
}

const SMALL: u64 = 4096;
const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// Opens a plain file that must still be as it was seen; `None` when it is not.
pub(super) fn open_seen(
    dir: &OwnedFd,
    name: &SenderFileName,
    seen: &Seen,
) -> io::Result<Option<File>> {
    let file = open_file(dir.as_fd(), name.expose_bytes())?;
    Ok(Seen::of_file(&file)?.same(seen).then_some(file))
}
