//! What verification came to, for people and for `audit verify --json`.

use std::fmt;

use serde::Serialize;

use crate::types::digest::Sha256;

/// What verification came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether the log is whole, unchanged and extends every older checkpoint at hand.
    pub ok: bool,
    /// Size that the checkpoint tells.
    pub size: u64,
    /// Root that the checkpoint tells.
    pub root: Sha256,
    /// The first entry that is changed or missing. Where all hashes were rewritten to fit, the
    /// first one that no checkpoint confirms: it, or a later one.
    pub first_bad: Option<u64>,
    /// All that was found, at most a thousand.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub code: ProblemCode,
    /// At which entry, where that can be said.
    pub seq: Option<u64>,
    /// In which file of the log.
    pub place: String,
}

impl Report {
    /// Holds the log against what the catalogue of its own installation remembers: how many entries
    /// it saw written, asked before the log was verified.
    #[must_use]
    pub fn against(mut self, written: u64, place: &str) -> Self {
        if self.size < written {
            let (code, seq) = (ProblemCode::RolledBack, Some(self.size));
            self.problems.push(Problem { code, seq, place: place.to_owned() });
            self.ok = false;
            self.first_bad = self.first_bad.map_or(seq, |first| Some(first.min(self.size)));
        }
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seq) = self.seq {
            write!(f, "entry {seq}, ")?;
        }
        write!(f, "{}: {}", self.place, self.code.as_str())
    }
}

/// What may be wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemCode {
    /// Entries lie beyond the checkpoint: an append that a crash cut off, a copy that was taken
    /// while the log grew, or a checkpoint that was put back. The files alone do not tell which, so
    /// it stays `ok`; whoever keeps a later checkpoint, or the catalogue, can tell.
    BeyondCheckpoint,
    /// The checkpoint is forged, damaged or another log's.
    CheckpointInvalid,
    /// There is no checkpoint.
    CheckpointMissing,
    /// A time is more than an hour before an earlier entry's: a clock was set. Not a change of the
    /// log, so it stays `ok`.
    ClockWentBack,
    /// An entry does not have the hash that was signed.
    EntryChanged,
    /// Entries are cut off or removed.
    EntryMissing,
    /// An entry is not the JSON that this product writes.
    EntryUnreadable,
    /// A hash tile is damaged or missing; the entries below it are good.
    HashTileDamaged,
    /// The directory's verifier key is not the one it is verified with.
    KeyDiffers,
    /// An older checkpoint is forged, damaged or another log's.
    OlderInvalid,
    /// An older, partial file is not the beginning of its tile.
    PartialDiffers,
    /// The entries and hashes do not lead to a checkpoint that was signed.
    Rewritten,
    /// The log is shorter than an older checkpoint says.
    RolledBack,
    /// An entry's number is not its place: entries were moved, removed or put in.
    SeqWrong,
    /// A file goes on after its last entry or hash.
    TrailingBytes,
}

impl ProblemCode {
    /// Whether it is told and is no proof of a change.
    pub const fn is_remark(self) -> bool {
        matches!(self, Self::BeyondCheckpoint | Self::ClockWentBack)
    }

    /// What it means, in a clause.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeyondCheckpoint => {
                "from here on entries lie beyond the checkpoint: an append was cut off by a crash, the \
                 copy was taken while the log grew, or an older checkpoint was put back; hold it \
                 against a later one with --older"
            }
            Self::CheckpointInvalid => "the checkpoint is forged, damaged or of another log",
            Self::CheckpointMissing => "there is no checkpoint",
            Self::ClockWentBack => "its time lies more than an hour before an earlier entry's",
            Self::EntryChanged => "the entry does not have the hash that was signed",
            Self::EntryMissing => "the entry and what follows in this file are missing",
            Self::EntryUnreadable => "the entry is not one that this product writes",
            Self::HashTileDamaged => "the hashes are damaged or missing, or below them entries are",
            Self::KeyDiffers => "the directory holds another verifier key",
            Self::OlderInvalid => "the older checkpoint is forged, damaged or of another log",
            Self::PartialDiffers => "the partial file is not the beginning of its tile",
            Self::Rewritten => "the entries do not lead to this signed checkpoint",
            Self::RolledBack => "the log is shorter than this says that it was",
            Self::SeqWrong => "the entry's number is not its place",
            Self::TrailingBytes => "the file goes on after its last entry or hash",
        }
    }
}
