//! Lists a directory page by page, so that one sender's twenty thousand files do not keep the
//! others waiting. Looks at entries; opens none of them.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
};

use rustix::fs::Dir;

use crate::intake::{directory::Seen, name::SenderFileName};

/// One entry of a listing.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: SenderFileName,
    /// What it looked like.
    pub seen: Seen,
}

/// A pass through one directory, kept between pages.
#[derive(Debug)]
pub struct Listing {
    directory: Arc<OwnedFd>,
    stream: Dir,
}

/// Some entries of a pass.
#[derive(Debug)]
pub struct Page {
    /// The entries, in the directory's own order.
    pub entries: Vec<Entry>,
    /// Whether the pass has come to its end.
    pub last: bool,
}

impl Listing {
    /// Starts a pass.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn begin(directory: Arc<OwnedFd>) -> io::Result<Self> {
        let stream = Dir::read_from(directory.as_fd())?;
        Ok(Self { directory, stream })
    }

    /// The directory that is being listed.
    pub fn directory(&self) -> &Arc<OwnedFd> {
        &self.directory
    }

    /// Reads on from where the last page ended. An entry that vanishes under our hands is left out.
    ///
    /// # Errors
    /// When the directory or an entry of it cannot be read.
    pub fn next_page(&mut self, most: usize) -> io::Result<Page> {
        let mut entries = Vec::new();
        while entries.len() < most {
            let Some(entry) = self.stream.read() else {
                return Ok(Page { entries, last: true });
            };
            let name = entry?.file_name().to_bytes().to_vec();
            if name == b"." || name == b".." {
                continue;
            }
            match Seen::of_entry(self.directory.as_fd(), &name) {
                Ok(seen) => entries.push(Entry { name: SenderFileName::new(name), seen }),
                Err(err) if err.kind() == io::ErrorKind::NotFound => {}
                Err(err) => return Err(err),
            }
        }
        Ok(Page { entries, last: false })
    }
}
