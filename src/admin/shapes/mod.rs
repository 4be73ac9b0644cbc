//! The JSON that scripts rely on (`docs/interface.md` section 10). Fields may be added, never
//! renamed.
//!
//! Separate from the catalogue's own records, so that a column can change without breaking anybody.

pub mod archive;
pub mod audit;
pub mod enrolment;
pub mod object;
pub mod police;
pub mod push;
pub mod registry;
pub mod retention;
pub mod status;
pub mod submission;
