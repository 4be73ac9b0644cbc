//! Why intake stopped.

use std::io;

use crate::types::ids::SenderId;

/// Why intake stopped. Never names a sender's file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The intents could not be written: nothing was moved.
    #[error("cannot write the intents of a batch of claims; nothing was moved")]
    Intents(#[source] io::Error),
    /// The claimed files could not be listed.
    #[error(
        "cannot list the claimed files of {sender}; give .claimed/{sender} to the daemon's account"
    )]
    Recover {
        /// Whose.
        sender: SenderId,
        /// The cause.
        source: io::Error,
    },
    /// The drop root could not be opened.
    #[error("cannot open the drop root; make it, or correct drop-root")]
    Root(#[source] io::Error),
}
