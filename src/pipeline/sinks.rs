//! Where a kind's output goes: sealed, into work files; or nowhere, for a rehearsal.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::Arc,
};

use crate::{
    durable,
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
    nowhere: io::Sink,
}

struct Sealing {
    sealer: Sealer<BufWriter<File>>,
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
        let (open, nowhere) = (BTreeMap::new(), io::sink());
        Self { submission, number, work: Some(work), registries, open, nowhere }
    }

    /// Keeps nothing: a rehearsal, or a dry run.
    pub fn discarding(submission: SubmissionId, registries: Arc<Registries>) -> Self {
        let (open, nowhere) = (BTreeMap::new(), io::sink());
        Self { submission, number: 1, work: None, registries, open, nowhere }
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
            let object = ObjectId {
                submission: self.submission,
                registry: registry.clone(),
                part,
                number: self.number,
            };
            let path = work.join(object.to_string());
            let recipients = self.registries.get(registry)?.recipients_of(part)?;
            // An attempt whose transaction failed has left it; nothing names it.
            if path.exists() {
                std::fs::remove_file(&path)?;
            }
            let file = durable::create(&path).map_err(io::Error::other)?;
            let sealer = Sealer::new(recipients, BufWriter::with_capacity(1 << 18, file))
                .map_err(io::Error::other)?;
            self.open.insert(key.clone(), Sealing { sealer, path });
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
        for sealing in self.open.values() {
            let _ = std::fs::remove_file(&sealing.path);
        }
    }
}
