//! A cheap look at whether a file says of itself that it is whole: before it is claimed, when a
//! sender may still be writing it.
//!
//! It gates the claim only. The one pass that follows reads every byte and judges anew, so a file
//! that misleads this look is refused there. One thread looks for all senders, so no file is read
//! beyond its first and last pieces unless it is small. Reads at positions, so that the
//! descriptor's own position stays where it was.

use std::{
    borrow::Cow,
    cell::Cell,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
};

use flate2::bufread::GzDecoder;

use crate::{
    format::{
        csv::{
            Options,
            error::CsvError,
            reader::Reader,
            sniff::{self, Charset},
        },
        envelope::age_layer::AGE_HEADER,
        recognise::{self, HEAD, Recognised, recognise, root},
        zip_guard::{ZipError, end_record},
    },
    types::verdict::Structure,
};

/// Looks at a file. With the daemon's own identity the final chunk of an age file is opened.
///
/// # Errors
/// Reading the file failed.
pub fn structure(
    file: &File,
    identity: Option<&age::x25519::Identity>,
) -> Result<Structure, io::Error> {
    let size = file.metadata()?.len();
    let source = || Positioned { file, at: 0, end: size };
    let mut head = Vec::with_capacity(usize::try_from(size).unwrap_or(HEAD).min(HEAD));
    source().take(HEAD as u64).read_to_end(&mut head)?;
    match recognise(&head) {
        Recognised::Age => match identity {
            Some(identity) => age(source(), &head, identity),
            None => Ok(Structure::Unknown),
        },
        Recognised::AgeArmored => {
            let tail = tail(file, ARMOR_END.len() as u64 + 2)?;
            Ok(closed(tail.trim_ascii_end().ends_with(ARMOR_END)))
        }
        Recognised::Csv { .. } => csv(file, &head),
        Recognised::Empty => Ok(Structure::Incomplete),
        Recognised::Gzip => gzip(source()),
        Recognised::OpenDocument | Recognised::Xlsx | Recognised::Zip => zip(&mut source()),
        Recognised::Xml { .. } => xml(file, &head),
        Recognised::Ole | Recognised::Text { .. } | Recognised::Unknown => {
            // A start of XML whose first tag is still to come.
            let starts_xml = recognise::text(&head).trim_start().starts_with('<');
            Ok(if starts_xml { Structure::Incomplete } else { Structure::Unknown })
        }
    }
}

fn closed(is_closed: bool) -> Structure {
    if is_closed { Structure::Complete } else { Structure::Incomplete }
}

fn zip(source: &mut (impl Read + Seek)) -> Result<Structure, io::Error> {
    match end_record::check_end(source) {
        Ok(()) => Ok(Structure::Complete),
        Err(ZipError::Read(error)) => Err(error),
        Err(_) => Ok(Structure::Incomplete),
    }
}

fn gzip(source: Positioned<'_>) -> Result<Structure, io::Error> {
    if source.end > WALKED {
        return Ok(Structure::Unread);
    }
    let mut decoder = GzDecoder::new(BufReader::new(source));
    match io::copy(&mut (&mut decoder).take(INFLATED), &mut io::sink()) {
        Ok(INFLATED) => Ok(Structure::Unread),
        Ok(_) => {
            let mut rest = Vec::new();
            decoder.get_mut().take(1).read_to_end(&mut rest)?;
            Ok(closed(rest.is_empty()))
        }
        Err(error) if error.raw_os_error().is_some() => Err(error),
        Err(_) => Ok(Structure::Incomplete),
    }
}

/// Opens the header and the final chunk, which proves the length: a cut anywhere leaves another
/// chunk at the end.
fn age(
    source: Positioned<'_>,
    head: &[u8],
    identity: &age::x25519::Identity,
) -> Result<Structure, io::Error> {
    let start = &head[..head.len().min(AGE_HEADER)];
    let Some(end) = memchr::memmem::find(start, AGE_HEADER_END) else {
        // Waiting mends it only while the end may still come.
        let may_come = start.len() < AGE_HEADER;
        return Ok(if may_come { Structure::Incomplete } else { Structure::Unknown });
    };
    if memchr::memchr_iter(b'\n', &start[..end]).count() > AGE_HEADER_LINES {
        return Ok(Structure::Unknown);
    }
    // Another writer may have made another header meanwhile.
    let most = Cell::new(AGE_HEADER as u64);
    let source = BufReader::new(Capped { source, most: &most });
    let Ok(decryptor) = age::Decryptor::new_buffered(source) else {
        return Ok(Structure::Incomplete);
    };
    most.set(u64::MAX);
    // Not for us: waiting does not make it acceptable, so it is claimed and answered at once.
    let Ok(mut plain) = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity)) else {
        return Ok(Structure::Complete);
    };
    match plain.seek(SeekFrom::End(0)) {
        Ok(_) => Ok(Structure::Complete),
        Err(error) if error.raw_os_error().is_some() => Err(error),
        Err(_) => Ok(Structure::Incomplete),
    }
}

/// Reads up to a place that may be moved.
struct Capped<'a> {
    source: Positioned<'a>,
    most: &'a Cell<u64>,
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.most.get().saturating_sub(self.source.at);
        (&mut self.source).take(left).read(buffer)
    }
}

impl Seek for Capped<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

fn csv(file: &File, head: &[u8]) -> Result<Structure, io::Error> {
    let sniffed = sniff::sniff(head);
    let size = file.metadata()?.len();
    let end = tail(file, TRAILER)?;
    let start_text = sniff::text_of(sniffed.charset, &head[sniffed.mark..]);
    let end = sniff::text_of(sniffed.charset, &end);
    if size > WALKED {
        // Its count is not compared here: the one pass does that.
        let last = end.trim_end().rsplit(['\n', '\r']).next().unwrap_or_default();
        let ends = last.starts_with(ROWS) && end.ends_with(['\n', '\r']);
        return Ok(if ends {
            Structure::Complete
        } else if start_text.contains(ROWS) {
            Structure::Unread
        } else {
            Structure::Unknown
        });
    }
    let start = Positioned { file, at: sniffed.mark as u64, end: size };
    // Counting costs a pass, so only where there is something to compare the count with.
    if !start_text.contains(ROWS) && !end.contains(ROWS) {
        return Ok(Structure::Unknown);
    }
    match sniffed.charset {
        // Which of the two it is may be seen behind the head only.
        Charset::Utf8 | Charset::Windows1252 => count_rows(Ascii(start)),
        Charset::Utf16Be | Charset::Utf16Le => {
            let mut bytes = Vec::new();
            start.take(WALKED).read_to_end(&mut bytes)?;
            if bytes.len() % 2 == 1 {
                return Ok(Structure::Incomplete);
            }
            count_rows(sniff::text_of(sniffed.charset, &bytes).as_bytes())
        }
    }
}

fn count_rows(source: impl Read) -> Result<Structure, io::Error> {
    let counted = || -> Result<Structure, CsvError> {
        let mut reader = Reader::new(source, Options::default())?;
        while reader.next_record()?.is_some() {}
        Ok(if reader.is_proved_whole() { Structure::Complete } else { Structure::Unknown })
    };
    match counted() {
        Ok(structure) => Ok(structure),
        Err(CsvError::Read(error)) => Err(error),
        Err(error) if error.looks_cut_off() => Ok(Structure::Incomplete),
        // A fault that more bytes do not mend: claimed, and answered with where it is.
        Err(_) => Ok(Structure::Unknown),
    }
}

/// Bytes above ASCII as `?`: enough to count rows in an encoding where such bytes are of letters
/// alone.
struct Ascii<R>(R);

impl<R: Read> Read for Ascii<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        buffer[..count].iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
        Ok(count)
    }
}

/// Small files are walked from tag to tag. Of large ones the end is compared with the start: the
/// last thing but blanks and comments is the root's end tag. A root that holds another element of
/// its own name is not among our formats.
fn xml(file: &File, head: &[u8]) -> Result<Structure, io::Error> {
    let mut longer = Vec::new();
    let whole = if head.len() < HEAD {
        head
    } else {
        Positioned { file, at: 0, end: WALKED + 1 }.read_to_end(&mut longer)?;
        &longer
    };
    if whole.len() as u64 <= WALKED {
        let text = recognise::text(whole);
        let odd = whole.len() % 2 == 1 && whole.contains(&0);
        return Ok(closed(!odd && root_is_closed(&text)));
    }
    let Some(root) = root::of_text(&recognise::text(head)) else {
        return Ok(Structure::Unknown);
    };
    let tail = tail(file, HEAD as u64)?;
    let wide = head.iter().take(4).any(|&byte| byte == 0);
    let tail = if wide {
        let little = head[..2] == [0xFF, 0xFE] || head[0] == b'<';
        sniff::text_of(if little { Charset::Utf16Le } else { Charset::Utf16Be }, &tail)
    } else {
        // The cut at its front may part a character.
        Cow::Owned(tail.iter().map(|&byte| char::from(byte)).collect())
    };
    Ok(closed(ends_with_tag(&tail, &root.name)))
}

/// Whether the text ends with this end tag, but for blanks, comments and instructions.
fn ends_with_tag(text: &str, name: &str) -> bool {
    let mut rest = text.trim_end();
    loop {
        let before = if rest.ends_with("-->") {
            rest.rfind("<!--")
        } else if rest.ends_with("?>") {
            rest.rfind("<?")
        } else {
            break;
        };
        let Some(before) = before else { return false };
        rest = rest[..before].trim_end();
    }
    let tag = rest.strip_suffix('>').map(str::trim_end);
    tag.and_then(|tag| tag.strip_suffix(name)).is_some_and(|tag| tag.ends_with("</"))
}

/// Whether every element of the text is closed, down to the root, and nothing else begun.
fn root_is_closed(text: &str) -> bool {
    let Some(root) = root::of_text(text) else { return false };
    let (mut depth, mut rest) = (u64::from(!root.is_empty), &text[root.end..]);
    loop {
        let Some(at) = memchr::memchr(b'<', rest.as_bytes()) else {
            return depth == 0 && rest.trim().is_empty();
        };
        if depth == 0 && !rest[..at].trim().is_empty() {
            return false;
        }
        rest = &rest[at..];
        let end = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.find("-->").map(|end| end + "<!---->".len())
        } else if rest.starts_with("<![CDATA[") {
            rest.find("]]>").map(|end| end + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else {
            tag_length(rest)
        };
        let Some(end) = end else { return false };
        let tag = &rest[..end];
        if tag.starts_with("</") {
            let Some(less) = depth.checked_sub(1) else { return false };
            depth = less;
        } else if !tag.starts_with("<!") && !tag.starts_with("<?") && !tag.ends_with("/>") {
            depth += 1;
        }
        rest = &rest[end..];
    }
}

/// Length of a tag, whose attribute values may hold `>`.
fn tag_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'"', b'\'', b'>', &bytes[at..])? + 1;
        match bytes[at - 1] {
            b'>' => return Some(at),
            quote => at += memchr::memchr(quote, &bytes[at..])? + 1,
        }
    }
}

/// The last bytes of a file: an even number of them if the file has one.
fn tail(file: &File, most: u64) -> Result<Vec<u8>, io::Error> {
    let size = file.metadata()?.len();
    let mut at = size.saturating_sub(most);
    at += at % 2;
    let mut bytes = Vec::new();
    Positioned { file, at, end: size }.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file at positions of its own, as far as it went when it was first looked at: a sender
/// may go on writing.
struct Positioned<'a> {
    file: &'a File,
    at: u64,
    end: u64,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        if most == 0 {
            return Ok(0);
        }
        let count = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Positioned<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Bytes up to which a file is looked through as a whole.
const WALKED: u64 = 1 << 20;
/// Bytes up to which a compressed one is inflated.
const INFLATED: u64 = 16 << 20;
/// Bytes at the end of a CSV file where its trailer stands.
const TRAILER: u64 = 4 << 10;
const ROWS: &str = "#rows=";
/// What the last line of an age header begins with.
const AGE_HEADER_END: &[u8] = b"\n--- ";
/// Lines of an age header: two hundred recipients. The library parses from the start again with
/// each, and one thread looks for all senders.
const AGE_HEADER_LINES: usize = 400;
const ARMOR_END: &[u8] = b"-----END AGE ENCRYPTED FILE-----";
