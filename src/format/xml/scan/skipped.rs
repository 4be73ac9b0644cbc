//! What nobody wants to see: comments and processing instructions.

use memchr::memmem;

use crate::format::xml::{
    error::XmlErrorKind,
    limits::Limits,
    scan::{Halt, Scan, qname, skip_space},
};

/// A comment, from its `<!--` at `start`: where it ends.
pub(in crate::format::xml) fn comment(window: &str, start: usize) -> Scan<usize> {
    let bytes = window.as_bytes();
    let body = start + 4;
    let hyphens = body + memmem::find(&bytes[body..], b"--").ok_or(Halt::Incomplete)?;
    match bytes.get(hyphens + 2) {
        Some(b'>') => Ok(hyphens + 3),
        Some(_) => Err(Halt::Wrong(XmlErrorKind::Comment, hyphens)),
        None => Err(Halt::Incomplete),
    }
}

/// A processing instruction that may be passed over, from its `<?` at `start`: where it ends.
pub(in crate::format::xml) fn instruction(
    window: &str,
    start: usize,
    limits: &Limits,
) -> Scan<usize> {
    let wrong = |at| Halt::Wrong(XmlErrorKind::ProcessingInstruction, at);
    let bytes = window.as_bytes();
    let target = qname(window, start + 2, limits).map_err(|halt| match halt {
        Halt::Wrong(XmlErrorKind::Name, at) => wrong(at),
        other => other,
    })?;
    let name = &window[target.start..target.end];
    if name.eq_ignore_ascii_case("xml") {
        return Err(Halt::Wrong(XmlErrorKind::Declaration, start));
    }
    if name.eq_ignore_ascii_case("xml-stylesheet") {
        return Err(Halt::Wrong(XmlErrorKind::ProcessingInstructionFetches, start));
    }
    if target.is_prefixed() {
        return Err(wrong(target.start));
    }
    let mut body = target.end;
    let spaced = skip_space(bytes, &mut body)?;
    let length = memmem::find(&bytes[body..], b"?>").ok_or(Halt::Incomplete)?;
    if spaced || length == 0 { Ok(body + length + 2) } else { Err(wrong(target.end)) }
}
