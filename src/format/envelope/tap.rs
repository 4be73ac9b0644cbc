//! The raw bytes of a submission: hashed, counted and capped as they are read, once.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{
    format::envelope::error::EnvelopeError,
    types::{
        digest::{Hasher, Sha256},
        sync::lock,
    },
};

/// One handle on the raw bytes; clones read on where the other stopped.
#[derive(Clone)]
pub(super) struct Tap<'a>(Arc<Mutex<Inner<'a>>>);

struct Inner<'a> {
    source: Box<dyn Read + Send + 'a>,
    hasher: Hasher,
    count: u64,
    most: u64,
}

impl<'a> Tap<'a> {
    /// Refuses to read more than `most` bytes.
    pub(super) fn new(source: impl Read + Send + 'a, most: u64) -> Self {
        let source = Box::new(source);
        Self(Arc::new(Mutex::new(Inner { source, hasher: Hasher::new(), count: 0, most })))
    }

    /// Changes the cap; tells the former one.
    pub(super) fn cap(&self, most: u64) -> u64 {
        std::mem::replace(&mut self.inner().most, most)
    }

    /// Reads the rest, and tells the digest and number of all bytes.
    pub(super) fn finish(mut self) -> Result<(Sha256, u64), EnvelopeError> {
        io::copy(&mut self, &mut io::sink()).map_err(EnvelopeError::from_read)?;
        let inner = self.inner();
        Ok((inner.hasher.clone().finish(), inner.count))
    }

    fn inner(&self) -> MutexGuard<'_, Inner<'a>> {
        lock(&self.0)
    }
}

impl Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.inner();
        let count = match inner.source.read(buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Err(e),
            // Wrapped, so that a layer above cannot take a failing disk for damaged content.
            other => other.map_err(EnvelopeError::Read)?,
        };
        inner.hasher.update(&buffer[..count]);
        inner.count += count as u64;
        if inner.count > inner.most {
            return Err(EnvelopeError::TooLarge.into());
        }
        Ok(count)
    }
}
