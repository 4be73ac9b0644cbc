//! One value of a record: where it stands, and what became of it.

use std::ops::Range;

use crate::kinds::kpr::schema::Field;

/// One value of a record.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Its field.
    pub field: &'static Field,
    /// The attribute in the text, from the blank before its name to its closing quote.
    from: u32,
    to: u32,
    pub(super) kept: Kept,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the text, as it is.
    Written,
    /// With references in the text, and here as it reads.
    Apart(u32, u32),
    /// In the text, as it is: a GUID with somebody's number in it, which leaves as another one.
    Keyed,
    /// Taken out; the text has what stands in its place, if anything.
    Nulled,
    /// Taken out again after it was written.
    Removed,
}

impl Value {
    #[inline]
    pub(super) fn new(field: &'static Field, at: Range<u32>, kept: Kept) -> Self {
        Self { field, from: at.start, to: at.end, kept }
    }

    /// Where the attribute stands in the record's text.
    #[inline]
    pub fn place(&self) -> Range<usize> {
        self.from as usize..self.to as usize
    }

    /// Whether it stands right behind the other, in the same element.
    #[inline]
    pub(super) fn follows(&self, other: &Self) -> bool {
        self.from == other.to
    }

    /// What stands between its quotes there.
    #[inline]
    pub(super) fn quoted(&self) -> Range<usize> {
        let name = BEFORE.len() + self.field.name.len() + EQUALS.len();
        self.from as usize + name..self.to as usize - 1
    }

    /// There, and not taken out.
    #[inline]
    pub fn is_there(&self) -> bool {
        matches!(self.kept, Kept::Written | Kept::Apart(..) | Kept::Keyed)
    }

    /// A GUID that leaves as another one.
    #[inline]
    pub fn is_keyed(&self) -> bool {
        self.kept == Kept::Keyed
    }

    /// Taken out again: the text still has it.
    #[inline]
    pub fn is_removed(&self) -> bool {
        self.kept == Kept::Removed
    }
}

pub(super) const BEFORE: &str = " ";
pub(super) const EQUALS: &str = "=\"";
