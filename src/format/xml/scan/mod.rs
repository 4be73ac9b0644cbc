//! The tokens of XML, each recognised in one scan over the window: here names and white space.
//!
//! Every function starts at a known place of the window and either finds the whole token, or says
//! that the window ends too early (then the caller reads more and scans the token again), or says
//! what is wrong and where. Nothing is kept between calls.

pub(super) mod skipped;
pub(super) mod tag;
pub(super) mod text;
mod value;

use crate::format::xml::{
    block,
    chars::{self, NAME_BYTES, NameByte, is_space},
    error::XmlErrorKind,
    limits::Limits,
};

/// Why a token was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The window ends within it.
    Incomplete,
    /// It is wrong, at this offset of the window.
    Wrong(XmlErrorKind, usize),
}

pub(super) type Scan<T> = Result<T, Halt>;

/// A qualified name, as offsets of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QName {
    pub(super) start: usize,
    /// Where the local part starts: `start` without a prefix, else behind the colon.
    pub(super) local: usize,
    pub(super) end: usize,
}

impl QName {
    pub(super) fn is_prefixed(self) -> bool {
        self.start < self.local
    }

    pub(super) fn prefix(self, window: &str) -> &str {
        if self.is_prefixed() { &window[self.start..self.local - 1] } else { "" }
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// In the window, as written.
    Window(usize, usize),
    /// In the scratch text, because references or white space had to be replaced.
    Scratch(usize, usize),
}

/// A qualified name: `NCName` or `NCName:NCName`. An empty one is wrong.
#[inline]
pub(super) fn qname(window: &str, start: usize, limits: &Limits) -> Scan<QName> {
    let bytes = window.as_bytes();
    let mut at = start;
    let mut local = start;
    loop {
        let Some(&byte) = bytes.get(at) else {
            return Err(if at - start > limits.name {
                Halt::Wrong(XmlErrorKind::NameTooLong, start)
            } else {
                Halt::Incomplete
            });
        };
        match NAME_BYTES[usize::from(byte)] {
            NameByte::Starts => at = name_run(bytes, at + 1),
            NameByte::Continues if at > local => at = name_run(bytes, at + 1),
            NameByte::Colon if at > local && local == start => {
                at += 1;
                local = at;
            }
            NameByte::Beyond => match window[at..].chars().next() {
                Some(c) if chars::starts_name(c) => at += c.len_utf8(),
                Some(c) if at > local && chars::continues_name(c) => at += c.len_utf8(),
                _ => return Err(Halt::Wrong(XmlErrorKind::Name, at)),
            },
            NameByte::Ends if at > local => break,
            _ => return Err(Halt::Wrong(XmlErrorKind::Name, at)),
        }
    }
    if at - start > limits.name {
        return Err(Halt::Wrong(XmlErrorKind::NameTooLong, start));
    }
    Ok(QName { start, local, end: at })
}

/// Passes over ASCII that continues a name: nearly every name is one such run.
fn name_run(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    let continues = |byte: &u8| {
        matches!(NAME_BYTES[usize::from(*byte)], NameByte::Starts | NameByte::Continues)
    };
    start + rest.iter().position(|byte| !continues(byte)).unwrap_or(rest.len())
}

/// Where white space from `start` on ends, if it ends soon and with a `<`.
#[inline]
pub(super) fn space_before_markup(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for _ in 0..NEAR / block::BYTES {
        let others = block::not_space(bytes.get(at..)?.first_chunk()?);
        if others != 0 {
            at += others.trailing_zeros() as usize;
            return (bytes[at] == b'<').then_some(at);
        }
        at += block::BYTES;
    }
    None
}

/// White space up to the next other byte, which is then known to be in the window.
#[inline]
pub(super) fn skip_space(bytes: &[u8], at: &mut usize) -> Scan<bool> {
    let start = *at;
    loop {
        match bytes.get(*at) {
            Some(byte) if is_space(*byte) => *at += 1,
            Some(_) => return Ok(start < *at),
            None => return Err(Halt::Incomplete),
        }
    }
}

/// Bytes of white space between elements, as documents are indented.
const NEAR: usize = 32;

#[cfg(test)]
mod tests {
    use super::{Halt, QName};
    use crate::format::xml::{error::XmlErrorKind as E, limits::Limits};

    #[test]
    fn names() {
        let wrong = |kind, at| Err(Halt::Wrong(kind, at));
        let cases = [
            ("a ", Ok((0, 1))),
            ("a:b>", Ok((2, 3))),
            ("_-.7·>", Ok((0, 6))),
            ("høyde=", Ok((0, 6))),
            ("a", Err(Halt::Incomplete)),
            ("", Err(Halt::Incomplete)),
            ("1a ", wrong(E::Name, 0)),
            (":a ", wrong(E::Name, 0)),
            ("a: ", wrong(E::Name, 2)),
            ("a:1 ", wrong(E::Name, 2)),
            ("a:b:c ", wrong(E::Name, 3)),
            ("a× ", wrong(E::Name, 1)),
            ("· ", wrong(E::Name, 0)),
        ];
        for (input, want) in cases {
            let want = want.map(|(local, end)| QName { start: 0, local, end });
            assert_eq!(super::qname(input, 0, &Limits::default()), want, "case: {input}");
        }
    }
}
