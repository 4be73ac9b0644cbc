//! What the daemon would answer to a file, without taking it: the same pass, the same rules, the
//! same receipt. Stores nothing.

use std::{fs::File, io};

use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::{
        self,
        error::CatalogueError,
        records::submissions::{ClaimedFile, RecordCounts, Submission},
    },
    pipeline::{
        facts::Facts,
        hear::{self, Outcome},
        house::House,
        pass::{self, Order, Passed},
        receipts::{self, Full},
    },
    receipt::Written,
    types::{
        ids::SenderId,
        verdict::{Evidence, Verdict},
    },
};

/// What would come of a file.
pub struct DryRun {
    /// The submission as it would be recorded.
    pub row: Submission,
    /// The receipt as it would be written, without an audit entry.
    pub receipt: Written,
}

/// Judges a file as if this sender had sent it at this time.
///
/// # Errors
/// When the file or the catalogue cannot be read.
pub fn dry_run(house: &House, file: &File, sender: &SenderId, at: Timestamp) -> io::Result<DryRun> {
    let submission = house.next_submission();
    let size = file.metadata()?.len();
    let order = Order {
        submission,
        sender,
        file,
        size,
        evidence: Evidence::Quiet,
        manifest: None,
        received_at: at,
        seals: false,
    };
    let Passed { content, kind, evidence, assumed_encoding, letter, outcome, .. } =
        pass::pass(house, &order)?;
    let inode = ClaimedFile { dev: 0, inode: 0 };
    let mut row = Submission::claimed(submission, sender.clone(), at, inode);
    row.rehearsal = true;
    row.kind = kind;
    row.bytes = size;
    row.sha256 = content.map(|(digest, _)| digest);
    row.evidence = Some(evidence);
    row.timings.stored_at = Some(at);
    let mut facts =
        Facts { read: content.is_some(), assumed_encoding, letter, answer: 1, ..Facts::default() };
    let outcome = match outcome {
        Ok(taken) => {
            let mut catalogue = house.catalogue();
            catalogue::read_with(&mut **catalogue, |view| {
                hear::rehearse(house, view, sender, taken).map_err(Unread::Io)
            })
            .map_err(Unread::into_io)?
        }
        Err(findings) => Outcome::plain(Verdict::Rejected, findings),
    };
    facts.notes = outcome.notes;
    row.verdict = Some(outcome.verdict);
    row.records =
        RecordCounts { accepted: outcome.records.accepted, rejected: outcome.records.rejected };
    row.findings = outcome.findings.as_slice().to_vec();
    row.findings_beyond = outcome.findings.beyond();
    row.report = outcome.report.map(serde_json::to_value).transpose().map_err(io::Error::other)?;
    row.notes = facts.into_map();
    let full = Full { row, objects: Vec::new(), first: None };
    let receipt = receipts::write(house, &full, None);
    Ok(DryRun { row: full.row, receipt })
}

/// The start of a local day, for a file that is judged as if it came then.
///
/// # Errors
/// When the calendar has no such day.
pub fn start_of(house: &House, day: Date) -> io::Result<Timestamp> {
    let zoned = day.to_zoned(house.config.time_zone.clone()).map_err(io::Error::other)?;
    Ok(zoned.timestamp())
}

enum Unread {
    Catalogue(CatalogueError),
    Io(io::Error),
}

impl Unread {
    fn into_io(self) -> io::Error {
        match self {
            Self::Catalogue(error) => io::Error::other(error),
            Self::Io(error) => error,
        }
    }
}

impl From<CatalogueError> for Unread {
    fn from(error: CatalogueError) -> Self {
        Self::Catalogue(error)
    }
}
