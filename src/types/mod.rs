//! The vocabulary of the house: what may be printed, what may not, and what a finding says.
//!
//! Names nothing of ours. Types that hold personal data have a redacting `Debug`, and neither
//! `Display` nor `Serialize`.

pub mod crockford;
pub mod digest;
pub mod finding;
pub mod ids;
pub mod rule;
pub mod rules;
pub mod secret;
pub mod verdict;
