//! What an opening does: removes what lies beyond the checkpoint, and loads the right edge below
//! it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    audit::{
        AuditError, KEPT_DIR,
        edge::Edge,
        merkle,
        note::{Checkpoint, VerifierKey},
        tiles::{
            ENTRIES_DIR, PARTIAL_SUFFIX, TILE_DIR, TILE_WIDTH, Tile, Tiles, WIDTH, push_entry,
        },
    },
    durable,
};

/// The right edge that the checkpoint signs, and the bytes of its partial entry bundle.
pub(super) fn load_edge(dir: &Path, head: &Checkpoint) -> Result<(Edge, Vec<u8>), AuditError> {
    let tiles = Tiles::new(dir, head.size);
    let mut levels = Vec::new();
    let mut count = head.size;
    while count > 0 {
        let index = count / WIDTH;
        let is_partial = !count.is_multiple_of(WIDTH);
        levels.push(if is_partial { tiles.hashes(levels.len(), index)?.to_vec() } else { vec![] });
        count = index;
    }
    let edge = Edge::from_levels(levels, head.size);
    if edge.root() != head.root {
        return Err(AuditError::Damaged { what: "the tiles do not lead to the checkpoint" });
    }
    let mut bundle = Vec::new();
    if let Some(leaves) = edge.levels().first().filter(|leaves| !leaves.is_empty()) {
        let entries = tiles.entries(head.size / WIDTH)?;
        if !entries.iter().map(|entry| merkle::leaf(entry)).eq(leaves.iter().copied()) {
            return Err(AuditError::Damaged { what: "an entry does not have its hash" });
        }
        for entry in entries {
            push_entry(&mut bundle, &entry)?;
        }
    }
    Ok((edge, bundle))
}

/// Removes every tile and bundle that a log of `size` does not have, and partial files of full
/// ones.
pub(super) fn remove_beyond(dir: &Path, size: u64) -> Result<(), AuditError> {
    let failed = |source| AuditError::io("clean up the audit log", source);
    for (name, path) in list(&dir.join(TILE_DIR)).map_err(failed)? {
        let level = if name == ENTRIES_DIR { None } else { name.parse().ok() };
        if level.is_some() || name == ENTRIES_DIR {
            sweep(&path, Tile { level, index: 0 }, size).map_err(failed)?;
        }
    }
    Ok(())
}

/// Walks one directory of tiles; `above.index` is what the directories above it spell.
fn sweep(dir: &Path, above: Tile, size: u64) -> io::Result<()> {
    for (name, path) in list(dir)? {
        let (digits, is_partial) = match name.strip_suffix(PARTIAL_SUFFIX) {
            Some(digits) => (digits, true),
            None => (name.as_str(), false),
        };
        let (digits, is_above) = match digits.strip_prefix('x') {
            Some(digits) => (digits, true),
            None => (digits, false),
        };
        let Ok(number) = digits.parse::<u64>() else { continue };
        let tile = Tile { index: above.index * 1000 + number, ..above };
        let width = tile.width(size);
        if is_above {
            sweep(&path, tile, size)?;
        } else if is_partial && (width == 0 || width == TILE_WIDTH) {
            fs::remove_dir_all(path)?;
        } else if is_partial {
            for (name, path) in list(&path)? {
                if name.parse::<usize>().is_ok_and(|partial| partial > width) {
                    fs::remove_file(path)?;
                }
            }
        } else if width < TILE_WIDTH {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn list(dir: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
        })
        .collect()
}

/// What the log must extend of the checkpoints that were kept: the one of the last day, and the one
/// that covers the most. They are the same, unless a clock that was wrong has kept one of a day
/// that had not come: from then on that is the last, however little it covers.
pub(super) fn newest_kept(dir: &Path, key: &VerifierKey) -> Result<Vec<Checkpoint>, AuditError> {
    let mut kept = list(&dir.join(KEPT_DIR))
        .map_err(|source| AuditError::io("list the kept checkpoints", source))?;
    kept.retain(|(name, _)| !durable::is_temporary_name(name));
    kept.sort_unstable();
    let mut last = None;
    let mut largest = (None, String::new());
    for (_, path) in kept.iter().rev().take(KEPT_LOOKED_AT) {
        let note = read_text(path)?.unwrap_or_default();
        // The second line is the number of entries; it is believed once the signature is checked.
        let size: Option<u64> = note.lines().nth(1).and_then(|line| line.parse().ok());
        if size > largest.0 {
            largest = (size, note.clone());
        }
        last.get_or_insert(note);
    }
    let Some(last) = last else { return Ok(Vec::new()) };
    let mut checked = vec![key.check(&last)?];
    if largest.1 != last {
        checked.push(key.check(&largest.1)?);
    }
    Ok(checked)
}

pub(super) fn read_text(path: &Path) -> Result<Option<String>, AuditError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuditError::io("read the audit log", source)),
    }
}

/// Days: more than a year of them, and not all that there ever were at each start.
const KEPT_LOOKED_AT: usize = 400;
