//! The stored tiles: compared with what the entries make them, and each older part of one with the
//! whole.

use crate::{
    audit::{
        AuditError,
        report::ProblemCode,
        tiles::{Tile, split_bundle, split_hashes},
        verify::{Check, WIDTH},
    },
    types::digest::Sha256,
};

impl Check<'_> {
    /// Compares a stored tile above the leaves with what the entries make it.
    pub(super) fn compare(
        &mut self,
        level: usize,
        index: u64,
        size: u64,
        hashes: &[Sha256],
    ) -> Result<(), AuditError> {
        let tile = Tile::hashes(level, index);
        let Some(stored) = self.stored_hashes(tile, size)? else { return Ok(()) };
        let span = 1 << (8 * level);
        for (at, (stored, computed)) in stored.iter().zip(hashes).enumerate() {
            let from = (index * WIDTH + at as u64) * span;
            // A changed entry changes all hashes above it: that was told already.
            if stored != computed && !self.found.explains(from, from + span) {
                let place = tile.path(tile.width(size)).display().to_string();
                self.found.add(ProblemCode::HashTileDamaged, Some(from), place);
            }
        }
        Ok(())
    }

    /// The hashes of a stored tile, its damage told.
    pub(super) fn stored_hashes(
        &mut self,
        tile: Tile,
        size: u64,
    ) -> Result<Option<Vec<Sha256>>, AuditError> {
        let width = tile.width(size);
        let place = tile.path(width).display().to_string();
        let from = first_entry(tile);
        let read = self.tile(tile, size)?;
        let hashes = read.as_ref().and_then(|(bytes, file_width)| {
            let hashes = split_hashes(bytes)?;
            (hashes.len() == *file_width).then(|| hashes[..width].to_vec())
        });
        if hashes.is_none() {
            self.found.add(ProblemCode::HashTileDamaged, Some(from), place);
        }
        if let Some((bytes, _)) = read {
            self.check_partials(tile, size, &bytes)?;
        }
        Ok(hashes)
    }

    /// Older partial files of a tile must be beginnings of it.
    pub(super) fn check_partials(
        &mut self,
        tile: Tile,
        size: u64,
        bytes: &[u8],
    ) -> Result<(), AuditError> {
        let width = tile.width(size);
        for name in self.list(&tile.partial_dir())? {
            let Some(partial) = name.parse::<usize>().ok().filter(|partial| *partial < width)
            else {
                continue;
            };
            let length = match tile.level {
                Some(_) => partial * 32,
                None => bytes.len() - split_bundle(bytes, partial).1.len(),
            };
            let path = tile.path(partial);
            // The writer removes partial files once the tile is full.
            let Some(older) = self.read(&path)? else { continue };
            if bytes.get(..length) != Some(older.as_slice()) {
                let (code, place) = (ProblemCode::PartialDiffers, path.display().to_string());
                let same = same_beginning(tile, bytes, &older, partial);
                let below = 8 * u32::from(tile.level.unwrap_or(0));
                self.found.add(code, Some(first_entry(tile) + (same << below)), place);
            }
        }
        Ok(())
    }
}

fn first_entry(tile: Tile) -> u64 {
    (tile.index * WIDTH) << (8 * u32::from(tile.level.unwrap_or(0)))
}

/// How many entries or hashes two files of one tile have in common before they differ.
fn same_beginning(tile: Tile, bytes: &[u8], older: &[u8], most: usize) -> u64 {
    let same = if tile.level.is_some() {
        let pairs = bytes.chunks(32).zip(older.chunks(32));
        pairs.take_while(|(ours, theirs)| ours == theirs).count()
    } else {
        let (ours, theirs) = (split_bundle(bytes, most).0, split_bundle(older, most).0);
        ours.iter().zip(&theirs).take_while(|(ours, theirs)| ours == theirs).count()
    };
    same.min(most) as u64
}
