//! What must hold for any bytes that are opened as an envelope; shared by the fuzz target and the
//! tests.

use std::{
    io::{Cursor, Read, Write},
    sync::LazyLock,
};

use filsluse::{
    format::envelope::{self, Limits, error::EnvelopeError},
    types::digest::Sha256,
};

/// Opens `data` as it is, and once more encrypted to [`IDENTITY`]: what is inside must be the same,
/// for no mutation of a cipher text gets past its first chunk.
pub(crate) fn run(data: &[u8]) {
    let open = |bytes: &[u8]| open_with(bytes, Some(&IDENTITY), LIMITS);
    let plain = open(data);
    if let Ok(documents) = &plain {
        let size: usize = documents.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(size as u64 <= LIMITS.plain_bytes, "more than the limit came out");
    }
    let sealed = open(&age_of(data, &IDENTITY.to_public()));
    if data.starts_with(b"age-encryption.org/v1") {
        assert!(sealed.is_err(), "age in age was opened");
        return;
    }
    assert_eq!(plain.ok(), sealed.ok(), "encryption changes what is taken");
}

/// The number of each document in its archive, and its content.
pub(crate) type Documents = Vec<(Option<u32>, Vec<u8>)>;

/// All documents; the digest and the length of the whole are checked on the way.
pub(crate) fn open_with(
    bytes: &[u8],
    identity: Option<&age::x25519::Identity>,
    limits: Limits,
) -> Result<Documents, EnvelopeError> {
    let mut opened = envelope::open(Cursor::new(bytes), identity, limits)?;
    let mut documents = Vec::new();
    while let Some(mut document) = opened.next_document()? {
        let mut content = Vec::new();
        document.read_to_end(&mut content).map_err(EnvelopeError::from_read)?;
        documents.push((document.entry, content));
    }
    assert_eq!(opened.finish()?, (Sha256::of(bytes), bytes.len() as u64));
    Ok(documents)
}

/// Encrypts to one recipient.
pub(crate) fn age_of(content: &[u8], recipient: &age::x25519::Recipient) -> Vec<u8> {
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).expect("encryption in memory");
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes).expect("encryption in memory");
    writer.write_all(content).expect("encryption in memory");
    writer.finish().expect("encryption in memory");
    bytes
}

/// Another one in each process: nothing that is opened depends on which it is.
pub(crate) static IDENTITY: LazyLock<age::x25519::Identity> =
    LazyLock::new(age::x25519::Identity::generate);

const LIMITS: Limits =
    Limits { raw_bytes: 4 << 20, plain_bytes: 1 << 20, ratio: 200, entries: 100, memory: 1 << 20 };
