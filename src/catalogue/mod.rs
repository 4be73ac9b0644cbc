//! What was claimed, stored, answered, is due, was erased: the only truth about progress.
//!
//! Two narrow traits with no backend's types in their signatures: a [`Catalogue`] hands out a
//! [`View`] (a consistent snapshot) or a [`Ledger`] (one transaction, all or nothing). It holds no
//! personal data: persons are pseudonyms, a sender's file name is cipher text, findings are places.
//! It never reads a clock, never draws an id and never touches a store.
//!
//! What can be asked and changed stands subject by subject, each with a trait for questions and one
//! for changes (`submissions`, `objects`, …): `records` has their rows, and `sqlite` how it is done,
//! under the same names.
//!
//! Times are kept to the microsecond; what is finer is cut off.

pub mod archive;
pub mod dispatches;
pub mod enrolments;
pub mod error;
pub mod header_keys;
pub mod header_seal;
pub mod keys;
pub mod ledger;
pub mod missions;
pub mod notifications;
pub mod objects;
pub mod operations;
pub mod police;
pub mod pushes;
pub mod records;
pub mod reports;
pub mod sqlite;
pub mod submissions;
pub mod tasks;
pub mod view;

use std::sync::Arc;

use crate::catalogue::{
    error::CatalogueError,
    ledger::{Ledger, LedgerWork},
    view::{View, ViewWork},
};

/// A place that keeps the records, with transactions.
///
/// Every implementation passes the same conformance suite (`tests/all/catalogue/conformance.rs`).
pub trait Catalogue: Send {
    /// Runs `work` in one transaction that no other writer can overlap. Durable when this returns
    /// `Ok`; when `work` errs, nothing of it has happened.
    fn transact(&mut self, work: LedgerWork<'_>) -> Result<(), CatalogueError>;

    /// Runs `work` on a consistent snapshot.
    fn read(&mut self, work: ViewWork<'_>) -> Result<(), CatalogueError>;

    /// Makes what was erased unreadable in every file of the catalogue, beyond the transaction
    /// that erased it. An erasure is durable only after this: call it before the payload goes, and
    /// again whenever a sweep may have been cut off.
    ///
    /// # Errors
    /// [`CatalogueError::Busy`] while a reader holds on to an older snapshot: try again.
    fn scrub(&mut self) -> Result<(), CatalogueError>;

    /// Rewrites the whole catalogue, so that not even a stray copy of a deleted row is left in the
    /// unused part of some page. Headers never need it ([`Self::scrub`] is enough); pseudonyms of
    /// erased enrolments do. Takes time, and as much disk again, in proportion to the catalogue: at
    /// most daily.
    fn compact(&mut self) -> Result<(), CatalogueError>;

    /// How to open the same catalogue once more, for [`Self::read`] alone: such a reader sees what
    /// is committed, waits for no transaction and holds none up. `None` where there is only one way
    /// in. A snapshot that is kept for long hinders [`Self::scrub`].
    fn readers(&self) -> Option<Readers> {
        None
    }
}

/// Opens further readers of a catalogue.
pub type Readers = Arc<dyn Fn() -> Result<Box<dyn Catalogue>, CatalogueError> + Send + Sync>;

/// [`Catalogue::transact`] for work that gives a value or errs in its own way.
pub fn transact_with<T, E: From<CatalogueError>>(
    catalogue: &mut dyn Catalogue,
    work: impl FnOnce(&mut dyn Ledger) -> Result<T, E>,
) -> Result<T, E> {
    let mut once = Once::new(work);
    let ran = catalogue.transact(&mut |ledger| once.run(|work| work(ledger)));
    once.finish(ran)
}

/// [`Catalogue::read`] for work that gives a value or errs in its own way.
pub fn read_with<T, E: From<CatalogueError>>(
    catalogue: &mut dyn Catalogue,
    work: impl FnOnce(&dyn View) -> Result<T, E>,
) -> Result<T, E> {
    let mut once = Once::new(work);
    let ran = catalogue.read(&mut |view| once.run(|work| work(view)));
    once.finish(ran)
}

/// [`Ledger::savepoint`] for work that gives a value or errs in its own way.
pub fn savepoint_with<T, E: From<CatalogueError>>(
    ledger: &mut dyn Ledger,
    work: impl FnOnce(&mut dyn Ledger) -> Result<T, E>,
) -> Result<T, E> {
    let mut once = Once::new(work);
    let ran = ledger.savepoint(&mut |inner| once.run(|work| work(inner)));
    once.finish(ran)
}

/// Carries a value or the caller's own error past a signature that knows neither.
struct Once<W, T, E> {
    work: Option<W>,
    outcome: Option<Result<T, E>>,
}

impl<W, T, E: From<CatalogueError>> Once<W, T, E> {
    fn new(work: W) -> Self {
        Self { work: Some(work), outcome: None }
    }

    fn run(&mut self, call: impl FnOnce(W) -> Result<T, E>) -> Result<(), CatalogueError> {
        // A second call would mean that a backend retries, and the work cannot be had twice.
        let outcome = call(self.work.take().ok_or(CatalogueError::Aborted)?);
        let verdict = if outcome.is_ok() { Ok(()) } else { Err(CatalogueError::Aborted) };
        self.outcome = Some(outcome);
        verdict
    }

    fn finish(self, ran: Result<(), CatalogueError>) -> Result<T, E> {
        match (ran, self.outcome) {
            // The work's own error says more than that it was rolled back.
            (Err(_), Some(Err(own))) => Err(own),
            (Err(why), _) => Err(E::from(why)),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(E::from(CatalogueError::Aborted)),
        }
    }
}
