//! The one way out of the municipal kinds: bytes for one part of a submission, each of them scanned
//! for direct identifiers before it leaves, unless the registry is one that takes them.

use std::io;

use zeroize::Zeroize;

use crate::{
    kinds::{leak::IdentityLeak, sinks::Sinks},
    protect::scan::{Hit, scanner::Scanner},
    types::ids::{Part, RegistryId},
};

/// Bytes on their way to one part of the submission.
pub struct Stream {
    /// The registry.
    pub registry: RegistryId,
    part: Part,
    /// What has not left yet.
    pub buffer: Vec<u8>,
    /// None where identifiers may leave.
    scanner: Option<Scanner>,
}

impl Stream {
    /// A stream to one part; without a scanner where identifiers may leave.
    pub fn new(registry: RegistryId, part: Part, scanner: Option<Scanner>) -> Self {
        Self { registry, part, buffer: Vec::new(), scanner }
    }

    /// Where it goes.
    pub fn place(&self) -> (RegistryId, Part) {
        (self.registry.clone(), self.part)
    }

    /// The same with room for what nearly every record needs: a buffer that grows leaves a copy of
    /// itself behind.
    #[must_use]
    pub fn roomy(mut self) -> Self {
        self.buffer.reserve_exact(FULL + RECORD);
        self
    }

    /// Lets a full buffer go.
    pub fn flush_full(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if self.buffer.len() >= FULL { self.flush(sinks) } else { Ok(()) }
    }

    fn flush(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if let Some(scanner) = &mut self.scanner {
            scanner.feed(&self.buffer);
            clean(scanner.report().first())?;
        }
        sinks.sink(&self.registry, self.part)?.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Lets what waits go, and its room with it.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.flush(sinks)?;
        }
        self.buffer.zeroize();
        self.buffer = Vec::new();
        if let Some(scanner) = &mut self.scanner {
            scanner.rest();
            clean(scanner.report().first())?;
        }
        Ok(())
    }

    /// Lets the rest go, and the scan say its last word.
    pub fn end(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.flush(sinks)?;
        self.scanner.take().map_or(Ok(()), |scanner| clean(scanner.finish().first()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.buffer.zeroize();
    }
}

fn clean(hit: Option<Hit>) -> io::Result<()> {
    match hit {
        Some(hit) => Err(io::Error::other(IdentityLeak { offset: hit.offset })),
        None => Ok(()),
    }
}

/// Bytes of a buffer that is let go: so few that they are near the processor from the record until
/// they are sealed.
const FULL: usize = 32 * 1024;

/// Bytes of a record that is no surprise.
const RECORD: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        io::{self, Write},
    };

    use super::{FULL, Stream};
    use crate::{
        kinds::{leak::IdentityLeak, sinks::Sinks},
        protect::scan::{ScanPolicy, Uuids, scanner::Scanner},
        types::ids::{Part, RegistryId},
    };

    #[derive(Default)]
    struct Kept(BTreeMap<Part, Vec<u8>>);

    impl Sinks for Kept {
        fn sink(&mut self, _: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
            Ok(self.0.entry(part).or_default())
        }
    }

    #[test]
    fn an_identifier_stops_everything_wherever_it_stands() {
        for at in [0, 100, FULL - 5, 3 * FULL + 7] {
            let registry = RegistryId::parse("kpr").unwrap();
            let scanner = Scanner::new(ScanPolicy { uuids: Uuids::PassWithinTexts });
            let mut stream = Stream::new(registry, Part::Content, Some(scanner));
            let mut sinks = Kept::default();
            let mut result = Ok(());
            for n in 0..at / 10 {
                stream.buffer.extend_from_slice(if n % 2 == 0 {
                    b"<Bruker a>"
                } else {
                    b"0123 abc;\n"
                });
                result = result.and_then(|()| stream.flush_full(&mut sinks));
            }
            assert!(result.is_ok(), "{at}");
            stream.buffer.extend_from_slice(b" fid=\"03851598730\"/>");
            let error = stream.end(&mut sinks).unwrap_err();
            assert!(IdentityLeak::of(&error).is_some(), "{at}");
            assert!(!error.to_string().contains("8515"));
        }
    }
}
