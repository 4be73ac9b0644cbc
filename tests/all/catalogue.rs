//! The catalogue: one suite for every implementation, and what only SQLite can get wrong.

mod conformance;
mod crash;
mod erasure;
mod fixtures;
mod sample;
mod sqlite;
