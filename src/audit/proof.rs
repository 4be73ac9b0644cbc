//! Proofs that leave the house: C2SP `tlog-proof` text that anybody checks offline.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    audit::{
        merkle::{check_consistency, check_inclusion, leaf},
        note::{Checkpoint, NoteError, VerifierKey},
    },
    types::digest::Sha256,
};

/// That the log holds an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Number of the entry, from 0.
    pub seq: u64,
    /// Size of the log that the proof is for.
    pub size: u64,
    /// Root of that log.
    pub root: Sha256,
    /// From the leaf's sibling up to the root's child.
    pub path: Vec<Sha256>,
}

impl InclusionProof {
    /// The proof file; the checkpoint must be the one of this size.
    pub fn to_text(&self, checkpoint: &str) -> String {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.seq);
        for hash in &self.path {
            text.push_str(&STANDARD.encode(hash.0));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(checkpoint);
        text
    }

    /// Whether it proves the entry.
    pub fn proves(&self, entry: &[u8]) -> bool {
        check_inclusion(&leaf(entry), self.seq, self.size, &self.path, &self.root)
    }
}

/// That the log of today extends an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// Size of the older one.
    pub old_size: u64,
    /// Size of the log that the proof is for.
    pub size: u64,
    /// Root of that log.
    pub root: Sha256,
    /// As RFC 6962 section 2.1.2 orders it.
    pub path: Vec<Sha256>,
}

impl ConsistencyProof {
    /// Whether the log extends the one with this root.
    pub fn extends(&self, old_root: &Sha256) -> bool {
        check_consistency((self.old_size, old_root), (self.size, &self.root), &self.path)
    }
}

/// Checks a proof file: the log whose key it is holds the entry. Gives the entry's number and the
/// checkpoint.
pub fn check_proof_file(
    text: &str,
    entry: &[u8],
    key: &VerifierKey,
) -> Result<(u64, Checkpoint), ProofError> {
    let (head, note) = text.split_once("\n\n").ok_or(ProofError::Malformed)?;
    let checkpoint = key.check(note).map_err(ProofError::Checkpoint)?;
    let (seq, path) = parse_head(head).ok_or(ProofError::Malformed)?;
    let proof = InclusionProof { seq, size: checkpoint.size, root: checkpoint.root, path };
    if !proof.proves(entry) {
        return Err(ProofError::NotProved);
    }
    Ok((seq, checkpoint))
}

/// Why a proof file proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Its checkpoint does not verify.
    #[error("the proof's checkpoint does not verify")]
    Checkpoint(#[source] NoteError),
    /// It is no proof file.
    #[error("the file is not a c2sp.org/tlog-proof@v1 file; copy the whole of it")]
    Malformed,
    /// The entry and the proof do not fit.
    #[error(
        "the proof does not lead from this entry to the checkpoint; the entry is not in the log"
    )]
    NotProved,
}

fn parse_head(head: &str) -> Option<(u64, Vec<Sha256>)> {
    let mut lines = head.split('\n').peekable();
    if lines.next()? != FIRST_LINE {
        return None;
    }
    // Data that the format does not authenticate; ours has none.
    lines.next_if(|line| line.starts_with("extra "));
    let digits = lines.next()?.strip_prefix("index ")?;
    let seq: u64 = digits.parse().ok().filter(|seq: &u64| seq.to_string() == digits)?;
    let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok().map(Sha256);
    Some((seq, lines.map(hash).collect::<Option<_>>()?))
}

/// What a proof file begins with.
pub const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
