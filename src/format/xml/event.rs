//! What a document consists of, as its reader gives it out: borrowed from the reader's window until
//! the next event is asked for.

use std::{fmt, ops::Range};

use crate::{
    format::xml::{
        known::{Known, KnownSpan},
        scan::{QName, Span, tag::AttributeSpan},
        scope::Scope,
        window::Window,
    },
    types::finding::Place,
};

/// What a document consists of.
pub enum Event<'a> {
    /// An element starts; an empty one gives its end right after.
    Start(Start<'a>),
    /// An element ends.
    End(End<'a>),
    /// Text or a CDATA section within the root, never empty; a text with comments, instructions or
    /// CDATA sections in it comes in several pieces, and a long one too where the limits say so.
    /// White space between elements is text too.
    Text(&'a str),
    /// The document is complete, and was well-formed to its last byte.
    Eof,
}

/// A name with its namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// The namespace's URI; empty for none.
    pub namespace: &'a str,
    /// The name without its prefix.
    pub local: &'a str,
}

/// One attribute.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    source: Source<'a>,
    current: &'a Current,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Known(&'a KnownSpan),
    Read(&'a AttributeSpan),
}

impl<'a> Attribute<'a> {
    /// Its name; without a prefix it is in no namespace.
    pub fn name(&self) -> Name<'a> {
        let Current { window, scope, .. } = self.current;
        match self.source {
            Source::Known(span) => {
                let name = span.at as usize + 1..span.value as usize - 2;
                Name { namespace: "", local: &window.text()[name] }
            }
            Source::Read(AttributeSpan { name: QName { local, end, .. }, binding, .. }) => {
                Name { namespace: scope.uri(*binding), local: &window.text()[*local..*end] }
            }
        }
    }

    /// Its value, decoded and normalised.
    #[inline]
    pub fn value(&self) -> &'a str {
        let window = self.current.window.text();
        match self.source {
            Source::Known(span) => &window[span.value as usize..span.end as usize],
            Source::Read(span) => resolve(span.value, window, &self.current.scratch),
        }
    }

    /// Its number, the same for the same attribute of the same element throughout the document, and
    /// without a namespace; `None` for one that has none.
    #[inline]
    pub fn number(&self) -> Option<u16> {
        match self.source {
            Source::Known(span) => Some(span.number),
            Source::Read(_) => None,
        }
    }

    /// Where it stands as ` name="value"`, if the document has it so: a blank before, double
    /// quotes, and nothing in the value that has to be written as a reference. Those that follow
    /// each other with nothing between them are one [`Start::piece`].
    #[inline]
    pub fn written_at(&self) -> Option<Range<usize>> {
        match self.source {
            Source::Known(span) => Some(span.at as usize..span.end as usize + 1),
            Source::Read(_) => None,
        }
    }

    /// Where its name starts.
    pub fn place(&self) -> Place {
        let start = match self.source {
            Source::Known(span) => span.at as usize + 1,
            Source::Read(span) => span.name.start,
        };
        self.current.window.place(start)
    }
}

/// The start of an element.
pub struct Start<'a>(pub(super) &'a Current);

impl<'a> Start<'a> {
    /// The element's name.
    #[inline]
    pub fn name(&self) -> Name<'a> {
        let Current { window, scope, leaf, .. } = self.0;
        let (namespace, local) = match leaf {
            Some(leaf) => (scope.uri(leaf.binding), &window.text()[leaf.local..leaf.end]),
            None => scope.innermost_name(),
        };
        Name { namespace, local }
    }

    /// The element's name without its prefix.
    #[inline]
    pub fn local(&self) -> &'a str {
        let Current { window, scope, leaf, .. } = self.0;
        match leaf {
            Some(leaf) => &window.text()[leaf.local..leaf.end],
            None => scope.innermost_name().1,
        }
    }

    /// Whether it is in the namespace of the element that it stands in; if not, the two may still
    /// have the same name.
    #[inline]
    pub fn shares_namespace(&self) -> bool {
        let Current { scope, leaf, .. } = self.0;
        match leaf {
            Some(leaf) => scope.binding(0) == Some(leaf.binding),
            None => scope.binding(0) == scope.binding(1),
        }
    }

    /// Where its `<` stands.
    pub fn place(&self) -> Place {
        self.0.window.place(self.0.at)
    }

    /// A piece of the document around it, by places that [`Attribute::written_at`] gives.
    #[inline]
    pub fn piece(&self, place: Range<usize>) -> &'a str {
        self.0.window.text().get(place).unwrap_or_default()
    }

    /// The same tag, if it is like one before it and its name has no prefix: `<name a="…" b="…"`,
    /// with nothing in it that has to be replaced.
    #[inline]
    pub fn known(&self) -> Option<KnownStart<'a>> {
        let (local, name) = self.0.known.name();
        let spans = self.0.known.spans();
        let text = self.0.window.text().get(self.0.at..)?;
        (!spans.is_empty() && local == 1).then_some(KnownStart { text, at: self.0.at, name, spans })
    }

    /// Whether it is written `<a/>`.
    pub fn is_empty(&self) -> bool {
        self.0.empty
    }

    /// Its attributes in the order of the document, without the declarations of namespaces.
    #[inline]
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let current = self.0;
        let known = current.known.spans().iter().map(Source::Known);
        let read = current.attributes.iter().filter(|span| !span.declares).map(Source::Read);
        known.chain(read).map(move |source| Attribute { source, current })
    }
}

/// A start tag that is like one before it, to be taken as it stands.
pub struct KnownStart<'a> {
    /// From its `<` on.
    text: &'a str,
    /// Where that stands in the window.
    at: usize,
    /// Bytes of `<name`.
    name: usize,
    spans: &'a [KnownSpan],
}

/// One attribute of it.
pub struct KnownAttribute<'a> {
    /// As [`Attribute::number`].
    pub number: u16,
    /// Its value.
    pub value: &'a str,
    /// Where ` name="value"` stands in the tag.
    pub place: Range<usize>,
}

impl<'a> KnownStart<'a> {
    /// Bytes of `<name`, before the first attribute.
    #[inline]
    pub fn name(&self) -> usize {
        self.name
    }

    /// Its attributes, one right behind the other.
    #[inline]
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = KnownAttribute<'a>> + use<'a> {
        let (text, at) = (self.text, self.at);
        self.spans.iter().map(move |span| {
            let [start, value, end] =
                [span.at, span.value, span.end].map(|place| place as usize - at);
            let value = &text[value..end];
            KnownAttribute { number: span.number, value, place: start..end + 1 }
        })
    }

    /// The first bytes of the tag as it stands.
    #[inline]
    pub fn text(&self, length: usize) -> &'a str {
        self.text.get(..length).unwrap_or_default()
    }
}

/// The end of an element.
pub struct End<'a>(pub(super) &'a Current);

impl<'a> End<'a> {
    /// The element's name.
    pub fn name(&self) -> Name<'a> {
        Start(self.0).name()
    }
}

/// What the current event borrows from.
pub(super) struct Current {
    pub(super) window: Window,
    pub(super) scope: Scope,
    /// The tags before, and the attributes of one that is like one of them.
    pub(super) known: Known,
    /// The attributes of any other tag.
    pub(super) attributes: Vec<AttributeSpan>,
    pub(super) scratch: String,
    /// Where the event starts.
    pub(super) at: usize,
    /// The element is written `<a/>`.
    pub(super) empty: bool,
    /// It is, and declares nothing: nobody has to remember it.
    pub(super) leaf: Option<Leaf>,
}

/// An element that is over when it has begun: where its local name stands in the window, and the
/// binding of its prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    pub(super) local: usize,
    pub(super) end: usize,
    pub(super) binding: usize,
}

#[inline]
pub(super) fn resolve<'a>(span: Span, window: &'a str, scratch: &'a str) -> &'a str {
    match span {
        Span::Window(start, end) => &window[start..end],
        Span::Scratch(start, end) => &scratch[start..end],
    }
}

macro_rules! redacted {
    ($($type:ident<$parameter:tt>),+) => {
        $(impl<$parameter> fmt::Debug for $type<$parameter> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        })+
    };
}

// All of these hold what a sender wrote, and none of that may reach a log.
redacted!(
    Attribute<'a>,
    End<'a>,
    Event<'a>,
    KnownAttribute<'a>,
    KnownStart<'a>,
    Name<'a>,
    Start<'a>
);
