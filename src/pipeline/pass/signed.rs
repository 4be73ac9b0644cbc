//! The signature of a claimed file (IN-06), verified before anything of it is opened: what its sender
//! has not signed reaches no reader of ours, and nothing follows from it but its refusal.
//!
//! The file is read twice for that. Both passes take its SHA-256, so that what is processed is what
//! was verified, even if its sender holds it open and writes.

use std::io::{self, Read, Seek};

use crate::{
    pipeline::{
        house::House,
        pass::order::{Order, Signing},
    },
    signature::{Detached, PublicKey, Wrong},
    types::{
        digest::{Hasher, Sha256},
        key_fingerprint::KeyFingerprint,
    },
};

/// How a file stands with its signature.
pub(super) enum Signed {
    /// Its sender need not sign.
    NotDemanded,
    /// It is not signed as it must be. Its digest and length, where its bytes had to be read.
    Refused(Wrong, Option<(Sha256, u64)>),
    /// One of its sender's keys has signed the bytes of this digest.
    By(KeyFingerprint, Sha256),
}

/// Asks whether one of the sender's keys, as they are configured now, has signed a file.
pub(super) fn check(house: &House, order: &Order<'_>) -> io::Result<Signed> {
    let keys = house.sender(order.sender).map_or(&[][..], |sender| &sender.signing_keys);
    let Signing::Beside(signature) = order.signing else { return Ok(Signed::NotDemanded) };
    match signature {
        _ if keys.is_empty() => Ok(Signed::NotDemanded),
        None => Ok(Signed::Refused(Wrong::Missing, None)),
        Some(signature) => verify(order, &signature, keys),
    }
}

fn verify(order: &Order<'_>, signature: &Detached, keys: &[PublicKey]) -> io::Result<Signed> {
    // The configuration may be another one than when it was claimed.
    if let Err(wrong) = signature.is_by(keys) {
        return Ok(Signed::Refused(wrong, None));
    }
    let (mut message, mut hasher) = (signature.hasher(), Hasher::new());
    let mut file = order.file;
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    file.rewind()?;
    let mut limited = file.take(order.size);
    loop {
        let count = limited.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        message.update(&buffer[..count]);
        hasher.update(&buffer[..count]);
        bytes += count as u64;
    }
    file.rewind()?;
    let digest = hasher.finish();
    Ok(match signature.verify(message) {
        Ok(()) => Signed::By(signature.key().fingerprint(), digest),
        Err(wrong) => Signed::Refused(wrong, Some((digest, bytes))),
    })
}
