//! The right edge of the tree: all that a growing log must remember, at most 255 hashes a level.

use crate::{
    audit::{
        merkle::{empty_root, node, perfect},
        tiles::TILE_WIDTH,
    },
    types::digest::Sha256,
};

/// The partial tiles of a tree, one a level, lowest first.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    levels: Vec<Vec<Sha256>>,
    size: u64,
}

impl Edge {
    /// The edge of a tree whose partial tiles are at hand.
    pub fn from_levels(levels: Vec<Vec<Sha256>>, size: u64) -> Self {
        Self { levels, size }
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The partial tile of each level; empty where the tree ends with a full one.
    pub fn levels(&self) -> &[Vec<Sha256>] {
        &self.levels
    }

    /// Adds a leaf; `full(level, index, hashes)` is told of every tile that it fills.
    pub fn push<E>(
        &mut self,
        leaf: Sha256,
        full: &mut impl FnMut(usize, u64, &[Sha256]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.size += 1;
        let mut count = self.size;
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::with_capacity(TILE_WIDTH));
            }
            let tile = &mut self.levels[level];
            tile.push(hash);
            if tile.len() < TILE_WIDTH {
                break;
            }
            count /= TILE_WIDTH as u64;
            full(level, count - 1, tile)?;
            hash = perfect(tile);
            tile.clear();
        }
        Ok(())
    }

    /// The root of the tree.
    pub fn root(&self) -> Sha256 {
        // The perfect trees that a tree falls into hang together from the right, smallest first.
        let mut root = None;
        for level in &self.levels {
            let mut end = level.len();
            while end > 0 {
                let start = end - (1 << end.trailing_zeros());
                let peak = perfect(&level[start..end]);
                root = Some(root.map_or(peak, |right| node(&peak, &right)));
                end = start;
            }
        }
        root.unwrap_or_else(empty_root)
    }
}
