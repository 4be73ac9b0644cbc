//! The log that the daemon writes. Invariant: it extends every checkpoint that was ever shown.
//!
//! An append writes tiles under their final names, syncs them all at once, and only then replaces
//! the checkpoint, which alone makes them count. What a crash leaves beyond the checkpoint was
//! shown to nobody and is removed at the next opening; the pipeline's outbox appends it again.

pub mod append;
mod prove;

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use rustix::fs::{FlockOperation, flock};

use crate::{
    audit::{
        AuditError, CHECKPOINT, KEPT_DIR, VERIFIER_KEY,
        edge::Edge,
        merkle,
        note::{Checkpoint, Signer, VerifierKey},
        recovery::{load_edge, newest_kept, read_text, remove_beyond},
        tiles::{TILE_DIR, Tiles, WIDTH},
    },
    durable::{self, group::IfExists},
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

    /// The key that others check this log with.
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Signs a text with the log's key, as a note that is no checkpoint.
    ///
    /// # Errors
    /// When the text cannot be told from a checkpoint, or is none that a note can hold.
    pub fn sign_text(&self, text: &str) -> Result<String, AuditError> {
        Ok(self.signer.sign_text(text)?)
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
        let olders = || known.into_iter().chain(&kept);
        if olders().any(|older| older.size > head.size) {
            return Err(AuditError::RolledBack);
        }
        remove_beyond(&self.dir, head.size)?;
        (self.edge, self.bundle) = load_edge(&self.dir, &head)?;
        self.checkpoint = text;
        self.unsettled = false;
        for older in olders() {
            if !self.extends(older)? {
                self.unsettled = true;
                return Err(AuditError::RolledBack);
            }
        }
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

// Nothing in the log is personal: an auditor's group may be let in.
const FILE_MODE: u32 = 0o640;
const DIR_MODE: u32 = 0o750;
