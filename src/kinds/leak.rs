//! An identity on its way to where it may not be: the last look at what leaves found it. Of every
//! kind that looks.

use std::io;

/// A direct identifier was about to leave for a registry that takes none. A fault of this program:
/// the submission stops, and nothing of it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the scan found a direct identifier at byte {offset} of what was to leave: stop and look into it"
)]
pub struct IdentityLeak {
    /// Byte of the outgoing stream.
    pub offset: u64,
}

impl IdentityLeak {
    /// The leak behind an error of a reading or a conclusion, if that is what it is.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}
