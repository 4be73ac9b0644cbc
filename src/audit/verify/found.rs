//! What is found wrong with a log: the problems, and the first entry that cannot be relied on.

use crate::audit::{
    report::{Problem, ProblemCode},
    tiles::{TILE_WIDTH, Tile},
    verify::WIDTH,
};

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) problems: Vec<Problem>,
    /// Lowest entry of which something is known to be wrong.
    pub(super) exact: Option<u64>,
    /// Size up to which every signed checkpoint agrees with the entries.
    pub(super) confirmed: u64,
    pub(super) contradicted: bool,
    pub(super) is_bad: bool,
}

impl Found {
    pub(super) fn add(&mut self, code: ProblemCode, seq: Option<u64>, place: impl Into<String>) {
        if !code.is_remark() {
            self.is_bad = true;
            if let Some(seq) = seq {
                self.exact = Some(self.exact.map_or(seq, |before| before.min(seq)));
            }
        }
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { code, seq, place: place.into() });
        }
    }

    /// The entries lead to the signed root: where they differ from a hash, the hash is wrong.
    pub(super) fn clear_entries(&mut self) {
        for problem in &mut self.problems {
            if let (ProblemCode::EntryChanged, Some(seq)) = (problem.code, problem.seq) {
                problem.code = ProblemCode::HashTileDamaged;
                let tile = Tile::hashes(0, seq / WIDTH).path(TILE_WIDTH);
                problem.place = tile.display().to_string();
            }
        }
    }

    /// Whether something wrong is known of an entry in `from..to`.
    pub(super) fn explains(&self, from: u64, to: u64) -> bool {
        let within = |problem: &Problem| {
            !problem.code.is_remark() && problem.seq.is_some_and(|seq| (from..to).contains(&seq))
        };
        self.problems.iter().any(within)
    }
}

const MOST_PROBLEMS: usize = 1000;
