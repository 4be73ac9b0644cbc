//! What a submission comes in: bare, `.zip`, `.gz`, and age around any of them.
//!
//! The file is read once, first byte to last, hashed and counted on the way (a zip's directory is
//! looked at before, encrypted or not, and compared in passing). Nothing is written to disk; what must be held in
//! memory is capped and wiped. After the last byte of a document its integrity has been checked,
//! or its `Read` has failed: checksums, sizes, the end of the file, age's final chunk.

pub(crate) mod age_layer;
pub mod error;
mod gzip;
mod memory;
mod tap;

use std::{
    fmt,
    io::{self, Cursor, Read, Seek, SeekFrom},
};

use zeroize::Zeroizing;

use crate::{
    format::{
        envelope::{
            age_layer::{decrypt, look_ahead},
            error::EnvelopeError,
            gzip::Gzip,
            memory::{read_head, read_into_memory},
            tap::Tap,
        },
        recognise::{HEAD, Recognised, recognise},
        zip_guard::{self, archive::Archive, directory::Directory},
    },
    types::digest::Sha256,
};

/// Bounds on one submission.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes as sent.
    pub raw_bytes: u64,
    /// Most bytes of all documents together.
    pub plain_bytes: u64,
    /// Most plain bytes per compressed byte, once 1 MiB has come out.
    pub ratio: u64,
    /// Most entries of a zip archive.
    pub entries: u64,
    /// Most bytes of a thing that must be in memory as a whole: a spreadsheet.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            raw_bytes: 4 << 30,
            plain_bytes: 16 << 30,
            ratio: 200,
            entries: 1000,
            memory: 32 << 20,
        }
    }
}

/// Opens a submission. `identity` is the daemon's own, for files that a sender encrypted to it.
///
/// # Errors
/// What the envelope's first and last bytes give away; the rest shows while reading.
pub fn open<'a, R: Read + Seek + Send + 'a>(
    mut file: R,
    identity: Option<&age::x25519::Identity>,
    limits: Limits,
) -> Result<Opened<'a>, EnvelopeError> {
    let (outer, mut directory) = look_into(&mut file, &limits)?;
    let (is_encrypted, proves_its_end) =
        (matches!(outer, Sort::Age), !matches!(outer, Sort::Plain));
    let mut inner = outer;
    if is_encrypted {
        (inner, directory) = look_into(&mut look_ahead(&mut file, identity)?, &limits)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(EnvelopeError::Read)?;
    let tap = Tap::new(file, limits.raw_bytes);
    let source: Box<dyn Read + Send + 'a> =
        if is_encrypted { Box::new(decrypt(&tap, identity)?) } else { Box::new(tap.clone()) };
    let layer = layer(inner, source, directory, &limits)?;
    Ok(Opened { layer, tap, is_encrypted, proves_its_end, limits, plain: 0 })
}

/// A submission whose documents are read one after the other.
pub struct Opened<'a> {
    layer: Layer<'a>,
    tap: Tap<'a>,
    is_encrypted: bool,
    proves_its_end: bool,
    limits: Limits,
    plain: u64,
}

impl fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("is_encrypted", &self.is_encrypted).finish_non_exhaustive()
    }
}

impl Opened<'_> {
    /// Whether it came encrypted with age.
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Whether a cut anywhere would have shown once the last document was read: a checksum, a
    /// directory or a final chunk ends it.
    pub fn proves_its_end(&self) -> bool {
        self.proves_its_end
    }

    /// The next document, after reading the one before to its end. `None` after the last: then the
    /// envelope was whole.
    pub fn next_document(&mut self) -> Result<Option<Document<'_>>, EnvelopeError> {
        let (entry, body): (Option<u32>, &mut dyn Read) = match &mut self.layer {
            Layer::One { source, given } => {
                if std::mem::replace(given, true) {
                    let mut rest = Capped { source, plain: &mut self.plain, limits: &self.limits };
                    io::copy(&mut rest, &mut io::sink()).map_err(EnvelopeError::from_read)?;
                    return Ok(None);
                }
                (None, source)
            }
            Layer::Archive(archive) => {
                // What a desktop put there is nobody's document. It is passed over as folders are,
                // inflated and counted: a bomb by that name is a bomb.
                let number = loop {
                    match archive.next_entry()? {
                        Some(entry) if entry.is_clutter() => {}
                        Some(entry) => break entry.number,
                        None => return Ok(None),
                    }
                };
                (Some(number), archive.as_mut())
            }
        };
        let mut capped = Capped { source: body, plain: &mut self.plain, limits: &self.limits };
        let head = read_head(&mut capped, HEAD)?;
        let recognised = recognise(&head);
        match recognised {
            Recognised::AgeArmored if entry.is_none() => return Err(EnvelopeError::Armored),
            Recognised::Xlsx | Recognised::OpenDocument => {}
            Recognised::Age | Recognised::AgeArmored | Recognised::Gzip | Recognised::Zip => {
                return Err(EnvelopeError::Nested);
            }
            _ if zip_guard::is_archive(&head) => return Err(EnvelopeError::Archive),
            _ => {}
        }
        let (plain, limits) = (&mut self.plain, &self.limits);
        Ok(Some(Document { entry, recognised, head, at: 0, body, plain, limits }))
    }

    /// Reads what is left of the raw bytes, and tells the digest and the number of all of them. No
    /// document is checked any more: this is also for a submission that is refused already.
    pub fn finish(self) -> Result<(Sha256, u64), EnvelopeError> {
        drop(self.layer);
        self.tap.finish()
    }
}

/// One document's plain bytes. Its end is only reached if it was whole.
pub struct Document<'a> {
    /// Its number in the zip archive, from 1.
    pub entry: Option<u32>,
    /// What its first bytes say.
    pub recognised: Recognised,
    head: Zeroizing<Vec<u8>>,
    at: usize,
    body: &'a mut (dyn Read + 'a),
    plain: &'a mut u64,
    limits: &'a Limits,
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("entry", &self.entry)
            .field("recognised", &self.recognised)
            .finish_non_exhaustive()
    }
}

impl Document<'_> {
    /// Its first bytes, up to 64 KiB, whether read already or not.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// All of it in memory, for a format that is not read from front to back (xlsx). Wiped when
    /// dropped.
    ///
    /// # Errors
    /// More than [`Limits::memory`], or what reading it meets.
    pub fn into_memory(self) -> Result<Cursor<Zeroizing<Vec<u8>>>, EnvelopeError> {
        let most = self.limits.memory;
        read_into_memory(self, most)
    }
}

impl Read for Document<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at < self.head.len() {
            let count = (&self.head[self.at..]).read(buffer)?;
            self.at += count;
            return Ok(count);
        }
        Capped { source: self.body, plain: self.plain, limits: self.limits }.read(buffer)
    }
}

enum Layer<'a> {
    Archive(Box<Archive<Box<dyn Read + Send + 'a>>>),
    One { source: Box<dyn Read + Send + 'a>, given: bool },
}

/// Refuses more plain bytes than the submission may hold.
struct Capped<'a> {
    source: &'a mut dyn Read,
    plain: &'a mut u64,
    limits: &'a Limits,
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        *self.plain += count as u64;
        if *self.plain > self.limits.plain_bytes {
            return Err(EnvelopeError::TooLarge.into());
        }
        Ok(count)
    }
}

impl<S: Read> Read for Archive<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Archive::read(self, buffer).map_err(|error| EnvelopeError::from(error).into())
    }
}

/// What the first bytes of an envelope, or of what lies in one, ask for.
#[derive(Clone, Copy)]
enum Sort {
    Age,
    Gzip,
    Plain,
    Zip,
}

fn sort(head: &[u8]) -> Sort {
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Sort::Zip,
        [0x1F, 0x8B, ..] => Sort::Gzip,
        _ if head.starts_with(b"age-encryption.org/") => Sort::Age,
        _ => Sort::Plain,
    }
}

/// What something is that can be read anywhere, and the directory of a zip.
fn look_into(
    source: &mut (impl Read + Seek),
    limits: &Limits,
) -> Result<(Sort, Option<Directory>), EnvelopeError> {
    source.seek(SeekFrom::Start(0)).map_err(EnvelopeError::from_read)?;
    let sort = sort(&read_head(source, MAGIC)?);
    let directory = match sort {
        Sort::Zip => Some(Directory::read(source, &zip_limits(limits))?),
        Sort::Age | Sort::Gzip | Sort::Plain => None,
    };
    Ok((sort, directory))
}

fn layer<'a>(
    sort: Sort,
    source: Box<dyn Read + Send + 'a>,
    directory: Option<Directory>,
    limits: &Limits,
) -> Result<Layer<'a>, EnvelopeError> {
    let source = match (sort, directory) {
        // Only age in age gets here.
        (Sort::Age, _) => return Err(EnvelopeError::Nested),
        (Sort::Gzip, _) => Box::new(Gzip::new(source, limits.ratio)) as _,
        (Sort::Zip, Some(directory)) if !directory.is_package() => {
            let archive = Archive::new(source, directory, zip_limits(limits));
            return Ok(Layer::Archive(Box::new(archive)));
        }
        (Sort::Zip | Sort::Plain, _) => source,
    };
    Ok(Layer::One { source, given: false })
}

fn zip_limits(limits: &Limits) -> zip_guard::Limits {
    zip_guard::Limits { entries: limits.entries, total: limits.plain_bytes, ratio: limits.ratio }
}

/// Bytes that tell an envelope.
const MAGIC: usize = 64;
