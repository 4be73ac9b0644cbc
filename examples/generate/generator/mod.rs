//! Makes KPR event messages and annual IPLOS submissions about people who do not exist.
//!
//! The same order gives the same bytes. Memory does not grow with the document. Shares no code with
//! the crate that reads what is made here: check digits, code lists and element names are its own,
//! so that a mistake in one of the two shows.

pub(crate) mod annual;
pub(crate) mod defects;
pub(crate) mod document;
pub(crate) mod draw;
pub(crate) mod event;
mod event_notification;
mod event_stream;
pub(crate) mod people;
pub(crate) mod services;
pub(crate) mod shell;

use std::io::{self, Write};

use defects::{Defect, Ledger, Plan};
use document::{Document, Encoding};

/// Which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Everybody with services in a year, profile `urn:filsluse:iplos-annual:1`.
    IplosAnnual,
    /// What happened as it happened, XPR(ipl) 56.0.0.
    KprEvent,
}

impl Kind {
    /// Its name in the configuration.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::IplosAnnual => "iplos-annual",
            Self::KprEvent => "kpr-event",
        }
    }
}

/// What is to be made.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Which message.
    pub(crate) kind: Kind,
    /// Size of the document; it is at most 1 % smaller, and never larger.
    pub(crate) bytes: u64,
    /// Decides every draw.
    pub(crate) seed: u64,
    /// The service year.
    pub(crate) year: i32,
    /// Four digits, in use in that year.
    pub(crate) municipality: String,
    /// How many defects are planted, spread evenly.
    pub(crate) defects: usize,
    /// Which sorts take turns.
    pub(crate) sorts: Vec<Defect>,
    /// How characters become bytes.
    pub(crate) encoding: Encoding,
    /// Whether a `MsgHead` 1.2 is put around it.
    pub(crate) msghead: bool,
}

/// Writes the document; gives what is in it.
///
/// # Errors
/// When the sink fails, or when nothing at all fits into the size.
pub(crate) fn generate(order: &Order, sink: &mut dyn Write) -> io::Result<Ledger> {
    match order.kind {
        Kind::KprEvent => {
            let mut document = Document::new(sink, order.encoding);
            event::write(order, &mut document)
        }
        Kind::IplosAnnual => {
            // The root says how many persons follow, so they are counted on a first round.
            let mut nowhere = io::sink();
            let mut document = Document::new(&mut nowhere, order.encoding);
            let counted = annual::write(order, &mut document, annual::Round::Counting)?;
            let mut document = Document::new(sink, order.encoding);
            annual::write(order, &mut document, annual::Round::Writing(counted.records))
        }
    }
}

/// Where the planned defects fall, given how long one record is on average.
fn plan(order: &Order, bytes_per_record: u64) -> Plan {
    let records = (order.bytes / bytes_per_record).max(1);
    Plan::new(order.defects, &order.sorts, records)
}
