//! The layer that a sender encrypted to the daemon with age.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use memchr::memmem;

use crate::format::envelope::{error::EnvelopeError, memory::read_head, tap::Tap};

/// Opens the age header; the reader it gives fails unless the final chunk ends the file.
pub(super) fn decrypt<'a>(
    tap: &Tap<'a>,
    identity: Option<&age::x25519::Identity>,
) -> Result<impl Read + Send + 'a, EnvelopeError> {
    let identity = identity.ok_or(EnvelopeError::NoIdentity)?;
    // A header is held in memory until it is whole, so an endless one must not be read on.
    let most = tap.cap(AGE_HEADER as u64);
    let opened = age::Decryptor::new_buffered(BufReader::with_capacity(AGE_BUFFER, tap.clone()));
    tap.cap(most);
    body(opened, identity)
}

/// The plain text for a look ahead: anywhere in it, piece by piece, and nothing of it is kept. What
/// is read in the end is decrypted once more, from front to back.
pub(super) fn look_ahead<'f, F: Read + Seek>(
    file: &'f mut F,
    identity: Option<&age::x25519::Identity>,
) -> Result<impl Read + Seek + use<'f, F>, EnvelopeError> {
    let identity = identity.ok_or(EnvelopeError::NoIdentity)?;
    file.seek(SeekFrom::Start(0)).map_err(EnvelopeError::Read)?;
    let header = read_head(file, AGE_HEADER)?;
    if memmem::find(&header, HEADER_END).is_none() {
        return Err(EnvelopeError::AgeDamaged);
    }
    file.seek(SeekFrom::Start(0)).map_err(EnvelopeError::Read)?;
    body(
        age::Decryptor::new_buffered(BufReader::with_capacity(AGE_BUFFER, OwnFault(file))),
        identity,
    )
}

fn body<S: BufRead>(
    opened: Result<age::Decryptor<S>, age::DecryptError>,
    identity: &age::x25519::Identity,
) -> Result<AgeBody<age::stream::StreamReader<S>>, EnvelopeError> {
    let decryptor = opened.map_err(age_error)?;
    let plain =
        decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)).map_err(age_error)?;
    Ok(AgeBody(plain))
}

fn age_error(error: age::DecryptError) -> EnvelopeError {
    match error {
        age::DecryptError::NoMatchingKeys | age::DecryptError::ExcessiveWork { .. } => {
            EnvelopeError::NotForUs
        }
        age::DecryptError::Io(cause) => match EnvelopeError::of(&cause) {
            Some(EnvelopeError::Read(_)) => EnvelopeError::from_read(cause),
            _ => EnvelopeError::AgeDamaged,
        },
        _ => EnvelopeError::AgeDamaged,
    }
}

/// Decrypted bytes; tells damage from a disk that fails.
struct AgeBody<R>(R);

impl<R: Read> Read for AgeBody<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match EnvelopeError::of(&error) {
            Some(_) => error,
            None if error.kind() == io::ErrorKind::Interrupted => error,
            None => EnvelopeError::AgeDamaged.into(),
        })
    }
}

impl<R: Seek> Seek for AgeBody<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to).map_err(|error| match EnvelopeError::of(&error) {
            Some(_) => error,
            None => EnvelopeError::AgeDamaged.into(),
        })
    }
}

/// A file whose failing is not taken for damaged content.
struct OwnFault<R>(R);

impl<R: Read> Read for OwnFault<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            read => Ok(read.map_err(EnvelopeError::Read)?),
        }
    }
}

impl<R: Seek> Seek for OwnFault<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        Ok(self.0.seek(to).map_err(EnvelopeError::Read)?)
    }
}

/// What the last line of a header begins with.
const HEADER_END: &[u8] = b"\n---";

/// Most bytes of an age header, and of the buffer behind it: some hundred recipients. The library
/// parses from the start again with each line, so the cap bounds time as well.
pub(crate) const AGE_HEADER: usize = 16 << 10;
const AGE_BUFFER: usize = 4 << 10;
