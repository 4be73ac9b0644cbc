//! Checks a log from outside: a copy of its directory and its public key are enough.
//!
//! Recomputes every hash from the entries, compares it with the stored tiles, and holds the result
//! against the signed checkpoint and every older one at hand. Changes nothing. What lies beyond the
//! checkpoint was shown to nobody: that it is there is told, and it is not read.

mod found;
mod stored;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::{
    audit::{
        AuditError, CHECKPOINT, KEPT_DIR, VERIFIER_KEY,
        edge::Edge,
        merkle,
        note::{Checkpoint, VerifierKey},
        report::{ProblemCode, Report},
        tiles::{TILE_DIR, TILE_WIDTH, Tile, WIDTH, read_tile, split_bundle},
        verify::found::Found,
    },
    durable,
    types::{digest::Sha256, plain_file},
};

/// Whether there is a log in a directory, or what is left of one.
pub fn is_log(dir: &Path) -> bool {
    // What cannot be looked at is told of by whoever reads it.
    [CHECKPOINT, TILE_DIR].iter().any(|name| dir.join(name).try_exists().unwrap_or(true))
}

/// Verifies the log in a directory with the text of its `audit.vkey`, which should come from
/// elsewhere, and with an older checkpoint that somebody kept.
///
/// # Errors
/// Only when the key is none, or files cannot be read: what is wrong with the log is in the report.
pub fn verify(dir: &Path, key: &str, older: Option<&str>) -> Result<Report, AuditError> {
    let key = VerifierKey::parse(key)?;
    let mut check = Check { dir, edge: Edge::default(), found: Found::default(), latest: None };
    let head = check.head(&key)?;
    if let Some(head) = &head {
        let anchors = check.anchors(&key, head, older)?;
        check.entries(head, &anchors)?;
        check.beyond(&key, head)?;
    }
    let (size, root) = head.map_or((0, merkle::empty_root()), |head| (head.size, head.root));
    Ok(check.found.report(size, root))
}

/// A root that the log must have had at a size, and where that is written.
struct Anchor {
    size: u64,
    root: Sha256,
    place: String,
}

struct Check<'a> {
    dir: &'a Path,
    edge: Edge,
    found: Found,
    latest: Option<Timestamp>,
}

impl Check<'_> {
    /// The signed head, if there is one.
    fn head(&mut self, key: &VerifierKey) -> Result<Option<Checkpoint>, AuditError> {
        if let Some(there) = self.read(Path::new(VERIFIER_KEY))?
            && there != format!("{key}\n").into_bytes()
        {
            self.found.add(ProblemCode::KeyDiffers, None, VERIFIER_KEY);
        }
        let Some(note) = self.read(Path::new(CHECKPOINT))? else {
            self.found.add(ProblemCode::CheckpointMissing, None, CHECKPOINT);
            return Ok(None);
        };
        let head = str::from_utf8(&note).ok().and_then(|note| key.check(note).ok());
        if head.is_none() {
            self.found.add(ProblemCode::CheckpointInvalid, None, CHECKPOINT);
        }
        Ok(head)
    }

    /// The head and every older checkpoint that the log can still be held against, by size.
    fn anchors(
        &mut self,
        key: &VerifierKey,
        head: &Checkpoint,
        older: Option<&str>,
    ) -> Result<Vec<Anchor>, AuditError> {
        let mut notes: Vec<(String, Vec<u8>)> = older
            .map(|note| ("older checkpoint".to_owned(), note.as_bytes().to_vec()))
            .into_iter()
            .collect();
        for name in self.list(Path::new(KEPT_DIR))? {
            let place = PathBuf::from(KEPT_DIR).join(&name);
            if !durable::is_temporary_name(&name)
                && let Some(note) = self.read(&place)?
            {
                notes.push((place.display().to_string(), note));
            }
        }
        let (size, root) = (head.size, head.root);
        let mut anchors = vec![Anchor { size, root, place: CHECKPOINT.to_owned() }];
        for (place, note) in notes {
            match str::from_utf8(&note).ok().and_then(|note| key.check(note).ok()) {
                None => self.found.add(ProblemCode::OlderInvalid, None, place),
                Some(older) if older.size > size => {
                    self.found.add(ProblemCode::RolledBack, Some(size), place);
                }
                Some(older) => anchors.push(Anchor { size: older.size, root: older.root, place }),
            }
        }
        anchors.sort_by_key(|anchor| anchor.size);
        Ok(anchors)
    }

    /// Walks all entries, bundle by bundle.
    fn entries(&mut self, head: &Checkpoint, anchors: &[Anchor]) -> Result<(), AuditError> {
        let mut anchors = anchors.iter().peekable();
        self.hold_against(&mut anchors);
        for index in 0..head.size.div_ceil(WIDTH) {
            let leaves = self.leaves(index, head.size)?;
            let full = self.bundle(index, head.size, &leaves, &mut anchors)?;
            if !full {
                // Neither the entries nor their hashes are there: what follows has no root.
                return Ok(());
            }
        }
        for level in 1..self.edge.levels().len() {
            let index = (head.size >> (8 * level)) / WIDTH;
            let hashes = self.edge.levels()[level].clone();
            if !hashes.is_empty() {
                self.compare(level, index, head.size, &hashes)?;
            }
        }
        if self.edge.root() == head.root {
            self.found.clear_entries();
        }
        Ok(())
    }

    /// Tells of entries beyond the checkpoint, unless the log has grown while it was verified.
    fn beyond(&mut self, key: &VerifierKey, head: &Checkpoint) -> Result<(), AuditError> {
        let bundle = Tile::entries(head.size / WIDTH);
        let inside = usize::try_from(head.size % WIDTH).unwrap_or(0);
        let partials = self.list(&bundle.partial_dir())?;
        let wider = partials.iter().filter_map(|name| name.parse().ok());
        let widest = wider.filter(|width| (inside + 1..TILE_WIDTH).contains(width)).max();
        let full = self.dir.join(bundle.path(TILE_WIDTH)).is_file().then_some(TILE_WIDTH);
        let Some(width) = full.or(widest) else { return Ok(()) };
        let now = self.read(Path::new(CHECKPOINT))?;
        let now = now.as_deref().and_then(|note| key.check(str::from_utf8(note).ok()?).ok());
        if now.is_none_or(|now| now.size == head.size) {
            let place = bundle.path(width).display().to_string();
            self.found.add(ProblemCode::BeyondCheckpoint, Some(head.size), place);
        }
        Ok(())
    }

    /// Checks one bundle against its leaves; false when the walk cannot go on.
    fn bundle(
        &mut self,
        index: u64,
        size: u64,
        leaves: &[Sha256],
        anchors: &mut std::iter::Peekable<std::slice::Iter<'_, Anchor>>,
    ) -> Result<bool, AuditError> {
        let tile = Tile::entries(index);
        let width = tile.width(size);
        let place = tile.path(width).display().to_string();
        let (bytes, file_width) = self.tile(tile, size)?.unwrap_or_default();
        let (entries, rest) = split_bundle(&bytes, width);
        if file_width == width && entries.len() == width && !rest.is_empty() {
            let after = index * WIDTH + width as u64 - 1;
            self.found.add(ProblemCode::TrailingBytes, Some(after), place.as_str());
        }
        if entries.len() < width {
            let missing = index * WIDTH + entries.len() as u64;
            self.found.add(ProblemCode::EntryMissing, Some(missing), place.as_str());
        }
        for at in 0..width {
            let seq = index * WIDTH + at as u64;
            let entry = entries.get(at).map(|entry| merkle::leaf(entry));
            if let Some(entry) = entries.get(at) {
                self.read_entry(seq, entry, &place);
            }
            if let (Some(leaf), Some(stored)) = (&entry, leaves.get(at))
                && leaf != stored
            {
                self.found.add(ProblemCode::EntryChanged, Some(seq), place.as_str());
            }
            let Some(leaf) = entry.or_else(|| leaves.get(at).copied()) else { return Ok(false) };
            self.push(leaf, size)?;
            self.hold_against(anchors);
        }
        self.check_partials(tile, size, &bytes)?;
        Ok(true)
    }

    /// The stored leaf hashes of a bundle; too few or none when the tile is damaged.
    fn leaves(&mut self, index: u64, size: u64) -> Result<Vec<Sha256>, AuditError> {
        let tile = Tile::hashes(0, index);
        Ok(self.stored_hashes(tile, size)?.unwrap_or_default())
    }

    fn push(&mut self, leaf: Sha256, size: u64) -> Result<(), AuditError> {
        let mut filled = Vec::new();
        let Ok(()) = self.edge.push(leaf, &mut |level, index, hashes| {
            if level > 0 {
                filled.push((level, index, hashes.to_vec()));
            }
            Ok::<_, std::convert::Infallible>(())
        });
        for (level, index, hashes) in filled {
            self.compare(level, index, size, &hashes)?;
        }
        Ok(())
    }

    /// Holds the tree of the entries so far against the checkpoints of its size.
    fn hold_against(&mut self, anchors: &mut std::iter::Peekable<std::slice::Iter<'_, Anchor>>) {
        let size = self.edge.size();
        let mut reached = false;
        while let Some(anchor) = anchors.next_if(|anchor| anchor.size == size) {
            reached = true;
            if self.edge.root() == anchor.root {
                continue;
            }
            self.found.contradicted = true;
            if self.found.exact.is_none_or(|seq| seq >= size) {
                self.found.add(ProblemCode::Rewritten, None, anchor.place.as_str());
            }
        }
        // Whoever holds the key can confirm anything after the first lie.
        if reached && !self.found.contradicted {
            self.found.confirmed = size;
        }
    }

    /// Checks what an entry says of itself.
    fn read_entry(&mut self, seq: u64, entry: &[u8], place: &str) {
        let Ok(line) = serde_json::from_slice::<Line>(entry) else {
            self.found.add(ProblemCode::EntryUnreadable, Some(seq), place);
            return;
        };
        if line.seq != seq {
            self.found.add(ProblemCode::SeqWrong, Some(seq), place);
        }
        let latest = self.latest.map_or(line.time, |latest| latest.max(line.time));
        if latest.duration_since(line.time) > CLOCK_TOLERANCE {
            self.found.add(ProblemCode::ClockWentBack, Some(seq), place);
        }
        self.latest = Some(latest);
    }

    fn tile(&self, tile: Tile, size: u64) -> Result<Option<(Vec<u8>, usize)>, AuditError> {
        read_tile(self.dir, tile, size).map_err(failed)
    }

    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, AuditError> {
        match plain_file::read(&self.dir.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    fn list(&self, path: &Path) -> Result<Vec<String>, AuditError> {
        let entries = match fs::read_dir(self.dir.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().into_owned()).map_err(failed)
        };
        let mut names: Vec<String> = entries.map(name).collect::<Result<_, _>>()?;
        names.sort();
        Ok(names)
    }
}

/// What every entry has, of this version or any other.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    time: Timestamp,
}

fn failed(source: io::Error) -> AuditError {
    AuditError::io("read the audit log", source)
}

/// Entries of one batch may stand a little out of order.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(1);
