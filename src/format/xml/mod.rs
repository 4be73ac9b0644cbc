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
mod opening;
mod scan;
mod scope;
mod uri;
mod window;

use std::{fmt, io::Read};

use crate::{
    format::xml::{
        error::{XmlError, XmlErrorKind},
        event::{Current, End, Event, Start, resolve},
        known::Known,
        limits::Limits,
        scan::{Halt, Scan, Span, skipped, tag, text},
        scope::Scope,
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
                (None, skipped::instruction(self.current.window.text(), start, &self.limits)?)
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

    /// Text up to the next `<`, or as much of a long one as has come.
    fn text(&mut self, start: usize) -> Scan<(Span, usize)> {
        let window = self.current.window.text();
        match text::text(window, start, &mut self.current.scratch) {
            Err(Halt::Incomplete) if self.limits.texts_in_pieces => {
                let end = text::piece(window, start).ok_or(Halt::Incomplete)?;
                Ok((Span::Window(start, end), end))
            }
            found => found,
        }
    }

    /// Whatever starts with `<!`.
    fn declared(&mut self, start: usize) -> Scan<(Option<Token>, usize)> {
        let window = self.current.window.text();
        let rest = &window.as_bytes()[start..];
        if rest.starts_with(b"<!--") {
            return Ok((None, skipped::comment(window, start)?));
        }
        if rest.starts_with(b"<![CDATA[") && self.current.scope.depth() > 0 {
            let (span, end) = text::cdata(window, start)?;
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
        let (found, end) = tag::end_tag(self.current.window.text(), start, &self.limits)?;
        if self.current.window.text()[found.start..found.end] == *name {
            Ok(end)
        } else {
            Err(Halt::Wrong(XmlErrorKind::EndTag, start))
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

/// Shows nothing of what a sender wrote.
impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
