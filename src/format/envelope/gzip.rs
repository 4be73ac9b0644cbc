//! The layer that is compressed with gzip.

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::GzDecoder;

use crate::format::{envelope::error::EnvelopeError, zip_guard::RATIO_FROM};

/// One gzip member with nothing behind it: after a second one, a cut between the two would look
/// like a whole file.
pub(super) struct Gzip<R> {
    decoder: GzDecoder<BufReader<Metered<R>>>,
    compressed: Arc<AtomicU64>,
    plain: u64,
    ratio: u64,
}

impl<R: Read> Gzip<R> {
    pub(super) fn new(source: R, ratio: u64) -> Self {
        let compressed = Arc::new(AtomicU64::new(0));
        let metered = Metered { source, count: Arc::clone(&compressed) };
        Self { decoder: GzDecoder::new(BufReader::new(metered)), compressed, plain: 0, ratio }
    }
}

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(gzip_error)?;
        self.plain += count as u64;
        let most = self.compressed.load(Ordering::Relaxed).saturating_mul(self.ratio);
        if self.plain > RATIO_FROM && self.plain > most {
            return Err(EnvelopeError::TooLarge.into());
        }
        let at_end = count == 0 && !buffer.is_empty();
        if at_end && !self.decoder.get_mut().fill_buf().map_err(gzip_error)?.is_empty() {
            return Err(EnvelopeError::GzipDamaged.into());
        }
        Ok(count)
    }
}

fn gzip_error(error: io::Error) -> io::Error {
    match EnvelopeError::of(&error) {
        Some(_) => error,
        None if error.kind() == io::ErrorKind::Interrupted => error,
        None => EnvelopeError::GzipDamaged.into(),
    }
}

/// Counts what is read through it.
struct Metered<R> {
    source: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
