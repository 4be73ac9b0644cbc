//! What of a document is held in memory: its head, or all of it; bounded, and wiped when dropped.

use std::io::{Cursor, Read};

use zeroize::Zeroizing;

use crate::{
    format::{envelope::error::EnvelopeError, recognise::HEAD},
    types::secret::make_room,
};

pub(super) fn read_head(
    source: &mut impl Read,
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
    let mut head = Zeroizing::default();
    loop {
        make_room(&mut head, FIRST_READ, most);
        let room = (head.capacity().min(most) - head.len()) as u64;
        source.take(room).read_to_end(&mut head).map_err(EnvelopeError::from_read)?;
        if head.len() == most || head.len() < head.capacity() {
            return Ok(head);
        }
    }
}

/// Grows by copying, so that no outgrown piece is left behind unwiped.
pub(super) fn read_into_memory(
    mut source: impl Read,
    most: u64,
) -> Result<Cursor<Zeroizing<Vec<u8>>>, EnvelopeError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD));
    loop {
        let room = bytes.capacity() - bytes.len();
        (&mut source)
            .take(room as u64)
            .read_to_end(&mut bytes)
            .map_err(EnvelopeError::from_read)?;
        if bytes.len() as u64 > most {
            return Err(EnvelopeError::TooLarge);
        }
        if bytes.len() < bytes.capacity() {
            return Ok(Cursor::new(bytes));
        }
        let mut larger = Zeroizing::new(Vec::with_capacity(bytes.capacity() * 2));
        larger.extend_from_slice(&bytes);
        bytes = larger;
    }
}

/// What is read of a head at once.
const FIRST_READ: usize = 8 << 10;
