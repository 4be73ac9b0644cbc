//! When each thing must be gone, and seeing to it.

pub mod period;
pub mod profile;
pub mod schedule;
