//! The log that the daemon writes. Invariant: it extends every checkpoint that was ever shown.
//!
//! An append writes tiles under their final names, syncs them all at once, and only then replaces
//! the checkpoint, which alone makes them count. What a crash leaves beyond the checkpoint was
//! shown to nobody and is removed at the next opening; the pipeline's outbox appends it again.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use rustix::fs::{FlockOperation, flock};

use crate::{
    audit::{
        AuditError,
        edge::Edge,
        merkle,
        note::{Checkpoint, Signer, VerifierKey},
        proof::{ConsistencyProof, InclusionProof},
        recovery::{load_edge, newest_kept, read_text, remove_beyond},
        tiles::{TILE_DIR, TILE_WIDTH, Tile, Tiles, push_entry},
    },
    durable::{
        self, fail_point,
        group::{Group, IfExists},
    },
    types::{digest::Sha256, secret::Secret32},
};

/// An audit log open for writing; one process at a time.
#[derive(Debug)]
pub struct Log {
    dir: PathBuf,
    /// Holds the lock as long as it is open.
    _lock: File,
    signer: Signer,
    edge: Edge,
    /// The entries of the last, partial bundle as they lie in its file.
    bundle: Vec<u8>,
    checkpoint: String,
    /// Whether an append broke off, so that disk and memory may differ.
    unsettled: bool,
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

impl Log {
    /// Opens the log, beginning it when there is none, and removes what a crash left unfinished.
    ///
    /// `known` is the newest checkpoint that the caller remembers: the log must extend it, and so
    /// must it extend those kept in `checkpoints/`. That is checked before anything is removed.
    pub fn open(
        dir: &Path,
        origin: &str,
        seed: &Secret32,
        known: Option<&str>,
    ) -> Result<Self, AuditError> {
        let signer = Signer::new(origin, seed)?;
        durable::create_dir_all(dir, DIR_MODE)?;
        let lock = lock(dir)?;
        durable::remove_temporary_files(dir)?;
        let mut log = Self {
            dir: dir.to_owned(),
            _lock: lock,
            signer,
            edge: Edge::default(),
            bundle: Vec::new(),
            checkpoint: String::new(),
            unsettled: true,
        };
        log.begin_if_new(known.is_some())?;
        let known = known.map(|note| log.signer.verifier().check(note)).transpose()?;
        log.recover(known.as_ref())?;
        Ok(log)
    }

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

    /// Writes entries as [`Self::append_at`] does, and leaves it to the caller when they are synced:
    /// together with whatever else it has to sync then. They count when they are finished.
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

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Root of the tree over them.
    pub fn root(&self) -> Sha256 {
        self.edge.root()
    }

    /// The signed note of the newest checkpoint.
    pub fn checkpoint_text(&self) -> &str {
        &self.checkpoint
    }

    /// Signs a text with the log's key, as a note that is no checkpoint.
    ///
    /// # Errors
    /// When the text cannot be told from a checkpoint, or is none that a note can hold.
    pub fn sign_text(&self, text: &str) -> Result<String, AuditError> {
        Ok(self.signer.sign_text(text)?)
    }

    /// The key that others check this log with.
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

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

    fn prove_from(
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

    /// Keeps the newest checkpoint as that day's, in `checkpoints/<date>`; the first of a day
    /// stays. Operators copy these off the machine: they are what proves a roll-back.
    pub fn keep_checkpoint(&self, date: Date) -> Result<(), AuditError> {
        self.settled()?;
        let dir = self.dir.join(KEPT_DIR);
        let name = date.to_string();
        durable::create_dir_all(&dir, DIR_MODE)?;
        if !dir.join(&name).exists() {
            let note = self.checkpoint.as_bytes();
            durable::publish(&dir, &name, note, FILE_MODE, IfExists::Same)?;
        }
        Ok(())
    }

    fn tiles(&self) -> Result<Tiles<'_>, AuditError> {
        self.settled()?;
        Ok(Tiles::new(&self.dir, self.size()))
    }

    fn settled(&self) -> Result<(), AuditError> {
        if self.unsettled {
            return Err(AuditError::Damaged { what: "the last append broke off; append again" });
        }
        Ok(())
    }

    /// Writes the key and an empty log's checkpoint, unless there is one.
    fn begin_if_new(&self, is_known: bool) -> Result<(), AuditError> {
        let key = format!("{}\n", self.signer.verifier());
        match read_text(&self.dir.join(VERIFIER_KEY))? {
            Some(there) if there == key => {}
            Some(_) => return Err(AuditError::KeyChanged),
            None if self.dir.join(CHECKPOINT).exists() => return Err(AuditError::KeyChanged),
            None => {
                let bytes = key.as_bytes();
                durable::publish(&self.dir, VERIFIER_KEY, bytes, FILE_MODE, IfExists::Same)?;
            }
        }
        if !self.dir.join(CHECKPOINT).exists() {
            // The first checkpoint comes before the first tile, so tiles without one mean that
            // somebody took it away.
            let trace = [TILE_DIR, KEPT_DIR].iter().any(|name| self.dir.join(name).exists());
            if is_known || trace {
                return Err(AuditError::RolledBack);
            }
            let note = self.signer.sign(0, merkle::empty_root());
            durable::publish(&self.dir, CHECKPOINT, note.as_bytes(), FILE_MODE, IfExists::Same)?;
        }
        Ok(())
    }

    /// Takes the checkpoint on disk for the truth and loads the right edge below it.
    fn recover(&mut self, known: Option<&Checkpoint>) -> Result<(), AuditError> {
        let text = read_text(&self.dir.join(CHECKPOINT))?.ok_or(AuditError::RolledBack)?;
        let head = self.signer.verifier().check(&text)?;
        let kept = newest_kept(&self.dir, self.signer.verifier())?;
        let olders = [known, kept.as_ref()];
        if olders.iter().flatten().any(|older| older.size > head.size) {
            return Err(AuditError::RolledBack);
        }
        remove_beyond(&self.dir, head.size)?;
        (self.edge, self.bundle) = load_edge(&self.dir, &head)?;
        self.checkpoint = text;
        self.unsettled = false;
        for older in olders.into_iter().flatten() {
            if !self.extends(older)? {
                self.unsettled = true;
                return Err(AuditError::RolledBack);
            }
        }
        Ok(())
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

fn lock(dir: &Path) -> Result<File, AuditError> {
    let failed = |source| AuditError::io("lock the audit directory", source);
    let file = File::open(dir).map_err(failed)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(AuditError::Busy),
        Err(error) => Err(failed(error.into())),
    }
}

fn join_hashes(hashes: &[Sha256]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The newest signed checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// The key that others check the log with.
pub const VERIFIER_KEY: &str = "audit.vkey";
/// One checkpoint a day.
pub const KEPT_DIR: &str = "checkpoints";

const WIDTH: u64 = TILE_WIDTH as u64;

// Nothing in the log is personal: an auditor's group may be let in.
const FILE_MODE: u32 = 0o640;
const DIR_MODE: u32 = 0o750;
