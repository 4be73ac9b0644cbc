//! A store on a directory: `<root>/<shard>/<object id>`, files 0600.
//!
//! The shard is the last two characters of the submission's id, which are random (256 shards), so
//! that no directory grows without bound. Never replaces an object that is already the same.

use std::{
    collections::BTreeSet,
    fs::{self, File, ReadDir},
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    durable::{
        self, PRIVATE_DIR, PRIVATE_FILE,
        file_system::Unsynced,
        group::{Group, IfExists},
    },
    store::{Erasure, Mark, Store, StoreError, Stored, Upload},
    types::{
        crockford,
        digest::Hasher,
        ids::{ObjectId, RegistryId, SubmissionId},
    },
};

/// The payloads of one registry, on the local file system.
#[derive(Debug)]
pub struct DirectoryStore {
    root: PathBuf,
    registry: RegistryId,
}

impl DirectoryStore {
    /// Opens `<state>/store/<registry>`, making it if need be.
    pub fn new(root: PathBuf, registry: RegistryId) -> Result<Self, StoreError> {
        durable::create_dir_all(&root, PRIVATE_DIR)?;
        Ok(Self { root, registry })
    }

    fn path(&self, object: &ObjectId) -> Result<PathBuf, StoreError> {
        if object.registry != self.registry {
            return Err(StoreError::Foreign { object: object.clone() });
        }
        Ok(self.root.join(shard(object.submission)).join(object.to_string()))
    }

    /// Puts one upload into the group, unless the same bytes are there already.
    fn enrol(&self, group: &mut Group, upload: &Upload) -> Result<(), StoreError> {
        let target = self.path(&upload.object)?;
        let shard = target.parent().unwrap_or(&self.root);
        // The shard may have been made by a process that was killed before it could sync.
        group.sync_dir_too(&self.root);
        if holds(&target, upload)? {
            // So may the object have been renamed.
            group.sync_dir_too(shard);
            return remove_if_there(&upload.work);
        }
        match fs::metadata(&upload.work) {
            Ok(found) if found.len() == upload.payload_bytes => {
                if found.permissions().mode() & 0o7777 != PRIVATE_FILE {
                    fs::set_permissions(&upload.work, fs::Permissions::from_mode(PRIVATE_FILE))
                        .map_err(|source| failed("set the mode of a work file", source))?;
                }
            }
            // A cut-off work file is as good as none: the submission is passed again.
            Ok(_) => return Err(StoreError::WorkLost { object: upload.object.clone() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::WorkLost { object: upload.object.clone() });
            }
            Err(source) => return Err(failed("look at a work file", source)),
        }
        group.ensure_dir(shard)?;
        group.add(upload.work.clone(), target, IfExists::Replace);
        Ok(())
    }
}

impl Store for DirectoryStore {
    fn place(&self, uploads: &[Upload]) -> Result<Unsynced, StoreError> {
        let mut group = Group::new();
        for upload in uploads {
            self.enrol(&mut group, upload)?;
        }
        // Nobody knows an object before the catalogue does, which is told when this is synced.
        Ok(group.take_names()?)
    }

    fn open(&self, object: &ObjectId) -> Result<Box<dyn Read + Send>, StoreError> {
        match File::open(self.path(object)?) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::Absent { object: object.clone() })
            }
            Err(source) => Err(failed("open an object", source)),
        }
    }

    fn erase_many(&self, objects: &[ObjectId]) -> Result<Vec<Erasure>, StoreError> {
        let paths: Vec<PathBuf> =
            objects.iter().map(|object| self.path(object)).collect::<Result<_, _>>()?;
        let found = durable::unlink_all(&paths)?;
        let erasure = |there| if there { Erasure::Erased } else { Erasure::WasAbsent };
        Ok(found.into_iter().map(erasure).collect())
    }

    fn of_submissions(
        &self,
        submissions: &BTreeSet<SubmissionId>,
    ) -> Result<Vec<ObjectId>, StoreError> {
        let shards: BTreeSet<String> = submissions.iter().map(|id| shard(*id)).collect();
        let mut found = Vec::new();
        for shard in shards {
            let entries = match fs::read_dir(self.root.join(shard)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(failed("list a store", source)),
            };
            for entry in entries {
                let name = entry.map_err(|source| failed("list a store", source))?.file_name();
                let object = name.to_str().and_then(|name| ObjectId::parse(name).ok());
                found.extend(object.filter(|object| {
                    object.registry == self.registry && submissions.contains(&object.submission)
                }));
            }
        }
        Ok(found)
    }

    fn list(
        &self,
    ) -> Result<Box<dyn Iterator<Item = Result<Stored, StoreError>> + '_>, StoreError> {
        let shards = read_dir(&self.root)?;
        Ok(Box::new(Listing { shards, objects: None }))
    }
}

/// The directory of a submission's objects.
fn shard(submission: SubmissionId) -> String {
    submission.to_string().split_off(crockford::TEXT_LEN - SHARD_LEN)
}

/// Walks the shards; whatever is no object of ours is passed over.
struct Listing {
    shards: ReadDir,
    objects: Option<ReadDir>,
}

impl Iterator for Listing {
    type Item = Result<Stored, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.objects.as_mut().and_then(Iterator::next) {
                match entry
                    .map_err(|source| failed("list a store", source))
                    .and_then(|entry| stored(&entry))
                {
                    Ok(None) => continue,
                    Ok(Some(stored)) => return Some(Ok(stored)),
                    Err(error) => return Some(Err(error)),
                }
            }
            let shard = match self.shards.next()? {
                Ok(shard) => shard.path(),
                Err(source) => return Some(Err(failed("list a store", source))),
            };
            match shard.is_dir().then(|| read_dir(&shard)).transpose() {
                Ok(objects) => self.objects = objects,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn stored(entry: &fs::DirEntry) -> Result<Option<Stored>, StoreError> {
    let name = entry.file_name();
    let Some(object) = name.to_str().and_then(|name| ObjectId::parse(name).ok()) else {
        return Ok(None);
    };
    match entry.metadata() {
        Ok(found) => Ok(Some(Stored { object, payload_bytes: found.len() })),
        // Erased while it was listed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("look at an object", source)),
    }
}

/// Whether the target holds the upload.
fn holds(target: &Path, upload: &Upload) -> Result<bool, StoreError> {
    let mut file = match File::open(target) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(failed("open an object", source)),
    };
    let reading = |source| failed("read an object", source);
    if file.metadata().map_err(reading)?.len() != upload.payload_bytes {
        return Ok(false);
    }
    let digest = match upload.mark {
        Mark::Sha256(digest) => digest,
        Mark::Nonce(nonce) => {
            let mut found = [0; 16];
            file.read_exact(&mut found).map_err(reading)?;
            return Ok(found == nonce);
        }
    };
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; READ_AT_ONCE];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish() == digest),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => return Err(reading(source)),
        }
    }
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(failed("remove a work file", source)),
    }
}

fn read_dir(dir: &Path) -> Result<ReadDir, StoreError> {
    fs::read_dir(dir).map_err(|source| failed("list a store", source))
}

fn failed(doing: &'static str, source: io::Error) -> StoreError {
    StoreError::Io { doing, source }
}

const SHARD_LEN: usize = 2;
const READ_AT_ONCE: usize = 64 * 1024;
