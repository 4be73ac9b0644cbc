//! What is to be entered in the case archive (POL-05), queued with what calls for it.

use crate::{
    catalogue::{
        error::CatalogueError,
        ledger::Ledger,
        records::police::{Exchange, ExchangeState},
    },
    pipeline::house::House,
};

/// Queues the entry of an exchange, in the transaction that records it. A case that it names must
/// be found in the archive; without one the archive makes it, where that is what it is configured
/// for.
///
/// # Errors
/// When the exchange is not there, or is queued already.
pub fn enqueue(
    house: &House,
    ledger: &mut dyn Ledger,
    exchange: &Exchange,
) -> Result<(), CatalogueError> {
    let Some(archive) = &house.config.archive else { return Ok(()) };
    let waits = exchange.state == ExchangeState::Waiting;
    if exchange.case.is_none() && !archive.create_cases && !waits {
        // What was told about no case: there is nothing to enter it under, and nothing waits.
        return Ok(());
    }
    ledger.queue_archive(&exchange.id, exchange.case.as_ref(), house.now())
}
