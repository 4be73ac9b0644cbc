//! Where a kind's output goes: sealed, into work files; or nowhere, for a rehearsal.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    durable::{self, steady::Steady},
    kinds::Sinks,
    pipeline::house::Registries,
    seal::{Sealed, Sealer},
    store::Upload,
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SubmissionId},
    },
};

/// The sealed output of one submission. Dropped before [`WorkSinks::finish`], it leaves nothing.
pub struct WorkSinks {
    submission: SubmissionId,
    number: u32,
    work: Option<PathBuf>,
    registries: Arc<Registries>,
    open: BTreeMap<(RegistryId, Part), Sealing>,
    /// Made ready, and nothing written yet: what stays so is dropped.
    prepared: BTreeMap<(RegistryId, Part), Sealing>,
    nowhere: io::Sink,
}

struct Sealing {
    sealer: Sealer<BufWriter<Steady>>,
    path: PathBuf,
}

/// One part of a submission as cipher text in a work file.
pub struct SealedPart {
    /// What goes to the store.
    pub upload: Upload,
    /// The age header, for the catalogue.
    pub header: Vec<u8>,
    /// Length of the plain text.
    pub plain_bytes: u64,
    /// Digest of the plain text.
    pub plain_sha256: Sha256,
}

impl WorkSinks {
    /// Seals into `work`. `number` tells a later decision's objects from the first ones.
    pub fn sealing(
        submission: SubmissionId,
        number: u32,
        work: PathBuf,
        registries: Arc<Registries>,
    ) -> Self {
        let work = Some(work);
        Self {
            submission,
            number,
            work,
            registries,
            open: BTreeMap::new(),
            prepared: BTreeMap::new(),
            nowhere: io::sink(),
        }
    }

    /// Keeps nothing: a rehearsal, or a dry run.
    pub fn discarding(submission: SubmissionId, registries: Arc<Registries>) -> Self {
        let (open, prepared) = (BTreeMap::new(), BTreeMap::new());
        Self { submission, number: 1, work: None, registries, open, prepared, nowhere: io::sink() }
    }

    /// Draws and wraps the key of a part that may be written later.
    ///
    /// # Errors
    /// When the work file cannot be made.
    pub fn prepare(&mut self, registry: &RegistryId, part: Part) -> io::Result<()> {
        let key = (registry.clone(), part);
        if let Some(work) = &self.work
            && !self.open.contains_key(&key)
            && !self.prepared.contains_key(&key)
        {
            let sealing = self.begin(work, &key)?;
            self.prepared.insert(key, sealing);
        }
        Ok(())
    }

    fn begin(&self, work: &Path, (registry, part): &(RegistryId, Part)) -> io::Result<Sealing> {
        let (registry, part) = (registry.clone(), *part);
        let recipients = self.registries.get(&registry)?.recipients_of(part)?;
        let object = ObjectId { submission: self.submission, registry, part, number: self.number };
        let path = work.join(object.to_string());
        // An attempt whose transaction failed has left it; nothing names it.
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        let file = Steady::new(durable::create(&path).map_err(io::Error::other)?);
        let sealer = Sealer::new(recipients, BufWriter::with_capacity(BUFFER, file))
            .map_err(io::Error::other)?;
        Ok(Sealing { sealer, path })
    }

    /// Ends every part. The work files are not synced yet: the store does that for many at once.
    pub fn finish(mut self) -> io::Result<Vec<SealedPart>> {
        let mut parts = Vec::new();
        for ((registry, part), sealing) in std::mem::take(&mut self.open) {
            let object =
                ObjectId { submission: self.submission, registry, part, number: self.number };
            let Sealed { header, out, payload_bytes, plain_bytes, plain_sha256, payload_sha256 } =
                sealing.sealer.finish().map_err(io::Error::other)?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?;
            let upload = Upload { object, work: sealing.path, payload_bytes, payload_sha256 };
            parts.push(SealedPart { upload, header, plain_bytes, plain_sha256 });
        }
        Ok(parts)
    }
}

impl Sinks for WorkSinks {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        let Some(work) = &self.work else { return Ok(&mut self.nowhere) };
        let key = (registry.clone(), part);
        if !self.open.contains_key(&key) {
            let sealing = match self.prepared.remove(&key) {
                Some(sealing) => sealing,
                None => self.begin(work, &key)?,
            };
            self.open.insert(key.clone(), sealing);
        }
        match self.open.get_mut(&key) {
            Some(sealing) => Ok(&mut sealing.sealer),
            None => unreachable!("it was opened above"),
        }
    }
}

impl Drop for WorkSinks {
    /// What was not finished never opens; only its room on the disk is to be had back.
    fn drop(&mut self) {
        for sealing in self.open.values().chain(self.prepared.values()) {
            let _ = std::fs::remove_file(&sealing.path);
        }
    }
}

/// The sealer writes chunks of 64 KiB itself; this gathers the nonce and what is small.
const BUFFER: usize = 1 << 12;
