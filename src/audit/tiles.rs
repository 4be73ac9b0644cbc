//! Where tiles lie and how they read: hash tiles of 256, entry bundles of 256.
//!
//! Reads no further than the size it was given, so that it never sees what a writer is adding.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    audit::{AuditError, merkle},
    types::digest::Sha256,
};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: usize = 256;
/// The same, to reckon with sizes of logs.
pub(super) const WIDTH: u64 = TILE_WIDTH as u64;

/// A tile's place, without its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// `None` for entry bundles.
    pub level: Option<u8>,
    /// Its number within the level.
    pub index: u64,
}

impl Tile {
    /// An entry bundle.
    pub fn entries(index: u64) -> Self {
        Self { level: None, index }
    }

    /// A hash tile; a tree of 2^64 entries has 8 levels.
    pub fn hashes(level: usize, index: u64) -> Self {
        Self { level: u8::try_from(level).ok(), index }
    }

    /// How many of its hashes or entries a tree of `size` has; 0 to 256.
    pub fn width(self, size: u64) -> usize {
        let at_level = size.checked_shr(8 * u32::from(self.level.unwrap_or(0))).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_WIDTH as u64);
        usize::try_from(at_level.saturating_sub(before)).map_or(TILE_WIDTH, |w| w.min(TILE_WIDTH))
    }

    /// The file of that width, below the log's directory.
    pub fn path(self, width: usize) -> PathBuf {
        let full = self.full_path();
        if width >= TILE_WIDTH { full } else { self.partial_dir().join(width.to_string()) }
    }

    /// The directory of its partial files.
    pub fn partial_dir(self) -> PathBuf {
        let mut name = self.full_path().into_os_string();
        name.push(PARTIAL_SUFFIX);
        PathBuf::from(name)
    }

    fn full_path(self) -> PathBuf {
        let mut pieces = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            pieces.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        pieces.push(self.level.map_or_else(|| ENTRIES_DIR.to_owned(), |level| level.to_string()));
        pieces.push(TILE_DIR.to_owned());
        pieces.iter().rev().collect()
    }
}

/// Adds an entry to the bytes of a bundle.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), AuditError> {
    let length = u16::try_from(entry.len()).map_err(|_| AuditError::EntryTooLong)?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// Takes the first `count` entries off a bundle; the rest is what follows them. Fewer come back
/// when the bundle breaks off.
pub fn split_bundle(mut bytes: &[u8], count: usize) -> (Vec<&[u8]>, &[u8]) {
    let mut entries = Vec::with_capacity(count);
    while entries.len() < count {
        let Some((length, after)) = bytes.split_first_chunk::<2>() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((entry, rest)) = after.split_at_checked(length) else { break };
        entries.push(entry);
        bytes = rest;
    }
    (entries, bytes)
}

/// The hashes of a tile file, if it is a whole number of them.
pub fn split_hashes(bytes: &[u8]) -> Option<Vec<Sha256>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.iter().map(|hash| Sha256(*hash)).collect())
}

/// Reads the file of a tile for a tree of `size`: the partial one, or the full one that has
/// replaced it, and how wide it is. `None` when neither is there.
pub fn read_tile(dir: &Path, tile: Tile, size: u64) -> io::Result<Option<(Vec<u8>, usize)>> {
    for width in [tile.width(size), TILE_WIDTH] {
        match fs::read(dir.join(tile.path(width))) {
            Ok(bytes) => return Ok(Some((bytes, width))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The tree of one size, read from its tiles; keeps what it read.
pub struct Tiles<'a> {
    dir: &'a Path,
    size: u64,
    seen: RefCell<HashMap<Tile, Rc<[Sha256]>>>,
    /// Hashes over parts of tiles: the proofs of neighbours share most of them.
    nodes: RefCell<HashMap<(u32, u64), Sha256>>,
}

impl<'a> Tiles<'a> {
    /// The tree of the first `size` entries of a log.
    pub fn new(dir: &'a Path, size: u64) -> Self {
        Self { dir, size, seen: RefCell::default(), nodes: RefCell::default() }
    }

    /// The hashes of a tile, as many as the tree has.
    pub fn hashes(&self, level: usize, index: u64) -> Result<Rc<[Sha256]>, AuditError> {
        let tile = Tile::hashes(level, index);
        if let Some(hashes) = self.seen.borrow().get(&tile) {
            return Ok(Rc::clone(hashes));
        }
        let bytes = self.read(tile)?;
        let width = tile.width(self.size);
        let hashes = split_hashes(&bytes)
            .and_then(|hashes| hashes.get(..width).map(Rc::from))
            .ok_or(AuditError::Damaged { what: "a hash tile is cut off" })?;
        self.seen.borrow_mut().insert(tile, Rc::clone(&hashes));
        Ok(hashes)
    }

    /// The hash over the `index`th run of `2^height` entries.
    pub fn node(&self, height: u32, index: u64) -> Result<Sha256, AuditError> {
        let (level, above) = (height / 8, height % 8);
        if above == 0 {
            let tile = self.hashes(level as usize, index / TILE_WIDTH as u64)?;
            let within = usize::try_from(index % TILE_WIDTH as u64).unwrap_or(0);
            return tile.get(within).copied().ok_or(AuditError::NoSuchEntry);
        }
        if let Some(known) = self.nodes.borrow().get(&(height, index)) {
            return Ok(*known);
        }
        let left = self.node(height - 1, 2 * index)?;
        let hash = merkle::node(&left, &self.node(height - 1, 2 * index + 1)?);
        self.nodes.borrow_mut().insert((height, index), hash);
        Ok(hash)
    }

    /// The entries of a bundle, as many as the tree has.
    pub fn entries(&self, index: u64) -> Result<Vec<Vec<u8>>, AuditError> {
        let tile = Tile::entries(index);
        let bytes = self.read(tile)?;
        let width = tile.width(self.size);
        let (entries, _) = split_bundle(&bytes, width);
        if entries.len() < width {
            return Err(AuditError::Damaged { what: "an entry bundle is cut off" });
        }
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    fn read(&self, tile: Tile) -> Result<Vec<u8>, AuditError> {
        read_tile(self.dir, tile, self.size)
            .map_err(|source| AuditError::io("read a tile of the audit log", source))?
            .map(|(bytes, _)| bytes)
            .ok_or(AuditError::Damaged { what: "a tile is missing" })
    }
}

/// The directory of all tiles.
pub const TILE_DIR: &str = "tile";
/// The directory of the entry bundles.
pub const ENTRIES_DIR: &str = "entries";
/// What a directory of partial tiles ends with.
pub const PARTIAL_SUFFIX: &str = ".p";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Tile, push_entry, split_bundle};

    #[test]
    fn the_paths_of_the_specification() {
        let cases = [
            (Tile::hashes(0, 1_234_067), 256, "tile/0/x001/x234/067"),
            (Tile::hashes(2, 0), 1, "tile/2/000.p/1"),
            (Tile::entries(999), 255, "tile/entries/999.p/255"),
            (Tile::entries(1000), 256, "tile/entries/x001/000"),
        ];
        for (tile, width, path) in cases {
            assert_eq!(tile.path(width), Path::new(path));
        }
    }

    #[test]
    fn the_widths_of_the_specification() {
        let cases = [
            (Tile::hashes(0, 272), 70_000, 256),
            (Tile::hashes(0, 273), 70_000, 112),
            (Tile::hashes(1, 0), 70_000, 256),
            (Tile::hashes(1, 1), 70_000, 17),
            (Tile::hashes(2, 0), 70_000, 1),
            (Tile::hashes(3, 0), 70_000, 0),
            (Tile::hashes(0, 0), 256, 256),
            (Tile::hashes(1, 0), 256, 1),
            (Tile::entries(1), 256, 0),
        ];
        for (tile, size, width) in cases {
            assert_eq!(tile.width(size), width, "{tile:?} of {size}");
        }
    }

    #[test]
    fn bundles_read_back_and_break_off_where_they_were_cut() {
        let (mut bundle, long) = (Vec::new(), vec![7; 65_536]);
        let longest = &long[1..];
        for entry in [&b"one"[..], b"", longest] {
            push_entry(&mut bundle, entry).unwrap();
        }
        assert!(push_entry(&mut bundle, &long).is_err());
        assert_eq!(split_bundle(&bundle, 3), (vec![&b"one"[..], b"", longest], &b""[..]));
        assert_eq!(split_bundle(&bundle[..7], 3), (vec![&b"one"[..], b""], &b""[..]));
        assert_eq!(split_bundle(&bundle[..6], 3), (vec![&b"one"[..]], &b"\0"[..]));
    }
}
