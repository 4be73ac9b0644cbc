//! Transcoded text as a plain `Read`, for readers that take UTF-8 bytes.

use std::io::{self, Read};

use crate::format::text::{Encoding, TextError, TextErrorKind, reader::Utf8Reader};

/// Gives out the UTF-8 of a [`Utf8Reader`]. What is wrong with the text comes as
/// [`io::ErrorKind::InvalidData`] with the [`TextError`] as its source; a failed read as itself.
pub struct TextRead<R> {
    inner: Utf8Reader<R>,
    chunk: Vec<u8>,
    given: usize,
}

impl<R: Read> TextRead<R> {
    /// Reads on from where `inner` stands.
    pub fn new(inner: Utf8Reader<R>) -> Self {
        Self { inner, chunk: Vec::new(), given: 0 }
    }

    /// What has been read is in this encoding.
    pub fn encoding(&self) -> Encoding {
        self.inner.encoding()
    }
}

impl<R: Read> Read for TextRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() {
            self.chunk.clear();
            self.given = 0;
            let text = self.inner.next_chunk().map_err(into_io)?;
            self.chunk.extend_from_slice(text.as_bytes());
        }
        let count = buffer.len().min(self.chunk.len() - self.given);
        buffer[..count].copy_from_slice(&self.chunk[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl<R> Drop for TextRead<R> {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.chunk);
    }
}

/// A text error as `Read` carries it.
pub fn into_io(mut error: TextError) -> io::Error {
    match (error.kind, error.source.take()) {
        (TextErrorKind::Read, Some(source)) => source,
        _ => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::TextRead;
    use crate::format::text::{Encoding, reader::Utf8Reader};

    fn read(bytes: &[u8], encoding: Encoding) -> io::Result<String> {
        let mut text = String::new();
        TextRead::new(Utf8Reader::new(bytes, encoding, 1000).unwrap()).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn transcodes_and_refuses() {
        assert_eq!(read(b"bl\xE5b\xE6r", Encoding::Latin1).unwrap(), "blåbær");
        assert_eq!(read("\u{feff}æ".as_bytes(), Encoding::Latin1).unwrap(), "æ");
        let error = read(b"bl\xE5", Encoding::Utf8).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
