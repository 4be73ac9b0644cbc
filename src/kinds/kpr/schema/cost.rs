//! What a breach costs.

/// What a breach costs, in the words of the registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Nothing: the sender is told.
    Told,
    /// The value: the field is nulled, or set to -1 where one is demanded.
    Field,
    /// The record: the row is struck.
    Record,
    /// The message is struck.
    Message,
}
