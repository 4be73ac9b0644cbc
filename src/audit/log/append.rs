//! Appending: tiles and bundles are written and synced, then the checkpoint that makes them count.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::{
    audit::{
        AuditError, CHECKPOINT, merkle,
        proof::InclusionProof,
        tiles::{TILE_WIDTH, Tile, Tiles, push_entry},
    },
    durable::{
        fail_point,
        group::{Group, IfExists},
    },
    types::digest::Sha256,
};

use super::{DIR_MODE, FILE_MODE, Log, WIDTH};

impl Log {
    /// Appends entries behind the last one, durably, with a number of syncs that does not depend on
    /// theirs. After an error the same entries may be given again: none gets in twice.
    pub fn append(&mut self, entries: &[Vec<u8>]) -> Result<Appended, AuditError> {
        let first_seq = if self.unsettled {
            self.signer.verifier().check(&self.checkpoint)?.size
        } else {
            self.size()
        };
        self.append_at(first_seq, entries)
    }

    /// Appends entries that were numbered beforehand; those that are in the log already are
    /// compared and skipped.
    ///
    /// # Errors
    /// None of the new ones counts then; the next append begins by cleaning up.
    pub fn append_at(
        &mut self,
        first_seq: u64,
        entries: &[Vec<u8>],
    ) -> Result<Appended, AuditError> {
        self.begin(first_seq, entries)?.finish()
    }

    /// Writes entries as [`Self::append_at`] does, and leaves it to the caller when they are
    /// synced: together with whatever else it has to sync then. They count when they are finished.
    ///
    /// # Errors
    /// As [`Self::append_at`].
    pub fn begin(
        &mut self,
        first_seq: u64,
        entries: &[Vec<u8>],
    ) -> Result<Appending<'_>, AuditError> {
        if self.unsettled {
            let known = self.signer.verifier().check(&self.checkpoint)?;
            self.recover(Some(&known))?;
        }
        if entries.iter().any(|entry| entry.len() > usize::from(u16::MAX)) {
            return Err(AuditError::EntryTooLong);
        }
        let there = self.size().checked_sub(first_seq).ok_or(AuditError::OutOfOrder)?;
        let there = usize::try_from(there).map_or(entries.len(), |n| n.min(entries.len()));
        let (old, new) = entries.split_at(there);
        if !old.is_empty() && self.entries(first_seq, there)? != old {
            return Err(AuditError::OutOfOrder);
        }
        let mut group = Group::new();
        let mut filled = Vec::new();
        let mut checkpoint = self.checkpoint.clone();
        if !new.is_empty() {
            self.unsettled = true;
            let written;
            (written, filled) = self.write_tiles(new)?;
            fail_point("audit-written");
            // One sync of the file system for the tiles, the directories that were made and the
            // bytes of the checkpoint, which takes its name after it.
            checkpoint = self.signer.sign(self.size(), self.root());
            let bytes = checkpoint.as_bytes();
            group.stage(&self.dir, CHECKPOINT, bytes, FILE_MODE, IfExists::Replace)?;
            for tile in written {
                group.sync_file_too(tile);
            }
        }
        Ok(Appending { log: self, first_seq, group, checkpoint, filled })
    }

    /// Writes the tiles and bundles that the entries fill or begin; says which files, and which
    /// tiles are full now.
    fn write_tiles(
        &mut self,
        entries: &[Vec<u8>],
    ) -> Result<(Vec<PathBuf>, Vec<Tile>), AuditError> {
        let mut out = TileWriter { dir: &self.dir, written: Vec::new(), filled: Vec::new() };
        let size_before = self.edge.size();
        for entry in entries {
            push_entry(&mut self.bundle, entry)?;
            self.edge.push(merkle::leaf(entry), &mut |level, index, hashes| {
                out.fill(Tile::hashes(level, index), &join_hashes(hashes))
            })?;
            if self.edge.size().is_multiple_of(WIDTH) {
                out.fill(Tile::entries(self.edge.size() / WIDTH - 1), &self.bundle)?;
                self.bundle.clear();
            }
        }
        let size = self.edge.size();
        if !self.bundle.is_empty() {
            out.write(Tile::entries(size / WIDTH), size, &self.bundle)?;
        }
        for (level, hashes) in self.edge.levels().iter().enumerate() {
            let shift = 8 * level;
            let grew = size >> shift != size_before >> shift;
            if grew && !hashes.is_empty() {
                let tile = Tile::hashes(level, (size >> shift) / WIDTH);
                out.write(tile, size, &join_hashes(hashes))?;
            }
        }
        Ok((out.written, out.filled))
    }

    /// Removes the partial files of tiles that are full and under a checkpoint.
    fn remove_partials(&self, filled: &[Tile]) {
        for tile in filled {
            // Most have none. What stays is harmless, and removed at the next opening.
            drop(fs::remove_dir_all(self.dir.join(tile.partial_dir())));
        }
    }
}

/// What an append came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Number of the first of the entries.
    pub first_seq: u64,
    /// Size of the log now.
    pub size: u64,
    /// Its root.
    pub root: Sha256,
}

/// Entries that are written and do not count yet. Dropped unfinished, they never will: the next
/// append begins by cleaning up.
#[derive(Debug)]
#[must_use = "the entries do not count before they are finished"]
pub struct Appending<'a> {
    log: &'a mut Log,
    first_seq: u64,
    group: Group,
    checkpoint: String,
    filled: Vec<Tile>,
}

impl Appending<'_> {
    /// The signed note that will be the newest. It must not be shown before the end.
    pub fn checkpoint_text(&self) -> &str {
        &self.checkpoint
    }

    /// Proofs under that checkpoint. They must not be shown before the end.
    ///
    /// # Errors
    /// As [`Log::prove_many`].
    pub fn prove_many(&self, seqs: &[u64]) -> Result<Vec<InclusionProof>, AuditError> {
        self.log.prove_from(&Tiles::new(&self.log.dir, self.log.size()), seqs)
    }

    /// What is to be synced, for [`Group::sync_together`].
    pub fn group(&mut self) -> &mut Group {
        &mut self.group
    }

    /// Makes the entries count, durably.
    ///
    /// # Errors
    /// None of the new ones counts then.
    pub fn finish(self) -> Result<Appended, AuditError> {
        let Self { log, first_seq, group, checkpoint, filled } = self;
        if !group.is_empty() {
            group.commit()?;
            fail_point("audit-checkpointed");
            log.checkpoint = checkpoint;
            log.unsettled = false;
            log.remove_partials(&filled);
        }
        Ok(Appended { first_seq, size: log.size(), root: log.root() })
    }
}

struct TileWriter<'a> {
    dir: &'a Path,
    written: Vec<PathBuf>,
    filled: Vec<Tile>,
}

impl TileWriter<'_> {
    fn fill(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), AuditError> {
        self.filled.push(tile);
        self.write_file(&tile.path(TILE_WIDTH), bytes)
    }

    fn write(&mut self, tile: Tile, size: u64, bytes: &[u8]) -> Result<(), AuditError> {
        self.write_file(&tile.path(tile.width(size)), bytes)
    }

    fn write_file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), AuditError> {
        let path = self.dir.join(path);
        let failed = |source| AuditError::io("write a tile of the audit log", source);
        if let Some(dir) = path.parent() {
            DirBuilder::new().recursive(true).mode(DIR_MODE).create(dir).map_err(failed)?;
        }
        // Left-overs were removed at the opening: whatever is in the way was not put there by us.
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        self.written.push(path);
        Ok(())
    }
}

fn join_hashes(hashes: &[Sha256]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
