//! What must hold for any bytes that are read as CSV; shared by the fuzz target and the tests.

use std::io::{self, Read};

use filsluse::format::csv::{Options, error::CsvError, reader::Reader};

/// Reads `data` at once and in small pieces.
pub(crate) fn run(data: &[u8]) {
    let in_chunks = read(data, 3);
    match (read(data, usize::MAX), in_chunks) {
        (Ok(a), Ok(b)) => {
            assert!(a.1.iter().all(|row| row.len() == a.0.len()));
            assert_eq!(a, b);
        }
        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
        (a, b) => panic!("chunks decide: {} {}", a.is_ok(), b.is_ok()),
    }
}

/// Hands out at most `step` bytes at a time.
struct Chunks<'a>(&'a [u8], usize);

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// The fields of each row, with line and column.
pub(crate) type Rows = Vec<Vec<(String, u64, u64)>>;

/// Header and rows, the input cut into pieces of at most `step` bytes.
pub(crate) fn read(bytes: &[u8], step: usize) -> Result<(Vec<String>, Rows), CsvError> {
    let mut reader = Reader::new(Chunks(bytes, step), Options::default())?;
    let header = reader.header().to_vec();
    let mut rows = Vec::new();
    while let Some(record) = reader.next_record()? {
        rows.push(record.fields().map(|f| (f.text.to_owned(), f.line, f.column)).collect());
    }
    assert_eq!(reader.rows(), rows.len() as u64);
    Ok((header, rows))
}
