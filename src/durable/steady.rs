//! A file that goes to the disk while it is written, so that whoever syncs the file system never waits
//! for more than a little of it. Not durable before it is synced like any other.

use std::{
    fs::File,
    io::{self, Write},
};

/// A file in the writing.
#[derive(Debug)]
pub struct Steady {
    file: File,
    waiting: u64,
}

impl Steady {
    /// Takes a file that nothing was written to.
    pub fn new(file: File) -> Self {
        Self { file, waiting: 0 }
    }
}

impl Write for Steady {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting >= AT_MOST {
            // What fails here fails the file: it is written anew, to another descriptor.
            self.file.sync_data()?;
            self.waiting = 0;
        }
        let count = self.file.write(bytes)?;
        self.waiting += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes that may wait for the disk: some hundredths of a second of writing.
const AT_MOST: u64 = 4 << 20;
