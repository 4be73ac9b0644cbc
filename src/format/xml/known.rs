//! Start tags as they were seen before in this document, so that the next one like them is
//! recognised by comparing blocks, without a look at each byte of its names.
//!
//! Never decides that a tag is wrong: whatever is not the same to the byte is left to
//! [`super::scan::tag::start_tag`].

use std::num::NonZeroUsize;

use crate::format::xml::{
    block,
    limits::Limits,
    scan::tag::{AttributeSpan, StartTag},
};

/// The tags that were seen. Bounded: what comes later is read without.
pub(super) struct Known {
    elements: Vec<Element>,
    /// Which came last.
    latest: usize,
    /// Attributes of all elements.
    attributes: u16,
    /// The attributes of the tag that was found.
    spans: [KnownSpan; MOST],
    count: usize,
}

struct Element {
    /// `<name`.
    pattern: Pattern,
    /// Bytes of the prefix and its colon.
    prefix: usize,
    attributes: Vec<Attribute>,
    /// Which came after it the last time.
    then: usize,
}

struct Attribute {
    /// ` name="`.
    pattern: Pattern,
    /// Its number in the document, from 1.
    number: u16,
}

/// One attribute of a start tag that is like one before. It stands in the window as `
/// name="value"`, without a namespace, and with nothing in its value that must be replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownSpan {
    /// Where the blank before its name stands.
    pub(super) at: u32,
    /// Where its value starts.
    pub(super) value: u32,
    /// Where its closing quote stands.
    pub(super) end: u32,
    /// Its number in the document, from 1.
    pub(super) number: u16,
}

impl Known {
    pub(super) fn new() -> Self {
        let nothing = KnownSpan { at: 0, value: 0, end: 0, number: 0 };
        Self { elements: Vec::new(), latest: 0, attributes: 0, spans: [nothing; MOST], count: 0 }
    }

    /// Where the start tag at `start` ends, if it is like one before: the same name, and attributes
    /// that were seen on it, each after one blank, in the same order, in double quotes, and with
    /// nothing in them that must be replaced. `None` also where the window may end within it.
    ///
    /// Says no more than that, so that it comes back in registers; the rest is asked for.
    pub(super) fn start_tag(
        &mut self,
        bytes: &[u8],
        start: usize,
        limits: &Limits,
    ) -> Option<NonZeroUsize> {
        let Self { elements, latest, spans, count, .. } = self;
        *count = 0;
        // Places in the window are kept in 32 bits.
        u32::try_from(bytes.len()).ok()?;
        let block = bytes.get(start..)?.first_chunk()?;
        let expected = elements.get(*latest)?.then;
        let is = |element: &Element| element.pattern.is_at(block);
        let index = match elements.get(expected).filter(|element| is(element)) {
            Some(_) => expected,
            None => elements.iter().position(is)?,
        };
        if let Some(before) = elements.get_mut(*latest) {
            before.then = index;
        }
        *latest = index;
        let element = &elements[index];
        if element.attributes.len() > limits.attributes {
            return None;
        }
        let mut at = start + element.pattern.length;
        let (mut known, mut slots) = (element.attributes.iter(), spans.iter_mut());
        let end = loop {
            let block = bytes.get(at..)?.first_chunk::<WIDTH>()?;
            // In the same order, so that none comes twice.
            let Some(attribute) = known.find(|attribute| attribute.pattern.is_at(block)) else {
                break match block {
                    [b'>', ..] => at + 1,
                    [b'/', b'>', ..] => at + 2,
                    _ => return None,
                };
            };
            let value = at + attribute.pattern.length;
            let end = value_end(bytes, value)?;
            let number = attribute.number;
            *slots.next()? = KnownSpan { at: near(at), value: near(value), end: near(end), number };
            at = end + 1;
        };
        *count = MOST - slots.len();
        NonZeroUsize::new(end)
    }

    /// The attributes of the tag that was found; none when it was not.
    #[inline]
    pub(super) fn spans(&self) -> &[KnownSpan] {
        &self.spans[..self.count.min(MOST)]
    }

    /// Bytes from the `<` of the tag that was found to its local name, and to the end of its name.
    #[inline]
    pub(super) fn name(&self) -> (usize, usize) {
        let element = self.elements.get(self.latest);
        element.map_or((0, 0), |element| (1 + element.prefix, element.pattern.length))
    }

    /// Remembers a start tag that was read without: it is well-formed, as far as one tag can say.
    pub(super) fn learn(&mut self, bytes: &[u8], tag: &StartTag, attributes: &[AttributeSpan]) {
        // Declarations and prefixes of attributes mean something else in another place.
        if tag.declares || tag.prefixed > 0 || attributes.len() > MOST {
            return;
        }
        let Some(pattern) = Pattern::new(b"<", &bytes[tag.name.start..tag.name.end], b"") else {
            return;
        };
        let known = self.elements.iter().position(|element| element.pattern == pattern);
        let index = match known {
            Some(index) => index,
            None if self.elements.len() < MOST => {
                let prefix = tag.name.local - tag.name.start;
                self.elements.push(Element { pattern, prefix, attributes: Vec::new(), then: 0 });
                self.elements.len() - 1
            }
            None => return,
        };
        let element = &mut self.elements[index];
        let mut next = 0;
        for span in attributes {
            let name = &bytes[span.name.start..span.name.end];
            let Some(pattern) = Pattern::new(b" ", name, b"=\"") else { return };
            match element.attributes.iter().position(|known| known.pattern == pattern) {
                Some(at) if at >= next => next = at + 1,
                // Which of two optional ones comes first shows only when both are there.
                Some(at) => {
                    let late = element.attributes.remove(at);
                    element.attributes.insert(next - 1, late);
                }
                None if element.attributes.len() < MOST => {
                    self.attributes += 1;
                    let number = self.attributes;
                    element.attributes.insert(next, Attribute { pattern, number });
                    next += 1;
                }
                None => return,
            }
        }
    }
}

/// Where the value that begins at `start` ends with its double quote; `None` when it holds anything
/// that must be looked at, or when the window may end within it.
#[inline]
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let stops = block::stops(bytes.get(at..)?.first_chunk()?);
        if stops != 0 {
            at += stops.trailing_zeros() as usize;
            return (bytes[at] == b'"').then_some(at);
        }
        at += block::BYTES;
    }
}

/// A place in a window that has less than 4 GiB.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "looked at once for each tag")]
fn near(at: usize) -> u32 {
    at as u32
}

/// A short text to be found at a place, compared in one step whatever its length.
#[derive(PartialEq, Eq)]
struct Pattern {
    want: [u8; WIDTH],
    mask: [u8; WIDTH],
    length: usize,
}

impl Pattern {
    /// `None` when it is too long.
    fn new(before: &[u8], name: &[u8], behind: &[u8]) -> Option<Self> {
        let text = [before, name, behind].concat();
        let mut want = [0; WIDTH];
        let mut mask = [0; WIDTH];
        want.get_mut(..text.len())?.copy_from_slice(&text);
        mask.get_mut(..text.len())?.fill(u8::MAX);
        Some(Self { want, mask, length: text.len() })
    }

    #[inline]
    fn is_at(&self, bytes: &[u8; WIDTH]) -> bool {
        block::is_like(bytes, &self.want, &self.mask)
    }
}

/// Bytes of the longest pattern.
const WIDTH: usize = block::BYTES;

/// Elements, and attributes of each.
const MOST: usize = 32;

#[cfg(test)]
mod tests {
    use super::value_end;

    #[test]
    fn finds_the_end_of_a_value() {
        let text = "0123456789æ'\" behind it stands more".as_bytes();
        assert_eq!(value_end(text, 0), Some(13));
        assert_eq!(value_end(&text[..13], 0), None, "the window ends");
        assert_eq!(value_end(b"0123456789&amp;\"                    ", 0), None);
        let long = [[b'x'; 70].as_slice(), b"\"", &[b' '; 40]].concat();
        assert_eq!(value_end(&long, 0), Some(70));
    }
}
