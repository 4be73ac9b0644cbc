//! Which elements are open, and which namespaces their prefixes mean.
//!
//! Two arenas and two stacks that grow to the document's depth once and are then reused.

use crate::format::xml::{error::XmlErrorKind, limits::Limits, uri};

/// The open elements and the bindings in force.
pub(super) struct Scope {
    /// Names of open elements, prefixes and URIs, one after the other.
    texts: String,
    bindings: Vec<Binding>,
    open: Vec<Open>,
    /// The binding of names without a prefix.
    default: usize,
}

/// A prefix and what it means, as offsets of `texts`.
#[derive(Debug, Clone, Copy)]
struct Binding {
    prefix: (usize, usize),
    uri: (usize, usize),
}

#[derive(Debug, Clone, Copy)]
struct Open {
    name: (usize, usize),
    local: usize,
    binding: usize,
    /// What to go back to at its end.
    bindings: usize,
    texts: usize,
    default: usize,
}

impl Scope {
    pub(super) fn new() -> Self {
        let mut scope =
            Self { texts: String::new(), bindings: Vec::new(), open: Vec::new(), default: NONE };
        let none = scope.keep("");
        scope.bindings.push(Binding { prefix: none, uri: none });
        let (prefix, uri) = (scope.keep("xml"), scope.keep(XML));
        scope.bindings.push(Binding { prefix, uri });
        scope
    }

    #[inline]
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What [`Self::open`] needs to go back to, taken before its declarations are made.
    #[inline]
    pub(super) fn mark(&self) -> ScopeMark {
        ScopeMark { bindings: self.bindings.len(), texts: self.texts.len(), default: self.default }
    }

    /// Binds `prefix` to `uri`, by the rules of Namespaces in XML 1.0.
    pub(super) fn declare(
        &mut self,
        prefix: Option<&str>,
        uri: &str,
        limits: &Limits,
    ) -> Result<(), XmlErrorKind> {
        let forbidden = match prefix {
            Some("xmlns") => true,
            Some("xml") => uri != XML,
            Some(_) => uri.is_empty() || uri == XML || uri == XMLNS,
            None => uri == XML || uri == XMLNS,
        };
        if forbidden || !uri::is_reference(uri) {
            return Err(XmlErrorKind::Namespace);
        }
        if self.bindings.len() - FIXED >= limits.namespaces {
            return Err(XmlErrorKind::TooManyNamespaces);
        }
        match prefix {
            None if uri.is_empty() => self.default = NONE,
            None => {
                let binding = Binding { prefix: self.keep(""), uri: self.keep(uri) };
                self.default = self.bindings.len();
                self.bindings.push(binding);
            }
            Some(prefix) => {
                let binding = Binding { prefix: self.keep(prefix), uri: self.keep(uri) };
                self.bindings.push(binding);
            }
        }
        Ok(())
    }

    /// The binding of an element's prefix; without a prefix, the default namespace.
    #[inline]
    pub(super) fn of_element(&self, prefix: &str) -> Option<usize> {
        if prefix.is_empty() { Some(self.default) } else { self.of_prefix(prefix) }
    }

    /// The innermost binding of a prefix.
    pub(super) fn of_prefix(&self, prefix: &str) -> Option<usize> {
        self.bindings.iter().rposition(|binding| self.text(binding.prefix) == prefix)
    }

    /// The URI of a binding.
    #[inline]
    pub(super) fn uri(&self, binding: usize) -> &str {
        self.text(self.bindings[binding].uri)
    }

    /// Opens an element of the qualified name `name`, whose local part starts at `local`.
    #[inline]
    pub(super) fn open(&mut self, name: &str, local: usize, binding: usize, before: ScopeMark) {
        let name = self.keep(name);
        let ScopeMark { bindings, texts, default } = before;
        let local = name.0 + local;
        self.open.push(Open { name, local, binding, bindings, texts, default });
    }

    /// The innermost open element's qualified name, as it was written.
    #[inline]
    pub(super) fn innermost(&self) -> Option<&str> {
        self.open.last().map(|open| self.text(open.name))
    }

    /// The innermost open element's namespace and local part.
    #[inline]
    pub(super) fn innermost_name(&self) -> (&str, &str) {
        self.open
            .last()
            .map_or(("", ""), |open| (self.uri(open.binding), &self.texts[open.local..open.name.1]))
    }

    /// The binding of an open element: the innermost, or that many outside it.
    #[inline]
    pub(super) fn binding(&self, outside: usize) -> Option<usize> {
        Some(self.open.iter().rev().nth(outside)?.binding)
    }

    /// Closes the innermost element and forgets its declarations.
    #[inline]
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.texts.truncate(open.texts);
            self.bindings.truncate(open.bindings);
            self.default = open.default;
        }
    }

    #[inline]
    fn keep(&mut self, text: &str) -> (usize, usize) {
        let start = self.texts.len();
        self.texts.push_str(text);
        (start, self.texts.len())
    }

    #[inline]
    fn text(&self, (start, end): (usize, usize)) -> &str {
        &self.texts[start..end]
    }
}

/// The state of a [`Scope`] before an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScopeMark {
    bindings: usize,
    texts: usize,
    default: usize,
}

/// The binding of what has no namespace.
pub(super) const NONE: usize = 0;

/// Bindings that are always there: none, and `xml`.
const FIXED: usize = 2;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
