//! Room beside the memory, for what a kind must remember of a large document until its conclusion.
//!
//! Holds numbers, GUIDs and keyed digests only, never a value of a field: what lies here is not
//! sealed. The house gives a file without a name, which goes with whoever holds it.

use std::io;

/// Bytes that grow at their end and are read anywhere.
pub trait Scratch: Send + Sync {
    /// Adds bytes at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Fills the buffer with what was added from byte `at` on.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// In memory, where nobody knows a better place.
impl Scratch for Vec<u8> {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(at).map_err(io::Error::other)?;
        let there = self.get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
