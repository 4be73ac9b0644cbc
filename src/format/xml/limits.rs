//! How much of everything one document may hold (`docs/threat-model.md`).

/// Bounds on a document; a document beyond one of them is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document as it stands in the file.
    pub bytes: u64,
    /// Elements within each other.
    pub depth: usize,
    /// Attributes of one element, declarations of namespaces included.
    pub attributes: usize,
    /// Declarations of namespaces in force at one place.
    pub namespaces: usize,
    /// Bytes of one tag, text, CDATA section, comment or processing instruction, as UTF-8.
    pub token: usize,
    /// Bytes of one name with its prefix, as UTF-8.
    pub name: usize,
    /// Gives a long text out in pieces as it comes, however long it is as a whole: for documents
    /// that carry files. `token` then bounds everything else.
    pub texts_in_pieces: bool,
    /// Does not give out white space between two pieces of markup, comments among them, where it is
    /// short: for documents in which it means nothing.
    pub skips_space: bool,
}

impl Limits {
    /// The usual limits, for a document of at most `bytes` bytes.
    pub fn of_bytes(bytes: u64) -> Self {
        Self { bytes, ..Self::default() }
    }
}

impl Default for Limits {
    /// The usual limits, and one gibibyte.
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            depth: 64,
            attributes: 256,
            namespaces: 64,
            token: 1 << 20,
            name: 256,
            texts_in_pieces: false,
            skips_space: false,
        }
    }
}
