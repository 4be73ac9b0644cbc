//! The form of `SSHSIG` (OpenSSH's `PROTOCOL.sshsig`): a blob of fields, in base64 between two lines.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::signature::{public_key::ED25519, ssh_wire::Reader};

/// The fields of the binary form.
pub(super) struct Blob<'a> {
    pub(super) key: &'a [u8],
    pub(super) namespace: &'a [u8],
    pub(super) hash: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Blob<'a> {
    pub(super) fn read(blob: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(blob);
        if reader.take(MAGIC.len())? != MAGIC || reader.u32()? != VERSION {
            return None;
        }
        let (key, namespace) = (reader.string()?, reader.string()?);
        // Reserved: to be ignored, whatever it says; it is no part of what was signed.
        reader.string()?;
        let (hash, signature) = (reader.string()?, reader.string()?);
        reader.is_at_its_end().then_some(Self { key, namespace, hash, signature })
    }
}

/// What an Ed25519 key's signature consists of; `None` for those of other keys.
pub(super) fn of_ed25519(signature: &[u8]) -> Option<[u8; 64]> {
    let mut reader = Reader::new(signature);
    if reader.string()? != ED25519.as_bytes() {
        return None;
    }
    let signature = reader.string()?.try_into().ok()?;
    reader.is_at_its_end().then_some(signature)
}

/// The blob between the lines that begin and end it. An editor's or a transfer's line ends and a
/// mark of the encoding do no harm; text before or behind does, as `ssh-keygen` sees it too.
pub(super) fn disarm(file: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(file).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.trim_ascii_end().strip_prefix(BEGIN)?.strip_suffix(END)?;
    // Each of the two lines ends, or nothing stands between them.
    if !text.starts_with(['\n', '\r']) || !text.ends_with('\n') {
        return None;
    }
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(packed).ok()
}

pub(super) const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
pub(super) const END: &str = "-----END SSH SIGNATURE-----";
/// Begins the blob, and what was signed.
pub(super) const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
