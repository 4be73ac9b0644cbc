//! What the clock asks of the house, whoever sends what.

mod compaction;
pub mod erase;
pub mod expected;
pub mod missing_payloads;
