//! What came of a submission, in words and numbers.

use std::io;

use jiff::civil::Date;

use crate::{
    catalogue::records::submissions::{RecordCounts, Submission},
    kinds::{
        embassy::state::WhyHeld,
        judgement::{Records, Report},
        refused::Refusal,
    },
    receipt::Note,
    types::{finding::Findings, verdict::Verdict},
};

/// What came of a submission, in words and numbers.
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// How many records were taken and how many were not.
    pub records: Records,
    /// What was found wrong.
    pub findings: Findings,
    /// What the sender should know beyond the findings.
    pub notes: Vec<Note>,
    /// What it was worth, for kinds that report it.
    pub report: Option<Report>,
    /// The operating year that it is about, for releases.
    pub operating_year: Option<i16>,
    /// The day that it describes, for embassy lists.
    pub list_date: Option<Date>,
    /// Why what it would withdraw waits for an operator.
    pub held_for: Option<WhyHeld>,
}

impl Outcome {
    /// Of a file that was refused before its end, or at it.
    pub fn refused(refusal: Refusal) -> Self {
        let records = Records { accepted: 0, rejected: refusal.rejected };
        Self { records, ..Self::plain(Verdict::Rejected, refusal.findings) }
    }

    /// An outcome without records.
    pub fn plain(verdict: Verdict, findings: Findings) -> Self {
        let (records, notes) = (Records::default(), Vec::new());
        let (report, operating_year, list_date, held_for) = (None, None, None, None);
        Self { verdict, records, findings, notes, report, operating_year, list_date, held_for }
    }

    /// Writes what has a column of its own into a submission's row, and gives its report away.
    ///
    /// # Errors
    /// When the report cannot be written.
    pub fn write_to(&mut self, row: &mut Submission) -> io::Result<()> {
        let Records { accepted, rejected } = self.records;
        row.verdict = Some(self.verdict);
        row.records = RecordCounts { accepted, rejected };
        row.findings = self.findings.as_slice().to_vec();
        row.findings_beyond = self.findings.beyond();
        let report = self.report.take();
        row.report = report.map(serde_json::to_value).transpose().map_err(io::Error::other)?;
        Ok(())
    }
}
