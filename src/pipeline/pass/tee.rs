//! A document on its way to its kind: bounded, and sealed as it passes for the registries that keep
//! it as it came.

use std::io::{self, Read};

use crate::{
    durable,
    kinds::Sinks,
    pipeline::pass::sinks::WorkSinks,
    types::ids::{Part, RegistryId},
};

/// Passes bytes on to a reader, and seals them on the way for the registries that keep the document
/// as it came.
pub(super) struct Tee<'s, R> {
    pub(super) bytes: R,
    /// Bytes that may still come.
    pub(super) left: u64,
    pub(super) keepers: Vec<RegistryId>,
    pub(super) whole: &'s mut WorkSinks,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        durable::fail_point::panic_on(&buffer[..count]);
        self.left =
            self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other(OverItsKind))?;
        for registry in &self.keepers {
            self.whole.sink(registry, Part::Whole)?.write_all(&buffer[..count])?;
        }
        Ok(count)
    }
}

/// A document is larger than its kind may be.
#[derive(Debug, thiserror::Error)]
#[error("the document is larger than its kind may be")]
struct OverItsKind;

pub(super) fn is_over_its_kind(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<OverItsKind>()).is_some()
}
