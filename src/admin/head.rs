//! The audit log's head and proofs, read from its files while the daemon may be writing.
//!
//! Needs no key. A checkpoint is read first, and then only what lies below it, which never changes.

use std::{fs, io, path::Path};

use crate::{
    admin::shapes::audit::{AuditHead, Checkpoint},
    audit::{
        AuditError, CHECKPOINT, VERIFIER_KEY,
        edge::Edge,
        entry::Entry,
        merkle,
        note::VerifierKey,
        proof::InclusionProof,
        tiles::{TILE_WIDTH, Tiles},
    },
};

/// The newest checkpoint; `None` when no log has been begun.
///
/// # Errors
/// When it cannot be read, or does not verify with the key beside it.
pub fn checkpoint(dir: &Path) -> Result<Option<Checkpoint>, AuditError> {
    let (Some(key), Some(note)) = (read(&dir.join(VERIFIER_KEY))?, read(&dir.join(CHECKPOINT))?)
    else {
        return Ok(None);
    };
    let head = VerifierKey::parse(key.trim_end())?.check(&note)?;
    Ok(Some(Checkpoint { note, origin: head.origin, size: head.size, root: head.root }))
}

/// What `status` says of the log.
///
/// # Errors
/// As [`checkpoint`].
pub fn head(dir: &Path) -> Result<AuditHead, AuditError> {
    let Some(checkpoint) = checkpoint(dir)? else { return Ok(AuditHead::default()) };
    let newest = match checkpoint.size.checked_sub(1) {
        Some(seq) => Some(entry(dir, seq, checkpoint.size)?),
        None => None,
    };
    let time = newest.and_then(|bytes| Entry::parse(&bytes)).map(|entry| entry.time);
    Ok(AuditHead { size: checkpoint.size, root: Some(checkpoint.root), checkpoint_at: time })
}

/// The bytes of an entry, and the C2SP proof file that the log holds it.
///
/// # Errors
/// [`AuditError::NoSuchEntry`], or as [`checkpoint`].
pub fn prove(dir: &Path, seq: u64) -> Result<(Vec<u8>, String), AuditError> {
    let head = checkpoint(dir)?.ok_or(AuditError::NoSuchEntry)?;
    if seq >= head.size {
        return Err(AuditError::NoSuchEntry);
    }
    Ok((entry(dir, seq, head.size)?, prove_under(dir, &head, seq)?))
}

/// Shows every entry under the newest checkpoint, in order, and gives the checkpoint; only when the
/// entries lead to its root are they what was signed.
///
/// # Errors
/// [`AuditError::NoSuchEntry`] without a log, [`AuditError::Damaged`] when the entries are not what
/// was signed; or as [`checkpoint`].
pub fn each_entry(dir: &Path, show: &mut dyn FnMut(u64, &[u8])) -> Result<Checkpoint, AuditError> {
    let head = checkpoint(dir)?.ok_or(AuditError::NoSuchEntry)?;
    let tiles = Tiles::new(dir, head.size);
    let mut edge = Edge::default();
    for bundle in 0..head.size.div_ceil(TILE_WIDTH as u64) {
        for entry in tiles.entries(bundle)? {
            show(edge.size(), &entry);
            edge.push(merkle::leaf(&entry), &mut |_, _, _| Ok::<(), AuditError>(()))?;
        }
    }
    if edge.root() != head.root {
        return Err(AuditError::Damaged { what: "its entries do not lead to its checkpoint" });
    }
    Ok(head)
}

/// The proof file of an entry under a checkpoint that was read before.
///
/// # Errors
/// As [`prove`].
pub fn prove_under(dir: &Path, head: &Checkpoint, seq: u64) -> Result<String, AuditError> {
    let tiles = Tiles::new(dir, head.size);
    let path = merkle::inclusion(seq, head.size, &mut |height, n| tiles.node(height, n))?;
    let proof = InclusionProof { seq, size: head.size, root: head.root, path };
    Ok(proof.to_text(&head.note))
}

fn entry(dir: &Path, seq: u64, size: u64) -> Result<Vec<u8>, AuditError> {
    let width = TILE_WIDTH as u64;
    let bundle = Tiles::new(dir, size).entries(seq / width)?;
    let within = usize::try_from(seq % width).unwrap_or(0);
    bundle.into_iter().nth(within).ok_or(AuditError::NoSuchEntry)
}

fn read(path: &Path) -> Result<Option<String>, AuditError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuditError::Io { doing: "read the audit log's head", source }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use zeroize::Zeroizing;

    use super::{checkpoint, each_entry, head, prove};
    use crate::{
        audit::{
            entry::{Entry, Event},
            log::Log,
            proof::check_proof_file,
        },
        types::secret::Secret32,
    };

    #[test]
    fn the_files_tell_what_the_log_tells() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(checkpoint(dir.path()).unwrap(), None);
        assert_eq!(head(dir.path()).unwrap().root, None);
        let seed = Secret32::new(Zeroizing::new([7; 32]));
        let mut log = Log::open(dir.path(), "filsluse/test", &seed, None).unwrap();
        assert_eq!(head(dir.path()).unwrap().size, 0);
        let entries: Vec<Vec<u8>> = (0..300)
            .map(|seq| {
                let time = Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
                Entry::new(seq, time, Event::Accepted).to_bytes()
            })
            .collect();
        log.append(&entries).unwrap();

        let found = head(dir.path()).unwrap();
        assert_eq!((found.size, found.root), (300, Some(log.root())));
        assert_eq!(found.checkpoint_at, Some(Timestamp::from_second(299).unwrap()));
        for seq in [0, 255, 256, 299] {
            let (entry, proof) = prove(dir.path(), seq).unwrap();
            assert_eq!(entry, entries[usize::try_from(seq).unwrap()]);
            assert_eq!(proof, log.proof_file(seq).unwrap());
            assert_eq!(check_proof_file(&proof, &entry, log.verifier()).unwrap().0, seq);
        }
        assert!(prove(dir.path(), 300).is_err());
        let mut shown = Vec::new();
        each_entry(dir.path(), &mut |seq, bytes| {
            assert_eq!(seq, shown.len() as u64);
            shown.push(bytes.to_vec());
        })
        .unwrap();
        assert_eq!(shown, entries);
        // Somebody changed an entry and nothing else.
        let bundle = dir.path().join("tile/entries/001.p/44");
        let text = std::fs::read(&bundle).unwrap();
        let at = memchr::memmem::find(&text, b"accepted").unwrap();
        let mut bent = text;
        bent[at] = b'b';
        std::fs::write(&bundle, bent).unwrap();
        assert!(each_entry(dir.path(), &mut |_, _| {}).is_err());
    }
}
