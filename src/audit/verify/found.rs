//! What verification has found so far, and what that comes to.

use crate::{
    audit::{
        report::{Problem, ProblemCode, Report},
        tiles::{TILE_WIDTH, Tile, WIDTH},
    },
    types::digest::Sha256,
};

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    problems: Vec<Problem>,
    /// Lowest entry of which something is known to be wrong.
    pub(super) exact: Option<u64>,
    /// Size up to which every signed checkpoint agrees with the entries.
    pub(super) confirmed: u64,
    /// Whether a signed checkpoint says otherwise.
    pub(super) contradicted: bool,
    is_bad: bool,
}

impl Found {
    /// Adds one thing.
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

    /// What it came to, for a log of this size and root.
    pub(super) fn report(self, size: u64, root: Sha256) -> Report {
        let Self { problems, exact, confirmed, is_bad, .. } = self;
        let rewritten = problems.iter().any(|problem| problem.code == ProblemCode::Rewritten);
        let first_bad = exact.or(rewritten.then_some(confirmed));
        Report { ok: !is_bad, size, root, first_bad, problems }
    }
}

const MOST_PROBLEMS: usize = 1000;
