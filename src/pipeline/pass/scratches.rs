//! What kinds remember of the documents of one submission beside the memory: one file without a
//! name for all of them, since an archive of a thousand documents must not hold a thousand
//! descriptors. It goes with whoever holds it, also when this process is killed.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rustix::fs::{FallocateFlags, fallocate};

use crate::{
    durable,
    kinds::scratch::Scratch,
    types::{ids::SubmissionId, sync::lock},
};

/// The file, made when it is first needed.
#[derive(Clone)]
pub struct Scratches(Arc<Shared>);

struct Shared {
    path: PathBuf,
    file: Mutex<Option<(Arc<File>, u64)>>,
}

impl Scratches {
    /// In a directory, for a submission. `number` tells those of one submission apart.
    pub fn new(directory: &std::path::Path, submission: SubmissionId, number: u32) -> Self {
        let path = directory.join(format!("{submission}.{number}.scratch"));
        Self(Arc::new(Shared { path, file: Mutex::default() }))
    }

    /// One more scratch. In memory where there is no directory for it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(&self) -> io::Result<Box<dyn Scratch>> {
        if !self.0.path.parent().is_some_and(std::path::Path::is_dir) {
            return Ok(Box::new(Vec::new()));
        }
        let file = self.0.with(|file, _| Ok(Arc::clone(file)))?;
        Ok(Box::new(Beside { shared: Arc::clone(&self.0), file, pieces: Vec::new(), length: 0 }))
    }
}

impl Shared {
    /// The file and its end.
    fn with<T>(&self, act: impl FnOnce(&Arc<File>, &mut u64) -> io::Result<T>) -> io::Result<T> {
        let mut place = lock(&self.file);
        let (file, end) = match &mut *place {
            Some(there) => there,
            none => {
                let file = durable::create_to_read(&self.path)?;
                std::fs::remove_file(&self.path)?;
                none.insert((Arc::new(file), 0))
            }
        };
        act(file, end)
    }
}

/// A scratch: pieces of the file.
struct Beside {
    shared: Arc<Shared>,
    file: Arc<File>,
    pieces: Vec<Piece>,
    length: u64,
}

/// So many bytes of a scratch, where they begin in it and in the file.
#[derive(Clone, Copy)]
struct Piece {
    at: u64,
    lies_at: u64,
    length: u64,
}

impl Scratch for Beside {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        let lies_at = self.shared.with(|_, end| {
            let lies_at = *end;
            *end += length;
            Ok(lies_at)
        })?;
        self.file.write_all_at(bytes, lies_at)?;
        match self.pieces.last_mut() {
            Some(last) if last.lies_at + last.length == lies_at => last.length += length,
            _ => self.pieces.push(Piece { at: self.length, lies_at, length }),
        }
        self.length += length;
        Ok(())
    }

    fn read_at(&self, mut at: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            let number = self.pieces.partition_point(|piece| piece.at <= at);
            let piece = number.checked_sub(1).and_then(|number| self.pieces.get(number));
            let piece = piece.ok_or(io::ErrorKind::UnexpectedEof)?;
            let (begin, left) = (at - piece.at, piece.length.saturating_sub(at - piece.at));
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            if now == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (first, rest) = buffer.split_at_mut(now);
            self.file.read_exact_at(first, piece.lies_at + begin)?;
            (at, buffer) = (at + now as u64, rest);
        }
        Ok(())
    }
}

impl Drop for Beside {
    /// Gives its room on the disk back, while others of the file are needed still. Where that
    /// cannot be had, it comes back with the file.
    fn drop(&mut self) {
        let holes = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        for piece in &self.pieces {
            let _ = fallocate(&self.file, holes, piece.lies_at, piece.length);
        }
    }
}
