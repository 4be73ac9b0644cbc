//! The tokens of XML, each recognised in one scan over the window.
//!
//! Every function starts at a known place of the window and either finds the whole token, or says
//! that the window ends too early (then the caller reads more and scans the token again), or says
//! what is wrong and where. Nothing is kept between calls.

use memchr::{memchr, memchr3, memmem};

use crate::format::xml::{
    block,
    chars::{self, NAME_BYTES, NameByte, VALUE_STOPS, is_space},
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

/// One attribute of the current start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeSpan {
    pub(super) name: QName,
    pub(super) value: Span,
    /// Tells names apart quickly; equal names have equal ones.
    pub(super) hash: u32,
    /// Index of the binding of its prefix, set once the whole tag is known.
    pub(super) binding: usize,
    /// Declares a namespace, so it is no attribute to the caller.
    pub(super) declares: bool,
}

/// A start tag; its attributes are in the list that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartTag {
    pub(super) name: QName,
    /// `<a/>`.
    pub(super) empty: bool,
    pub(super) declares: bool,
    /// How many of its attributes have a prefix.
    pub(super) prefixed: usize,
    pub(super) end: usize,
}

/// A qualified name: `NCName` or `NCName:NCName`. An empty one is wrong.
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

/// A start tag, from its `<` at `start` to its `>`.
pub(super) fn start_tag(
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
pub(super) fn end_tag(window: &str, start: usize, limits: &Limits) -> Scan<(QName, usize)> {
    let name = qname(window, start + 2, limits)?;
    let mut at = name.end;
    skip_space(window.as_bytes(), &mut at)?;
    match window.as_bytes()[at] {
        b'>' => Ok((name, at + 1)),
        _ => Err(Halt::Wrong(XmlErrorKind::EndTag, at)),
    }
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

/// Text from `start` up to the next `<`: where it is, and where the `<` stands.
pub(super) fn text(window: &str, start: usize, scratch: &mut String) -> Scan<(Span, usize)> {
    let bytes = window.as_bytes();
    scratch.clear();
    // Up to here the text is in `scratch`, if anything is.
    let mut copied = start;
    let mut at = start;
    loop {
        let stop = memchr3(b'<', b'&', b'>', &bytes[at..]).ok_or(Halt::Incomplete)?;
        at += stop;
        match bytes[at] {
            b'<' => break,
            b'>' => {
                if bytes[start..at].ends_with(b"]]") {
                    return Err(Halt::Wrong(XmlErrorKind::CdataEnd, at - 2));
                }
                at += 1;
            }
            _ => {
                let (character, end) = reference(window, at)?;
                scratch.push_str(&window[copied..at]);
                scratch.push(character);
                at = end;
                copied = end;
            }
        }
    }
    if copied == start {
        return Ok((Span::Window(start, at), at));
    }
    scratch.push_str(&window[copied..at]);
    Ok((Span::Scratch(0, scratch.len()), at))
}

/// The end of a piece of the text at `start` that goes on behind the window; none where too little
/// of it is plain. Nothing that ends there can mean something else when more has come.
pub(super) fn piece(window: &str, start: usize) -> Option<usize> {
    let bytes = &window.as_bytes()[start..];
    let plain = memchr3(b'<', b'&', b'>', bytes).unwrap_or(bytes.len());
    // A `>` that comes next may make `]]>` of them.
    let brackets = bytes[..plain].iter().rev().take(2).take_while(|byte| **byte == b']').count();
    let length = plain - brackets;
    (length >= SMALLEST_PIECE).then_some(start + length)
}

/// A comment, from its `<!--` at `start`: where it ends.
pub(super) fn comment(window: &str, start: usize) -> Scan<usize> {
    let bytes = window.as_bytes();
    let body = start + 4;
    let hyphens = body + memmem::find(&bytes[body..], b"--").ok_or(Halt::Incomplete)?;
    match bytes.get(hyphens + 2) {
        Some(b'>') => Ok(hyphens + 3),
        Some(_) => Err(Halt::Wrong(XmlErrorKind::Comment, hyphens)),
        None => Err(Halt::Incomplete),
    }
}

/// A CDATA section, from its `<![CDATA[` at `start`: its text and its end.
pub(super) fn cdata(window: &str, start: usize) -> Scan<(Span, usize)> {
    let body = start + 9;
    let bytes = &window.as_bytes()[body..];
    let length = memmem::find(bytes, b"]]>").ok_or(Halt::Incomplete)?;
    Ok((Span::Window(body, body + length), body + length + 3))
}

/// A processing instruction that may be passed over, from its `<?` at `start`: where it ends.
pub(super) fn instruction(window: &str, start: usize, limits: &Limits) -> Scan<usize> {
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

/// White space up to the next other byte, which is then known to be in the window.
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

/// A quoted attribute value at `at`, which moves behind it.
fn value(window: &str, at: &mut usize, scratch: &mut String) -> Scan<Span> {
    let bytes = window.as_bytes();
    let quote = bytes[*at];
    if quote != b'"' && quote != b'\'' {
        return Err(Halt::Wrong(XmlErrorKind::Attribute, *at));
    }
    let start = *at + 1;
    // Nearly every value ends at the first stop.
    let stop = next_stop(bytes, start)?;
    if bytes[stop] == quote {
        *at = stop + 1;
        return Ok(Span::Window(start, stop));
    }
    let kept = scratch.len();
    let (mut copied, mut stop) = (start, stop);
    loop {
        match bytes[stop] {
            byte if byte == quote => break,
            b'<' => return Err(Halt::Wrong(XmlErrorKind::LessThan, stop)),
            b'&' => {
                let (character, end) = reference(window, stop)?;
                scratch.push_str(&window[copied..stop]);
                scratch.push(character);
                copied = end;
            }
            b'"' | b'\'' => {
                scratch.push_str(&window[copied..=stop]);
                copied = stop + 1;
            }
            _ => {
                scratch.push_str(&window[copied..stop]);
                scratch.push(' ');
                copied = stop + 1;
            }
        }
        stop = next_stop(bytes, copied)?;
    }
    scratch.push_str(&window[copied..stop]);
    *at = stop + 1;
    Ok(Span::Scratch(kept, scratch.len()))
}

fn next_stop(bytes: &[u8], start: usize) -> Scan<usize> {
    let rest = &bytes[start..];
    match rest.iter().position(|byte| VALUE_STOPS[usize::from(*byte)]) {
        Some(length) => Ok(start + length),
        None => Err(Halt::Incomplete),
    }
}

/// The reference whose `&` stands at `start`: its character and its end.
fn reference(window: &str, start: usize) -> Scan<(char, usize)> {
    let wrong = |kind| Halt::Wrong(kind, start);
    let rest = &window.as_bytes()[start + 1..];
    let near = &rest[..rest.len().min(LONGEST_REFERENCE)];
    let Some(length) = memchr(b';', near) else {
        // Only a start that can still become a reference is worth more input.
        let open = near.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        return Err(if open && near.len() < LONGEST_REFERENCE {
            Halt::Incomplete
        } else {
            wrong(XmlErrorKind::Reference)
        });
    };
    let end = start + 1 + length + 1;
    let character = match &near[..length] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => code(digits, 16).ok_or(wrong(XmlErrorKind::Reference))?,
        [b'#', digits @ ..] => code(digits, 10).ok_or(wrong(XmlErrorKind::Reference))?,
        name => {
            let named = !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric);
            return Err(wrong(if named && !name[0].is_ascii_digit() {
                XmlErrorKind::Entity
            } else {
                XmlErrorKind::Reference
            }));
        }
    };
    if !chars::allowed(character) {
        return Err(wrong(XmlErrorKind::Character));
    }
    Ok((character, end))
}

fn code(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_u32, |value, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    });
    char::from_u32(value?)
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

/// Bytes of white space between elements, as documents are indented.
const NEAR: usize = 32;

/// Bytes of a text that are worth giving out before it has ended.
const SMALLEST_PIECE: usize = 1 << 12;

/// Bytes of the longest reference that is looked at, without its `&`: leading zeros are allowed but
/// nobody writes this many.
const LONGEST_REFERENCE: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Halt, QName, Span, reference, text, value};
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

    #[test]
    fn references() {
        let cases = [
            ("&amp;", Ok('&')),
            ("&apos;", Ok('\'')),
            ("&#65;", Ok('A')),
            ("&#x000E6;", Ok('æ')),
            ("&#x1F600;", Ok('😀')),
            ("&#0;", Err(E::Character)),
            ("&#x1;", Err(E::Character)),
            ("&#xFFFE;", Err(E::Character)),
            ("&#xD800;", Err(E::Reference)),
            ("&#x110000;", Err(E::Reference)),
            ("&#4294967361;", Err(E::Reference)),
            ("&#X41;", Err(E::Reference)),
            ("&#;", Err(E::Reference)),
            ("&#x;", Err(E::Reference)),
            ("&;", Err(E::Reference)),
            ("& ;", Err(E::Reference)),
            ("&nbsp;", Err(E::Entity)),
            ("&AMP;", Err(E::Entity)),
        ];
        for (input, want) in cases {
            let want = want.map(|c| (c, input.len())).map_err(|kind| Halt::Wrong(kind, 0));
            assert_eq!(reference(input, 0), want, "case: {input}");
        }
        assert_eq!(reference("&am", 0), Err(Halt::Incomplete));
        assert_eq!(reference("& b", 0), Err(Halt::Wrong(E::Reference, 0)));
    }

    #[test]
    fn values_and_texts() {
        let mut scratch = String::new();
        let shown = |span: Span, window: &str, scratch: &str| match span {
            Span::Window(start, end) => window[start..end].to_owned(),
            Span::Scratch(start, end) => format!("~{}", &scratch[start..end]),
        };
        let values = [
            ("\"plain\"", Ok("plain")),
            ("''", Ok("")),
            ("\"it's\"", Ok("~it's")),
            ("'a\tb\nc&#10;d'", Ok("~a b c\nd")),
            ("'&lt;&#38;amp;'", Ok("~<&amp;")),
            ("'a<b'", Err(Halt::Wrong(E::LessThan, 2))),
            ("'a&b'", Err(Halt::Wrong(E::Reference, 2))),
            ("'a", Err(Halt::Incomplete)),
            ("a", Err(Halt::Wrong(E::Attribute, 0))),
        ];
        for (input, want) in values {
            let found = value(input, &mut 0, &mut scratch).map(|s| shown(s, input, &scratch));
            assert_eq!(found, want.map(str::to_owned), "case: {input}");
        }
        let texts = [
            ("plain<", Ok("plain")),
            ("a > b ]] > c<", Ok("a > b ]] > c")),
            ("1 &lt; 2 &amp; 3<", Ok("~1 < 2 & 3")),
            ("]]&gt;<", Ok("~]]>")),
            ("a]]>b<", Err(Halt::Wrong(E::CdataEnd, 1))),
            ("a", Err(Halt::Incomplete)),
        ];
        for (input, want) in texts {
            let found = text(input, 0, &mut scratch).map(|(s, _)| shown(s, input, &scratch));
            assert_eq!(found, want.map(str::to_owned), "case: {input}");
        }
    }
}
