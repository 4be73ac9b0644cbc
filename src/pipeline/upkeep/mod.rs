//! What the clock asks of the house, whoever sends what.

pub mod clock;
mod compaction;
pub mod erase;
pub mod erase_at_once;
pub mod erase_error;
pub mod expected;
pub mod missing_payloads;
