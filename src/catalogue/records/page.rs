//! A stretch of a list that is worked off from its beginning.

/// Which of a list's entries are wanted.
///
/// For a list from which what is done disappears: what could not be done stays at its beginning,
/// and is passed over by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many at the beginning are passed over.
    pub skip: u32,
    /// Most entries.
    pub limit: u32,
}

impl Page {
    /// The beginning of the list.
    pub const fn first(limit: u32) -> Self {
        Self { skip: 0, limit }
    }
}
