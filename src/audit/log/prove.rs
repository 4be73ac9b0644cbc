//! Entries of the log, and proofs of what it holds and what it extends.

use crate::audit::{
    AuditError, merkle,
    note::Checkpoint,
    proof::{ConsistencyProof, InclusionProof},
    tiles::{TILE_WIDTH, Tiles},
};

use super::{Log, WIDTH};

impl Log {
    /// The bytes of an entry.
    pub fn entry(&self, seq: u64) -> Result<Vec<u8>, AuditError> {
        let mut entries = self.entries(seq, 1)?;
        entries.pop().ok_or(AuditError::NoSuchEntry)
    }

    /// The bytes of up to `count` entries from `first` on; fewer at the end of the log.
    pub fn entries(&self, first: u64, count: usize) -> Result<Vec<Vec<u8>>, AuditError> {
        let tiles = self.tiles()?;
        let end = first.saturating_add(count as u64).min(self.size());
        let mut found = Vec::with_capacity(count.min(TILE_WIDTH));
        let mut at = first;
        while at < end {
            let bundle = tiles.entries(at / WIDTH)?;
            let within = usize::try_from(at % WIDTH).unwrap_or(0);
            let wanted = usize::try_from(end - at).unwrap_or(TILE_WIDTH);
            let before = found.len();
            found.extend(bundle.into_iter().skip(within).take(wanted));
            at += (found.len() - before) as u64;
        }
        Ok(found)
    }

    /// The proof that the log holds an entry.
    pub fn prove(&self, seq: u64) -> Result<InclusionProof, AuditError> {
        let mut proofs = self.prove_many(&[seq])?;
        proofs.pop().ok_or(AuditError::NoSuchEntry)
    }

    /// Proofs for several entries, reading each tile once.
    pub fn prove_many(&self, seqs: &[u64]) -> Result<Vec<InclusionProof>, AuditError> {
        self.prove_from(&self.tiles()?, seqs)
    }

    pub(super) fn prove_from(
        &self,
        tiles: &Tiles<'_>,
        seqs: &[u64],
    ) -> Result<Vec<InclusionProof>, AuditError> {
        let (size, root) = (self.size(), self.root());
        let prove = |&seq: &u64| {
            if seq >= size {
                return Err(AuditError::NoSuchEntry);
            }
            let path = merkle::inclusion(seq, size, &mut |height, n| tiles.node(height, n))?;
            Ok(InclusionProof { seq, size, root, path })
        };
        seqs.iter().map(prove).collect()
    }

    /// The proof that the log extends what it was at an older size.
    pub fn prove_consistency(&self, old_size: u64) -> Result<ConsistencyProof, AuditError> {
        let (tiles, size) = (self.tiles()?, self.size());
        if old_size > size {
            return Err(AuditError::NoSuchEntry);
        }
        let path = merkle::consistency(old_size, size, &mut |height, n| tiles.node(height, n))?;
        Ok(ConsistencyProof { old_size, size, root: self.root(), path })
    }

    /// The C2SP proof file of an entry, with the newest checkpoint in it.
    pub fn proof_file(&self, seq: u64) -> Result<String, AuditError> {
        Ok(self.prove(seq)?.to_text(&self.checkpoint))
    }

    /// Whether the log extends a checkpoint of its own that somebody kept.
    pub fn extends(&self, older: &Checkpoint) -> Result<bool, AuditError> {
        if older.size > self.size() {
            return Ok(false);
        }
        Ok(self.prove_consistency(older.size)?.extends(&older.root))
    }
}
