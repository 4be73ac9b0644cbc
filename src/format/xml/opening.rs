//! What a start tag does: its declarations come into force, its prefixes are resolved, and the
//! element is open.

use std::io::Read;

use crate::format::xml::{
    Reader,
    error::XmlErrorKind,
    event::{Current, Leaf, resolve},
    scan::{
        Halt, QName, Scan,
        tag::{self, AttributeSpan, StartTag},
    },
    scope::{self, Scope, ScopeMark},
};

impl<R: Read> Reader<R> {
    /// Opens the element whose start tag, at `start`, is like one before; gives the tag's end.
    #[inline]
    pub(super) fn known_tag(&mut self, start: usize) -> Scan<Option<usize>> {
        let Self { current, limits, .. } = self;
        let Current { window, scope, known, attributes, empty, .. } = current;
        let window = window.text();
        let Some(end) = known.start_tag(window.as_bytes(), start, limits) else { return Ok(None) };
        let end = end.get();
        let (local, length) = known.name();
        let name = QName { start: start + 1, local: start + local, end: start + length };
        let binding = scope.of_element(name.prefix(window));
        let binding = binding.ok_or(Halt::Wrong(XmlErrorKind::Prefix, name.start))?;
        attributes.clear();
        *empty = window.as_bytes()[end - 2] == b'/';
        self.check_length(start, end)?;
        self.check_depth(start)?;
        if self.current.empty {
            self.current.leaf = Some(Leaf { local: name.local, end: name.end, binding });
        } else {
            self.enter(name, binding, self.current.scope.mark());
        }
        Ok(Some(end))
    }

    /// Opens the element whose start tag stands at `start`; gives the tag's end.
    #[inline]
    pub(super) fn start_tag(&mut self, start: usize) -> Scan<usize> {
        let Self { current, limits, .. } = self;
        let Current { window, known, attributes, scratch, empty, .. } = current;
        let window = window.text();
        let tag = tag::start_tag(window, start, limits, attributes, scratch)?;
        known.learn(window.as_bytes(), &tag, attributes);
        *empty = tag.empty;
        self.check_length(start, tag.end)?;
        self.check_depth(start)?;
        self.open(&tag)?;
        Ok(tag.end)
    }

    /// Makes a start tag's declarations, resolves its prefixes and opens the element.
    fn open(&mut self, tag: &StartTag) -> Scan<()> {
        let Self { current, limits, .. } = self;
        let Current { window, scope, attributes, scratch, .. } = current;
        let window = window.text();
        let before = scope.mark();
        if tag.declares {
            for span in attributes.iter().filter(|span| span.declares) {
                let local = &window[span.name.local..span.name.end];
                let prefix = span.name.is_prefixed().then_some(local);
                let uri = resolve(span.value, window, scratch);
                let wrong = |kind| Halt::Wrong(kind, span.name.start);
                scope.declare(prefix, uri, limits).map_err(wrong)?;
            }
        }
        let unknown = |at| Halt::Wrong(XmlErrorKind::Prefix, at);
        let prefix = tag.name.prefix(window);
        let binding = scope.of_element(prefix).ok_or(unknown(tag.name.start))?;
        if tag.prefixed > 0 {
            for span in attributes.iter_mut() {
                if span.name.is_prefixed() && !span.declares {
                    let prefix = span.name.prefix(window);
                    span.binding = scope.of_prefix(prefix).ok_or(unknown(span.name.start))?;
                }
            }
        }
        if tag.prefixed > 1 {
            unique_by_namespace(window, scope, attributes)?;
        }
        if tag.empty && !tag.declares {
            self.current.leaf = Some(Leaf { local: tag.name.local, end: tag.name.end, binding });
        } else {
            self.enter(tag.name, binding, before);
        }
        Ok(())
    }

    /// Notes that an element is open until its end.
    fn enter(&mut self, name: QName, binding: usize, before: ScopeMark) {
        let Current { window, scope, .. } = &mut self.current;
        let text = &window.text()[name.start..name.end];
        scope.open(text, name.local - name.start, binding, before);
    }

    /// Whether one more element may begin, with its `<` at `start`.
    #[inline]
    fn check_depth(&self, start: usize) -> Scan<()> {
        if self.current.scope.depth() >= self.limits.depth {
            Err(Halt::Wrong(XmlErrorKind::TooDeep, start))
        } else {
            Ok(())
        }
    }
}

/// Two prefixes of one namespace must not carry the same local name.
fn unique_by_namespace(window: &str, scope: &Scope, attributes: &[AttributeSpan]) -> Scan<()> {
    let named = |span: &AttributeSpan| &window[span.name.local..span.name.end];
    for (count, span) in attributes.iter().enumerate() {
        let same = |other: &AttributeSpan| {
            other.binding != scope::NONE
                && named(other) == named(span)
                && scope.uri(other.binding) == scope.uri(span.binding)
        };
        if span.binding != scope::NONE && attributes[..count].iter().any(same) {
            return Err(Halt::Wrong(XmlErrorKind::DuplicateAttribute, span.name.start));
        }
    }
    Ok(())
}
