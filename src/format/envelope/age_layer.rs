//! The layer that a sender encrypted to the daemon with age.

use std::io::{self, BufReader, Read};

use crate::format::envelope::{error::EnvelopeError, tap::Tap};

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

/// Most bytes of an age header, and of the buffer behind it: some hundred recipients. The library
/// parses from the start again with each line, so the cap bounds time as well.
pub(crate) const AGE_HEADER: usize = 16 << 10;
const AGE_BUFFER: usize = 4 << 10;
