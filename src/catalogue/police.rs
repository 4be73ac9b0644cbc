//! What can be asked and changed of the exchange with the police: parts of
//! [`View`](crate::catalogue::view::View) and [`Ledger`](crate::catalogue::ledger::Ledger).

use jiff::civil::Date;

use crate::{
    catalogue::{
        error::CatalogueError,
        records::police::{Exchange, ExchangeFilter, PoliceReply},
    },
    types::{guid::Guid, ids::SubmissionId},
};

/// Questions about the exchange with the police.
pub trait PoliceView {
    /// One request, notice or disclosure, by its own id.
    fn exchange(&self, id: &Guid) -> Result<Option<Exchange>, CatalogueError>;

    /// The same by what it is called here ([`Exchange::reference`]).
    fn exchange_called(&self, reference: SubmissionId) -> Result<Option<Exchange>, CatalogueError>;

    /// Exchanges, in the order in which they were shared.
    fn exchanges(&self, filter: &ExchangeFilter) -> Result<Vec<Exchange>, CatalogueError>;

    /// Requests without a reply whose last day for it lies before `day`, longest overdue first
    /// (POL-09).
    fn overdue_exchanges(&self, day: Date, limit: u32) -> Result<Vec<Exchange>, CatalogueError>;

    /// How many requests no reply has come to, those that wait for the case archive included.
    fn unanswered_exchanges(&self) -> Result<u64, CatalogueError>;

    /// One reply, by its own id.
    fn reply(&self, id: &Guid) -> Result<Option<PoliceReply>, CatalogueError>;

    /// The reply that a submission brought.
    fn reply_of(&self, submission: SubmissionId) -> Result<Option<PoliceReply>, CatalogueError>;

    /// The replies to a request, in the order in which they came.
    fn replies_to(&self, exchange: &Guid) -> Result<Vec<PoliceReply>, CatalogueError>;

    /// Replies that wait for a decision, oldest first.
    fn undecided_replies(&self, limit: u32) -> Result<Vec<PoliceReply>, CatalogueError>;
}

/// Changes of the exchange with the police.
pub trait PoliceLedger {
    /// Adds or replaces an exchange, by its own id.
    fn put_exchange(&mut self, exchange: &Exchange) -> Result<(), CatalogueError>;

    /// Adds or replaces a reply, by its own id.
    ///
    /// # Errors
    /// [`CatalogueError::NotFound`] when what it answers is not there.
    fn put_reply(&mut self, reply: &PoliceReply) -> Result<(), CatalogueError>;
}
