//! The header of an age v1 file, made by the age crate, and the file key that it wraps.

use std::{cell::RefCell, collections::HashSet};

use age::{EncryptError, Encryptor, secrecy::ExposeSecret};
use age_core::format::{FileKey, Stanza};
use zeroize::Zeroizing;

use crate::seal::{
    error::SealError,
    payload::{FILE_KEY, NONCE},
    recipient::Recipient,
};

/// What stands before the payload, and what the payload needs.
pub(super) struct Head {
    /// Up to and with the line of the MAC.
    pub(super) text: Vec<u8>,
    /// The payload's first bytes.
    pub(super) nonce: [u8; NONCE],
    pub(super) file_key: Zeroizing<[u8; FILE_KEY]>,
}

/// Has the age crate draw a file key and a nonce and wrap the key for the recipients.
pub(super) fn draw(recipients: &[Recipient]) -> Result<Head, SealError> {
    let seen = RefCell::new(None);
    let watched: Vec<_> =
        recipients.iter().map(|recipient| Watched { recipient, seen: &seen }).collect();
    let keys = watched.iter().map(|key| key as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(keys).map_err(SealError::Header)?;
    let mut text = Vec::new();
    // The writer that this gives is dropped: it has written header and nonce, and no chunk.
    encryptor
        .wrap_output(&mut text)
        .map_err(|source| SealError::io("write the age header", source))?;
    let nonce = text.split_off(text.len().saturating_sub(NONCE));
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::NoHeader)?;
    let Some(file_key) = seen.take().filter(|_| is_whole(&text)) else {
        return Err(SealError::NoHeader);
    };
    Ok(Head { text, nonce, file_key })
}

/// Whether it ends with the line of the MAC, and has no such line before.
fn is_whole(header: &[u8]) -> bool {
    let mut lines = header.split_inclusive(|byte| *byte == b'\n');
    let last = lines.next_back();
    last.is_some_and(|line| line.starts_with(LAST_LINE) && line.ends_with(b"\n"))
        && lines.all(|line| !line.starts_with(LAST_LINE))
}

/// A recipient that sees the file key on its way to another one.
struct Watched<'a> {
    recipient: &'a Recipient,
    seen: &'a RefCell<Option<Zeroizing<[u8; FILE_KEY]>>>,
}

impl age::Recipient for Watched<'_> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        *self.seen.borrow_mut() = Some(Zeroizing::new(*file_key.expose_secret()));
        self.recipient.wrap_file_key(file_key)
    }
}

/// How the line begins that ends an age v1 header.
const LAST_LINE: &[u8] = b"---";

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn a_header_ends_with_its_mac() {
        let head = b"age-encryption.org/v1\n-> X25519 x\ny\n--- mac\n";
        assert!(is_whole(head));
        for cut in 0..head.len() {
            assert!(!is_whole(&head[..cut]), "{cut}");
        }
        assert!(!is_whole(&[&head[..], b"nonce\n"].concat()));
        assert!(!is_whole(&[&head[..], b"--- mac\n"].concat()));
    }
}
