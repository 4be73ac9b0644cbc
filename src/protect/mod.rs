//! Pseudonyms, field actions, and the scan of what leaves.

pub mod keys;
pub mod marks;
pub mod pseudonym;
pub mod scan;
