//! Where a kind writes.

use std::io::{self, Write};

use crate::{
    kinds::scratch::Scratch,
    types::ids::{Part, RegistryId, SenderId},
};

/// Where a kind writes what leaves. Everything written is sealed on its way.
pub trait Sinks {
    /// The writer for one part of the submission; the same one at each call.
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write>;

    /// The same for a part that goes to another sender's outbound directory, sealed to that sender.
    ///
    /// # Errors
    /// When that sender has no key.
    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        let _ = (registry, part, to);
        Err(io::Error::new(io::ErrorKind::Unsupported, "these sinks know no other senders"))
    }

    /// Room for what a kind remembers of a document that is too large to be remembered in memory.
    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Vec::new()))
    }
}
