//! The product's one XML reader: a strict, streaming, namespace-aware pull parser.
//!
//! Takes XML 1.0 (fifth edition) with Namespaces 1.0 and nothing beyond it: no DTD, no entities but
//! the five, no instruction that fetches. It never repairs, never goes on after an error and never
//! holds more than its window: one token and up to 64 KiB of what follows. Nothing is allocated per
//! event; names, values and texts are borrowed until the next one is asked for.

pub mod error;
pub mod event;
pub mod limits;
pub mod write;

mod block;
mod chars;
mod declaration;
mod known;
mod lines;
mod scan;
mod scope;
mod uri;
mod window;

use std::{fmt, io::Read};

use crate::{
    format::xml::{
        error::{XmlError, XmlErrorKind},
        event::{Current, End, Event, Leaf, Start, resolve},
        known::Known,
        limits::Limits,
        scan::{AttributeSpan, Halt, QName, Scan, Span, StartTag},
        scope::{Scope, ScopeMark},
    },
    types::finding::Place,
};

/// Reads one document.
pub struct Reader<R> {
    input: window::Input<R>,
    current: Current,
    limits: Limits,
    /// Where the next token starts.
    next: usize,
    rooted: bool,
    after: After,
    failed: Option<(XmlErrorKind, u64, u64)>,
}

/// What is left to do for the event that was given out last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// The element was empty: its end is the next event.
    End,
    /// The element has ended: its name was still needed.
    Close,
}

/// An event without what it borrows.
#[derive(Debug, Clone, Copy)]
enum Token {
    Start,
    End,
    Text(Span),
    Eof,
}

impl<R: Read> Reader<R> {
    /// Starts to read: byte order mark, encoding, XML declaration.
    ///
    /// # Errors
    /// When one of these is not as it must be, the encoding is not taken, or the input cannot be
    /// read.
    pub fn new(input: R, limits: Limits) -> Result<Self, XmlError> {
        let (input, window, next) = window::open(input, &limits)?;
        let current = Current {
            window,
            scope: Scope::new(),
            known: Known::new(),
            attributes: Vec::new(),
            scratch: String::new(),
            at: 0,
            empty: false,
            leaf: None,
        };
        let (after, failed) = (After::Nothing, None);
        Ok(Self { input, current, limits, next, rooted: false, after, failed })
    }

    /// The next event; after [`Event::Eof`] that again, after an error the same error.
    ///
    /// # Errors
    /// When the document is not well-formed, holds what is not taken, is beyond a limit or cannot
    /// be read.
    pub fn next_event(&mut self) -> Result<Event<'_>, XmlError> {
        let token = self.advance()?;
        let current = &self.current;
        Ok(match token {
            Token::Start => Event::Start(Start(current)),
            Token::End => Event::End(End(current)),
            Token::Text(span) => {
                Event::Text(resolve(span, current.window.text(), &current.scratch))
            }
            Token::Eof => Event::Eof,
        })
    }

    /// The start tag that was the last event, once more.
    pub fn current_start(&self) -> Start<'_> {
        Start(&self.current)
    }

    /// Passes over the end of an element that is written `<a/>`, when its start is the current
    /// event.
    #[inline]
    pub fn pass_end(&mut self) {
        if self.after == After::End {
            self.after = After::Close;
        }
    }

    /// Where the current event starts; an empty element's end is where its start is.
    pub fn position(&self) -> Place {
        self.current.window.place(self.current.at)
    }

    /// Where the text that is the current event has its first character that is no white space.
    pub fn text_position(&self) -> Place {
        let Current { window, at, .. } = &self.current;
        let text = &window.text()[*at..self.next];
        window.place(at + text.len() - text.trim_start().len())
    }

    /// How many elements are open; at an end, with the one that ends.
    pub fn depth(&self) -> usize {
        self.current.scope.depth() + usize::from(self.current.leaf.is_some())
    }

    fn advance(&mut self) -> Result<Token, XmlError> {
        if let Some((kind, line, column)) = self.failed {
            return Err(XmlError { kind, line, column, source: None });
        }
        match std::mem::replace(&mut self.after, After::Nothing) {
            After::Nothing => {}
            After::End => {
                self.after = After::Close;
                return Ok(Token::End);
            }
            After::Close => {
                if self.current.leaf.take().is_none() {
                    self.current.scope.close();
                }
            }
        }
        loop {
            let error = match self.token() {
                Ok(Some(token)) => return Ok(token),
                Ok(None) => continue,
                Err(Halt::Wrong(kind, at)) => self.current.window.error(kind, at),
                Err(Halt::Incomplete) => match self.more() {
                    Ok(true) => continue,
                    Ok(false) if self.is_complete() => {
                        self.current.at = self.next;
                        return Ok(Token::Eof);
                    }
                    Ok(false) => {
                        let end = self.current.window.text().len();
                        let kind = if self.rooted || self.next < end {
                            XmlErrorKind::UnexpectedEnd
                        } else {
                            XmlErrorKind::NoRoot
                        };
                        self.current.window.error(kind, end)
                    }
                    Err(error) => error,
                },
            };
            self.failed = Some((error.kind, error.line, error.column));
            return Err(error);
        }
    }

    /// Whether the document may end here.
    fn is_complete(&self) -> bool {
        self.rooted
            && self.current.scope.depth() == 0
            && self.next == self.current.window.text().len()
    }

    /// Reads on after the token at `next` turned out to be incomplete; false at the end of the
    /// input.
    fn more(&mut self) -> Result<bool, XmlError> {
        let begun = self.current.window.text().len() - self.next;
        if begun > self.limits.token {
            return Err(self.current.window.error(XmlErrorKind::TokenTooLong, self.next));
        }
        self.current.window.slide(self.next);
        self.next = 0;
        self.current.at = 0;
        self.input.extend(&mut self.current.window, begun)
    }

    /// Takes the token at `next`; none when it is one that nobody wants to see.
    fn token(&mut self) -> Scan<Option<Token>> {
        let bytes = self.current.window.text().as_bytes();
        let inside = self.current.scope.depth() > 0;
        if !inside {
            scan::skip_space(bytes, &mut self.next)?;
        } else if self.limits.skips_space
            && let Some(end) = scan::space_before_markup(bytes, self.next)
        {
            self.next = end;
        }
        let start = self.next;
        let rest = &bytes[start..];
        let (token, end) = match rest {
            [] | [b'<'] => return Err(Halt::Incomplete),
            [b'<', b'/', ..] if inside => (Some(Token::End), self.end_tag(start)?),
            [b'<', b'?', ..] => {
                (None, scan::instruction(self.current.window.text(), start, &self.limits)?)
            }
            [b'<', b'!', ..] => self.declared(start)?,
            [b'<', b'/', ..] => return Err(Halt::Wrong(XmlErrorKind::EndTag, start)),
            [b'<', ..] if inside || !self.rooted => {
                let end = match self.known_tag(start)? {
                    Some(end) => end,
                    None => self.start_tag(start)?,
                };
                self.rooted = true;
                (Some(Token::Start), end)
            }
            _ if !inside => return Err(Halt::Wrong(XmlErrorKind::OutsideRoot, start)),
            // Between elements stands white space, and next to none.
            _ => {
                let (span, end) = match scan::space_before_markup(bytes, start) {
                    Some(end) => (Span::Window(start, end), end),
                    None => self.text(start)?,
                };
                (Some(Token::Text(span)), end)
            }
        };
        self.check_length(start, end)?;
        self.current.at = start;
        self.next = end;
        match token {
            Some(Token::End) => self.after = After::Close,
            Some(Token::Start) if self.current.empty => self.after = After::End,
            _ => {}
        }
        Ok(token)
    }

    /// Opens the element whose start tag, at `start`, is like one before; gives the tag's end.
    #[inline]
    fn known_tag(&mut self, start: usize) -> Scan<Option<usize>> {
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
    fn start_tag(&mut self, start: usize) -> Scan<usize> {
        let Self { current, limits, .. } = self;
        let Current { window, known, attributes, scratch, empty, .. } = current;
        let window = window.text();
        let tag = scan::start_tag(window, start, limits, attributes, scratch)?;
        known.learn(window.as_bytes(), &tag, attributes);
        *empty = tag.empty;
        self.check_length(start, tag.end)?;
        self.check_depth(start)?;
        self.open(&tag)?;
        Ok(tag.end)
    }

    /// Text up to the next `<`, or as much of a long one as has come.
    fn text(&mut self, start: usize) -> Scan<(Span, usize)> {
        let window = self.current.window.text();
        match scan::text(window, start, &mut self.current.scratch) {
            Err(Halt::Incomplete) if self.limits.texts_in_pieces => {
                let end = scan::piece(window, start).ok_or(Halt::Incomplete)?;
                Ok((Span::Window(start, end), end))
            }
            text => text,
        }
    }

    /// Whatever starts with `<!`.
    fn declared(&mut self, start: usize) -> Scan<(Option<Token>, usize)> {
        let window = self.current.window.text();
        let rest = &window.as_bytes()[start..];
        if rest.starts_with(b"<!--") {
            return Ok((None, scan::comment(window, start)?));
        }
        if rest.starts_with(b"<![CDATA[") && self.current.scope.depth() > 0 {
            let (span, end) = scan::cdata(window, start)?;
            let empty = matches!(span, Span::Window(start, end) if start == end);
            return Ok(((!empty).then_some(Token::Text(span)), end));
        }
        if rest.starts_with(b"<!DOCTYPE") {
            return Err(Halt::Wrong(XmlErrorKind::Doctype, start));
        }
        let begun = |whole: &[u8]| whole.starts_with(rest);
        Err(if begun(b"<!--") || begun(b"<![CDATA[") || begun(b"<!DOCTYPE") {
            Halt::Incomplete
        } else {
            Halt::Wrong(XmlErrorKind::Markup, start)
        })
    }

    /// The end of the end tag at `start`, which must close the innermost element.
    fn end_tag(&self, start: usize) -> Scan<usize> {
        let bytes = self.current.window.text().as_bytes();
        let name = self.current.scope.innermost().unwrap_or_default();
        let end = start + 2 + name.len();
        // As nearly every end tag is written: the very name, without space.
        if bytes.get(end) == Some(&b'>') && &bytes[start + 2..end] == name.as_bytes() {
            return Ok(end + 1);
        }
        let (found, end) = scan::end_tag(self.current.window.text(), start, &self.limits)?;
        if self.current.window.text()[found.start..found.end] == *name {
            Ok(end)
        } else {
            Err(Halt::Wrong(XmlErrorKind::EndTag, start))
        }
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

    fn check_length(&self, start: usize, end: usize) -> Scan<()> {
        if end - start > self.limits.token {
            Err(Halt::Wrong(XmlErrorKind::TokenTooLong, start))
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

/// Shows nothing of what a sender wrote.
impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
