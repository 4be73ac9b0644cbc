//! Start and end tags.

use crate::format::xml::{
    error::XmlErrorKind,
    limits::Limits,
    scan::{Halt, QName, Scan, Span, qname, skip_space, value::value},
};

/// One attribute of the current start tag.
#[derive(Debug, Clone, Copy)]
pub(in crate::format::xml) struct AttributeSpan {
    pub(in crate::format::xml) name: QName,
    pub(in crate::format::xml) value: Span,
    /// Tells names apart quickly; equal names have equal ones.
    pub(in crate::format::xml) hash: u32,
    /// Index of the binding of its prefix, set once the whole tag is known.
    pub(in crate::format::xml) binding: usize,
    /// Declares a namespace, so it is no attribute to the caller.
    pub(in crate::format::xml) declares: bool,
}

/// A start tag; its attributes are in the list that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format::xml) struct StartTag {
    pub(in crate::format::xml) name: QName,
    /// `<a/>`.
    pub(in crate::format::xml) empty: bool,
    pub(in crate::format::xml) declares: bool,
    /// How many of its attributes have a prefix.
    pub(in crate::format::xml) prefixed: usize,
    pub(in crate::format::xml) end: usize,
}

/// A start tag, from its `<` at `start` to its `>`.
pub(in crate::format::xml) fn start_tag(
    window: &str,
    start: usize,
    limits: &Limits,
    attributes: &mut Vec<AttributeSpan>,
    scratch: &mut String,
) -> Scan<StartTag> {
    let bytes = window.as_bytes();
    attributes.clear();
    scratch.clear();
    let name = qname(window, start + 1, limits)?;
    let mut tag = StartTag { name, empty: false, declares: false, prefixed: 0, end: name.end };
    let mut seen = 0_u64;
    let mut at = name.end;
    loop {
        let spaced = skip_space(bytes, &mut at)?;
        match bytes[at] {
            b'>' => {
                tag.end = at + 1;
                return Ok(tag);
            }
            b'/' => {
                tag.empty = true;
                tag.end = at + 2;
                return match bytes.get(at + 1) {
                    Some(b'>') => Ok(tag),
                    Some(_) => Err(Halt::Wrong(XmlErrorKind::Markup, at)),
                    None => Err(Halt::Incomplete),
                };
            }
            _ if !spaced => {
                // A name that runs into something else is a wrong name, not a missing space.
                let kind = if attributes.is_empty() {
                    XmlErrorKind::Name
                } else {
                    XmlErrorKind::MissingSpace
                };
                return Err(Halt::Wrong(kind, at));
            }
            _ => {}
        }
        let name = qname(window, at, limits)?;
        at = name.end;
        skip_space(bytes, &mut at)?;
        if bytes[at] != b'=' {
            return Err(Halt::Wrong(XmlErrorKind::Attribute, at));
        }
        at += 1;
        skip_space(bytes, &mut at)?;
        let value = value(window, &mut at, scratch)?;
        if attributes.len() == limits.attributes {
            return Err(Halt::Wrong(XmlErrorKind::TooManyAttributes, name.start));
        }
        let hash = hash(&bytes[name.start..name.end]);
        // Most tags have few attributes: one bit each says "never seen" without a comparison.
        let bit = 1 << (hash >> 26);
        if seen & bit != 0 {
            let text = &bytes[name.start..name.end];
            let same = |other: &AttributeSpan| {
                other.hash == hash && &bytes[other.name.start..other.name.end] == text
            };
            if attributes.iter().any(same) {
                return Err(Halt::Wrong(XmlErrorKind::DuplicateAttribute, name.start));
            }
        }
        seen |= bit;
        let declares = declares(bytes, name);
        tag.declares |= declares;
        tag.prefixed += usize::from(name.is_prefixed() && !declares);
        attributes.push(AttributeSpan { name, value, hash, binding: 0, declares });
    }
}

/// An end tag, from its `</` at `start`: its name and its end.
pub(in crate::format::xml) fn end_tag(
    window: &str,
    start: usize,
    limits: &Limits,
) -> Scan<(QName, usize)> {
    let name = qname(window, start + 2, limits)?;
    let mut at = name.end;
    skip_space(window.as_bytes(), &mut at)?;
    match window.as_bytes()[at] {
        b'>' => Ok((name, at + 1)),
        _ => Err(Halt::Wrong(XmlErrorKind::EndTag, at)),
    }
}

fn declares(bytes: &[u8], name: QName) -> bool {
    if name.is_prefixed() {
        &bytes[name.start..name.local] == b"xmlns:"
    } else {
        &bytes[name.start..name.end] == b"xmlns"
    }
}

/// Mixes the name's first and last eight bytes and its length: names that differ only in the middle
/// of something longer are compared byte by byte.
fn hash(name: &[u8]) -> u32 {
    let word = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    let mixed = match (word(name.first_chunk()), word(name.last_chunk())) {
        (Some(first), Some(last)) => first ^ last.rotate_left(23) ^ (name.len() as u64) << 56,
        _ => name.iter().fold(name.len() as u64, |mixed, byte| mixed << 8 | u64::from(*byte)),
    };
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}
