//! The last look at what leaves: finds direct identifiers in an outgoing stream (NPR-04).
//!
//! Independent of how the stream was made: it reads bytes, knows no field and no format, and shares
//! with the parser of identifiers only the arithmetic of the check digits. Reports places and
//! counts, never what stood there.
//!
//! # What counts as a national identity number
//! Eleven digits of any kind (fødselsnummer, D, H, FH, synthetic), by the rule of 1964 or of 2032,
//! written as
//! - a run of exactly eleven digits, whatever stands beside it: `id="…"`, `a…b`, `_…;`;
//! - six and five digits, or six, three and two, with a gap between them;
//! - a date (`DD.MM.YY` or `DD.MM.YYYY`, any gaps) and five digits after a gap;
//! - eleven digits between which stands nothing that anybody sees (soft hyphens, zero-width signs), if
//!   five of them are together;
//! - a longer run that is such a number behind leading zeroes (fixed-width numbers) or behind `+47`, or
//!   that consists of such numbers and nothing else (columns without a separator).
//!
//! A gap is what cannot be the border of two columns (`gap`). Where one value is at hand that a
//! person wrote, [`value`] finds more: there is no border in it.
//!
//! # What does not
//! - Any other run of twelve digits or more. One run of eleven random digits in sixty-one holds together,
//!   so looking at every window would stop releases at time stamps and account numbers. Such runs are
//!   counted ([`ScanReport::long_runs`]).
//! - The digits of a well-formed pseudonym of ours, which by chance may hold eleven in a row.
//! - The digits of a well-formed UUID with hyphens, where the caller says so ([`Uuids`]).
//! - Anything encoded: base64, compressed or encrypted bytes, UTF-16.

pub mod direct;
pub mod scanner;
pub mod short;
pub mod value;

mod form;
mod gap;
mod runs;
mod signs;

/// What a scan lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanPolicy {
    /// Digits that belong to a UUID with hyphens, version and variant in place. One random UUID in
    /// some 15,000 ends in what looks like a number.
    pub uuids: Uuids,
}

/// Which UUIDs pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uuids {
    /// All of them: for content that is full of them, and as somebody else made them.
    Pass,
    /// Those that are a part of a longer text, but none between two quotation marks: for content in
    /// whose attributes a UUID that holds a number was replaced by another.
    PassWithinTexts,
    /// None.
    #[default]
    Stop,
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detector {
    /// Fødselsnummer, D-, H- and FH-numbers, synthetic ones too.
    NationalId,
}

impl Detector {
    /// All of them, in the order of their counts.
    pub const ALL: [Self; 1] = [Self::NationalId];

    /// The stable word for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NationalId => "national-id",
        }
    }
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte of the stream, from 0, at which it begins.
    pub offset: u64,
    /// What it is.
    pub detector: Detector,
}

/// What a scan found: places and counts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanReport {
    first: Option<Hit>,
    counts: [u64; Detector::ALL.len()],
    long_runs: u64,
    bytes: u64,
}

impl ScanReport {
    /// The first thing found.
    pub fn first(&self) -> Option<Hit> {
        self.first
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.first.is_none()
    }

    /// How often one detector found something.
    pub fn count(&self, detector: Detector) -> u64 {
        self.counts[detector as usize]
    }

    /// Runs of twelve digits or more that were not looked into.
    pub fn long_runs(&self) -> u64 {
        self.long_runs
    }

    /// Bytes looked at.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn found(&mut self, hit: Hit) {
        self.counts[hit.detector as usize] += 1;
        // The first by place: nothing is looked at out of order, but a date's hit begins before
        // the digits that gave it away.
        self.first = self.first.map_or(Some(hit), |first| Some(first.min(hit)));
    }
}
