//! Where a kind's output goes: sealed, into work files; or nowhere, for a rehearsal.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    durable::{self, DurableError, steady::Steady},
    kinds::{Sinks, scratch::Scratch},
    pipeline::{
        house::registries::Registries,
        pass::{part_sealer::PartSealer, scratches::Scratches},
    },
    seal::{self, Recipients, Resting, Sealed},
    store::{Mark, Upload},
    types::{
        digest::Sha256,
        ids::{ObjectId, Part, RegistryId, SenderId, SubmissionId},
    },
};

/// The sealed output of one submission. Dropped before [`WorkSinks::finish`], it leaves nothing.
pub struct WorkSinks {
    submission: SubmissionId,
    number: u32,
    work: Option<PathBuf>,
    /// Where a scratch may lie, also for a rehearsal.
    scratches: Option<Scratches>,
    registries: Arc<Registries>,
    open: Parts,
    /// Made ready, and nothing written yet: what stays so is dropped.
    prepared: Parts,
    nowhere: io::Sink,
}

/// Few, and a thousand documents of an archive wait with theirs: a tree would take five times the
/// room.
type Parts = Vec<((RegistryId, Part), Sealing)>;

struct Sealing {
    state: Sealer,
    path: PathBuf,
    recipients: Recipients,
    addressee: Option<SenderId>,
}

enum Sealer {
    Awake(Box<PartSealer<Steady>>),
    /// What waits lies in the work file, behind its end, which is here.
    Resting(Box<Resting>, u64),
    /// It could not be put to rest or be woken.
    Gone,
}

/// One part of a submission as cipher text in a work file.
pub struct SealedPart {
    /// What goes to the store.
    pub upload: Upload,
    /// The age header, for the catalogue.
    pub header: Vec<u8>,
    /// Whom it was sealed to.
    pub recipients: Recipients,
    /// The sender that it is for, where that is not the registry.
    pub addressee: Option<SenderId>,
    /// Length of the plain text.
    pub plain_bytes: u64,
    /// Digest of the plain text, of what is kept whole.
    pub plain_sha256: Option<Sha256>,
}

impl WorkSinks {
    /// Seals into `work`. `number` tells a later decision's objects from the first ones.
    pub fn sealing(
        submission: SubmissionId,
        number: u32,
        work: PathBuf,
        registries: Arc<Registries>,
    ) -> Self {
        Self {
            submission,
            number,
            scratches: Some(Scratches::new(&work, submission, number)),
            work: Some(work),
            registries,
            open: Parts::new(),
            prepared: Parts::new(),
            nowhere: io::sink(),
        }
    }

    /// Keeps nothing: a rehearsal, or a dry run.
    pub fn discarding(submission: SubmissionId, registries: Arc<Registries>) -> Self {
        Self {
            submission,
            number: 1,
            work: None,
            scratches: None,
            registries,
            open: Parts::new(),
            prepared: Parts::new(),
            nowhere: io::sink(),
        }
    }

    /// The same with a directory for what a kind remembers of a large document. Where it is
    /// missing, memory serves.
    #[must_use]
    pub fn beside(mut self, work: &Path) -> Self {
        self.scratches = Some(Scratches::new(work, self.submission, self.number));
        self
    }

    /// The same with scratches that lie beside those of other documents.
    #[must_use]
    pub fn sharing(mut self, scratches: Scratches) -> Self {
        self.scratches = Some(scratches);
        self
    }

    /// Draws and wraps the key of a part that may be written later.
    ///
    /// # Errors
    /// When the work file cannot be made.
    pub fn prepare(&mut self, registry: &RegistryId, part: Part) -> io::Result<()> {
        let key = (registry.clone(), part);
        if let Some(work) = &self.work
            && place(&self.open, &key).is_none()
            && place(&self.prepared, &key).is_none()
        {
            let sealing = self.begin(work, &key, None)?;
            self.prepared.push((key, sealing));
        }
        Ok(())
    }

    /// Hands what was made ready for one part of this submission to other sinks of it.
    pub fn hand_over(&mut self, part: Part, to: &mut Self) {
        if (self.submission, self.number) == (to.submission, to.number) {
            let of_part = |key: &(RegistryId, Part)| key.1 == part;
            to.prepared.extend(self.prepared.extract_if(.., |(key, _)| of_part(key)));
        }
    }

    fn begin(
        &self,
        work: &Path,
        (registry, part): &(RegistryId, Part),
        addressee: Option<SenderId>,
    ) -> io::Result<Sealing> {
        let (registry, part) = (registry.clone(), *part);
        let recipients = match &addressee {
            Some(sender) => self.registries.addressee(sender)?,
            None => self.registries.get(&registry)?.recipients_of(part)?,
        };
        let object = ObjectId { submission: self.submission, registry, part, number: self.number };
        let path = work.join(object.to_string());
        let file = Steady::new(create(&path)?);
        let mut sealer = seal::Sealer::new(recipients, file)?;
        if part == Part::Whole {
            // What is kept whole is held against the digest that the receipt names.
            sealer = sealer.digesting();
        }
        let state = Sealer::Awake(Box::new(PartSealer::new(sealer)));
        Ok(Sealing { state, path, recipients: recipients.clone(), addressee })
    }

    fn opened(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: Option<&SenderId>,
    ) -> io::Result<&mut dyn Write> {
        let Some(work) = &self.work else { return Ok(&mut self.nowhere) };
        let key = (registry.clone(), part);
        let at = if let Some(at) = place(&self.open, &key) {
            at
        } else {
            let sealing = match place(&self.prepared, &key) {
                Some(at) => self.prepared.swap_remove(at).1,
                None => self.begin(work, &key, to.cloned())?,
            };
            self.open.reserve_exact(1);
            self.open.push((key, sealing));
            self.open.len() - 1
        };
        Ok(self.open[at].1.awake()?)
    }

    /// Closes the files of what was written so far and lets go of what waits in memory, until more
    /// is written: an archive may bring a thousand documents.
    ///
    /// # Errors
    /// What writing meets.
    pub fn rest(&mut self) -> io::Result<()> {
        for (_, sealing) in &mut self.open {
            sealing.state = std::mem::replace(&mut sealing.state, Sealer::Gone).rested()?;
        }
        Ok(())
    }

    /// Ends every part. The work files are not synced yet: the store does that for many at once.
    pub fn finish(mut self) -> io::Result<Vec<SealedPart>> {
        let mut parts = Vec::new();
        let mut open = std::mem::take(&mut self.open);
        open.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for ((registry, part), sealing) in open {
            let Sealing { state, path, recipients, addressee } = sealing;
            let sealer = state.woken(&path)?;
            let object =
                ObjectId { submission: self.submission, registry, part, number: self.number };
            let Sealed {
                header,
                payload_bytes,
                nonce,
                plain_bytes,
                plain_sha256,
                payload_sha256,
                ..
            } = sealer.finish()?;
            let mark = payload_sha256.map_or(Mark::Nonce(nonce), Mark::Sha256);
            let upload = Upload { object, work: path, payload_bytes, mark };
            parts.push(SealedPart {
                upload,
                header,
                recipients,
                addressee,
                plain_bytes,
                plain_sha256,
            });
        }
        Ok(parts)
    }
}

impl Sealing {
    fn awake(&mut self) -> io::Result<&mut PartSealer<Steady>> {
        if !matches!(self.state, Sealer::Awake(_)) {
            let state = std::mem::replace(&mut self.state, Sealer::Gone);
            self.state = Sealer::Awake(state.woken(&self.path)?);
        }
        match &mut self.state {
            Sealer::Awake(sealer) => Ok(sealer),
            Sealer::Resting(..) | Sealer::Gone => unreachable!("it was woken above"),
        }
    }
}

impl Sealer {
    /// Goes on where it went to rest.
    fn woken(self, path: &Path) -> io::Result<Box<PartSealer<Steady>>> {
        match self {
            Self::Awake(sealer) => Ok(sealer),
            Self::Resting(resting, end) => {
                let file = File::options().read(true).write(true).open(path)?;
                let (file, aside) = Steady::go_on(file, end)?;
                Ok(Box::new(PartSealer::new(resting.wake(file, aside)?)))
            }
            Self::Gone => Err(io::Error::other(Broken)),
        }
    }

    /// Closes its file and lets go of what it holds in memory.
    fn rested(self) -> io::Result<Self> {
        let Self::Awake(sealer) = self else { return Ok(self) };
        let (resting, file, aside) = sealer.into_sealer()?.rest()?;
        Ok(Self::Resting(Box::new(resting), file.leave(&aside)?))
    }
}

/// Why was said when it happened.
#[derive(Debug, thiserror::Error)]
#[error("a work file could not be closed or opened again; look for the reason before this")]
struct Broken;

impl Sinks for WorkSinks {
    fn sink(&mut self, registry: &RegistryId, part: Part) -> io::Result<&mut dyn Write> {
        self.opened(registry, part, None)
    }

    fn addressed(
        &mut self,
        registry: &RegistryId,
        part: Part,
        to: &SenderId,
    ) -> io::Result<&mut dyn Write> {
        self.opened(registry, part, Some(to))
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        self.scratches.as_ref().map_or_else(|| Ok(Box::new(Vec::new()) as _), Scratches::begin)
    }
}

fn place(parts: &Parts, wanted: &(RegistryId, Part)) -> Option<usize> {
    parts.iter().position(|(key, _)| key == wanted)
}

/// A work file, in the place of one that an attempt whose transaction failed has left: nothing
/// names that.
fn create(path: &Path) -> io::Result<File> {
    let created = match durable::create(path) {
        Err(DurableError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(path)?;
            durable::create(path)
        }
        created => created,
    };
    created.map_err(io::Error::other)
}

impl Drop for WorkSinks {
    /// What was not finished never opens; only its room on the disk is to be had back.
    fn drop(&mut self) {
        for (_, sealing) in self.open.iter().chain(&self.prepared) {
            let _ = std::fs::remove_file(&sealing.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::create;

    #[test]
    fn what_a_failed_attempt_has_left_makes_room() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("work");
        create(&path).unwrap().write_all(b"before").unwrap();
        create(&path).unwrap().write_all(b"now").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"now");
        assert!(create(&dir.path().join("missing").join("work")).is_err());
    }
}
