//! Why a document was not read to its end.

use std::io;

use crate::{
    format::{
        csv::error::CsvError,
        msghead::shell::ShellError,
        xlsx::error::XlsxError,
        xml::error::{XmlError, XmlErrorKind},
    },
    types::finding::{Finding, Findings},
};

/// Why a document was not read to its end.
#[derive(Debug)]
pub enum Refused {
    /// A rule rejects the whole file: what was found, the gravest last.
    Document(Box<Refusal>),
    /// Reading or writing failed; nothing is known about the document.
    Io(io::Error),
}

/// What is known of a document that was refused before its end.
#[derive(Debug)]
pub struct Refusal {
    /// What was found wrong.
    pub findings: Findings,
    /// Records seen so far; none of them was taken.
    pub rejected: u64,
}

impl Refusal {
    /// A refusal for one finding, before any record.
    pub fn of(finding: Finding) -> Self {
        let mut findings = Findings::default();
        findings.push(finding);
        Self { findings, rejected: 0 }
    }
}

impl Refused {
    /// A refusal for one finding.
    pub fn because(finding: Finding) -> Self {
        Self::Document(Box::new(Refusal::of(finding)))
    }

    /// What the XML reader says: its finding, or the failed read below it.
    pub fn from_xml(error: XmlError) -> Self {
        match error {
            XmlError { kind: XmlErrorKind::Unreadable, source: Some(source), .. } => {
                Self::Io(source)
            }
            error => Self::because(error.finding()),
        }
    }

    /// What the letter around a message says: its finding, or the failed read below it.
    pub fn from_shell(error: ShellError) -> Self {
        match error {
            ShellError::Shell(finding) => Self::because(*finding),
            ShellError::Xml(error) => Self::from_xml(error),
        }
    }

    /// What the CSV reader says.
    pub fn from_csv(error: CsvError) -> Self {
        match error {
            // An envelope's own error goes on as it is: the pipeline asks it for its finding.
            CsvError::Read(source) if source.kind() != io::ErrorKind::InvalidData => {
                Self::Io(source)
            }
            error => Self::by(error.finding(), error),
        }
    }

    /// What the reader of workbooks says.
    pub fn from_xlsx(error: XlsxError) -> Self {
        Self::by(error.finding(), error)
    }

    /// A format's error: its finding, or a failure of ours where the sender has no part in it.
    pub fn by(
        finding: Option<Finding>,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        finding.map_or_else(|| Self::Io(io::Error::other(error)), Self::because)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
