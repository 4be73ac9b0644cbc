//! Verdict and findings to `AppRec` and to plain words. Never holds a field's value: only where it
//! stands, which rule it broke and what to do.
//!
//! Everything comes in as plain data, so the same receipt can be written again after a crash; what
//! a catalogue does not have in columns of its own (`Note`, `Erasure`) can be kept as JSON.

pub mod apprec;
pub mod names;

mod facts;
mod findings;
mod notes;
mod page;
pub mod places;
pub mod plain;
mod what_now;
mod words;
mod wrap;

pub use facts::{
    Content, Decision, Earlier, Erasure, Inclusion, Kept, KindName, Note, Party, PoliceNote,
    Receipt,
};

/// One answer in its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// `AppRec` 1.1, UTF-8.
    pub xml: Vec<u8>,
    /// Plain words, UTF-8.
    pub txt: Vec<u8>,
}

impl Receipt<'_> {
    /// Writes both forms.
    pub fn write(&self) -> Written {
        Written { xml: apprec::write(self).into_bytes(), txt: plain::write(self).into_bytes() }
    }
}
