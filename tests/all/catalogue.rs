//! The catalogue: one suite for every implementation, and what only SQLite can get wrong.
#![expect(clippy::expect_used, reason = "a test may stop at the first surprise")]

mod conformance;
mod crash;
mod erasure;
mod fixtures;
mod notifications;
pub(crate) mod sample;
mod sqlite;
