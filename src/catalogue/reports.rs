//! What can be asked and changed of what municipalities have reported: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::Timestamp;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::reports::{AnnualSubmission, PersonList, ReportChain},
    },
    types::{
        ids::{RegistryId, SubmissionId},
        municipality::MunicipalityNumber,
    },
};

/// Questions about what municipalities have reported.
pub trait ReportView {
    /// Where the sequence of a municipality's notifications stands, whoever sent them; `None`
    /// before the first.
    fn report_chain(
        &self,
        municipality: MunicipalityNumber,
    ) -> Result<Option<ReportChain>, CatalogueError>;

    /// Annual submissions for a municipality's year, whoever sent them and superseded ones
    /// included, newest first within each registry.
    fn annual_submissions(
        &self,
        municipality: MunicipalityNumber,
        year: i16,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError>;

    /// The documents of one annual submission, superseded ones included, by municipality, year and
    /// registry.
    fn annual_documents(
        &self,
        submission: SubmissionId,
    ) -> Result<Vec<AnnualSubmission>, CatalogueError>;

    /// Whether a later annual submission has taken the place of this one, or of a document of it
    /// (KPR-09).
    fn is_superseded(&self, submission: SubmissionId) -> Result<bool, CatalogueError>;

    /// How many of these persons a registry has had in a service year before `before`. Each is the
    /// first 64 bits of a pseudonym of this key epoch; they are in order, and each comes once.
    fn linked_persons(
        &self,
        registry: &RegistryId,
        epoch: u32,
        persons: &[u64],
        before: i16,
    ) -> Result<u64, CatalogueError>;
}

/// Changes of what municipalities have reported.
pub trait ReportLedger {
    /// Records where a municipality's sequence stands.
    fn put_report_chain(&mut self, chain: &ReportChain) -> Result<(), CatalogueError>;

    /// Adds a document of an annual submission, as one registry has it.
    fn add_annual(&mut self, annual: &AnnualSubmission) -> Result<(), CatalogueError>;

    /// Records that a later submission has taken the place of a document of an earlier one, or of
    /// its own. `false` when something had before.
    fn supersede(
        &mut self,
        earlier: &AnnualSubmission,
        by: SubmissionId,
        at: Timestamp,
    ) -> Result<bool, CatalogueError>;

    /// Records that a registry has these persons in a service year, by pseudonyms of this key
    /// epoch: all that a submission brought, at once. They are forgotten when it holds no content
    /// of the submission any more, or none of the documents about that year.
    fn add_persons(
        &mut self,
        registry: &RegistryId,
        year: i16,
        submission: SubmissionId,
        epoch: u32,
        persons: &dyn PersonList,
    ) -> Result<(), CatalogueError>;
}
